// The page: its parts, and what happens between them.

import { Banners } from "./banners.js";
import { Composer } from "./composer.js";
import { Conversation } from "./conversation.js";
import { byId } from "./dom.js";
import { Log } from "./log.js";
import { Picker } from "./picker.js";
import { businessName, currentLanguage, hours, isLanguage, preferredLanguage, setLanguage, t } from "./wording.js";
import { loadSession } from "./storage.js";

const SLOW_ENOUGH_TO_SAY_MS = 2000;

const banners = new Banners(() => conversation.hurry());
const log = new Log({
  choose,
  pick: () => picker.open(conversation.talk.buttons, conversation.talk.now()),
  retry: () => conversation.hurry(),
});
const picker = new Picker(choose);
const composer = new Composer((text) => say(text));
const conversation = new Conversation({
  change: show,
  trouble(kind, seconds) {
    banners.show(kind, seconds);
    show();
  },
  heard: (line) => banners.hear(line),
  gone(unsent) {
    composer.restore(unsent.map((item) => item.text).join("\n"));
    composer.fault(t(unsent.length ? "gone_unsent" : "gone"));
  },
  refused(item) {
    composer.restore(item.text);
    composer.fault(t("refused"));
  },
});

let spoken = null; // the language of the talk when it was last shown
let saying = null;

function show() {
  const { talk, outbox } = conversation;
  if (talk.language !== spoken) {
    spoken = talk.language;
    dress(talk.language);
  }
  log.show(talk, outbox.items, banners.trouble);
  composer.expect(talk.expects);
  banners.follow(talk.cards);
  showTyping(conversation.isWaiting && banners.trouble === null);
}

function dress(language) {
  setLanguage(language);
  byId("business").textContent = businessName();
  byId("hours").textContent = hours();
  const other = byId("language");
  other.lang = t("other_language_code");
  other.textContent = t("other_language");
  banners.translate();
}

/** Three dots at once; words for a screen reader only when the answer is slow, or it would never be silent. */
function showTyping(isTyping) {
  const typing = byId("typing");
  if (typing.hidden !== isTyping) return;
  typing.hidden = !isTyping;
  clearTimeout(saying);
  byId("typing-words").textContent = "";
  if (isTyping) {
    saying = setTimeout(() => (byId("typing-words").textContent = t("typing")), SLOW_ENOUGH_TO_SAY_MS);
    log.follow();
  }
}

function say(text, title) {
  banners.clear();
  conversation.say(text, title);
}

function choose(button, event) {
  say(button.value, button.title);
  // The pressed button is gone. Where it was touched, focus on the input would open the keyboard over the answer.
  if (event.detail === 0) composer.focus();
  else log.focus();
}

/** Resolves to whether the customer wants to begin a new talk; asked only where there is one to lose. */
function askToBegin(question) {
  const dialog = byId("ask");
  byId("ask-question").textContent = t(question);
  dialog.returnValue = "keep";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "begin"), { once: true });
  });
}

async function begin(language, question) {
  const before = currentLanguage();
  if (conversation.talk.hasCustomerSpoken || conversation.outbox.items.length) {
    setLanguage(language);
    const isSure = await askToBegin(question);
    if (!isSure) return setLanguage(before);
  }
  rememberInAddress(language);
  composer.fault(null);
  await conversation.begin(language);
  composer.focus();
}

/** A reload and a shared link open the page in the language that was chosen. */
function rememberInAddress(language) {
  const address = new URL(location.href);
  address.searchParams.set("lang", language);
  history.replaceState(null, "", address);
}

/** iOS lays its keyboard over the page; only the visual viewport tells what is left. */
function fitAboveTheKeyboard() {
  const { height, offsetTop, scale } = window.visualViewport;
  if (scale > 1.01) return; // the customer has zoomed in: the layout stays as it is
  document.documentElement.style.setProperty("--height", `${height}px`);
  document.documentElement.style.setProperty("--top", `${offsetTop}px`);
}

byId("language").addEventListener("click", () => begin(t("other_language_code"), "ask_language"));
byId("new-talk").addEventListener("click", () => begin(currentLanguage(), "ask_new"));
window.addEventListener("online", () => conversation.hurry());
window.addEventListener("offline", () => banners.show("offline"));
document.addEventListener("visibilitychange", () => document.hidden || conversation.live.refresh());
window.visualViewport?.addEventListener("resize", fitAboveTheKeyboard);
window.visualViewport?.addEventListener("scroll", fitAboveTheKeyboard);

const asked = new URLSearchParams(location.search).get("lang");
const language = isLanguage(asked) ? asked : (loadSession()?.language ?? preferredLanguage());
conversation.talk.language = language;
byId("page").hidden = false;
show();
conversation.start(language, { asked: isLanguage(asked) });
