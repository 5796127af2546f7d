// Elements and words. Every string becomes a text node or an attribute: nothing here parses markup.

/**
 * An element with properties and children.
 *
 * @param {string} tag
 * @param {Object<string, *>} props `class`, `on…` handlers (functions), other keys as attributes;
 *   null and false are left out.
 * @param {...(Node|string|null)} children Strings become text nodes.
 * @returns {HTMLElement}
 */
export function el(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [key, value] of Object.entries(props)) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === "function") node.addEventListener(key.slice(2), value);
    else node.setAttribute(key, value === true ? "" : String(value));
  }
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

/** The element with that id; the page always has it. */
export const byId = (id) => document.getElementById(id);

const BEFORE = "(?<![\\p{L}\\p{N}])";
const AFTER = "(?![\\p{L}\\p{N}])";

/**
 * A text whose phrases are marked, each where its words first stand: whole words in any case,
 * whatever stands between them. What would overlap an earlier mark is left as it is.
 *
 * @param {string} text
 * @param {string[]} phrases
 * @returns {(Node|string)[]} In the order of the text; joined, they are the text.
 */
export function marked(text, phrases) {
  const spans = phrases.map((phrase) => whereSaid(text, phrase)).filter((span) => span !== null);
  const nodes = [];
  let at = 0;
  for (const [start, end] of spans.sort(([one], [other]) => one - other)) {
    if (start < at) continue;
    nodes.push(text.slice(at, start), el("mark", {}, text.slice(start, end)));
    at = end;
  }
  return [...nodes, text.slice(at)];
}

function whereSaid(text, phrase) {
  const words = phrase.match(/[\p{L}\p{N}]+/gu); // letters and digits alone: nothing to escape
  if (!words) return null;
  const pattern = new RegExp(BEFORE + words.join("[^\\p{L}\\p{N}]+") + AFTER, "iu");
  const found = pattern.exec(text);
  return found && [found.index, found.index + found[0].length];
}

/** "1 article", "2 articles", "12,000 articles". */
export function count(number, noun) {
  return `${number.toLocaleString("en-GB")} ${noun}${number === 1 ? "" : "s"}`;
}

/** Milliseconds as seconds: "0.8 s", "12 s". */
export function seconds(ms) {
  const value = ms / 1000;
  return `${value < 9.95 ? value.toFixed(1) : Math.round(value)} s`;
}

const CALENDAR = new Intl.DateTimeFormat("en-GB", {
  day: "numeric", month: "long", year: "numeric", timeZone: "UTC",
});

/** An ISO date in words; "undated" where it is unknown. */
export function dayWords(published) {
  if (!published) return "undated";
  const day = new Date(`${published}T00:00:00Z`);
  return Number.isNaN(day.getTime()) ? published : CALENDAR.format(day);
}

/** The same, in a `<time>` if it is a date. */
export function dateNode(published) {
  const said = dayWords(published);
  if (!published || said === published) return document.createTextNode(said);
  return el("time", { datetime: published }, said);
}

/** Who agrees: "2 articles, 1 origin". */
export function agreementWords({ articles, independent }) {
  const noun = independent === 1 ? "origin" : "independent origin";
  return `${count(articles, "article")}, ${count(independent, noun)}`;
}

/** White space folded, as the service folds a question. */
export const folded = (text) => text.trim().replace(/\s+/g, " ");

/** "Outlet · 8 April 2025", what is unknown said to be unknown. */
export function provenance(article) {
  return el("span", { class: "provenance" },
    article.outlet || "outlet unknown", " · ", dateNode(article.published));
}

/** The address as a link if it is http(s), as plain text if it is anything else, null if none. */
export function addressNode(url) {
  if (!url) return null;
  const parsed = URL.canParse(url) ? new URL(url) : null;
  if (!parsed || !["http:", "https:"].includes(parsed.protocol)) return el("span", {}, url);
  return el("a", { href: parsed.href, target: "_blank", rel: "noopener noreferrer" }, parsed.host);
}
