// The simulated clock: it runs on here between two messages of the server, and can be moved.

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

let base = Date.now();
let read = performance.now();
let speed = 1;

/** The simulated time in milliseconds since 1970. */
export const now = () => base + (performance.now() - read) * speed;

/** Take over what the server has read. */
export function set(clock) {
  base = Date.parse(clock.now);
  read = performance.now();
  speed = clock.speed;
}

/** The wall-clock parts of a moment in a time zone. */
function parts(moment, zone) {
  const format = new Intl.DateTimeFormat("en-CA", {
    timeZone: zone, hourCycle: "h23",
    year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit",
  });
  return Object.fromEntries(format.formatToParts(moment).map((part) => [part.type, Number(part.value)]));
}

/** Milliseconds by which the zone is ahead of UTC at a moment. */
function ahead(moment, zone) {
  const at = parts(moment, zone);
  return Date.UTC(at.year, at.month - 1, at.day, at.hour, at.minute, at.second) - Math.floor(moment / 1000) * 1000;
}

/** The moment of a wall-clock time (given as if it were UTC) in a time zone. */
function moment(wall, zone) {
  const guess = wall - ahead(wall, zone);
  return wall - ahead(guess, zone);
}

async function move(wish) {
  const answer = await fetch("/simulator/clock", {
    method: "PUT",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(wish),
  });
  if (answer.ok) set(await answer.json());
}

const moveTo = (milliseconds) => move({ now: new Date(milliseconds).toISOString() });

function nextMorning(zone) {
  const at = parts(now(), zone);
  return moment(Date.UTC(at.year, at.month - 1, at.day + 1, 9), zone);
}

/** Bring the clock panel to life. */
export function mount(panel, language) {
  const zone = panel.dataset.timezone;
  const locale = language === "ja" ? "ja-JP" : "en-GB";
  const day = new Intl.DateTimeFormat(locale, { timeZone: zone, month: "long", day: "numeric", weekday: "short" });
  const time = new Intl.DateTimeFormat("en-GB", { timeZone: zone, timeStyle: "medium" });
  const form = panel.querySelector("form");
  const opener = panel.querySelector("[data-open-set]");

  for (const button of panel.querySelectorAll("[data-add]")) {
    button.addEventListener("click", () => moveTo(now() + Number(button.dataset.add) * 1000));
  }
  panel.querySelector("[data-next-day]").addEventListener("click", () => moveTo(nextMorning(zone)));
  panel.querySelector("[data-real-time]").addEventListener("click", () => move({ now: new Date().toISOString(), speed: 1 }));
  opener.addEventListener("click", () => {
    form.hidden = !form.hidden;
    opener.setAttribute("aria-expanded", String(!form.hidden));
    if (form.hidden) return;
    form.moment.value = new Date(now() + ahead(now(), zone)).toISOString().slice(0, 16);
    form.moment.focus();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    moveTo(moment(Date.parse(`${form.moment.value}Z`), zone));
    form.hidden = true;
    opener.setAttribute("aria-expanded", "false");
    opener.focus();
  });
  for (const choice of panel.querySelectorAll("[name=speed]")) {
    choice.addEventListener("change", () => move({ speed: Number(choice.value) }));
  }

  return () => {
    panel.querySelector(".clock-day").textContent = day.format(now());
    const face = panel.querySelector(".clock-time");
    face.textContent = time.format(now());
    face.dateTime = new Date(now()).toISOString();
    for (const choice of panel.querySelectorAll("[name=speed]")) {
      if (choice !== document.activeElement || choice.checked) choice.checked = Number(choice.value) === speed;
    }
  };
}

/** Short words for moments, in the zone of the phone. */
export function words(language, zone) {
  const locale = language === "ja" ? "ja-JP" : "en-GB";
  const time = new Intl.DateTimeFormat("en-GB", { timeZone: zone, hour: "2-digit", minute: "2-digit" });
  const day = new Intl.DateTimeFormat(locale, { timeZone: zone, month: "short", day: "numeric", weekday: "short" });
  const dayOf = (at) => Math.floor((at + ahead(at, zone)) / DAY_MS);
  return {
    time: (at) => time.format(at),
    day: (at) => day.format(at),
    sameDay: (one, other) => dayOf(one) === dayOf(other),
    length: (milliseconds) => {
      const seconds = Math.max(0, Math.floor(milliseconds / 1000));
      const minutes = Math.floor(milliseconds > 0 ? milliseconds / MINUTE_MS : 0);
      return `${minutes}:${String(seconds % 60).padStart(2, "0")}`;
    },
  };
}
