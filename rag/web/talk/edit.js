// A question that is edited where it stands.

import { count, el } from "../dom.js";
import { icon } from "../icons.js";

/**
 * Put a form in the place of a question.
 *
 * @param {HTMLElement} heading The question; it comes back when the form is cancelled.
 * @param {number} later How many turns follow, which will go.
 * @param {(question: string) => boolean} ask False if it cannot be asked now.
 */
export function editQuestion(heading, later, ask) {
  const box = el("textarea", { rows: 2, maxlength: 2000, "aria-label": "Edit the question" });
  box.value = heading.textContent;
  const submit = () => {
    const question = box.value.trim();
    if (question) ask(question);
  };
  const form = el("form", {
    class: "editing", onsubmit: (event) => { event.preventDefault(); submit(); },
  }, box, later ? el("p", { class: "warning" },
    `${count(later, "later question")} and what was answered will be removed.`) : null,
  el("div", { class: "row" }, el("button", { class: "primary", type: "submit" }, "Ask"),
    el("button", { type: "button", onclick: () => closeEditing() }, "Cancel")));
  box.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    submit();
  });
  closeEditing();
  form.heading = heading;
  heading.hidden = true;
  heading.after(form);
  box.focus();
  box.setSelectionRange(box.value.length, box.value.length);
}

/** Put the question back; true if one was being edited. */
export function closeEditing() {
  const form = document.querySelector(".editing");
  if (!form) return false;
  const { heading } = form;
  form.remove();
  heading.hidden = false;
  heading.closest(".turn").querySelector(".edit")?.focus({ preventScroll: true });
  return true;
}

/** The button that begins it. */
export function editButton(begin) {
  return el("button", {
    class: "edit quiet", type: "button", title: "Edit the question", "aria-label": "Edit the question",
    onclick: begin,
  }, icon("edit"));
}
