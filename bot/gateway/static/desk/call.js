// What is done with a call under way: asked for in the background, told to those who listen, and the page follows.
import { refresh } from "./follow.js";
import { send } from "./send.js";
import { announce, complain } from "./texts.js";

async function act(form, button) {
  if (form.dataset.busy) return; // a second click on what is under way
  form.dataset.busy = "1";
  const { action } = form;
  const [done, told] = await send(form, { button });
  complain(done ? "" : told.message);
  if (done) announce(told.told);
  delete form.dataset.busy;
  await refresh();
  // What was pressed may be gone: the keyboard stays with the call.
  const ask = form.querySelector("[data-room-ask]");
  if (ask && !ask.checkVisibility()) ask.open = false;
  if (document.activeElement === document.body) document.querySelector(`form[action="${CSS.escape(new URL(action).pathname)}"] button`)?.focus();
}

/** Let the call's buttons work without leaving the page. They come and go: they are listened for higher up. */
export function workCalls() {
  document.addEventListener("submit", (event) => {
    if (!event.target.matches("[data-call-form]") || !event.submitter) return;
    event.preventDefault();
    act(event.target, event.submitter);
  });
}

/** Go to what can be done with the call: whom to ask, or what to do with whoever was asked. */
export function goToCall() {
  const ask = document.querySelector("[data-room-ask]");
  if (ask?.checkVisibility()) ask.open = true;
  document.querySelector("[data-room] button, [data-room-ask][open] .colleagues button, [data-room-ask][open] select")?.focus();
}

/** Press a call's button: of the row that the keyboard is in, or the only one of its kind. */
export function pressCall(key) {
  const scope = document.activeElement.closest("[data-row]") ?? document;
  const found = scope.querySelectorAll(`[data-call="${key}"]`);
  if (found.length === 1) found[0].click();
}
