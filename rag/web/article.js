// The pane that shows an article, with a quotation marked in it.

import { addressNode, byId, el, provenance } from "./dom.js";
import { fetchArticle } from "./wire.js";

const LONG_LINE = 120; // mean UTF-16 units a line above which every line is a paragraph

/**
 * Where the code point number `codePoints` begins, in UTF-16 units.
 *
 * The service counts Unicode code points, JavaScript UTF-16 units; a character outside the basic
 * plane is one of the first and two of the second.
 */
export function utf16Offset(text, codePoints) {
  let offset = 0;
  for (let seen = 0; seen < codePoints && offset < text.length; seen += 1) {
    offset += text.codePointAt(offset) > 0xffff ? 2 : 1;
  }
  return offset;
}

/**
 * Cut a text into paragraphs, but never inside `kept`.
 *
 * Blank lines separate paragraphs; single line ends do too where lines are long or no line is blank.
 *
 * @param {string} text
 * @param {{start: number, end: number}|null} kept UTF-16 units.
 * @returns {{start: number, end: number}[]} UTF-16 units, in order, none of white space only.
 */
export function paragraphs(text, kept) {
  const cuts = [];
  let from = 0;
  for (const gap of text.matchAll(separator(text))) {
    const [start, end] = [gap.index, gap.index + gap[0].length];
    if (kept && start < kept.end && end > kept.start) continue;
    cuts.push({ start: from, end: start });
    from = end;
  }
  cuts.push({ start: from, end: text.length });
  return cuts.filter(({ start, end }) => text.slice(start, end).trim() !== "");
}

function separator(text) {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== "");
  const mean = text.length / Math.max(lines.length, 1);
  const blank = /\r?\n[ \t]*\r?\n\s*/g;
  return mean > LONG_LINE || !blank.test(text) ? /\s*\n\s*/g : new RegExp(blank.source, "g");
}

/** Paragraphs as elements; the marked span, if any, is the one `<mark>` among them. */
function paragraphNodes(text, marked) {
  return paragraphs(text, marked).map(({ start, end }) => {
    if (!marked || marked.start < start || marked.end > end) {
      return el("p", {}, text.slice(start, end));
    }
    return el("p", {}, text.slice(start, marked.start),
      el("mark", {}, text.slice(marked.start, marked.end)), text.slice(marked.end, end));
  });
}

/** The pane beside (on a narrow screen: over) the conversation. */
export class ArticlePane {
  #pane = byId("pane");
  #narrow = matchMedia("(max-width: 959px)");
  #opener = null;
  #request = null;

  constructor() {
    byId("pane-close").addEventListener("click", () => this.close());
    this.#narrow.addEventListener("change", () => this.#shield());
  }

  get isOpen() {
    return !this.#pane.hidden;
  }

  /**
   * Show an article.
   *
   * @param {Object} source `article_id`, and what is known: `title`, `outlet`, `published`, `url`;
   *   a quotation also has `start`, `end` (code points) and `quote`, and its `id` in the answer.
   * @param {HTMLElement} opener Gets the focus back.
   */
  async open(source, opener) {
    this.#request?.abort();
    this.#request = new AbortController();
    const { signal } = this.#request;
    this.#markOpener(opener);
    this.#pane.hidden = false;
    this.#shield();
    this.#head(source, source.quote === undefined ? "Article" : `Citation ${source.id ?? ""}`);
    byId("pane-text").replaceChildren();
    this.#note("Loading the article…");
    byId("pane-title").focus({ preventScroll: true });
    try {
      const article = await fetchArticle(source.article_id, signal);
      if (!signal.aborted) this.#show(article, source);
    } catch (error) {
      if (signal.aborted) return;
      this.#note((error.said ?? [String(error)]).join(" "), true);
    }
  }

  close() {
    if (!this.isOpen) return;
    this.#request?.abort();
    this.#pane.hidden = true;
    this.#shield();
    const opener = this.#opener;
    this.#markOpener(null);
    const target = opener?.isConnected && opener.offsetParent ? opener : byId("question");
    target.focus({ preventScroll: target === opener });
  }

  #show(article, source) {
    this.#head(article, byId("pane-kind").textContent);
    this.#note("");
    const marked = this.#located(article.text, source);
    byId("pane-text").replaceChildren(...paragraphNodes(article.text, marked));
    const scroller = byId("pane-scroll");
    const mark = scroller.querySelector("mark");
    scroller.scrollTop = 0;
    if (!mark) return;
    const above = mark.getBoundingClientRect().top - scroller.getBoundingClientRect().top;
    scroller.scrollTop = above - scroller.clientHeight / 4;
  }

  /** The quotation in UTF-16 units; null, and a note, if the article no longer says it there. */
  #located(text, { start, end, quote }) {
    if (quote === undefined) return null;
    const span = { start: utf16Offset(text, start), end: utf16Offset(text, end) };
    if (text.slice(span.start, span.end) === quote) return span;
    this.#note(`The article has changed since the answer, which quoted: “${quote}”`, true);
    return null;
  }

  #head(article, kind) {
    byId("pane-kind").textContent = kind;
    byId("pane-title").textContent = article.title || article.id || article.article_id;
    const address = addressNode(article.url);
    const id = el("span", { class: "article-id" }, article.article_id ?? article.id);
    byId("pane-meta").replaceChildren(
      provenance(article), " · ", ...(address ? [address, " · "] : []), id);
  }

  #note(text, isProblem = false) {
    const note = byId("pane-note");
    note.textContent = text;
    note.hidden = text === "";
    note.classList.toggle("is-problem", isProblem);
  }

  #markOpener(opener) {
    this.#opener?.removeAttribute("aria-current");
    this.#opener = opener;
    opener?.setAttribute("aria-current", "true");
  }

  /** Over the page, the pane keeps the keyboard to itself; beside it, both can be reached. */
  #shield() {
    byId("desk").inert = this.isOpen && this.#narrow.matches;
    document.documentElement.classList.toggle("pane-open", this.isOpen);
  }
}
