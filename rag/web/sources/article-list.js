// The list of articles: searched, sorted, a window of it on the page; one row takes the keyboard.

import { articleRow, idAt, reachRow, settleRow } from "./article-row.js";
import { byId, count } from "../dom.js";

const WINDOW = 100; // rows shown at first, and added on request
const SAID_AFTER_MS = 500; // of silence at the keyboard

const words = new Intl.Collator("en", { sensitivity: "base", numeric: true });
const byTitle = (one, other) => words.compare(one.title, other.title)
  || (one.id < other.id ? -1 : 1);
const newestFirst = (one, other) => compare(other.published ?? "", one.published ?? "")
  || byTitle(one, other);
const compare = (one, other) => (one < other ? -1 : Number(one > other));
const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLocaleLowerCase();
const number = (value) => value.toLocaleString("en-GB");

/** The rows, and what finds and orders them. */
export class ArticleList {
  #choice;
  #acts;
  #say;
  #entries = []; // {article, said}, in the order of the list
  #found = [];
  #fresh = new Map();
  #rows = new Map(); // {row, key} by id, those on the page
  #shown = WINDOW;
  #current = null; // id of the row that takes the keyboard
  #timer = 0;

  /**
   * @param {Choice} choice
   * @param {{open: Function, remove: Function}} acts Given the article and the button pressed.
   * @param {(text: string) => void} say Tells a screen reader.
   */
  constructor(choice, acts, say) {
    [this.#choice, this.#acts, this.#say] = [choice, acts, say];
    byId("sources-search").addEventListener("input", () => this.#search());
    byId("sources-sort").addEventListener("change", () => this.show(choice.articles, this.#fresh));
    byId("sources-all").addEventListener("change", (event) => this.#chooseAll(event.target));
    byId("sources-more").addEventListener("click", () => this.#showMore());
    byId("sources-list").addEventListener("keydown", (event) => this.#key(event));
    byId("sources-list").addEventListener("focusin", (event) => this.#mark(idAt(event.target)));
  }

  /**
   * Show a collection.
   *
   * @param {Object[]} articles
   * @param {Map<string, string>} fresh What to call those that came or changed just now, by id;
   *   they stand first.
   */
  show(articles, fresh) {
    const order = byId("sources-sort").value === "title" ? byTitle : newestFirst;
    const first = (one, other) => fresh.has(other.id) - fresh.has(one.id) || order(one, other);
    this.#fresh = fresh;
    this.#entries = [...articles].sort(first).map((article) => ({
      article, said: plain(`${article.title} ${article.outlet ?? ""} ${article.id}`),
    }));
    this.#find();
  }

  /** Bring the ticks up to date, and why an article is left out. */
  refresh() {
    for (const { article } of this.#onPage()) {
      settleRow(this.#rows.get(article.id).row, article, this.#choice);
    }
    this.#countChosen();
  }

  /** Set the keyboard on an article's row, or on the one at its place; the search box if none. */
  focus(id, control = "row-title", place = 0) {
    const rows = [...byId("sources-list").children];
    const row = this.#rows.get(id)?.row ?? rows[Math.min(place, rows.length - 1)];
    const target = row?.querySelector(`.${control}`) ?? row?.querySelector(".row-title");
    (target ?? (this.#entries.length ? byId("sources-search") : byId("add-files"))).focus();
  }

  /** Set the keyboard on the row after (if it is the last: before) that of an article. */
  focusBeside(id) {
    const row = this.#rows.get(id)?.row;
    const beside = row?.nextElementSibling ?? row?.previousElementSibling;
    if (beside) this.focus(beside.dataset.id, "row-remove");
  }

  /** Mark a row while its article is being removed. */
  leaving(id, isLeaving) {
    this.#rows.get(id)?.row.classList.toggle("is-leaving", isLeaving);
  }

  #onPage() {
    return this.#found.slice(0, this.#shown);
  }

  #search() {
    this.#shown = WINDOW;
    this.#find();
    clearTimeout(this.#timer);
    this.#timer = setTimeout(
      () => this.#say(`${count(this.#found.length, "article")} found`), SAID_AFTER_MS);
  }

  #find() {
    const wanted = plain(byId("sources-search").value).split(/\s+/).filter(Boolean);
    this.#found = this.#entries.filter(({ said }) => wanted.every((word) => said.includes(word)));
    this.#render();
    byId("sources-note").hidden = this.#found.length > 0 || wanted.length === 0;
  }

  #render() {
    const held = document.activeElement;
    const heldId = idAt(held);
    const list = byId("sources-list");
    const place = heldId === null ? 0 : [...list.children].indexOf(held.closest("li"));
    const articles = this.#onPage().map(({ article }) => article);
    if (!articles.some(({ id }) => id === this.#current)) this.#current = articles[0]?.id ?? null;
    this.#rows = new Map(articles.map((article) => [article.id, this.#made(article)]));
    list.replaceChildren(...articles.map(({ id }) => this.#rows.get(id).row));
    if (heldId !== null) this.focus(heldId, held.classList[0], place);
    this.#offerMore();
    this.refresh();
  }

  /** The row that stands there already, if it would be the same. */
  #made(article) {
    const mark = this.#fresh.get(article.id);
    const key = JSON.stringify([article, mark]);
    const known = this.#rows.get(article.id);
    if (known?.key === key) return known;
    const row = articleRow(article, mark, {
      ...this.#acts, choose: (chosen) => this.#choice.choose([article.id], chosen),
    });
    reachRow(row, article.id === this.#current);
    return { row, key };
  }

  #countChosen() {
    const total = this.#found.length;
    const chosen = this.#found.filter(({ article }) => this.#choice.isChosen(article.id)).length;
    const all = byId("sources-all");
    all.checked = total > 0 && chosen === total;
    all.indeterminate = chosen > 0 && chosen < total;
    all.disabled = total === 0;
    const some = chosen === total ? "All" : chosen ? `${number(chosen)} of` : "None of";
    const searched = byId("sources-search").value.trim() ? " found" : "";
    byId("sources-all-words").textContent = `${some} ${number(total)}${searched} chosen`;
  }

  #chooseAll({ checked }) {
    this.#choice.choose(this.#found.map(({ article }) => article.id), checked);
  }

  #offerMore() {
    const left = this.#found.length - this.#shown;
    byId("sources-more").hidden = left <= 0;
    byId("sources-more").textContent =
      `Show ${Math.min(left, WINDOW)} of ${count(left, "more article")}; search to find one`;
  }

  #showMore() {
    const first = this.#found[this.#shown]?.article.id;
    this.#shown += WINDOW;
    this.#render();
    this.focus(first);
  }

  #key(event) {
    const row = event.target.closest("li");
    const list = byId("sources-list");
    const goals = {
      ArrowDown: row?.nextElementSibling, ArrowUp: row?.previousElementSibling,
      Home: list.firstElementChild, End: list.lastElementChild,
    };
    if (event.key === "Delete") row?.querySelector(".row-remove")?.click();
    if (!(event.key in goals)) return;
    event.preventDefault();
    goals[event.key]?.querySelector(`.${event.target.classList[0]}`)?.focus();
  }

  #mark(id) {
    if (id === null || id === this.#current) return;
    const before = this.#rows.get(this.#current);
    if (before) reachRow(before.row, false);
    this.#current = id;
    reachRow(this.#rows.get(id).row, true);
  }
}
