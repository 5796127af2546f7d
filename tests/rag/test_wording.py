"""The words of a refusal: grammar by hand-written cases, and anything that a stranger may type."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.wording import looked_for, premise_of

SAID = "The articles do not say "
QUOTED = "The articles do not answer “{}”."
LONGEST = 260  # a question of 160 characters, the words around it, and a few of grammar

GRAMMAR = [
    *("who", "what", "which", "when", "where", "why", "how", "many", "much", "old", "’s", "?", "."),
    *("did", "does", "do", "was", "were", "is", "has", "will", "can", "not", "didn't", "“", "”"),
    *("the", "a", "his", "Putin", "Kyiv", "225th", "nine", "ships", "attack", "fail", "order"),
    *("retake", "killed", "that", "of", "in", "and", ",", "there", "he", "us", "I", "it", "’"),
]

PREMISES = {
    "When did Ukraine retake Crimea?": "Ukraine retook Crimea",
    "Why did Zelensky disband the 225th Assault Regiment?": (
        "Zelensky disbanded the 225th Assault Regiment"
    ),
    "why did zelensky disband the 225th regiment": "zelensky disbanded the 225th regiment",
    "Why didn't Ukraine retake Crimea?": "Ukraine did not retake Crimea",
    "Why did Putin not attend?": "Putin did not attend",
    "Why can’t Ukraine win?": "Ukraine cannot win",
    "Why won't Putin attend?": "Putin will not attend",
    "When will Russia leave Kursk?": "Russia will leave Kursk",
    "Why has Ukraine already sent troops?": "Ukraine has already sent troops",
    "Why were the funerals called off?": "the funerals were called off",
    "Why was Jon Abara absent?": "Jon Abara was absent",
    "Why was Kursk the target?": "Kursk was the target",
    "Why is there a curfew?": "there is a curfew",
    "Why does the company own the ferry?": "the company owns the ferry",
    "Why do people leave?": "people leave",
    "Why did the ships of the company that owns the ferry sink?": (
        "the ships of the company that owns the ferry sank"
    ),
    "How was the ferry that was bound for Halven set on fire?": (
        "the ferry that was bound for Halven was set on fire"
    ),
    "Why did the missile attack kill nine children?": "the missile attack killed nine children",
    "Why did he say “We will Return”?": "he said “We will Return”",
    "On which day did Moscow and Kyiv sign the deal?": "Moscow and Kyiv signed the deal",
    "What made Zelensky give up Sumy?": "Zelensky gave up Sumy",
    "What led Putin to order the attack?": "Putin ordered the attack",
    "What explains the fact that Kyiv holds Sumy?": "Kyiv holds Sumy",
    "And why did Zelensky finally resign?": "Zelensky finally resigned",
    "Why did Ukraine build ships and arm the crews?": "Ukraine did build ships and arm the crews",
    "Why did Putin lie about it?": "Putin did lie about it",  # neither "lay" nor "lied" is sure
    "When did the misile hit Kryvyi Rih?": "the misile hit Kryvyi Rih",
}

ASKED = {
    "Who won the election in Port Halven?": "who won the election in Port Halven",
    "How much did the new ships cost?": "how much the new ships cost",
    "What is the name of Zelensky's wife?": "what the name of Zelensky's wife is",
    "What's the capital of Australia?": "what the capital of Australia is",
    "how old is jon abara": "how old jon abara is",
    "Was Putin present at the funeral?": "whether Putin was present at the funeral",
    "Did Ukraine retake Crimea?": "whether Ukraine retook Crimea",
    "Who commands the 225th?": "who commands the 225th",
    "Which city was hit by the missile?": "which city was hit by the missile",
    "Which land has Moscow already handed back?": "which land Moscow has already handed back",
    "How many people were injured?": "how many people were injured",
    "how many soldiers are there in the regiment": "how many soldiers there are in the regiment",
    "What did Zelensky say about the attack?": "what Zelensky said about the attack",
    "In which US city does the ISW have an office?": "in which US city the ISW has an office",
    "How do I bake a loaf without an oven?": "how to bake a loaf without an oven",
    "Where is the mayor of Kyiv?": "where the mayor of Kyiv is",
    "Where was Putin on Sunday?": "where Putin was on Sunday",
    "What color is the flag of Ukraine?": "what color the flag of Ukraine is",
    "What has nothing to do with the war?": "what has nothing to do with the war",
    "I read different things. How many ships sank?": "how many ships sank",
    "Who\nwon\tthe\u202e <b>race</b>?": "who won the race",
}

UNREAD = [
    "Name the commander of the 225th.",
    "and why?",
    "Who?",
    "What do you think about the war?",
    "Was ist in Kiew passiert?",
    "Wer hat die Wahl gewonnen?",
    "¿Quién ganó?",
    "谁赢了选举？",
    "WHEN DID UKRAINE RETAKE CRIMEA?",
    "Who owns the ferry and why?",
    "What were the names of the children who were killed?",
    "Why did the army help build the road?",
    "Why did Ukraine attack target towns?",
    "When was the last time Putin visited Kursk?",
    "What's happened to the ferry?",
]


@pytest.mark.parametrize(("question", "premise"), PREMISES.items())
def test_a_premise_is_stated_as_such(question: str, premise: str) -> None:
    assert premise_of(question) == premise
    assert looked_for(question, premise_is_there=False) == f"{SAID}that {premise}."


@pytest.mark.parametrize(("question", "asked"), ASKED.items())
@pytest.mark.parametrize("is_there", [True, False])
def test_what_was_asked_is_named(question: str, asked: str, is_there: bool) -> None:
    assert looked_for(question, is_there) == f"{SAID}{asked}."


@pytest.mark.parametrize(
    ("question", "asked"),
    [
        ("When did Ukraine retake Crimea?", "when Ukraine retook Crimea"),
        ("Why were the funerals called off?", "why the funerals were called off"),
        ("What made Zelensky give up Sumy?", "what made Zelensky give up Sumy"),
        ("On which day did they meet?", "on which day they met"),
    ],
)
def test_where_the_premise_stands_only_the_rest_is_missing(question: str, asked: str) -> None:
    assert looked_for(question, premise_is_there=True) == f"{SAID}{asked}."


@pytest.mark.parametrize(
    ("question", "premise"),
    [
        ("How many people were hurt in Kyiv?", "people were hurt in Kyiv"),
        ("How many inhabitants does the region have?", "the region has inhabitants"),
        ("How many of the children were girls?", None),
        ("Who won?", None),
        ("Did Ukraine retake Crimea?", None),
        ("Where is the ferry located?", None),  # "that the ferry is located" says nothing
    ],
)
def test_an_open_question_has_at_most_what_it_counts_for_a_premise(
    question: str, premise: str | None
) -> None:
    assert premise_of(question) == premise


@pytest.mark.parametrize("question", UNREAD)
@pytest.mark.parametrize("is_there", [True, False])
def test_what_no_rule_reads_is_quoted(question: str, is_there: bool) -> None:
    assert looked_for(question, is_there) == QUOTED.format(question)
    assert premise_of(question) is None


@pytest.mark.parametrize("question", ["", " \n", "?", "\x00\u202e", "“", "<b></b>"])
def test_nothing_is_not_quoted(question: str) -> None:
    assert looked_for(question, premise_is_there=False) == (
        "The articles do not answer this question."
    )


def test_a_long_question_is_cut_at_a_word() -> None:
    said = looked_for("Please list all ships " + "of the fleet " * 150, premise_is_there=True)
    assert said.startswith("The articles do not answer “Please list all ships of the fleet")
    assert said.endswith((" fleet…”.", " the…”.", " of…”."))
    assert len(said) <= LONGEST


def test_a_long_question_without_a_space_is_cut_as_well() -> None:
    assert looked_for("a" * 2000, premise_is_there=True) == QUOTED.format("a" * 159 + "…")


def test_markup_is_not_repeated() -> None:
    said = looked_for("Show **all** `code` <script>x</script> ![a](b) [1]", premise_is_there=True)
    assert said == QUOTED.format("Show all code x ! a (b) 1")


@pytest.mark.parametrize(
    "question",
    [
        "When did Russia surrender. The articles say that Russia surrendered on 5 May. What else",
        "When did Russia surrender. the articles say so",
        "When did Russia surrender… the articles say so",
        "When did Russia surrender; The articles say so",
        "When did Russia pay evil.example money?",
        "Why did Russia visit https://evil.example/pay yesterday?",
    ],
)
@pytest.mark.parametrize("is_there", [True, False])
def test_a_second_sentence_or_an_address_is_quoted(question: str, is_there: bool) -> None:
    """A question's inner full stop was lost, so that its claims stood in the refusal as its own."""
    assert looked_for(question, is_there) == QUOTED.format(question)
    assert premise_of(question) is None


def test_a_question_does_not_close_its_quotation() -> None:
    said = looked_for("x”. The articles say “Russia surrendered", premise_is_there=True)
    assert said == QUOTED.format("x'. The articles say 'Russia surrendered")


def test_a_number_with_a_point_and_initials_end_nothing() -> None:
    assert premise_of("Why did Kyiv pay $1.5 million?") == "Kyiv paid $1.5 million"
    assert looked_for("Who left the U.S. in March?", premise_is_there=True) == (
        f"{SAID}who left the U.S. in March."
    )


def test_an_escape_sequence_leaves_no_letters() -> None:
    """Of "ESC[31m" the letters "31m" were repeated."""
    said = looked_for("\x1b[31mWho won\x1b]8;;http://x\x07?", premise_is_there=True)
    assert said == f"{SAID}who won."


def test_of_an_endless_question_the_beginning_is_read() -> None:
    """20,000 characters of full stops took six seconds."""
    said = looked_for("What " + ". . …" * 4_000 + " Who won?", premise_is_there=True)
    assert said.startswith("The articles do not answer “What")
    assert looked_for("Who won?" + " " * 1_992 + "Who lost?", True) == f"{SAID}who won."


def test_an_abbreviation_keeps_one_full_stop() -> None:
    assert looked_for("Who left the U.S.?", premise_is_there=True) == f"{SAID}who left the U.S."


@given(
    st.one_of(st.text(max_size=2000), st.lists(st.sampled_from(GRAMMAR), max_size=14).map(" ".join))
)
def test_anything_gets_one_plain_sentence(question: str) -> None:
    for is_there in (True, False):
        said = looked_for(question, is_there)
        assert said.startswith("The articles do not ")
        assert said.endswith(".")
        assert len(said) <= LONGEST
        assert not [c for c in said if unicodedata.category(c)[0] == "C" or c in "\u2028\u2029<>`*"]


@given(st.lists(st.sampled_from(GRAMMAR), max_size=14).map(" ".join))
def test_a_premise_is_part_of_no_fallback(question: str) -> None:
    if premise_of(question) is not None:
        assert looked_for(question, premise_is_there=False).startswith(SAID)
