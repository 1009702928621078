// Keys for a number or a code, for a mouse, a switch or a thumb: what is pressed goes into the input, which keeps whatever
// keyboard it has. Where a touch keyboard is open already, the style sheet puts these keys away.

import { byId, element, icon } from "./dom.js";
import { t } from "./wording.js";

const KEYS = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "+", "0", "delete"];
const WITHOUT_PLUS = new Set(["verification_code"]);

export class Keypad {
  #shown = null;

  /** `on` = {press(key), remove()}. */
  constructor(on) {
    this.on = on;
    this.group = byId("keypad");
  }

  /** Show the keys for what was asked for, or none (null). */
  show(expects, language) {
    const shown = expects && `${expects} ${language}`;
    this.group.hidden = !expects;
    if (shown === this.#shown) return;
    this.#shown = shown;
    if (!expects) return;
    this.group.setAttribute("aria-label", t("keypad"));
    this.group.replaceChildren(...KEYS.map((key) => this.#key(key, expects)));
  }

  #key(key, expects) {
    if (key === "+" && WITHOUT_PLUS.has(expects)) return element("span");
    if (key !== "delete") return element("button", { type: "button", onclick: () => this.on.press(key) }, key);
    const made = element("button", { type: "button", onclick: () => this.on.remove() }, icon("delete"));
    made.setAttribute("aria-label", t("delete"));
    return made;
  }
}
