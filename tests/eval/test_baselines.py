"""What each baseline does, by value, over two small articles."""

from pathlib import Path

import pytest

from eval.cases import Ask, Span, Turn
from eval.replies import CitedSentence, Reply, Timing
from eval.suites.protocol import Task
from eval.systems import System, build_system
from eval.systems.baselines import passages, refuse, until_sources
from index.articles import Article
from index.chunks import Chunk
from index.store import Store
from rag.draft import draft_sentences
from rag.settings import Settings
from tests.eval.bench import FakeBench
from tests.fakes import FakeEngine

FIRE = Article(
    "fire",
    "The ferry Aurora caught fire near Port Halven on Tuesday. Nobody on the ferry was hurt by the"
    " fire. Captain Marta Olsen said that the fire began in the galley of the ferry.\n\nThe harbour"
    " master closed the port for two days after the fire. The company that owns the ferry has"
    " ordered two new ships.",
    "Fire",
)
RAIN = Article("rain", "It rained in Lund. The\n mayor of Lund opened a museum on Friday.", "Rain")
MAYOR = Span(
    article_id="rain", start=19, end=64, quote="The\n mayor of Lund opened a museum on Friday."
)
MUSEUM = Ask(id="m", kind="fact", question="Which museum did the mayor of Lund open?")
ORDER = "The company that owns the ferry has ordered two new ships."


@pytest.fixture
def store(settings: Settings, tmp_path: Path) -> Store:
    return FakeBench(settings, FakeEngine()).index([FIRE, RAIN], tmp_path / "index")


def system(name: str, settings: Settings, store: Store, engine: FakeEngine) -> System:
    return build_system(Task.ANSWER, name, FakeBench(settings, engine), store)


def reply_of(name: str, settings: Settings, store: Store, said: str, ask: Ask = MUSEUM) -> Reply:
    engine = FakeEngine(lambda prompt: said, chance=0.999)
    reply, _ = system(name, settings, store, engine)(ask)
    assert isinstance(reply, Reply)
    return reply


def test_refuse_refuses() -> None:
    assert refuse(MUSEUM) == (
        Reply(refused=True, refusal="always", searched=False),
        Timing(total=0),
    )


def test_closed_book_sees_nothing_and_cites_nothing(settings: Settings, store: Store) -> None:
    engine = FakeEngine(lambda prompt: "It opened the Lund museum [1]. It was Friday.")
    reply, timing = system("closed", settings, store, engine)(MUSEUM)
    assert reply == Reply(
        refused=False,
        sentences=(
            CitedSentence(text="It opened the Lund museum."),
            CitedSentence(text="It was Friday."),
        ),
        question_used=MUSEUM.question,
        searched=False,
    )
    assert timing.retrieve is None
    (prompt,) = engine.prompts
    assert prompt.messages[-1].content == f"Question: {MUSEUM.question}\n".strip()


def test_the_chunks_are_shown_in_one_line_each_and_numbered(
    settings: Settings, store: Store
) -> None:
    engine = FakeEngine(lambda prompt: "Yes.")
    reply, _ = system("chunks", settings, store, engine)(MUSEUM)
    assert isinstance(reply, Reply)
    shown = engine.prompts[0].messages[-1].content.splitlines()
    assert shown[1] == "[1] It rained in Lund. The mayor of Lund opened a museum on Friday."
    assert [line[:4] for line in shown[1:-1]] == [f"[{n}] " for n in range(1, len(shown) - 1)]
    assert reply.evidence[0] == Span(article_id="rain", start=0, end=64, quote=RAIN.text)
    assert len(reply.evidence) == len(shown) - 2 == 3


def test_numbers_become_chunk_spans_in_order_of_first_use(settings: Settings, store: Store) -> None:
    said = "It burned [3][1]. It rained [1, 3]. It snowed [2] [2]. Nobody knows."
    reply = reply_of("chunks", settings, store, said)
    assert [s.citations for s in reply.sentences] == [(1, 2), (2, 1), (3,), ()]
    assert reply.citations == tuple(reply.evidence[n - 1] for n in (3, 1, 2))


def test_numbers_of_no_passage_are_dropped(settings: Settings, store: Store) -> None:
    reply = reply_of("chunks", settings, store, "It burned [9][2]. It rained [0][4].")
    assert [s.citations for s in reply.sentences] == [(1,), ()]
    assert reply.citations == (reply.evidence[1],)


@pytest.mark.parametrize(
    "said", ["I don't know.", "I don’t know", "i DON'T know, sorry [1].", "", "  "]
)
@pytest.mark.parametrize("name", ["chunks", "closed"])
def test_what_the_prompt_asks_for_is_a_refusal_and_so_is_nothing(
    settings: Settings, store: Store, name: str, said: str
) -> None:
    reply = reply_of(name, settings, store, said)
    assert (reply.refused, reply.refusal, reply.sentences, reply.citations) == (
        True,
        "said_so",
        (),
        (),
    )


def test_to_say_that_somebody_else_does_not_know_is_an_answer(
    settings: Settings, store: Store
) -> None:
    assert not reply_of("chunks", settings, store, "He said: I don't know.").refused


def test_copy_cites_the_best_sentence_word_for_word(settings: Settings, store: Store) -> None:
    reply = reply_of("copy", settings, store, "never asked")
    assert reply.sentences == (
        CitedSentence(text="The mayor of Lund opened a museum on Friday.", citations=(1,)),
    )
    assert reply.citations == (MAYOR,) == reply.evidence[:1]
    assert reply.confidence is not None
    assert 0.4 < reply.confidence < 1


def test_copy_has_nothing_to_copy_where_no_article_may_be_used(
    settings: Settings, store: Store
) -> None:
    nowhere = MUSEUM.model_copy(update={"articles": ("elsewhere",)})
    assert reply_of("copy", settings, store, "", nowhere) == Reply(
        refused=True, refusal="nothing_found"
    )


@pytest.mark.parametrize("name", ["chunks", "copy", "dateline", "bm25", "dense", "oracle"])
def test_only_the_articles_of_a_question_are_read(
    settings: Settings, store: Store, name: str
) -> None:
    question = "Did the mayor of Lund close the port, or the museum?"
    ask = MUSEUM.model_copy(update={"articles": ("fire",), "question": question})
    reply = reply_of(name, settings, store, "I cannot say [1].", ask)
    assert {span.article_id for span in reply.evidence} == {"fire"}


def test_a_follow_up_is_rewritten_before_a_baseline_reads_it(
    settings: Settings, store: Store
) -> None:
    history = (
        Turn(role="user", content="Who opened the museum?"),
        Turn(role="assistant", content="The mayor of Lund."),
    )
    ask = MUSEUM.model_copy(update={"question": "When did he open it?", "history": history})
    engine = FakeEngine(lambda prompt: "When did the mayor of Lund open the museum?")
    for name in ("copy", "closed"):
        reply, _ = system(name, settings, store, engine)(ask)
        assert isinstance(reply, Reply)
        assert reply.question_used == "When did the mayor of Lund open the museum?"


def test_the_oracle_shows_the_gold_sentences_alone(settings: Settings, store: Store) -> None:
    start = FIRE.text.index("ordered")
    gold = Span(article_id="fire", start=start, end=start + 7, quote="ordered")
    ask = MUSEUM.model_copy(update={"gold": ((MAYOR,), (gold,))})
    reply = reply_of("oracle", settings, store, f"{ORDER[:-1]} [1].", ask)
    assert [span.quote for span in reply.evidence] == [ORDER, MAYOR.quote]
    assert [span.quote for span in reply.citations] == [ORDER]


def test_the_oracle_finds_as_ours_does_where_there_is_no_gold(
    settings: Settings, store: Store
) -> None:
    said = "The mayor of Lund opened a museum [1]."
    oracle, ours = (reply_of(name, settings, store, said) for name in ("oracle", "dateline"))
    assert oracle == ours
    assert MAYOR in ours.evidence


def test_words_alone_and_meaning_alone_each_rank_by_themselves(
    settings: Settings, store: Store
) -> None:
    """The fake embedder knows no better than words, so both find the same sentence first."""
    found = [reply_of(name, settings, store, "Yes [1].") for name in ("bm25", "dense")]
    assert [reply.evidence[0] for reply in found] == [MAYOR, MAYOR]


def test_passages_are_numbered_from_one() -> None:
    chunks = [Chunk("a", 0, 9, "It\n rained.", 0, 0), Chunk("b", 0, 4, "No.", 0, 0)]
    assert passages(chunks) == "[1] It rained.\n[2] No."
    assert passages([]) == ""


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        ("It left [2]. It rained.", [("It left.", (2,)), ("It rained.", ())]),
        ("It left.\nPassages: [1], [2]", [("It left.", (1, 2))]),
        ("It left [2].\nSources: [1] [2]", [("It left.", (2, 1))]),
        ("It left.\nPassages: Once it rained. [1] Twice.", [("It left.", (1,))]),
        ("Passages: [1]", [("Passages:", (1,))]),
    ],
)
def test_a_list_of_sources_below_an_answer_is_no_sentence(
    reply: str, said: list[tuple[str, tuple[int, ...]]]
) -> None:
    """The list was taken for a sentence that held all the citations."""
    found = until_sources(draft_sentences([reply]))
    assert [(draft.text, draft.numbers) for draft in found] == said
