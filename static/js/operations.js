// Keeps the staff's pages up to date; without this file each is complete at every load.
const EVERY = 5_000; // milliseconds between an answer and the next question
const SLOWEST = 60_000;

const page = document.querySelector("[data-operations]");
const fragment = page.querySelector("[data-fragment]");
const trouble = page.querySelector("[data-trouble]");
const button = page.querySelector("[data-pause]");
const other = { [button.textContent]: button.dataset.resume, [button.dataset.resume]: button.textContent };

let timer = 0;
let errors = 0;
let asking = false;
let paused = false;
let gone = false;

async function refresh() {
  if (asking) return;
  asking = true;
  clearTimeout(timer);
  try {
    show(await ask());
    errors = 0;
    say(gone ? trouble.dataset.gone : "");
  } catch {
    errors += 1;
    say(trouble.dataset.failed);
  }
  asking = false;
  plan();
}

// The answer, or nothing where whoever looks is no longer signed in.
async function ask() {
  const answer = await fetch(page.dataset.now, { signal: AbortSignal.timeout(20_000) });
  gone = answer.redirected || answer.status === 404;
  if (gone) return "";
  if (!answer.ok) throw new Error(`status ${answer.status}`);
  return answer.text();
}

// One question at a time, and none while nobody sees the answer.
function plan() {
  clearTimeout(timer);
  if (gone || paused || document.hidden) return;
  timer = setTimeout(refresh, errors ? Math.min(EVERY * 2 ** errors, SLOWEST) : EVERY);
}

// Part by part, so that what has not changed stays: focus, selection, scrolling, open tables.
function show(html) {
  if (!html) return;
  const fresh = new DOMParser().parseFromString(html, "text/html").body;
  const parts = (root) => [...root.querySelectorAll("[data-part]")];
  const names = (root) => parts(root).map((part) => part.dataset.part).join();
  if (names(fresh) !== names(fragment)) {
    keepingPlace(fragment, () => fragment.replaceChildren(...fresh.childNodes));
    return;
  }
  const known = parts(fragment);
  parts(fresh).forEach((part, place) => {
    const old = known[place];
    for (const table of part.querySelectorAll("details[id]")) {
      table.open = old.querySelector(`#${table.id}`)?.open ?? false;
    }
    if (old.outerHTML === part.outerHTML || isSelected(old)) return;
    keepingPlace(old, () => old.replaceWith(part));
  });
}

function isSelected(part) {
  const selection = getSelection();
  return !selection.isCollapsed && selection.containsNode(part, true);
}

function keepingPlace(part, change) {
  const focused = part.contains(document.activeElement) ? document.activeElement.id : "";
  const scrolled = [...part.querySelectorAll(".scroll[id]")].map((box) => [box.id, box.scrollLeft]);
  change();
  if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
  for (const [id, left] of scrolled) {
    const box = document.getElementById(id);
    if (box) box.scrollLeft = left;
  }
}

function say(text) {
  if (trouble.textContent !== text) trouble.textContent = text; // it speaks when it changes
}

button.hidden = false;
button.addEventListener("click", () => {
  paused = !paused;
  button.textContent = other[button.textContent];
  if (paused) clearTimeout(timer);
  else refresh();
});
document.addEventListener("visibilitychange", () => {
  if (document.hidden) clearTimeout(timer);
  else if (!paused && !gone) refresh();
});
plan();
