// Files dropped anywhere on the page; what is dropped besides does nothing.

import { byId } from "../dom.js";
import { filesIn } from "./files.js";

const OVER_FOR_MS = 1000; // a browser says at least twice a second that something is held over it

/**
 * @param {(files: File[]) => void} take Given what was dropped, folders unfolded.
 * @param {(error: Error) => void} failed Called if it cannot be read.
 */
export function takeDrops(take, failed) {
  let timer = 0;
  const show = (isOver) => {
    clearTimeout(timer);
    byId("drop").hidden = !isOver;
    if (isOver) timer = setTimeout(() => show(false), OVER_FOR_MS);
  };
  const over = (event) => {
    const hasFiles = event.dataTransfer?.types.includes("Files");
    if (!hasFiles && isEditable(event.target)) return; // text may be dropped into a text box
    event.preventDefault();
    event.dataTransfer.dropEffect = hasFiles ? "copy" : "none";
    show(hasFiles);
  };
  addEventListener("dragenter", over);
  addEventListener("dragover", over);
  addEventListener("drop", (event) => {
    show(false);
    const hasFiles = event.dataTransfer?.types.includes("Files");
    if (!hasFiles && isEditable(event.target)) return;
    event.preventDefault(); // the browser would leave the page for it
    if (hasFiles) filesIn(event.dataTransfer).then(take, failed);
  });
}

const isEditable = (node) => Boolean(node.closest?.("textarea, input"));
