"""Which sentences may be shown, and what supports them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.articles import Article
from rag.draft import DraftSentence
from rag.overlap import coverage
from rag.types import Evidence, texts_of
from rag.verify import RECOGNISED, Verified, Verifier, is_echo, support
from tests.rag.samples import NEWS, evidence_of, single

AT_LEAST = 0.6
VERIFIER = Verifier(AT_LEAST)
NEWS_EVIDENCE = evidence_of(NEWS)

BOMBING = (
    "Trump told reporters late on Monday that he was “not happy about what’s going on”,"
    " accusing Russia of “bombing like crazy right now”."
)
FUNERALS = "Zelensky’s home city held funerals for 20 people, including nine children."
UPDATE = "The US-based Institute said on 21 March that “Ukrainian forces recently advanced”."


def verify_all(
    text: str, *numbers: int, given: list[Evidence] | None = None, question: str = "What happened?"
) -> tuple[Verified, ...]:
    return VERIFIER.verify(question, DraftSentence(text, numbers), given or NEWS_EVIDENCE)


def verify(text: str, *numbers: int, given: list[Evidence] | None = None) -> Verified | None:
    """The one sentence that is shown, if any."""
    found = verify_all(text, *numbers, given=given)
    assert len(found) <= 1
    return found[0] if found else None


@pytest.mark.parametrize(
    ("text", "source", "value"),
    [
        ("Trump accused Russia of bombing.", BOMBING, 1.0),
        ("Trump was not happy.", BOMBING, 1.0),
        ("Trump was happy.", BOMBING, 0.0),
        ("Trump did not accuse Russia.", BOMBING, 0.0),
        ('Trump said "bombing like crazy right now".', BOMBING, 1.0),  # "said" need not stand there
        ("Trump accused the Russians of bombing.", BOMBING, 0.75),  # a people for its country
        ("Trump accused Russell of bombing.", BOMBING, 0.0),
        ("Trump said “bombing like mad”.", BOMBING, 0.0),
        ("Putin accused Russia of bombing.", BOMBING, 0.0),
        ("Nine children were among the 20 people.", FUNERALS, 0.8),
        ("9 children were among the twenty people.", FUNERALS, 0.4),
        ("One child was among the 20 people.", FUNERALS, 0.0),
        ("Ten children were among the 20 people.", FUNERALS, 0.0),
        ("Zelensky's city held funerals.", FUNERALS, 1.0),
        ("In the U.S., the institute said so on 21 March.", UPDATE, 1.0),
        ("In the U.S., the institute said so on 22 March.", UPDATE, 0.0),
        ("Russian soldiers grow excellent tomatoes.", "Russian land", 0.2),
    ],
)
def test_support_by_value(text: str, source: str, value: float) -> None:
    assert support(text, [source]) == pytest.approx(value)


def test_support_needs_both_spans() -> None:
    text = "The ferry Aurora left, Captain Marta Olsen said."
    first, second, _ = texts_of(NEWS_EVIDENCE)
    assert support(text, [first]) == 0.0
    assert support(text, [second]) == 0.0
    assert support(text, [first, second]) == 1.0


def test_a_sentence_without_content_is_not_supported() -> None:
    """`coverage` gave 1 to a sentence of function words: "It is." was shown with any citation."""
    assert coverage("It is.", "The ferry left.") == 0.0
    assert verify("They did.", 1) is None


def test_the_models_own_number_is_kept() -> None:
    found = verify("The ferry Aurora left Port Halven.", 1)
    assert found == Verified("The ferry Aurora left Port Halven.", (NEWS_EVIDENCE[0],), 1.0)


@pytest.mark.parametrize("numbers", [(), (2,), (0,), (4,), (999,), (0, 999)])
def test_a_wrong_or_missing_number_is_mended(numbers: tuple[int, ...]) -> None:
    found = verify("The ferry Aurora left Port Halven.", *numbers)
    assert found is not None
    assert found.evidence == (NEWS_EVIDENCE[0],)


def test_a_number_that_adds_nothing_is_left_out() -> None:
    found = verify("The ferry Aurora left Port Halven.", 3, 1)
    assert found is not None
    assert found.evidence == (NEWS_EVIDENCE[0],)


BOTH = (
    "The ferry Aurora left Port Halven, and Captain Marta Olsen said: “We saw the fire too late.”"
)


def test_two_spans_are_cited_where_one_does_not_hold() -> None:
    found = verify(BOTH, 1, 2)
    assert found is not None
    assert found.evidence == (NEWS_EVIDENCE[0], NEWS_EVIDENCE[1])
    assert found.support == 1.0


def test_two_spans_are_found_without_any_number() -> None:
    found = verify(BOTH)
    assert found is not None
    assert set(texts_of(found.evidence)) == set(texts_of(NEWS_EVIDENCE[:2]))


STITCHED = [
    single("On 18 March, Abara had indirectly confirmed the fire.", "hint"),
    single("The Institute said on 21 March that the fire spread.", "spread"),
    single("Captain Olsen directly confirmed the fire on board.", "direct"),
    single("Minister Fisk ordered a full inspection of the harbour in 2022.", "order"),
]


@pytest.mark.parametrize(
    "text",
    [
        "On 21 March, Abara had indirectly confirmed the fire.",  # the day of another
        "On 18 March, Abara had directly confirmed the fire.",  # how another did it
        "Abara ordered a full inspection of the harbour in 2022.",  # the deed of another
        "Captain Olsen confirmed the fire and ordered an inspection of the harbour.",
        "The fire spread, Captain Olsen confirmed.",  # said by another
    ],
)
@pytest.mark.parametrize("numbers", [(), (1, 2, 3), (1, 4), (3, 4)])
def test_spans_are_not_stitched_into_one_statement(text: str, numbers: tuple[int, ...]) -> None:
    """A day, a deed or a speaker of one article was moved to the statement of another one.

    Joined, the spans held every word: "On 21 March, Abara had indirectly confirmed …" [1][2].
    """
    for one in verify_all(text, *numbers, given=STITCHED):
        assert not one.as_drafted


def test_clauses_of_their_own_may_come_from_two_spans() -> None:
    text = "Captain Olsen confirmed the fire, and Minister Fisk ordered an inspection in 2022."
    found = verify(text, given=STITCHED)
    assert found is not None
    assert (found.text, found.evidence) == (text, (STITCHED[2], STITCHED[3]))


def test_a_denial_in_another_tense_does_not_corroborate() -> None:
    """ "The ferry sank" was shown with "did not sink" beside it: only stems were compared."""
    sank = single("The ferry Aurora sank off Norland.", "sank")
    afloat = single("The ferry Aurora did not sink off Norland.", "afloat")
    assert verify(sank.text, given=[sank, afloat]) == Verified(sank.text, (sank,), 1.0)
    found = verify(sank.text, given=[afloat])
    assert found is not None
    assert found.text == afloat.text


def test_the_other_article_corroborates() -> None:
    one = single("The ferry Aurora left Port Halven on Tuesday.", "one")
    two = single("On Tuesday the ferry Aurora left Port Halven at dawn.", "two")
    three = single("Port Halven is a small port.", "three")
    found = verify("The ferry Aurora left Port Halven on Tuesday.", 1, given=[one, three, two])
    assert found is not None
    assert found.evidence == (one, two)


def test_the_same_article_does_not_corroborate_itself() -> None:
    twice = evidence_of(Article(id="a", title="", text="The ferry left. The ferry left again."))
    found = verify("The ferry left.", 1, given=twice)
    assert found is not None
    assert found.evidence == (twice[0],)


@pytest.mark.parametrize(
    "text",
    [
        "The ferry Aurora left Port Halven with 213 passengers.",
        "The ferry Aurora left Port Bergen on Tuesday.",
        "The ferry Aurora did not leave Port Halven on Tuesday.",
        "The ferry “Aurora was late” left Port Halven on Tuesday.",
    ],
)
def test_an_invention_is_replaced_by_the_sentence_that_it_copies(text: str) -> None:
    found = verify(text, 1)
    assert found == Verified(NEWS_EVIDENCE[0].text, (NEWS_EVIDENCE[0],), 1.0, as_drafted=False)


def test_a_stand_in_is_one_line() -> None:
    broken = single("The ferry Aurora\nleft Port\tHalven on Tuesday.")
    found = verify("The ferry Aurora left Port Bergen.", 1, given=[broken])
    assert found is not None
    assert found.text == "The ferry Aurora left Port Halven on Tuesday."
    assert found.evidence == (broken,)


@pytest.mark.parametrize(
    "text", ["Bananas ripen quickly.", "Yes.", "I do not know.", "1234", "—", "No answer."]
)
def test_what_is_not_recognised_is_not_shown(text: str) -> None:
    assert verify(text, 1) is None
    assert verify(text) is None


def test_without_evidence_nothing_is_shown() -> None:
    assert VERIFIER.verify("What left?", DraftSentence("The ferry left.", (1,)), []) == ()


def test_the_threshold_is_the_callers() -> None:
    olsen = single("Captain Marta Olsen left Port Halven early.", "one")
    other = single("The ferry was on fire.", "two")
    text = "Captain Marta Olsen left Port Halven and was on the ferry."
    given = [olsen, other]
    value = support(text, [olsen.text])
    question, draft = "Was Captain Olsen on the ferry?", DraftSentence(text, (1,))
    (lenient,) = Verifier(value).verify(question, draft, given)
    (strict,) = Verifier(value + 0.01).verify(question, draft, given)
    assert lenient == Verified(text, (olsen,), value)
    assert strict == Verified.quoting(olsen)
    assert value > RECOGNISED


PIECES = st.sampled_from(
    [*NEWS.text.split(), "not", "never", "213", "Bergen", "“late”", "Abara", "bananas", "nine"]
)
DRAFTS = st.one_of(st.text(), st.lists(PIECES, max_size=14).map(" ".join))


@settings(deadline=None)  # the first call loads the lexicon
@given(DRAFTS, DRAFTS, st.lists(st.integers(-1, 5), max_size=4))
def test_whatever_the_model_writes_what_is_shown_is_supported(
    question: str, text: str, numbers: list[int]
) -> None:
    found = VERIFIER.verify(question, DraftSentence(text, tuple(numbers)), NEWS_EVIDENCE)
    assert len(found) <= 2
    for one in found:
        assert one.evidence
        assert all(item in NEWS_EVIDENCE for item in one.evidence)
        if one.as_drafted:
            assert found == (one,)
            assert one.text == text
            assert one.support == support(text, texts_of(one.evidence)) >= AT_LEAST
        else:
            assert one == Verified.quoting(one.evidence[0])


def test_a_draft_that_invents_is_not_replaced_by_what_shares_one_name() -> None:
    """ "Zelensky was born in 1978" was replaced by any sentence that named Zelensky."""
    assert verify("Captain Marta Olsen was born in 1978.", 2) is None


def test_no_span_is_cited_for_a_stray_word() -> None:
    """A second span was cited because it held the one adjective that the first one lacked."""
    olsen, harbour = single("Captain Olsen led the old crew."), single("The Norwegian king slept.")
    found = verify("Captain Olsen led the old Norwegian crew.", 1, given=[olsen, harbour])
    assert found is not None
    assert (found.text, found.evidence) == (olsen.text, (olsen,))


def test_an_echo_of_the_question_is_replaced_by_what_it_copies() -> None:
    (told,) = given = [single("The captured areas could be exchanged for occupied regions.")]
    question = "How could the captured areas be exchanged?"
    draft = DraftSentence("The captured areas could be exchanged.", (1,))
    assert VERIFIER.verify(question, draft, given) == (Verified.quoting(told),)


FUNERAL = single(FUNERALS, "funeral")
CREW = single("Captain Marta Olsen said the crew had seen the fire too late.", "crew")
UNSURE = single("The fire may have started in the kitchen.", "unsure")
LOAD = single("The ferry carried at least 200 passengers.", "load")
ACCUSED = single("Minister Jon Abara accused Lena Fisk of lying about the fire.", "accused")
STORY = [FUNERAL, CREW, UNSURE, LOAD, ACCUSED]


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("The crew had foolishly seen the fire too late, Olsen said.", CREW),  # a word added
        ("Zelensky’s home city held funerals for 20 children.", FUNERAL),  # a number moved
        ("The ferry carried 200 passengers.", LOAD),  # a bound lost
        ("Lena Fisk accused Jon Abara of lying about the fire.", ACCUSED),  # roles changed
        ("The crew had seen the fire too late.", CREW),  # the speaker lost
        ("The fire started in the kitchen.", UNSURE),  # a hedge lost
    ],
)
@pytest.mark.parametrize("numbers", [(), (1,), (5, 2)])
def test_a_distortion_is_replaced_by_its_source(
    text: str, source: Evidence, numbers: tuple[int, ...]
) -> None:
    assert verify(text, *numbers, given=STORY) == Verified.quoting(source)


def test_what_says_less_is_shown_as_drafted() -> None:
    text = "Olsen said the crew had seen the fire."
    assert verify(text, 2, given=STORY) == Verified(text, (CREW,), 1.0)


def test_a_draft_without_what_is_asked_for_is_replaced() -> None:
    """ "How many were on board?" was answered by "The ferry carried passengers."."""
    question = "How many were on board?"
    found = verify_all("The ferry carried passengers.", 4, given=STORY, question=question)
    assert found == (Verified.quoting(LOAD),)
    assert verify_all("The fire started.", 3, given=[UNSURE], question=question) == ()


def test_two_sentences_that_are_mixed_stand_in_both() -> None:
    text = "The fire started in the kitchen and the ferry carried passengers."
    assert verify_all(text, given=[UNSURE, LOAD]) == (
        Verified.quoting(UNSURE),
        Verified.quoting(LOAD),
    )


def test_nothing_is_shown_twice() -> None:
    drafts = [
        DraftSentence("The crew had seen the fire too late.", (2,)),
        DraftSentence("The fire started in the kitchen.", (3,)),
        DraftSentence("The crew saw the fire too late.", (2,)),
        DraftSentence("Bananas ripen quickly.", (1,)),
    ]
    found = VERIFIER.verify_all("What happened?", drafts, STORY)
    assert found == (Verified.quoting(CREW), Verified.quoting(UNSURE))


@pytest.mark.parametrize(
    ("text", "echo"),
    [
        ("The ferry left.", True),
        ("Why the ferry left is what is asked.", False),
        ("The ferry left Port Halven.", False),
        ("It did.", False),
    ],
)
def test_an_echo_has_no_word_of_its_own(text: str, echo: bool) -> None:
    assert is_echo("Why did the ferry leave and what left?", text) is echo
