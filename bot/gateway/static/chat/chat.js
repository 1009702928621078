// The chat: its parts, and what happens between them. The page (main.js) and other sites (embedded.js) use the same one.

import { Banners } from "./banners.js";
import { Composer } from "./composer.js";
import { Conversation } from "./conversation.js";
import { byId, place } from "./dom.js";
import { Log } from "./log.js";
import { Picker } from "./picker.js";
import { Sound } from "./sound.js";
import { businessName, currentLanguage, hours, setLanguage, t } from "./wording.js";

const SLOW_ENOUGH_TO_SAY_MS = 2000;

export class Chat {
  #spoken = null; // the language of the talk when it was last shown
  #saying = null;

  /** `on` = {begun(language), heard(line)}: what the page round it does about a new talk and a line said later. */
  constructor(on = {}) {
    this.on = on;
    this.banners = new Banners(() => this.conversation.hurry());
    this.sound = new Sound();
    this.log = new Log({
      choose: (button, event) => this.#choose(button, event),
      pick: () => this.picker.open(this.conversation.talk.buttons, this.conversation.talk.now()),
      retry: () => this.conversation.hurry(),
    });
    this.picker = new Picker((button, event) => this.#choose(button, event));
    this.composer = new Composer((text) => this.#say(text));
    this.conversation = new Conversation({
      change: () => this.show(),
      trouble: (kind, seconds) => {
        this.banners.show(kind, seconds);
        this.show();
      },
      heard: (line) => this.#heard(line),
      gone: (unsent) => {
        this.composer.restore(unsent.map((item) => item.text).join("\n"));
        this.composer.fault(t(unsent.length ? "gone_unsent" : "gone"));
      },
      refused: (item) => {
        this.composer.restore(item.text);
        this.composer.fault(t("refused"));
      },
    });
    this.#listen();
  }

  /** Show the talk in `language`, go on with the remembered one or begin it. `asked`: the customer named the language. */
  start(language, { asked = false } = {}) {
    this.conversation.talk.language = language;
    this.show();
    return this.conversation.start(language, { asked });
  }

  show() {
    const { talk, outbox } = this.conversation;
    if (talk.language !== this.#spoken) {
      this.#spoken = talk.language;
      this.#dress(talk.language);
    }
    this.log.show(talk, outbox.items, this.banners.trouble);
    this.composer.expect(talk.expects);
    this.banners.follow(talk.cards);
    this.#showTyping(this.conversation.isWaiting && this.banners.trouble === null);
  }

  /** Begin a new talk; asked first where there is one to lose. */
  async begin(language, question) {
    const before = currentLanguage();
    if (this.conversation.talk.hasCustomerSpoken || this.conversation.outbox.items.length) {
      setLanguage(language);
      const isSure = await this.#askToBegin(question);
      if (!isSure) return setLanguage(before);
    }
    this.on.begun?.(language);
    this.composer.fault(null);
    await this.conversation.begin(language);
    this.composer.focus();
  }

  #listen() {
    byId("language").addEventListener("click", () => this.begin(t("other_language_code"), "ask_language"));
    byId("new-talk").addEventListener("click", () => this.begin(currentLanguage(), "ask_new"));
    window.addEventListener("online", () => this.conversation.hurry());
    window.addEventListener("offline", () => this.banners.show("offline"));
    document.addEventListener("visibilitychange", () => document.hidden || this.conversation.live.refresh());
    window.visualViewport?.addEventListener("resize", fitAboveTheKeyboard);
    window.visualViewport?.addEventListener("scroll", fitAboveTheKeyboard);
  }

  #dress(language) {
    setLanguage(language);
    byId("business").textContent = place.title ?? businessName();
    byId("hours").textContent = hours();
    const other = byId("language");
    other.lang = t("other_language_code");
    other.textContent = t("other_language");
    this.banners.translate();
    this.sound.translate();
  }

  /** Three dots at once; words for a screen reader only when the answer is slow, or it would never be silent. */
  #showTyping(isTyping) {
    const typing = byId("typing");
    if (typing.hidden !== isTyping) return;
    typing.hidden = !isTyping;
    clearTimeout(this.#saying);
    byId("typing-words").textContent = "";
    if (isTyping) {
      this.#saying = setTimeout(() => (byId("typing-words").textContent = t("typing")), SLOW_ENOUGH_TO_SAY_MS);
      this.log.follow();
    }
  }

  #say(text, title) {
    this.banners.clear();
    this.conversation.say(text, title);
  }

  #heard(line) {
    this.banners.hear(line);
    this.sound.ring();
    this.on.heard?.(line);
  }

  #choose(button, event) {
    this.#say(button.value, button.title);
    // The pressed button is gone. Where it was touched, focus on the input would open the keyboard over the answer.
    if (event.detail === 0) this.composer.focus();
    else this.log.focus();
  }

  /** Resolves to whether the customer wants to begin a new talk. */
  #askToBegin(question) {
    const dialog = byId("ask");
    byId("ask-question").textContent = t(question);
    dialog.returnValue = "keep";
    dialog.showModal();
    return new Promise((resolve) => {
      dialog.addEventListener("close", () => resolve(dialog.returnValue === "begin"), { once: true });
    });
  }
}

/** iOS lays its keyboard over the page; only the visual viewport tells what is left. */
function fitAboveTheKeyboard() {
  const { height, offsetTop, scale } = window.visualViewport;
  if (scale > 1.01) return; // the customer has zoomed in: the layout stays as it is
  place.frame.style.setProperty("--height", `${height}px`);
  place.frame.style.setProperty("--top", `${offsetTop}px`);
}
