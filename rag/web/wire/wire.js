// The service, as the page sees it: requests go out, parsed objects or a `Problem` come back.
// Addresses are relative, so that the page also works below a path prefix.

import { readEvents } from "./events.js";
import { brokenOff, Problem, unreachable, unreadable } from "./problem.js";
import { isAnswer, isArticle, isArticles, isEvent, isExamples } from "./shape.js";

export { readEvents } from "./events.js";
export { Problem } from "./problem.js";

const KEY = "dateline-key";

/**
 * Ask, and receive the events up to and including `answer`.
 *
 * @param {{question: string, history: {role: string, content: string}[]}} request
 * @param {AbortSignal} signal
 * @yields {{type: string, data: Object}}
 * @throws {Problem} Also for an `error` event. An abort is thrown as `AbortError`.
 */
export async function* askStreaming(request, signal) {
  const reply = await send("v1/answer", {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "text/event-stream" },
    body: JSON.stringify({ ...request, stream: true }),
    signal,
  });
  const isStream = (reply.headers.get("Content-Type") || "").startsWith("text/event-stream");
  if (!isStream || !reply.body) throw unreadable();
  try {
    for await (const { type, data } of readEvents(reply.body)) {
      const value = parsed(data);
      if (type === "error") throw new Problem({ title: "The answer failed", ...value });
      if (type === "answer" ? !isAnswer(value) : !isEvent(type, value)) throw unreadable();
      yield { type, data: value };
      if (type === "answer") return;
    }
  } catch (error) {
    if (signal.aborted) throw abortError();
    throw error instanceof TypeError ? brokenOff() : error;
  }
  throw brokenOff();
}

/** `{generation, articles: [...]}`. */
export async function listArticles() {
  return shaped(isArticles, await body(await send("v1/articles")));
}

/**
 * `{id, title, outlet, published, url, text}`.
 *
 * @param {string} id
 * @param {string|null} generation As it was in that generation; null: as it is now.
 * @param {AbortSignal} signal
 */
export async function fetchArticle(id, generation, signal) {
  const wanted = generation ? `?generation=${encodeURIComponent(generation)}` : "";
  const reply = await send(`v1/articles/${encodeURIComponent(id)}${wanted}`, { signal });
  return shaped(isArticle, await body(reply));
}

/** Questions to begin with, `{question, note}`; none where the service has none. */
export async function fetchExamples() {
  const { examples } = shaped(isExamples, await body(await send("v1/examples")));
  return examples;
}

/** That a question could be answered; a `Problem` is thrown if not. */
export async function checkReady() {
  await send("readyz");
}

/** Send this API key from now on, until the tab is closed. */
export function useKey(key) {
  sessionStorage.setItem(KEY, key);
}

function credentials() {
  try {
    const key = sessionStorage.getItem(KEY);
    return key ? { Authorization: `Bearer ${key}` } : {};
  } catch { // a browser that keeps nothing
    return {};
  }
}

/** A reply that is not an error; what else comes back is thrown as a `Problem`. */
export async function send(address, options = {}) {
  let reply;
  try {
    const headers = { ...credentials(), ...options.headers };
    reply = await fetch(address, { cache: "no-store", ...options, headers });
  } catch (error) {
    throw options.signal?.aborted ? abortError() : unreachable();
  }
  if (!reply.ok) throw await problemOf(reply);
  return reply;
}

async function problemOf(reply) {
  const title = `The service replied with status ${reply.status}`;
  const known = { status: reply.status, retryAfter: secondsOf(reply.headers.get("Retry-After")) };
  try {
    return new Problem({ title, ...await reply.json(), ...known });
  } catch {
    return new Problem({ title, ...known });
  }
}

function secondsOf(header) {
  return /^\d{1,5}$/.test(header ?? "") ? Number(header) : null;
}

/** The JSON of a reply. */
export async function body(reply) {
  try {
    return await reply.json();
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw error instanceof SyntaxError ? unreadable() : brokenOff();
  }
}

function shaped(shape, value) {
  if (!shape(value)) throw unreadable();
  return value;
}

function parsed(data) {
  try {
    return JSON.parse(data);
  } catch {
    throw unreadable();
  }
}

const abortError = () => new DOMException("Stopped", "AbortError");
