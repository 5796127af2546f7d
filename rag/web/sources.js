// The articles that questions are asked of: which there are, and which may be used.

import { byId, count, el, provenance } from "./dom.js";

const LISTED_AT_MOST = 200;
const FILTER_FROM = 12; // articles

/** The articles that questions are asked of. */
export class Sources {
  #articles = [];
  #open;

  /** @param {(article: Object, opener: HTMLElement) => void} open */
  constructor(open) {
    this.#open = open;
    const details = byId("corpus");
    byId("corpus-filter").addEventListener("input", () => this.#list());
    document.addEventListener("click", (event) => {
      if (!details.contains(event.target)) details.open = false;
    });
    details.addEventListener("focusout", (event) => {
      if (event.relatedTarget && !details.contains(event.relatedTarget)) details.open = false;
    });
  }

  /** Close it; true if it was open. */
  close() {
    const wasOpen = byId("corpus").open;
    byId("corpus").open = false;
    if (wasOpen) byId("corpus").querySelector("summary").focus();
    return wasOpen;
  }

  /** Which articles a question may use, as `filters` of the wire. */
  filters() {
    return {};
  }

  /** The day that a question is asked as of, ISO; null for none. */
  asOf() {
    return null;
  }

  show(articles) {
    this.#articles = articles;
    const many = articles.length >= FILTER_FROM;
    byId("corpus-filter").hidden = byId("corpus-filter-label").hidden = !many;
    byId("corpus").querySelector("summary").textContent =
      articles.length ? count(articles.length, "article") : "No articles";
    this.#list();
  }

  #list() {
    const wanted = byId("corpus-filter").value.trim().toLocaleLowerCase();
    const found = this.#articles.filter(({ title, outlet, id }) =>
      `${title} ${outlet ?? ""} ${id}`.toLocaleLowerCase().includes(wanted));
    const shown = found.slice(0, LISTED_AT_MOST);
    byId("corpus-list").replaceChildren(...shown.map((article) => this.#item(article)));
    const hidden = found.length - shown.length;
    byId("corpus-note").hidden = hidden === 0 && found.length > 0;
    byId("corpus-note").textContent =
      found.length ? `${count(hidden, "more article")} not shown; filter to find them.`
        : wanted ? "No article matches." : "Add some with: dateline index FOLDER";
  }

  #item(article) {
    const choose = () => {
      byId("corpus").open = false;
      this.#open({ ...article, article_id: article.id, id: undefined },
        byId("corpus").querySelector("summary"));
    };
    return el("li", {}, el("button", { type: "button", onclick: choose },
      el("span", { class: "title" }, article.title || article.id),
      el("span", { class: "meta" }, provenance(article), " · ",
        el("span", { class: "article-id" }, article.id))));
  }
}
