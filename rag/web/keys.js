// The keys of the page, and the dialog that lists them.

import { byId } from "./dom.js";

const dialog = byId("keys-dialog");

/**
 * Listen to the keys; called once.
 *
 * @param {(() => boolean)[]} closers What Escape closes, from the top down; each says whether it did.
 */
export function listenForKeys(closers) {
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey) return;
    if (document.querySelector("dialog[open]")) return; // it closes itself
    if (event.key === "Escape") closers.some((close) => close());
    else if (isTyping(event.target)) return;
    else if (event.key === "/") focusBox(event);
    else if (event.key === "?") showKeys();
  });
  byId("show-keys").addEventListener("click", showKeys);
  byId("keys-close").addEventListener("click", () => dialog.close());
}

function isTyping(target) {
  return target.closest?.("input, textarea, select, [contenteditable]") !== null;
}

function focusBox(event) {
  event.preventDefault();
  if (!byId("desk").inert) byId("question").focus();
}

function showKeys() {
  dialog.showModal();
}
