// What came of a change of the collection, as a notice above the list; and what can be undone.

import { byId, count, el } from "../dom.js";

const NAMED_AT_MOST = 8;

/** Notices: one of each kind at a time, each with a button that puts it away. */
export class Report {
  #say;
  #forbidden;

  /**
   * @param {(text: string) => void} say Tells a screen reader.
   * @param {() => void} forbidden Called when the service says that the reader may change nothing.
   */
  constructor(say, forbidden) {
    [this.#say, this.#forbidden] = [say, forbidden];
  }

  /**
   * Files, or an article, were added.
   *
   * @param {{added: string[], updated: string[], unchanged: string[]}} change
   * @param {{name: string, why: string, hint?: string}[]} bad Files that were not.
   * @param {number} held Files that were not sent, or of which nothing was added.
   * @param {Problem|null} error Why; null if the reader stopped it.
   */
  added(change, bad, held, error = null) {
    byId("sources-report").replaceChildren();
    const said = summary(change);
    if (said) this.#notice("done", said, []);
    if (bad.length) this.#notice("problem", `${count(bad.length, "file")} not added`, flaws(bad));
    if (error) this.#notice("problem", `${count(held, "file")} not added`, this.#lines(error));
    else if (held) this.#notice("done", `Stopped; ${count(held, "file")} not sent.`, []);
    this.#tell();
  }

  /** Something else went wrong. */
  problem(title, error) {
    byId("sources-report").replaceChildren();
    this.#notice("problem", title, this.#lines(error));
    this.#tell();
  }

  /** Take notice of an error that is shown elsewhere. */
  heed(error) {
    if (error.code === "scope_missing") this.#forbidden();
  }

  clear() {
    byId("sources-report").replaceChildren();
  }

  #lines(error) {
    this.heed(error);
    return (error.said ?? [String(error)]).map((line) => el("p", {}, line));
  }

  #notice(kind, title, lines) {
    const away = () => {
      notice.remove();
      byId("sources-title").focus();
    };
    const notice = el("div", { class: `notice is-${kind}` },
      el("div", {}, el("p", { class: "notice-title" }, title), ...lines),
      el("button", {
        type: "button", class: "notice-away", "aria-label": `Dismiss: ${title}`, onclick: away,
      }, "×"));
    byId("sources-report").append(notice);
  }

  #tell() {
    const titles = [...byId("sources-report").querySelectorAll(".notice > div")];
    this.#say(titles.map(({ innerText }) => innerText).join(" "));
  }
}

/** "Added 2 articles, replaced 1." */
export function summary({ added = [], updated = [], unchanged = [] }) {
  const parts = [
    added.length ? `added ${count(added.length, "article")}` : "",
    updated.length ? `replaced ${count(updated.length, "article")}` : "",
    unchanged.length ? `${count(unchanged.length, "article")} already there, unchanged` : "",
  ].filter(Boolean);
  const said = parts.join(", ");
  return said && `${said[0].toUpperCase()}${said.slice(1)}.`;
}

function flaws(bad) {
  const hints = [...new Set(bad.map(({ hint }) => hint).filter(Boolean))];
  const more = bad.length - NAMED_AT_MOST;
  return [
    el("ul", {}, ...bad.slice(0, NAMED_AT_MOST).map(({ name, why }) =>
      el("li", {}, el("span", { class: "file" }, name), `: ${why}`))),
    more > 0 ? el("p", {}, `and ${count(more, "more file")}`) : null,
    ...hints.map((hint) => el("p", {}, hint)),
  ].filter((node) => node !== null);
}
