// Changing the collection: requests go out, what changed comes back.

import { body, Problem, readEvents, send } from "../wire/wire.js";

const BUSY_AGAIN_MS = 3_000;
const BUSY_TRIES = 10;

/**
 * Add files; an article whose id is there already is replaced.
 *
 * @param {File[]} files
 * @param {(state: {done: number, total: number}|"busy") => void} progress Told how far it is, in
 *   texts; or that another change is waited for.
 * @returns {Promise<{generation: string, added: string[], updated: string[], unchanged: string[]}>}
 * @throws {Problem} Nothing has been added then, but where the connection broke off.
 */
export function addFiles(files, progress) {
  const form = new FormData();
  for (const file of files) form.append("files", file, file.name);
  return add({ body: form }, progress);
}

/**
 * Add articles, as `addFiles` does.
 *
 * @param {{id?: string, title?: string, outlet?: string, published?: string, url?: string,
 *   text: string}[]} articles
 */
export function addArticles(articles, progress) {
  const headers = { "Content-Type": "application/json" };
  return add({ headers, body: JSON.stringify({ articles }) }, progress);
}

/** Remove an article. */
export function removeArticle(id) {
  const away = () => send(`v1/articles/${encodeURIComponent(id)}`, { method: "DELETE" });
  return inTurn(async () => body(await away()), () => {});
}

function add(request, progress) {
  const headers = { ...request.headers, Accept: "text/event-stream" };
  const options = { method: "POST", ...request, headers };
  return inTurn(async () => {
    const reply = await send("v1/articles?stream=true", options);
    const isStream = (reply.headers.get("Content-Type") ?? "").startsWith("text/event-stream");
    return isStream ? changeIn(reply.body, progress) : body(reply);
  }, progress);
}

async function changeIn(stream, progress) {
  try {
    for await (const { type, data } of readEvents(stream)) {
      const value = JSON.parse(data);
      if (type === "progress") progress(value);
      else if (type === "error") throw new Problem({ title: "Adding failed", ...value });
      else if (type === "change") return value;
    }
  } catch (error) {
    throw error instanceof Problem ? error : brokenOff();
  }
  throw brokenOff();
}

/** While another process changes the collection, wait and try again. */
async function inTurn(attempt, progress) {
  for (let tries = 1; ; tries += 1) {
    try {
      return await attempt();
    } catch (error) {
      if (error.code !== "index_busy" || tries === BUSY_TRIES) throw error;
      progress("busy");
      await new Promise((resolve) => { setTimeout(resolve, BUSY_AGAIN_MS); });
    }
  }
}

const brokenOff = () => new Problem({
  title: "The connection broke off",
  detail: "It ended before the service said what had been added.",
  hint: "Look at the list, and add again what is missing.",
});
