// The chat page: wires the question box, the conversation, the article pane and the service.

import { hideTip, Turn } from "./answer.js";
import { ArticlePane } from "./article.js";
import { byId, el } from "./dom.js";
import { Sources } from "./sources.js";
import { askStreaming, Problem } from "./wire.js";

const HISTORY_TURNS = 6; // messages, of the reader and of the service together
const ROOM_SHOWN_BELOW = 200; // characters left

const box = byId("question");
const pane = new ArticlePane();
const openSource = (source, opener) => pane.open(source, opener);
const sources = new Sources(openSource);

let history = [];
let running = null; // the AbortController of the question being answered
let generation = null;

async function ask(question) {
  if (running || question === "") return;
  const turn = new Turn(question, openSource);
  const retry = () => {
    if (running) return;
    turn.element.remove();
    ask(question);
  };
  byId("opening").hidden = true;
  byId("conversation").append(turn.element);
  turn.element.scrollIntoView({ block: "start" });
  running = new AbortController();
  showBusy();
  try {
    await receive(turn, running.signal);
  } catch (error) {
    if (error.name === "AbortError") turn.stopped(retry);
    else turn.failed(asProblem(error), retry);
  } finally {
    running = null;
    showIdle();
  }
}

async function receive(turn, signal) {
  const request = {
    question: turn.question, history: history.slice(-HISTORY_TURNS),
    as_of: sources.asOf(), filters: sources.filters(),
  };
  for await (const { type, data } of askStreaming(request, signal)) {
    if (type === "evidence") turn.evidence(data.evidence);
    else if (type === "sentence") turn.sentence(data.sentence, data.citations);
    else if (type === "answer") {
      turn.answer(data);
      remember(turn.question, data);
    }
  }
}

function remember(question, { status, refusal, sentences, receipt }) {
  const said = status === "refused" ? refusal.message : sentences.map(({ text }) => text).join(" ");
  history.push({ role: "user", content: question }, { role: "assistant", content: said });
  if (receipt.index_generation !== generation) loadCorpus().catch(() => {});
}

/** A fault in the page itself is shown too, and left in the console for whoever mends it. */
function asProblem(error) {
  if (error instanceof Problem) return error;
  console.error(error);
  return new Problem({ title: "The page failed to show the answer", detail: String(error) });
}

function showBusy() {
  box.disabled = true;
  byId("send").hidden = true;
  byId("stop").hidden = false;
  byId("stop").focus({ preventScroll: true });
}

function showIdle() {
  const held = [byId("stop"), document.body].includes(document.activeElement);
  box.disabled = false;
  byId("send").hidden = false;
  byId("stop").hidden = true;
  // On a touch screen the focus would bring up the keyboard, over the answer.
  if (held && matchMedia("(pointer: fine)").matches) box.focus({ preventScroll: true });
}

function submit() {
  const question = box.value.trim();
  if (running || question === "" || !sources.mayAsk()) return;
  box.value = "";
  fitBox();
  ask(question);
}

function fitBox() {
  box.style.height = "auto";
  box.style.height = `${box.scrollHeight + box.offsetHeight - box.clientHeight}px`;
  const left = box.maxLength - box.value.length;
  byId("room").hidden = left > ROOM_SHOWN_BELOW;
  byId("room").textContent = left > ROOM_SHOWN_BELOW ? "" : `${left} characters left`;
}

async function loadCorpus() {
  const listed = await sources.load();
  generation = listed.generation;
  return listed.articles;
}

async function offerExamples(articles) {
  const { articles: meant, examples } = await (await fetch("static/examples.json")).json();
  const ids = (list) => [...list].sort().join("\n");
  if (ids(meant) !== ids(articles.map(({ id }) => id))) return;
  byId("examples").replaceChildren(...examples.map(({ question, note }) =>
    el("li", {}, el("button", { type: "button", onclick: () => ask(question) },
      question, note ? el("span", { class: "meta" }, note) : null))));
  byId("examples").hidden = false;
}

async function start() {
  try {
    const articles = await loadCorpus();
    if (articles.length) await offerExamples(articles);
    else sayAtOpening("There are no articles yet. Add some, then ask.");
  } catch (error) {
    sayAtOpening(asProblem(error).said.join(" "));
  }
}

function sayAtOpening(text) {
  byId("opening-note").textContent = text;
  byId("opening-note").hidden = false;
}

byId("composer").addEventListener("submit", (event) => {
  event.preventDefault();
  submit();
});
byId("stop").addEventListener("click", () => running?.abort());
box.addEventListener("input", fitBox);
box.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  submit();
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !hideTip() && !sources.close()) pane.close();
});

// On paper, quotations and receipts stand open.
let folded = [];
addEventListener("beforeprint", () => {
  folded = [...document.querySelectorAll(".facts details:not([open])")];
  for (const details of folded) details.open = true;
});
addEventListener("afterprint", () => {
  for (const details of folded) details.open = false;
});

start();
box.focus({ preventScroll: true });
