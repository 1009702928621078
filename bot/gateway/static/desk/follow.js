// Keeps the page true: the server renders it anew, and only the parts that differ are exchanged.
import { show, sync } from "./clock.js";
import { announce, fill, texts } from "./texts.js";

const { reference } = document.body.dataset;
const isBoard = document.querySelector("[data-board]") !== null;
const CLOCK_REFRESH_MS = 3000;
const OLD_MS = 60000;
const OPENED = "orikaeshi-desk-opened";

const parts = () => document.querySelectorAll("[data-live]");
const served = new Map([...parts()].map((part) => [part.dataset.live, part.innerHTML]));
const connection = document.querySelector("[data-connection]");

let refreshedAt = Date.now();
let running = null;
let again = false;
let behind = true; // until the stream's first word: what happened before it is on no stream

/** Fetch the page and exchange what differs. Called while it runs, it runs once more afterwards. */
export function refresh() {
  if (running) {
    again = true;
    return running;
  }
  running = exchange()
    .catch(() => setTimeout(refresh, 2000))
    .finally(() => {
      running = null;
      if (again) {
        again = false;
        refresh();
      }
    });
  return running;
}

async function exchange() {
  const answer = await fetch(location.pathname, { headers: { Accept: "text/html" }, cache: "no-store" });
  if (answer.redirected || answer.status === 404) return location.reload();
  if (!answer.ok) throw new Error(String(answer.status));
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  refreshedAt = Date.now();
  const known = arrivals();
  for (const part of parts()) replace(part, fresh.querySelector(`[data-live="${part.dataset.live}"]`));
  sync(fresh.body.dataset.now);
  show();
  tellArrivals(known);
}

function replace(part, fresh) {
  if (!fresh || served.get(part.dataset.live) === fresh.innerHTML) return;
  served.set(part.dataset.live, fresh.innerHTML);
  const focused = part.contains(document.activeElement) ? document.activeElement.dataset.key : null;
  const scrolled = part.querySelector("[tabindex]")?.scrollTop;
  part.replaceChildren(...fresh.childNodes);
  if (focused) part.querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
  if (scrolled) part.querySelector("[tabindex]")?.scrollTo({ top: scrolled });
}

function arrivals() {
  const rows = document.querySelectorAll("[data-arrivals] [data-row]");
  return new Map([...rows].map((row) => [row.dataset.reference, row]));
}

function tellArrivals(known) {
  for (const [name, row] of arrivals()) {
    if (known.has(name)) continue;
    row.classList.add("is-new");
    announce(fill(texts.arrived, { who: row.dataset.who }));
  }
}

/** The customer's card is on the screen before the agent's phone rings; each call opens it once. */
function openOwn(call) {
  if (!call || sessionStorage.getItem(OPENED) === call.attempt) return;
  sessionStorage.setItem(OPENED, call.attempt);
  announce(fill(texts.call, { who: call.reference }));
  if (call.reference === reference) return;
  document.dispatchEvent(new Event("desk:leave"));
  location.assign(`/desk/callbacks/${encodeURIComponent(call.reference)}`);
}

function heard(told) {
  const jumped = sync(told.now);
  const quiet = Date.now() - refreshedAt;
  const concerns = isBoard ? told.changed.length > 0 : told.changed.includes(reference);
  const counted = document.querySelector("[data-presence]")?.dataset.presence;
  const isOther = counted !== undefined && told.presence !== counted;
  if (behind || isOther || concerns || (jumped && quiet > CLOCK_REFRESH_MS) || quiet > OLD_MS) refresh();
  behind = false;
  openOwn(told.call);
}

/** Listen on and on. What happened between the page and the stream, or while it was cut, is fetched at its first word. */
export function follow() {
  const source = new EventSource("/desk/events");
  source.addEventListener("open", () => {
    connection.hidden = true;
    behind = true;
  });
  source.addEventListener("pulse", (event) => heard(JSON.parse(event.data)));
  source.addEventListener("error", () => {
    connection.hidden = false;
    if (source.readyState !== EventSource.CLOSED) return;
    // Refused for good: the session may be over, and then the page itself leads to the login.
    refresh();
    setTimeout(follow, 3000);
  });
  addEventListener("pagehide", () => source.close());
  addEventListener("pageshow", (event) => event.persisted && location.reload());
}
