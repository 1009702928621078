// The one tag that another site carries: <script src="https://…/embed/chat.js" async></script>. It waits until the page
// is there, so that it never slows it down, and then brings the chat. Its only global is `orikaeshi`.

(() => {
  const script = document.currentScript;
  if (!script || window.orikaeshi) return;
  const { origin } = new URL(script.src);

  const loaded = new Promise((resolve) => {
    if (document.readyState === "complete") resolve();
    else window.addEventListener("load", resolve, { once: true });
  });
  const panel = loaded
    .then(() => import(`${origin}/static/embed/launcher.js`))
    .then(({ launch }) => launch(script.dataset));
  panel.catch((error) => console.warn(`orikaeshi: the chat could not be loaded. Does [web] embed_on name ${location.origin}?`, error));

  window.orikaeshi = Object.freeze({
    open: () => panel.then((it) => it.open()),
    close: () => panel.then((it) => it.close()),
  });
})();
