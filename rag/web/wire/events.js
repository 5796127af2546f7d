// Server-sent events, read from a stream of bytes.

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
