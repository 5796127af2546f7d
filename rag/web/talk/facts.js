// What is to be known of an answer: how sure it is, who agrees, who differs, and its receipt.

import { chipButton, origin } from "./chips.js";
import { agreementWords, count, dateNode, el, marked, seconds } from "../dom.js";
import { explain } from "./tip.js";

const HIGH = 0.85;
const FAIR = 0.6;

const CONFIDENCE = "How likely the articles hold the answer to this question, as estimated from what"
  + " the model made of the evidence. It does not say whether what the articles say is true.";
const ORIGIN = "Articles that share much of their wording are copies of one report, and count as one"
  + " origin. Only independent origins confirm one another.";

export function confidenceWord(confidence) {
  if (confidence >= HIGH) return "High confidence";
  return confidence >= FAIR ? "Fair confidence" : "Low confidence";
}

/** How sure an answer is, and how long it took. */
export function summary(wire) {
  const total = seconds(wire.timings_ms.total);
  if (wire.status === "refused") return el("p", { class: "summary" }, `Refused in ${total}`);
  const figure = `The figure is ${wire.confidence.toFixed(2)}, of at most 1.`;
  return el("p", { class: "summary" },
    term(confidenceWord(wire.confidence), `${CONFIDENCE} ${figure}`), ` · ${total}`);
}

/** A word that explains itself to the pointer, to the keyboard and to a touch. */
function term(word, meaning) {
  const button = el("button", { class: "term", type: "button" }, word);
  explain(button, () => [meaning], { onClick: true });
  return button;
}

/** One agreement: the citations, and how many articles and origins they are. */
export function agreement(entry) {
  return el("p", { class: "agreement" }, el("span", { class: "refs" }, marks(entry.citations)), " ",
    term(agreementWords(entry), ORIGIN));
}

/**
 * Articles that differ, side by side.
 *
 * @param {Object} conflict
 * @param {Map<number, Object>} citations By number.
 * @param {(citation: Object, chip: HTMLElement) => void} open
 */
export function conflictTable({ slot, sides }, citations, open) {
  const cited = sides.map((side) => side.citations.map((id) => citations.get(id)).filter(Boolean));
  const chips = (list) => list.map((one) => chipButton(one, (chip) => open(one, chip)));
  return el("table", { class: "conflict" },
    el("caption", {}, slot ? `The articles differ on ${slot}` : "The articles differ"),
    el("thead", {}, el("tr", {}, ...sides.map(({ value }, at) =>
      el("th", { scope: "col" }, value, " ", ...chips(cited[at]))))),
    el("tbody", {}, el("tr", {}, ...cited.map((list) => el("td", {}, ...list.map(speaker))))));
}

function speaker(citation) {
  return el("p", { class: "speaker" }, el("span", {}, citation.outlet || citation.title), " · ",
    dateNode(citation.published));
}

/** Every quotation of an answer; the few words of the short answer are marked in them. */
export function quotations({ citations, short }, open) {
  const few = (short ?? "").split("; ");
  const items = citations.map((citation) => {
    const show = (event) => open(citation, event.currentTarget);
    return el("li", { value: citation.id },
      el("button", { type: "button", onclick: show }, ...marked(citation.quote, few)),
      origin(citation));
  });
  return el("details", { class: "quotations" },
    el("summary", {}, count(citations.length, "quotation")), el("ol", {}, ...items));
}

/** What determined the answer, and what it took. */
export function receipt({ receipt: made, timings_ms: timings, confidence, refusal }) {
  const ms = (value) => (Number.isFinite(value) ? `${value.toLocaleString("en-GB")} ms` : null);
  const rows = [
    ["Model, SHA-256", made.model_sha256], ["Index generation", made.index_generation],
    ["Prompts, SHA-256", made.prompt_sha256], ["Dateline", made.version],
    ["Confidence", confidence.toFixed(2)], ["Refusal", refusal?.code],
    ["Retrieved after", ms(timings.retrieve)], ["First sentence after", ms(timings.first_sentence)],
    ["Finished after", ms(timings.total)],
  ].filter(([, value]) => value !== null && value !== undefined);
  return el("details", { class: "receipt" }, el("summary", {}, "Receipt"),
    el("dl", {}, ...rows.flatMap(([name, value]) => [el("dt", {}, name), el("dd", {}, value)])));
}

const marks = (ids) => ids.map((id) => `[${id}]`).join("");
