// The tooltip: one for the page, shown beside whatever the pointer or the keyboard is on.

import { byId } from "../dom.js";

const GAP = 6; // pixels
const LINGER_MS = 150; // so that the pointer can move onto it

let anchor = null;
let timer = 0;

/**
 * Explain an element while the pointer or the keyboard is on it.
 *
 * @param {HTMLElement} node
 * @param {() => (Node|string)[]} content Made when it is shown.
 * @param {{onClick?: boolean}} how `onClick`: a touch or a click shows it too.
 */
export function explain(node, content, { onClick = false } = {}) {
  const show = () => showTip(node, content());
  node.addEventListener("pointerenter", (event) => event.pointerType === "mouse" && show());
  node.addEventListener("pointerleave", hideSoon);
  node.addEventListener("focus", () => node.matches(":focus-visible") && show());
  node.addEventListener("blur", hideTip);
  if (onClick) node.addEventListener("click", show);
}

/** Hide the tooltip; true if it was shown. */
export function hideTip() {
  clearTimeout(timer);
  const wasShown = anchor !== null;
  anchor?.removeAttribute("aria-describedby");
  anchor = null;
  byId("tip").hidden = true;
  return wasShown;
}

function showTip(node, content) {
  hideTip();
  const tip = byId("tip");
  tip.replaceChildren(...content);
  (node.closest("#pane") ?? document.querySelector("main")).append(tip); // in the same landmark
  tip.hidden = false;
  tip.scrollTop = 0;
  tip.onpointerenter = () => clearTimeout(timer);
  tip.onpointerleave = hideTip;
  anchor = node;
  anchor.setAttribute("aria-describedby", "tip");
  place();
}

function hideSoon() {
  clearTimeout(timer);
  timer = setTimeout(hideTip, LINGER_MS);
}

/** Below its anchor if it fits there, else above it; gone with an anchor that is out of sight. */
function place() {
  const tip = byId("tip");
  const [{ left, top, bottom }] = anchor.getClientRects();
  const { width, height } = tip.getBoundingClientRect();
  const { clientWidth, clientHeight } = document.documentElement;
  if (bottom < 0 || top > clientHeight) return hideTip();
  tip.style.left = `${Math.max(8, Math.min(left - 12, clientWidth - width - 8))}px`;
  const fits = bottom + GAP + height < clientHeight - 8;
  tip.style.top = `${fits ? bottom + GAP : Math.max(8, top - height - GAP)}px`;
  return true;
}

function follow(event) {
  if (!anchor || byId("tip").contains(event.target)) return;
  if (anchor.isConnected && anchor.getClientRects().length) place();
  else hideTip();
}

/** Keep the tooltip beside its anchor whatever scrolls; called once. */
export function keepInPlace() {
  addEventListener("scroll", follow, { capture: true, passive: true });
  addEventListener("resize", follow, { passive: true });
}
