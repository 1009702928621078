// What the business says later: server-sent events, opened again with growing pauses. The stream does not repeat what
// was missed, so whoever listens reads the transcript each time the stream opens.

import { eventsAddress } from "./api.js";
import { backoff } from "./outbox.js";

export class Live {
  #source = null;
  #timer = null;
  #tries = 0;
  #id = null;

  /** `on` = {line(said), open(), lost()}. */
  constructor(on) {
    this.on = on;
  }

  follow(id) {
    this.close();
    this.#id = id;
    this.#tries = 0;
    this.#open();
  }

  close() {
    clearTimeout(this.#timer);
    this.#source?.close();
    this.#source = null;
  }

  /** A phone that slept may hold a stream that died without a word: open a fresh one. */
  refresh() {
    if (this.#id) this.follow(this.#id);
  }

  #open() {
    const source = new EventSource(eventsAddress(this.#id));
    this.#source = source;
    source.addEventListener("open", () => {
      this.#tries = 0;
      this.on.open();
    });
    source.addEventListener("message", (event) => this.on.line(JSON.parse(event.data)));
    // The browser's own reconnecting has no growing pause and stops for good at an HTTP error.
    source.addEventListener("error", () => {
      this.close();
      this.#timer = setTimeout(() => this.#open(), backoff(this.#tries++) * 1000);
      this.on.lost();
    });
  }
}
