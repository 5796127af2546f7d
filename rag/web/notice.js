// A line above the question box that says what has just happened, with a way back where there is one.

import { byId, el } from "./dom.js";

const SHOWN_MS = 8000; // a line that offers nothing

let timer = 0;

/**
 * Say something.
 *
 * @param {string} text
 * @param {{label: string, act: () => void}|null} way What can be done about it; the line then stays.
 */
export function say(text, way = null) {
  clearTimeout(timer);
  const act = () => { hush(); way.act(); };
  byId("notice").replaceChildren(text,
    ...(way ? [" ", el("button", { type: "button", onclick: act }, way.label)] : []));
  if (!way) timer = setTimeout(hush, SHOWN_MS);
}

/** Take the line away. */
export function hush() {
  clearTimeout(timer);
  byId("notice").replaceChildren();
}
