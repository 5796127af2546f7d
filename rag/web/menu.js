// A menu is a `<details>` that closes as menus do: on a choice, outside, and with Escape.

import { el } from "./dom.js";

/**
 * @param {(Node|string)[]} label
 * @param {[string, () => void][]} choices A name and what it does.
 * @param {string|null} name For a screen reader, where the label is a drawing.
 * @returns {HTMLElement}
 */
export function menu(label, choices, name = null) {
  const items = choices.map(([title, choose]) => el("li", {},
    el("button", { type: "button", onclick: () => { closeMenu(); choose(); } }, title)));
  return asMenu(el("details", { class: "menu" },
    el("summary", { "aria-label": name }, ...label), el("ul", {}, ...items)));
}

/** Make a `<details>` of the page close by itself. */
export function asMenu(details) {
  details.addEventListener("focusout", ({ relatedTarget }) => {
    if (relatedTarget && !details.contains(relatedTarget)) details.open = false;
  });
  return details;
}

/** Close the open menu and give the focus back; true if one was open. */
export function closeMenu() {
  const open = document.querySelector(".menu[open]");
  if (!open) return false;
  const held = open.contains(document.activeElement);
  open.open = false;
  if (held) open.querySelector("summary").focus({ preventScroll: true });
  return true;
}

/** Close an open menu when something else is clicked; called once. */
export function closeMenusOutside() {
  document.addEventListener("click", ({ target }) => {
    for (const open of document.querySelectorAll(".menu[open]")) {
      if (!open.contains(target)) open.open = false;
    }
  });
}
