"""Told once and told again, in turn, and never what another question was told."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from itertools import count
from pathlib import Path

import pytest

from index.articles import Article
from index.build import sync
from index.store import Store
from rag.admission import Admission
from rag.desk import Desk, desk_of
from rag.dialogue import Dialogue
from rag.engine.protocol import Engine, Prompt
from rag.errors import Busy, EngineCancelled, EngineDied
from rag.pipeline import Event, EvidenceFound, Finished, Pipeline, SentenceVerified
from rag.prompt import PromptTemplate
from rag.settings import Settings
from rag.types import Answer, Filters, Message, Question, Role, Status, Timings
from tests.conftest import no_progress
from tests.fakes import FakeEmbedder, FakeEngine

MakePipeline = Callable[[Engine], Pipeline]
MakeDesk = Callable[[FakeEngine], Desk]
CHILDREN = "How many children were killed in the attack on Kryvyi Rih?"
NINE = "Nine children were killed. The attack on Kryvyi Rih killed 20 civilians."
BBC = "000_cb2a3d9513a7cddf"
HISTORY = (
    Message(Role.USER, "What was attacked on Friday?"),
    Message(Role.ASSISTANT, "Kryvyi Rih was attacked [1]."),
)
NO_TIME = Timings(0, None, 0)


@pytest.fixture
def make_desk(make_pipeline: MakePipeline, settings: Settings) -> MakeDesk:
    return lambda engine: desk_of(make_pipeline(engine), settings)


def saying(text: str, chance: float = 0.999) -> FakeEngine:
    return FakeEngine(lambda prompt: text, chance)


def asked(desk: Desk, question: Question, cancel: threading.Event | None = None) -> list[Event]:
    events: list[Event] = []
    desk.ask(question, cancel or threading.Event(), events.append)
    return events


def answer_of(events: list[Event]) -> Answer:
    assert isinstance(events[-1], Finished)
    return events[-1].answer


def timeless(events: list[Event]) -> list[Event]:
    return [*events[:-1], Finished(replace(answer_of(events), timings=NO_TIME))]


def test_the_same_question_is_told_the_same_without_the_model(make_desk: MakeDesk) -> None:
    engine = saying(NINE)
    desk = make_desk(engine)
    first = asked(desk, Question(CHILDREN))
    kinds = [EvidenceFound, SentenceVerified, SentenceVerified, Finished]
    assert [type(event) for event in first] == kinds
    prompts = list(engine.prompts)
    again = asked(desk, Question(CHILDREN))
    assert timeless(again) == timeless(first)
    assert engine.prompts == prompts


def test_what_the_pipeline_says_is_told_as_it_is(
    make_desk: MakeDesk, make_pipeline: MakePipeline
) -> None:
    told = asked(make_desk(saying(NINE)), Question(CHILDREN))
    plain = list(make_pipeline(saying(NINE)).run(Question(CHILDREN), threading.Event()))
    assert timeless(told) == timeless(plain)


def test_a_refusal_is_remembered(make_desk: MakeDesk) -> None:
    engine = saying(NINE, chance=0.001)
    desk = make_desk(engine)
    first, again = (asked(desk, Question(CHILDREN)) for _ in range(2))
    assert answer_of(first).status is Status.REFUSED
    assert timeless(again) == timeless(first)
    assert answer_of(again).timings.first_sentence is None
    assert len(engine.prompts) == 1


def test_times_are_those_of_this_asking(make_desk: MakeDesk) -> None:
    clock = count(start=100.0, step=7.0)
    desk = replace(make_desk(saying(NINE)), clock=lambda: next(clock))
    waited = answer_of(asked(desk, Question(CHILDREN))).timings
    assert waited.first_sentence is not None
    assert 7000 <= waited.retrieve <= waited.first_sentence <= waited.total < 14_000
    again = answer_of(asked(desk, Question(CHILDREN))).timings
    assert again == Timings(retrieve=7000, first_sentence=7000, total=7000)


@pytest.mark.parametrize(
    "other",
    [
        Question("How many civilians were killed in the attack on Kryvyi Rih?"),
        Question(CHILDREN, as_of=date(2025, 4, 8)),
        Question(CHILDREN, filters=Filters(article_ids=frozenset({BBC}))),
        Question(CHILDREN, filters=Filters(outlets=frozenset({"BBC"}))),
        Question(CHILDREN, filters=Filters(published_from=date(2025, 4, 1))),
        Question(CHILDREN, filters=Filters(published_to=date(2025, 4, 9))),
    ],
)
def test_another_question_is_not_told_the_same(make_desk: MakeDesk, other: Question) -> None:
    desk = make_desk(saying(NINE))
    asked(desk, Question(CHILDREN))
    fresh = asked(make_desk(saying(NINE)), other)
    assert timeless(asked(desk, other)) == timeless(fresh)


def test_a_history_counts_only_where_the_question_leans_on_it(make_desk: MakeDesk) -> None:
    engine = FakeEngine(lambda text: CHILDREN if "Last question:" in text else NINE, 0.999)
    desk = make_desk(engine)
    asked(desk, Question(CHILDREN))
    known = len(engine.prompts)
    asked(desk, Question(CHILDREN, HISTORY))
    assert len(engine.prompts) == known
    leaning = "How many of them were children?"
    asked(desk, Question(leaning))
    alone = len(engine.prompts)
    asked(desk, Question(leaning, HISTORY))
    assert len(engine.prompts) > alone > known
    both = len(engine.prompts)
    asked(desk, Question(leaning, (*HISTORY, *HISTORY, *HISTORY)))
    assert len(engine.prompts) > both
    most = len(engine.prompts)
    asked(desk, Question(leaning, (*HISTORY, *HISTORY, *HISTORY, *HISTORY)))  # six turns are read
    assert len(engine.prompts) == most


class OtherModel(FakeEngine):
    """Another model file."""

    model_sha256 = "1" * 64


def _other_template(desk: Desk, folder: Path) -> Desk:
    path = folder / "answer.txt"
    known = desk.settings.prompts_dir / "answer.txt"
    path.write_text(known.read_text(encoding="utf-8") + " ", encoding="utf-8")
    return replace(desk, pipeline=replace(desk.pipeline, template=PromptTemplate(path)))


def _other_rewriting(desk: Desk, folder: Path) -> Desk:
    path = folder / "standalone.txt"
    path.write_text("=== user\n$history|$question\n=== assistant\nQuestion:\n", encoding="utf-8")
    dialogue = Dialogue(desk.pipeline.engine, PromptTemplate(path), 6, 2000)
    return replace(desk, pipeline=replace(desk.pipeline, dialogue=dialogue))


def _other_limits(desk: Desk, folder: Path) -> Desk:
    limits = replace(desk.pipeline.limits, answer_tokens=60)
    return replace(desk, pipeline=replace(desk.pipeline, limits=limits))


def _other_setting(desk: Desk, folder: Path) -> Desk:
    settings = desk.settings.model_copy(update={"support_at_least": 0.61})
    return replace(desk, settings=settings)


def _other_model(desk: Desk, folder: Path) -> Desk:
    return replace(desk, pipeline=replace(desk.pipeline, engine=OtherModel()))


def _other_version(desk: Desk, folder: Path) -> Desk:
    return replace(desk, pipeline=replace(desk.pipeline, version="other"))


def _other_index(desk: Desk, folder: Path) -> Desk:
    rain = Article(id="rain", title="", text="It rained.")
    articles = [*desk.pipeline.reader.current().articles, rain]
    sync(Store(desk.settings.index_dir), articles, FakeEmbedder, no_progress)
    return desk


@pytest.mark.parametrize(
    "other",
    [
        _other_template,
        _other_rewriting,
        _other_limits,
        _other_setting,
        _other_model,
        _other_version,
        _other_index,
    ],
)
def test_what_shapes_an_answer_makes_another_one(
    make_desk: MakeDesk, tmp_path: Path, other: Callable[[Desk, Path], Desk]
) -> None:
    """Each desk remembers in the same place, and must not find what is not its own."""
    desk = make_desk(saying(NINE))
    asked(desk, Question(CHILDREN))
    changed = other(desk, tmp_path)
    engine = changed.pipeline.engine
    assert isinstance(engine, FakeEngine)
    before = len(engine.prompts)
    receipt = answer_of(asked(changed, Question(CHILDREN))).receipt
    assert len(engine.prompts) > before
    assert receipt.index_generation == changed.pipeline.reader.current().id
    assert receipt.model_sha256 == engine.model_sha256


class IndexingEngine(FakeEngine):
    """A new index is published while it writes."""

    def __init__(self, publish: Callable[[], object]) -> None:
        super().__init__(lambda prompt: NINE, 0.999)
        self._publish = publish

    def stream(
        self, prompt: Prompt, max_tokens: int, stop: Sequence[str], cancel: threading.Event
    ) -> Iterator[str]:
        self._publish()
        yield from super().stream(prompt, max_tokens, stop, cancel)


def test_an_answer_belongs_to_the_index_that_gave_it(
    make_desk: MakeDesk, store: Store, seeds: tuple[Article, ...]
) -> None:
    rain = Article(id="rain", title="", text="It rained.")
    engine = IndexingEngine(lambda: sync(store, [*seeds, rain], FakeEmbedder, no_progress))
    desk = make_desk(engine)
    old = answer_of(asked(desk, Question(CHILDREN))).receipt.index_generation
    prompts = len(engine.prompts)
    new = answer_of(asked(desk, Question(CHILDREN))).receipt.index_generation
    assert (old != new, len(engine.prompts)) == (True, 2 * prompts)


def test_an_error_is_not_remembered(make_desk: MakeDesk) -> None:
    replies: list[str | Exception] = [EngineDied("gone"), NINE]
    desk = make_desk(FakeEngine(lambda prompt: replies.pop(0), 0.999))
    with pytest.raises(EngineDied):
        asked(desk, Question(CHILDREN))
    assert answer_of(asked(desk, Question(CHILDREN))).status is Status.ANSWERED
    assert desk.admission.taken == 0


def test_a_cancelled_question_is_not_remembered(make_desk: MakeDesk) -> None:
    engine = saying(NINE)
    desk, cancel = make_desk(engine), threading.Event()
    cancel.set()
    with pytest.raises(EngineCancelled):
        asked(desk, Question(CHILDREN), cancel)
    assert answer_of(asked(desk, Question(CHILDREN))).status is Status.ANSWERED


def test_nothing_is_remembered_if_none_are_to_be_kept(
    make_pipeline: MakePipeline, settings: Settings
) -> None:
    engine = saying(NINE)
    desk = desk_of(make_pipeline(engine), settings.model_copy(update={"answers_kept": 0}))
    asked(desk, Question(CHILDREN))
    asked(desk, Question(CHILDREN))
    assert len(engine.prompts) == 4


class CountingAdmission(Admission):
    """Counts how often a place was taken."""

    times = 0

    @contextmanager
    def take(self, cancel: threading.Event) -> Iterator[None]:
        self.times += 1
        with super().take(cancel):
            yield


class InsideEngine(FakeEngine):
    """Notes how many hold a place whenever it is used."""

    def __init__(self, admission: Admission) -> None:
        super().__init__(lambda text: CHILDREN if "Last question:" in text else NINE, 0.999)
        self.inside: list[int] = []
        self._admission = admission

    def _take(self, prompt: Prompt, cancel: threading.Event) -> None:
        super()._take(prompt, cancel)
        self.inside.append(self._admission.taken)


def test_a_follow_up_holds_one_place_from_its_rewriting_to_its_answer(make_desk: MakeDesk) -> None:
    admission = CountingAdmission(1, 0, lambda: 0.0)
    engine = InsideEngine(admission)
    desk = replace(make_desk(engine), admission=admission)
    answer = answer_of(asked(desk, Question("How many of them were children?", HISTORY)))
    assert answer.question_used == CHILDREN
    assert engine.inside == [1, 1, 1]  # rewritten, judged, answered
    assert (admission.times, admission.taken) == (1, 0)


def test_the_place_is_free_when_the_answer_is_told(make_desk: MakeDesk) -> None:
    desk = replace(make_desk(saying(NINE)), admission=Admission(1, 0, lambda: 0.0))
    taken: list[tuple[type[Event], int]] = []
    desk.ask(
        Question(CHILDREN),
        threading.Event(),
        lambda event: taken.append((type(event), desk.admission.taken)),
    )
    assert taken[0] == (EvidenceFound, 1)
    assert taken[-1] == (Finished, 0)


def test_when_all_places_are_taken_what_is_known_is_still_told(make_desk: MakeDesk) -> None:
    desk = replace(make_desk(saying(NINE)), admission=Admission(1, 0, lambda: 0.0))
    first = asked(desk, Question(CHILDREN))
    with desk.admission.take(threading.Event()):
        assert timeless(asked(desk, Question(CHILDREN))) == timeless(first)
        told: list[Event] = []
        with pytest.raises(Busy):
            desk.ask(Question("Who thanked the regiment?"), threading.Event(), told.append)
        assert told == []
