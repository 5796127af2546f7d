"""Which articles agree, and which of them only copy."""

import pytest

from index.articles import Article
from rag.corroborate import COPIED_SHARE, SHINGLE_WORDS, agreement_of, independent_origins
from rag.types import Agreement, AnswerSentence, Citation

FERRY = "The ferry Aurora left Port Halven on Tuesday with many people and a dog on board."
COPY = f"{FERRY} Nobody was hurt."
OWN = "On Tuesday evening a dog, some people and a ferry set out from Halven for the islands."
RAIN = "It rained all day long in the mountains, and nobody saw the sun before the evening."


@pytest.mark.parametrize(
    ("texts", "groups"),
    [
        ([], 0),
        ([FERRY], 1),
        ([FERRY, COPY], 1),
        ([FERRY, FERRY.upper().replace(" ", "  ")], 1),
        ([FERRY, OWN], 2),
        ([FERRY, OWN, RAIN], 3),
        ([RAIN, FERRY, OWN, COPY], 3),
        ([FERRY, f"{FERRY} {RAIN}", RAIN], 1),  # a copy of a copy
        ([RAIN, FERRY, f"{FERRY} {RAIN}"], 1),
        (["", ""], 2),
        (["one two", "one two"], 2),  # too short to tell
    ],
)
def test_near_copies_are_one_origin(texts: list[str], groups: int) -> None:
    assert independent_origins(texts) == groups


@pytest.mark.parametrize(("shared", "groups"), [(1, 2), (2, 1)])
def test_the_shared_part_that_makes_a_copy(shared: int, groups: int) -> None:
    """Ten runs each; two of them are a fifth."""
    assert (SHINGLE_WORDS, COPIED_SHARE) == (4, 0.2)
    size = 9 + SHINGLE_WORDS
    one = [f"a{n}" for n in range(size)]
    other = [*one[: shared + SHINGLE_WORDS - 1], *(f"b{n}" for n in range(size))][:size]
    assert independent_origins([" ".join(one), " ".join(other)]) == groups


def test_the_seeds_share_quotations_but_not_their_text(seeds: tuple[Article, ...]) -> None:
    assert independent_origins([article.text for article in seeds]) == 2


def cite(number: int, article: Article) -> Citation:
    return Citation(number, article, 0, len(article.text), article.text)


def test_sentences_that_several_articles_support() -> None:
    articles = [
        Article(id=name, title="", text=text)
        for name, text in (("ferry", FERRY), ("copy", COPY), ("own", OWN), ("rain", RAIN))
    ]
    citations = [cite(number, article) for number, article in enumerate(articles, start=1)]
    sentences = [
        AnswerSentence("One article.", (4,), 1.0),
        AnswerSentence("A copy.", (1, 2), 1.0),
        AnswerSentence("Two and a copy.", (3, 1, 2), 1.0),
    ]
    assert agreement_of(sentences, citations) == (
        Agreement((1, 2), articles=2, independent=1),
        Agreement((3, 1, 2), articles=3, independent=2),
    )


def test_two_spans_of_one_article_do_not_agree_with_each_other() -> None:
    article = Article(id="ferry", title="", text=FERRY)
    citations = [Citation(1, article, 0, 9, FERRY[:9]), Citation(2, article, 4, 9, FERRY[4:9])]
    assert agreement_of([AnswerSentence("x", (1, 2), 1.0)], citations) == ()
