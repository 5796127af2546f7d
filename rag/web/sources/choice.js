// Which articles a question may use: by name, by outlet, by date. It knows no page.

import { count } from "../dom.js";
import { Problem } from "../wire/wire.js";

const KEPT_AS = "dateline.choice";
const MOST_NAMED = 500; // articles; a question's body may hold 64 KiB
const MOST_NAMED_CHARS = 30_000;
const NO_ARTICLE = ""; // no article has this id, and an empty list would admit all
const DAY = /^\d{4}-\d\d-\d\d$/;

/** Why a limit leaves an article out. */
export const REASON = Object.freeze({
  OUTLET: "other outlet", NO_OUTLET: "outlet unknown", UNDATED: "undated",
  EARLY: "too early", LATE: "too late", NEWER: "newer than the day it is asked as of",
});

/**
 * The reader's choice. Newcomers are in, unless the reader began with none and picked some.
 *
 * `named` holds the articles that are left out, or, if `only`, those that are in.
 */
export class Choice {
  #articles = [];
  #only = false;
  #named = new Set();
  #outlets = new Set();
  #from = null;
  #to = null;
  #asOf = null;
  #changed;

  /** @param {() => void} changed Called after every change of the choice. */
  constructor(changed) {
    this.#changed = changed;
    this.#restore();
  }

  get articles() { return this.#articles; }

  get outlets() { return this.#outlets; }

  get from() { return this.#from; }

  get to() { return this.#to; }

  get asOf() { return this.#asOf; }

  /** The collection, as it is now; a choice of articles that are all gone goes with them. */
  set articles(articles) {
    const wereNamed = this.#only && this.#named.size > 0;
    this.#articles = articles;
    if (wereNamed && !articles.some(({ id }) => this.#named.has(id))) this.#begin(false);
  }

  isChosen(id) {
    return this.#named.has(id) === this.#only;
  }

  /** Tick or untick these. */
  choose(ids, chosen) {
    for (const id of ids) {
      if (chosen === this.#only) this.#named.add(id);
      else this.#named.delete(id);
    }
    if (chosen && this.#articles.every(({ id }) => this.isChosen(id))) this.#begin(false);
    if (!chosen && !this.#articles.some(({ id }) => this.isChosen(id))) this.#begin(true);
    this.#settle();
  }

  /** Whether a question may use what has come just now, added by the reader's own hand. */
  welcome(ids) {
    if (this.#only) this.choose(ids, true);
  }

  setOutlet(outlet, wanted) {
    if (wanted) this.#outlets.add(outlet);
    else this.#outlets.delete(outlet);
    this.#settle();
  }

  /** @param {{from?: string, to?: string, asOf?: string}} days ISO; "" for none. */
  setDays({ from = this.#from, to = this.#to, asOf = this.#asOf }) {
    [this.#from, this.#to, this.#asOf] = [from || null, to || null, asOf || null];
    this.#settle();
  }

  clear() {
    this.#begin(false);
    this.#outlets.clear();
    this.setDays({ from: "", to: "", asOf: "" });
  }

  get namesSome() {
    return this.#only || this.#articles.some(({ id }) => this.#named.has(id));
  }

  get isRestricted() {
    return this.namesSome || this.#outlets.size > 0 || this.hasDays;
  }

  get hasDays() {
    return Boolean(this.#from || this.#to || this.#asOf);
  }

  /** Which limit leaves the article out; null if none does. What was unticked is no limit. */
  leftOutBy({ outlet, published }) {
    if (this.#outlets.size && !outlet) return REASON.NO_OUTLET;
    if (this.#outlets.size && !this.#outlets.has(outlet)) return REASON.OUTLET;
    if (this.hasDays && !published) return REASON.UNDATED;
    if (this.#from && published < this.#from) return REASON.EARLY;
    if (this.#to && published > this.#to) return REASON.LATE;
    return this.#asOf && published > this.#asOf ? REASON.NEWER : null;
  }

  /** The articles that a question may use, in the collection's order. */
  used() {
    return this.#articles.filter((one) => this.isChosen(one.id) && !this.leftOutBy(one));
  }

  /** What keeps a question from being asked with this choice; null if nothing does. */
  obstacle() {
    if (!this.#articles.length || !this.isRestricted) return null;
    const used = this.used();
    if (!used.length) {
      return new Problem({
        title: "No article may be used", detail: this.#whyNone(),
        hint: "Clear what restricts it, above the question box",
      });
    }
    return this.namesSome && !fits(used) ? tooMany(used.length) : null;
  }

  /** As `filters` of the wire: only what restricts. With an obstacle, they admit no article. */
  filters() {
    const ids = this.obstacle() ? [NO_ARTICLE]
      : this.namesSome ? this.used().map(({ id }) => id) : [];
    return {
      ...(ids.length && { article_ids: ids }),
      ...(this.#outlets.size && { outlets: [...this.#outlets].sort() }),
      ...(this.#from && { published_from: this.#from }),
      ...(this.#to && { published_to: this.#to }),
    };
  }

  #whyNone() {
    const chosen = this.#articles.filter(({ id }) => this.isChosen(id));
    if (!chosen.length) return "None is chosen";
    const undated = chosen.filter(({ published }) => !published).length;
    if (this.hasDays && undated === chosen.length) {
      return `${count(undated, "article")} without a date: a date limit leaves them out`;
    }
    return "None of those chosen is inside the limits";
  }

  #begin(only) {
    this.#only = only;
    this.#named.clear();
  }

  #settle() {
    this.#keep();
    this.#changed();
  }

  #keep() {
    const there = new Set(this.#articles.map(({ id }) => id));
    const kept = {
      only: this.#only, named: [...this.#named].filter((id) => there.has(id)),
      outlets: [...this.#outlets], from: this.#from, to: this.#to, asOf: this.#asOf,
    };
    try {
      if (this.isRestricted) localStorage.setItem(KEPT_AS, JSON.stringify(kept));
      else localStorage.removeItem(KEPT_AS);
    } catch { /* Without storage the choice lasts as long as the page. */ }
  }

  #restore() {
    try {
      const { only, named, outlets, ...days } = JSON.parse(localStorage.getItem(KEPT_AS)) ?? {};
      this.#only = only === true;
      this.#named = new Set(words(named));
      this.#outlets = new Set(words(outlets));
      const [from, to, asOf] = ["from", "to", "asOf"].map((key) => days[key]);
      [this.#from, this.#to, this.#asOf] = [from, to, asOf].map(dayOrNull);
    } catch { /* What cannot be read was not written by this page. */ }
  }
}

const words = (list) => (Array.isArray(list) ? list.filter((one) => typeof one === "string") : []);
const dayOrNull = (value) => (DAY.test(value) ? value : null);

function fits(articles) {
  return articles.length <= MOST_NAMED
    && JSON.stringify(articles.map(({ id }) => id)).length <= MOST_NAMED_CHARS;
}

const tooMany = (number) => new Problem({
  title: "Too many articles are chosen one by one",
  detail: `${count(number, "article")} would have to be named; `
    + `a question can name about ${MOST_NAMED}`,
  hint: "Use all of them or fewer, or limit them by outlet or date",
});
