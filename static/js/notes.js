// Saves a note while it is written. What could not be saved is kept in this browser, and sent later.
const REST = 900; // milliseconds without a key
const AGAIN = 4_000;
const SLOWEST = 60_000;

const form = document.querySelector("[data-note]");
const words = form.elements.markdown;
const said = form.querySelector("[data-said]");
const drawer = `note ${form.dataset.whose} ${form.getAttribute("action")}`;

let saved = words.value;
let sending = false;
let failures = 0;
let timer = 0;

function plan(wait) {
  clearTimeout(timer);
  timer = setTimeout(save, wait);
}

async function save() {
  if (sending || words.value === saved) return;
  const sent = words.value;
  sending = true;
  say("saving");
  try {
    await take(await send(sent), sent);
  } catch {
    failures += 1;
    say("kept");
    plan(Math.min(AGAIN * 2 ** failures, SLOWEST));
  }
  sending = false;
}

function send(text) {
  const body = new URLSearchParams(new FormData(form));
  body.set("markdown", text);
  const headers = { Accept: "application/json" };
  return fetch(form.action, { method: "POST", body, headers, redirect: "error" });
}

async function take(answer, sent) {
  if (answer.status === 422) return say("refused");
  if (!answer.ok && answer.status !== 409) throw new Error(`status ${answer.status}`);
  const { note } = await answer.json();
  failures = 0;
  form.elements.revision.value = note.revision;
  if (answer.status === 409) return putTogether(note.markdown);
  saved = sent;
  if (words.value === sent) {
    forget();
    say("saved");
  } else {
    plan(REST);
  }
}

// Somebody, most likely the same person, wrote in another window: neither text is given up.
function putTogether(theirs) {
  const mine = words.value;
  if (!mine.includes(theirs)) words.value = theirs.includes(mine) ? theirs : `${theirs}\n\n${mine}`;
  saved = theirs;
  keep();
  say("both");
  plan(REST);
}

// The drawer may be full or forbidden: then only the server keeps a note.
function keep() {
  try {
    localStorage.setItem(drawer, words.value);
  } catch {}
}

function kept() {
  try {
    return localStorage.getItem(drawer);
  } catch {
    return null;
  }
}

function forget() {
  try {
    localStorage.removeItem(drawer);
  } catch {}
}

function say(what) {
  said.textContent = form.dataset[what];
}

words.addEventListener("input", () => {
  const written = document.querySelector("[data-written]");
  if (written) written.hidden = true; // it is out of date
  said.textContent = "";
  keep();
  plan(REST);
});
addEventListener("online", () => plan(0));
addEventListener("pagehide", () => {
  if (words.value === saved) return;
  const body = new URLSearchParams(new FormData(form));
  const headers = { Accept: "application/json" };
  fetch(form.action, { method: "POST", body, headers, keepalive: true }).catch(() => {});
});

const left = kept();
if (left === null || words.value.includes(left)) {
  forget();
} else {
  // Written over nothing newer, or put together with it.
  words.value = left.includes(words.value) ? left : `${words.value}\n\n${left}`;
  plan(0);
}
