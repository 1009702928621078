// What an agent does on a customer's page: record the outcome, write the note, look at the number.
import { refresh } from "./follow.js";
import { send } from "./send.js";
import { announce, complain, texts } from "./texts.js";

const SAVE_AFTER_MS = 800;

async function record(form) {
  const button = form.querySelector("button");
  if (button.disabled) return;
  button.disabled = true; // a second click would be harmless, but it should not look possible
  const [done, told] = await send(form);
  complain(done ? "" : told.message);
  if (done) announce(texts.recorded);
  button.disabled = false;
  refresh();
}

async function reveal(form) {
  const [done, told] = await send(form);
  if (!done) return complain(told.message);
  form.querySelector("[data-number]").textContent = told.number;
  document.querySelectorAll("[data-said]").forEach((line, index) => (line.textContent = told.said[index] ?? line.textContent));
  form.querySelector("button").remove();
}

/** One save at a time; what is typed meanwhile is saved by the next one. */
function keepNote(form) {
  const field = form.elements.text;
  const state = form.querySelector("[data-note-state]");
  let saved = field.defaultValue;
  let saving = null;
  let timer = 0;
  let disputed = false; // what stands on the server is shown: only the agent's own click may replace it

  const say = (sentence, isWrong = false) => {
    state.textContent = sentence;
    state.classList.toggle("wrong", isWrong);
  };

  async function save(options) {
    clearTimeout(timer);
    if (saving) await saving;
    const text = field.value;
    if (text === saved) return say(texts.saved);
    say(texts.saving);
    saving = send(form, options);
    const [done, told] = await saving;
    saving = null;
    if (told.seen) form.elements.seen.value = told.seen;
    disputed = !done && Boolean(told.seen);
    if (!done) {
      say(texts.not_saved, true);
      return complain(told.message, told.saved ?? null);
    }
    saved = text;
    complain("");
    return field.value === text ? say(texts.saved) : schedule();
  }

  function schedule() {
    clearTimeout(timer);
    say(texts.unsaved);
    if (!disputed) timer = setTimeout(save, SAVE_AFTER_MS);
  }

  field.addEventListener("input", schedule);
  field.addEventListener("blur", () => field.value !== saved && !disputed && save());
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    save();
  });
  // The page goes away: the request outlives it.
  const leave = () => field.value !== saved && !disputed && send(form, { keepalive: true });
  document.addEventListener("desk:leave", leave);
  addEventListener("pagehide", leave);
}

/** Let the forms of the page work without leaving it. Outcome forms come and go: they are listened for higher up. */
export function work() {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("[data-outcome-form], [data-number-form]")) return;
    event.preventDefault();
    (form.matches("[data-outcome-form]") ? record : reveal)(form);
  });
  const note = document.querySelector("[data-note-form]");
  if (note) keepNote(note);
}
