// Flex messages as LINE draws them, as far as the simulation goes.
// Source: https://developers.line.biz/en/docs/messaging-api/flex-message-layout/

import { make, pressable } from "./dom.js";

const SPACE = { none: 0, xs: 2, sm: 4, md: 8, lg: 12, xl: 16, xxl: 20 };
const TEXT = { xxs: 11, xs: 13, sm: 14, md: 16, lg: 19, xl: 22, xxl: 29, "3xl": 35, "4xl": 48, "5xl": 74 };
const BORDER = { none: 0, light: 0.5, normal: 1, medium: 2, "semi-bold": 3, bold: 4 };
const EDGES = { paddingTop: "paddingTop", paddingBottom: "paddingBottom", paddingStart: "paddingInlineStart", paddingEnd: "paddingInlineEnd" };
const OFFSETS = { offsetTop: "top", offsetBottom: "bottom", offsetStart: "insetInlineStart", offsetEnd: "insetInlineEnd" };
const PARTS = ["header", "hero", "body", "footer"];

const size = (value, names) => (value in names ? `${names[value]}px` : value);
const flows = (box) => (box.layout === "vertical" ? "vertical" : "horizontal");

/** A bubble or a carousel; `press(action)` is called when something with an action is tapped. */
export function flex(contents, { press, texts }) {
  if (contents.type !== "carousel") return bubble(contents, { press, texts });
  const row = make("div", "carousel");
  row.tabIndex = 0;
  row.setAttribute("role", "group");
  row.setAttribute("aria-label", texts.carousel);
  row.append(...contents.contents.map((each) => bubble(each, { press, texts })));
  return row;
}

function bubble(contents, tools) {
  const node = make("div", `flex-bubble ${contents.size ?? "mega"}`);
  if (contents.direction === "rtl") node.dir = "rtl";
  for (const part of PARTS) {
    if (!contents[part]) continue;
    const style = contents.styles?.[part] ?? {};
    const block = make("div", `flex-block flex-${part}`);
    if (contents[part].paddingAll) block.classList.add("bare");
    if (style.backgroundColor) block.style.backgroundColor = style.backgroundColor;
    if (style.separator) block.style.borderTop = `1px solid ${style.separatorColor ?? "#d4d6da"}`;
    block.append(component(contents[part], "vertical", tools));
    node.append(block);
  }
  if (contents.action) pressable(node, () => tools.press(contents.action));
  return node;
}

function component(part, flow, tools) {
  const draw = { box, text, button, separator, filler, image, icon: image, video: image, span };
  const node = (draw[part.type] ?? unknown)(part, tools, flow);
  place(node, part, flow);
  if (part.action && part.type !== "button") pressable(node, () => tools.press(part.action));
  return node;
}

/** What every component has to say about its place within its box. */
function place(node, part, flow) {
  const usual = flow === "vertical" || ["separator", "icon"].includes(part.type) ? 0 : 1;
  const share = part.flex ?? (part.type === "filler" ? 1 : usual);
  node.style.flex = share > 0 ? `${share} 1 0` : "0 0 auto";
  if (flow === "vertical" && share > 0 && part.type !== "filler") node.style.flexBasis = "auto";
  if (part.width) node.style.flex = "0 0 auto";
  if (part.margin) node.style[flow === "vertical" ? "marginTop" : "marginInlineStart"] = size(part.margin, SPACE);
  if (part.gravity === "center") node.style.alignSelf = flow === "vertical" ? "" : "center";
  if (part.gravity === "bottom") node.style.alignSelf = flow === "vertical" ? "" : "flex-end";
  if (part.position === "absolute") node.style.position = "absolute";
  for (const [name, edge] of Object.entries(OFFSETS)) if (part[name]) node.style[edge] = size(part[name], SPACE);
}

function box(part, tools) {
  const node = make("div", `flex-box ${part.layout}`);
  const style = node.style;
  if (part.spacing) style.gap = size(part.spacing, SPACE);
  if (part.paddingAll) style.padding = size(part.paddingAll, SPACE);
  for (const [name, edge] of Object.entries(EDGES)) if (part[name]) style[edge] = size(part[name], SPACE);
  if (part.backgroundColor) style.backgroundColor = part.backgroundColor;
  if (part.background?.type === "linearGradient") {
    style.backgroundImage = `linear-gradient(${part.background.angle}, ${part.background.startColor}, ${part.background.endColor})`;
  }
  if (part.cornerRadius) style.borderRadius = size(part.cornerRadius, SPACE);
  if (part.borderWidth) style.border = `${size(part.borderWidth, BORDER)} solid ${part.borderColor ?? "#d4d6da"}`;
  for (const name of ["width", "height", "maxWidth", "maxHeight", "justifyContent", "alignItems"]) {
    if (part[name]) style[name] = part[name];
  }
  node.append(...part.contents.map((each) => component(each, flows(part), tools)));
  return node;
}

function text(part, tools) {
  const node = make("p", "flex-text");
  if (part.contents) node.append(...part.contents.map((each) => span(each)));
  else node.textContent = part.text;
  write(node, part);
  node.style.textAlign = part.align ?? "";
  if (!part.wrap) node.classList.add("one-line");
  if (part.wrap && part.maxLines) {
    node.classList.add("clamped");
    node.style.webkitLineClamp = part.maxLines;
  }
  if (part.lineSpacing) node.style.lineHeight = `calc(1.4em + ${part.lineSpacing})`;
  return node;
}

function span(part) {
  const node = make("span", "", part.text);
  write(node, part);
  return node;
}

function write(node, part) {
  if (part.size) node.style.fontSize = size(part.size, TEXT);
  if (part.color) node.style.color = part.color;
  if (part.weight) node.style.fontWeight = part.weight === "bold" ? "700" : "400";
  if (part.style === "italic") node.style.fontStyle = "italic";
  if (part.decoration && part.decoration !== "none") node.style.textDecoration = part.decoration;
}

function button(part, tools) {
  const look = part.style ?? "link";
  const node = make("button", `flex-button as-${look} ${part.height ?? "md"}`, part.action.label);
  node.type = "button";
  if (part.color) node.style[look === "link" ? "color" : "backgroundColor"] = part.color;
  pressable(node, () => tools.press(part.action));
  return node;
}

function separator(part, tools, flow) {
  const node = make("div", `flex-separator ${flow}`);
  if (part.color) node.style.backgroundColor = part.color;
  return node;
}

function filler() {
  return make("div", "flex-filler");
}

/** Nothing is loaded from elsewhere: a picture is a place with its proportions. */
function image(part, { texts }) {
  const node = make("div", `flex-${part.type}`);
  node.setAttribute("role", "img");
  node.setAttribute("aria-label", texts.image);
  const [width, height] = (part.aspectRatio ?? "1:1").split(":").map(Number);
  if (width > 0 && height > 0) node.style.aspectRatio = `${width} / ${height}`;
  if (part.backgroundColor) node.style.backgroundColor = part.backgroundColor;
  return node;
}

function unknown(part) {
  return make("p", "flex-text", part.type);
}
