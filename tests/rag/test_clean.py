"""Text of strangers: what acts or misleads is removed, every plain word stays."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.wording import shown
from rag.wording.clean import visible

PIECES = ["[", "]", "(", ")", "1", "[1]", "<b>", "<", ">", "a", " ", "*", "`", "!", "\x1b", "\x1b["]
PIECES += ["\x1b]8;;", "\x07", "\x9b", "31m", "\u202e", "\u200b", "^", ",", ".", "\n", "</b>"]
hostile = st.lists(st.sampled_from(PIECES), max_size=40).map("".join) | st.text()


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x9b31mred", "red"),
        ("\x1b]8;;http://evil.example\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x1b]0;title\x07after", "after"),
        ("\x1b(Btext\x1bc", "text"),
        ("a\x00b\u200bc\u202ed\te\n f", "a bcd e f"),
    ],
)
def test_an_escape_sequence_is_removed_whole(text: str, left: str) -> None:
    """Of "ESC[31m" the letters "31m" were left."""
    assert visible(text) == left


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("It [rained](http://evil.example) here [1], [2, 3].", "It rained here,."),
        ("It rained ![map](x.png) here[^4].", "It rained map here."),
        ("It rained [1](#note-1).", "It rained."),
        ("It <b>rained</b>, <i class=x>here</i>.", "It rained, here."),
        ("It rained<br>here", "It rained here"),
        ("*It* **rained** `here`", "It rained here"),
        ("[[1]2] It", "It"),
        ("<<b>script>It", "< script>It"),  # which is no tag
        ("It <img src=x onerror=y", "It img src=x onerror=y"),
        ("“[We] left” (1.2 miles) in [2024], 5 < 6 > 3.",) * 2,
    ],
)
def test_markup_is_removed_and_words_stay(text: str, left: str) -> None:
    assert shown(text) == left


@given(hostile)
def test_nothing_that_acts_is_left(text: str) -> None:
    left = shown(text)
    assert shown(left) == left
    assert not [c for c in left if unicodedata.category(c) in {"Cc", "Cf"} or c in "*`"]


@given(st.lists(st.sampled_from(["Kyiv", "“we”", "(1.2)", "[he]", "20%", "don’t", "—"])))
def test_plain_words_stay_as_they_are(words: list[str]) -> None:
    assert shown(" ".join(words)) == " ".join(words)
