// The reader: an article beside (on a narrow screen: over) the conversation, its quotations marked.

import { addressNode, byId, el, provenance } from "../dom.js";
import { chipButton } from "../talk/chips.js";
import { reference } from "../talk/exports.js";
import { icon } from "../icons.js";
import { copy } from "../save.js";
import { located, paragraphNodes } from "./spans.js";
import { fetchArticle } from "../wire/wire.js";

const KEPT = 6; // articles that need not be fetched again
const STEPS = { ArrowLeft: -1, k: -1, K: -1, ArrowRight: 1, j: 1, J: 1 };

/**
 * The reader.
 *
 * A source has `article_id` and what is known: `title`, `outlet`, `published`, `url`; a quotation
 * also has `start`, `end` (code points), `quote`, and its `id` in the answer.
 *
 * A trail is what can be stepped through from a quotation: `citations`, by number; `sentences`,
 * `{text, citations}`; `sentence`, the one it was opened from, or null; `generation`, that which
 * answered, or null; `mark(id)`, which shows in the answer where the reader is.
 */
export class ArticlePane {
  #pane = byId("pane");
  #narrow = matchMedia("(max-width: 959px)");
  #kept = new Map();
  #opener = null;
  #request = null;
  #source = null;
  #trail = null;

  constructor() {
    byId("pane-close").addEventListener("click", () => this.close());
    byId("pane-previous").append(icon("left"));
    byId("pane-next").append(icon("right"));
    byId("pane-previous").addEventListener("click", () => this.#step(-1));
    byId("pane-next").addEventListener("click", () => this.#step(1));
    byId("pane-copy").addEventListener("click", () => this.#copy());
    this.#pane.addEventListener("keydown", (event) => this.#key(event));
    this.#narrow.addEventListener("change", () => this.#shield());
  }

  get isOpen() {
    return !this.#pane.hidden;
  }

  /**
   * Show an article.
   *
   * @param {Object} source
   * @param {HTMLElement} opener Gets the focus back.
   * @param {Object|null} trail
   */
  async open(source, opener, trail = null) {
    this.#trail?.mark(null);
    this.#opener?.removeAttribute("aria-current");
    this.#opener = opener;
    this.#trail = trail;
    if (!trail) opener?.setAttribute("aria-current", "true");
    this.#pane.hidden = false;
    this.#shield();
    const shown = this.#show(source);
    byId("pane-title").focus({ preventScroll: true });
    await shown;
  }

  close() {
    if (!this.isOpen) return false;
    this.#request?.abort();
    this.#pane.hidden = true;
    this.#shield();
    this.#trail?.mark(null);
    this.#opener?.removeAttribute("aria-current");
    const seen = this.#opener?.isConnected && this.#opener.offsetParent;
    const target = seen ? this.#opener : byId("question");
    target.focus({ preventScroll: target === this.#opener });
    this.#opener = this.#trail = null;
    return true;
  }

  #key(event) {
    const step = STEPS[event.key];
    const isPlain = !event.ctrlKey && !event.altKey && !event.metaKey;
    if (!step || !isPlain || !this.#trail) return;
    event.preventDefault();
    this.#step(step);
  }

  /** To the quotation before or after this one; the focus stays where it is. */
  #step(by) {
    const { citations } = this.#trail;
    const next = citations[this.#place() + by];
    if (next) this.#show(next);
  }

  #place() {
    return this.#trail ? this.#trail.citations.findIndex(({ id }) => id === this.#source.id) : -1;
  }

  async #show(source) {
    this.#request?.abort();
    this.#request = new AbortController();
    const { signal } = this.#request;
    this.#source = source;
    this.#head(source);
    this.#bar();
    try {
      const article = await this.#article(source.article_id, signal);
      if (!signal.aborted) this.#fill(article);
    } catch (error) {
      if (signal.aborted) return;
      byId("pane-text").replaceChildren();
      this.#note(this.#lost(error), true);
    }
  }

  /** The article as it was when it was quoted; as it is now if that is gone. */
  async #article(id, signal) {
    const generation = this.#trail?.generation ?? null;
    const key = JSON.stringify([id, generation]);
    if (generation && this.#kept.has(key)) return this.#kept.get(key);
    byId("pane-text").replaceChildren();
    this.#note("Loading the article…");
    const article = await fetchArticle(id, generation, signal).catch((error) => {
      if (!generation || error.status !== 404) throw error;
      return fetchArticle(id, null, signal);
    });
    this.#kept.set(key, article);
    if (this.#kept.size > KEPT) this.#kept.delete(this.#kept.keys().next().value);
    return article;
  }

  #fill(article) {
    const { text } = article;
    this.#head({ ...article, article_id: article.id });
    const isQuoted = this.#source.quote !== undefined;
    const current = isQuoted ? located(text, this.#source) : null;
    const others = (this.#trail?.citations ?? [])
      .filter((one) => one.article_id === article.id && one.id !== this.#source.id)
      .map((one) => located(text, one)).filter((span) => span !== null);
    byId("pane-text").replaceChildren(...paragraphNodes(text, current, others));
    this.#note(isQuoted && !current ? this.#changed() : "", true);
    this.#scroll();
  }

  #scroll() {
    const scroller = byId("pane-scroll");
    const mark = scroller.querySelector("mark:not(.faint)");
    scroller.scrollTop = 0;
    if (!mark) return;
    const above = mark.getBoundingClientRect().top - scroller.getBoundingClientRect().top;
    scroller.scrollTop = above - scroller.clientHeight / 4;
  }

  #changed() {
    return `The article has changed since the answer, which quoted: “${this.#source.quote}”`;
  }

  #lost(error) {
    const said = (error.said ?? [String(error)]).join(" ");
    const { quote } = this.#source;
    if (error.status !== 404 || quote === undefined) return said;
    return `This article is no longer in the collection. The answer quoted: “${quote}”`;
  }

  #head(source) {
    byId("pane-title").textContent = source.title || source.article_id;
    const address = addressNode(source.url);
    byId("pane-meta").replaceChildren(provenance(source), " · ", ...(address ? [address, " · "] : []),
      el("span", { class: "article-id" }, source.article_id));
  }

  /** Which quotation this is, of how many, and the sentence that it stands behind. */
  #bar() {
    const { quote, id } = this.#source;
    const place = this.#place();
    const all = this.#trail?.citations.length ?? 0;
    const isOneOf = place >= 0 && all > 1;
    byId("pane-kind").textContent = quote === undefined ? "Article"
      : isOneOf ? `Citation ${place + 1} of ${all}` : id ? `Citation ${id}` : "Evidence";
    byId("pane-steps").hidden = !isOneOf;
    byId("pane-copy").hidden = quote === undefined;
    byId("pane-previous").setAttribute("aria-disabled", String(place <= 0));
    byId("pane-next").setAttribute("aria-disabled", String(place >= all - 1));
    this.#trail?.mark(id ?? null);
    this.#claim();
  }

  #claim() {
    const claim = byId("pane-claim");
    const held = claim.contains(document.activeElement);
    const said = this.#sentence();
    claim.hidden = !said;
    if (!said) return;
    this.#trail.sentence = said;
    const cited = said.citations.map((id) => this.#trail.citations.find((one) => one.id === id));
    claim.replaceChildren(el("q", {}, said.text),
      ...cited.filter(Boolean).map((citation) => {
        const chip = chipButton(citation, () => this.#show(citation));
        if (citation.id === this.#source.id) chip.setAttribute("aria-current", "true");
        return chip;
      }));
    if (held) claim.querySelector("[aria-current]").focus({ preventScroll: true });
  }

  /** The sentence that the reader came from while it cites this; else the first that does. */
  #sentence() {
    const cites = (one) => one?.citations.includes(this.#source.id);
    const { sentence = null, sentences = [] } = this.#trail ?? {};
    return cites(sentence) ? sentence : sentences.find(cites) ?? null;
  }

  async #copy() {
    const source = this.#source;
    const done = await copy(`“${source.quote}”\n${reference(source)}\n`);
    byId("pane-copied").textContent = done ? "Copied." : "The browser did not let it be copied.";
  }

  #note(text, isProblem = false) {
    const note = byId("pane-note");
    note.textContent = text;
    note.hidden = text === "";
    note.classList.toggle("is-problem", isProblem);
    byId("pane-copied").textContent = "";
  }

  /** Over the page, the pane keeps the keyboard to itself; beside it, both can be reached. */
  #shield() {
    byId("desk").inert = this.isOpen && this.#narrow.matches;
    document.documentElement.classList.toggle("pane-open", this.isOpen);
  }
}
