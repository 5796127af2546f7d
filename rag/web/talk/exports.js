// Answers and conversations as text that can leave the page; nothing here touches the document.

import { agreementWords, dayWords, folded } from "../dom.js";

const SPECIAL = /[\\`*_{}[\]<>()#+!|~^&$]/g;

/** A text that Markdown shows as it is: on one line, nothing in it a mark or a tag. */
export function escaped(text) {
  const line = folded(text).replace(SPECIAL, "\\$&").replace(/^[-=]/, "\\$&")
    .replace(/^(\d+)\./, "$1\\.");
  return line.replace(/\b(https?|ftp|mailto|javascript|data|www)(?=[:.])/gi, "$1\\");
}

/** Where a quotation stands: title, outlet, day, address or id, and its place in the text. */
export function reference(source, write = folded) {
  const { title, outlet, published, article_id: id, start, end } = source;
  const parts = [title || id, outlet, dayWords(published)].filter(Boolean).map(write);
  const address = webAddress(source.url);
  const where = address ? (write === folded ? address : `<${address}>`) : write(`article ${id}`);
  return `${parts.join(", ")}, ${where}, characters ${start}–${end}`;
}

/** An http(s) address with nothing in it that Markdown or a reader could take for its end. */
function webAddress(url) {
  const parsed = url && URL.canParse(url) ? new URL(url) : null;
  if (!parsed || !["http:", "https:"].includes(parsed.protocol)) return null;
  return parsed.href.replace(/[<>()[\]\\`|*_\s]/g, (sign) => `%${sign.charCodeAt(0).toString(16)}`);
}

/** One turn as Markdown, its citations as footnotes; `prefix` keeps those of two turns apart. */
export function turnAsMarkdown({ request, answer, state }, prefix = "") {
  const mark = (ids) => ids.map((id) => `[^${prefix}${id}]`).join("");
  const lines = [`**${escaped(request.question)}**`, "", ...said(answer, state, escaped, mark)];
  const notes = (answer?.citations ?? []).map((one) =>
    `[^${prefix}${one.id}]: “${escaped(one.quote)}” ${reference(one, escaped)}`);
  return [...lines, "", ...notes].join("\n").trimEnd() + "\n";
}

/** One turn as plain text, its citations numbered below it. */
export function turnAsText({ request, answer, state }) {
  const mark = (ids) => ids.map((id) => ` [${id}]`).join("");
  const lines = [folded(request.question), "", ...said(answer, state, folded, mark)];
  const notes = (answer?.citations ?? []).map((one) =>
    `[${one.id}] “${folded(one.quote)}” ${reference(one)}`);
  return [...lines, "", ...notes].join("\n").trimEnd() + "\n";
}

/** What was answered, line by line, with what the articles agree and differ on. */
function said(answer, state, write, mark) {
  if (!answer) return [state === "stopped" ? "(stopped)" : "(not answered)"];
  if (answer.status === "refused") {
    return [write(answer.refusal.message) + mark(answer.refusal.nearest ?? [])];
  }
  const agreed = (answer.agreement ?? []).map((one) => `${agreementWords(one)}${mark(one.citations)}`);
  const differ = (answer.conflicts ?? []).map(({ slot, sides }) => {
    const told = sides.map(({ value, citations }) => `${write(value)}${mark(citations)}`).join("; ");
    return `The articles differ${slot && ` on ${write(slot)}`}: ${told}`;
  });
  const text = answer.sentences.map((one) => write(one.text) + mark(one.citations)).join(" ");
  return [text, ...[...agreed, ...differ].flatMap((line) => ["", line])];
}

/** The whole conversation as Markdown. */
export function conversationAsMarkdown(turns) {
  return turns.map((turn, at) => turnAsMarkdown(turn, `${at + 1}-`)).join("\n---\n\n");
}

/** The whole conversation as JSON, with whatever the service said. */
export function conversationAsJson(turns, exportedAt) {
  const format = "dateline-conversation/1";
  return `${JSON.stringify({ format, exported_at: exportedAt, turns }, null, 2)}\n`;
}
