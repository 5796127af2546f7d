// A question that failed or was stopped: what is known of it, and how to go on.

import { count, el } from "../dom.js";

const SECOND_MS = 1000;

/** What failed, in the place of an answer; `retry` asks again, `edit` lets the question be edited. */
export function problemNode(problem, retry, edit) {
  if (problem.isBusy) return busyNode(problem, retry, edit);
  const [verdict, ...more] = problem.said;
  return el("div", { class: "problem" },
    el("p", { class: "verdict" }, verdict),
    ...more.map((line) => el("p", {}, line)),
    problem.code ? el("p", { class: "code" }, problem.code) : null,
    ways("Retry", retry, edit));
}

function ways(label, retry, edit) {
  return el("div", { class: "row" }, el("button", { type: "button", onclick: retry }, label),
    el("button", { class: "edit", type: "button", onclick: edit }, "Edit the question"));
}

/** Others are asking: when there will be room. It is for the reader to ask again. */
function busyNode(problem, retry, edit) {
  const when = el("p", { role: "timer" });
  const node = el("div", { class: "problem is-waiting" },
    el("p", { class: "verdict" }, "The service is busy with other questions."), when,
    ways("Retry", retry, edit));
  countDown(problem.retryAfter ?? 0, when, node);
  return node;
}

function countDown(left, when, node) {
  const until = Date.now() + left * SECOND_MS;
  const tick = () => {
    const rest = Math.ceil((until - Date.now()) / SECOND_MS);
    when.textContent = rest > 0 ? `There should be room in ${count(rest, "second")}.`
      : "Ask again whenever you like.";
    if (rest > 0 && (node.isConnected || rest === left)) setTimeout(tick, SECOND_MS);
  };
  tick();
}

/** The reader stopped it, or left the page meanwhile. */
export function stoppedNode(said, retry, edit) {
  return el("div", { class: "stopped" }, el("p", { class: "verdict" }, said),
    ways("Ask again", retry, edit));
}
