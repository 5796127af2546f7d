// One turn of the conversation: a question and, as it arrives, its answer.

import { actionRow } from "./actions.js";
import { cards, settleCards } from "./cards.js";
import { chipButton, sentenceNodes } from "./chips.js";
import { count, dayWords, el, folded } from "../dom.js";
import { editQuestion } from "./edit.js";
import { agreement, conflictTable, quotations, receipt, summary } from "./facts.js";
import { newId } from "./keep.js";
import { Problem } from "../wire/problem.js";
import { nearestNode, refusalNode } from "./refusal.js";
import { problemNode, stoppedNode } from "./trouble.js";

/** What is kept of a turn, from its asking on. */
export function newRecord(request) {
  return {
    id: newId(), asked_at: new Date().toISOString(), request, state: "asking",
    evidence: [], drafted: [], answer: null, problem: null,
  };
}

/**
 * A turn; `element` belongs to whoever puts it on the page.
 *
 * Its hooks: `open(source, opener, trail)` shows an article; `again(turn, question?)` asks again in
 * its place; `widen(turn)` does so without filters; `later(turn)` counts the turns below
 * it; `feedback` keeps judgements, and `changed()` hears of them.
 */
export class Turn {
  #hooks;
  #citations = new Map();
  #evidence = el("div", { class: "found" });
  #status = el("p", { class: "status" }, "Looking through the articles…");
  #answer = el("div", { class: "answer", "aria-live": "polite" });
  #facts = el("footer", { class: "facts", hidden: true });

  constructor(record, hooks) {
    this.record = record;
    this.#hooks = hooks;
    const label = `question-${record.id.replace(/\W/g, "")}`;
    this.heading = el("h2", { class: "question", id: label, tabindex: -1 }, record.request.question);
    this.element = el("article", { class: "turn is-busy", "aria-labelledby": label },
      this.heading, scopeNode(record.request), this.#evidence, this.#status, this.#answer,
      this.#facts);
  }

  /** A turn that was kept; one that was being answered then counts as stopped. */
  static kept(record, hooks) {
    const { state, evidence, drafted, answer, problem } = record;
    const turn = new Turn({ ...record, evidence: [], drafted: [] }, hooks);
    turn.#answer.removeAttribute("aria-live");
    turn.element.classList.add("is-kept");
    turn.evidence(evidence);
    for (const { sentence, citations } of drafted) turn.sentence(sentence, citations);
    if (state === "done" && answer) turn.answer(answer);
    else if (state === "failed" && problem) turn.failed(new Problem(problem));
    else turn.stopped();
    return turn;
  }

  get question() {
    return this.record.request.question;
  }

  /** What was found, before the model has read it. */
  evidence(found) {
    this.record.evidence = found;
    if (!found.length) return;
    this.#evidence.replaceChildren(
      cards(found, (source, card) => this.#hooks.open(source, card, this.#trail(null))));
    this.#status.textContent = "Writing, and checking every sentence…";
  }

  /** One verified sentence, with the citations that are new with it. */
  sentence(sentence, citations) {
    for (const citation of citations) this.#citations.set(citation.id, citation);
    this.record.drafted.push({ sentence, citations });
    this.#paragraph().append(...this.#sentenceNodes(sentence));
  }

  /** The final word: it replaces whatever was drafted. */
  answer(wire) {
    this.#settle("done");
    const drafted = this.record.drafted.map(({ sentence }) => sentence);
    const stands = same(drafted, wire.sentences)
      && same([...this.#citations.values()], wire.citations);
    this.record.answer = wire;
    this.record.drafted = [];
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
  failed(problem) {
    this.#settle("failed");
    this.record.problem = problem.record;
    this.record.drafted = [];
    this.#answer.replaceChildren(problemNode(problem,
      () => this.#hooks.again(this), () => this.edit()));
  }

  /** The reader stopped it; the sentences so far were verified one by one, so they stay. */
  stopped() {
    this.#settle("stopped");
    const said = this.record.drafted.length ? "Stopped before the answer was complete." : "Stopped.";
    this.#answer.append(stoppedNode(said,
      () => this.#hooks.again(this), () => this.edit()));
  }

  /** Let the question be edited where it stands. */
  edit() {
    editQuestion(this.heading, this.#hooks.later(this),
      (question) => this.#hooks.again(this, question));
  }

  #settle(state) {
    this.record.state = state;
    this.element.classList.remove("is-busy");
    this.#status.hidden = true;
    const found = this.#evidence.firstElementChild;
    if (found) settleCards(found, []);
  }

  #refuse({ refusal }) {
    const cited = (refusal.nearest ?? []).map((id) => this.#citations.get(id)).filter(Boolean);
    const near = cited.map((one) => nearestNode(folded(one.quote), this.#chip(one.id, null)));
    const { as_of: asOf, filters } = this.record.request;
    this.#answer.replaceChildren(refusalNode(refusal, near, {
      isNarrowed: Boolean(asOf) || scopeParts(filters).length > 0,
      widen: () => this.#hooks.widen(this),
    }));
  }

  #paragraph() {
    return this.#answer.querySelector(":scope > p")
      ?? this.#answer.appendChild(el("p", { class: "prose" }));
  }

  #sentenceNodes(sentence) {
    const chips = sentence.citations.map((id) => this.#chip(id, sentence));
    return sentenceNodes(sentence.text, chips);
  }

  #chip(id, sentence) {
    const citation = this.#citations.get(id);
    return citation ? chipButton(citation,
      (chip) => this.#hooks.open(citation, chip, this.#trail(sentence))) : null;
  }

  /** What the reader can step through from one of the quotations. */
  #trail(sentence) {
    const { answer, drafted } = this.record;
    return {
      citations: [...this.#citations.values()], sentence,
      sentences: answer?.sentences ?? drafted.map((one) => one.sentence),
      generation: answer?.receipt.index_generation ?? null,
      mark: (id) => this.#mark(id),
    };
  }

  #mark(id) {
    for (const chip of this.element.querySelectorAll(".chip")) {
      if (chip.dataset.id === String(id)) chip.setAttribute("aria-current", "true");
      else chip.removeAttribute("aria-current");
    }
  }

  #factNodes(wire) {
    const found = this.#evidence.firstElementChild;
    if (found) settleCards(found, wire.citations);
    const open = (source, opener) => this.#hooks.open(source, opener, this.#trail(null));
    return [
      ...(wire.conflicts ?? []).map((one) => conflictTable(one, this.#citations, open)),
      ...(wire.agreement ?? []).map(agreement),
      summary(wire),
      wire.question_used && wire.question_used !== folded(this.question)
        ? el("p", { class: "read-as" }, `Read as: ${wire.question_used}`) : null,
      el("div", { class: "folds" },
        wire.citations.length ? quotations(wire, open) : null, receipt(wire)),
      this.#actions(),
    ].filter((node) => node !== null);
  }

  #actions() {
    return actionRow(this.record, {
      again: () => this.#hooks.again(this), edit: () => this.edit(),
      feedback: this.#hooks.feedback, changed: this.#hooks.changed,
    });
  }
}

const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

function scopeParts({ article_ids: ids, outlets, published_from: from, published_to: to }) {
  return [
    ids?.length ? count(ids.length, "article") : null,
    outlets?.length ? outlets.join(", ") : null,
    from ? `from ${dayWords(from)}` : null, to ? `to ${dayWords(to)}` : null,
  ].filter(Boolean);
}

/** What restricted the question when it was asked; null if nothing did. */
function scopeNode({ as_of: asOf, filters }) {
  const parts = [...scopeParts(filters), asOf ? `as of ${dayWords(asOf)}` : null].filter(Boolean);
  return parts.length ? el("p", { class: "asked-of meta" }, `Asked of: ${parts.join(" · ")}`) : null;
}
