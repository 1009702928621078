// Notices by the browser itself: asked for by a button, shown only while the customer looks elsewhere.

import { element, icon } from "./dom.js";
import { businessName, t } from "./wording.js";

const isPossible = "Notification" in window;

export function notifyBrowser(text) {
  if (!isPossible || !document.hidden || Notification.permission !== "granted") return;
  try {
    new Notification(businessName(), { body: text, tag: "orikaeshi", icon: new URL("icon.svg", import.meta.url).href });
  } catch {
    // Chrome on Android shows notifications from service workers only; the SMS and the page remain.
  }
}

/** The button that asks for them, or null where that has been decided or cannot be. */
export function notifyChoice() {
  if (!isPossible || Notification.permission !== "default") return null;
  const button = element("button", { type: "button", className: "link notify" }, icon("bell"), t("notify"));
  const decided = element("p", { className: "notify", attributes: { role: "status" } });
  button.addEventListener("click", async () => {
    const permission = await Notification.requestPermission();
    if (permission === "default") return;
    decided.textContent = t(permission === "granted" ? "notify_on" : "notify_off");
    button.replaceWith(decided);
  });
  return button;
}
