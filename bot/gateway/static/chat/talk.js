// What has been said, as this page knows it: no DOM, no network. The server's transcript is the truth about lines and
// their order; this page adds what a transcript does not carry (the title of a pressed button, the buttons, the booking).

const SHOWN_OF_A_CALLBACK = ["reference", "status", "kind", "window", "estimated_start", "queue_position", "phone_number"];

let keys = 0;
export const newKey = () => `k${++keys}`;

/** A message as the server keeps it, so that ours is found again in the transcript. */
export function asKept(text) {
  const clean = text.replace(/(?![\n\t])[\p{Cc}\p{Cf}]/gu, "").trim();
  return clean.replace(/^[/／]/, "／"); // never a command: the server writes a leading slash full-width
}

const side = (sender) => (sender === "customer" ? "customer" : "business");
const likeness = (line) => `${side(line.sender)}|${line.sender === "customer" ? asKept(line.text) : line.text}`;

export class Talk {
  #ahead = 0; // how far the business's clock is ahead of this device's, in ms

  constructor(remembered = {}) {
    this.lines = []; // {key, sender, text, title?, at: ms, heardAt?}: an answer comes without its time
    this.language = remembered.language ?? "ja";
    this.expects = remembered.expects ?? null;
    this.buttons = remembered.buttons ?? []; // of the newest question only
    this.titles = remembered.titles ?? {}; // what was shown for a pressed button's value
    this.cards = remembered.cards ?? []; // {callback, line, moved}: shown after the line with that index
  }

  /** What is worth keeping for the next visit; no reason and no name among it. */
  remembered() {
    const { language, expects, buttons, titles, cards } = this;
    return { language, expects, buttons, titles, cards };
  }

  get hasCustomerSpoken() {
    return this.lines.some((line) => line.sender === "customer");
  }

  get isAwaitingAnswer() {
    return this.lines.at(-1)?.sender === "customer";
  }

  now() {
    return Date.now() + this.#ahead;
  }

  /** How often the customer has said exactly this. */
  countOf(text, lines = this.lines) {
    const wanted = likeness({ sender: "customer", text });
    return lines.filter((line) => likeness(line) === wanted).length;
  }

  /** Take the answer to `item` (null for the greeting). */
  answer(item, turn) {
    if (item) this.lines.push(this.#said(item));
    for (const message of turn.messages) {
      this.lines.push({ key: newKey(), sender: "assistant", text: message.text, at: this.now(), heardAt: Date.now() });
    }
    this.language = turn.language;
    this.#ask(turn.expects, turn.messages);
    this.#show(turn.callback);
  }

  /** The customer has answered: what was offered before is no longer open. */
  closeQuestion() {
    this.buttons = [];
  }

  /** Take one line that the business said later; false when it is known already. */
  hear(line) {
    const at = Date.parse(line.at);
    this.#ahead = at - Date.now();
    const isKnown = this.lines.some((known) => known.at === at && likeness(known) === likeness(line));
    if (!isKnown) this.lines.push({ key: newKey(), sender: line.sender, text: line.text, at });
    return !isKnown;
  }

  /** Take the server's transcript; `items` are messages that may be in it. Lines that were known keep their key. */
  adopt(transcript, items = []) {
    const known = new Map();
    for (const line of [...this.lines, ...items.map((item) => this.#said(item))]) {
      const same = known.get(likeness(line)) ?? [];
      known.set(likeness(line), [...same, line]);
    }
    const isNewTalk = this.lines.length === 0;
    const before = this.lines.length;
    this.lines = transcript.messages.map(({ sender, text, at }) => {
      const line = known.get(likeness({ sender, text }))?.shift() ?? { key: newKey(), title: this.titles[text] };
      if (line.heardAt) this.#ahead = Date.parse(at) - line.heardAt;
      return { ...line, sender, text, at: Date.parse(at), heardAt: null };
    });
    // Newer servers tell the open question too; else what was asked before stands unless more was said since.
    if ("expects" in transcript) {
      this.#ask(transcript.expects, transcript.messages);
      this.#show(transcript.callback);
    } else if (!isNewTalk && this.lines.length > before) {
      this.#ask(null, []);
    }
  }

  #said(item) {
    if (item.title && item.title !== item.text) this.titles[asKept(item.text)] = item.title;
    return { key: item.key, sender: "customer", text: item.text, title: item.title, at: item.at };
  }

  #ask(expects, messages) {
    this.expects = expects;
    const newest = messages.findLast((message) => message.sender !== "system");
    this.buttons = newest?.sender === "customer" ? [] : (newest?.buttons ?? []);
  }

  #show(callback) {
    if (!callback) return;
    const shown = Object.fromEntries(SHOWN_OF_A_CALLBACK.map((name) => [name, callback[name]]));
    const known = this.cards.find((card) => card.callback.reference === shown.reference);
    if (known && JSON.stringify(known.callback) === JSON.stringify(shown)) return;
    const moved = Boolean(known) && known.callback.window.start !== shown.window.start;
    const isWorthMoving = !known || moved || known.callback.status !== shown.status;
    const line = isWorthMoving ? this.lines.length - 1 : known.line;
    const card = { callback: shown, line, moved: moved || Boolean(known?.moved) };
    this.cards = [...this.cards.filter((other) => other !== known), card];
  }
}
