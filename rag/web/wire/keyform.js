// A service that wants an API key is given one here; it is forgotten when the tab is closed.

import { byId } from "../dom.js";
import { useKey } from "./wire.js";

const SENDABLE = /^[\x21-\x7e]+$/; // what a header can hold
const dialog = byId("key-dialog");
let after = () => {};

/**
 * Ask for a key.
 *
 * @param {Problem} problem Why.
 * @param {() => void} then Called when a key was given.
 */
export function askForKey(problem, then) {
  after = then;
  byId("key-why").textContent = problem.said.join(" ");
  byId("key-fault").textContent = "";
  if (!dialog.open) dialog.showModal();
  byId("key").focus();
}

/** Listen to the form; called once. */
export function listenForKey() {
  byId("key-form").addEventListener("submit", (event) => {
    event.preventDefault();
    const key = byId("key").value.trim();
    if (!SENDABLE.test(key)) {
      byId("key-fault").textContent = "A key is one word of letters, digits and signs.";
      return;
    }
    use(key);
  });
  byId("key-cancel").addEventListener("click", () => dialog.close());
}

function use(key) {
  try {
    useKey(key);
  } catch {
    byId("key-fault").textContent = "The browser does not keep it for this tab.";
    return;
  }
  byId("key").value = "";
  dialog.close();
  after();
}
