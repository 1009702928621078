// What stands above the talk: why it is not connected, and what the business has just said. A call that is coming is told
// with force, on the page, in the tab's title and, where the customer wished it, by the browser.

import { byId, element, icon, place, write } from "./dom.js";
import { notifyBrowser } from "./notify.js";
import { businessName, clock, hotline, t } from "./wording.js";

const HURRYING = new Set(["failed", "reconnecting"]);
const COUNTED = new Set(["limited", "limited_start"]);
const CALLING = "dialing";

export class Banners {
  #trouble = null;
  #until = 0;
  #ticking = null;
  #heard = null;
  #dismissedCall = null;

  /** `retry()` is what "try again" does. */
  constructor(retry) {
    this.retry = retry;
    this.connection = byId("connection");
    this.announcement = byId("announcement");
    byId("announcement-close").addEventListener("click", () => this.#dismiss());
    document.addEventListener("visibilitychange", () => this.#retitle());
  }

  get trouble() {
    return this.#trouble;
  }

  /** Show why things wait, for `seconds` where that is known; null when all is well. */
  show(trouble, seconds = 0) {
    if (trouble === this.#trouble && !COUNTED.has(trouble)) return;
    this.#trouble = trouble;
    this.#until = Date.now() + seconds * 1000;
    clearInterval(this.#ticking);
    if (COUNTED.has(trouble)) this.#ticking = setInterval(() => this.#count(), 1000);
    this.translate();
  }

  translate() {
    const trouble = this.#trouble;
    this.connection.hidden = trouble === null;
    this.connection.className = `connection is-${trouble}`;
    if (trouble === null) return this.connection.replaceChildren();
    const isCounted = COUNTED.has(trouble);
    const sentence = element("p", { id: "trouble", attributes: isCounted ? { "aria-hidden": "true" } : {} });
    const shown = [icon(trouble === "failed" ? "alert" : "cloud"), sentence];
    // Seconds that run down are for the eye; read out once is enough.
    if (isCounted) shown.push(element("p", { className: "hidden-text" }, this.#sentence()));
    if (HURRYING.has(trouble)) {
      shown.push(element("button", { type: "button", className: "link", onclick: this.retry }, t("try_again")));
    }
    this.connection.replaceChildren(...shown);
    this.#count();
  }

  /** The customer goes on talking: what was announced has been seen. */
  clear() {
    if (!this.announcement.classList.contains("is-calling")) this.#hide();
  }

  /** The business has said something outside an answer. */
  hear(line) {
    this.#heard = { text: line.text, at: Date.parse(line.at), isUnseen: document.hidden };
    this.#announce(line.text, false);
    notifyBrowser(line.text);
  }

  /** A call that is being made stands above all else. */
  follow(cards) {
    const calling = cards.find((card) => card.callback.status === CALLING)?.callback.reference ?? null;
    const isCalling = calling !== null && calling !== this.#dismissedCall;
    if (isCalling) this.#announce(this.#heard?.text ?? t("calling"), true);
    else if (this.announcement.classList.contains("is-calling")) this.#hide();
    if (calling === null) this.#dismissedCall = null;
    this.calling = calling;
  }

  #announce(text, isCalling) {
    // Other notices are read out from the log; a call interrupts.
    this.announcement.role = isCalling ? "alert" : null;
    write(byId("announcement-text"), text);
    write(byId("announcement-time"), this.#heard ? clock(this.#heard.at) : "");
    this.announcement.classList.toggle("is-calling", isCalling);
    byId("announcement-icon").setAttribute("href", isCalling ? "#i-phone" : "#i-bell");
    this.announcement.hidden = false;
    this.#retitle();
  }

  #dismiss() {
    this.#dismissedCall = this.calling;
    this.#hide();
  }

  #hide() {
    this.announcement.hidden = true;
    this.announcement.classList.remove("is-calling");
    this.#heard = null;
    this.#retitle();
  }

  #retitle() {
    if (this.#heard && !document.hidden) this.#heard.isUnseen = false;
    const title = t("title", { business: businessName() });
    place.retitle(this.#heard?.isUnseen ? `● ${this.#heard.text}` : title);
  }

  #count() {
    write(byId("trouble"), this.#sentence());
  }

  #sentence() {
    const seconds = Math.max(1, Math.ceil((this.#until - Date.now()) / 1000));
    return t(this.#trouble, { seconds, hotline: hotline() });
  }
}
