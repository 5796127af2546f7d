// The form in which an article is pasted.

import { byId } from "../dom.js";

const FIELDS = ["title", "outlet", "published", "url", "text"];

/** `<dialog id="paste">`; what was typed stays until it has been added. */
export class Pasting {
  #add;
  #isBusy = false;
  #dialog = byId("paste");

  /** @param {(article: Object) => Promise<void>} add Throws a `Problem`. */
  constructor(add) {
    this.#add = add;
    byId("paste-cancel").addEventListener("click", () => this.#dialog.close());
    byId("paste-form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#send();
    });
    this.#dialog.addEventListener("click", (event) => {
      if (event.target === this.#dialog) this.#dialog.close(); // beside the form
    });
  }

  open() {
    this.#problem("");
    this.#dialog.showModal();
  }

  async #send() {
    if (this.#isBusy) return;
    const article = Object.fromEntries(FIELDS.map((name) => [name, byId(`pasted-${name}`).value]));
    for (const name of FIELDS) {
      if (name !== "text") article[name] = article[name].trim() || null;
    }
    if (!article.text.trim()) {
      this.#problem("The text is empty.");
      byId("pasted-text").focus();
      return;
    }
    this.#busy(true);
    try {
      await this.#add(article);
      byId("paste-form").reset();
      this.#dialog.close();
    } catch (error) {
      this.#problem((error.said ?? [String(error)]).join(" ").replace(/^Articles\.0: /, ""));
      if (!this.#dialog.open) this.#dialog.showModal();
    } finally {
      this.#busy(false);
    }
  }

  #busy(isBusy) {
    this.#isBusy = isBusy;
    byId("paste-add").setAttribute("aria-disabled", String(isBusy));
    byId("paste-add").textContent = isBusy ? "Adding…" : "Add this text";
    if (isBusy) this.#problem("");
  }

  #problem(text) {
    byId("paste-problem").textContent = text;
    byId("paste-problem").hidden = text === "";
  }
}
