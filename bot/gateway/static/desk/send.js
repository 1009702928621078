// Forms that are sent without leaving the page.
import { texts } from "./texts.js";

/** Send a form, with the button that was pressed if it says anything: [whether it was done, what the server said]. */
export async function send(form, { button, ...options } = {}) {
  const body = new URLSearchParams(new FormData(form));
  if (button?.name) body.set(button.name, button.value);
  try {
    const answer = await fetch(form.action, { method: "POST", body, headers: { Accept: "application/json" }, ...options });
    if (answer.status === 401) location.reload();
    return [answer.ok, await answer.json()];
  } catch {
    return [false, { message: texts.failed }];
  }
}
