// What data must look like before the page shows it, whether a service sent it or a store kept it.
// A shape is a function from a value to true or false.

const text = (value) => typeof value === "string";
const name = (value) => text(value) && /^[0-9a-f]{16}$/.test(value); // as `newId` makes them
const number = (value) => Number.isFinite(value);
const whole = (value) => Number.isInteger(value) && value >= 0;
const maybe = (shape) => (value) => value === null || value === undefined || shape(value);
const oneOf = (...values) => (value) => values.includes(value);
const list = (shape) => (value) => Array.isArray(value) && value.every((item) => shape(item));

const record = (fields) => (value) => {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  return Object.entries(fields).every(([name, shape]) =>
    shape(Object.hasOwn(value, name) ? value[name] : undefined));
};

const origin = { outlet: maybe(text), published: maybe(text), url: maybe(text) };
const span = { article_id: text, title: text, ...origin, start: whole, end: whole };
const citation = record({ id: whole, ...span, quote: text });
const sentence = record({ text, citations: list(whole) });

const refusal = record({ code: text, message: text, nearest: maybe(list(whole)) });
const agreement = record({ citations: list(whole), articles: whole, independent: whole });
const side = record({ value: text, citations: list(whole) });
const conflict = record({ slot: text, sides: list(side) });
const timings = record({ retrieve: number, first_sentence: maybe(number), total: number });
const receipt = record({
  model_sha256: text, index_generation: text, prompt_sha256: text, version: text,
});

const answered = record({
  status: oneOf("answered", "refused"), refusal: maybe(refusal), short: maybe(text),
  sentences: list(sentence), citations: list(citation),
  agreement: maybe(list(agreement)), conflicts: maybe(list(conflict)),
  confidence: number, question_used: maybe(text), timings_ms: timings, receipt,
});

/** The answer object of the wire. */
export const isAnswer = (value) =>
  answered(value) && (value.status === "refused") === (maybe(refusal)(value.refusal)
    && value.refusal !== null && value.refusal !== undefined);

const evidence = record({ ...span, text });
const said = record({ sentence, citations: list(citation) });

/** What the events before `answer` hold; an event of another name may hold anything. */
export function isEvent(type, data) {
  if (type === "evidence") return record({ evidence: list(evidence) })(data);
  return type !== "sentence" || said(data);
}

const article = { title: text, ...origin };

/** One article with its text. */
export const isArticle = record({ id: text, ...article, text });

/** The list of articles. */
export const isArticles = record({ generation: text, articles: list(record({ id: text, ...article })) });

/** Questions to begin with. */
export const isExamples = record({
  examples: list(record({ question: text, note: maybe(text) })),
});

const filters = record({
  article_ids: maybe(list(text)), outlets: maybe(list(text)),
  published_from: maybe(text), published_to: maybe(text),
});
const message = record({ role: oneOf("user", "assistant"), content: text });

/** What was asked, as it was sent. */
export const isRequest = record({
  question: text, history: list(message), as_of: maybe(text), filters,
});

const problem = record({ title: text, detail: text, hint: text, code: text, status: whole });

/** A turn as it is kept. */
export const isTurn = record({
  id: name, asked_at: text, request: isRequest,
  state: oneOf("asking", "done", "failed", "stopped"),
  evidence: list(evidence), drafted: list(said), answer: maybe(isAnswer), problem: maybe(problem),
});

/** A kept conversation; its turns are looked at one by one. */
export const isConversation = record({
  id: name, version: name, saved_at: text, turns: list(() => true),
});

/** One judged answer, as it is exported. */
export const isJudgement = record({
  format: oneOf("dateline-feedback/1"), id: name, asked_at: text, request: isRequest,
  verdict: oneOf("up", "down"), note: maybe(text), answer: isAnswer,
});
