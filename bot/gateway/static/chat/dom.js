// Making elements without markup in strings: what customers wrote is only ever text.

const SVG = "http://www.w3.org/2000/svg";

/** An element with properties, attributes and children (strings become text). */
export function element(tag, { className, attributes = {}, ...properties } = {}, ...children) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  Object.assign(made, properties);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

/** A drawing of the page's sprite (chat_icons.html). */
export function icon(name) {
  const drawing = document.createElementNS(SVG, "svg");
  drawing.setAttribute("aria-hidden", "true");
  drawing.setAttribute("class", "icon");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `#i-${name}`);
  drawing.append(use);
  return drawing;
}

/** Where the chat stands: a page of its own, unless somebody else's page gives it a shadow root (embedded.js). */
export const place = {
  root: document,
  frame: document.documentElement, // carries the language and the height
  facts: document.body?.dataset, // about the business
  retitle(title) {
    document.title = title;
  },
};

export const byId = (id) => place.root.getElementById(id);

/** Make `list` show `items` ({key, signature, className, make, refresh?}) in order. What did not change keeps its element,
 *  and so its focus and its place in what a screen reader has read; `refresh(element)` mends what is not worth that. */
export function keep(list, items) {
  const wanted = new Set(items.map((item) => item.key));
  for (const child of [...list.children]) if (!wanted.has(child.dataset.key)) child.remove();
  const known = new Map([...list.children].map((child) => [child.dataset.key, child]));
  let place = list.firstElementChild;
  for (const item of items) {
    let shown = known.get(item.key);
    if (shown?.dataset.signature !== item.signature) {
      const made = item.make();
      made.dataset.key = item.key;
      made.dataset.signature = item.signature;
      if (shown && shown === place) place = made;
      shown?.replaceWith(made);
      shown = made;
    }
    shown.className = item.className;
    item.refresh?.(shown);
    if (shown === place) place = place.nextElementSibling;
    else list.insertBefore(shown, place);
  }
}

/** Write words only where they change: a live region reads out each touch. */
export function write(element, text) {
  if (element && element.textContent !== text) element.textContent = text;
}
