// Adding articles: one request after the other, with its progress, and what came of it.

import { addArticles, addFiles } from "./collection.js";
import { byId, count } from "../dom.js";
import { portions, sifted } from "./files.js";

const UNREADABLE_AT_MOST = 20; // files of a portion, after which the rest of it is given up

/** What adds; one thing at a time, the others wait. */
export class Adding {
  #changed;
  #report;
  #tail = Promise.resolve();
  #isStopped = false;

  /**
   * @param {(change: Object) => Promise<void>} changed Called after each change of the collection.
   * @param {Report} report Shows what came of it.
   */
  constructor(changed, report) {
    [this.#changed, this.#report] = [changed, report];
    byId("work-stop").addEventListener("click", () => this.#stop());
  }

  /** Add files; what cannot be read is reported by name, and the others are added. */
  files(files) {
    return this.#inTurn(async () => {
      const { good, bad } = sifted(files);
      const sum = { added: [], updated: [], unchanged: [] };
      let sent = 0;
      let named = bad.length; // of files that were not sent at all, or in earlier requests
      try {
        for (const list of portions(good)) {
          if (this.#isStopped) break;
          this.#begin(list.length, sent, good.length);
          await this.#portion(list, sum, bad);
          sent += list.length;
          named = bad.length;
        }
        this.#report.added(sum, bad, good.length - sent);
      } catch (error) {
        this.#report.added(sum, bad, good.length - sent - (bad.length - named), error);
      }
    });
  }

  /**
   * Add one article.
   *
   * @throws {Problem} It is not reported here then.
   */
  article(article) {
    return this.#inTurn(async () => {
      this.#say("Reading the text…");
      const change = await addArticles([article], (state) => this.#progress(state));
      await this.#changed(change);
      this.#report.added(change, [], 0);
    });
  }

  /** Add the files, without those that the service names as unreadable. */
  async #portion(files, sum, bad) {
    let left = files;
    for (let tries = 0; left.length; tries += 1) {
      try {
        const change = await addFiles(left, (state) => this.#progress(state));
        for (const key of Object.keys(sum)) sum[key].push(...(change[key] ?? []));
        await this.#changed(change);
        return;
      } catch (error) {
        const culprit = left.find(({ name }) => error.detail?.startsWith(`${name}:`));
        if (!culprit || tries === UNREADABLE_AT_MOST) throw error;
        bad.push({ name: culprit.name, ...flaw(error, culprit.name) });
        left = left.filter((file) => file !== culprit);
      }
    }
  }

  #inTurn(work) {
    const mine = this.#tail.then(async () => {
      this.#isStopped = false;
      this.#show(true);
      try {
        await work();
      } finally {
        this.#show(false);
      }
    });
    this.#tail = mine.catch(() => {});
    return mine;
  }

  #begin(number, sent, total) {
    byId("work-bar").removeAttribute("value");
    const isAll = number === total;
    this.#say(isAll ? `Reading ${count(total, "file")}…`
      : `Reading files ${sent + 1} to ${sent + number} of ${total.toLocaleString("en-GB")}…`);
    byId("work-stop").hidden = sent + number === total;
  }

  /** What was sent is added as a whole; only what still waits can be held back. */
  #stop() {
    this.#isStopped = true;
    byId("work-stop").hidden = true;
    this.#say("Stopping after these files…");
    byId("sources-title").focus();
  }

  #show(isBusy) {
    byId("sources-work").hidden = !isBusy;
    byId("work-stop").hidden = true;
    byId("sources-toggle").classList.toggle("is-adding", isBusy);
    byId("work-bar").removeAttribute("value");
  }

  #progress(state) {
    if (state === "busy") {
      this.#say("Another change of the articles is under way; waiting for it…");
      return;
    }
    const { done, total } = state;
    byId("work-bar").max = Math.max(total, 1);
    byId("work-bar").value = done;
    this.#say(done < total
      ? `Indexing ${done.toLocaleString("en-GB")} of ${count(total, "text")}` : "Saving…");
  }

  #say(words) {
    byId("work-words").textContent = words;
  }
}

/** Why a file was not added, without its name, and what helps. */
function flaw({ detail, hint }, name) {
  return { why: detail.slice(name.length + 1).trim(), hint };
}
