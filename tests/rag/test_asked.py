"""What a question asks for, and whether a text holds one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.asked import Wanted, gives, parts_of, pinned_numbers, topic_of, wanted

TIME, QUANTITY, MEASURE, ANYTHING = Wanted


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("When did the ferry leave?", TIME),
        ("Since when has Abara been minister?", TIME),
        ("On which day of the week did it burn?", TIME),
        ("In what year was the Aurora built?", TIME),
        ("How recent is the report?", TIME),
        ("How long ago did it burn?", TIME),
        ("And when?", TIME),
        ("When exactly did it burn?", TIME),
        ("How many kids died?", QUANTITY),
        ("How much did the ferry cost?", QUANTITY),
        ("What percentage of the crew left?", QUANTITY),
        ("When and how many died?", TIME),
        ("How long did it burn?", MEASURE),
        ("How far is the wreck from the harbour?", MEASURE),
        ("How old was the ferry?", MEASURE),
        ("What did Abara say when the ferry left?", ANYTHING),  # the time is known
        ("When the ferry burned, who was on board?", ANYTHING),
        ("Who is Lena Fisk?", ANYTHING),
        ("How did the fire start?", ANYTHING),
        ("", ANYTHING),
    ],
)
def test_the_kind_that_is_asked_for(question: str, kind: Wanted) -> None:
    assert wanted(question) is kind


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("How many kids died?", "The dead include nine children."),
        ("How many kids died?", "Nobody died."),
        ("How many ships came?", "Dozens of ships came."),
        ("How many villages were seized?", "It seized a number of villages."),
        ("When did it burn?", "The ferry burned last Friday."),
        ("When did it burn?", "The ferry burned at 5 p.m."),
        ("When did it burn?", "The ferry burned in May."),
        ("When was it built?", "The Aurora was built in 1998."),
        ("When did the crew leave?", "The crew left after the fire was out."),
        ("On which day of the week was that?", "It was on a Monday."),
        ("How recent is it?", "It was written on 3 May."),
        ("How long did it burn?", "It burned for hours."),
        ("How long did it burn?", "It burned for 48 hours."),
        ("How far is the wreck?", "The wreck is only a short distance from the harbour."),
        ("How large was the fire?", "It was on a much smaller scale than the last one."),
        ("How many died, and when?", "Nine died."),  # one of two parts
        ("How many died, and when?", "They died on Friday."),
        ("Who said it and when?", "Abara said it."),
        ("What did Abara say when the ferry left?", "Abara said nothing."),
        ("Who is Lena Fisk?", "She leads the opposition."),
    ],
)
def test_a_text_gives_what_is_asked_for(question: str, text: str) -> None:
    assert gives(text, question)


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("How many soldiers are in the 225th Regiment?", "Abara thanked the 225th Regiment."),
        ("How many kids died?", "Children died."),
        ("How many of the 20 people were kids?", "Twenty people died."),
        ("When did it burn?", "The ferry burned."),
        ("When did it burn?", "The ferry burned with 212 passengers."),  # no time
        ("When did it burn?", "The ferry may burn."),  # no month
        ("When on Tuesday did it burn?", "The ferry burned on Tuesday."),
        ("On which day of the week was that?", "It was a ferry."),
        ("Since when has Abara been minister?", "Abara is minister."),
        ("How long did it burn?", "It burned."),
        ("How old is the ferry?", "The ferry is called Aurora."),
    ],
)
def test_a_text_does_not_give_what_is_asked_for(question: str, text: str) -> None:
    assert not gives(text, question)


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        ("Who was it, and when?", ["Who was it", "when?"]),
        ("Who left and in which year?", ["Who left", "in which year?"]),
        ("What did Abara say, but why did he leave?", ["What did Abara say", "why did he leave?"]),
        ("Who was it? When was it?", ["Who was it", "When was it?"]),
        ("Who is Fisk and is she a minister?", ["Who is Fisk", "is she a minister?"]),
        ("Who is Fisk, and did Abara resign?", ["Who is Fisk", "did Abara resign?"]),
        ("Who said and did what?", ["Who said and did what?"]),
        ("Who was there and was hurt?", ["Who was there and was hurt?"]),
        ("Did Fisk ask “why?” before she left?", ["Did Fisk ask “why?” before she left?"]),
        ("What did Abara and Fisk say?", ["What did Abara and Fisk say?"]),
        ("Who left?", ["Who left?"]),
        ("", []),
    ],
)
def test_a_question_has_parts(question: str, parts: list[str]) -> None:
    assert parts_of(question) == parts


@pytest.mark.parametrize(
    ("question", "topic"),
    [
        ("On which day?", "On ?"),
        ("How many ships burned?", "ships burned?"),
        ("Who left?", "Who left?"),
    ],
)
def test_a_topic_is_what_remains(question: str, topic: str) -> None:
    assert topic_of(question).split() == topic.split()


@given(st.text(), st.text())
def test_a_part_of_any_text_stands_in_it(question: str, text: str) -> None:
    assert all(part in " ".join(question.split()) for part in parts_of(question))
    assert gives(text, question) or wanted(question) is not ANYTHING


@pytest.mark.parametrize("unit", [" ", "\t", "and when ", "? ", ". ", "how many "])
def test_what_no_question_is_long_enough_for_is_not_read(unit: str) -> None:
    """Blanks and "and when" took seconds at 20,000 characters, with the square of the length."""
    whole = f"Who left? {unit * 20_000}And when did the ferry leave?"
    assert wanted(whole) is not TIME or unit == "and when "
    assert "leave" not in "".join(parts_of(whole))
    assert "leave" not in topic_of(whole)


def test_a_question_on_several_lines_is_read_as_one() -> None:
    assert parts_of("Who\nleft,\n\n and \twhen?") == ["Who left", "when?"]


@pytest.mark.parametrize(
    ("question", "pinned"),
    [
        ("Why were 2,000 people moved in 2022?", [{"2000"}, {"2022"}]),
        ("Who thanked the 225th on 25 March?", [{"225"}, {"25"}]),
        ("Was it nine or 12?", [{"9", "12"}]),
        ("Was it 9, 12 or 15?", [{"9", "12", "15"}]),
        ("List 3 April events.", [{"3"}]),
        ("Give me the top 3 facts in 20 words.", []),
        ("Which two things burned?", []),
        ("", []),
    ],
)
def test_numbers_pin_what_a_question_is_about(question: str, pinned: list[set[str]]) -> None:
    assert pinned_numbers(question) == pinned
