// The articles that questions are asked of: which there are, which may be used, and changing them.

import { Adding } from "./adding.js";
import { ArticleList } from "./article-list.js";
import { Choice } from "./choice.js";
import { Column } from "./column.js";
import { byId, count } from "../dom.js";
import { takeDrops } from "./dropping.js";
import { KINDS } from "./files.js";
import { Limits } from "./limits.js";
import { Pasting } from "./pasting.js";
import { Removal } from "./removal.js";
import { Report } from "./report.js";
import { Scope } from "./scope.js";
import { listArticles } from "../wire/wire.js";

const LOOK_AGAIN_MS = 10_000; // at the earliest, when the reader comes back to the page

/** The articles, and what the reader chose among them. */
export class Sources {
  #open;
  #articles = null; // null until they have come
  #generation = null;
  #fresh = new Map();
  #isReadOnly = false;
  #loads = 0;
  #lookedAt = 0;
  #listeners = [];
  #others = new BroadcastChannel("dateline.articles"); // this page in other tabs
  #choice = new Choice(() => this.#chosen());
  #column = new Column();
  #scope = new Scope(this.#choice);
  #limits = new Limits(this.#choice);
  #report = new Report((text) => this.#say(text), () => this.#readOnly());
  #list = new ArticleList(
    this.#choice,
    {
      open: (article, opener) => this.#read(article, opener),
      remove: (article) => { if (!this.#isReadOnly) this.#removal.remove(article); },
    },
    (text) => this.#say(text),
  );

  #adding = new Adding((change) => this.#changed(change), this.#report);
  #removal = new Removal(
    this.#list, (change) => this.#changed(change), this.#report, (text) => this.#say(text));

  #pasting = new Pasting((article) => this.#add(() => this.#adding.article(article)));

  /** @param {(article: Object, opener: HTMLElement) => void} open Shows an article. */
  constructor(open) {
    this.#open = open;
    for (const id of ["add-files", "opening-add-files"]) {
      byId(id).addEventListener("click", () => byId("files").click());
    }
    for (const id of ["paste-open", "opening-paste-open"]) {
      byId(id).addEventListener("click", () => this.#pasting.open());
    }
    byId("files").accept = KINDS.join();
    byId("files").addEventListener("change", () => this.#takeChosen());
    byId("sources-again").addEventListener("click", () => this.load().catch(() => {}));
    byId("sources").addEventListener("keydown", (event) => this.#key(event));
    takeDrops((files) => this.#takeFiles(files), (error) => this.#notTaken(error));
    addEventListener("focus", () => this.#lookAgain());
    document.addEventListener("visibilitychange", () => this.#lookAgain());
    this.#others.addEventListener("message", () => this.load().catch(() => {}));
  }

  /** Close the drawer; true if it was open. */
  close() {
    return this.#column.closeDrawer();
  }

  /** Which articles a question may use, as `filters` of the wire. */
  filters() {
    return this.#choice.filters();
  }

  /** Whether a question can be asked of what is chosen; if not, the reader is told once more. */
  mayAsk() {
    const may = this.#choice.obstacle() === null;
    if (!may) this.#scope.refresh();
    return may;
  }

  /** Let a question use every article again. */
  clear() {
    this.#choice.clear();
  }

  /** The day that a question is asked as of, ISO; null for none. */
  asOf() {
    return this.#choice.asOf;
  }

  /** @param {(articles: Object[], generation: string|null) => void} callback After every change. */
  onChange(callback) {
    this.#listeners.push(callback);
  }

  /**
   * Fetch the list and show it.
   *
   * @returns {Promise<{generation: string, articles: Object[]}>}
   * @throws {Problem} It is shown here as well, if there is no earlier list.
   */
  async load() {
    this.#loads += 1;
    const mine = this.#loads;
    this.#lookedAt = Date.now();
    try {
      const listed = await listArticles();
      if (mine === this.#loads) this.show(listed.articles, listed.generation);
      return listed;
    } catch (error) {
      if (!this.#articles) this.#unreachable(error);
      throw error;
    }
  }

  /** Show these articles. */
  show(articles, generation = null) {
    const wereThere = this.#articles !== null;
    if (wereThere && generation !== null && generation === this.#generation) return;
    [this.#articles, this.#generation] = [articles, generation];
    this.#choice.articles = articles;
    this.#limits.show(articles);
    this.#list.show(articles, this.#fresh);
    byId("sources-toggle-words").textContent =
      articles.length ? count(articles.length, "article") : "No articles";
    byId("sources").dataset.state = articles.length ? "listed" : "empty";
    byId("opening-empty").hidden = articles.length > 0;
    this.#chosen();
    if (wereThere) for (const callback of this.#listeners) callback(articles, generation);
  }

  #chosen() {
    this.#list.refresh();
    this.#limits.refresh();
    this.#scope.refresh();
  }

  #read(article, opener) {
    const source = { ...article, article_id: article.id, id: undefined };
    this.#open(source, this.#column.closeDrawer() ? byId("sources-toggle") : opener);
  }

  #takeChosen() {
    const files = [...byId("files").files];
    byId("files").value = ""; // the same file may be chosen again
    this.#takeFiles(files);
  }

  #takeFiles(files) {
    if (!files.length || this.#isReadOnly) return;
    this.#column.open();
    this.#add(() => this.#adding.files(files)).catch(() => {});
  }

  #notTaken(error) {
    this.#column.open();
    this.#report.problem("What was dropped could not be added", error);
  }

  async #add(work) {
    this.#fresh = new Map();
    this.#report.clear();
    try {
      await work();
    } catch (error) {
      this.#report.heed(error);
      throw error;
    }
  }

  /** The collection is another one now. */
  async #changed({ added = [], updated = [] }) {
    for (const id of added) this.#fresh.set(id, "new");
    for (const id of updated) this.#fresh.set(id, "replaced");
    this.#choice.welcome(added);
    this.#others.postMessage("changed");
    await this.load().catch(() => {});
  }

  #lookAgain() {
    const isDue = Date.now() - this.#lookedAt > LOOK_AGAIN_MS;
    if (this.#articles && isDue && document.visibilityState === "visible") {
      this.load().catch(() => {});
    }
  }

  #unreachable(error) {
    byId("sources").dataset.state = "failed";
    byId("sources-failure").textContent = (error.said ?? [String(error)]).join(" ");
  }

  #readOnly() {
    this.#isReadOnly = true;
    byId("sources").classList.add("is-read-only");
    byId("opening-empty").classList.add("is-read-only");
    byId("drop-words").textContent = "Articles cannot be added here";
  }

  #key(event) {
    const isUndo = event.key === "z" && (event.ctrlKey || event.metaKey) && !event.shiftKey;
    if (!isUndo || event.target.matches("input:not([type=checkbox]), textarea")) return;
    event.preventDefault();
    this.#removal.undo();
  }

  #say(text) {
    byId("sources-said").textContent = text;
  }
}
