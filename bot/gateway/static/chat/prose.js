// Our own sentences, set with care: what is read as one thing stays on one line, and two things are links. What customers
// write is never treated so: it is plain text.

import { element } from "./dom.js";
import { businessName, hotline } from "./wording.js";

// 11月25日(水) · 15:00〜15:30 · •••••••5678
const WHOLE = /\d{1,2}月\d{1,2}日(?:[(（][月火水木金土日][)）])?|\d{1,2}:\d{2}(?:[〜–]\d{1,2}:\d{2})?|•+\d{4}/u;
const LONGEST_WHOLE = 16; // more would not fit on the narrowest screen

/** The text as nodes; `references` are the bookings whose cards stand in this talk. */
export function linked(text, references) {
  const targets = new Map(references.map((reference) => [reference, `#booking-${reference}`]));
  if (hotline()) targets.set(hotline(), `tel:${hotline()}`);
  const patterns = [...[...targets.keys(), businessName()].map(escaped), WHOLE.source];
  const parts = text.split(new RegExp(`(${patterns.join("|")})`, "u"));
  return parts.map((part, index) => {
    if (targets.has(part)) return element("a", { className: "whole", href: targets.get(part) }, part);
    return index % 2 && part.length <= LONGEST_WHOLE ? element("span", { className: "whole" }, part) : part;
  });
}

const escaped = (text) => text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
