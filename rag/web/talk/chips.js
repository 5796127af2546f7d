// Citations as numbered chips, each of which shows its quotation and leads to its article.

import { el, provenance } from "../dom.js";
import { explain, hideTip } from "./tip.js";

const TAIL = 24; // UTF-16 units of a last word that is kept on one line with its chips
const LAST_WORD = /^([\s\S]*\s)(\S+)$/;

/**
 * A chip.
 *
 * @param {Object} citation
 * @param {(chip: HTMLElement) => void} open
 */
export function chipButton(citation, open) {
  const { id, title } = citation;
  const chip = el("button", {
    class: "chip", type: "button", "data-id": id, "aria-label": `Citation ${id}: ${title}`,
    onclick: () => { hideTip(); open(chip); },
  }, bracket("["), String(id), bracket("]"));
  explain(chip, () => [el("q", {}, citation.quote), origin(citation)]);
  return chip;
}

/** Copied with the text around them, but not seen. */
const bracket = (sign) => el("span", { class: "bracket" }, sign);

/** A sentence and its chips, which are never alone at the beginning of a line. */
export function sentenceNodes(text, chips) {
  const [, start, last] = LAST_WORD.exec(text) ?? ["", "", text];
  const tail = el("span", { class: last.length <= TAIL ? "tail" : null }, last, ...chips);
  return [el("span", { class: "sentence" }, start, tail), " "];
}

/** Where a quotation is from, on one line. */
export function origin(source) {
  return el("span", { class: "meta origin" },
    el("span", { class: "title" }, source.title), " · ", provenance(source));
}
