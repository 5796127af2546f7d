// The conversation: its turns, the one that is being answered, and what is kept of them.

import { newRecord, Turn } from "./answer.js";
import { byId } from "../dom.js";
import { closeEditing } from "./edit.js";
import { Kept } from "./keep.js";
import { asProblem } from "../wire/problem.js";
import { say } from "../notice.js";
import { askStreaming } from "../wire/wire.js";

const HISTORY_TURNS = 6; // messages, of the reader and of the service together
const HISTORY_CHARS = 2000; // of one message, so that the request stays small
const LEAVING_MS = 2000; // after which the page was not left after all
const PATIENCE = "An answer is on its way. Wait for it, or stop it first.";
const DAMAGED = "Some of the kept conversation could not be read, and was left out.";
const NOT_KEPT = "The browser keeps no more: this conversation will be gone when the page is closed.";

/**
 * The conversation.
 *
 * Its page: `keep`, `feedback`, `open(source, opener, trail)`, `scope()` → `{as_of, filters}` (or a
 * `Problem` is thrown), `widen()`, which drops them, and `changed()`, `busy(isBusy)`,
 * `answered(answer)`, `failed(problem, again)`, which hear of what happens.
 */
export class Conversation {
  #page;
  #turns = [];
  #running = null; // the AbortController of the question being answered
  #list = byId("conversation");
  #wasKept = true;
  #isLeaving = false;

  constructor(page) {
    this.#page = page;
  }

  get records() {
    return this.#turns.map(({ record }) => record);
  }

  get last() {
    return this.#turns.at(-1) ?? null;
  }

  /** Go on with what was kept. */
  restore({ turns, isDamaged }) {
    this.#turns = turns.map((record) => Turn.kept(record, this.#hooks()));
    this.#list.replaceChildren(...this.#turns.map(({ element }) => element));
    if (isDamaged) say(DAMAGED);
    this.#page.changed();
  }

  /** Ask at the end of the conversation; false while another question is being answered. */
  ask(question) {
    if (this.#running) return refused();
    const turn = this.#add(question, this.#turns.length);
    if (!turn) return false;
    closeEditing();
    this.#list.append(turn.element);
    this.#begin(turn);
    return true;
  }

  /** Let the last question be edited. */
  editLast() {
    if (this.#running || !this.last) return;
    this.last.edit();
  }

  stop() {
    this.#running?.abort();
  }

  /** The page is about to be left: an answer that breaks off now was stopped. */
  leave() {
    this.#isLeaving = true;
    setTimeout(() => { this.#isLeaving = false; }, LEAVING_MS);
  }

  /** Leave this conversation where it is kept, and begin another. */
  begin() {
    this.stop();
    this.#page.keep.begin();
    this.restore({ turns: [], isDamaged: false });
  }

  save() {
    const kept = this.#page.keep.save(this.records);
    if (kept === Kept.NOT && this.#wasKept) say(NOT_KEPT);
    this.#wasKept = kept !== Kept.NOT;
  }

  /** Ask again in the place of a turn; what follows goes if the question is another one. */
  #again(turn, question = turn.question) {
    if (this.#running) return refused();
    const at = this.#turns.indexOf(turn);
    const fresh = at < 0 ? null : this.#add(question, at);
    if (!fresh) return false;
    closeEditing();
    const isOther = question !== turn.question;
    const gone = this.#turns.splice(at + 1, isOther ? this.#turns.length : 1);
    turn.element.replaceWith(fresh.element);
    for (const { element } of gone) element.remove();
    this.#begin(fresh);
    return true;
  }

  /** A turn among the others; null, and the reason is said, if nothing may be asked as it is. */
  #add(question, at) {
    const history = this.#turns.slice(0, at).flatMap(messages).slice(-HISTORY_TURNS);
    let scope;
    try {
      scope = this.#page.scope();
    } catch (error) {
      say(asProblem(error).said.join(" "));
      return null;
    }
    const turn = new Turn(newRecord({ question, history, ...scope }), this.#hooks());
    this.#turns.splice(at, 0, turn);
    return turn;
  }

  #hooks() {
    const { open, feedback, changed, widen } = this.#page;
    return {
      open, feedback, changed,
      again: (turn, question) => this.#again(turn, question),
      later: (turn) => this.#turns.length - 1 - this.#turns.indexOf(turn),
      widen: (turn) => { widen(); this.#again(turn); },
    };
  }

  async #begin(turn) {
    const running = new AbortController();
    this.#running = running;
    this.#page.changed();
    this.#page.busy(true);
    turn.element.scrollIntoView({ block: "start" });
    this.save();
    try {
      await this.#receive(turn, running.signal);
      this.#page.answered(turn.record.answer);
    } catch (error) {
      this.#failed(turn, error);
    } finally {
      this.#running = null;
      if (this.#turns.includes(turn)) this.save();
      this.#page.busy(false);
      this.#page.changed();
    }
  }

  async #receive(turn, signal) {
    for await (const { type, data } of askStreaming(turn.record.request, signal)) {
      if (type === "evidence") turn.evidence(data.evidence);
      else if (type === "sentence") turn.sentence(data.sentence, data.citations);
      else if (type === "answer") turn.answer(data);
      if (type === "evidence") this.save();
    }
  }

  #failed(turn, error) {
    if (error.name === "AbortError" || this.#isLeaving) return turn.stopped();
    const problem = asProblem(error);
    turn.failed(problem);
    return this.#page.failed(problem, () => this.#again(turn));
  }
}

/** A turn as the history of the next question. */
function messages({ record: { request, answer } }) {
  if (!answer) return [];
  const said = answer.status === "refused" ? answer.refusal.message
    : answer.sentences.map(({ text }) => text).join(" ");
  return [["user", request.question], ["assistant", said]]
    .map(([role, content]) => ({ role, content: content.slice(0, HISTORY_CHARS) }));
}

function refused() {
  say(PATIENCE);
  return false;
}
