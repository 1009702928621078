// One message of a chat: its bubble, when it came, what it cost.

import { linked } from "../handset/numbers.js";
import { make } from "./dom.js";
import { flex } from "./flex.js";

const COSTS = ["push", "multicast"];

/** A message as a list item; `press(action, message)` is called when something in it is tapped. */
export function line(message, { texts, time, press }) {
  const item = make("li", `message ${message.sender}`);
  const meta = make("small", "meta");
  if (COSTS.includes(message.sent_as)) meta.append(make("b", "cost", texts[message.sent_as]));
  meta.append(make("time", "", time(Date.parse(message.at))));
  item.append(content(message.message, { texts, press: (action) => press(action, message.id) }), meta);
  item.classList.toggle("wide", ["flex", "template"].includes(message.message.type));
  return item;
}

function content(message, tools) {
  switch (message.type) {
    case "text":
    case "textV2": {
      const bubble = make("p", "bubble");
      bubble.append(...linked(message.text));
      return bubble;
    }
    case "flex": return flex(message.contents, tools);
    case "template": return flex(asFlex(message.template), tools);
    case "image": return make("p", "bubble other", tools.texts.image);
    case "sticker": return make("p", "bubble other", tools.texts.sticker);
    default: return make("p", "bubble other", tools.texts.other_message);
  }
}

/** Template messages are drawn like Flex messages. */
function asFlex(template) {
  if (template.type === "carousel") {
    return { type: "carousel", contents: template.columns.map((column) => card(column)) };
  }
  return card(template);
}

function card({ title, text, actions }) {
  const words = [];
  if (title) words.push({ type: "text", text: title, weight: "bold", wrap: true });
  words.push({ type: "text", text, wrap: true, size: "sm" });
  return {
    type: "bubble",
    size: "kilo",
    body: { type: "box", layout: "vertical", spacing: "sm", contents: words },
    footer: { type: "box", layout: "vertical", contents: actions.map((action) => ({ type: "button", height: "sm", action })) },
  };
}
