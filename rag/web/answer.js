// One turn of the conversation: a question and, as it arrives, its answer.

import { byId, count, el, marked, provenance, seconds } from "./dom.js";

const HIGH = 0.85;
const FAIR = 0.6;
const LAST_WORD = /^([\s\S]*\s)(\S{1,24})$/;

export function confidenceWord(confidence) {
  if (confidence >= HIGH) return "High confidence";
  return confidence >= FAIR ? "Fair confidence" : "Low confidence";
}

/** A turn; `element` belongs to whoever puts it on the page. */
export class Turn {
  #openSource;
  #citations = new Map();
  #drafted = [];
  #status = el("p", { class: "status" }, "Looking through the articles…");
  #reading = el("details", { class: "evidence", hidden: true });
  #answer = el("div", { class: "answer", "aria-live": "polite" });
  #facts = el("footer", { class: "facts", hidden: true });

  /**
   * @param {string} question
   * @param {(source: Object, opener: HTMLElement) => void} openSource Shows an article.
   */
  constructor(question, openSource) {
    this.question = question;
    this.#openSource = openSource;
    this.element = el("section", { class: "turn is-busy", "aria-label": "Question and answer" },
      el("h2", { class: "question" }, question),
      this.#status, this.#reading, this.#answer, this.#facts);
  }

  /** What was found, before the model has read it. */
  evidence(found) {
    this.#status.hidden = true;
    if (!found.length) return;
    const articles = new Set(found.map((item) => item.article_id)).size;
    const amount = `${count(found.length, "sentence")} from ${count(articles, "article")}`;
    this.#reading.replaceChildren(
      el("summary", {}, el("span", { class: "verb" }, "Reading "), amount,
        el("span", { class: "dots" }, "…")),
      el("ol", {}, ...found.map((item) => this.#evidenceItem(item))));
    this.#reading.hidden = false;
  }

  /** One verified sentence, with the citations that are new with it. */
  sentence(sentence, citations) {
    for (const citation of citations) this.#citations.set(citation.id, citation);
    this.#drafted.push(sentence);
    this.#paragraph().append(...this.#sentenceNodes(sentence));
  }

  /** The final word: it replaces whatever was drafted. */
  answer(wire) {
    this.#settle();
    const stands = same(this.#drafted, wire.sentences)
      && same([...this.#citations.values()], wire.citations);
    this.#citations = new Map(wire.citations.map((citation) => [citation.id, citation]));
    if (wire.status === "refused") this.#refuse(wire);
    else if (!stands) { // left alone otherwise, so that a screen reader hears it once
      this.#answer.replaceChildren();
      this.#paragraph().append(...wire.sentences.flatMap((one) => this.#sentenceNodes(one)));
    }
    this.#facts.replaceChildren(...this.#factNodes(wire));
    this.#facts.hidden = false;
  }

  /** An error took the answer's place; what was drafted goes, since nothing vouches for the whole. */
  failed(problem, retry) {
    this.#settle();
    const [verdict, ...more] = problem.said;
    this.#answer.replaceChildren(el("div", { class: "problem" },
      el("p", { class: "verdict" }, verdict),
      ...more.map((line) => el("p", {}, line)),
      problem.code ? el("p", { class: "code" }, problem.code) : null,
      el("button", { type: "button", onclick: retry }, "Retry")));
  }

  /** The reader stopped it; the sentences so far were verified one by one, so they stay. */
  stopped(retry) {
    this.#settle();
    const said = this.#drafted.length ? "Stopped before the answer was complete." : "Stopped.";
    this.#answer.append(el("div", { class: "stopped" }, el("p", { class: "verdict" }, said),
      el("button", { type: "button", onclick: retry }, "Ask again")));
  }

  #settle() {
    this.element.classList.remove("is-busy");
    this.#status.hidden = true;
    this.#reading.querySelector(".verb")?.replaceChildren("Read ");
    this.#reading.querySelector(".dots")?.remove();
  }

  #refuse({ refusal }) {
    this.#answer.replaceChildren(el("div", { class: "refusal" },
      el("p", { class: "verdict" }, "No answer"), el("p", {}, refusal.message),
      ...refusal.nearest.map((id) => this.#nearest(id))));
  }

  #nearest(id) {
    const { quote } = this.#citations.get(id);
    return el("p", { class: "nearest" },
      el("span", { class: "lead" }, "The nearest that they say:"), " ",
      el("q", {}, folded(quote)), " ", this.#chip(id));
  }

  #paragraph() {
    return this.#answer.querySelector(":scope > p")
      ?? this.#answer.appendChild(el("p", { class: "prose" }));
  }

  #sentenceNodes({ text, citations }) {
    const chips = citations.map((id) => this.#chip(id));
    const [, start, last] = LAST_WORD.exec(text) ?? ["", "", text];
    const tail = el("span", { class: last.length <= 24 ? "tail" : null }, last, ...chips);
    return [el("span", { class: "sentence" }, start, tail), " "];
  }

  #chip(id) {
    const citation = this.#citations.get(id);
    if (!citation) return null;
    const chip = el("button", {
      class: "chip", type: "button", "aria-label": `Citation ${id}: ${citation.title}`,
      onclick: () => { hideTip(); this.#openSource(citation, chip); },
    }, `[${id}]`);
    explain(chip, citation);
    return chip;
  }

  #evidenceItem(item) {
    const source = { ...item, quote: item.text };
    const open = (event) => this.#openSource(source, event.currentTarget);
    return el("li", {}, el("button", { type: "button", onclick: open }, item.text),
      origin(item));
  }

  #factNodes(wire) {
    const total = seconds(wire.timings_ms.total);
    const summary = wire.status === "answered"
      ? `${confidenceWord(wire.confidence)} · ${total}` : `Refused in ${total}`;
    return [
      el("p", { class: "summary" }, summary),
      wire.question_used && wire.question_used !== folded(this.question)
        ? el("p", { class: "read-as" }, `Read as: ${wire.question_used}`) : null,
      ...(wire.agreement ?? []).map((entry) => this.#agreement(entry)),
      ...(wire.conflicts ?? []).map((entry) => this.#conflict(entry)),
      el("div", { class: "folds" },
        wire.citations.length ? this.#quotations(wire) : null, receipt(wire)),
    ].filter((node) => node !== null);
  }

  #agreement({ citations, articles, independent }) {
    return el("p", { class: "agreement" }, el("span", { class: "refs" }, marks(citations)),
      ` ${count(articles, "article")}, ${count(independent, "independent origin")}`);
  }

  #conflict({ slot, sides }) {
    const told = sides.map(({ value, citations }) => `${value} ${marks(citations)}`).join("; ");
    return el("p", { class: "conflict" }, `The articles differ${slot && ` on ${slot}`}: ${told}`);
  }

  #quotations({ citations, short }) {
    const few = (short ?? "").split("; ");
    const items = citations.map((citation) => {
      const open = (event) => this.#openSource(citation, event.currentTarget);
      return el("li", { value: citation.id },
        el("button", { type: "button", onclick: open }, ...marked(citation.quote, few)),
        origin(citation));
    });
    return el("details", { class: "quotations" },
      el("summary", {}, count(citations.length, "quotation")), el("ol", {}, ...items));
  }
}

/** Where a quotation is from, on one line. */
function origin(source) {
  return el("span", { class: "meta origin" },
    el("span", { class: "title" }, source.title), " · ", provenance(source));
}

const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);
const folded = (text) => text.trim().replace(/\s+/g, " "); // as the service folds a question
const marks = (ids) => ids.map((id) => `[${id}]`).join("");

function receipt({ receipt: made, timings_ms: timings, confidence, refusal }) {
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

// The tooltip: one for the page, shown beside the chip that the pointer or the keyboard is on.

let tipTimer = 0;

function explain(chip, citation) {
  chip.addEventListener("pointerenter", (event) => {
    if (event.pointerType === "mouse") showTip(chip, citation);
  });
  chip.addEventListener("pointerleave", hideTipSoon);
  chip.addEventListener("focus", () => {
    if (chip.matches(":focus-visible")) showTip(chip, citation);
  });
  chip.addEventListener("blur", hideTip);
}

function showTip(chip, citation) {
  hideTip();
  const tip = byId("tip");
  tip.replaceChildren(el("q", {}, citation.quote), origin(citation));
  tip.hidden = false;
  tip.onpointerenter = () => clearTimeout(tipTimer);
  tip.onpointerleave = hideTip;
  chip.setAttribute("aria-describedby", "tip");
  place(tip, chip.getBoundingClientRect());
}

function place(tip, { left, top, bottom }) {
  const gap = 6;
  const { width, height } = tip.getBoundingClientRect();
  const widest = document.documentElement.clientWidth;
  tip.style.left = `${Math.max(8, Math.min(left - 12, widest - width - 8))}px`;
  const fits = bottom + gap + height < document.documentElement.clientHeight - 8;
  tip.style.top = `${fits ? bottom + gap : Math.max(8, top - height - gap)}px`;
}

function hideTipSoon() {
  clearTimeout(tipTimer);
  tipTimer = setTimeout(hideTip, 150);
}

/** Hide the tooltip; true if it was shown. */
export function hideTip() {
  clearTimeout(tipTimer);
  const tip = byId("tip");
  const wasShown = !tip.hidden;
  tip.hidden = true;
  document.querySelector("[aria-describedby=tip]")?.removeAttribute("aria-describedby");
  return wasShown;
}
