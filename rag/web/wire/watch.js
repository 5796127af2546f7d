// Whether the service is there: a banner while it is not, which goes away by itself.

import { byId } from "../dom.js";
import { checkReady } from "./wire.js";

const FIRST_MS = 1000;
const LONGEST_MS = 10_000;

let waiting = false;

/**
 * Say that the service is away, and watch for it.
 *
 * @param {Problem} problem
 * @param {() => void} back Called once, when it is there again.
 */
export function watchFor(problem, back) {
  show(problem);
  if (waiting) return;
  waiting = true;
  look(FIRST_MS, back);
}

function look(pause, back) {
  setTimeout(async () => {
    try {
      await checkReady();
      waiting = false;
      byId("banner").textContent = "";
      back();
    } catch (problem) {
      show(problem);
      look(Math.min(pause * 2, LONGEST_MS), back);
    }
  }, pause);
}

function show(problem) {
  const what = problem.isUnreachable ? "The service cannot be reached."
    : `The service is not ready: ${problem.said[0] ?? "it starts, or stops."}`;
  const text = `${what} This line goes away when it is back.`;
  if (byId("banner").textContent !== text) byId("banner").textContent = text; // said once
}
