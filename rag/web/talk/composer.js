// The question box.

import { byId } from "../dom.js";

const ROOM_SHOWN_BELOW = 200; // characters left

const box = byId("question");

/**
 * Listen to the box; called once.
 *
 * @param {{ask: (question: string) => boolean, stop: () => void, editLast: () => void}} page
 */
export function listen({ ask, stop, editLast }) {
  const submit = () => {
    const question = box.value.trim();
    if (question !== "" && ask(question)) empty();
  };
  byId("composer").addEventListener("submit", (event) => {
    event.preventDefault();
    submit();
  });
  byId("stop").addEventListener("click", stop);
  box.addEventListener("input", fit);
  box.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "Enter" && !event.shiftKey) submit();
    else if (event.key === "ArrowUp" && box.value === "") editLast();
    else return;
    event.preventDefault();
  });
  fit();
}

/** Show that a question is being answered, or that another may be asked. */
export function showBusy(isBusy) {
  const { activeElement } = document;
  const held = [byId("stop"), byId("send"), box, document.body].includes(activeElement);
  box.disabled = isBusy;
  byId("send").hidden = isBusy;
  byId("stop").hidden = !isBusy;
  if (!held) return;
  if (isBusy) byId("stop").focus({ preventScroll: true });
  // On a touch screen the focus would bring up the keyboard, over the answer.
  else if (matchMedia("(pointer: fine)").matches) box.focus({ preventScroll: true });
}

function empty() {
  box.value = "";
  fit();
}

function fit() {
  box.style.height = "auto";
  box.style.height = `${box.scrollHeight + box.offsetHeight - box.clientHeight}px`;
  const left = box.maxLength - box.value.length;
  byId("room").hidden = left > ROOM_SHOWN_BELOW;
  byId("room").textContent = left > ROOM_SHOWN_BELOW ? "" : `${left} characters left`;
}
