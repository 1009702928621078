// Whether the agent takes calls: set with one click or key, and shown as the server has it.
import { refresh } from "./follow.js";
import { announce, complain, texts } from "./texts.js";

/** Press the button of a presence. */
export const choose = (presence) => document.querySelector(`[data-presence-form] [value="${presence}"]`)?.click();

async function send(form, button) {
  const fields = new URLSearchParams(new FormData(form));
  fields.set(button.name, button.value);
  try {
    const answer = await fetch(form.action, { method: "POST", body: fields, headers: { Accept: "application/json" } });
    if (answer.status === 401) return location.reload();
    if (!answer.ok) throw new Error(String(answer.status));
    announce(button.textContent.trim());
  } catch {
    complain(texts.failed);
  }
  refresh();
}

/** Let the buttons work without leaving the page. They come and go: they are listened for higher up. */
export function keepPresence() {
  document.addEventListener("submit", (event) => {
    if (!event.target.matches("[data-presence-form]")) return;
    event.preventDefault();
    send(event.target, event.submitter);
  });
}
