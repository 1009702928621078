// The rich menu at the bottom of a chat: a picture with areas to tap.

import { make } from "./dom.js";

/** Draw the areas of a menu; `press(action)` is called for the one that is tapped. */
export function draw(holder, menu, press) {
  const areas = holder.querySelector(".areas");
  areas.style.aspectRatio = `${menu.size.width} / ${menu.size.height}`;
  const picture = make("img");
  picture.alt = "";
  picture.src = `/simulator/line/menus/${menu.richMenuId}/image`;
  areas.replaceChildren(picture, ...menu.areas.map((area) => button(area, menu.size, press)));
  holder.querySelector(".bar-text").textContent = menu.chatBarText;
}

function button({ bounds, action }, size, press) {
  const node = make("button");
  node.type = "button";
  node.setAttribute("aria-label", action.label ?? action.text ?? action.data ?? action.uri ?? "");
  node.title = node.getAttribute("aria-label");
  node.style.left = `${(100 * bounds.x) / size.width}%`;
  node.style.top = `${(100 * bounds.y) / size.height}%`;
  node.style.width = `${(100 * bounds.width) / size.width}%`;
  node.style.height = `${(100 * bounds.height) / size.height}%`;
  node.addEventListener("click", () => press(action));
  return node;
}
