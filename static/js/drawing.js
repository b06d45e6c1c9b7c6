// Draws a plan while it is being made, from the event `drawn` of its part: how deep each line lies,
// and a title, which is text and nothing else. What is the same stays where it is.
const part = document.querySelector("[data-drawing]");
const root = part.querySelector("[data-drawn]");
const counted = part.querySelector("[data-counted]");
let shown = [];

part.addEventListener("drawn", ({ detail: { language, lines } }) => {
  root.lang = language;
  part.hidden = false;
  draw(lines);
  // The list says nothing by itself: whoever listens hears of stages, not of each line.
  const stages = lines.filter(([depth]) => depth === 0).length;
  const said = `${part.dataset.counting} ${stages}`;
  if (counted.textContent !== said) counted.textContent = said;
});

function draw(lines) {
  const isOther = ([depth, title], place) =>
    shown[place]?.depth !== depth || shown[place].title !== title;
  const other = lines.findIndex(isOther);
  const same = other < 0 ? lines.length : other;
  shown.splice(same).reverse().forEach(({ item }) => take(item));
  for (const [depth, title] of lines.slice(same)) shown.push({ depth, title, item: add(depth, title) });
}

function take(item) {
  const list = item.parentElement;
  item.remove();
  if (list !== root && !list.children.length) list.remove();
}

function add(depth, title) {
  const above = shown.findLast((one) => one.depth < depth)?.item;
  const item = document.createElement("li");
  const words = document.createElement("span");
  words.dir = "auto";
  words.textContent = title;
  item.append(words);
  listIn(above).append(item);
  return item;
}

function listIn(item) {
  if (!item) return root;
  const list = item.querySelector(":scope > ul") ?? document.createElement("ul");
  if (!list.isConnected) item.append(list);
  return list;
}
