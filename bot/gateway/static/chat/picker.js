// Another day and time than the ones offered, put together by touch. The page does not know what is free: it words a
// wish, as the customer could have typed it, and the assistant answers with what can be had.

import { asTime, choice } from "./choices.js";
import { byId, element } from "./dom.js";
import { clock, day, nearDay, t, timeZone } from "./wording.js";

const DAYS = 14;
const DAY_MS = 86_400_000;
const PARTS = ["any", "morning", "afternoon", "evening", "exact"];

export class Picker {
  #days = [];

  /** `choose(button, event)` takes what was picked, as if it were a button of the chat. */
  constructor(choose) {
    this.choose = choose;
    this.dialog = byId("picker");
    this.form = byId("picker-form");
    this.exact = byId("picker-exact");
    this.form.addEventListener("submit", (event) => this.#submit(event));
    this.form.addEventListener("change", () => this.#follow());
    byId("picker-close").addEventListener("click", () => this.dialog.close());
    // A tap beside the sheet closes it; the dialog itself is only its backdrop then.
    this.dialog.addEventListener("click", (event) => event.target === this.dialog && this.dialog.close());
  }

  /** Open on the times that are offered; `now` in ms of the business's clock. */
  open(buttons, now) {
    this.#days = Array.from({ length: DAYS }, (_, index) => now + index * DAY_MS);
    const take = (button, event) => {
      this.dialog.close();
      this.choose(button, event);
    };
    byId("picker-offers").replaceChildren(...offers(buttons, take));
    byId("picker-days").replaceChildren(...this.#days.map((moment, index) => dayChoice(moment, index, now)));
    byId("picker-parts").replaceChildren(...PARTS.map((part) => radio("part", part, t(part), part === "any")));
    this.#follow();
    this.dialog.showModal();
  }

  #follow() {
    const isExact = this.#picked().part === "exact";
    this.exact.hidden = !isExact;
    this.exact.required = isExact;
  }

  #picked() {
    const picked = new FormData(this.form);
    return { day: this.#days[Number(picked.get("day"))], part: picked.get("part"), time: picked.get("time") };
  }

  #submit(event) {
    event.preventDefault();
    const { day: moment, part, time } = this.#picked();
    const wish = t(`wish_${part}`, { day: day(moment), time: time && wallClock(time) });
    this.dialog.close();
    this.choose({ title: wish, value: wish }, event);
  }
}

/** The offered times under a heading for each day; what names no time comes last. */
function offers(buttons, take) {
  const days = new Map();
  for (const button of buttons) {
    const name = asTime(button.title)?.day ?? "";
    days.set(name, [...(days.get(name) ?? []), button]);
  }
  const inOrder = [...days].sort(([one], [other]) => (one === "") - (other === ""));
  return inOrder.map(([name, ofDay]) => offersOfADay(name, ofDay, take));
}

function offersOfADay(name, buttons, take) {
  const attributes = name ? { role: "group", "aria-label": name } : {};
  const group = element("div", { className: "offer-day", attributes });
  if (name) group.append(element("h3", {}, name));
  const made = buttons.map((button) => {
    const shown = { title: asTime(button.title)?.time ?? button.title };
    return choice(shown, false, { choose: (_, event) => take(button, event) });
  });
  group.append(element("div", { className: "choices" }, ...made));
  return group;
}

function dayChoice(moment, index, now) {
  const near = nearDay(moment, now);
  const date = day(moment);
  const label = near === date ? [date] : [element("small", {}, near), " ", date];
  return radio("day", String(index), label, index === 0);
}

function radio(name, value, label, isChecked) {
  const input = element("input", { type: "radio", name, value, checked: isChecked, required: true });
  return element("label", { className: "pill" }, input, element("span", {}, ...[label].flat()));
}

/** "15:30" of a time input as people write it. Any instant that reads so in the business's zone will do. */
function wallClock(time) {
  const [hours, minutes] = time.split(":").map(Number);
  const read = (zone) => new Date(new Date(0).toLocaleString("en-US", { timeZone: zone })).getTime();
  return clock(Date.UTC(1970, 0, 1, hours, minutes) - (read(timeZone()) - read("UTC")));
}
