// What can be done with the whole conversation: begin another one, take it along.

import { byId } from "../dom.js";
import { conversationAsJson, conversationAsMarkdown } from "./exports.js";
import { menu } from "../menu.js";
import { say } from "../notice.js";
import { download } from "../save.js";

const MARKDOWN = "Conversation as Markdown";
const JSON_TEXT = "Conversation as JSON";

/**
 * Put the tools below the question box, as far as there is anything for them to do.
 *
 * @param {Conversation} conversation
 * @param {Feedback} feedback
 */
export function showTools(conversation, feedback) {
  const { records } = conversation;
  const judged = feedback.all().length;
  byId("new-conversation").hidden = records.length === 0;
  const choices = [
    ...(records.length ? [
      [MARKDOWN, () => download(named("md"), conversationAsMarkdown(records), "text/markdown")],
      [JSON_TEXT, () => download(named("json"), conversationAsJson(records, now()), "application/json")],
    ] : []),
    ...(judged ? [
      [`Judged answers (${judged}) as JSONL`, () =>
        download(`dateline-feedback-${now().slice(0, 10)}.jsonl`, feedback.jsonl(), "application/jsonl")],
    ] : []),
  ];
  const fresh = choices.length ? [menu(["Export"], choices)] : [];
  byId("export").replaceChildren(...fresh);
}

/** Begin another conversation, with a way back to this one. */
export function beginAnew(conversation, keep, resume) {
  const { id } = keep;
  conversation.begin();
  say("A new conversation. The one before is kept in this browser.", {
    label: "Back to it", act: () => resume(id),
  });
  byId("question").focus({ preventScroll: true });
}

const now = () => new Date().toISOString();
const named = (suffix) => `dateline-${now().slice(0, 10)}.${suffix}`;
