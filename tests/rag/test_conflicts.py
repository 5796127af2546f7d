"""What articles state differently is shown side by side; where they agree, nothing is shown."""

from datetime import date
from itertools import permutations

import pytest

from index.articles import Article
from rag.conflicts import Conflict, conflicts_of
from rag.types import Evidence
from tests.rag.samples import evidence_of, single

DEAD = "How many people were killed? 18 people were killed."


def articles(*sentences: str) -> list[Evidence]:
    """One article a sentence, "a" first."""
    return [single(text, chr(ord("a") + n)) for n, text in enumerate(sentences)]


def story_of(name: str, text: str) -> list[Evidence]:
    """Every sentence of one article."""
    return evidence_of(Article(id=name, title="", text=text))


def sides(conflict: Conflict) -> list[tuple[str, str]]:
    """Each value with the ids of the articles that state it."""
    return [(s.value, "".join(e.article.id for e in s.evidence)) for s in conflict.sides]


@pytest.mark.parametrize(
    ("about", "one", "other", "slot", "values"),
    [
        (
            DEAD,
            "18 people were killed when the ferry Aurora burned.",
            "20 people were killed when the ferry Aurora burned.",
            "people killed",
            ("18 people", "20 people"),
        ),
        (
            DEAD,
            "Eighteen people were killed in the ferry fire, police said.",
            "The ferry fire killed 20 people.",
            "people killed",
            ("Eighteen people", "20 people"),
        ),
        (
            DEAD,
            "The death toll from the ferry fire rose to 18.",
            "The ferry fire killed at least 20 people, the Halven Post reported.",
            "death toll",
            ("18", "at least 20 people"),
        ),
        (
            "How many tanks were destroyed?",
            "Norland said 30 tanks were destroyed in the battle.",
            "Sudland said 12 tanks were destroyed in the battle.",
            "tanks destroyed battle",
            ("30 tanks", "12 tanks"),
        ),
        (
            "How much did the repair cost?",
            "The repair of the ferry cost $1.2 million.",
            "The repair of the ferry cost 1.5 million dollars.",
            "repair ferry cost",
            ("$1.2 million", "1.5 million dollars"),
        ),
        (
            "How much of the harbour burned?",
            "About 20% of the harbour burned.",
            "Some 35 per cent of the harbour burned.",
            "harbour burned",
            ("About 20%", "Some 35 per cent"),
        ),
        (
            "How long is the bridge?",
            "The bridge at Port Halven is 400 metres long.",
            "The bridge at Port Halven is 650 metres long.",
            "metres bridge long",
            ("400 metres", "650 metres"),
        ),
        (
            "When did the ferry leave? The ferry left on Friday.",
            "The ferry Aurora left Port Halven on Friday.",
            "The ferry Aurora left Port Halven on Saturday.",
            "ferry left",
            ("Friday", "Saturday"),
        ),
        (
            "When did the mayor resign?",
            "In 2019 the mayor of Port Halven resigned.",
            "The mayor of Port Halven resigned in 2018 after a vote.",
            "mayor resigned",
            ("2019", "2018"),
        ),
        (
            "When was Lena Fisk born?",
            "Lena Fisk was born in Port Halven, Norland, on 3 May 1970.",
            "Lena Fisk was born in Port Halven, Norland, on May 5, 1970.",
            "born",
            ("3 May 1970", "May 5, 1970"),
        ),
        (
            "Where was Abara born?",
            "Jon Abara was born in Paris.",
            "Jon Abara was born in London.",
            "born",
            ("Paris", "London"),
        ),
        (
            "Who owns the ferry? Jon Abara owns it.",
            "The ferry Aurora is owned by Jon Abara.",
            "The ferry Aurora is owned by Lena Fisk.",
            "owned",
            ("Jon Abara", "Lena Fisk"),
        ),
    ],
)
def test_different_values_of_one_thing(
    about: str, one: str, other: str, slot: str, values: tuple[str, str]
) -> None:
    (found,) = conflicts_of(articles(one, other), about)
    assert sides(found) == [(values[0], "a"), (values[1], "b")]
    (turned,) = conflicts_of(articles(other, one), about)
    assert sides(turned) == [(values[1], "a"), (values[0], "b")]
    assert found.slot == slot


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("18 people were killed in the fire.", "Eighteen people died in the fire."),
        ("At least 18 people were killed in the fire.", "20 people were killed in the fire."),
        ("Up to 20 people were killed in the fire.", "18 people were killed in the fire."),
        ("About 20 people were killed in the fire.", "18 people were killed in the fire."),
        ("More than 200 people were killed in the fire.", "212 people were killed in the fire."),
        ("200 people were killed in the fire.", "212 people were killed in the fire."),
        ("2,000 people were killed in the fire.", "Two thousand people were killed in the fire."),
        ("20 people, including nine children, were killed.", "The fire killed nine children."),
        ("20 people were killed, among them nine children.", "The fire killed 20 civilians."),
        ("The fire killed 18 people.", "The fire killed another 20 people."),
        ("The fire killed 18 people.", "The fire injured 20 people."),
        ("The fire killed three firefighters.", "The fire killed 20 people."),
        ("The fire killed one firefighter.", "The fire killed 20 people."),
        ("The fire killed Captain Olsen, 40, on the ferry.", "The fire killed one on the ferry."),
        ("Eighteen of the passengers were killed.", "20 passengers were killed."),
        ("18 people were killed in the fire in Halven.", "The fire in Norrby killed 20 people."),
        ("In 2018 the fire killed 18 people.", "In 2020 the fire killed 20 people."),
        ("At the 2010 fire 18 people were killed.", "At the 2014 fire 20 people were killed."),
        ("18 people were killed in the fire.", "20 people were not killed in the fire."),
    ],
)
def test_counts_that_can_both_be_true(one: str, other: str) -> None:
    assert conflicts_of(articles(one, other), DEAD) == ()


@pytest.mark.parametrize(
    ("about", "one", "other"),
    [
        (
            "How far is the harbour from the border?",
            "The harbour lies two kilometres (1.2 miles) far from the border.",
            "The harbour lies approximately two kilometers far from the border.",
        ),
        (
            "For how many days did the ferry burn?",
            "The ferry burned for 48 hours.",
            "The ferry burned for two days.",
        ),
        (
            "How many days are left?",
            "The inquiry begins in about 30 days.",
            "The inquiry begins nine days before the vote.",
        ),
        (
            "When was the inquiry announced?",
            "Minister Jon Abara announced the inquiry on 3 May.",
            "Minister Jon Abara announced the inquiry last Friday.",
        ),
        (
            "When did the ferry burn?",
            "Police said on Friday that the ferry had burned.",
            "Police said on Saturday that the ferry had burned.",
        ),
        (
            "When did the ferry burn?",
            "The ferry burned on Friday.",
            "The owner of the ferry was arrested on Saturday.",
        ),
        (
            "For how many months was he in prison?",
            "Captain Olsen was in prison for 4½ months.",
            "Captain Olsen was in prison for 4 1/2 months.",
        ),
        (
            "When will it end?",
            "The minister may end the inquiry in June.",
            "The minister will end the inquiry on 3 June.",
        ),
        (
            "Which city did the missile hit?",
            "The missile hit the city of Kyiv at noon.",
            "The missile hit the city of Kiev at noon.",
        ),
        (
            "Who announced the inquiry? Jon Abara announced it.",
            "The inquiry was announced by Jon Abara.",
            "The inquiry was announced by Minister Abara.",
        ),
    ],
)
def test_two_ways_to_say_the_same(about: str, one: str, other: str) -> None:
    assert conflicts_of(articles(one, other), about) == ()


def test_one_article_does_not_contradict_itself() -> None:
    story = "The ferry fire killed 18 people. Later, the ferry fire had killed 20 people."
    assert conflicts_of(story_of("a", story), DEAD) == ()


def test_an_article_that_gives_the_value_too_agrees() -> None:
    update = "The ferry fire killed 20 people. At first the ferry fire had killed 18 people."
    (old,) = articles("The ferry fire killed 18 people.")
    assert conflicts_of([old, *story_of("u", update)], DEAD) == ()


@pytest.mark.parametrize("order", list(permutations(range(4))))
def test_a_side_holds_every_sentence_that_states_it(order: tuple[int, ...]) -> None:
    told = articles(
        "The ferry fire killed 18 people.",
        "The ferry fire killed 20 people.",
        "Eighteen people died in the ferry fire.",
        "The ferry fire killed at least 15 people.",
    )
    evidence = [told[n] for n in order]
    (found,) = conflicts_of(evidence, DEAD)
    stated = {"".join(sorted(ids)) for _, ids in sides(found)}
    assert stated == {"ac", "b"}
    assert found.sides[0].evidence[0] == next(e for e in evidence if e.article.id != "d")
    for side in found.sides:
        assert list(side.evidence) == [e for e in evidence if e in side.evidence]
        assert side.value in side.evidence[0].text


LONG_BRIDGE = articles(
    "18 people were killed when the bridge, 400 metres long, fell.",
    "18 people were killed when the bridge, 650 metres long, fell.",
)


def test_only_what_is_asked_for() -> None:
    assert conflicts_of(LONG_BRIDGE, DEAD) == ()
    asked = "How many metres long was the bridge?"
    (found,) = conflicts_of(LONG_BRIDGE, asked)
    assert sides(found) == [("400 metres", "a"), ("650 metres", "b")]
    assert conflicts_of(LONG_BRIDGE, "Who owns the ferry?") == ()


def test_a_long_answer_is_read_sentence_by_sentence() -> None:
    padding = "Nothing else is known about it so far. " * 12
    evidence = articles("The ferry fire killed 18 people.", "The ferry fire killed 20 people.")
    (found,) = conflicts_of(evidence, f"What happened? {padding}The ferry fire killed 18 people.")
    assert sides(found) == [("18 people", "a"), ("20 people", "b")]


def test_the_dead_are_not_the_injured() -> None:
    evidence = articles(
        "The ferry fire killed 18 people and injured 35.",
        "The ferry fire killed 18 people and injured 40.",
    )
    assert conflicts_of(evidence, DEAD) == ()
    (found,) = conflicts_of(evidence, "How many people were injured?")
    assert sides(found) == [("35", "a"), ("40", "b")]


def test_articles_about_different_stories_are_not_compared() -> None:
    """Two towns without a name in the sentence, but with no name in common in the articles."""
    bare = "The population was 2,400 at the census."
    other = "The population was 350 at the census."
    here = story_of("a", f"{bare} Tourists visit Halven, and the Norrby lake near Oster.")
    there = story_of("b", f"{other} It lies in Sudland, where the Brenna ends.")
    asked = "What is the population?"
    assert conflicts_of([*here, *there], asked) == ()
    same = story_of("b", f"{other} Tourists visit Halven and the lake.")
    (found,) = conflicts_of([*here, *same], asked)
    assert sides(found) == [("2,400", "a"), ("350", "b")]


def published(text: str, name: str, day: date | None) -> list[Evidence]:
    """The sentences of an article of a day."""
    return evidence_of(Article(id=name, title="", text=text, published=day))


APRIL = date(2025, 4, 8)  # a Tuesday
FIRE = "15 people were killed in the fire in Halven."


@pytest.mark.parametrize(
    ("one", "day", "other", "shown"),
    [
        ("12 people were killed in the fire in Halven in 2019.", APRIL, FIRE, False),
        ("12 people were killed in the fire in Halven in 2019.", None, FIRE, False),
        ("12 people were killed in the fire in Halven in 2025.", APRIL, FIRE, True),
        (
            "12 people were killed in the fire in Halven in 2019.",
            APRIL,
            f"{FIRE} It was the worst of 2019.",
            True,
        ),
        ("12 people were killed in the fire in Halven.", date(2024, 4, 8), FIRE, False),
        ("12 people were killed in the fire in Halven.", date(2025, 3, 8), FIRE, False),
        ("12 people were killed in the fire in Halven.", date(2025, 3, 9), FIRE, True),
        ("12 people were killed in the fire in Halven.", None, FIRE, True),
    ],
)
def test_old_news_does_not_contradict_new_news(
    one: str, day: date | None, other: str, shown: bool
) -> None:
    """The dead of a fire in 2019 were set against those of another, and of last year's article."""
    evidence = [*published(one, "a", day), *published(other, "b", APRIL)]
    assert bool(conflicts_of(evidence, DEAD)) is shown
    assert bool(conflicts_of(evidence[::-1], DEAD)) is shown


def test_a_year_that_follows_from_the_article_is_not_one_that_is_said() -> None:
    here = published("12 people were killed in the fire in Halven on Monday.", "a", APRIL)
    assert conflicts_of([*here, *published(FIRE, "b", None)], DEAD) != ()


@pytest.mark.parametrize(
    ("said", "day", "shown"),
    [
        ("on 9 April", APRIL, True),
        ("on 9 April", date(2025, 4, 10), True),
        ("on 8 April", date(2025, 4, 10), False),
        ("on Wednesday", date(2025, 4, 10), True),
        ("on Tuesday", date(2025, 4, 10), False),
        ("on Tuesday", date(2025, 4, 17), True),
        ("in April", date(2025, 4, 10), False),
        ("on 9 April", None, True),
    ],
)
def test_days_are_compared_by_the_calendar(said: str, day: date | None, shown: bool) -> None:
    """ "On Tuesday" of 8 April was not compared with "on 9 April": they share no part of a date."""
    here = published("The treaty of Halven was signed on Tuesday.", "a", APRIL)
    there = published(f"The treaty of Halven was signed {said}.", "b", day)
    asked = "When was the treaty of Halven signed?"
    assert bool(conflicts_of([*here, *there], asked)) is shown
    assert bool(conflicts_of([*there, *here], asked)) is shown


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("Nobody was killed in the fire.", [("12 people", "a"), ("Nobody", "b")]),
        ("No one was killed in the fire.", [("12 people", "a"), ("No one", "b")]),
        ("The fire killed no one.", [("12 people", "a"), ("no one", "b")]),
        ("No people were killed in the fire.", [("12 people", "a"), ("No people", "b")]),
        ("Nobody else was killed in the fire.", []),
        ("Nobody was injured in the fire.", []),
        ("Nobody knows who was in the fire.", []),
    ],
)
def test_nobody_is_a_number(text: str, values: list[tuple[str, str]]) -> None:
    """ "Nobody was killed" was a denial and no count, and "no one" was read as one."""
    found = conflicts_of(articles("12 people were killed in the fire.", text), DEAD)
    assert [side for conflict in found for side in sides(conflict)] == values
    assert conflicts_of(articles(text, "No one was killed in the fire."), DEAD) == ()


def test_nothing_to_compare() -> None:
    assert conflicts_of([], DEAD) == ()
    assert conflicts_of(articles("The ferry fire killed 18 people."), DEAD) == ()
    assert conflicts_of(articles("…", "—"), "") == ()


def test_the_seed_articles_agree(seeds: tuple[Article, ...]) -> None:
    evidence = [item for article in seeds for item in evidence_of(article)]
    for item in evidence:
        assert conflicts_of(evidence, f"How many, how much, who, where and when? {item.text}") == ()
