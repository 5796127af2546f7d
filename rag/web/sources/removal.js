// Taking an article out, and putting it back.

import { addArticles, removeArticle } from "./collection.js";
import { byId, count } from "../dom.js";
import { fetchArticle } from "../wire/wire.js";

const KEPT = 20; // articles that can be put back

/** Removes at once; what was removed is held here until the page is left. */
export class Removal {
  #list;
  #changed;
  #report;
  #say;
  #gone = []; // whole articles, the last one last
  #leaving = new Set();

  /**
   * @param {ArticleList} list
   * @param {(change: Object) => Promise<void>} changed Called after each change of the collection.
   * @param {Report} report
   * @param {(text: string) => void} say Tells a screen reader.
   */
  constructor(list, changed, report, say) {
    [this.#list, this.#changed, this.#report, this.#say] = [list, changed, report, say];
    byId("undo").addEventListener("click", () => this.undo());
    byId("undo-away").addEventListener("click", () => this.#forget());
  }

  async remove({ id, title }) {
    if (this.#leaving.has(id)) return;
    this.#leaving.add(id);
    this.#list.leaving(id, true);
    this.#list.focusBeside(id);
    try {
      const whole = await fetchArticle(id);
      await this.#changed(await removeArticle(id));
      this.#gone = [...this.#gone, whole].slice(-KEPT);
      this.#show();
      this.#say(`Removed “${title}”. It can be put back with Undo, below the list.`);
    } catch (error) {
      if (error.code === "article_not_found") await this.#changed({}); // gone already
      else this.#report.problem(`“${title}” was not removed`, error);
      this.#list.leaving(id, false);
    } finally {
      this.#leaving.delete(id);
    }
  }

  /** Put the last one back, as it was. */
  async undo() {
    const whole = this.#gone.pop();
    if (!whole) return;
    byId("undo").disabled = true;
    try {
      await addArticles([asSent(whole)], () => {});
      await this.#changed({}); // it is not new
      this.#say(`“${whole.title}” is back.`);
      this.#show();
      this.#list.focus(whole.id);
    } catch (error) {
      this.#gone.push(whole);
      this.#report.problem(`“${whole.title}” was not put back`, error);
    } finally {
      byId("undo").disabled = false;
    }
  }

  #forget() {
    this.#gone = [];
    this.#show();
    byId("sources-title").focus();
  }

  #show() {
    const last = this.#gone.at(-1);
    byId("undo-bar").hidden = !last;
    if (!last) return;
    const before = this.#gone.length - 1;
    byId("undo-words").textContent =
      `Removed “${last.title}”${before ? ` and ${count(before, "article")} before it` : ""}`;
  }
}

/** Exactly the fields that make an article what it was. */
function asSent({ id, title, outlet, published, url, text }) {
  return { id, title, outlet, published, url, text };
}
