// Files before they are sent: which can be read at all, and in what portions they go.

import { Problem } from "../wire/wire.js";

export const KINDS = [".txt", ".md", ".html", ".json", ".jsonl", ".pdf"];
const RECORDS = [".json", ".jsonl"]; // whose articles have names of their own
const MOST_BYTES = 19_900_000; // a request may hold 20 MB, what stands around the files included
const MOST_NAME_CHARS = 200;
const PORTION_FILES = 50; // a request may hold 100; between two of them, adding can be stopped
const MOST_DROPPED = 2_000; // files

const kindOf = (name) => /(?<=.)\.[^.]+$/.exec(name.toLowerCase())?.[0] ?? "";

/**
 * @param {File[]} files
 * @returns {{good: File[], bad: {name: string, why: string}[]}} In their order.
 */
export function sifted(files) {
  const [good, bad, stems] = [[], [], new Set()];
  for (const file of files) {
    const why = flaw(file, stems);
    if (why) bad.push({ name: file.name, why });
    else good.push(file);
  }
  return { good, bad };
}

function flaw({ name, size }, stems) {
  const kind = kindOf(name);
  if (!KINDS.includes(kind)) return "not a kind of file that can be read";
  if (name.length > MOST_NAME_CHARS) return `its name is longer than ${MOST_NAME_CHARS} characters`;
  if (size > MOST_BYTES) return `it is larger than ${MOST_BYTES / 1e6} MB`;
  if (size === 0) return "it is empty";
  if (RECORDS.includes(kind)) return null;
  const stem = name.slice(0, -kind.length);
  if (stems.has(stem)) return "another of these files has the same name";
  stems.add(stem);
  return null;
}

/** Lists of files, each small enough for one request. */
export function portions(files) {
  const lists = [];
  let room = 0;
  for (const file of files) {
    if (!lists.length || file.size > room || lists.at(-1).length === PORTION_FILES) {
      lists.push([]);
      room = MOST_BYTES;
    }
    lists.at(-1).push(file);
    room -= file.size;
  }
  return lists;
}

/**
 * The files in what was dropped, those in folders too. Call it while the drop is handled.
 *
 * @param {DataTransfer} dropped
 * @returns {Promise<File[]>} Of a folder only files of a known kind.
 * @throws {Problem} If there are too many. What cannot be opened is a `DOMException`.
 */
export async function filesIn(dropped) {
  const items = [...dropped.items].filter(({ kind }) => kind === "file");
  // All at once: the list is empty after the first await.
  const found = items.map((item) => item.webkitGetAsEntry?.() ?? item.getAsFile());
  const files = [];
  for (const one of found) {
    if (one instanceof File) files.push(one);
    else if (one?.isDirectory) await unfold(one, files);
    else if (one) files.push(await fileOf(one));
  }
  return files;
}

async function unfold(folder, files) {
  const reader = folder.createReader();
  for (;;) {
    const entries = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (!entries.length) return;
    for (const entry of entries) {
      if (files.length === MOST_DROPPED) throw tooMany();
      if (entry.isDirectory) await unfold(entry, files);
      else if (KINDS.includes(kindOf(entry.name))) files.push(await fileOf(entry));
    }
  }
}

const tooMany = () => new Problem({
  title: `There are more than ${MOST_DROPPED.toLocaleString("en-GB")} files in it`,
  hint: "Drop fewer at once, or index the folder on the machine itself: dateline index FOLDER",
});

const fileOf = (entry) => new Promise((resolve, reject) => entry.file(resolve, reject));
