import time
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.articles import Article, read_article_bytes
from index.sentences import MAX_SENTENCE_CHARS, Sentence, split_sentences

SEEDS = Path(__file__).parents[2] / "seeds"
SECONDS = 15.0  # each takes about one; a quadratic pass would take minutes


def split(text: str) -> list[str]:
    return [sentence.text for sentence in spans(text)]


def spans(text: str) -> tuple[Sentence, ...]:
    return split_sentences(Article(id="a", text=text, title="t"))


def seed(stem: str) -> Article:
    [article] = read_article_bytes(f"{stem}.txt", (SEEDS / f"{stem}.txt").read_bytes())
    return article


def check_invariants(text: str) -> None:
    sentences = spans(text)
    covered = [False] * len(text)
    for sentence in sentences:
        assert sentence.article_id == "a"
        assert text[sentence.start : sentence.end] == sentence.text
        assert sentence.text == sentence.text.strip() != ""
        assert len(sentence.text) <= MAX_SENTENCE_CHARS
        covered[sentence.start : sentence.end] = [True] * len(sentence.text)
    assert all(left.end <= right.start for left, right in pairwise(sentences))
    assert all(inside or char.isspace() for inside, char in zip(covered, text, strict=True))


PIECES = st.sampled_from(
    [
        *"\n\r\t .!?…\"'“”‘’()[]-*#_•1aAIé\u0301😀𝔘я。\ufeff\u2028\x85\x1c",
        "\n\n",
        "\r\n",
        " said",
        "He ",
        "U.S. ",
        "Gen. ",
        "p.m. ",
        "date 2025-04-08",
        "1. ",
        "word " * 20,
        "x" * 2_000,
    ]
)


@given(st.lists(PIECES, max_size=60).map("".join))
def test_pieces_of_news_are_covered_in_order(text: str) -> None:
    check_invariants(text)


@given(st.text())
def test_any_text_is_covered_in_order(text: str) -> None:
    check_invariants(text)


def test_text_longer_than_a_window_is_split_as_its_parts_are() -> None:
    paragraph = " ".join(split(seed("002_9c80ba997a9c7279").text.replace("\n", " ")))
    assert split(" ".join([paragraph] * 5)) == split(paragraph) * 5


@pytest.mark.parametrize("text", ["", " ", "\n\n \t\u2003\n"])
def test_white_space_has_no_sentence(text: str) -> None:
    assert spans(text) == ()


ONE_SENTENCE = [
    '"Well done, guys! I\'m proud!" he said.',
    "“Are we ready?” asked Gen. Bob.",
    '"Go home!" President Putin said.',
    "«Да!» — сказал он.",
    "He was briefed by Gen Oleksandr Syrskyi about the front.",
    "Then Lt. Gen. Bob spoke to Dr. Who and to Sgt. Smith.",
    "U.S. President Donald Trump met the U.S. Senate.",
    "The village lies about two kilometres (1.2 miles) from the border.",
    "The vote is at 5 p.m. on Tuesday and at 9 a.m. Friday.",
    "It starts at 9 a.m. EST in Washington.",
    "It cost $1.5m in 2022.",
    "J. D. Vance met J.K. Rowling and George W. Bush.",
    "Well... maybe not… or perhaps.",
    "I… I do not know.",
    "He met… Zelensky, of all people.",
    "Item No. 5 is in Vol. 2, p. 7, of the report.",
    "Mr. Smith v. Jones Inc. was heard in St. Louis.",
    "Visit www.bbc.co.uk or write to a.b@example.com today.",
    "He said ‘It’s fine. Don’t go.’",
]


@pytest.mark.parametrize("text", ONE_SENTENCE)
def test_stays_whole(text: str) -> None:
    assert split(text) == [text]


@pytest.mark.parametrize("text", ONE_SENTENCE)
def test_stays_whole_between_others(text: str) -> None:
    assert split(f"It began. {text} The rest followed.") == [
        "It began.",
        text,
        "The rest followed.",
    ]


@pytest.mark.parametrize(
    "sentences",
    [
        ["She said “It is over.”", "Then he left."],
        ["He shouted “We won!”", "The crowd cheered."],
        ['He shouted "Go!"', "Then he left."],
        ['"Well done, guys! I\'m proud!" he said.', "Then he left."],
        ["He said ‘It was good. It works well.’", "Then he left."],
        ['"No way."', '"Yes way," she said.'],
        ["He asked, “Why?”", "She said, “Because.”"],
        ["The man left at 5 p.m.", "He slept."],
        ["They moved to the U.S.", "He stayed."],
        ["It cost $1.5m.", "That was a lot."],
        ["Hmm…", "He left."],
        ["Hmm...", "He left."],
        ["He left.", "(See the map above.)", "She stayed."],
        ["He left (see above).", "She stayed."],
        ["Привет, мир.", "Как дела?", "Хорошо."],
        ["Hi 😀😀.", "𝔘𝔫 caf\u0065\u0301.", "Done."],
        ["He lives at 5 Main St.", "He likes it."],
        ["What?!", "Yes!!!", "Fine."],
        ["He said *so*.", "It was **bold.**", "The end."],
    ],
)
def test_parts(sentences: list[str]) -> None:
    assert split(" ".join(sentences)) == sentences


def test_offsets_are_code_points_not_bytes_or_utf16_units() -> None:
    assert [(s.start, s.end) for s in spans("😀 ünï.\r\nЯ e\u0301.")] == [(0, 6), (8, 13)]


@pytest.mark.parametrize("lead", ["", " ", "\n\n", "\ufeff"])
def test_a_leading_date_is_a_sentence(lead: str) -> None:
    text = f"{lead}date 2025-04-08 Kyiv has spoken. Moscow has not."
    assert [s.strip("\ufeff") for s in split(text)] == [
        "date 2025-04-08",
        "Kyiv has spoken.",
        "Moscow has not.",
    ]


@pytest.mark.parametrize("text", ["date 2025-04-08x is odd.", "The date 2025-04-08 is in it."])
def test_a_date_elsewhere_is_prose(text: str) -> None:
    assert split(text) == [text]


def test_headings_and_bullets_stand_alone() -> None:
    text = (
        "HEADLINE HERE\n\nOne thing. Two things:\n- item a\n- item two. More of b\n  and its end.\n"
        "* c\n• d\n1. First\n2. Second one.\n# Part\nBody goes on. It ends.\n\nShort words\n\nLast."
    )
    assert split(text) == [
        "HEADLINE HERE",
        "One thing.",
        "Two things:",
        "- item a",
        "- item two.",
        "More of b\n  and its end.",
        "* c",
        "• d",
        "1. First",
        "2. Second one.",
        "# Part",
        "Body goes on.",
        "It ends.",
        "Short words",
        "Last.",
    ]


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_hard_wrapped_text_is_joined(newline: str) -> None:
    lines = [
        "Ukrainian forces have advanced in the Belgorod region of Russia, the",
        "Ukrainian president said late on Monday. He thanked his top Gen.",
        "Oleksandr Syrskyi, who had briefed him on the front, and the 225th",
        "Regiment.",
    ]
    assert split(newline.join(lines)) == [
        newline.join([lines[0], "Ukrainian president said late on Monday."]),
        newline.join(["He thanked his top Gen.", *lines[2:]]),
    ]


def test_a_headline_above_wrapped_text_is_not_joined() -> None:
    lines = [
        "Kyiv advances",
        "Ukrainian forces have advanced in the Belgorod region of Russia, the",
        "Ukrainian president said late on Monday night.",
    ]
    assert split("\n".join(lines)) == [lines[0], "\n".join(lines[1:])]


def test_lines_that_are_paragraphs_break() -> None:
    lines = ["The president spoke of " + "many " * 40 + "things", "Russia " + "did " * 50 + "not"]
    assert split("\n".join(lines)) == lines


def test_lines_of_one_sentence_break() -> None:
    lines = ["It rained.", "“It did,” he said.", "She left", "The end."]
    assert split("\n".join(lines)) == lines


def test_seed_000() -> None:
    article = seed("000_cb2a3d9513a7cddf")
    sentences = split_sentences(article)
    assert [(s.start, s.end) for s in sentences[:2]] == [(1, 16), (17, 179)]
    assert len(sentences) == 24
    assert sentences[12] == Sentence(
        article.id,
        1573,
        1697,
        "Zelensky thanked several army units defending Ukraine, including the 225th Assault "
        "Regiment deployed in the Belgorod region.",
    )
    assert all(s.text.endswith((".", "”.")) for s in sentences[1:])


def test_seed_002() -> None:
    sentences = split_sentences(seed("002_9c80ba997a9c7279"))
    texts = [s.text for s in sentences]
    assert len(texts) == 21
    assert (
        'He commended the 225th Assault Regiment deployed near Belgorod, adding, "Well done, guys! '
        "I'm proud of each and every one who is fighting for Ukraine!\"" in texts
    )
    assert not any("\n" in text for text in texts)
    assert all(text.endswith((".", '."', '!"')) for text in texts)


def test_a_run_without_an_end_is_cut_at_white_space() -> None:
    words = " ".join(f"word{number}" for number in range(2_000))
    pieces = split(words)
    assert " ".join(pieces) == words
    assert all(len(piece) > MAX_SENTENCE_CHARS - 10 for piece in pieces[:-1])


def test_a_run_without_white_space_is_cut_hard() -> None:
    assert [len(piece) for piece in split("x" * 4_000)] == [1_500, 1_500, 1_000]


LONG = [(unit, 1_000_000) for unit in (".", "(", "\n", "x", "a ", "\u0301")]
TRICKY = ["\r", '"', "“", "'", "x\n", "“ x. ", "… He ", "“A… He ", "- a\n", '!"', "(a.) B ", "1. "]


@pytest.mark.parametrize(("unit", "chars"), LONG + [(unit, 200_000) for unit in TRICKY])
def test_time_is_linear(unit: str, chars: int) -> None:
    text = unit * (chars // len(unit))
    began = time.perf_counter()
    spans(text)
    assert time.perf_counter() - began < SECONDS


def test_five_megabytes_take_seconds() -> None:
    text = seed("002_9c80ba997a9c7279").text * 1_550
    began = time.perf_counter()
    assert len(spans(text)) > 30_000
    assert time.perf_counter() - began < SECONDS
