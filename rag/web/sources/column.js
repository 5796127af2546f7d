// Where the articles stand: a column beside the conversation, or on narrower screens a drawer over
// it. The stylesheet decides which, and shows the column unless the root says `sources-shut`.

import { byId } from "../dom.js";

const KEPT_AS = "dateline.articles";
const COVERED = ["masthead", "talk", "pane"];
const root = document.documentElement.classList;
const wide = matchMedia("(min-width: 1440px)");
const fairlyWide = matchMedia("(min-width: 1200px)");

/** The region `#sources`, opened from the masthead. */
export class Column {
  #drawerIsOpen = false;

  constructor() {
    root.toggle("sources-shut", kept() === "shut");
    byId("sources-toggle").addEventListener("click", () => this.#toggle());
    byId("sources-close").addEventListener("click", () => this.#shut());
    byId("sources-veil").addEventListener("click", () => this.closeDrawer());
    for (const width of [wide, fairlyWide]) width.addEventListener("change", () => this.#settle());
    new MutationObserver(() => this.#settle()).observe(
      document.documentElement, { attributeFilter: ["class"] });
    this.#settle();
  }

  /** Whether it would cover the page. */
  get isDrawer() {
    return !wide.matches && !(fairlyWide.matches && !root.contains("pane-open"));
  }

  get isOpen() {
    return this.isDrawer ? this.#drawerIsOpen : !root.contains("sources-shut");
  }

  open() {
    if (this.isOpen) return;
    if (this.isDrawer) this.#slide(true);
    else this.#dock(true);
  }

  /** Close the drawer; true if it was open. A column stays. */
  closeDrawer() {
    if (!this.#drawerIsOpen) return false;
    this.#slide(false);
    return true;
  }

  #toggle() {
    if (this.isDrawer) this.#slide(!this.#drawerIsOpen);
    else this.#dock(!this.isOpen);
  }

  #shut() {
    if (this.closeDrawer()) return;
    this.#dock(false);
    byId("sources-toggle").focus();
  }

  #dock(isOpen) {
    root.toggle("sources-shut", !isOpen);
    keep(isOpen ? "open" : "shut");
    this.#settle();
  }

  #slide(isOpen) {
    this.#drawerIsOpen = isOpen;
    root.toggle("sources-over", isOpen);
    this.#settle();
    if (isOpen) byId("sources-title").focus({ preventScroll: true });
    else byId("sources-toggle").focus({ preventScroll: true });
  }

  /** Over the page, it keeps the keyboard to itself. */
  #settle() {
    if (!this.isDrawer) {
      this.#drawerIsOpen = false;
      root.toggle("sources-over", false); // unlike `remove`, no change where there is none
    }
    const over = this.#drawerIsOpen;
    for (const id of COVERED) byId(id).inert = over;
    byId("sources").role = over ? "dialog" : "complementary";
    byId("sources").ariaModal = over ? "true" : null;
    byId("sources-toggle").setAttribute("aria-expanded", String(this.isOpen));
  }
}

function kept() {
  try {
    return localStorage.getItem(KEPT_AS);
  } catch {
    return null;
  }
}

function keep(value) {
  try {
    localStorage.setItem(KEPT_AS, value);
  } catch { /* Without storage it is open again next time. */ }
}
