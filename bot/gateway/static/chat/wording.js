// The page's language, its sentences, and how times are written. Every time is told in the business's zone: a promise
// of "15:00" must read the same on every phone.

import { place } from "./dom.js";
import { STRINGS } from "./strings.js";

const LOCALES = { ja: "ja-JP", en: "en-US" };
const JAPANESE = /[\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Han}]/u;

let language = "ja";

export const timeZone = () => place.facts.timeZone;
export const hotline = () => place.facts.hotline;

export const currentLanguage = () => language;
export const isLanguage = (code) => Object.hasOwn(STRINGS, code);
export const businessName = () => place.facts[language === "ja" ? "nameJa" : "nameEn"];
export const hours = () => place.facts[language === "ja" ? "hoursJa" : "hoursEn"];

/** The language that a text is read out in: talks may mix both. */
export const languageOf = (text) => (JAPANESE.test(text) ? "ja" : "en");

/** A sentence of strings.js with its {facts} filled in. */
export function t(key, values = {}) {
  return STRINGS[language][key].replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

/** Japanese unless the browser asks for English and not for Japanese. */
export function preferredLanguage(wanted = navigator.languages) {
  const codes = wanted.map((tag) => tag.slice(0, 2).toLowerCase());
  return codes.includes("ja") || !codes.includes("en") ? "ja" : "en";
}

/** Switch the page: `data-text` elements take a sentence, `data-label` ones an accessible name. */
export function setLanguage(code) {
  language = code;
  place.frame.lang = code;
  place.retitle(t("title", { business: businessName() }));
  for (const element of place.root.querySelectorAll("[data-text]")) element.textContent = t(element.dataset.text);
  for (const link of place.root.querySelectorAll("[data-form]")) link.href = `/form?lang=${code}`;
  for (const element of place.root.querySelectorAll("[data-label]")) {
    element.setAttribute("aria-label", t(element.dataset.label));
  }
}

function format(options, moment) {
  return new Intl.DateTimeFormat(LOCALES[language], { timeZone: timeZone(), ...options }).format(moment);
}

/** 11月24日(火) / Tue, Nov 24 */
export const day = (moment) => format({ month: "short", day: "numeric", weekday: "short" }, moment);

/** 15:00 / 3:00 PM */
export const clock = (moment) => format({ hour: "numeric", minute: "2-digit" }, moment).replaceAll("\u202f", " ");

/** 2026-11-24 in the business's zone: equal for two moments of the same day. */
export const dayCode = (moment) => new Intl.DateTimeFormat("sv-SE", { timeZone: timeZone(), dateStyle: "short" }).format(moment);

/** 今日 / 明日 / 昨日 where that is shorter than the date and as clear, else the date. */
export function nearDay(moment, now) {
  const names = { "-1": "yesterday", 0: "today", 1: "tomorrow" };
  const name = names[Math.round((Date.parse(dayCode(moment)) - Date.parse(dayCode(now))) / 86_400_000)];
  return name ? t(name) : day(moment);
}

/** The zone's name where the customer's own clock differs at that moment, else "". */
export function foreignZone(moment) {
  const written = { dateStyle: "short", timeStyle: "short" };
  const here = new Intl.DateTimeFormat("sv-SE", written).format(moment);
  const there = new Intl.DateTimeFormat("sv-SE", { ...written, timeZone: timeZone() }).format(moment);
  if (here === there) return "";
  const parts = new Intl.DateTimeFormat(LOCALES[language], { timeZone: timeZone(), timeZoneName: "long" }).formatToParts(moment);
  return parts.find((part) => part.type === "timeZoneName").value;
}
