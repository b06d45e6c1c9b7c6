// A button on every block of code. Words come translated with the page.
const SAID_FOR = 2_000; // milliseconds

function addCopyButtons(lesson) {
  if (!navigator.clipboard) return; // only where the page is served securely
  for (const code of lesson.querySelectorAll(".tutorial pre:not(.copyable > *)")) {
    const frame = document.createElement("div");
    frame.className = "copyable";
    code.replaceWith(frame);
    frame.append(code, makeButton(code, lesson.dataset));
  }
}

function makeButton(code, words) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "copy";
  button.textContent = words.copy;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(code.textContent);
    button.textContent = words.copied;
    setTimeout(() => (button.textContent = words.copy), SAID_FOR);
  });
  return button;
}

const lesson = document.querySelector("[data-lesson]");
addCopyButtons(lesson);
lesson.addEventListener("arrived", () => addCopyButtons(lesson)); // words.js
