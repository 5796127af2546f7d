"""The main job, with the real models over the real articles."""

import pytest

from rag.pipeline import Pipeline
from rag.settings import PROJECT
from rag.types import Answer, Question, Status

pytestmark = pytest.mark.real


def ask(pipeline: Pipeline, text: str) -> Answer:
    """Ask, and compare every quote with the file on the disk."""
    answer = pipeline.answer(Question(text))
    assert answer.question_used == text
    for citation in answer.citations:
        file = PROJECT / "seeds" / f"{citation.article.id}.txt"
        text_on_disk = file.read_bytes().decode()
        assert text_on_disk[citation.start : citation.end] == citation.quote
    return answer


def test_whom_he_thanked(real_pipeline: Pipeline) -> None:
    answer = ask(real_pipeline, "Which regiment did Zelensky thank?")
    assert answer.status is Status.ANSWERED
    assert "225th Assault Regiment" in answer.text
    assert any("225th Assault Regiment" in citation.quote for citation in answer.citations)


def test_how_many_there_were(real_pipeline: Pipeline) -> None:
    answer = ask(real_pipeline, "How many children were killed in the attack on Kryvyi Rih?")
    assert answer.status is Status.ANSWERED
    assert "nine" in answer.text.lower()
    assert any("nine children" in citation.quote for citation in answer.citations)


@pytest.mark.parametrize(
    "question",
    [
        "What is the population of Kharkiv?",
        "Why did Oleksandr Syrskyi resign?",  # he did not
    ],
)
def test_what_the_articles_do_not_say(real_pipeline: Pipeline, question: str) -> None:
    answer = ask(real_pipeline, question)
    assert answer.refusal is not None
    assert answer.sentences == ()
    assert tuple(citation.id for citation in answer.citations) == answer.refusal.nearest
