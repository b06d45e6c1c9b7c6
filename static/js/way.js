// Fills the page of a roadmap in while it is written; without this file it is complete at each load.
// The socket only says that there is something new. What is new is asked for as the page itself.
const SOONEST = 3_000; // milliseconds between two looks
const POLL = 10_000; // without a socket
const LISTENING = 30_000; // with one: a hint may get lost
const SLOWEST = 60_000;

const page = document.querySelector("[data-writing]");
const address = new URL(page.dataset.socket, location.href);
address.protocol = location.protocol === "https:" ? "wss:" : "ws:";

let listening = false;
let lostSockets = 0;
let errors = 0;
let lastLook = performance.now();
let timer = 0;
let over = false;

function lookIn(milliseconds) {
  clearTimeout(timer);
  if (!over) timer = setTimeout(look, milliseconds);
}

function soon() {
  lookIn(Math.max(0, lastLook + SOONEST - performance.now()));
}

async function look() {
  lastLook = performance.now();
  try {
    const answer = await fetch(location.href, { signal: AbortSignal.timeout(20_000) });
    if (!answer.ok) throw new Error(`status ${answer.status}`);
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    over = !fresh.querySelector("[data-writing]");
    show(fresh);
    errors = 0;
  } catch {
    errors += 1;
  }
  const usual = listening ? LISTENING : POLL;
  lookIn(errors ? Math.max(usual, Math.min(SOONEST * 2 ** errors, SLOWEST)) : usual);
}

// Where nothing was shown yet there are other parts: then the page is loaded as a whole.
function show(fresh) {
  const parts = [...document.querySelectorAll("[data-live]")];
  const names = (list) => list.map((part) => part.dataset.live).join();
  if (names(parts) !== names([...fresh.querySelectorAll("[data-live]")])) return location.reload();
  parts.forEach((part) => renew(part, fresh.querySelector(`[data-live="${part.dataset.live}"]`)));
  const line = document.querySelector("[data-ready]");
  const said = fresh.querySelector("[data-ready], .progress")?.textContent ?? "";
  if (line && said && line.textContent !== said) line.textContent = said; // it speaks on change
}

// What somebody opened stays open, and where they are they stay; what speaks is left in its place.
function renew(part, fresh) {
  if (!fresh || part.innerHTML === fresh.innerHTML) return;
  if (part.querySelector("[data-ready]") && fresh.querySelector("[data-ready]")) {
    part.querySelector("strong").textContent = fresh.querySelector("strong").textContent;
    return;
  }
  const focused = part.contains(document.activeElement) && document.activeElement.getAttribute("href");
  const open = [...part.querySelectorAll("details")].map((details) => details.open);
  part.replaceChildren(...document.adoptNode(fresh).childNodes);
  const details = [...part.querySelectorAll("details")];
  if (details.length === open.length) details.forEach((one, place) => (one.open = open[place]));
  if (focused) part.querySelector(`a[href="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
}

function listen() {
  if (over) return;
  const socket = new WebSocket(address);
  socket.onopen = () => {
    listening = true;
    lostSockets = 0;
    soon(); // what was missed meanwhile
  };
  socket.onmessage = ({ data }) => {
    const { plan } = JSON.parse(data);
    if (!plan) return soon();
    page.querySelector("[data-drawing]")?.dispatchEvent(new CustomEvent("drawn", { detail: plan }));
  };
  socket.onclose = () => {
    listening = false;
    lostSockets += 1;
    setTimeout(listen, Math.min(POLL * 2 ** lostSockets, SLOWEST));
    lookIn(POLL);
  };
}

lookIn(POLL);
listen();
