// The line above the question box that says what restricts the question.

import { byId, count, dateNode, el } from "../dom.js";

const OUTLETS_NAMED = 2;

/** `<div id="scope">`: hidden while every article may be used. */
export class Scope {
  #choice;
  #words = el("span", { role: "status" });
  #clear;

  /** @param {Choice} choice */
  constructor(choice) {
    this.#choice = choice;
    this.#clear = el("button", {
      type: "button", hidden: true, onclick: () => this.#drop(),
    }, "Clear");
    this.#clear.setAttribute("aria-label", "Clear: use all articles again");
    byId("scope").append(this.#words, this.#clear);
  }

  refresh() {
    const { articles, isRestricted } = this.#choice;
    const shown = isRestricted && articles.length > 0;
    const obstacle = this.#choice.obstacle();
    byId("scope").classList.toggle("is-problem", obstacle !== null);
    this.#words.replaceChildren(...(shown ? this.#said(obstacle) : []));
    this.#clear.hidden = !shown;
    byId("scope").classList.toggle("is-shown", shown);
  }

  #drop() {
    this.#choice.clear();
    byId("question").focus();
  }

  #said(obstacle) {
    if (obstacle) return [obstacle.said.slice(0, 2).join(" ")];
    const { articles, asOf } = this.#choice;
    const used = this.#choice.used().length;
    const parts = [
      [`Using ${used.toLocaleString("en-GB")} of ${count(articles.length, "article")}`],
      this.#outlets(), this.#dates(), asOf ? ["as of ", dateNode(asOf)] : null,
    ].filter((part) => part !== null);
    return parts.flatMap((part, place) => (place ? [" · ", ...part] : part));
  }

  #outlets() {
    const outlets = [...this.#choice.outlets].sort();
    if (!outlets.length) return null;
    const more = outlets.length - OUTLETS_NAMED;
    const named = outlets.slice(0, OUTLETS_NAMED).join(", ");
    return [more > 0 ? `${named} and ${count(more, "other outlet")}` : named];
  }

  #dates() {
    const { from, to } = this.#choice;
    if (from && to) return [dateNode(from), " to ", dateNode(to)];
    if (from) return ["from ", dateNode(from)];
    return to ? ["until ", dateNode(to)] : null;
  }
}
