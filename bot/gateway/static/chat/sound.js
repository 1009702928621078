// A soft tone when the business says something outside an answer: only for who has switched it on.

import { byId } from "./dom.js";
import { loadSound, saveSound } from "./storage.js";
import { t } from "./wording.js";

const TONES = [
  { pitch: 660, after: 0 },
  { pitch: 880, after: 0.16 },
];
const LENGTH_S = 0.35;
const LOUDNESS = 0.12;

export class Sound {
  #context = null;

  constructor() {
    this.button = byId("sound");
    this.isOn = loadSound();
    this.button.addEventListener("click", () => {
      this.isOn = !this.isOn;
      saveSound(this.isOn);
      this.translate();
      this.ring(); // so that it is known what was switched on; and browsers give sound only to who has pressed something
    });
  }

  translate() {
    this.button.setAttribute("aria-pressed", String(this.isOn));
    this.button.setAttribute("aria-label", t("sound"));
    this.button.title = t(this.isOn ? "sound_on" : "sound_off");
    this.button.querySelector("use").setAttribute("href", this.isOn ? "#i-sound" : "#i-silent");
  }

  ring() {
    if (!this.isOn || !window.AudioContext) return;
    this.#context ??= new AudioContext();
    const begin = this.#context.currentTime;
    for (const { pitch, after } of TONES) this.#tone(pitch, begin + after);
  }

  #tone(pitch, at) {
    const oscillator = this.#context.createOscillator();
    const volume = this.#context.createGain();
    oscillator.frequency.value = pitch;
    volume.gain.setValueAtTime(LOUDNESS, at);
    volume.gain.exponentialRampToValueAtTime(0.001, at + LENGTH_S);
    oscillator.connect(volume).connect(this.#context.destination);
    oscillator.start(at);
    oscillator.stop(at + LENGTH_S);
  }
}
