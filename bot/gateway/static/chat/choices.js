// The buttons of the open question. Times are told in two lines, day and hour; everything else as it came.

import { element, icon } from "./dom.js";
import { languageOf, t } from "./wording.js";

const TIME = /^(?<day>.*?\d.*?)(?<gap>,? )(?<time>\d{1,2}:\d{2}.*)$/u;
const LARGE = new Set(["confirmation", "callback_choice", "rating"]);

/** A button's title as {day, gap, time}, or null where it does not name a day and a time. */
export const asTime = (title) => TIME.exec(title)?.groups ?? null;

/** The group of buttons. `on` = {choose(button, event), pick()}. */
export function choices(buttons, expects, on) {
  const isAboutTime = expects === "preferred_slot";
  const group = element("div", {
    className: `choices${LARGE.has(expects) ? " large" : ""}${isAboutTime ? " times" : ""}`,
    attributes: { role: "group", "aria-label": t("choices") },
  });
  group.append(...buttons.map((button) => choice(button, isAboutTime, on)));
  if (isAboutTime) {
    const pick = element("button", { type: "button", className: "choice pick", onclick: on.pick });
    pick.append(icon("calendar"), t("pick"));
    group.append(pick);
  }
  return group;
}

export function choice(button, isAboutTime, on) {
  const parts = isAboutTime ? asTime(button.title) : null;
  const made = element("button", {
    type: "button",
    className: "choice",
    lang: languageOf(button.title),
    onclick: (event) => on.choose(button, event),
  });
  if (parts) {
    const { day, gap, time } = parts;
    const [comma, blank] = [gap.slice(0, -1), gap.slice(-1)];
    made.append(element("span", { className: "choice-day" }, day + comma), blank);
    made.append(element("span", { className: "choice-time" }, time));
  } else made.append(button.title);
  return made;
}
