"""OpenAI's chat API, used by OpenAI's own client against a real server with a scripted model."""

import asyncio
import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import httpx2  # what OpenAI's client is built on
import openai
import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import settings as property_settings
from hypothesis import strategies as st
from openai import AsyncOpenAI, OpenAI
from openai.types.chat import ChatCompletion, ChatCompletionChunk
from pydantic import ValidationError

from index.articles import Article
from index.generation import Reader
from index.store import Store
from rag.engine.protocol import Engine
from rag.errors import EmptyQuestion, EngineDied, MalformedRequest, QuestionTooLong
from rag.pipeline import Event, EvidenceFound, Finished, Pipeline, SentenceVerified
from rag.schemas import AnswerOut, AskIn, ChatIn, ChatProblem, EvidenceEvent, SentenceEvent
from rag.schemas.completion import annotations_of, content_of
from rag.service import create_app
from rag.service.chat import OpenAI as Wording
from rag.service.problems import MEDIA_TYPE
from rag.settings import Settings
from rag.types import (
    Answer,
    AnswerSentence,
    Citation,
    Receipt,
    Refusal,
    RefusalCode,
    Status,
    Timings,
    Usage,
)
from tests.fakes import FakeEngine
from tests.rag.samples import NEWS, evidence_of
from tests.rag.test_service import (
    BBC,
    NINE,
    PATIENCE_S,
    QUESTION,
    BlockingEngine,
    DyingEngine,
    HoldingEngine,
    served,
    until,
)

MakePipeline = Callable[[Engine], Pipeline]
FIRST = "Nine children were killed [1][2]."
SECOND = (
    "Last Friday, a missile attack on Zelensky's hometown of Kryvyi Rih killed 20 civilians, "
    "including nine children [1]."
)
NOW = 1_744_106_400.7
ASKED: list[Any] = [{"role": "user", "content": QUESTION}]
TOOL = {"type": "function", "function": {"name": "search", "parameters": {}}}


@contextmanager
def chatting(pipeline: Pipeline, settings: Settings) -> Iterator[OpenAI]:
    """The client of a real server, whose clock stands still."""
    app = create_app(pipeline, settings)
    app.state.parts = replace(app.state.parts, now=lambda: NOW, began=NOW - 100)
    with (
        served(app) as address,
        OpenAI(
            base_url=f"{address}/v1", api_key="none", max_retries=0, timeout=PATIENCE_S
        ) as client,
    ):
        yield client


@pytest.fixture
def chat(make_pipeline: MakePipeline, settings: Settings) -> Iterator[OpenAI]:
    with chatting(make_pipeline(FakeEngine(lambda prompt: NINE, 0.999)), settings) as client:
        yield client


@pytest.fixture
def refusing(make_pipeline: MakePipeline, settings: Settings) -> Iterator[OpenAI]:
    with chatting(make_pipeline(FakeEngine(chance=0.001)), settings) as client:
        yield client


def completed(client: OpenAI, **fields: Any) -> ChatCompletion:  # noqa: ANN401  # a request's own
    found = client.chat.completions.create(model="dateline", **{"messages": ASKED} | fields)
    assert isinstance(found, ChatCompletion)
    return found


def streamed(client: OpenAI, **fields: Any) -> list[ChatCompletionChunk]:  # noqa: ANN401  # as above
    return list(
        client.chat.completions.create(
            model="dateline", stream=True, **{"messages": ASKED} | fields
        )
    )


def extra(of: Any, name: str) -> Any:  # noqa: ANN401  # what the client's types do not know
    return (of.model_extra or {}).get(name)


def contents(chunks: list[ChatCompletionChunk]) -> list[str]:
    deltas = [choice.delta for chunk in chunks for choice in chunk.choices]
    return [delta.content for delta in deltas if delta.content is not None]


def test_an_answer_is_a_completion(chat: OpenAI, seeds: tuple[Article, ...]) -> None:
    completion = completed(chat)
    (choice,) = completion.choices
    message = choice.message
    assert message.content == f"{FIRST} {SECOND}"
    assert (message.role, message.refusal, choice.finish_reason) == ("assistant", None, "stop")
    assert (completion.object, completion.model) == ("chat.completion", "dateline")
    assert completion.created == int(NOW)
    assert completion.id.startswith("chatcmpl-")
    answer = AnswerOut.model_validate_json(json.dumps(extra(completion, "dateline")))
    assert answer.answer == message.content
    texts = {article.id: article.text for article in seeds}
    for citation in answer.citations:
        assert texts[citation.article_id][citation.start : citation.end] == citation.quote
    assert completion.usage is not None
    assert completion.usage.completion_tokens == len(NINE.split()) - 1  # one joins the opening
    assert completion.usage.prompt_tokens > 100
    assert completion.usage.total_tokens == (
        completion.usage.prompt_tokens + completion.usage.completion_tokens
    )


def test_the_whole_answer_is_that_of_our_own_api(chat: OpenAI) -> None:
    told = extra(completed(chat), "dateline")
    address = str(chat.base_url).replace("/v1/", "/v1/answer")
    own = httpx.post(address, json={"question": QUESTION}, timeout=PATIENCE_S).json()
    assert told | {"timings_ms": None} == own | {"timings_ms": None}


def test_annotations_mark_the_markers(chat: OpenAI, seeds: tuple[Article, ...]) -> None:
    completion = completed(chat)
    message = completion.choices[0].message
    cited = extra(completion, "dateline")["citations"]
    titles = {article.id: article.title for article in seeds}
    assert message.content is not None
    marks = [
        (message.content[one.url_citation.start_index : one.url_citation.end_index], one)
        for one in message.annotations or []
    ]
    assert [mark for mark, _ in marks] == ["[1]", "[2]", "[1]"]
    for mark, annotation in marks:
        article = cited[int(mark.strip("[]")) - 1]["article_id"]
        assert annotation.type == "url_citation"
        assert annotation.url_citation.title == titles[article]
        shown = httpx.get(annotation.url_citation.url, timeout=PATIENCE_S).json()
        assert (shown["id"], shown["title"]) == (article, titles[article])


def test_every_completion_has_a_name_of_its_own_and_the_same_fingerprint(chat: OpenAI) -> None:
    one, other = completed(chat), completed(chat)
    assert one.id != other.id
    assert one.system_fingerprint == other.system_fingerprint
    assert (one.system_fingerprint or "").startswith("fp_")


def test_a_refusal_is_told_as_content(refusing: OpenAI) -> None:
    completion = completed(refusing)
    (choice,) = completion.choices
    told = extra(completion, "dateline")
    assert told["status"] == "refused"
    assert choice.message.content == told["refusal"]["message"]
    assert (choice.message.refusal, choice.finish_reason) == (None, "stop")
    assert choice.message.annotations == []


def test_a_stream_says_who_speaks_then_each_sentence_then_the_whole(chat: OpenAI) -> None:
    chunks = streamed(chat)
    first, *said, last = chunks
    assert (first.choices[0].delta.role, first.choices[0].delta.content) == ("assistant", "")
    assert len(EvidenceEvent.model_validate(extra(first, "dateline")).evidence) == 6
    assert contents(said) == [FIRST, f" {SECOND}"]
    for chunk in said:
        SentenceEvent.model_validate_json(json.dumps(extra(chunk, "dateline")))
    assert [chunk.choices[0].finish_reason for chunk in chunks] == [None, None, None, "stop"]
    assert {chunk.choices[0].delta.role for chunk in chunks[1:]} == {None}
    assert {(chunk.id, chunk.created, chunk.model, chunk.object) for chunk in chunks} == {
        (first.id, int(NOW), "dateline", "chat.completion.chunk")
    }
    assert {chunk.usage for chunk in chunks} == {None}
    completion = completed(chat)
    assert "".join(contents(chunks)) == completion.choices[0].message.content
    annotations = [one.model_dump() for one in completion.choices[0].message.annotations or []]
    assert extra(last.choices[0].delta, "annotations") == annotations
    told, whole = extra(last, "dateline"), extra(completion, "dateline")
    assert told | {"timings_ms": None} == whole | {"timings_ms": None}
    assert last.system_fingerprint == completion.system_fingerprint


def test_a_stream_ends_with_its_usage_if_that_is_asked_for(chat: OpenAI) -> None:
    *_, end, last = streamed(chat, stream_options={"include_usage": True})
    assert (end.choices[0].finish_reason, end.usage) == ("stop", None)
    assert last.choices == []
    assert last.usage == completed(chat).usage


def test_a_streamed_refusal_is_told_as_content(refusing: OpenAI) -> None:
    chunks = streamed(refusing)
    assert contents(chunks) == ["", completed(refusing).choices[0].message.content]
    assert chunks[-1].choices[0].finish_reason == "stop"


def test_a_question_that_needs_no_evidence_is_refused_by_someone(chat: OpenAI) -> None:
    """Nothing was found for it, so its first chunk with content has to say who speaks."""
    chunks = streamed(chat, messages=[{"role": "user", "content": "Who was it?"}])
    assert extra(chunks[-1], "dateline")["refusal"]["code"] == "ambiguous"
    assert [chunk.choices[0].delta.role for chunk in chunks] == ["assistant", None]


def test_the_clients_own_reader_of_streams_puts_the_message_together(chat: OpenAI) -> None:
    with chat.chat.completions.stream(model="dateline", messages=ASKED) as stream:
        put_together = stream.get_final_completion()
    (choice,) = put_together.choices
    whole = completed(chat).choices[0].message
    assert (choice.message.role, choice.message.content) == ("assistant", whole.content)
    assert choice.message.annotations == whole.annotations


async def ask_async(address: str) -> list[str]:
    async with AsyncOpenAI(base_url=address, api_key="none", max_retries=0) as client:
        stream = await client.chat.completions.create(model="dateline", messages=ASKED, stream=True)
        return contents([chunk async for chunk in stream])


def test_the_asynchronous_client_works_as_well(chat: OpenAI) -> None:
    said = asyncio.run(ask_async(str(chat.base_url)))
    assert "".join(said) == completed(chat).choices[0].message.content


def test_our_own_options_are_taken_beside_openais(chat: OpenAI) -> None:
    restricted = completed(chat, extra_body={"dateline": {"filters": {"article_ids": [BBC]}}})
    cited = extra(restricted, "dateline")["citations"]
    assert {citation["article_id"] for citation in cited} == {BBC}
    early = completed(chat, extra_body={"dateline": {"as_of": "2025-04-07"}})
    assert extra(early, "dateline")["refusal"]["code"] == "off_topic"


def test_what_changes_nothing_is_accepted(chat: OpenAI) -> None:
    plain = completed(chat).choices
    assert (
        plain
        == completed(
            chat,
            temperature=1.0,
            top_p=0.1,
            max_tokens=1,
            max_completion_tokens=1,
            n=1,
            seed=7,
            user="reader",
            stop=["killed"],
            presence_penalty=2,
            frequency_penalty=-2,
            logit_bias={},
            logprobs=False,
            top_logprobs=0,
            response_format={"type": "text"},
            modalities=["text"],
            tools=[],
            tool_choice="auto",
            parallel_tool_calls=False,
            reasoning_effort="high",
            store=False,
            metadata={"chat": "1"},
            service_tier="auto",
            stream_options=None,
            extra_body={"min_p": 0.1, "chat_id": "x", "dateline": None},
            extra_headers={"openai-organization": "org-1"},
        ).choices
    )


@pytest.mark.parametrize(
    ("fields", "param", "why"),
    [
        ({"n": 2}, "n", "a question has one answer"),
        ({"n": True}, "n", "a question has one answer"),
        ({"logprobs": 0}, "logprobs", "not kept"),
        ({"top_logprobs": False}, "top_logprobs", "not kept"),
        ({"logprobs": True}, "logprobs", "not kept"),
        ({"top_logprobs": 3}, "top_logprobs", "not kept"),
        ({"logit_bias": {"50256": -100}}, "logit_bias", "greedy"),
        ({"response_format": {"type": "json_object"}}, "response_format", "an answer is text"),
        ({"modalities": ["text", "audio"]}, "modalities", "an answer is text"),
        ({"audio": {"voice": "alloy", "format": "wav"}}, "audio", "no sound"),
        ({"tools": [TOOL]}, "tools", "no tools"),
        ({"tool_choice": "required"}, "tool_choice", "no tools"),
        ({"functions": [{"name": "f"}]}, "functions", "no tools"),
        ({"web_search_options": {}}, "web_search_options", "only the articles"),
        (
            {"messages": [{"role": "tool", "content": "x", "tool_call_id": "1"}, *ASKED]},
            "messages.0.role",
            "no message of this role",
        ),
        (
            {
                "messages": [
                    {"role": "assistant", "content": None, "tool_calls": [{"id": "1"}]},
                    *ASKED,
                ]
            },
            "messages.0.tool_calls",
            "no tools",
        ),
        (
            {
                "messages": [
                    {
                        "role": "user",
                        "content": [
                            {"type": "text", "text": "What is this?"},
                            {"type": "image_url", "image_url": {"url": "data:,"}},
                        ],
                    }
                ]
            },
            "messages.0.content.1.type",
            "only parts of type 'text'",
        ),
    ],
    ids=lambda value: str(value)[:30],
)
@pytest.mark.parametrize("stream", [False, True])
def test_what_would_be_a_lie_is_refused(
    chat: OpenAI, fields: dict[str, Any], param: str, why: str, stream: bool
) -> None:
    with pytest.raises(openai.BadRequestError) as caught:
        completed(chat, stream=stream, **fields)
    error = caught.value
    assert (error.code, error.param) == ("unsupported_parameter", param)
    assert error.type == "invalid_request_error"
    assert isinstance(error.body, dict)
    assert error.body["message"].startswith(f"{param}: ")
    assert why in error.body["message"]


@pytest.mark.parametrize(
    ("messages", "kind", "status", "code"),
    [
        ([], openai.UnprocessableEntityError, 422, "malformed_request"),
        ([{"content": "x"}], openai.UnprocessableEntityError, 422, "malformed_request"),
        (
            [{"role": "user", "content": 7}],
            openai.UnprocessableEntityError,
            422,
            "malformed_request",
        ),
        (
            [*ASKED, {"role": "assistant", "content": "Nine"}],
            openai.UnprocessableEntityError,
            422,
            "malformed_request",
        ),
        (
            [{"role": "system", "content": "Be brief."}],
            openai.UnprocessableEntityError,
            422,
            "malformed_request",
        ),
        (
            [{"role": "user", "content": " "}],
            openai.UnprocessableEntityError,
            422,
            "empty_question",
        ),
        ([{"role": "user"}], openai.UnprocessableEntityError, 422, "empty_question"),
        (
            [{"role": "user", "content": "x" * 2001}],
            openai.APIStatusError,
            413,
            "question_too_long",
        ),
        (
            [{"role": "user", "content": "x" * 70_000}],
            openai.APIStatusError,
            413,
            "body_too_large",
        ),
        (ASKED * 202, openai.UnprocessableEntityError, 422, "malformed_request"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_messages_that_cannot_be_taken(
    chat: OpenAI,
    messages: list[dict[str, str]],
    kind: type[openai.APIStatusError],
    status: int,
    code: str,
) -> None:
    with pytest.raises(kind) as caught:
        completed(chat, messages=messages)
    assert (caught.value.status_code, caught.value.code) == (status, code)
    problem = ChatProblem.model_validate_json(caught.value.response.content)
    assert (problem.status, problem.code, problem.error.code) == (status, code, code)
    assert caught.value.response.headers["content-type"] == MEDIA_TYPE


def test_another_model_is_not_found(chat: OpenAI) -> None:
    for ask in (
        lambda: chat.chat.completions.create(model="gpt-4o", messages=ASKED),
        lambda: chat.models.retrieve("gpt-4o"),
        lambda: chat.models.retrieve("meta/llama"),
    ):
        with pytest.raises(openai.NotFoundError, match="the one there is is 'dateline'") as caught:
            ask()
        assert caught.value.code == "model_not_found"


def test_the_models_are_listed(chat: OpenAI) -> None:
    (model,) = chat.models.list().data
    assert model.model_dump(exclude_unset=True) == {
        "id": "dateline",
        "object": "model",
        "created": int(NOW - 100),
        "owned_by": "dateline",
    }
    assert chat.models.retrieve("dateline") == model


def test_without_an_index_the_client_is_told_so(
    make_pipeline: MakePipeline, settings: Settings, tmp_path: Path
) -> None:
    pipeline = replace(make_pipeline(FakeEngine()), reader=Reader(Store(tmp_path / "none")))
    with chatting(pipeline, settings) as chat:
        for stream in (False, True):
            with pytest.raises(openai.InternalServerError) as caught:
                completed(chat, stream=stream)
            assert (caught.value.status_code, caught.value.code) == (503, "no_index")
            assert caught.value.type == "server_error"


def test_too_many_questions_are_turned_away_with_a_time(
    make_pipeline: MakePipeline, settings: Settings
) -> None:
    one = settings.model_copy(update={"questions_at_once": 1, "questions_waiting": 0})
    engine = HoldingEngine()
    with chatting(make_pipeline(engine), one) as chat, ThreadPoolExecutor(1) as others:
        first = others.submit(completed, chat)
        until(lambda: engine.held == 1)
        for stream in (False, True):
            with pytest.raises(openai.RateLimitError) as caught:
                completed(chat, stream=stream)
            assert (caught.value.code, caught.value.type) == ("busy", "rate_limit_error")
            assert int(caught.value.response.headers["retry-after"]) >= 1
        engine.go.set()
        assert first.result().choices[0].finish_reason == "stop"


def test_an_error_in_a_stream_is_raised_where_it_stands(
    make_pipeline: MakePipeline, settings: Settings
) -> None:
    with chatting(make_pipeline(DyingEngine(chance=0.999)), settings) as chat:
        stream = chat.chat.completions.create(model="dateline", messages=ASKED, stream=True)
        assert next(stream).choices[0].delta.role == "assistant"
        with pytest.raises(openai.APIError, match="the model's process has ended") as caught:
            list(stream)
        assert (caught.value.code, caught.value.type) == (EngineDied.code, "server_error")


def test_the_first_chunk_leaves_before_the_model_has_written_and_a_client_that_leaves_stops_it(
    make_pipeline: MakePipeline, settings: Settings
) -> None:
    engine = BlockingEngine()
    with chatting(make_pipeline(engine), settings) as chat:
        stream = chat.chat.completions.create(model="dateline", messages=ASKED, stream=True)
        assert len(extra(next(stream), "dateline")["evidence"]) == 6
        assert engine.began.wait(PATIENCE_S)
        assert not engine.cancelled.is_set()
        stream.close()
        assert engine.cancelled.wait(PATIENCE_S)


def test_a_client_that_does_not_wait_for_its_completion_stops_the_model(
    make_pipeline: MakePipeline, settings: Settings
) -> None:
    engine = BlockingEngine()
    with chatting(make_pipeline(engine), settings) as chat:
        with pytest.raises(openai.APITimeoutError):
            chat.with_options(timeout=1.0).chat.completions.create(model="dateline", messages=ASKED)
        assert engine.cancelled.wait(PATIENCE_S)


def test_problems_of_our_own_routes_have_no_member_for_others(
    make_pipeline: MakePipeline, settings: Settings
) -> None:
    app = create_app(make_pipeline(FakeEngine()), settings)
    client = TestClient(app, "http://127.0.0.1:8000")
    assert "error" not in client.post("/v1/answer", json={}).json()
    assert "error" not in client.post("/v1/answer", content=b" " * 70_000).json()
    for content in (b"{", b" " * 70_000):
        reply = client.post("/v1/chat/completions", content=content)
        assert ChatProblem.model_validate_json(reply.content).error.code == reply.json()["code"]
        assert int(reply.headers["content-length"]) == len(reply.content)
    wrong = client.get("/v1/chat/completions")
    assert (wrong.status_code, wrong.headers["allow"]) == (405, "POST")
    assert wrong.json()["error"]["code"] == "method_not_allowed"


def test_a_chat_is_the_question_that_our_own_api_would_be_asked(settings: Settings) -> None:
    chat = ChatIn.model_validate(
        {
            "model": "dateline",
            "messages": [
                {"role": "system", "content": "You are a pirate."},
                {"role": "user", "content": "Who is Syrskyi?"},
                {"role": "assistant", "content": [{"type": "text", "text": "A general [1]."}]},
                {"role": "assistant", "content": None},
                {"role": "developer", "content": "Answer in French."},
                {
                    "role": "user",
                    "content": [
                        {"type": "text", "text": "And what"},
                        {"type": "text", "text": "did he say? \ud800"},
                    ],
                },
                {"role": "system", "content": "Be brief."},
            ],
            "dateline": {"as_of": "2025-04-08", "filters": {"outlets": ["BBC"]}},
        }
    )
    own = AskIn.model_validate(
        {
            "question": "And what did he say? ?",
            "history": [
                {"role": "user", "content": "Who is Syrskyi?"},
                {"role": "assistant", "content": "A general [1]."},
                {"role": "assistant", "content": ""},
            ],
            "as_of": "2025-04-08",
            "filters": {"outlets": ["BBC"]},
        }
    )
    assert chat.to_question(settings) == own.to_question(settings)


@pytest.mark.parametrize(
    ("messages", "error"),
    [
        ([{"role": "assistant", "content": "x"}], MalformedRequest),
        ([{"role": "user", "content": "?"}], EmptyQuestion),
        ([{"role": "user", "content": "x" * 11}], QuestionTooLong),
    ],
)
def test_bounds_are_those_of_our_own_api(
    settings: Settings, messages: list[dict[str, str]], error: type[Exception]
) -> None:
    narrow = settings.model_copy(update={"question_chars": 10})
    chat = ChatIn.model_validate({"model": "dateline", "messages": messages})
    with pytest.raises(error):
        chat.to_question(narrow)


def test_our_own_options_allow_nothing_unknown() -> None:
    with pytest.raises(ValidationError, match="author"):
        ChatIn.model_validate({"model": "x", "messages": ASKED, "dateline": {"author": "y"}})


CITED = tuple(
    Citation(number, article, 0, 9, article.text[:9])
    for number, article in enumerate((NEWS, replace(NEWS, id="a/b", url=None)), start=1)
)
WORDS = st.text(st.sampled_from('ab 🚢é[]12.!?\n\u2028\u0085"\\'), min_size=1, max_size=20)
SENTENCES = st.lists(
    st.builds(
        AnswerSentence,
        text=WORDS,
        citations=st.sampled_from([(1,), (2,), (1, 2), (2, 1)]),
        support=st.just(1.0),
    ),
    min_size=1,
    max_size=4,
)


def answered(sentences: list[AnswerSentence]) -> Answer:
    """An answer of these sentences and one that cites everything."""
    return Answer(
        status=Status.ANSWERED,
        refusal=None,
        sentences=(*sentences, AnswerSentence("It rained.", (1, 2), 1.0)),
        citations=CITED,
        agreement=(),
        confidence=0.9,
        question_used="Did it rain?",
        timings=Timings(1, 2, 3),
        receipt=Receipt("0" * 64, "g", "1" * 64, "test"),
        usage=Usage(10, 5),
    )


def refused(message: str) -> Answer:
    refusal = Refusal(RefusalCode.NOT_IN_ARTICLES, message)
    none = replace(answered([]), citations=CITED[:1], sentences=(AnswerSentence("x", (1,), 1.0),))
    return replace(none, status=Status.REFUSED, refusal=refusal, sentences=(), citations=())


def linked(citation: Citation) -> str:
    return citation.article.url or citation.article.id


def sent(answer: Answer) -> str:
    """What a stream's chunks say, as OpenAI's client reads it from its bytes."""
    wording = Wording("chatcmpl-1", 0, linked, with_usage=True)
    events: list[Event] = [
        EvidenceFound(tuple(evidence_of(NEWS))),
        *(SentenceVerified(sentence, ()) for sentence in answer.sentences),
        Finished(answer),
    ]
    content = b"".join(wording.event(event) for event in events)
    transport = httpx2.MockTransport(lambda request: httpx2.Response(200, content=content))
    with OpenAI(api_key="none", http_client=httpx2.Client(transport=transport)) as client:
        return "".join(contents(streamed(client)))


@property_settings(deadline=None)  # a client is made for every example
@given(SENTENCES)
def test_the_pieces_of_a_stream_are_the_content(sentences: list[AnswerSentence]) -> None:
    answer = answered(sentences)
    assert sent(answer) == content_of(answer) == answer.text


@property_settings(deadline=None)  # a client is made for every example
@given(WORDS)
def test_the_pieces_of_a_refusal_are_its_message(message: str) -> None:
    assert sent(refused(message)) == content_of(refused(message)) == message


@given(SENTENCES)
def test_an_annotation_stands_at_each_marker(sentences: list[AnswerSentence]) -> None:
    """Words of an article may look like markers; they are none."""
    answer = answered(sentences)
    found = [one.url_citation for one in annotations_of(answer, linked)]
    cited = [number for sentence in answer.sentences for number in sentence.citations]
    assert [answer.text[one.start_index : one.end_index] for one in found] == [
        f"[{number}]" for number in cited
    ]
    assert [one.url for one in found] == [linked(CITED[number - 1]) for number in cited]
    rest = answer.text
    for one in reversed(found):
        rest = rest[: one.start_index] + rest[one.end_index :]
    unmarked = [replace(sentence, citations=()) for sentence in answer.sentences]
    assert rest == " ".join(sentence.marked for sentence in unmarked)
