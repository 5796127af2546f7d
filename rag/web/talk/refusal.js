// A question that was not answered: what happened, the nearest that is said, and what can be done.

import { el } from "../dom.js";

const WORDS = {
  not_in_articles: {
    verdict: "Not in the articles",
    advice: "Ask it in other words, or add an article that tells.",
  },
  off_topic: {
    verdict: "Not what the articles are about",
    advice: "Ask about something that they report, or add articles about this.",
  },
  unsafe: {
    verdict: "Not a question about the articles",
    advice: "Ask what the articles say.",
  },
  ambiguous: {
    verdict: "Not clear whom or what this is about",
    advice: "Edit the question: a name, a place or a day is often enough.",
  },
};
const OTHERWISE = { verdict: "No answer", advice: "Ask it in other words." };

/**
 * A refusal in words.
 *
 * @param {{code: string, message: string}} refusal
 * @param {HTMLElement[]} nearest What the articles do say, quoted.
 * @param {{isNarrowed: boolean, widen: () => void}} scope Whether filters or a day left
 *   articles out; `widen` takes them away and asks again.
 */
export function refusalNode({ code, message }, nearest, { isNarrowed, widen }) {
  const { verdict, advice } = Object.hasOwn(WORDS, code) ? WORDS[code] : OTHERWISE;
  return el("div", { class: "refusal" },
    el("p", { class: "verdict" }, verdict), el("p", { class: "message" }, message),
    ...nearest,
    el("p", { class: "advice" }, advice, isNarrowed ? " Filters left some articles out." : null),
    isNarrowed ? el("button", { type: "button", onclick: widen },
      "Clear the filters and ask again") : null);
}

/** The nearest sentence, quoted, with its chip. */
export function nearestNode(quote, chip) {
  return el("p", { class: "nearest" },
    el("span", { class: "lead" }, "The nearest that they say:"), " ",
    el("q", {}, quote), " ", chip);
}
