// Before the first question: what this is, questions to begin with, and earlier conversations.

import { byId, count, dayWords, el } from "../dom.js";
import { icon } from "../icons.js";
import { say } from "../notice.js";

/** Questions to begin with; none hides the list. */
export function offerExamples(examples, ask) {
  byId("examples").replaceChildren(...examples.map(({ question, note }) =>
    el("li", {}, el("button", { type: "button", onclick: () => ask(question) },
      el("span", {}, question), note ? el("span", { class: "meta" }, note) : null))));
  byId("examples").hidden = examples.length === 0;
}

/**
 * The conversations that are kept besides this one; none hides the list.
 *
 * @param {Keep} keep
 * @param {(id: string) => void} resume
 */
export function offerEarlier(keep, resume) {
  const others = keep.others();
  const again = () => offerEarlier(keep, resume);
  byId("earlier-list").replaceChildren(...others.map((one) => el("li", {},
    el("button", { class: "resume", type: "button", onclick: () => resume(one.id) },
      el("span", { class: "title" }, one.title),
      el("span", { class: "meta" }, `${dayWords(one.saved_at.slice(0, 10))} · `
        + count(one.turns, "question"))),
    el("button", {
      class: "quiet", type: "button", title: "Forget", "aria-label": `Forget: ${one.title}`,
      onclick: () => { forget(keep, one.id, again); },
    }, icon("close")))));
  byId("earlier").hidden = others.length === 0;
}

function forget(keep, id, again) {
  const was = keep.remove(id);
  again();
  say("The conversation is forgotten.", {
    label: "Undo", act: () => { keep.restore(id, was); again(); },
  });
  byId("notice").querySelector("button").focus({ preventScroll: true });
}

/** What stands in the way of a first question; "" for nothing. */
export function sayAtOpening(text) {
  byId("opening-note").textContent = text;
  byId("opening-note").hidden = text === "";
}
