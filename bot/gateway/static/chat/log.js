// The talk on the screen: days, bubbles, notices, booking cards, messages on their way, the open question's buttons.

import { bookingCard } from "./card.js";
import { choices } from "./choices.js";
import { byId, element, icon, keep, write } from "./dom.js";
import { linked } from "./prose.js";
import { businessName, clock, currentLanguage, day, dayCode, languageOf, nearDay, t } from "./wording.js";

const TOGETHER_MS = 5 * 60_000;
const NEAR_THE_END_PX = 120;

export class Log {
  #newest = null;
  #height = 0;
  #isFollowing = true; // the end was in view when the customer last scrolled; a keyboard or a new line does not change that

  /** `on` = {choose(button, event), pick(), retry()}. */
  constructor(on) {
    this.on = on;
    this.region = byId("log");
    this.lines = byId("lines");
    this.toNewest = byId("to-newest");
    this.toNewest.addEventListener("click", () => this.scrollToEnd());
    this.region.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    new ResizeObserver(() => this.follow()).observe(this.region);
  }

  /** Show the talk. `trouble` is why the first unsent message waits, or null. */
  show(talk, unsent, trouble) {
    const items = [...this.#said(talk), ...this.#waiting(talk, unsent, trouble)];
    if (!unsent.length && talk.lines.length && talk.buttons.length) items.push(this.#question(talk));
    keep(this.lines, items);
    const newest = items.at(-1)?.key + items.length;
    if (newest === this.#newest) return;
    this.#newest = newest;
    if (this.#isFollowing || unsent.length) this.scrollToEnd();
    else this.toNewest.hidden = false;
  }

  scrollToEnd() {
    this.region.scrollTop = this.region.scrollHeight;
    this.lines.lastElementChild?.scrollIntoView({ block: "nearest" }); // zoomed far in, the page scrolls and not the log
    this.toNewest.hidden = true;
  }

  /** Stay at the end, where the customer is, when the room for the talk has changed. */
  follow() {
    this.#height = this.region.clientHeight;
    if (this.#isFollowing) this.scrollToEnd();
  }

  focus() {
    this.region.focus({ preventScroll: true });
  }

  #scrolled() {
    const { scrollHeight, scrollTop, clientHeight } = this.region;
    if (clientHeight !== this.#height) return; // keys or a keyboard took room just now: that was not the customer
    this.#isFollowing = scrollHeight - scrollTop - clientHeight < NEAR_THE_END_PX;
    if (this.#isFollowing) this.toNewest.hidden = true;
  }

  #said(talk) {
    const items = [];
    talk.lines.forEach((line, index) => {
      const before = talk.lines[index - 1];
      const after = talk.lines[index + 1];
      if (!before || dayCode(before.at) !== dayCode(line.at)) items.push(dayItem(line, talk.now()));
      items.push(lineItem(line, { isFirst: !together(before, line), isLast: !together(line, after) }, talk));
      for (const card of talk.cards) {
        const place = Math.min(card.line, talk.lines.length - 1);
        if (place === index) items.push(cardItem(card, talk));
      }
    });
    return items;
  }

  #waiting(talk, unsent, trouble) {
    return unsent.map((item, index) => {
      const state = index > 0 ? "waiting" : stateOf(item, trouble);
      const line = { ...item, sender: "customer" };
      return lineItem(line, { isFirst: index === 0, isLast: true, state, retry: this.on.retry }, talk);
    });
  }

  #question(talk) {
    const signature = JSON.stringify([talk.buttons, talk.expects, currentLanguage()]);
    const make = () => element("li", {}, choices(talk.buttons, talk.expects, this.on));
    return { key: "question", signature, className: "line question", make };
  }
}

const together = (one, other) =>
  Boolean(one && other) && one.sender === other.sender && one.sender !== "system" && other.at - one.at < TOGETHER_MS;

function stateOf(item, trouble) {
  if (trouble === "failed") return "not_sent";
  if (trouble === "limited" || trouble === "offline") return "waiting";
  return item.unsure ? "unsure" : "sending";
}

function dayItem({ key, at }, now) {
  const code = dayCode(at);
  const near = nearDay(at, now);
  const make = () => {
    const text = near === day(at) ? near : `${near} ${day(at)}`;
    return element("li", {}, element("time", { dateTime: code }, text));
  };
  return { key: `day:${key}`, signature: `${code}${near}${currentLanguage()}`, className: "line day", make };
}

function cardItem(card, talk) {
  return {
    key: `card:${card.callback.reference}`,
    signature: JSON.stringify([card, currentLanguage(), dayCode(talk.now())]),
    className: "line card-line",
    make: () => bookingCard(card, talk.now()),
  };
}

function lineItem(line, { isFirst, isLast, state, retry }, talk) {
  const references = talk.cards.map((card) => card.callback.reference).filter((reference) => line.text.includes(reference));
  const shown = line.title ?? line.text;
  const side = line.sender === "system" ? "notice" : line.sender === "customer" ? "theirs" : "ours";
  return {
    key: line.key,
    signature: JSON.stringify([side, shown, state, state && currentLanguage(), references]),
    className: ["line", side, isFirst && "first", isLast && "last", state && "on-its-way"].filter(Boolean).join(" "),
    make: () => (side === "notice" ? notice(line, references) : bubble(shown, { side, state, retry, references })),
    refresh: (made) => dress(made, line, side),
  };
}

/** The words round a line in the page's language, and its time once the server has told it. */
function dress(made, line, side) {
  write(made.querySelector(".who"), { ours: businessName(), theirs: t("you"), notice: t("notice") }[side]);
  const time = made.querySelector("time");
  if (time) time.dateTime = new Date(line.at).toISOString();
  write(time, clock(line.at));
}

function bubble(shown, { side, state, retry, references }) {
  const isOurs = side === "ours";
  const colon = element("span", { className: "hidden-text" }, "：");
  const label = element("p", { className: isOurs ? "sender" : "hidden-text" });
  label.append(element("span", { className: "who" }), colon);
  const text = element("p", { className: "text", lang: languageOf(shown) });
  text.append(...(isOurs ? linked(shown, references) : [shown]));
  const made = element("li", {}, label, text, foot(state, retry));
  // Who wrote it knows it: only what others say is read out.
  if (!isOurs) made.setAttribute("aria-live", "off");
  return made;
}

function foot(state, retry) {
  const made = element("p", { className: `foot ${state ?? ""}`, attributes: { "aria-live": "off" } });
  if (!state) made.append(element("time"));
  else made.append(t(state));
  if (state === "not_sent") {
    made.prepend(icon("alert"));
    made.append(element("button", { type: "button", className: "link", onclick: retry }, t("try_again")));
  }
  return made;
}

function notice(line, references) {
  const head = element("p", { className: "notice-head" });
  head.append(icon("bell"), element("span", { className: "who" }), element("time"));
  const text = element("p", { className: "text", lang: languageOf(line.text) }, ...linked(line.text, references));
  return element("li", {}, head, text);
}
