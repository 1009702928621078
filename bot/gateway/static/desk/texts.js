// The page's sentences in the agent's language, and where they are said.
export const texts = JSON.parse(document.body.dataset.texts);

/** A sentence with its {placeholders} filled. */
export const fill = (sentence, facts) => sentence.replace(/\{(\w+)\}/g, (_, name) => facts[name]);

/** Say something to those who listen to the page instead of looking at it. */
export function announce(sentence) {
  document.querySelector("[data-announce]").textContent = sentence;
}

/** Show why something could not be done; `saved` is a text that stands on the server instead of ours. */
export function complain(sentence, saved = null) {
  const place = document.querySelector("[data-message]");
  if (!place) return;
  place.hidden = sentence === "";
  place.querySelector("[data-message-text]").textContent = sentence;
  const quote = place.querySelector("[data-message-saved]");
  quote.hidden = saved === null;
  quote.textContent = saved ?? "";
  if (sentence) place.scrollIntoView({ block: "nearest" });
}
