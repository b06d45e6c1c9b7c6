// Shows a tutorial while it is being written, and every part of the lesson as soon as it is stored.
// Without this file, and without a socket, the page is right at every load: then it is asked for.
const POLL = 5_000; // milliseconds, without a socket
const LISTENING = 20_000; // with one: a hint may get lost
const SLOWEST = 60_000;

const lesson = document.querySelector("[data-words]");
const tutorial = lesson.querySelector("[data-part=tutorial]");
const text = tutorial.querySelector("[data-text]");
const contents = lesson.querySelector("[data-contents]");
const calm = matchMedia("(prefers-reduced-motion: reduce)"); // then whole blocks only
const address = new URL(lesson.dataset.words, location.href);
address.protocol = location.protocol === "https:" ? "wss:" : "ws:";

let socket = null;
let listening = false;
let lost = 0;
let errors = 0;
let timer = 0;
let looking = false;
let lookAgain = false;
// The text that is shown: its name, how many of its blocks, and how many nodes these are.
let shown = { name: "", blocks: 0, nodes: 0 };

const awaited = () => lesson.querySelectorAll("[data-awaited]");

function listen() {
  if (!awaited().length) return;
  socket = new WebSocket(address);
  socket.onopen = () => {
    listening = true;
    lost = 0;
    look(); // what was missed meanwhile
  };
  socket.onmessage = ({ data }) => {
    const { words } = JSON.parse(data);
    if (words) hear(words);
    else look();
  };
  socket.onclose = () => {
    listening = false;
    lost += 1;
    setTimeout(listen, Math.min(1_000 * 2 ** lost, SLOWEST));
    plan();
  };
}

function hear({ text: name, first, blocks, tail }) {
  if (!tutorial.matches("[data-awaited]")) return;
  if (name !== shown.name) {
    if (first) return socket.close(); // who comes again is told all of it
    shown = { name, blocks: 0, nodes: 0 };
  }
  if (first > shown.blocks) return socket.close();
  const fresh = nodesOf(blocks.slice(shown.blocks - first).join(""));
  begin();
  put(shown.nodes, [...fresh, ...nodesOf(calm.matches ? "" : tail)]);
  shown.nodes += fresh.length;
  shown.blocks = Math.max(shown.blocks, first + blocks.length);
  reserve();
}

// It was sanitised where it was made.
function nodesOf(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return [...template.content.childNodes];
}

// From that node on; what is the same stays, and with it what is selected, focused or unfolded.
function put(start, nodes) {
  nodes.forEach((node, place) => {
    const old = text.childNodes[start + place];
    if (!old) return text.append(node);
    keepOpen(old, node);
    if (!old.isEqualNode(node)) old.replaceWith(node);
  });
  while (text.childNodes.length > start + nodes.length) text.lastChild.remove();
}

function keepOpen(old, node) {
  if (!old.querySelectorAll || !node.querySelectorAll) return;
  const folds = (one) => [...(one.matches("details") ? [one] : []), ...one.querySelectorAll("details")];
  const fresh = folds(node);
  folds(old).forEach((fold, place) => {
    if (fold.open && fresh[place]) fresh[place].open = true;
  });
}

function begin() {
  const where = tutorial.querySelector("[data-where]");
  if (!where || where.className === "origin") return;
  where.className = "origin";
  where.querySelector("span").textContent = lesson.dataset.now;
  tutorial.setAttribute("aria-busy", "true");
}

// What stands below the text is out of sight while that grows, and so never moves in it.
function reserve() {
  const { top, bottom } = tutorial.getBoundingClientRect();
  const needed = text.getBoundingClientRect().bottom - top + innerHeight;
  if ((bottom >= innerHeight || bottom <= 0) && bottom - top < needed) {
    tutorial.style.minBlockSize = `${needed + innerHeight}px`;
  }
}

function release() {
  const { top, bottom } = tutorial.getBoundingClientRect();
  const ends = text.getBoundingClientRect().bottom;
  const least = bottom <= 0 ? ends : Math.min(bottom, Math.max(ends, innerHeight));
  if (least <= ends) removeEventListener("scroll", release);
  tutorial.style.minBlockSize = least <= ends ? "" : `${least - top}px`;
}

async function look() {
  if (looking) {
    lookAgain = true;
    return;
  }
  looking = true;
  clearTimeout(timer);
  try {
    do {
      lookAgain = false;
      take(await ask());
    } while (lookAgain);
    errors = 0;
  } catch {
    errors += 1;
  }
  looking = false;
  plan();
}

// Asked like what may be wanted next: it raises nothing, and gives way to others.
async function ask() {
  const answer = await fetch(location.pathname, {
    headers: { "X-Prefetch": "1" },
    signal: AbortSignal.timeout(20_000),
  });
  if (!answer.ok) throw new Error(`status ${answer.status}`);
  return new DOMParser().parseFromString(await answer.text(), "text/html");
}

function plan() {
  clearTimeout(timer);
  if (!awaited().length) {
    socket?.close();
    return;
  }
  const usual = listening ? LISTENING : POLL;
  timer = setTimeout(look, Math.max(usual, Math.min(1_000 * 2 ** errors, SLOWEST)));
}

function take(page) {
  describe(page);
  for (const part of awaited()) {
    const fresh = page.querySelector(`[data-part="${part.dataset.part}"]`);
    if (!fresh) continue;
    if (fresh.matches("[data-awaited]")) tellWhere(part, fresh);
    else if (part === tutorial) arrive(fresh, page);
    else part.replaceWith(fresh);
  }
}

// What it teaches, once that is planned: before anything of it is written.
function describe(page) {
  const fresh = page.querySelector("[data-lesson]:not([data-unplanned])");
  if (!fresh || !lesson.matches("[data-unplanned]")) return;
  lesson.removeAttribute("data-unplanned");
  lesson.querySelector(":scope > header").replaceWith(fresh.querySelector(":scope > header"));
  const objectives = fresh.querySelector(".objectives");
  if (objectives) tutorial.before(objectives);
}

function tellWhere(part, fresh) {
  const [where, said] = [part, fresh].map((one) => one.querySelector("[data-where] span"));
  const isHeard = part === tutorial && shown.name;
  if (where && said && !isHeard && where.textContent !== said.textContent) where.textContent = said.textContent;
}

// The stored text takes the place of what was heard of it; what is the same is not touched.
function arrive(fresh, page) {
  release();
  const origin = fresh.querySelector(".origin, .notice");
  origin.setAttribute("role", "status");
  tutorial.querySelector("[data-where]").replaceWith(origin);
  put(0, [...fresh.querySelector("[data-text]").childNodes]);
  tutorial.removeAttribute("aria-busy");
  tutorial.removeAttribute("data-awaited");
  tutorial.setAttribute("data-arrived", "");
  release();
  addEventListener("scroll", release, { passive: true });
  lesson.dispatchEvent(new Event("arrived"));
  fill(page.querySelector("[data-contents] ol"));
}

// Beside the text at once; above it, when nobody sees it grow.
function fill(list) {
  const bring = () => {
    contents.querySelector("ol").replaceWith(list);
    contents.dispatchEvent(new Event("arrived"));
  };
  if (getComputedStyle(contents).position === "sticky") return bring();
  const observer = new IntersectionObserver(([{ isIntersecting }]) => {
    if (isIntersecting) return;
    observer.disconnect();
    bring();
  });
  observer.observe(contents);
}

listen();
plan();
