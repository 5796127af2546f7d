// The chat page: wires the question box, the conversation, the reader, the sources and the service.

import { ArticlePane } from "./reader/article.js";
import { listen, showBusy } from "./talk/composer.js";
import { Conversation } from "./talk/conversation.js";
import { byId } from "./dom.js";
import { closeEditing } from "./talk/edit.js";
import { Feedback } from "./talk/feedback.js";
import { Keep } from "./talk/keep.js";
import { askForKey, listenForKey } from "./wire/keyform.js";
import { listenForKeys } from "./keys.js";
import { listenForLatest, watchLatest } from "./talk/latest.js";
import { closeMenu, closeMenusOutside } from "./menu.js";
import { hush } from "./notice.js";
import { offerEarlier, offerExamples, sayAtOpening } from "./talk/opening.js";
import { asProblem } from "./wire/problem.js";
import { Sources } from "./sources/sources.js";
import { hideTip, keepInPlace } from "./talk/tip.js";
import { beginAnew, showTools } from "./talk/tools.js";
import { watchFor } from "./wire/watch.js";
import { fetchExamples } from "./wire/wire.js";

const pane = new ArticlePane();
const open = (source, opener, trail) => pane.open(source, opener, trail);
const sources = new Sources(open);
const keep = new Keep(store("localStorage"), store("sessionStorage"));
const feedback = new Feedback(store("localStorage"));
const conversation = new Conversation({
  keep, feedback, open, changed, answered, failed,
  scope: () => ({ as_of: sources.asOf(), filters: sources.filters() }),
  widen: () => sources.clear(),
  busy: showBusy,
});

let generation = null;

/** A store of the browser; null if it is closed. */
function store(name) {
  try {
    return globalThis[name];
  } catch {
    return null;
  }
}

function ask(question) {
  hush();
  return sources.mayAsk() && conversation.ask(question);
}

function resume(id) {
  conversation.stop();
  conversation.restore(keep.open(id));
  conversation.last?.element.scrollIntoView({ block: "start" });
}

function changed() {
  const { last } = conversation;
  byId("opening").hidden = last !== null;
  if (!last) offerEarlier(keep, resume);
  showTools(conversation, feedback);
  watchLatest(last);
}

function answered({ receipt }) {
  if (receipt.index_generation !== generation) sources.load().catch(() => {});
}

function failed(problem, again) {
  if (problem.asksForKey) askForKey(problem, () => { start(); again(); });
  else if (problem.isPassing) watchFor(problem, start);
}

/** Load what the opening shows; a service that is away or wants a key is waited for. */
async function start() {
  try {
    const listed = await sources.load();
    await fillOpening(listed.articles, listed.generation);
  } catch (error) {
    const problem = asProblem(error);
    sayAtOpening(problem.said.join(" "));
    failed(problem, () => {});
  }
}

async function fillOpening(articles, listed) {
  generation = listed;
  sayAtOpening("");
  offerExamples(articles.length ? await fetchExamples().catch(() => []) : [], ask);
}

listen({ ask, stop: () => conversation.stop(), editLast: () => conversation.editLast() });
listenForKey();
listenForKeys([hideTip, closeMenu, closeEditing, () => sources.close(), () => pane.close()]);
listenForLatest();
closeMenusOutside();
keepInPlace();
sources.onChange(fillOpening);
byId("new-conversation").addEventListener("click", () => beginAnew(conversation, keep, resume));
addEventListener("beforeunload", () => conversation.leave());

// On paper, quotations and receipts stand open.
let folds = [];
addEventListener("beforeprint", () => {
  folds = [...document.querySelectorAll(".facts details:not([open], .menu)")];
  for (const details of folds) details.open = true;
});
addEventListener("afterprint", () => {
  for (const details of folds) details.open = false;
});

conversation.restore(keep.resume());
start();
byId("question").focus({ preventScroll: true });
