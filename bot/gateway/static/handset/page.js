// The page: one phone or a board of them, one stream of events for all.

import * as clock from "./clock.js";
import { e164, spoken } from "./numbers.js";
import { Phone } from "./phone.js";

const TICK_MS = 250;

const main = document.querySelector("main");
const template = document.querySelector("#phone");
const offline = document.querySelector(".offline");
const showClock = clock.mount(document.querySelector(".clock"), document.documentElement.lang);
const board = "board" in main.dataset;
const title = document.title;
const phones = new Map();
let known = null;
let stream = null;

function open(number) {
  if (phones.has(number)) {
    phones.get(number).element.scrollIntoView({ behavior: "smooth", block: "nearest", inline: "center" });
    return;
  }
  const phone = new Phone(template, number, board ? { onClose: () => close(number) } : {});
  phones.set(number, phone);
  document.querySelector(".phones").append(phone.element);
}

function close(number) {
  phones.get(number).remove();
  phones.delete(number);
  listen();
}

function listen() {
  stream?.close();
  const query = new URLSearchParams([...phones.keys()].map((number) => ["number", number]));
  stream = new EventSource(`/simulator/events?${query}`);
  stream.addEventListener("open", () => { offline.hidden = true; });
  stream.addEventListener("error", () => { offline.hidden = false; });
  stream.addEventListener("message", (event) => update(JSON.parse(event.data)));
  if (board) remember(query);
}

/** The address of the board names its phones, so that it can be kept and shared. */
function remember(query) {
  query.set("lang", document.documentElement.lang);
  history.replaceState(null, "", `?${query}`);
  document.querySelector(".no-phones").hidden = phones.size > 0;
  showKnown();
}

function update(state) {
  offline.hidden = true;
  clock.set(state.clock);
  document.querySelector(".faulty").hidden = !state.faulty;
  for (const [number, handset] of Object.entries(state.handsets)) phones.get(number)?.update(handset);
  const fresh = known === null ? [] : state.known.filter((number) => !known.includes(number));
  known = state.known;
  if (board && phones.size === 0 && fresh.length > 0) {
    open(fresh[0]);
    listen();
  }
  if (board) showKnown();
  tick();
}

function showKnown() {
  const closed = (known ?? []).filter((number) => !phones.has(number));
  const chips = closed.map((number) => {
    const chip = document.createElement("button");
    chip.type = "button";
    chip.className = "chip";
    chip.textContent = spoken(number);
    chip.addEventListener("click", () => { open(number); listen(); });
    return chip;
  });
  document.querySelector(".known").replaceChildren(...chips);
}

function tick() {
  showClock();
  for (const phone of phones.values()) phone.tick();
  const ringing = [...phones.values()].some((phone) => phone.ringing);
  document.title = ringing ? `☎ ${title}` : title;
}

/** Keys go to the phone in hand: the one with the focus, else the only one that is in a call. */
function phoneInHand() {
  const focused = [...phones.values()].find((phone) => phone.element.contains(document.activeElement));
  const talking = [...phones.values()].filter((phone) => phone.talking);
  return focused?.talking ? focused : talking.length === 1 ? talking[0] : null;
}

addEventListener("keydown", (event) => {
  const elsewhere = event.ctrlKey || event.metaKey || event.altKey || event.repeat;
  if (elsewhere || event.target.matches("input, textarea, select") || event.key.length !== 1) return;
  if (phoneInHand()?.press(event.key)) event.preventDefault();
});

document.querySelector(".open-number")?.addEventListener("submit", (event) => {
  event.preventDefault();
  const field = event.target.number;
  const number = e164(field.value);
  document.querySelector("#number-wrong").hidden = number !== null;
  field.setAttribute("aria-invalid", String(number === null));
  if (number === null) return;
  open(number);
  field.value = "";
  listen();
});

for (const number of JSON.parse(main.dataset.numbers)) open(number);
listen();
setInterval(tick, TICK_MS);
