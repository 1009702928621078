// Everything by keyboard. Single letters can be switched off: speech input would trip over them.
import { goToCall, pressCall } from "./call.js";
import { choose } from "./presence.js";

const OFF = "orikaeshi-desk-keys-off";
const help = document.querySelector("[data-help]");
const enabled = help.querySelector("[data-keys-on]");

const rows = () => [...document.querySelectorAll("[data-row]")].map((row) => row.querySelector("a") ?? row);

function move(step) {
  const links = rows().filter((link) => link.offsetParent !== null);
  if (links.length === 0) return;
  const at = links.indexOf(document.activeElement);
  const next = at === -1 ? (step > 0 ? 0 : links.length - 1) : Math.min(links.length - 1, Math.max(0, at + step));
  links[next].focus();
  links[next].scrollIntoView({ block: "nearest" });
}

const keys = {
  j: () => move(1),
  k: () => move(-1),
  r: () => document.querySelector("[data-resolve]")?.click(),
  a: () => document.querySelector("[data-again]")?.click(),
  o: () => document.querySelector("[data-others]")?.focus(),
  b: () => document.querySelector("[data-book]")?.click(),
  n: () => document.querySelector("#note")?.focus(),
  1: () => choose("ready"),
  2: () => choose("after_call"),
  3: () => choose("break"),
  4: () => choose("offline"),
  c: () => goToCall(),
  l: () => pressCall("l"),
  w: () => pressCall("w"),
  s: () => pressCall("s"),
  t: () => pressCall("t"),
  x: () => pressCall("x"),
  u: () => document.querySelector("[data-to-board]")?.click(),
  "?": () => help.showModal(),
};

function pressed(event) {
  const field = event.target.closest("input, textarea, select");
  if (field?.form?.matches("[data-note-form]") && event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    field.form.requestSubmit();
  } else if (field && event.key === "Escape") {
    field.blur();
  } else if (!field && !help.open && enabled.checked && !event.ctrlKey && !event.metaKey && !event.altKey && keys[event.key]) {
    event.preventDefault();
    if (!event.repeat || "jk".includes(event.key)) keys[event.key]();
  }
}

/** Listen to the keyboard. */
export function listenToKeys() {
  enabled.checked = localStorage.getItem(OFF) === null;
  enabled.addEventListener("change", () => {
    if (enabled.checked) localStorage.removeItem(OFF);
    else localStorage.setItem(OFF, "1");
  });
  document.addEventListener("keydown", pressed);
  document.querySelector("[data-open-help]")?.addEventListener("click", () => help.showModal());
}
