// Keeps the page of a run up to date; without this file the page is complete at every load.
// The socket only says that there is something new. What is new is always asked for.
const POLL = 2_000; // milliseconds, without a socket
const LISTENING = 15_000; // with one: a hint may get lost
const STOPPED = 15_000; // a stopped run without a socket: somebody may resume it
const SLOWEST = 60_000;
const LEDGER = 8_000; // after the end: the last calls are written down by then

const page = document.querySelector("[data-run]");
const part = (name) => page.querySelector(`[data-${name}]`);
const socketAddress = new URL(page.dataset.socket, location.href);
socketAddress.protocol = location.protocol === "https:" ? "wss:" : "ws:";

let seq = Number(page.dataset.seq);
let open = page.dataset.open === "true";
let final = page.dataset.final === "true";
let socket = null;
let timer = 0;
let listening = false;
let lostSockets = 0;
let errors = 0;
let looking = false;
let lookAgain = false;
let lookedLast = final;

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
      const news = await ask();
      show(news);
      lookAgain ||= news.more;
    } while (lookAgain);
    errors = 0;
  } catch {
    errors += 1;
  }
  looking = false;
  planNextLook();
}

async function ask() {
  const answer = await fetch(`${page.dataset.events}?after=${seq}`, {
    headers: { Accept: "application/json" },
    signal: AbortSignal.timeout(20_000),
  });
  if (!answer.ok) throw new Error(`status ${answer.status}`);
  return answer.json();
}

function planNextLook() {
  clearTimeout(timer);
  if (final) {
    socket?.close();
    if (!lookedLast) timer = setTimeout(look, LEDGER);
    lookedLast = true;
    return;
  }
  const usual = open ? (listening ? LISTENING : POLL) : listening ? SLOWEST : STOPPED;
  const wait = errors ? Math.max(usual, Math.min(POLL * 2 ** errors, SLOWEST)) : usual;
  timer = setTimeout(look, wait);
}

function listen() {
  if (final) return;
  socketAddress.search = part("drawing") ? "plan" : "";
  socket = new WebSocket(socketAddress);
  socket.onopen = () => {
    listening = true;
    lostSockets = 0;
    look(); // what was missed meanwhile
  };
  socket.onmessage = ({ data }) => {
    const { seq: newest, plan } = JSON.parse(data);
    if (plan) part("drawing")?.dispatchEvent(new CustomEvent("drawn", { detail: plan }));
    else if (newest > seq) look();
  };
  socket.onclose = () => {
    listening = false;
    lostSockets += 1;
    setTimeout(listen, Math.min(POLL * 2 ** lostSockets, SLOWEST));
    if (!looking) planNextLook();
  };
}

// Only textContent and attributes: what people and models wrote is never taken for markup.
function show(news) {
  open = news.open;
  final = news.final;
  setText("about", news.about);
  setText("title", news.title);
  document.title = `${news.title} · Cairn`;
  setText("reason", news.reason);
  setText("progress", news.progress);
  setText("spending", news.spending);
  part("way").classList.toggle("primary", news.is_readable);
  part("plan").hidden = !news.plan_url;
  part("plan").firstElementChild.href = news.plan_url;
  const state = page.querySelector(".state");
  state.dataset.state = news.state;
  state.textContent = news.state_label;
  showBar(news);
  if (news.total) part("drawing")?.remove();
  else if (!news.open && part("drawing")) part("drawing").hidden = true;
  showFailures(news.failures);
  showCalls(news.calls);
  showSuggestions(news.suggestions);
  showEvents(news.events);
  seq = Math.max(seq, news.last_seq);
}

function setText(name, text) {
  const element = part(name);
  if (element.textContent !== text) element.textContent = text; // a live region speaks on change
}

function showBar({ total, finished }) {
  const bar = part("bar");
  if (total) {
    bar.max = total;
    bar.value = finished;
  } else if (open) {
    bar.removeAttribute("value");
  } else {
    bar.value = 0;
  }
}

function showFailures(failures) {
  part("failed").hidden = failures.length === 0;
  part("failures").replaceChildren(
    ...failures.map(({ concept, artifact, error }) => {
      const item = document.createElement("li");
      item.append(make("strong", concept), ` (${artifact}): ${error}`);
      return item;
    }),
  );
}

function showSuggestions(suggestions) {
  part("instead").hidden = suggestions.length === 0;
  part("suggestions").replaceChildren(
    ...suggestions.map((goal) => {
      const link = make("a", goal);
      link.className = "chip";
      link.href = `${page.dataset.home}?goal=${encodeURIComponent(goal)}`;
      return link;
    }),
  );
}

function showCalls(calls) {
  part("ledger").hidden = calls.length === 0;
  part("calls").replaceChildren(
    ...calls.map(([purpose, ...figures]) => {
      const row = document.createElement("tr");
      const head = make("th", purpose);
      head.scope = "row";
      row.append(head, ...figures.map((figure) => make("td", figure)));
      return row;
    }),
  );
}

function showEvents(events) {
  const log = part("log");
  const atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 40;
  const fresh = events.filter((event) => event.seq > seq);
  part("list").append(...fresh.map(makeEvent));
  if (fresh.length && atEnd) log.scrollTop = log.scrollHeight;
}

function makeEvent({ type, at, text, url }) {
  const item = document.createElement("li");
  item.dataset.type = type;
  const words = make(url ? "a" : "span", text);
  if (url) words.href = url;
  item.append(make("time", at), " ", words);
  return item;
}

function make(name, text) {
  const element = document.createElement(name);
  element.textContent = text;
  return element;
}

part("log").scrollTop = part("log").scrollHeight;
planNextLook();
listen();
