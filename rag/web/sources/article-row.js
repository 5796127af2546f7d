// One article in the list: a tick, its title, what is known of it, and what removes it.

import { el } from "../dom.js";

const CHARS_A_MINUTE = 1_400; // read silently: about 240 words of 6 characters, the space included

const DAY = new Intl.DateTimeFormat("en-GB", {
  day: "numeric", month: "short", year: "numeric", timeZone: "UTC",
});

/** How long reading takes: "1 min", "12 min". */
export const minutes = (chars) => `${Math.max(1, Math.round(chars / CHARS_A_MINUTE))} min`;

/** The article whose row holds the element; null if none does. */
export const idAt = (node) => node?.closest?.("#sources-list > li")?.dataset.id ?? null;

/**
 * @param {Object} article As the service lists it.
 * @param {string|undefined} mark "new" or "replaced".
 * @param {{choose: Function, open: Function, remove: Function}} acts
 */
export function articleRow(article, mark, { choose, open, remove }) {
  const name = article.title || article.id;
  const use = el("input", {
    class: "row-use", type: "checkbox", "aria-label": `Use “${name}”`,
    onchange: () => choose(use.checked),
  });
  const title = el("button", {
    class: "row-title", type: "button", onclick: () => open(article, title),
  }, name);
  const away = el("button", {
    class: "row-remove", type: "button",
    "aria-label": `Remove “${name}”`, "aria-keyshortcuts": "Delete",
    onclick: () => remove(article, away),
  }, "×");
  const known = el("p", { class: "meta" },
    mark ? el("span", { class: "fresh" }, mark) : null,
    article.outlet || "outlet unknown", " · ", day(article.published), " · ",
    el("span", { class: "minutes" }, minutes(article.chars)),
    el("span", { class: "left-out" }));
  return el("li", { "data-id": article.id }, el("label", { class: "row-tick" }, use),
    el("div", { class: "row-text" }, title, known), away);
}

function day(published) {
  const date = published ? new Date(`${published}T00:00:00Z`) : null;
  if (!date || Number.isNaN(date.getTime())) return published || "undated";
  return el("time", { datetime: published }, DAY.format(date));
}

/** Whether it is ticked, and why a limit leaves it out. */
export function settleRow(row, article, choice) {
  const reason = choice.leftOutBy(article);
  const chosen = choice.isChosen(article.id);
  row.querySelector(".row-use").checked = chosen;
  row.querySelector(".left-out").textContent = reason ? `left out: ${reason}` : "";
  row.classList.toggle("is-out", reason !== null || !chosen);
}

/** Whether the tab key reaches the row's controls. */
export function reachRow(row, can) {
  for (const control of row.querySelectorAll("input, button")) control.tabIndex = can ? 0 : -1;
}
