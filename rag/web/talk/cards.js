// What was found before the model has read it, as compact cards.

import { count, dateNode, el } from "../dom.js";

const FEW = 3; // cards at first; two where they stand below each other

/**
 * The cards of an answer.
 *
 * @param {Object[]} found Evidence, best first; at least one.
 * @param {(source: Object, card: HTMLElement) => void} open
 * @returns {HTMLElement} A fold that stands open.
 */
export function cards(found, open) {
  const articles = new Set(found.map((item) => item.article_id)).size;
  const amount = `${count(found.length, "sentence")} from ${count(articles, "article")}`;
  const list = el("ol", { class: "cards is-few" }, ...found.map((item) => card(item, open)));
  return el("details", { class: "evidence", open: true },
    el("summary", {}, el("span", { class: "verb" }, "Reading "), amount,
      el("span", { class: "dots" }, "…")),
    list, allButton(list, found.length));
}

function card(item, open) {
  const source = { ...item, quote: item.text };
  const button = el("button", {
    class: "card", type: "button", "data-span": spanOf(item),
    onclick: () => open(source, button),
  }, el("span", { class: "said" }, item.text), el("span", { class: "from" },
    el("span", { class: "title" }, item.title || item.article_id), whence(item)));
  return el("li", {}, button);
}

/** Outlet and day as far as they are known. */
function whence({ outlet, published }) {
  const known = [outlet || null, published ? dateNode(published) : null].filter(Boolean);
  const parts = known.flatMap((part, at) => (at ? [" · ", part] : [part]));
  return parts.length ? el("span", { class: "whence" }, ...parts) : null;
}

function allButton(list, total) {
  if (total < FEW) return null;
  const all = el("button", {
    class: `all quiet${total > FEW ? "" : " only-narrow"}`, type: "button", "aria-expanded": "false",
    onclick: () => {
      const isFew = list.classList.toggle("is-few");
      all.setAttribute("aria-expanded", String(!isFew));
      all.textContent = isFew ? `Show all ${total}` : "Show fewer";
    },
  }, `Show all ${total}`);
  return all;
}

/** The model has read them; those that the answer cites bear its numbers. */
export function settleCards(evidence, citations) {
  evidence.querySelector(".verb").textContent = "Read ";
  evidence.querySelector(".dots")?.remove();
  const numbers = new Map(citations.map((one) => [spanOf(one), one.id]));
  for (const button of evidence.querySelectorAll(".card")) {
    const number = numbers.get(button.dataset.span);
    button.querySelector(".number")?.remove();
    if (number !== undefined) {
      button.prepend(el("span", { class: "number" }, el("span", { class: "unseen" }, "Citation "),
        String(number)));
    }
  }
}

const spanOf = ({ article_id, start, end }) => JSON.stringify([article_id, start, end]);
