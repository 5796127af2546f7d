"""What `GET /metrics` tells: all of it, by value, after a known conversation."""

import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse_open
from prometheus_client.parser import text_string_to_metric_families as parse

from index.generation import Reader
from index.store import Store
from rag.engine.protocol import Engine
from rag.errors import EngineDied
from rag.metrics import SECONDS
from rag.pipeline import Pipeline
from rag.service import create_app
from rag.settings import Settings
from rag.types import Question
from tests.fakes import FakeEngine

MakePipeline = Callable[[Engine], Pipeline]
QUESTION = "How many children were killed in the attack on Kryvyi Rih?"
NINE = "Nine children were killed. The attack on Kryvyi Rih killed 20 civilians."
OURS = "http://127.0.0.1:8000"
Samples = dict[str, float]


def samples(client: TestClient) -> Samples:
    """Every sample of our own by name and labels, without times and buckets."""
    found = {
        sample.name + "".join(f" {key}={value}" for key, value in sorted(sample.labels.items())): (
            sample.value
        )
        for family in parse(client.get("/metrics").text)
        for sample in family.samples
        if sample.name.startswith("dateline_")
    }
    times = ("_created", "_bucket", "_sum")
    return {name: v for name, v in found.items() if not name.split()[0].endswith(times)}


def starting_with(prefix: str, found: Samples) -> Samples:
    return {name: value for name, value in found.items() if name.startswith(prefix)}


def ask(client: TestClient, status: int, **fields: object) -> None:
    assert client.post("/v1/answer", json={"question": QUESTION} | fields).status_code == status


def test_a_conversation_by_value(
    make_pipeline: MakePipeline, settings: Settings, store: Store
) -> None:
    """Asked twice, refused once, turned away once, misunderstood once."""
    engine = FakeEngine(lambda prompt: NINE, 0.999)
    pipeline = make_pipeline(engine)
    usage = pipeline.answer(Question(QUESTION)).usage
    one = settings.model_copy(update={"questions_waiting": 0})
    client = TestClient(app := create_app(pipeline, one), OURS)
    ask(client, 200)
    ask(client, 200, stream=True)
    ask(client, 200, as_of="2025-04-07")
    with app.state.parts.desk.admission.take(threading.Event()):
        ask(client, 429, question="Who is Syrskyi?")
        inside = samples(client)
    ask(client, 422, question="?")
    client.get("/v1/articles/gone")
    client.request("BREW", "/v1/articles/gone/too")
    found = samples(client)
    assert inside["dateline_questions place=inside"] == 1
    assert (usage.prompt_tokens > 100, usage.completion_tokens) == (True, 11)
    answers = "method=POST route=/v1/answer"
    article = "method=GET route=/v1/articles/{article_id}"
    assert found == {
        "dateline_answers_total status=answered": 2,
        "dateline_answers_total status=refused": 1,
        "dateline_refusals_total code=off_topic": 1,
        "dateline_question_errors_total code=busy": 1,
        "dateline_remembered_answers_total result=hit": 1,
        "dateline_remembered_answers_total result=miss": 2,
        "dateline_remembered_seconds_count": 1,
        "dateline_tokens_total kind=prompt": usage.prompt_tokens,
        "dateline_tokens_total kind=completion": usage.completion_tokens,
        "dateline_stage_seconds_count stage=waited": 2,
        "dateline_stage_seconds_count stage=retrieve": 2,
        "dateline_stage_seconds_count stage=judge": 1,
        "dateline_stage_seconds_count stage=write": 1,
        "dateline_stage_seconds_count stage=first_sentence": 1,
        "dateline_stage_seconds_count stage=total": 2,
        f"dateline_http_requests_total {answers} status=200": 3,
        f"dateline_http_requests_total {answers} status=422": 1,
        f"dateline_http_requests_total {answers} status=429": 1,
        f"dateline_http_requests_total {article} status=404": 1,
        "dateline_http_requests_total method=GET route=/metrics status=200": 1,
        "dateline_http_requests_total method=other route=unmatched status=404": 1,
        f"dateline_http_request_seconds_count {answers}": 5,
        f"dateline_http_request_seconds_count {article}": 1,
        "dateline_http_request_seconds_count method=GET route=/metrics": 1,
        "dateline_http_request_seconds_count method=other route=unmatched": 1,
        "dateline_http_problems_total code=article_not_found": 1,
        "dateline_http_problems_total code=busy": 1,
        "dateline_http_problems_total code=empty_question": 1,
        "dateline_http_problems_total code=not_found": 1,
        "dateline_http_requests_underway": 1,
        f"dateline_build_info model_sha256={'0' * 64} version=test": 1,
        "dateline_engine_restarts_total": 0,
        "dateline_questions place=inside": 0,
        "dateline_questions place=waiting": 0,
        "dateline_questions_limit place=inside": 1,
        "dateline_questions_limit place=waiting": 0,
        f"dateline_index_info generation={store.newest().id}": 1,
        "dateline_index_articles": 2,
        "dateline_index_sentences": 45,
    }


def test_an_error_in_the_middle_of_a_stream_is_counted(
    make_pipeline: MakePipeline, settings: Settings
) -> None:
    errors = [EngineDied("gone"), ValueError("a bug")]
    engine = FakeEngine(lambda prompt: errors.pop(0), 0.999)
    client = TestClient(create_app(make_pipeline(engine), settings), OURS)
    ask(client, 200, stream=True)
    ask(client, 500)
    found = samples(client)
    assert starting_with("dateline_question_errors", found) == {
        "dateline_question_errors_total code=engine_died": 1,
        "dateline_question_errors_total code=internal_error": 1,
    }
    assert starting_with("dateline_http_problems", found) == {
        "dateline_http_problems_total code=internal_error": 1
    }


def test_times_fall_into_their_buckets(make_pipeline: MakePipeline, settings: Settings) -> None:
    client = TestClient(create_app(make_pipeline(FakeEngine()), settings), OURS)
    ask(client, 200)
    (family,) = [
        f for f in parse(client.get("/metrics").text) if f.name == "dateline_stage_seconds"
    ]
    buckets = [s for s in family.samples if s.labels == s.labels | {"stage": "total"}]
    bounds = [float(s.labels["le"]) for s in buckets if s.name.endswith("_bucket")]
    counts = [s.value for s in buckets if s.name.endswith("_bucket")]
    assert bounds == [*SECONDS, float("inf")]
    assert (counts, counts[-1]) == (sorted(counts), 1)


def test_services_do_not_share_their_counts(
    make_pipeline: MakePipeline, settings: Settings
) -> None:
    one, other = (
        TestClient(create_app(make_pipeline(FakeEngine()), settings), OURS) for _ in range(2)
    )
    ask(one, 200)
    assert "dateline_answers_total status=refused" in samples(one)
    assert starting_with("dateline_answers", samples(other)) == {}


def test_whatever_clients_say_labels_stay_few(
    make_pipeline: MakePipeline, settings: Settings
) -> None:
    client = TestClient(create_app(make_pipeline(FakeEngine()), settings), OURS)
    for number in range(20):
        client.get(f"/nothing/{number}")
        client.get(f"/v1/articles/{number}")
        client.get(f"/static/{number}")
        client.get("/healthz", headers={"host": f"evil{number}.example"})
        client.request(f"BREW{number}", f"/static/{number}", headers={"user-agent": f"{number}"})
        ask(client, 200, question=f"Who ate {number} hats?")
    found = starting_with("dateline_http_requests_total", samples(client))
    assert set(found) == {
        "dateline_http_requests_total method=GET route=unmatched status=404",
        "dateline_http_requests_total method=GET route=unmatched status=421",
        "dateline_http_requests_total method=GET route=/v1/articles/{article_id} status=404",
        "dateline_http_requests_total method=GET route=/static/* status=404",
        "dateline_http_requests_total method=other route=/static/* status=405",
        "dateline_http_requests_total method=POST route=/v1/answer status=200",
    }


def test_without_an_index_the_rest_is_told(
    make_pipeline: MakePipeline, settings: Settings, tmp_path: Path
) -> None:
    empty = replace(make_pipeline(FakeEngine()), reader=Reader(Store(tmp_path / "none")))
    client = TestClient(create_app(empty, settings), OURS)
    ask(client, 503)
    found = samples(client)
    assert starting_with("dateline_index", found) == {}
    assert found["dateline_question_errors_total code=no_index"] == 1


def test_the_process_is_measured(make_pipeline: MakePipeline, settings: Settings) -> None:
    client = TestClient(create_app(make_pipeline(FakeEngine()), settings), OURS)
    found = {s.name: s.value for f in parse(client.get("/metrics").text) for s in f.samples}
    assert found["process_resident_memory_bytes"] > 2**20
    assert found["process_open_fds"] > 2


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("", "text/plain; version=0.0.4; charset=utf-8"),
        ("text/html", "text/plain; version=0.0.4; charset=utf-8"),
        (
            "application/openmetrics-text; version=1.0.0",
            "application/openmetrics-text; version=1.0.0; charset=utf-8; escaping=underscores",
        ),
    ],
)
def test_it_speaks_both_forms_of_the_format(
    make_pipeline: MakePipeline, settings: Settings, accept: str, media_type: str
) -> None:
    client = TestClient(create_app(make_pipeline(FakeEngine()), settings), OURS)
    response = client.get("/metrics", headers={"accept": accept})
    assert response.headers["content-type"] == media_type
    read = parse_open if "openmetrics" in media_type else parse
    assert "dateline_build" in {f.name.removesuffix("_info") for f in read(response.text)}
