// Puts the chat into somebody else's page: a button, and behind it the panel, in a shadow root that neither the page's
// styles nor its scripts reach by accident. Nothing is written into the page's own document but one element.

import { element, icon, place } from "../chat/dom.js";
import { backoff } from "../chat/outbox.js";
import { isLanguage, preferredLanguage, setLanguage, t } from "../chat/wording.js";
import { paint } from "./colours.js";
import { Panel } from "./panel.js";

const TRIES = 6;

/** Show the button. `told` are the script's data attributes; resolves to {open(), close()}. */
export async function launch(told) {
  const [styles, markup] = await persist(() => Promise.all([text("/embed/chat.css"), text("/embed/chat.html")]));
  const host = document.createElement("orikaeshi-chat");
  const shadow = host.attachShadow({ mode: "open" });
  const frame = element("div", { className: `orikaeshi ${told.position === "left" ? "at-left" : "at-right"}` });
  const parts = parsed(markup);
  frame.append(...parts.children);
  shadow.append(frame);
  Object.assign(place, { root: shadow, frame, facts: parts.dataset, title: told.title || null, retitle() {} });
  await dress(shadow, styles);
  paint(frame, told.color);
  const isNamed = isLanguage(told.language);
  const language = isNamed ? told.language : languageOfThePage();
  setLanguage(language);
  const label = element("span", {}, told.label || t("launch"));
  const launcher = element("button", { type: "button", className: "launcher" }, icon("mark"), label);
  launcher.setAttribute("aria-haspopup", "dialog");
  frame.prepend(launcher);
  document.body.append(host);
  frame.style.setProperty("--rem", getComputedStyle(frame).fontSize);
  return new Panel({ shadow, frame, launcher, language, isNamed });
}

function languageOfThePage() {
  const code = document.documentElement.lang.slice(0, 2).toLowerCase();
  return isLanguage(code) ? code : preferredLanguage();
}

async function text(path) {
  const answer = await fetch(new URL(path, import.meta.url));
  if (!answer.ok) throw new Error(`${path} answered ${answer.status}.`);
  return answer.text();
}

/** Try again for a while: a page may be opened in a tunnel. */
async function persist(request) {
  for (let tries = 0; ; tries++) {
    try {
      return await request();
    } catch (error) {
      if (tries === TRIES) throw error;
      await new Promise((resolve) => setTimeout(resolve, backoff(tries) * 1000));
    }
  }
}

/** The product's own markup as elements, also where the page demands trusted types. */
function parsed(markup) {
  const policy = window.trustedTypes?.createPolicy("orikaeshi", { createHTML: (it) => it });
  const trusted = policy ? policy.createHTML(markup) : markup;
  return document.importNode(new DOMParser().parseFromString(trusted, "text/html").body.firstElementChild, true);
}

/** Constructed style sheets are no inline styles to a content security policy. Older browsers link the same sheet. */
async function dress(shadow, styles) {
  if ("adoptedStyleSheets" in shadow) {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(styles);
    shadow.adoptedStyleSheets = [sheet];
    return;
  }
  const link = element("link", { rel: "stylesheet", href: new URL("/embed/chat.css", import.meta.url).href });
  shadow.prepend(link);
}
