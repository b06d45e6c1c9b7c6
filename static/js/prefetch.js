// Asks ahead for the lesson that somebody is about to open; the browser then only asks if it is
// still the same. Such a request has no effect, and gives way to others.
const HOVER = 100; // milliseconds
const MOST = 2;
const LINKS = ".steps a, .neighbours a";

const asked = new Set();
let timer = 0;

function intend({ target }) {
  const link = target.closest?.(LINKS);
  clearTimeout(timer);
  if (link && asked.size < MOST && !asked.has(link.href)) timer = setTimeout(ask, HOVER, link.href);
}

function ask(address) {
  if (asked.size >= MOST || navigator.connection?.saveData) return;
  asked.add(address);
  const headers = { "X-Prefetch": "1" };
  fetch(address, { headers, priority: "low" }).catch(() => {});
}

function turnAway({ target }) {
  if (target.closest?.(LINKS)) clearTimeout(timer);
}

addEventListener("pointerover", intend);
addEventListener("pointerout", turnAway);
addEventListener("focusin", intend);
addEventListener("focusout", turnAway);
