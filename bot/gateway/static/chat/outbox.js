// Messages on their way. One at a time and in order; none is sent twice. A request that failed without an answer may
// have arrived all the same, so before such a message is sent again the transcript is asked whether it is there.

import * as api from "./api.js";
import { loadUnsent, saveUnsent } from "./storage.js";
import { newKey } from "./talk.js";

const FIRST_WAIT_S = 1;
const LONGEST_WAIT_S = 30;
const ANSWER_CHECKS_S = [1, 2, 3, 5, 8, 13];

/** Seconds before the next try: doubling, and spread so that many pages do not come back at the same moment. */
export const backoff = (tries) => Math.min(LONGEST_WAIT_S, FIRST_WAIT_S * 2 ** tries) * (0.75 + Math.random() / 2);

/** A name for a message that no other one has. crypto.randomUUID() is missing where a page comes over plain http. */
const unguessable = () =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");

/** A pause that may be cut short: the network came back, or the customer does not want to wait. */
export class Pause {
  #wake = () => {};

  for(seconds) {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, seconds * 1000);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  end() {
    this.#wake();
  }
}

export class Outbox {
  #isBusy = false;
  #tries = 0;
  #pause = new Pause();

  /** `on` = {change(), trouble(kind, seconds?), gone(unsent), refused(item)}: what the page does about it. */
  constructor(talkOf, sessionId, on) {
    this.items = loadUnsent().map((item) => ({ ...item, key: newKey() })); // {key, id, text, title?, at, tried, before}
    this.talkOf = talkOf;
    this.sessionId = sessionId;
    this.on = on;
  }

  get isSending() {
    return this.#isBusy;
  }

  /** Whether a message may or may not have arrived: it is this class that finds out. */
  get isUnsure() {
    return this.items.some((item) => item.unsure);
  }

  add(text, title) {
    const talk = this.talkOf();
    this.items.push({ key: newKey(), id: unguessable(), text, title, at: talk.now(), tried: false, before: 0 });
    talk.closeQuestion();
    this.#changed();
    this.drain();
  }

  /** Give up what is not sent; returns it. */
  empty() {
    const unsent = this.items;
    this.items = [];
    this.#changed();
    return unsent;
  }

  /** Go on at once: the network is back, or the customer pressed "try again". */
  hurry() {
    this.#tries = 0;
    this.#pause.end();
    this.drain();
  }

  async drain() {
    if (this.#isBusy || !this.sessionId()) return;
    this.#isBusy = true;
    try {
      while (this.items.length && this.sessionId()) {
        this.#changed();
        if (!(await this.#deliver(this.items[0]))) break;
      }
    } finally {
      this.#isBusy = false;
      this.#changed();
    }
  }

  /** Bring one message over, or wait; false stops until the customer asks for more. */
  async #deliver(item) {
    const id = this.sessionId();
    try {
      if (item.tried && (await this.#arrived(item, id))) return true;
      item.before = this.talkOf().countOf(item.text);
      item.tried = true;
      this.#changed();
      const turn = await api.say(id, item.text, item.id);
      if (this.sessionId() !== id) return false; // a new talk was begun meanwhile
      this.talkOf().answer(item, turn);
      this.#settle(item);
      return true;
    } catch (error) {
      return this.#failed(item, error, id);
    }
  }

  /** Whether the transcript has the message; if so it is taken over, with its answer once there is one. */
  async #arrived(item, id) {
    const talk = this.talkOf();
    let transcript = await api.transcript(id);
    if (this.sessionId() !== id) return true;
    const customer = transcript.messages.filter((line) => line.sender === "customer");
    if (talk.countOf(item.text, customer) <= item.before) return false;
    talk.adopt(transcript, [item]);
    this.#settle(item);
    for (const seconds of ANSWER_CHECKS_S) {
      if (!talk.isAwaitingAnswer) return true;
      this.#changed();
      await this.#pause.for(seconds);
      transcript = await api.transcript(id).catch(() => null);
      if (transcript && this.sessionId() === id) talk.adopt(transcript);
    }
    if (talk.isAwaitingAnswer) this.on.trouble("slow");
    return true;
  }

  #settle(item) {
    this.#tries = 0;
    this.items = this.items.filter((other) => other !== item);
    this.on.trouble(null);
    this.#changed();
  }

  async #failed(item, error, id) {
    if (this.sessionId() !== id) return false;
    if (error instanceof api.Unreachable) {
      item.unsure = true;
      return this.#waitFor(navigator.onLine ? "reconnecting" : "offline", backoff(this.#tries++));
    }
    if (!(error instanceof api.Refused)) throw error;
    if (error.status === 404) return this.#lost();
    if (error.status === 429) {
      item.tried = Boolean(item.unsure); // refused at the door: this time it surely was not read
      return this.#waitFor("limited", error.retryAfterS);
    }
    if (error.status >= 500) {
      item.unsure = true;
      this.on.trouble("failed");
      return false;
    }
    this.#settle(item);
    this.on.refused(item);
    return true;
  }

  #lost() {
    this.on.gone(this.empty());
    return false;
  }

  async #waitFor(trouble, seconds) {
    this.on.trouble(trouble, Math.ceil(seconds));
    this.#changed();
    await this.#pause.for(seconds);
    return true;
  }

  #changed() {
    saveUnsent(this.items);
    this.on.change();
  }
}

