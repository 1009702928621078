// The page of its own: the chat, and the language that its address names.

import { Chat } from "./chat.js";
import { byId } from "./dom.js";
import { loadSession } from "./storage.js";
import { isLanguage, preferredLanguage } from "./wording.js";

/** A reload and a shared link open the page in the language that was chosen. */
function rememberInAddress(language) {
  const address = new URL(location.href);
  address.searchParams.set("lang", language);
  history.replaceState(null, "", address);
}

const asked = new URLSearchParams(location.search).get("lang");
const language = isLanguage(asked) ? asked : (loadSession()?.language ?? preferredLanguage());
byId("page").hidden = false;
new Chat({ begun: rememberInAddress }).start(language, { asked: isLanguage(asked) });
