// One visit: begins a talk or finds the earlier one again, keeps it in step with the server, begins anew when asked.

import * as api from "./api.js";
import { Live } from "./live.js";
import { Outbox, Pause, backoff } from "./outbox.js";
import { loadSession, onSessionChange, saveSession } from "./storage.js";
import { Talk } from "./talk.js";

export class Conversation {
  #id = null;
  #pause = new Pause();
  #isBehind = false; // the transcript was to be read while a message was on its way
  #starts = 0; // a later start makes an earlier one, still waiting for the network, give up

  /** `page` = {change(), trouble(kind, seconds?), heard(line), gone(unsent), refused(item)}. */
  constructor(page) {
    this.page = page;
    this.talk = new Talk();
    this.isStarting = false;
    this.outbox = new Outbox(
      () => this.talk,
      () => this.#id,
      {
        change: () => this.#changed(),
        trouble: page.trouble,
        refused: page.refused,
        gone: (unsent) => this.#begunAnewBecauseGone(unsent),
      },
    );
    this.live = new Live({
      line: (line) => this.#heard(line),
      open: () => this.catchUp(),
      lost: () => this.catchUp(),
    });
    onSessionChange((session) => this.#follow(session));
  }

  get isWaiting() {
    return this.isStarting || (this.outbox.isSending && !this.outbox.isUnsure);
  }

  get #isKnown() {
    return this.#id !== null;
  }

  /** Go on with the remembered talk, or begin one in `language`. `asked`: the address named that language. */
  async start(language, { asked = false } = {}) {
    const session = loadSession();
    if (!session) return this.begin(language);
    await this.resume(session);
    const isUntouched = !this.talk.hasCustomerSpoken && !this.outbox.items.length;
    if (asked && isUntouched && this.#isKnown && this.talk.language !== language) await this.begin(language);
  }

  /** Show the talk `session` again. */
  async resume(session) {
    const start = ++this.#starts;
    this.#leave();
    this.talk = new Talk(session);
    this.isStarting = true;
    this.page.change();
    const transcript = await this.#persist(start, () => api.transcript(session.id));
    if (start !== this.#starts) return;
    this.isStarting = false;
    if (transcript === null) return this.#begunAnewBecauseGone(this.outbox.empty());
    this.talk.adopt(transcript);
    this.#enter(session.id);
  }

  /** Begin a new talk; what was written to the old one and never sent is dropped. */
  async begin(language) {
    const start = ++this.#starts;
    if (this.#isKnown) this.outbox.empty();
    this.#leave();
    this.talk = new Talk({ language });
    this.isStarting = true;
    this.page.change();
    const opened = await this.#persist(start, () => api.openSession(language));
    if (start !== this.#starts) return;
    this.isStarting = false;
    this.talk.answer(null, opened);
    this.#enter(opened.session_id);
  }

  say(text, title) {
    this.outbox.add(text, title);
  }

  /** The network is back, or the customer does not want to wait. */
  hurry() {
    this.#pause.end();
    this.outbox.hurry();
    this.live.refresh();
  }

  /** Take what was said meanwhile. While a message is on its way its answer will tell, and comes in order. */
  async catchUp() {
    const id = this.#id;
    this.#isBehind = this.outbox.isSending || this.outbox.isUnsure;
    if (!id || this.#isBehind) return;
    try {
      const transcript = await api.transcript(id);
      this.#isBehind = this.outbox.isSending || this.outbox.isUnsure;
      if (id !== this.#id || this.#isBehind) return;
      this.talk.adopt(transcript);
      if (!this.outbox.items.length) this.page.trouble(null);
      this.#changed();
    } catch (error) {
      if (id !== this.#id) return;
      if (error instanceof api.Refused && error.status === 404) this.#begunAnewBecauseGone(this.outbox.empty());
      else if (error instanceof api.Unreachable) this.page.trouble(navigator.onLine ? "reconnecting" : "offline");
    }
  }

  /** Try until there is an answer; null where there is no such talk. */
  async #persist(start, request) {
    for (let tries = 0; start === this.#starts; tries++) {
      try {
        const answer = await request();
        this.page.trouble(null);
        return answer;
      } catch (error) {
        if (error instanceof api.Refused && error.status === 404) return null;
        await this.#pauseAfter(error, tries);
      }
    }
    return null;
  }

  #pauseAfter(error, tries) {
    if (error instanceof api.Unreachable) {
      this.page.trouble(navigator.onLine ? "reconnecting" : "offline");
      return this.#pause.for(backoff(tries));
    }
    if (error instanceof api.Refused && error.status === 429) {
      this.page.trouble("limited_start", error.retryAfterS);
      return this.#pause.for(error.retryAfterS);
    }
    this.page.trouble("failed");
    return this.#pause.for(backoff(tries + 3));
  }

  #enter(id) {
    this.#id = id;
    this.#changed();
    this.live.follow(id);
    this.outbox.drain();
  }

  #leave() {
    this.live.close();
    this.#id = null;
  }

  /** Another tab has begun a new talk: show that one here too. */
  #follow(session) {
    if (!this.#isKnown || session.id === this.#id) return;
    this.outbox.empty();
    this.resume(session);
  }

  async #begunAnewBecauseGone(unsent) {
    saveSession(null);
    await this.begin(this.talk.language);
    this.page.gone(unsent);
  }

  #heard(line) {
    if (!this.talk.hear(line)) return;
    this.#changed();
    this.page.heard(line);
    this.catchUp();
  }

  #changed() {
    if (this.#isKnown) saveSession({ id: this.#id, ...this.talk.remembered() });
    this.page.change();
    if (this.#isBehind && !this.outbox.isSending && !this.outbox.isUnsure) this.catchUp();
  }
}
