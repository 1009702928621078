// Ring tone and keypad tones. Browsers allow sound only after the visitor has touched the page.

const DTMF = {
  1: [697, 1209], 2: [697, 1336], 3: [697, 1477],
  4: [770, 1209], 5: [770, 1336], 6: [770, 1477],
  7: [852, 1209], 8: [852, 1336], 9: [852, 1477],
  "*": [941, 1209], 0: [941, 1336], "#": [941, 1477],
};
const MELODY = [[0, 659.25], [0.16, 783.99], [0.32, 987.77], [0.48, 783.99], [0.9, 659.25], [1.06, 783.99], [1.22, 987.77], [1.38, 1174.66]];
const MELODY_MS = 3000;

let context = null;
const waiting = new Set();

/** Whether sound can be heard. */
export const allowed = () => context !== null && context.state === "running";

/** Call back once sound has been allowed. */
export const whenAllowed = (tell) => waiting.add(tell);

function allow() {
  context ??= new AudioContext();
  context.resume().then(() => {
    for (const tell of waiting) tell();
    waiting.clear();
  });
}
for (const gesture of ["pointerdown", "keydown"]) addEventListener(gesture, allow, { capture: true, once: true });

function tone(frequency, start, length, loudness, shape) {
  const oscillator = context.createOscillator();
  const gain = context.createGain();
  oscillator.type = shape;
  oscillator.frequency.value = frequency;
  gain.gain.setValueAtTime(0, start);
  gain.gain.linearRampToValueAtTime(loudness, start + 0.01);
  gain.gain.setValueAtTime(loudness, start + length * 0.4);
  gain.gain.exponentialRampToValueAtTime(0.0001, start + length);
  oscillator.connect(gain).connect(context.destination);
  oscillator.start(start);
  oscillator.stop(start + length);
}

/** The two tones of a key. */
export function key(digit) {
  if (!allowed()) return;
  for (const frequency of DTMF[digit]) tone(frequency, context.currentTime, 0.14, 0.08, "sine");
}

/** A ring tone that can be started and stopped. */
export class Ring {
  #timer = null;

  start() {
    if (this.#timer !== null) return;
    const round = () => {
      if (allowed()) for (const [at, frequency] of MELODY) tone(frequency, context.currentTime + at, 0.4, 0.09, "triangle");
      navigator.userActivation?.hasBeenActive && navigator.vibrate?.([300, 150, 300]);
    };
    round();
    this.#timer = setInterval(round, MELODY_MS);
  }

  stop() {
    clearInterval(this.#timer);
    this.#timer = null;
  }
}
