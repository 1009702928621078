// Business time in the browser: the server's clock plus the time that has passed here since it was told.
import { texts, fill } from "./texts.js";

const JUMP_MS = 1500;
const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

let offset = Date.parse(document.body.dataset.now) - Date.now();

const now = () => Date.now() + offset;

/** Take the server's time over; true when it is not what we counted: somebody has moved the clock. */
export function sync(moment) {
  const told = Date.parse(moment) - Date.now();
  const jumped = Math.abs(told - offset) > JUMP_MS;
  offset = told;
  show();
  return jumped;
}

function words(seconds) {
  const s = Math.max(0, Math.floor(seconds));
  if (s >= DAY) return fill(texts.days, { d: Math.floor(s / DAY) });
  if (s >= HOUR) return fill(texts.hours, { h: Math.floor(s / HOUR), m: Math.floor((s % HOUR) / MINUTE) });
  if (s >= 10 * MINUTE) return fill(texts.minutes, { m: Math.floor(s / MINUTE) });
  return fill(texts.seconds, { m: Math.floor(s / MINUTE), s: String(s % MINUTE).padStart(2, "0") });
}

function countdown(element) {
  const start = (Date.parse(element.dataset.start) - now()) / 1000;
  const end = element.dataset.end ? (Date.parse(element.dataset.end) - now()) / 1000 : null;
  if (start > 0) return ["before", fill(texts.left, { time: words(start) })];
  if (end === null) return ["within", texts.now];
  return end > 0 ? ["within", fill(texts.within, { time: words(end) })] : ["over", fill(texts.over, { time: words(-end) })];
}

function set(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** Bring every countdown and every running time on the page up to date. */
export function show() {
  for (const element of document.querySelectorAll("[data-countdown]")) {
    const [state, text] = countdown(element);
    set(element, text);
    element.dataset.countdown = state;
    if (state !== "over") continue;
    const around = element.closest("[data-row], dd");
    around?.classList.add("is-late");
    around?.querySelector("[data-late]")?.removeAttribute("hidden");
  }
  for (const element of document.querySelectorAll("[data-since]")) {
    const seconds = Math.max(0, Math.floor((now() - Date.parse(element.dataset.since)) / 1000));
    set(element, `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`);
  }
}
