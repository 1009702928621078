// The promise as a card: when we call, on which number, under which reference, and how it stands.

import { element, icon } from "./dom.js";
import { notifyChoice } from "./notify.js";
import { clock, day, foreignZone, nearDay, t } from "./wording.js";

const OPEN = new Set(["booked", "dialing", "in_call", "retry_wait"]);
const ICONS = {
  booked: "check",
  dialing: "phone",
  in_call: "phone",
  retry_wait: "phone",
  completed: "check",
  cancelled: "close",
};

/** `card` = {callback, moved}; `now` in ms of the business's clock. */
export function bookingCard({ callback, moved }, now) {
  const id = `booking-${callback.reference}`;
  const head = element("header", { className: "card-head" });
  head.append(element("h2", { id: `${id}-title` }, t("card")));
  const status = element("p", { className: "card-status" }, icon(ICONS[callback.status] ?? "alert"));
  status.append(t(`status_${callback.status}`));
  head.append(status);
  const card = element(
    "section",
    { className: `card is-${callback.status}${OPEN.has(callback.status) ? " is-open" : ""}`, id, tabIndex: -1 },
    head,
    moved && callback.status === "booked" ? element("p", { className: "card-note" }, t("card_moved")) : null,
    ...when(callback, now),
    facts(callback),
    callback.status === "booked" ? notifyChoice() : null,
  );
  card.setAttribute("aria-labelledby", `${id}-title`);
  // The assistant has just said the same in a sentence: a screen reader need not read it out twice.
  return element("li", { attributes: { "aria-live": "off" } }, card);
}

function when(callback, now) {
  const isSoonest = callback.kind === "asap" || callback.kind === "after_hours";
  const start = Date.parse((isSoonest && callback.estimated_start) || callback.window.start);
  const end = Date.parse(callback.window.end);
  const near = nearDay(start, now);
  const date = element("p", { className: "card-day" }, day(start));
  if (near !== day(start)) date.append(" ", element("span", { className: "card-near" }, near));
  const time = element("p", { className: "card-time" });
  if (isSoonest) time.append(element("span", { className: "card-about" }, t("about")), " ");
  const moment = (at) => element("time", { dateTime: new Date(at).toISOString() }, clock(at));
  time.append(moment(start));
  if (!isSoonest) time.append(element("span", { className: "card-until" }, "–", moment(end)));
  const zone = foreignZone(start);
  const ahead = isSoonest && callback.queue_position ? t("ahead", { count: callback.queue_position }) : "";
  return [
    isSoonest ? element("p", { className: "card-note" }, t("asap")) : null,
    date,
    time,
    zone ? element("p", { className: "card-zone" }, zone) : null,
    ahead ? element("p", { className: "card-zone" }, ahead) : null,
  ];
}

function facts(callback) {
  const list = element("dl", { className: "card-facts" });
  const fact = (name, value, className) =>
    list.append(element("div", {}, element("dt", {}, t(name)), element("dd", { className }, value)));
  fact("number", callback.phone_number, "digits");
  fact("reference", callback.reference, "reference");
  return list;
}
