// A button that leads to the latest answer while that is out of sight; the page never scrolls there
// by itself, so that whoever reads something else goes on reading.

import { byId } from "../dom.js";

const button = byId("latest");
let watched = null;
const observer = new IntersectionObserver((entries) => {
  const { isIntersecting } = entries.at(-1);
  button.hidden = isIntersecting;
}, { rootMargin: "0px 0px -120px 0px" }); // what the question box covers

/** Watch this turn instead of the one before; null for none. */
export function watchLatest(turn) {
  const element = turn?.element ?? null;
  if (element === watched) return;
  if (watched) observer.unobserve(watched);
  watched = element;
  button.hidden = true;
  if (element) observer.observe(element);
}

/** Called once. */
export function listenForLatest() {
  button.addEventListener("click", () => {
    watched.scrollIntoView({ block: "start" });
    watched.querySelector(".question").focus({ preventScroll: true });
  });
}
