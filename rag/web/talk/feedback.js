// Judged answers: kept in this browser only, and exported as an evaluation suite.

import { isJudgement } from "../wire/shape.js";

const PREFIX = "dateline/1/judged/"; // one key an answer, so that tabs do not overwrite each other
const MOST = 500;
export const NOTE_CHARS = 2000;

/** What was judged. `storage` is a `Storage`; it may be full, closed or damaged. */
export class Feedback {
  #storage;

  constructor(storage) {
    this.#storage = storage;
  }

  /** The judgement of a turn, `{verdict, note, …}`; null if there is none. */
  get(id) {
    return this.#read(PREFIX + id);
  }

  /**
   * Keep a judgement.
   *
   * @param {Object} turn The record of an answered turn.
   * @param {"up"|"down"} verdict
   * @param {string|null} note
   * @returns {boolean} Whether it was kept; not if the browser keeps no more.
   */
  judge({ id, asked_at, request, answer }, verdict, note) {
    const judgement = {
      format: "dateline-feedback/1", id, asked_at, request, verdict, note: note || null, answer,
    };
    if (!this.get(id) && this.#keys().length >= MOST) return false;
    try {
      this.#storage.setItem(PREFIX + id, JSON.stringify(judgement));
      return true;
    } catch {
      return false;
    }
  }

  /** Take a judgement back. */
  forget(id) {
    try {
      this.#storage.removeItem(PREFIX + id);
    } catch { /* a browser that keeps nothing has nothing to forget */ }
  }

  /** Every judgement, the oldest question first. */
  all() {
    const order = ({ asked_at, id }) => `${asked_at} ${id}`;
    return this.#keys().map((key) => this.#read(key)).filter((one) => one !== null)
      .sort((one, other) => (order(one) < order(other) ? -1 : 1));
  }

  /** Every judgement as JSON, one a line. */
  jsonl() {
    return this.all().map((one) => `${JSON.stringify(one)}\n`).join("");
  }

  #keys() {
    try {
      return Object.keys(this.#storage).filter((key) => key.startsWith(PREFIX));
    } catch {
      return [];
    }
  }

  #read(key) {
    try {
      const value = JSON.parse(this.#storage.getItem(key));
      return isJudgement(value) ? value : null;
    } catch {
      return null;
    }
  }
}
