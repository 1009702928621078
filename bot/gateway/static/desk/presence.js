// Whether the agent takes calls: set with one click or key, and shown as the server has it.
import { refresh } from "./follow.js";
import { send } from "./send.js";
import { announce, complain, texts } from "./texts.js";

/** Press the button of a presence. */
export const choose = (presence) => document.querySelector(`[data-presence-form] [value="${presence}"]`)?.click();

async function set(form, button) {
  const [done] = await send(form, { button });
  if (done) announce(button.textContent.trim());
  else complain(texts.failed);
  refresh();
}

/** Let the buttons work without leaving the page. They come and go: they are listened for higher up. */
export function keepPresence() {
  document.addEventListener("submit", (event) => {
    if (!event.target.matches("[data-presence-form]")) return;
    event.preventDefault();
    set(event.target, event.submitter);
  });
}
