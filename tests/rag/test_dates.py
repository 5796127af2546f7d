"""Relative dates, by expected values written out by hand.

The calendar that most cases stand on: 8 April 2025 is a Tuesday, and 4 April 2025 a Friday.
"""

import re
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from index.articles import Article, read_article_bytes
from rag.dates import Resolved, date_line, relative_dates, spelled_out, written

SEEDS = Path(__file__).resolve().parents[2] / "seeds"
TUESDAY = date(2025, 4, 8)


def seed(name: str) -> Article:
    (article,) = read_article_bytes(f"{name}.txt", (SEEDS / f"{name}.txt").read_bytes())
    return article


def found(text: str, published: date = TUESDAY) -> list[tuple[str, str]]:
    return [(text[r.start : r.end], written(r)) for r in relative_dates(text, published)]


def test_the_dated_seed() -> None:
    article = seed("000_cb2a3d9513a7cddf")
    assert article.published == TUESDAY
    assert found(article.text) == [
        ("last year", "2024"),
        ("last month", "March 2025"),
        ("Monday", "7 April 2025"),
        ("last Friday", "4 April 2025"),
        ("Monday", "7 April 2025"),
        ("18 March", "18 March 2025"),
        ("21 March", "21 March 2025"),
        ("the past two days", "6–8 April 2025"),
    ]


def test_the_undated_seed_resolves_nothing_until_it_has_a_date() -> None:
    article = seed("002_9c80ba997a9c7279")
    assert article.published is None
    assert spelled_out(article.text, article.published) == article.text
    assert found(article.text) == [
        ("Monday", "7 April 2025"),
        ("last year", "2024"),
        ("Last Friday", "4 April 2025"),
        ("Monday", "7 April 2025"),
        ("the past 48 hours", "6–8 April 2025"),
    ]


@pytest.mark.parametrize(
    ("text", "published", "day"),
    [
        ("He spoke on Tuesday.", TUESDAY, "8 April 2025"),  # the day itself
        ("He will speak on Tuesday.", TUESDAY, "8 April 2025"),
        ("The party said Monday it won.", TUESDAY, "7 April 2025"),
        ("He arrived on Tuesday evening.", date(2025, 4, 9), "8 April 2025"),
        ("Trump on Monday called it off.", TUESDAY, "7 April 2025"),
        ("They have waited since Friday.", TUESDAY, "4 April 2025"),
        ("They will meet on Monday.", TUESDAY, "14 April 2025"),
        ("The bill is due on Friday.", TUESDAY, "11 April 2025"),
        ("On Thursday, leaders are expected to sign.", TUESDAY, "10 April 2025"),
        ("He said he will resign on Friday.", TUESDAY, "11 April 2025"),
        ("He will resign, he told reporters on Friday.", TUESDAY, "4 April 2025"),
        ("It will end. On Friday, he left.", TUESDAY, "4 April 2025"),
        ("He joked that “she will win” on Monday.", TUESDAY, "7 April 2025"),
        ("He died on Monday.", date(2025, 1, 1), "30 December 2024"),
        ("He died on Thursday.", date(2024, 3, 2), "29 February 2024"),
        ("He died on Sunday.", date(2025, 3, 31), "30 March 2025"),  # clocks went forward
    ],
)
def test_a_bare_weekday_is_the_latest_unless_the_verb_looks_ahead(
    text: str, published: date, day: str
) -> None:
    assert [shown for _, shown in found(text, published)] == [day]


@pytest.mark.parametrize(
    ("text", "published", "shown"),
    [
        ("last Friday", date(2025, 6, 10), "6 June 2025"),
        ("last Friday", date(2025, 4, 4), "28 March 2025"),  # on a Friday, a week before
        ("last Tuesday’s", TUESDAY, "1 April 2025"),
        ("next Monday", TUESDAY, "14 April 2025"),
        ("next Friday", date(2025, 4, 4), "11 April 2025"),
        ("last week", TUESDAY, "31 March–6 April 2025"),
        ("this week", TUESDAY, "7–13 April 2025"),
        ("next week", date(2024, 12, 27), "30 December 2024–5 January 2025"),
        ("last month", date(2025, 1, 31), "December 2024"),
        ("last month's", date(2024, 3, 31), "February 2024"),
        ("next month", date(2024, 12, 1), "January 2025"),
        ("this year", TUESDAY, "2025"),
        ("last year", date(2025, 1, 1), "2024"),
        ("yesterday", date(2024, 3, 1), "29 February 2024"),
        ("yesterday morning", date(2025, 3, 1), "28 February 2025"),
        ("the day before yesterday", date(2025, 1, 1), "30 December 2024"),
        ("last night", TUESDAY, "7 April 2025"),
        ("this morning", TUESDAY, "8 April 2025"),
        ("tonight", TUESDAY, "8 April 2025"),
        ("earlier today", TUESDAY, "8 April 2025"),
        ("two days ago", date(2025, 3, 1), "27 February 2025"),
        ("a week ago", TUESDAY, "29 March–4 April 2025"),
        ("3 weeks ago", TUESDAY, "15–21 March 2025"),
        ("three months ago", date(2025, 3, 31), "December 2024"),
        ("twenty-one years ago", TUESDAY, "2004"),
    ],
)
def test_an_expression_that_says_its_own_direction(text: str, published: date, shown: str) -> None:
    """The days around "a week ago" are counted, for it is seldom the very same weekday."""
    sentence = f"They fled {text}, he said."
    assert found(sentence, published) == [(text, shown)]


@pytest.mark.parametrize(
    ("text", "published", "shown"),
    [
        ("in the past two days", TUESDAY, "6–8 April 2025"),  # 48 hours touch three days
        ("in the last 24 hours", TUESDAY, "7–8 April 2025"),
        ("over the last three weeks", TUESDAY, "18 March–8 April 2025"),
        ("during the past week", date(2025, 1, 3), "27 December 2024–3 January 2025"),
        ("for the past month", date(2025, 3, 31), "28 February–31 March 2025"),
    ],
)
def test_a_stretch_that_ends_at_publication(text: str, published: date, shown: str) -> None:
    assert [days for _, days in found(f"They fled {text}.", published)] == [shown]


@pytest.mark.parametrize(
    ("text", "published", "day"),
    [
        ("On March 21, he died.", TUESDAY, "21 March 2025"),
        ("He died on the way on 21st of March.", TUESDAY, "21 March 2025"),
        ("He died on Dec. 30.", date(2025, 1, 5), "30 December 2024"),
        ("He died on 29 February.", date(2024, 3, 5), "29 February 2024"),
        ("The vote will take place on 5 May.", TUESDAY, "5 May 2025"),
        ("The vote will take place on 5 January.", date(2025, 12, 8), "5 January 2026"),
        ("It ended in 2025: on 2 March, they left.", TUESDAY, "2 March 2025"),
    ],
)
def test_a_day_and_month_without_a_year(text: str, published: date, day: str) -> None:
    assert [shown for _, shown in found(text, published)] == [day]


@pytest.mark.parametrize(
    "text",
    [
        "Troops advanced in recent months, in recent days and a few weeks ago.",
        "He said so at the time, earlier, at one point, and over the past few weeks.",
        "It began about two years ago, nearly a week ago, or a couple of days ago.",
        "It was founded 20 years ago, a hundred years ago and ten days ago.",
        "He spoke on Mondays, every Friday, each Sunday and on a Tuesday.",
        "Shops opened on Black Friday, Good Friday, Bloody Sunday and Super Tuesday.",
        "He watched on Monday Night Football, wrote on Sunday Times paper.",
        "They attended Friday prayers and a Monday meeting.",
        "The shop was open Monday to Friday, and on Saturday and Sunday.",
        "He may march; they joined March for Our Lives; May said so.",
        "Pastor Sunday Adelaja said so.",
        "He died on 18 March 2024, and on March 18, 2024.",
        "He died last Friday, 4 April, and on Friday, April 4.",
        "He died on Friday 4 April 2025.",
        "He died last month (March 2025), on Monday (7 April) and yesterday [2025-04-07].",
        "In 2022 troops crossed the border. On 24 February, he spoke.",
        "The Sept. 11 attacks; on September 11 he died; on Jan. 6 they rioted.",
        "In March 20 people died, and 5 march on.",
        "He stayed from 3 to 5 March, March 3-5 and March 3 and 4.",
        "He met on 31 April, on 30 February and on 29 February.",
        "He died this Friday, on the Friday, the following Monday and that Sunday.",
        "He would resign on Friday.",
        "He agreed to resign on Friday.",
        "A video to be shown on Friday will tell.",
        "Voters go to the polls on Friday.",
        "He spoke ahead of a vote on Friday.",
        "It was postponed until Friday.",
        "His last year in office was the last month of peace, in the last week of May.",
        "Today, millions live in today’s world; a better tomorrow; yesterday’s news.",
        "That could change tomorrow.",
        "He was last week or so there, at this time last year.",
        "A year ago today, and two weeks ago on Friday, he died.",
        "5 years ago",
        "He met on Wednesday.",  # six days back: as likely tomorrow
        "He died last Monday.",  # yesterday, or the week before
        "He will go next Friday.",  # this week's, or the one after
    ],
)
def test_what_is_unclear_stays(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("In 2020 he said the ban came a week ago.", []),
        ("Speaking in March, he said the vote was held last month.", []),
        ("Speaking in May, he said the vote was held yesterday.", []),
        ("In a statement on Saturday it said it shot down drones last night.", ["5 April 2025"]),
        ("The report of 7 April said the fire started yesterday.", []),
        ("In his 2024 memoir he wrote that he stopped smoking last year.", []),
        ("The storm hit on 8 April, exactly a year ago.", []),
        ("A year ago, on 5 April, the storm hit.", []),
        ("Last month he said that the ban came a week ago.", ["March 2025"]),
        ("Speaking in 2020, he said on Monday that it was over.", []),
        ("On Saturday he said that troops left in the past two days.", ["5 April 2025"]),
    ],
)
def test_another_time_in_the_sentence_may_be_the_one_to_count_from(
    text: str, days: list[str]
) -> None:
    """All was counted from publication: of "in 2020 he said … a week ago" came days in 2025."""
    assert [shown for _, shown in found(text)] == days


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("Trump said on Monday that he left last Friday.", ["7 April 2025", "4 April 2025"]),
        ("On Monday he said that sales fell last month.", ["7 April 2025", "March 2025"]),
        ("He left in 2020. He came a week ago.", ["29 March–4 April 2025"]),
        ("He may march, he said last month.", ["March 2025"]),
        ("Theresa May said so last month.", ["March 2025"]),
    ],
)
def test_a_time_that_moves_nothing_takes_no_day_away(text: str, days: list[str]) -> None:
    assert [shown for _, shown in found(text)] == days


def test_a_weekday_of_another_month_makes_the_month_unsure() -> None:
    assert found("On Monday he said that sales fell last month.", date(2025, 4, 1)) == [
        ("Monday", "31 March 2025")
    ]


@pytest.mark.parametrize(
    "text",
    [
        "“I left last Friday,” he said.",
        '"I left last Friday," he said.',
        "He said ‘it ended last month’ at length.",
        "He said 'it ended last month' at length.",
        "“I left last Friday",
        "I left last Friday,” he said.",
        'I left last Friday," he said.',
        "“He said “no” last Friday,” she said.",
        "“One.\n\n“I left last Friday.”",
        "He saw it. «I left last Friday», he said.",
    ],
)
def test_a_speaker_has_a_day_of_his_own(text: str) -> None:
    assert found(text) == []


def test_words_outside_the_quotation_are_the_articles() -> None:
    text = 'He left last month. "I left yesterday," he said last year, "or last week."'
    assert found(text) == [("last month", "March 2025"), ("last year", "2024")]


@pytest.mark.parametrize("unit", ["last week", "this week", "next week"])
def test_on_a_sunday_no_week_is_sure(unit: str) -> None:
    assert found(f"He left {unit}.", date(2025, 4, 6)) == []
    assert found(f"He left {unit}.", date(2025, 4, 5)) != []


@pytest.mark.parametrize(
    ("first", "last", "shown"),
    [
        (date(2025, 6, 6), date(2025, 6, 6), "6 June 2025"),
        (date(2025, 3, 1), date(2025, 3, 31), "March 2025"),
        (date(2024, 2, 1), date(2024, 2, 29), "February 2024"),
        (date(2024, 2, 1), date(2024, 2, 28), "1–28 February 2024"),
        (date(2024, 1, 1), date(2024, 12, 31), "2024"),
        (date(2025, 4, 6), date(2025, 4, 8), "6–8 April 2025"),
        (date(2025, 3, 30), date(2025, 4, 2), "30 March–2 April 2025"),
        (date(2024, 12, 30), date(2025, 1, 2), "30 December 2024–2 January 2025"),
        (date(2024, 1, 1), date(2025, 12, 31), "1 January 2024–31 December 2025"),
    ],
)
def test_days_are_written_as_a_reader_reads_them(first: date, last: date, shown: str) -> None:
    assert written(Resolved(0, 0, first, last)) == shown


def test_the_date_follows_the_words() -> None:
    text = "They were killed last Friday, in last year’s offensive."
    assert spelled_out(text, date(2025, 6, 10)) == (
        "They were killed last Friday (6 June 2025), in last year’s (2024) offensive."
    )


PIECES = ["He said ", "will meet ", "on ", "Monday", "last Friday", " last year", "yesterday", "."]
PIECES += [
    "On 18 March",
    " (2024)",
    "“",
    "”",
    '"',
    "'",
    "\n\n",
    ", ",
    " and ",
    "the past week",
    "in ",
]
PIECES += [
    "two days ago",
    "this month’s",
    " the ",
    "Tuesday night",
    "May 5",
    " of ",
    "tomorrow",
    " ",
]
news = st.lists(st.sampled_from(PIECES) | st.text(max_size=4), max_size=25).map("".join)


@given(st.text() | news, st.dates())
def test_no_text_and_no_day_raises(text: str, published: date) -> None:
    assert all(one.first <= one.last for one in relative_dates(text, published))


def test_nothing_lies_beyond_the_calendar() -> None:
    assert found("He left twelve years ago, last year, last week, last month.", date.min) == []
    assert found("He left yesterday, in the past month.", date.min) == []
    assert found("He will go next year, next week, next month, tomorrow.", date.max) == []


@given(st.text() | news, st.dates(date(1900, 1, 1), date(2090, 1, 1)))
@example("He left last year yesterday, in the past two days on Monday.", TUESDAY)
def test_only_brackets_are_added_and_only_once(text: str, published: date) -> None:
    resolved = relative_dates(text, published)
    longer = spelled_out(text, published)
    rest = longer
    for one in reversed(resolved):
        before = sum(len(written(r)) + 3 for r in resolved if r.end < one.end) + one.end
        bracket = f" ({written(one)})"
        assert rest[before:].startswith(bracket)
        rest = rest[:before] + rest[before + len(bracket) :]
    assert rest == text
    assert spelled_out(longer, published) == longer


@given(news, st.dates())
def test_spans_are_in_order_and_hold_words(text: str, published: date) -> None:
    at = 0
    for one in relative_dates(text, published):
        assert at <= one.start < one.end <= len(text)
        assert re.fullmatch(r"\w.*\w", text[one.start : one.end], re.DOTALL)
        assert one.first <= one.last
        at = one.end


@given(st.dates(date(1950, 1, 1), date(2090, 1, 1)))
def test_no_past_weekday_lies_in_the_future_or_a_week_back(published: date) -> None:
    for name in ("Monday", "Sunday"):
        for one in relative_dates(f"He died on {name}.", published):
            assert timedelta(0) <= published - one.first <= timedelta(days=5)
            assert one.first.isoweekday() == {"Monday": 1, "Sunday": 7}[name]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("Published: 8 April 2025\n\nThe ferry sank.", "Published: 8 April 2025"),
        ("The ferry sank\n\nApril 8, 2025\n\nIt sank at sea.", "April 8, 2025"),
        ("# Ferry\n\nTuesday, 8 April 2025\n\nIt sank.", "Tuesday, 8 April 2025"),
        ("2025-04-08 10:15\n\nIt sank.", "2025-04-08 10:15"),
        (
            "Posted on Apr. 8, 2025 at 10:15 am EDT\n\nIt sank.",
            "Posted on Apr. 8, 2025 at 10:15 am EDT",
        ),
        ("Monday, 8 April 2025\n\nIt sank.", None),  # it was a Tuesday
        ("Published: 9 April 2025\n\nIt sank.", None),
        ("Updated: 8 April 2025\n\nIt sank.", None),
        ("08/04/2025\n\nIt sank.", None),
        ("The ferry sank on 8 April 2025.", None),
        ("One.\n\nTwo.\n\nThree.\n\nFour.\n\nFive.\n\nSix.\n\n8 April 2025", None),
        ("", None),
    ],
)
def test_the_line_that_states_the_day(text: str, line: str | None) -> None:
    article = Article(id="a", text=text, title="", published=TUESDAY)
    sentence = date_line(article)
    assert (sentence and sentence.text) == line
    if sentence:
        assert text[sentence.start : sentence.end] == line


def test_the_date_prefix_of_a_text_file_is_its_date_line() -> None:
    article = seed("000_cb2a3d9513a7cddf")
    sentence = date_line(article)
    assert sentence is not None
    assert (sentence.start, sentence.end, sentence.text) == (1, 16, "date 2025-04-08")


def test_no_date_no_line() -> None:
    assert date_line(seed("002_9c80ba997a9c7279")) is None
    assert date_line(Article(id="a", text="8 April 2025", title="")) is None
