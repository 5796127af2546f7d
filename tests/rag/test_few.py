"""The few words of an answer: exact, of the right kind, and of the right thing."""

from datetime import date

import pytest

from index.articles import Article
from rag.few import MOST_PARTS, few_words
from rag.types import Citation

MANY = "How many children were killed in Halven?"
KILLED = "Last Friday, a strike on Halven killed 20 civilians, including nine children."
SAID = "Nine children were killed."


def cite(text: str, quote: str | None = None) -> Citation:
    quote = text if quote is None else quote
    article = Article(id="a", title="", text=text, published=date(2025, 4, 8))
    start = text.index(quote)
    return Citation(1, article, start, start + len(quote), quote)


def few(part: str, question: str = MANY, quote: str = KILLED, said: str = SAID) -> tuple[str, ...]:
    return few_words(part.split(";"), question, [said], [cite(quote)])


@pytest.mark.parametrize("part", ["20", "20 civilians", "civilians", "last Friday", "9", "31"])
def test_what_is_not_asked_for_is_left_out(part: str) -> None:
    """The few words "20" were shown above the sentence that nine children were killed."""
    assert few(part) == ()


@pytest.mark.parametrize(
    ("part", "found"),
    [
        ("nine", "nine"),
        ("NINE children", "nine children"),
        ("<b>nine</b> [1]", "nine"),
        ("“nine children.”", "nine children"),
    ],
)
def test_the_characters_are_those_of_the_article(part: str, found: str) -> None:
    """Markup and capitals of the model went out, for only its words were compared."""
    assert few(part) == (found,)


def test_nothing_comes_twice_nor_without_a_word_of_its_own() -> None:
    """A part that was repeated, and "a", "the" and "of", went out as they were written."""
    assert few("nine; a; the; of; Nine;nine") == ("nine",)
    assert few("of; the", "Who was hit?", "The mayor of the town was hit.") == ()


def test_parts_are_few() -> None:
    letters = "Anna, Berta, Carla, Dora, Emma, Frida and Greta came."
    found = few("Anna;Berta;Carla;Dora;Emma;Frida;Greta", "Who came?", letters)
    assert found == ("Anna", "Berta", "Carla", "Dora", "Emma")
    assert len(found) == MOST_PARTS


def test_of_several_things_asked_each_may_be_given() -> None:
    question = "How many children were killed in Halven, and when was that?"
    assert few("nine; last Friday; 20", question) == ("nine", "Last Friday")


def test_a_sentence_shown_tells_what_a_number_counts() -> None:
    """The quote has the number and the sentence, put together of two, has the deed."""
    assert few("nine", quote="There were nine children on board.") == ("nine",)
    assert few("nine", quote="Nine ships were there.", said="It burnt.") == ()


def test_a_number_keeps_its_sign() -> None:
    share = "Moscow controls about 20% of it, worth $3 (or more)."
    assert few("20", "How much of it does Moscow control?", share) == ("20%",)
    assert few("$3 (or more)", "What is it worth?", share) == ("$3 (or more)",)


def test_the_line_with_the_date_is_no_answer() -> None:
    text = "date 2025-04-08\n\nThe vote was on Monday."
    cited = [cite(text, "date 2025-04-08"), cite(text, "The vote was on Monday.")]
    parts = ["2025-04-08", "Monday"]
    assert few_words(parts, "When was the vote?", ["It was on Monday."], cited) == ("Monday",)


def test_words_across_markup_are_left_out() -> None:
    assert few("nine children", quote="It killed **nine** children.") == ()
    assert few("nine", quote="It killed **nine** children.") == ("nine",)


def test_white_space_is_folded() -> None:
    assert few("nine children", quote="It killed nine\nchildren.") == ("nine children",)


def test_nothing_stands_for_nothing() -> None:
    assert few_words([], MANY, [SAID], [cite(KILLED)]) == ()
    assert few("…; ") == ()
    assert few_words(["nine"], MANY, [SAID], []) == ()
