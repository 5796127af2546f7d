// A question that failed or was stopped: what is known of it, and how to go on.

import { count, el } from "./dom.js";

const SECOND_MS = 1000;

/** What failed, in the place of an answer; `retry` asks again. */
export function problemNode(problem, retry) {
  if (problem.isBusy) return busyNode(problem, retry);
  const [verdict, ...more] = problem.said;
  return el("div", { class: "problem" },
    el("p", { class: "verdict" }, verdict),
    ...more.map((line) => el("p", {}, line)),
    problem.code ? el("p", { class: "code" }, problem.code) : null,
    el("button", { type: "button", onclick: retry }, "Retry"));
}

/** Others are asking: when there will be room. It is for the reader to ask again. */
function busyNode(problem, retry) {
  const when = el("p", { role: "timer" });
  const node = el("div", { class: "problem is-waiting" },
    el("p", { class: "verdict" }, "The service is busy with other questions."), when,
    el("button", { type: "button", onclick: retry }, "Retry"));
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
export function stoppedNode(said, retry) {
  return el("div", { class: "stopped" }, el("p", { class: "verdict" }, said),
    el("button", { type: "button", onclick: retry }, "Ask again"));
}
