// One phone: what it shows, and what a person does with it.

import * as clock from "./clock.js";
import { linked, spoken } from "./numbers.js";
import { Ring, key as keyTone, allowed, whenAllowed } from "./sound.js";

const ENDED_MS = 2500;
const TOAST_MS = 4000;
const KEYS = "0123456789*#";

export class Phone {
  #root; #number; #texts; #words;
  #ring = new Ring();
  #state = null;      // the handset as the server last told it
  #call = null;       // the call that the talking view shows
  #said = 0;          // sentences of it already in the transcript
  #peer = null;       // the number last announced as connected
  #silenced = null;   // the call whose ring tone was switched off
  #seen = { messages: null, calls: null };
  #timers = {};

  constructor(template, number, { onClose } = {}) {
    this.#root = template.content.firstElementChild.cloneNode(true);
    this.#number = number;
    this.#texts = JSON.parse(this.#root.dataset.texts);
    this.#words = clock.words(this.#root.dataset.language, this.#root.dataset.timezone);
    this.#name();
    this.#listen(onClose);
    this.#show("messages");
    whenAllowed(() => this.#ringNote());
  }

  get element() { return this.#root; }
  get ringing() { return this.#state !== null && this.#state.ringing.length > 0; }
  get talking() { return this.#call !== null; }

  #find(selector) { return this.#root.querySelector(selector); }
  #all(selector) { return this.#root.querySelectorAll(selector); }

  #name() {
    const label = spoken(this.#number);
    this.#root.setAttribute("aria-label", `${this.#texts.phone} ${label}`);
    this.#find(".own-number").textContent = label;
    this.#find(".bar-number").textContent = label;
    const unique = `behaviour-${this.#number}`;
    for (const choice of this.#all(".behaviour [type=radio]")) choice.name = unique;
    for (const name of ["messages", "calls"]) {
      const tab = this.#find(`[data-tab=${name}]`);
      const panel = this.#find(`[data-panel=${name}]`);
      tab.id = `tab-${name}-${this.#number}`;
      panel.id = `panel-${name}-${this.#number}`;
      tab.setAttribute("aria-controls", panel.id);
      panel.setAttribute("aria-labelledby", tab.id);
    }
    this.#find(".incoming").setAttribute("aria-label", this.#texts.incoming);
  }

  #listen(onClose) {
    for (const tab of this.#all("[role=tab]")) {
      tab.addEventListener("click", () => this.#show(tab.dataset.tab));
      tab.addEventListener("keydown", (event) => {
        if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
        const other = this.#find(`[role=tab]:not([data-tab=${tab.dataset.tab}])`);
        this.#show(other.dataset.tab);
        other.focus();
      });
    }
    for (const button of this.#all("[data-act]")) button.addEventListener("click", () => this.#act(button.dataset.act));
    for (const button of this.#all("[data-key]")) button.addEventListener("click", () => this.press(button.dataset.key));
    this.#find("[data-let-ring]").addEventListener("click", () => this.#silence());
    this.#find("[data-stop]").addEventListener("click", () => this.#act("sms", { text: "STOP" }));
    this.#listenToReply();
    for (const choice of this.#all(".behaviour input")) choice.addEventListener("change", () => this.#setBehaviour());
    if (onClose) {
      const close = this.#find("[data-close]");
      close.hidden = false;
      close.addEventListener("click", onClose);
    }
  }

  #listenToReply() {
    const form = this.#find(".reply");
    const send = async () => {
      const text = form.text.value.trim();
      if (text && (await this.#act("sms", { text }))) form.text.value = "";
    };
    form.addEventListener("submit", (event) => { event.preventDefault(); send(); });
    form.text.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); send(); }
    });
  }

  /** Press a key of the keypad; true if this phone is in a call. */
  press(digit) {
    if (!this.talking || !KEYS.includes(digit)) return false;
    keyTone(digit);
    const button = this.#find(`[data-key="${digit}"]`);
    button.classList.add("pressed");
    setTimeout(() => button.classList.remove("pressed"), 160);
    this.#act("press", { digits: digit });
    return true;
  }

  async #act(action, body) {
    const answer = await this.#send("POST", `/${action}`, body ?? {});
    if (!answer) this.#toast(this.#texts.refused);
    return answer;
  }

  async #send(method, path, body) {
    try {
      const answer = await fetch(`/simulator/handsets/${encodeURIComponent(this.#number)}${path}`, {
        method,
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify(body),
      });
      return answer.ok;
    } catch {
      return false;
    }
  }

  async #setBehaviour() {
    const chosen = this.#find(".behaviour [type=radio]:checked").value;
    const seconds = Number(this.#find(".talk input").value);
    const body = { behaviour: chosen };
    if (chosen === "answer" && seconds > 0) body.talk_s = seconds;
    this.#find(".talk").hidden = chosen !== "answer";
    if (!(await this.#send("PUT", "", body))) this.#toast(this.#texts.refused);
  }

  #silence() {
    this.#silenced = this.#state.ringing[0]?.sid ?? null;
    this.#ring.stop();
    this.#ringNote();
  }

  #toast(sentence) {
    const toast = this.#find(".toast");
    toast.textContent = sentence;
    clearTimeout(this.#timers.toast);
    this.#timers.toast = setTimeout(() => { toast.textContent = ""; }, TOAST_MS);
  }

  #show(name) {
    for (const tab of this.#all("[role=tab]")) {
      const chosen = tab.dataset.tab === name;
      tab.setAttribute("aria-selected", String(chosen));
      tab.tabIndex = chosen ? 0 : -1;
      this.#find(`[data-panel=${tab.dataset.tab}]`).hidden = !chosen;
    }
    this.#read();
    this.#toEnd(".thread");
  }

  /** Show the handset as the server tells it. */
  update(state) {
    const before = this.#state;
    this.#state = state;
    if (JSON.stringify(before?.messages) !== JSON.stringify(state.messages)) this.#showMessages();
    if (JSON.stringify(before?.calls) !== JSON.stringify(state.calls)) this.#showCalls();
    this.#read();
    this.#showBehaviour();
    this.#showCall(state.in_call[0] ?? null);
    this.#showRinging(this.talking ? null : state.ringing[0] ?? null);
  }

  /** Once a moment: clock, timer. */
  tick() {
    this.#find(".bar-time").textContent = this.#words.time(clock.now());
    if (this.#call) this.#find(".timer").textContent = this.#words.length(clock.now() - Date.parse(this.#call.answered_at));
  }

  /** Nobody looks at this phone any more. */
  remove() {
    this.#ring.stop();
    this.#root.remove();
  }

  #showRinging(call) {
    const view = this.#find(".incoming");
    const appeared = view.hidden && call !== null;
    view.hidden = call === null;
    if (call === null) {
      this.#ring.stop();
      return;
    }
    view.querySelector(".caller").textContent = spoken(call.from);
    if (call.sid === this.#silenced) this.#ring.stop();
    else this.#ring.start();
    this.#ringNote();
    if (appeared && !this.#typing()) this.#find("[data-act=answer]").focus({ preventScroll: true });
  }

  #ringNote() {
    const call = this.#state?.ringing[0];
    if (!call) return;
    const silenced = call.sid === this.#silenced;
    this.#find("[data-let-ring]").hidden = silenced;
    this.#find(".ring-note").textContent = silenced ? this.#texts.silenced : allowed() ? "" : this.#texts.sound_on;
  }

  #typing() {
    return document.activeElement?.matches("input, textarea, select") ?? false;
  }

  #showCall(call) {
    const view = this.#find(".talking");
    if (call === null) {
      if (this.#call !== null) this.#callEnded();
      return;
    }
    if (this.#call?.sid !== call.sid) {
      clearTimeout(this.#timers.ended);
      view.classList.remove("ended");
      view.querySelector(".transcript").replaceChildren();
      this.#said = 0;
      this.#peer = null;
      view.hidden = false;
      if (!this.#typing()) view.focus({ preventScroll: true });
    }
    this.#call = call;
    this.#showTalk(view, call);
    this.tick();
  }

  #showTalk(view, call) {
    const other = call.direction === "inbound" ? call.from : call.to;
    view.querySelector(".caller").textContent = spoken(other);
    const connected = call.connected_to ? this.#fill(this.#texts.connected, call.connected_to) : this.#texts.guidance;
    const waiting = this.#state.ringing[0];
    view.querySelector(".peer").textContent = waiting ? this.#fill(this.#texts.waiting, waiting.from) : connected;
    view.classList.toggle("connected", call.connected_to !== null);
    for (const sentence of call.heard.slice(this.#said)) this.#say(sentence, "said");
    this.#said = call.heard.length;
    if (call.connected_to !== this.#peer && call.connected_to) {
      this.#say(this.#fill(this.#texts.connected_line, call.connected_to), "event");
    }
    this.#peer = call.connected_to;
    view.classList.toggle("asks", call.asks_for_digits);
    view.querySelector(".ask").textContent = call.asks_for_digits ? this.#texts.press_now : "";
  }

  #say(sentence, kind) {
    const line = document.createElement("li");
    line.className = kind;
    line.textContent = sentence;
    this.#find(".transcript").append(line);
    this.#toEnd(".transcript");
  }

  #callEnded() {
    const view = this.#find(".talking");
    this.#call = null;
    view.classList.add("ended");
    view.classList.remove("asks", "connected");
    view.querySelector(".peer").textContent = this.#texts.ended;
    view.querySelector(".ask").textContent = "";
    this.#timers.ended = setTimeout(() => {
      view.hidden = true;
      view.classList.remove("ended");
    }, ENDED_MS);
  }

  #showMessages() {
    const thread = this.#find(".thread");
    const lines = [];
    let last = null;
    for (const message of this.#state.messages) {
      const at = Date.parse(message.at);
      if (last === null || !this.#words.sameDay(last, at)) lines.push(line("day", this.#words.day(at)));
      last = at;
      const bubble = document.createElement("p");
      bubble.append(...linked(message.body));
      const item = line(`bubble ${message.direction}`);
      item.append(bubble, small(this.#words.time(at)));
      lines.push(item);
    }
    thread.replaceChildren(...lines);
    this.#find("[data-empty=messages]").hidden = lines.length > 0;
    this.#toEnd(".thread");
  }

  #showCalls() {
    const ended = this.#state.calls.filter((call) => call.ended_at !== null).reverse();
    this.#find(".calls").replaceChildren(...ended.map((call) => this.#callLine(call)));
    this.#find("[data-empty=calls]").hidden = ended.length > 0;
  }

  #callLine(call) {
    const item = line(`entry ${call.status}`);
    const at = Date.parse(call.started_at ?? call.ended_at);
    const incoming = call.direction === "inbound";
    const who = document.createElement("b");
    who.textContent = spoken(incoming ? call.from : call.to);
    const how = document.createElement("span");
    how.append(icon(incoming ? "i-in" : "i-out"), this.#outcome(call));
    const when = small(`${this.#words.day(at)} ${this.#words.time(at)}`);
    item.append(who, how, when);
    if (call.heard.length > 0) item.append(this.#heard(call));
    return item;
  }

  #heard(call) {
    const details = document.createElement("details");
    const summary = document.createElement("summary");
    summary.textContent = this.#texts.heard;
    details.append(summary, ...call.heard.map((sentence) => {
      const said = document.createElement("p");
      said.textContent = sentence;
      return said;
    }));
    return details;
  }

  #outcome(call) {
    switch (call.status) {
      case "completed":
        return `${call.direction === "inbound" ? this.#texts.received : this.#texts.dialled} ${this.#words.length(Date.parse(call.ended_at) - Date.parse(call.answered_at))}`;
      case "busy": return this.#texts.declined;
      case "failed": return this.#texts.unreachable;
      default: return this.#texts.missed;
    }
  }

  /** Count what came while another view was open. */
  #read() {
    if (!this.#state) return;
    const counts = {
      messages: this.#state.messages.filter((message) => message.direction === "inbound").length,
      calls: this.#state.calls.filter((call) => call.status === "no-answer" || call.status === "canceled").length,
    };
    for (const [name, count] of Object.entries(counts)) {
      const open = !this.#find(`[data-panel=${name}]`).hidden;
      if (open || this.#seen[name] === null) this.#seen[name] = count;
      const unread = Math.max(0, count - this.#seen[name]);
      const badge = this.#find(`[data-tab=${name}] .badge`);
      badge.hidden = unread === 0;
      badge.textContent = unread;
    }
  }

  #showBehaviour() {
    if (this.#find(".behaviour").contains(document.activeElement) && document.activeElement.type === "number") return;
    this.#find(`.behaviour [value=${this.#state.behaviour}]`).checked = true;
    this.#find(".talk").hidden = this.#state.behaviour !== "answer";
    this.#find(".talk input").value = this.#state.talk_s ?? "";
  }

  #fill(sentence, number) { return sentence.replace("{number}", spoken(number)); }

  #toEnd(selector) {
    const list = this.#find(selector);
    list.scrollTop = list.scrollHeight;
  }
}

function line(kind, text = "") {
  const item = document.createElement("li");
  item.className = kind;
  item.textContent = text;
  return item;
}

function small(text) {
  const node = document.createElement("small");
  node.textContent = text;
  return node;
}

function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `#${name}`);
  svg.append(use);
  svg.setAttribute("aria-hidden", "true");
  return svg;
}
