// The panel behind the button: opens and closes, keeps the focus, and says on the button what was said meanwhile.

import { Chat } from "../chat/chat.js";
import { byId, element, write } from "../chat/dom.js";
import { loadOpen, loadSession, saveOpen } from "../chat/storage.js";
import { t } from "../chat/wording.js";

const FOCUSABLE = "button, a[href], input, textarea, [tabindex='0']";

export class Panel {
  #narrow = window.matchMedia("(width < 640px), (height < 480px)");
  #hasStarted = false;
  #unseen = 0;

  /** `isNamed`: the site named the language. */
  constructor({ shadow, frame, launcher, language, isNamed }) {
    this.shadow = shadow;
    this.frame = frame;
    this.launcher = launcher;
    this.language = language;
    this.isNamed = isNamed;
    this.dialog = byId("panel");
    this.badge = element("span", { className: "badge", hidden: true, attributes: { role: "status" } });
    this.launcher.append(this.badge);
    this.chat = new Chat({ heard: () => this.#heard() });
    this.launcher.addEventListener("click", () => this.open());
    byId("panel-close").addEventListener("click", () => this.close());
    this.dialog.addEventListener("close", () => this.#closed());
    this.dialog.addEventListener("keydown", (event) => this.#pressed(event));
    this.dialog.addEventListener("click", (event) => this.#followed(event));
    this.#narrow.addEventListener("change", () => this.#refit());
    // Whoever has a talk hears on every page of the site what is said later; nobody else begins one by looking at a page.
    if (loadSession()) this.#start();
    if (loadOpen() && !this.#narrow.matches) this.#show({ isAsked: false });
  }

  open() {
    if (!this.dialog.open) this.#show({ isAsked: true });
  }

  close() {
    if (this.dialog.open) this.dialog.close();
  }

  /** After a reload it stands there again, and leaves the focus to the page. */
  #show({ isAsked }) {
    this.#lay();
    this.launcher.hidden = true;
    this.#unseen = 0;
    this.#count();
    saveOpen(true);
    this.#start();
    this.chat.log.scrollToEnd();
    if (!isAsked) return;
    // A focused input would open a touch keyboard over the greeting.
    if (window.matchMedia("(pointer: coarse)").matches) this.chat.log.focus();
    else this.chat.composer.focus();
  }

  /** Where it fills the screen it is modal. */
  #lay() {
    if (this.#narrow.matches) this.dialog.showModal();
    else this.dialog.open = true;
  }

  #closed() {
    if (this.dialog.open || !this.launcher.hidden) return; // only laid out anew
    this.launcher.hidden = false;
    this.launcher.focus();
    saveOpen(false);
  }

  /** The window became narrow or wide, or was zoomed: the same panel, laid over the page or beside it. */
  #refit() {
    if (!this.dialog.open) return;
    const focused = this.shadow.activeElement;
    this.dialog.close();
    this.#lay();
    focused?.focus();
  }

  #start() {
    if (this.#hasStarted) return;
    this.#hasStarted = true;
    const language = this.isNamed ? this.language : (loadSession()?.language ?? this.language);
    this.chat.start(language, { asked: this.isNamed });
  }

  #heard() {
    if (this.dialog.open) return;
    this.#unseen += 1;
    this.#count();
  }

  #count() {
    this.badge.hidden = this.#unseen === 0;
    write(this.badge, this.#unseen ? t("unseen", { count: this.#unseen }) : "");
  }

  #pressed(event) {
    if (event.key === "Escape" && !event.isComposing) {
      event.preventDefault(); // the page behind may close something at Escape too
      event.stopPropagation();
      this.close();
    } else if (event.key === "Tab") this.#turn(event);
  }

  /** Tab goes round within the panel; Escape and the close button leave it. */
  #turn(event) {
    const stops = [...this.dialog.querySelectorAll(FOCUSABLE)].filter((it) => it.checkVisibility() && !it.disabled);
    const [from, to] = event.shiftKey ? [stops[0], stops.at(-1)] : [stops.at(-1), stops[0]];
    if (this.shadow.activeElement !== from) return;
    event.preventDefault();
    to.focus();
  }

  /** A link within the talk leads to the booking's card; the page's own address has nothing to do with it. */
  #followed(event) {
    const target = event.target.closest?.("a[href^='#']")?.getAttribute("href").slice(1);
    if (!target) return;
    event.preventDefault();
    byId(target)?.scrollIntoView({ block: "nearest" });
    byId(target)?.focus();
  }
}
