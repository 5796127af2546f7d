// What can go wrong between the page and the service, in words for whoever reads the page.

/** Anything that stops an answer: an RFC 9457 problem document, or one made here like it. */
export class Problem extends Error {
  /** @param {{title: string, detail?, hint?, code?, status?, retryAfter?}} said `retryAfter` in
   *   seconds, null if the service did not say. */
  constructor({ title, detail = "", hint = "", code = "", status = 0, retryAfter = null }) {
    super(text(title) || "The service failed");
    const words = { detail: text(detail), hint: text(hint), code: text(code) };
    Object.assign(this, words, { status: Number(status) || 0, retryAfter });
  }

  /** What went wrong and what helps, as sentences; a service's title is only a class name. */
  get said() {
    const first = this.code ? this.detail || this.message : this.message;
    return [...new Set([first, this.detail, this.hint])].filter(Boolean).map(asSentence);
  }

  /** Nothing answered at all. */
  get isUnreachable() {
    return this.code === "" && this.status === 0 && this.message === UNREACHABLE;
  }

  /** The service waits for a key, or for one that may do more. */
  get asksForKey() {
    return this.status === 401 || this.code === "scope_missing";
  }

  /** As many questions wait as may. */
  get isBusy() {
    return this.status === 429;
  }

  /** The service is starting, or stopping. */
  get isPassing() {
    return this.isUnreachable || this.status === 503;
  }

  /** As plain data, to be kept; `new Problem(…)` takes it back. */
  get record() {
    const { message: title, detail, hint, code, status } = this;
    return { title, detail, hint, code, status };
  }
}

const UNREACHABLE = "The service cannot be reached";

export const unreachable = () => new Problem({
  title: UNREACHABLE,
  hint: "Check that it is running, then try again.",
});

export const brokenOff = () => new Problem({
  title: "The answer broke off",
  detail: "The connection ended before the answer was complete.",
});

export const unreadable = () => new Problem({
  title: "The reply could not be read",
  detail: "It is not what this page expects. Page and service may be of different versions.",
});

/** A fault in the page itself is shown too, and left in the console for whoever mends it. */
export function asProblem(error) {
  if (error instanceof Problem) return error;
  console.error(error);
  return new Problem({ title: "The page failed to show the answer", detail: String(error) });
}

const text = (value) => (typeof value === "string" ? value : "");

function asSentence(said) {
  return said[0].toUpperCase() + said.slice(1) + (/[.!?…]$/.test(said) ? "" : ".");
}
