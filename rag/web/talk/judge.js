// Thumbs up or down for an answer, and a note why; kept in this browser.

import { el } from "../dom.js";
import { NOTE_CHARS } from "./feedback.js";
import { icon } from "../icons.js";

const NOT_KEPT = "The browser keeps no more judgements. Export them, then remove some.";

/**
 * The buttons, and the note that they open.
 *
 * @param {Object} record The answered turn.
 * @param {Feedback} feedback
 * @param {() => void} changed Called when a judgement was made, changed or taken back.
 * @returns {{buttons: HTMLElement, note: HTMLElement}}
 */
export function judging(record, feedback, changed) {
  const note = el("form", { class: "judging", hidden: true });
  const press = (verdict) => {
    const isTakenBack = feedback.get(record.id)?.verdict === verdict;
    const said = feedback.get(record.id)?.note ?? null;
    if (isTakenBack) feedback.forget(record.id);
    const isKept = isTakenBack || feedback.judge(record, verdict, said);
    show();
    if (isKept && !isTakenBack) openNote(note, record, feedback, changed);
    else note.hidden = true;
    if (!isKept) tell(note, NOT_KEPT);
    changed();
  };
  const up = thumb("up", "Good answer", press);
  const down = thumb("down", "Bad answer", press);
  const show = () => {
    const verdict = feedback.get(record.id)?.verdict;
    up.setAttribute("aria-pressed", String(verdict === "up"));
    down.setAttribute("aria-pressed", String(verdict === "down"));
  };
  show();
  return { buttons: el("span", { class: "thumbs" }, up, down), note };
}

function thumb(verdict, label, press) {
  return el("button", {
    class: "quiet thumb", type: "button", title: label, "aria-label": label,
    onclick: () => press(verdict),
  }, icon(verdict));
}

function openNote(form, record, feedback, changed) {
  const { verdict, note } = feedback.get(record.id);
  const label = verdict === "up" ? "What was good? (optional)" : "What was wrong? (optional)";
  const box = el("input", {
    type: "text", maxlength: NOTE_CHARS, "aria-label": label, placeholder: label,
    value: note ?? "",
  });
  form.replaceChildren(box, el("button", { type: "submit" }, "Save the note"),
    el("p", { class: "meta", role: "status" },
      "Kept in this browser. Export gives all judged answers as an evaluation suite."));
  form.onsubmit = (event) => {
    event.preventDefault();
    const isKept = feedback.judge(record, feedback.get(record.id)?.verdict ?? verdict, box.value.trim());
    tell(form, isKept ? "Thank you; the note is saved in this browser." : NOT_KEPT);
    changed();
  };
  form.hidden = false;
}

function tell(form, text) {
  form.replaceChildren(el("p", { class: "meta", role: "status" }, text));
  form.hidden = false;
}
