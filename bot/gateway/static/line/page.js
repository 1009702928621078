// The page: one person's LINE or a board of several, one stream of events for all.

import * as clock from "../handset/clock.js";
import { make } from "./dom.js";
import { Phone } from "./phone.js";

const TICK_MS = 250;

const main = document.querySelector("main");
const template = document.querySelector("#line-phone");
const offline = document.querySelector(".offline");
const showClock = clock.mount(document.querySelector(".clock"), document.documentElement.lang);
const board = "board" in main.dataset;
const phones = new Map();
let known = [];
let stream = null;

function open(person) {
  if (phones.has(person)) return;
  const phone = new Phone(template, person, board ? { onClose: () => close(person) } : {});
  phones.set(person, phone);
  document.querySelector(".phones").append(phone.element);
}

function close(person) {
  phones.get(person).remove();
  phones.delete(person);
  listen();
}

function listen() {
  stream?.close();
  const query = new URLSearchParams([...phones.keys()].map((person) => ["person", person]));
  stream = new EventSource(`/simulator/line/events?${query}`);
  stream.addEventListener("open", () => { offline.hidden = true; });
  stream.addEventListener("error", () => { offline.hidden = false; });
  stream.addEventListener("message", (event) => update(JSON.parse(event.data)));
  if (board) remember(query);
}

/** The address of the board names its people, so that it can be kept and shared. */
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
  for (const [person, chat] of Object.entries(state.people)) phones.get(person)?.update(chat);
  known = state.known;
  if (board) showKnown();
  tick();
}

function showKnown() {
  const closed = known.filter((person) => !phones.has(person.user_id));
  document.querySelector(".known").replaceChildren(...closed.map((person) => {
    const chip = make("button", "chip", person.display_name);
    chip.type = "button";
    chip.addEventListener("click", () => { open(person.user_id); listen(); });
    return chip;
  }));
}

function tick() {
  showClock();
  for (const phone of phones.values()) phone.tick();
}

document.querySelector(".new-person")?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const field = event.target.elements.namedItem("name");
  const answer = await fetch("/simulator/line/people", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ display_name: field.value, language: document.documentElement.lang }),
  });
  if (!answer.ok) return;
  field.value = "";
  open((await answer.json()).user_id);
  listen();
});

for (const person of JSON.parse(main.dataset.people)) open(person);
listen();
setInterval(tick, TICK_MS);
