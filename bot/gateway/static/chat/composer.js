// Where the customer writes. What the assistant has asked for decides the keyboard, the example and what the browser may
// fill in; any text may be sent whatever was asked.

import { byId, place } from "./dom.js";
import { Keypad } from "./keypad.js";
import { asKept } from "./talk.js";
import { currentLanguage, t } from "./wording.js";

const LIMIT = 2000; // characters that the server takes
const COUNT_FROM = 1800;
const ENTER_OF_AN_IME = 229; // Safari ends the composition before the Enter that ended it arrives

// inputmode, autocomplete, one line or several: browsers fill in numbers, names and codes in one-line inputs only.
const SHAPES = {
  reason: { rows: 3 },
  name: { isShort: true, autocomplete: "name", mode: "text" },
  phone_number: { isShort: true, autocomplete: "tel", mode: "tel" },
  verification_code: { isShort: true, autocomplete: "one-time-code", mode: "numeric" },
};
const EXPLAINED = new Set(["phone_number", "verification_code"]);
const EXAMPLES = new Set(["reason", "name", "phone_number", "verification_code", "preferred_slot"]);

export class Composer {
  #expects = null;
  #letters = false; // the customer asked for letters where digits were expected
  #fault = null;

  /** `send(text)` takes what was written. */
  constructor(send) {
    this.send = send;
    this.form = byId("composer");
    this.long = byId("message");
    this.short = byId("short-message");
    this.count = byId("count");
    this.hint = byId("hint");
    this.letters = byId("letters");
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
    for (const field of [this.long, this.short]) {
      field.addEventListener("input", () => this.#typed());
      field.addEventListener("keydown", (event) => this.#pressed(event));
    }
    this.keypad = new Keypad({
      press: (key) => this.#edit((text) => text + key),
      remove: () => this.#edit((text) => text.slice(0, -1)),
    });
    this.letters.addEventListener("click", () => {
      this.#letters = !this.#letters;
      this.#dress();
      this.field.focus();
    });
  }

  get field() {
    return SHAPES[this.#expects]?.isShort ? this.short : this.long;
  }

  focus() {
    this.field.focus();
  }

  /** Shape the input for what was asked for; a draft goes along. */
  expect(expects) {
    if (expects !== this.#expects) {
      const before = this.field;
      const hadFocus = place.root.activeElement === before;
      this.#expects = expects;
      this.#letters = false;
      if (before !== this.field) {
        this.field.value = before.value;
        before.value = "";
        before.hidden = true;
        this.field.hidden = false;
        if (hadFocus) this.field.focus();
      }
    }
    this.#dress();
  }

  /** Put back what could not be sent, unless something new is being written. */
  restore(text) {
    if (!this.field.value) this.field.value = text;
    this.#typed();
  }

  /** Say what is wrong with the message; null when nothing is. */
  fault(sentence) {
    this.#fault = sentence;
    this.#dress();
  }

  #dress() {
    const { mode = "text", autocomplete = "off", rows = 1 } = SHAPES[this.#expects] ?? {};
    const isKnown = EXAMPLES.has(this.#expects);
    const hasDigits = mode === "tel" || mode === "numeric";
    this.field.inputMode = this.#letters ? "text" : mode;
    this.field.autocomplete = autocomplete;
    this.long.rows = rows;
    this.field.placeholder = isKnown ? t(`${this.#expects}_example`) : t("write");
    this.field.setAttribute("aria-label", isKnown ? t(this.#expects) : t("message"));
    this.letters.hidden = !hasDigits;
    this.letters.textContent = t(this.#letters ? "digits" : "letters");
    this.keypad.show(hasDigits && !this.#letters ? this.#expects : null, currentLanguage());
    this.hint.textContent = EXPLAINED.has(this.#expects) ? t(`${this.#expects}_hint`) : "";
    this.#tell();
  }

  #tell() {
    const length = [...this.field.value].length;
    const over = length - LIMIT;
    const fault = over > 0 ? t("too_long", { limit: LIMIT.toLocaleString(), over }) : this.#fault;
    this.count.textContent = fault ?? (length >= COUNT_FROM ? t("left", { left: -over }) : "");
    this.form.classList.toggle("is-wrong", Boolean(fault));
    this.field.setAttribute("aria-invalid", String(Boolean(fault)));
  }

  #edit(change) {
    this.field.value = change(this.field.value);
    this.#typed();
  }

  #typed() {
    this.#fault = null;
    this.#tell();
  }

  #pressed(event) {
    if (event.key !== "Enter" || event.shiftKey) return;
    if (event.isComposing || event.keyCode === ENTER_OF_AN_IME) return; // this Enter chooses a conversion
    event.preventDefault();
    this.#submit();
  }

  #submit() {
    const text = asKept(this.field.value);
    this.#tell();
    if (!text || [...text].length > LIMIT) return this.focus();
    this.field.value = "";
    this.#typed();
    this.send(text);
  }
}
