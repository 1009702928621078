// What outlives a reload. The session is shared by all tabs; what is not sent yet belongs to the tab that wrote it, so
// that two tabs never send the same message. A browser may refuse storage: the page then works without a memory.

const SESSION = "orikaeshi.chat.session";
const UNSENT = "orikaeshi.chat.unsent";
const SOUND = "orikaeshi.chat.sound";
const OPEN = "orikaeshi.chat.open";

function read(area, key) {
  try {
    return JSON.parse(window[area].getItem(key));
  } catch {
    return null;
  }
}

function write(area, key, value) {
  try {
    if (value === null) window[area].removeItem(key);
    else window[area].setItem(key, JSON.stringify(value));
  } catch {
    // Private windows and full disks: nothing is lost but the memory of this page.
  }
}

/** {id, language, expects, buttons, titles, cards} of the talk, or null. */
export const loadSession = () => read("localStorage", SESSION);
export const saveSession = (session) => write("localStorage", SESSION, session);

export const loadUnsent = () => read("sessionStorage", UNSENT) ?? [];
export const saveUnsent = (items) => write("sessionStorage", UNSENT, items.length ? items : null);

/** Whether a tone was asked for. */
export const loadSound = () => read("localStorage", SOUND) === true;
export const saveSound = (isOn) => write("localStorage", SOUND, isOn || null);

/** Whether the chat stood open in this tab of another site. */
export const loadOpen = () => read("sessionStorage", OPEN) === true;
export const saveOpen = (isOpen) => write("sessionStorage", OPEN, isOpen || null);

/** Call back when another tab has begun a new talk. */
export function onSessionChange(changed) {
  window.addEventListener("storage", (event) => {
    if (event.key === SESSION && event.newValue) changed(JSON.parse(event.newValue));
  });
}
