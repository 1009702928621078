// Tells the server that somebody is here and does something: a desk that nobody uses is logged out.
const EVERY_MS = 60000;
let told = Date.now();

function tell() {
  if (Date.now() - told < EVERY_MS) return;
  told = Date.now();
  const form = document.querySelector("form[action='/desk/logout']");
  if (form) fetch("/desk/alive", { method: "POST", body: new URLSearchParams(new FormData(form)), headers: { Accept: "application/json" } }).catch(() => {});
}

/** Listen for hands on the page. */
export function noticeHands() {
  for (const kind of ["pointerdown", "keydown", "wheel"]) addEventListener(kind, tell, { passive: true });
}
