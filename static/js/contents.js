// Marks in the contents of a lesson the section that is being read.
const READ_AT = "0px 0px -70% 0px"; // a heading counts from when it is in the upper part

function followReader(contents) {
  const links = new Map();
  for (const link of contents.querySelectorAll("a")) {
    const heading = document.getElementById(decodeURIComponent(link.hash.slice(1)));
    if (heading) links.set(heading, link);
  }
  const headings = [...links.keys()];
  const look = () => mark(links, headings.findLast(isPassed));
  // A rule apart from the observer's, for it only speaks of headings that come or go.
  const observer = new IntersectionObserver(look, { rootMargin: READ_AT });
  for (const heading of headings) observer.observe(heading);
  return observer;
}

function isPassed(heading) {
  return heading.getBoundingClientRect().top <= innerHeight * 0.3;
}

function mark(links, current) {
  for (const [heading, link] of links) {
    if (heading === current) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
}

const contents = document.querySelector("[data-contents]");
let following = followReader(contents);
contents.addEventListener("arrived", () => {
  following.disconnect(); // words.js has brought others
  following = followReader(contents);
});
