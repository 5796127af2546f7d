// Texts that leave the page: to the clipboard, or as a file.

import { el } from "./dom.js";

/**
 * Put a text on the clipboard.
 *
 * @returns {Promise<boolean>} Whether the browser did.
 */
export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch { // no permission, or an address that is not secure
    return copyBySelection(text);
  }
}

function copyBySelection(text) {
  const held = document.activeElement;
  const box = el("textarea", { class: "unseen", readonly: true, "aria-hidden": "true" });
  box.value = text;
  document.body.append(box);
  box.select();
  const done = document.execCommand("copy");
  box.remove();
  held?.focus({ preventScroll: true });
  return done;
}

/** Offer a text as a file. */
export function download(name, text, type) {
  const address = URL.createObjectURL(new Blob([text], { type: `${type};charset=utf-8` }));
  el("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
