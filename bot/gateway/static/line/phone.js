// One person's LINE: what it shows, and what the person does with it.

import * as clock from "../handset/clock.js";
import { make } from "./dom.js";
import * as menu from "./menu.js";
import { line } from "./messages.js";
import { pick } from "./picker.js";

const TOAST_MS = 4000;

export class Phone {
  #root; #person; #texts; #words;
  #state = null;       // the chat as the server last told it
  #menuOpen = null;    // whether the rich menu is open; null until it was shown for the first time
  #toastTimer = null;

  constructor(template, person, { onClose } = {}) {
    this.#root = template.content.firstElementChild.cloneNode(true);
    this.#person = person;
    this.#texts = JSON.parse(this.#root.dataset.texts);
    this.#words = clock.words(this.#root.dataset.language, this.#root.dataset.timezone);
    this.#listen(onClose);
  }

  get element() { return this.#root; }

  #find(selector) { return this.#root.querySelector(selector); }

  #listen(onClose) {
    for (const button of this.#root.querySelectorAll("[data-act]")) {
      button.addEventListener("click", () => this.#act(button.dataset.act));
    }
    const form = this.#find(".compose");
    const send = async () => {
      const text = form.text.value.trim();
      if (text && (await this.#act("text", { text }))) form.text.value = "";
    };
    form.addEventListener("submit", (event) => { event.preventDefault(); send(); });
    form.text.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); send(); }
    });
    form.text.addEventListener("focus", () => { if (this.#menuOpen) this.#openMenu(false); });  // as a keyboard would
    this.#find("[data-menu]").addEventListener("click", () => this.#openMenu(!this.#menuOpen));
    if (onClose) {
      const close = this.#find("[data-close]");
      close.hidden = false;
      close.addEventListener("click", onClose);
    }
  }

  async #act(action, body = {}) {
    try {
      const answer = await fetch(`/simulator/line/people/${this.#person}/${action}`, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify(body),
      });
      if (answer.ok) return true;
    } catch { /* told below, as every refusal */ }
    this.#toast(this.#texts.refused);
    return false;
  }

  /** Something with an action was tapped, in a message or (without one) below the chat. */
  async #press(action, message = null) {
    const wish = { message, button: action };
    switch (action.type) {
      case "uri":
        this.#toast(this.#texts.opens.replace("{uri}", action.uri));
        if (/^https?:/.test(action.uri)) open(action.uri, "_blank", "noopener,noreferrer");
        return;
      case "clipboard":
        await navigator.clipboard?.writeText(action.clipboardText).catch(() => {});
        this.#toast(this.#texts.copied);
        return;
      case "datetimepicker": {
        const range = (min, max) => this.#texts.pick_range.replace("{min}", min).replace("{max}", max);
        const datetime = await pick(this.#find(".picker"), action, { label: this.#texts.pick, range });
        if (datetime !== null) await this.#act("tap", { ...wish, datetime });
        return;
      }
      default:
        await this.#act("tap", wish);
        this.#afterwards(action.inputOption);
    }
  }

  /** What a postback wishes to be open next. */
  #afterwards(option) {
    if (option === "openKeyboard") this.#find(".compose").text.focus();
    if (option === "openRichMenu" || option === "closeRichMenu") this.#openMenu(option === "openRichMenu");
  }

  #toast(sentence) {
    const toast = this.#find(".toast");
    toast.textContent = sentence;
    clearTimeout(this.#toastTimer);
    this.#toastTimer = setTimeout(() => { toast.textContent = ""; }, TOAST_MS);
  }

  /** Show the chat as the server tells it. */
  update(state) {
    const before = this.#state;
    this.#state = state;
    const changed = (name) => JSON.stringify(before?.[name]) !== JSON.stringify(state[name]);
    this.#find(".owner").textContent = state.display_name;
    this.#root.setAttribute("aria-label", this.#texts.avatar_of.replace("{name}", state.display_name));
    if (changed("is_following") || changed("messages")) this.#showFriendship(state);
    if (changed("rich_menu") || changed("is_following")) this.#showMenu(state);
    if (changed("quick_replies")) this.#showQuickReplies(state.quick_replies);
    if (changed("messages")) this.#showMessages(before?.messages ?? [], state.messages);
    this.tick();
  }

  /** Once a moment: the clock, the end of the loading animation. */
  tick() {
    this.#find(".bar-time").textContent = this.#words.time(clock.now());
    if (this.#state === null) return;
    const until = this.#state.loading_until;
    const loading = this.#find(".loading");
    const hidden = until === null || Date.parse(until) <= clock.now();
    if (loading.hidden !== hidden) {
      loading.hidden = hidden;
      this.#toEnd();
    }
  }

  /** Nobody looks at this chat any more. */
  remove() { this.#root.remove(); }

  #showFriendship({ is_following: friend, messages }) {
    const known = messages.length > 0;
    this.#find(".block").hidden = !friend;
    this.#find(".befriend").hidden = friend;
    this.#find(".compose").hidden = !friend;
    this.#find(".befriend-note").textContent = known ? this.#texts.blocked : this.#texts.not_friend;
    this.#find("[data-act=follow]").textContent = known ? this.#texts.unblock : this.#texts.add_friend;
  }

  #showMenu({ rich_menu: shown, is_following: friend }) {
    const holder = this.#find(".rich-menu");
    const toggle = this.#find("[data-menu]");
    toggle.hidden = shown === null || !friend;
    if (toggle.hidden) {
      holder.hidden = true;
      this.#menuOpen = null;
      return;
    }
    menu.draw(holder, shown, (action) => this.#press(action));
    this.#openMenu(this.#menuOpen ?? shown.selected);
  }

  #openMenu(wanted) {
    this.#menuOpen = wanted;
    this.#find(".rich-menu").hidden = !wanted;
    this.#find("[data-menu]").setAttribute("aria-expanded", String(wanted));
    this.#toEnd();
  }

  #showQuickReplies(actions) {
    const bar = this.#find(".quick");
    bar.replaceChildren(...actions.map((action) => {
      const button = make("button", "quick-reply", action.label);
      button.type = "button";
      button.addEventListener("click", () => this.#press(action));
      return button;
    }));
    bar.hidden = actions.length === 0;
    this.#toEnd();
  }

  /** New messages are put at the end, so that what is read out is only what is new. */
  #showMessages(before, messages) {
    const thread = this.#find(".thread");
    const grown = before.every((message, index) => message.id === messages[index]?.id);
    if (!grown) thread.replaceChildren();
    const fresh = grown ? messages.slice(before.length) : messages;
    let last = grown && before.length > 0 ? Date.parse(before.at(-1).at) : null;
    for (const message of fresh) {
      const at = Date.parse(message.at);
      if (last === null || !this.#words.sameDay(last, at)) thread.append(make("li", "day", this.#words.day(at)));
      last = at;
      const press = (action, id) => this.#press(action, id);
      thread.append(line(message, { texts: this.#texts, time: this.#words.time, press }));
    }
    this.#find(".empty").hidden = messages.length > 0;
    this.#toEnd();
  }

  #toEnd() {
    const thread = this.#find(".thread");
    thread.scrollTop = thread.scrollHeight;
  }
}
