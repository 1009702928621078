// The preview follows what is typed: the server words it, so that it is what a customer would read.
const PAUSE_MS = 300;
const form = document.querySelector("form[data-follow]");
const place = document.querySelector("[data-preview]");
let timer = 0;
let asked = 0;

async function follow() {
  const mine = ++asked;
  const body = new URLSearchParams(new FormData(form));
  const answer = await fetch(form.dataset.follow, { method: "POST", body }).catch(() => null);
  if (answer?.ok && mine === asked) place.innerHTML = await answer.text();
}

form.elements.text.addEventListener("input", () => {
  clearTimeout(timer);
  timer = setTimeout(follow, PAUSE_MS);
});
