// Conversations, kept in this browser: each under a key of its own.
//
// A tab goes on with the conversation that it had before it was reloaded. If another tab has
// written the same one meanwhile, this tab goes on under a new key: nothing is overwritten.

import { isConversation, isTurn } from "../wire/shape.js";

const PREFIX = "dateline/1/talk/"; // a format that changes gets another number
const MINE = "dateline/1/talking"; // of the tab
const CONVERSATIONS = 8;
const TURNS = 50;
const CHARS = 400_000; // of one conversation; a browser keeps about five million in all

export const Kept = Object.freeze({ WHOLE: "whole", IN_PART: "in part", NOT: "not" });

/** The conversations of this browser. */
export class Keep {
  #storage;
  #session;
  #id = newId();
  #version = null; // what this tab wrote or read last; null: nothing yet

  /** @param {Storage|null} storage @param {Storage|null} session null: closed by the browser. */
  constructor(storage, session) {
    this.#storage = storage;
    this.#session = session;
  }

  get id() {
    return this.#id;
  }

  /** The conversation that this tab had; `isDamaged` if some of it could not be read. */
  resume() {
    const id = quietly(() => this.#session.getItem(MINE));
    if (id) return this.open(id);
    this.begin();
    return { turns: [], isDamaged: false };
  }

  /** Go on with a kept conversation. */
  open(id) {
    const { found, isDamaged } = this.#read(id);
    this.#id = found ? id : newId();
    this.#version = found?.version ?? null;
    this.#remember();
    return { turns: found?.turns ?? [], isDamaged };
  }

  /** Begin another one; the one before stays where it is. */
  begin() {
    this.#id = newId();
    this.#version = null;
    this.#remember();
  }

  /** Keep these turns, the latest if they are too many. */
  save(turns) {
    if ((this.#stored()?.version ?? null) !== this.#version) this.begin();
    if (!turns.length) {
      this.remove(this.#id);
      return Kept.WHOLE;
    }
    let kept = turns.slice(-TURNS);
    while (!this.#write(kept)) {
      if (kept.length === 1) return Kept.NOT;
      kept = kept.slice(1);
    }
    for (const { id } of this.others().slice(CONVERSATIONS - 1)) this.remove(id);
    return kept.length === turns.length ? Kept.WHOLE : Kept.IN_PART;
  }

  /** The other conversations, the latest first: `{id, saved_at, title, turns}`. */
  others() {
    return this.#ids().filter((id) => id !== this.#id).map((id) => this.#read(id).found)
      .filter((found) => found?.turns.length)
      .map(({ id, saved_at, turns }) => ({
        id, saved_at, title: turns[0].request.question, turns: turns.length,
      }))
      .sort((one, other) => (one.saved_at < other.saved_at ? 1 : -1));
  }

  /** Forget one; what it was, so that it can be put back. */
  remove(id) {
    const was = quietly(() => this.#storage.getItem(PREFIX + id));
    quietly(() => this.#storage.removeItem(PREFIX + id));
    if (id === this.#id) this.#version = null;
    return was;
  }

  /** Put back what `remove` took. */
  restore(id, was) {
    quietly(() => this.#storage.setItem(PREFIX + id, was));
  }

  #remember() {
    quietly(() => this.#session.setItem(MINE, this.#id));
  }

  /** Write them, if they are not too long, in the place of the oldest others if need be. */
  #write(turns) {
    const version = newId();
    const saved_at = new Date().toISOString();
    const text = JSON.stringify({ id: this.#id, version, saved_at, turns });
    if (text.length > CHARS) return false;
    while (!this.#put(text)) {
      const oldest = this.others().at(-1);
      if (!oldest) return false;
      this.remove(oldest.id);
    }
    this.#version = version;
    return true;
  }

  #put(text) {
    return quietly(() => {
      this.#storage.setItem(PREFIX + this.#id, text);
      return true;
    });
  }

  #ids() {
    const keys = quietly(() => Object.keys(this.#storage)) ?? [];
    return keys.filter((key) => key.startsWith(PREFIX)).map((key) => key.slice(PREFIX.length));
  }

  #stored() {
    return quietly(() => JSON.parse(this.#storage.getItem(PREFIX + this.#id)));
  }

  /** A conversation as far as it can be read; what cannot is taken out of the store. */
  #read(id) {
    const text = quietly(() => this.#storage.getItem(PREFIX + id));
    if (typeof text !== "string") return { found: null, isDamaged: false };
    const value = quietly(() => JSON.parse(text));
    if (!isConversation(value)) {
      this.remove(id);
      return { found: null, isDamaged: true };
    }
    const turns = value.turns.filter(isTurn).slice(-TURNS);
    return { found: { ...value, id, turns }, isDamaged: turns.length < value.turns.length };
  }
}

/** A name that no other tab chooses. */
export function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(8));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** What the function returns; null if the browser refuses, or what it reads is broken. */
function quietly(act) {
  try {
    return act() ?? null;
  } catch {
    return null;
  }
}
