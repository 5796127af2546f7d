// What can be done with an answer, in one row below it.

import { el } from "../dom.js";
import { editButton } from "./edit.js";
import { turnAsMarkdown, turnAsText } from "./exports.js";
import { icon } from "../icons.js";
import { judging } from "./judge.js";
import { menu } from "../menu.js";
import { copy } from "../save.js";

/**
 * The row, and what it opens below itself.
 *
 * @param {Object} record An answered turn.
 * @param {{again: () => void, edit: () => void, feedback: Feedback, changed: () => void}} hooks
 * @returns {HTMLElement}
 */
export function actionRow(record, { again, edit, feedback, changed }) {
  const said = el("span", { class: "done", role: "status" });
  const { buttons, note } = judging(record, feedback, changed);
  const copyAs = (write) => async () => {
    const done = await copy(write(record));
    said.textContent = done ? "Copied." : "The browser did not let it be copied.";
  };
  return el("div", { class: "actions" },
    el("div", { class: "row", role: "group", "aria-label": "This answer" },
      menu([icon("copy")], [
        ["Copy as Markdown", copyAs(turnAsMarkdown)], ["Copy as plain text", copyAs(turnAsText)],
      ], "Copy the answer with its citations"),
      el("button", {
        class: "quiet", type: "button", title: "Ask again", "aria-label": "Ask again",
        onclick: again,
      }, icon("again")),
      editButton(edit), buttons, said),
    note);
}
