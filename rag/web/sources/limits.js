// What limits the articles that a question may use: outlets and dates.

import { byId, count, el } from "../dom.js";

const OUTLETS_LISTED = 300;
const DATES = { "limit-from": "from", "limit-to": "to", "limit-as-of": "asOf" };

/** The fold below the search box. */
export class Limits {
  #choice;
  #listed = "";

  /** @param {Choice} choice */
  constructor(choice) {
    this.#choice = choice;
    for (const [id, name] of Object.entries(DATES)) {
      byId(id).addEventListener("change", ({ target }) => choice.setDays({ [name]: target.value }));
    }
    byId("limit-outlets").addEventListener("change", ({ target }) =>
      choice.setOutlet(target.value, target.checked));
  }

  /** Show the outlets and the gaps of a collection. */
  show(articles) {
    const outlets = this.#outlets(articles);
    const unknown = articles.filter(({ outlet }) => !outlet).length;
    const undated = articles.filter(({ published }) => !published).length;
    const listed = JSON.stringify([outlets, unknown]);
    if (listed !== this.#listed) this.#list(outlets, unknown);
    this.#listed = listed;
    byId("undated-note").textContent = undated ? undatedNote(undated) : "";
  }

  /** Bring the controls up to date with the choice. */
  refresh() {
    const { from, to, asOf, outlets } = this.#choice;
    for (const [id, name] of Object.entries(DATES)) {
      const day = { from, to, asOf }[name] ?? "";
      if (byId(id).value !== day) byId(id).value = day;
    }
    for (const box of byId("limit-outlets").querySelectorAll("input")) {
      box.checked = outlets.has(box.value);
    }
    const limits = outlets.size + [from, to, asOf].filter(Boolean).length;
    byId("limits-count").textContent = limits ? ` (${limits})` : "";
  }

  /** `[outlet, articles]`, most first; those chosen are there even if they have no article. */
  #outlets(articles) {
    const counts = new Map([...this.#choice.outlets].map((outlet) => [outlet, 0]));
    for (const { outlet } of articles) {
      if (outlet) counts.set(outlet, (counts.get(outlet) ?? 0) + 1);
    }
    return [...counts].sort(([one, ones], [other, others]) =>
      others - ones || (one < other ? -1 : 1));
  }

  #list(outlets, unknown) {
    byId("limit-outlets").replaceChildren(...outlets.slice(0, OUTLETS_LISTED).map(outletItem));
    const more = outlets.length - OUTLETS_LISTED;
    byId("outlets-note").textContent = [
      outlets.length ? "" : "No article says which outlet it is from.",
      outlets.length && unknown
        ? `${count(unknown, "article")} of unknown outlet: left out once you choose one.` : "",
      more > 0 ? `${count(more, "outlet")} with fewer articles are not listed.` : "",
    ].filter(Boolean).join(" ");
  }
}

function outletItem([outlet, number]) {
  return el("li", {}, el("label", {}, el("input", { type: "checkbox", value: outlet }),
    el("span", { class: "outlet" }, outlet), el("span", { class: "meta" }, String(number))));
}

function undatedNote(number) {
  const [are, them] = number === 1 ? ["is", "it"] : ["are", "them"];
  return `${count(number, "article")} here ${are} undated: `
    + `once a date is given, no question uses ${them}.`;
}
