// Where quotations stand in a text, and the text as paragraphs in which they are marked.

import { el } from "../dom.js";

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

/** Where a quotation stands, in UTF-16 units; null if the text does not say it there. */
export function located(text, { start, end, quote }) {
  const span = { start: utf16Offset(text, start), end: utf16Offset(text, end) };
  return text.slice(span.start, span.end) === quote ? span : null;
}

/**
 * Cut a text into paragraphs, but never inside a span that is kept whole.
 *
 * Blank lines separate paragraphs; single line ends do too where lines are long or no line is blank.
 *
 * @param {string} text
 * @param {{start: number, end: number}[]} kept UTF-16 units.
 * @returns {{start: number, end: number}[]} UTF-16 units, in order, none of white space only.
 */
export function paragraphs(text, kept) {
  const cuts = [];
  let from = 0;
  for (const gap of text.matchAll(separator(text))) {
    const [start, end] = [gap.index, gap.index + gap[0].length];
    if (kept.some((span) => start < span.end && end > span.start)) continue;
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

/**
 * A text as paragraphs: the current span in a `<mark>`, the others in fainter ones.
 *
 * @param {string} text
 * @param {{start: number, end: number}|null} current UTF-16 units.
 * @param {{start: number, end: number}[]} others What of them the current one covers is left to it.
 * @returns {HTMLElement[]} Joined, the text without the white space between paragraphs.
 */
export function paragraphNodes(text, current, others) {
  const spans = current ? [current, ...others] : others;
  return paragraphs(text, spans).map(({ start, end }) =>
    el("p", {}, ...pieces(start, end, spans).map(([from, to, span]) => {
      const piece = text.slice(from, to);
      if (!span) return piece;
      return el("mark", { class: span === current ? null : "faint" }, piece);
    })));
}

/** Cut where a span begins or ends; each piece belongs to the first span that covers it. */
function pieces(start, end, spans) {
  const edges = spans.flatMap((span) => [span.start, span.end]);
  const inside = edges.filter((edge) => edge > start && edge < end);
  const cuts = [...new Set([start, ...inside, end])].sort((one, other) => one - other);
  const found = [];
  for (let at = 0; at + 1 < cuts.length; at += 1) {
    const [from, to] = [cuts[at], cuts[at + 1]];
    const span = spans.find((one) => one.start <= from && to <= one.end) ?? null;
    const last = found.at(-1);
    if (last && last[2] === span) last[1] = to;
    else found.push([from, to, span]);
  }
  return found;
}
