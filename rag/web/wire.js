// The service, as the page sees it: requests go out, parsed objects or a `Problem` come back.
// Addresses are relative, so that the page also works below a path prefix.

/** Anything that stops an answer: an RFC 9457 problem document, or one made here like it. */
export class Problem extends Error {
  constructor({ title, detail = "", hint = "", code = "", status = 0 }) {
    super(title);
    Object.assign(this, { detail, hint, code, status });
  }

  /** What went wrong and what helps, as sentences; a service's title is only a class name. */
  get said() {
    const first = this.code ? this.detail || this.message : this.message;
    return [...new Set([first, this.detail, this.hint])].filter(Boolean).map(asSentence);
  }
}

function asSentence(text) {
  return text[0].toUpperCase() + text.slice(1) + (/[.!?…]$/.test(text) ? "" : ".");
}

const unreachable = () => new Problem({
  title: "The service cannot be reached",
  hint: "Check that it is running, then try again.",
});

const brokenOff = () => new Problem({
  title: "The answer broke off",
  detail: "The connection ended before the answer was complete.",
});

const unreadable = () => new Problem({
  title: "The reply could not be read",
  detail: "It is not what this page expects. Page and service may be of different versions.",
});

/** Server-Sent Events from text that arrives in pieces cut anywhere. */
export class EventParser {
  #rest = "";
  #endedInReturn = false;
  #type = "";
  #data = [];

  /**
   * @param {string} piece
   * @returns {{type: string, data: string}[]} The events that the piece completes, in order.
   */
  push(piece) {
    const events = [];
    if (piece === "") return events;
    // The \n of a \r\n that was cut in two ends no second line.
    const fresh = this.#endedInReturn && piece[0] === "\n" ? piece.slice(1) : piece;
    this.#endedInReturn = piece.endsWith("\r");
    const lines = (this.#rest + fresh).split(/\r\n|\n|\r/);
    this.#rest = lines.pop();
    for (const line of lines) {
      if (line === "") this.#dispatch(events);
      else this.#field(line);
    }
    return events;
  }

  #dispatch(events) {
    if (this.#data.length) {
      events.push({ type: this.#type || "message", data: this.#data.join("\n") });
    }
    this.#type = "";
    this.#data = [];
  }

  #field(line) {
    const colon = line.indexOf(":");
    if (colon === 0) return; // a comment
    const name = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (name === "event") this.#type = value;
    else if (name === "data") this.#data.push(value);
  }
}

/**
 * The events in a stream of bytes.
 *
 * @param {ReadableStream<Uint8Array>} body UTF-8; a character may be cut between two pieces.
 */
export async function* readEvents(body) {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  const parser = new EventParser();
  try {
    for (;;) {
      const { value, done } = await reader.read();
      yield* parser.push(done ? decoder.decode() : decoder.decode(value, { stream: true }));
      if (done) break;
    }
  } finally {
    reader.cancel().catch(() => {});
  }
}

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
  return body(await send("v1/articles"));
}

/** `{id, title, outlet, published, url, text}`. */
export async function fetchArticle(id, signal) {
  return body(await send(`v1/articles/${encodeURIComponent(id)}`, { signal }));
}

/** A reply that is not an error; what else comes back is thrown as a `Problem`. */
export async function send(address, options = {}) {
  let reply;
  try {
    reply = await fetch(address, { cache: "no-store", ...options });
  } catch (error) {
    throw options.signal?.aborted ? abortError() : unreachable();
  }
  if (!reply.ok) throw await problemOf(reply);
  return reply;
}

async function problemOf(reply) {
  const title = `The service replied with status ${reply.status}`;
  try {
    const said = await reply.json();
    return new Problem({ title, status: reply.status, ...said });
  } catch {
    return new Problem({ title, status: reply.status });
  }
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

function parsed(data) {
  try {
    return JSON.parse(data);
  } catch {
    throw unreadable();
  }
}

const abortError = () => new DOMException("Stopped", "AbortError");
