"use strict";

/* Filters over questions that are all there already; without this script everything is shown. */
(() => {
  const NAMES = ["suite", "system", "kind", "failure", "text"];
  const SELECTS = NAMES.slice(0, 4);
  const at = (id) => document.getElementById(id);
  const controls = Object.fromEntries(NAMES.map((name) => [name, at(`f-${name}`)]));
  const parts = [...document.querySelectorAll("#questions [data-s]")];
  const sections = [...document.querySelectorAll(".asked")];
  const chunks = [...document.querySelectorAll(".chunk")];

  const items = sections.flatMap((section) =>
    [...section.querySelectorAll(".item")].map((node) => ({
      node,
      suite: section.dataset.suite,
      kind: node.dataset.kind,
      takes: [...node.querySelectorAll("[data-f]")].map((take) => ({
        system: take.dataset.s,
        failures: take.dataset.f.split(" ").filter(Boolean),
      })),
      text: null,
    })),
  );

  const textOf = (item) => (item.text ??= item.node.textContent.toLowerCase());

  const fails = (take, failure) => (failure === "any" ? take.failures.length > 0 : take.failures.includes(failure));

  function matches(item, wanted) {
    if (wanted.suite && item.suite !== wanted.suite) return false;
    if (wanted.kind && item.kind !== wanted.kind) return false;
    const takes = wanted.system ? item.takes.filter((take) => take.system === wanted.system) : item.takes;
    if (!takes.length) return false;
    if (wanted.failure === "none" && takes.some((take) => take.failures.length)) return false;
    if (wanted.failure && wanted.failure !== "none" && !takes.some((take) => fails(take, wanted.failure))) return false;
    return !wanted.text || textOf(item).includes(wanted.text.toLowerCase());
  }

  const read = () => Object.fromEntries(NAMES.map((name) => [name, controls[name].value.trim()]));

  /* How many questions each choice would leave, the other choices being as they are. */
  function count(wanted) {
    for (const name of SELECTS) {
      for (const option of controls[name].options) {
        option.dataset.words ??= option.textContent;
        const left = items.filter((item) => matches(item, { ...wanted, [name]: option.value })).length;
        option.textContent = `${option.dataset.words} (${left.toLocaleString("en")})`;
        option.hidden = left === 0 && option.value !== "" && !option.selected;
      }
    }
  }

  function apply() {
    const wanted = read();
    let shown = 0;
    for (const item of items) {
      item.node.hidden = !matches(item, wanted);
      shown += item.node.hidden ? 0 : 1;
    }
    for (const part of parts) part.hidden = wanted.system !== "" && part.dataset.s !== wanted.system;
    for (const group of [...chunks, ...sections]) group.hidden = !group.querySelector(".item:not([hidden])");
    at("f-nothing").hidden = shown > 0;
    at("f-count").textContent = `${shown.toLocaleString("en")} of ${items.length.toLocaleString("en")} questions`;
    at("f-clear").hidden = !Object.values(wanted).some(Boolean);
    count(wanted);
  }

  function remember() {
    const state = new URLSearchParams(Object.entries(read()).filter(([, value]) => value));
    history.replaceState(null, "", `#${state}`);
  }

  function recall() {
    const hash = location.hash.slice(1);
    if (hash && !hash.includes("=")) return reveal(hash);
    const state = new URLSearchParams(hash);
    for (const name of NAMES) {
      const value = state.get(name) ?? "";
      const known = name === "text" || [...controls[name].options].some((option) => option.value === value);
      controls[name].value = known ? value : "";
    }
    apply();
  }

  /* A quotation that stands further up: open it there, and leave the filters in the address. */
  function reveal(id) {
    const target = at(id);
    if (!target?.classList.contains("cite")) return;
    target.open = true;
    target.firstElementChild.focus();
  }

  function onChange() {
    apply();
    remember();
  }

  for (const control of Object.values(controls)) control.addEventListener("input", onChange);
  at("f-clear").addEventListener("click", () => {
    for (const control of Object.values(controls)) control.value = "";
    onChange();
    controls.suite.focus();
  });
  at("questions").addEventListener("click", (event) => {
    const link = event.target.closest("a.chip");
    if (!link) return;
    event.preventDefault();
    reveal(link.hash.slice(1));
  });
  addEventListener("hashchange", recall);

  /* Browsers that cannot open a <details> by style open them all before printing. */
  if (!CSS.supports("selector(::details-content)")) {
    let closed = [];
    addEventListener("beforeprint", () => {
      closed = [...document.querySelectorAll("#questions details:not([open]), .folds details:not([open]), .more:not([open])")];
      for (const fold of closed) fold.open = true;
    });
    addEventListener("afterprint", () => {
      for (const fold of closed) fold.open = false;
    });
  }

  at("filters").hidden = false;
  apply();
  recall();
})();
