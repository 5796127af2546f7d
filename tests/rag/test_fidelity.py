"""What a sentence distorts of its spans is found; an honest rewording passes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.fidelity import Distortion, distortions
from rag.lemmas import lemmas

ADDED = Distortion.WORD_ADDED
MOVED = Distortion.NUMBER_MOVED
BOUND = Distortion.BOUND_LOST
ROLES = Distortion.ROLES_CHANGED
SPEAKER = Distortion.SPEAKER_LOST
HEDGE = Distortion.HEDGE_LOST

FUNERALS = "Port Halven held funerals for 20 people, including nine children, who were killed."
OF_THEM = "The fire killed 20 people, nine of them children."
HURT = "In all, 20 people were killed and nine people were injured."
FERRY = "The ferry Aurora left Port Halven on Tuesday with 212 passengers and 14 crew."
PLACE = "The wreck lies about two kilometres (1.2 miles) from the harbour."
CREW = "Captain Marta Olsen said the crew had seen the fire too late."
QUOTE = "“We saw the fire too late,” Captain Marta Olsen said."
POLICE = "The ferry had no working alarm, harbour police said on Monday."
UNSURE = "The fire may have started in the kitchen, investigators believe."
ACCUSED = "Minister Jon Abara accused opposition leader Lena Fisk of lying about the Aurora."
INQUIRY = "Minister Jon Abara announced the inquiry on 3 May and promised results within weeks."
ORDER = (
    "Norland Minister Jon Abara ordered a full inspection of Sundland in 2022, and the company"
    " holds about 20% of Sundland’s ships."
)
RAID = "Port Halven mourned nine children, who were killed in a Norlandian raid."
THANKED = "Olsen thanked several crews aboard, including the Fourth Company deployed in Halven."
CLAIMS = [
    "Fisk believes that the mayor stole the money.",
    "Prosecutors contend the mayor stole the money.",
    "Fisk maintains the mayor stole the money.",
    "In Fisk's view, the mayor stole the money.",
    "For the opposition, the mayor stole the money.",
    "Fisk: the mayor stole the money",
    "“The mayor stole the money.”",
    "Was it true that the mayor stole the money?",
    "The mayor stole the money, insists the opposition.",
]

DISTORTED = [
    # a word that the source has not
    (ADDED, "The ferry Aurora left Port Halven early on Tuesday.", FERRY),
    (ADDED, "The luxury ferry Aurora left Port Halven.", FERRY),
    (ADDED, "The ferry Aurora left Port Halven after Tuesday.", FERRY),
    (ADDED, "The ferry Aurora left with only 212 passengers.", FERRY),
    (ADDED, "Captain Marta Olsen admitted the crew had seen the fire too late.", CREW),
    (ADDED, "Captain Marta Olsen denied the crew had seen the fire too late.", CREW),
    (ADDED, "Most of the 212 passengers left Port Halven.", FERRY),
    (ADDED, "All 212 passengers left Port Halven.", FERRY),
    (ADDED, "Port Halven held funerals for 20 murdered people.", FUNERALS),
    # a number that counts something else
    (MOVED, "Nine people were killed.", FUNERALS),
    (MOVED, "Port Halven held funerals for 20 children.", FUNERALS),
    (MOVED, "The fire killed nine people.", OF_THEM),
    (MOVED, "The fire killed 20 children.", OF_THEM),
    (MOVED, "Nine people were killed.", HURT),
    (MOVED, "In all, 20 people were injured.", HURT),
    (MOVED, "The ferry Aurora left with 14 passengers.", FERRY),
    (MOVED, "The ferry Aurora had 212 crew.", FERRY),
    (MOVED, "The wreck lies about two miles from the harbour.", PLACE),
    (MOVED, "The fire killed twenty children.", "The fire killed twenty, including nine children."),
    (MOVED, "Of 2,000 rescuers, few came.", "Of 2000 passengers, 30 rescuers and few others came."),
    # a bound that is lost, changed or invented
    (BOUND, "The ferry carried 200 people.", "The ferry carried more than 200 people."),
    (BOUND, "The ferry carried 200 people.", "The ferry carried at least 200 people."),
    (BOUND, "The ferry carried 200 people.", "The ferry carried up to 200 people."),
    (BOUND, "The ferry carried 200 people.", "The ferry carried 200 people or more."),
    (BOUND, "The ferry carried 200 people.", "The ferry carried as many as 200 people."),
    (BOUND, "The ferry carried 200 people.", "The ferry carried an estimated 200 people."),
    (BOUND, "The ferry carried 2,000 people.", "The ferry carried some 2000 people."),
    (BOUND, "The ferry carried at least 200 people.", "The ferry carried up to 200 people."),
    (
        BOUND,
        "The ferry carried more than 200 people.",
        "The ferry carried no more than 200 people.",
    ),
    (BOUND, "The ferry carried at least 200 people.", "The ferry carried 200 people."),
    (BOUND, "The wreck lies two kilometres from the harbour.", PLACE),
    # names in each other's place
    (ROLES, "Lena Fisk accused Jon Abara of lying.", ACCUSED),
    (ROLES, "Fisk accused Abara of lying.", ACCUSED),
    (ROLES, "Abara was accused of lying by Fisk.", "Fisk was accused of lying by Abara."),
    (ROLES, "Jon Abara was accused by Lena Fisk.", ACCUSED),
    (ROLES, "Fisk said that Abara knew.", "Abara said that Fisk knew."),
    (ROLES, "The Aurora hit the Borealis.", "The ferry Borealis hit the ferry Aurora."),
    (ROLES, "Olsen told Abara about the fire.", "Abara told Olsen about the fire."),
    (ROLES, "The Aurora sailed to Port Halven.", "The Aurora sailed from Port Halven to Bergen."),
    (ROLES, "Olsen slept before Tuesday.", "Olsen slept after Tuesday."),
    (ROLES, "Minister Jon Abara ordered a full inspection of Norland in 2022.", ORDER),
    (ROLES, "The company holds about 20% of Norland's ships.", ORDER),
    (ROLES, "Nine children were killed in Norland.", RAID),
    (ROLES, "The Norland Minister is Jon Abara.", "Minister Jon Abara flew to the Norland coast."),
    (ROLES, "The Fourth Company thanked Olsen.", THANKED),
    (ROLES, "Lena Fisk is the Norland Minister.", ORDER + " Lena Fisk came."),
    # a claim as a fact
    (SPEAKER, "The crew had seen the fire too late.", CREW),
    (SPEAKER, "The crew saw the fire too late.", QUOTE),
    (SPEAKER, "The ferry had no working alarm.", POLICE),
    (SPEAKER, "The ferry had no alarm.", "According to Lena Fisk, the ferry had no alarm."),
    (SPEAKER, "The ferry had no alarm.", "The ferry had no alarm, according to Lena Fisk."),
    (SPEAKER, "The harbour burned for hours.", "The harbour burned for hours, said Jon Abara."),
    (SPEAKER, "The ferry was old.", "“The ferry was old,” said a sailor who left it in May."),
    (SPEAKER, "The inquiry is a show.", "Lena Fisk called the inquiry “a show for the cameras”."),
    (SPEAKER, "The inquiry is a show.", "On Monday, Fisk said: “The inquiry is a show.”"),
    (SPEAKER, "Results come within weeks.", "Abara said on 3 May that results come within weeks."),
    *[(SPEAKER, "The mayor stole the money.", claim) for claim in CLAIMS],
    (
        SPEAKER,
        "The United States sank the ferry.",
        "Lena Fisk said the United States sank the ferry.",
    ),
    # a guess as a certainty
    (
        HEDGE,
        "The fire started in the kitchen, investigators said.",
        UNSURE.replace("believe", "say"),
    ),
    (HEDGE, "The fire started in May.", "The fire may have started in May."),
    (HEDGE, "The ferry sank.", "Perhaps the ferry sank."),
    (HEDGE, "The troops took Halven.", "If the troops took Halven, the war was lost."),
    (HEDGE, "The ferry sank.", "It stays afloat unless the ferry sank."),
    (HEDGE, "The ferry sank on Tuesday.", "The ferry is believed to have sunk on Tuesday."),
    (HEDGE, "The alarm was off.", "The alarm was off, it is thought."),
    (HEDGE, "The ferry left Port Halven.", "The ferry has apparently left Port Halven."),
    (HEDGE, "Jon Abara resigns.", "Jon Abara will resign."),
    (HEDGE, "Jon Abara said that he lied.", "Jon Abara denied that he lied."),
    (HEDGE, "The harbour burned twice.", "The harbour reportedly burned twice."),
]

HONEST = [
    ("The ferry Aurora left Port Halven on Tuesday.", FERRY),  # shorter
    ("On Tuesday the ferry Aurora left Port Halven.", FERRY),  # another order
    ("With 212 passengers and 14 crew, the Aurora left Port Halven.", FERRY),
    ("It left with 14 crew and 212 passengers.", FERRY),
    ("Nine children were killed.", FUNERALS),
    ("20 people were killed.", FUNERALS),
    ("Twenty people, including 9 children, were killed.", FUNERALS),
    ("Nine were children.", FUNERALS),
    ("Of the 20 people, nine were children.", OF_THEM),
    ("The fire killed nine children.", OF_THEM),
    ("Twenty people were killed by the fire.", OF_THEM),  # passive
    ("In all, nine people were injured and 20 people were killed.", HURT),
    ("The wreck is 1.2 miles from the harbour.", PLACE),
    ("The wreck lies about two kilometers from the harbor.", PLACE),  # American
    ("The wreck lies roughly 2 kilometres from the harbour.", PLACE),
    ("Captain Olsen told reporters that the crew had seen it too late.", CREW + " reporters"),
    ("According to Captain Marta Olsen, the crew had seen the fire too late.", CREW),
    ("The crew had seen the fire too late, Captain Marta Olsen said.", CREW),
    ("Olsen said: “We saw the fire too late.”", QUOTE),
    ("Harbour police said the ferry had no working alarm.", POLICE),
    ("The fire may have started in the kitchen.", UNSURE),
    ("It is believed that the fire started in the kitchen.", UNSURE),
    ("Lena Fisk was accused by Jon Abara of lying.", ACCUSED),
    ("Opposition leader Lena Fisk was accused of lying by Minister Jon Abara.", ACCUSED),
    ("The inquiry was announced by Jon Abara.", INQUIRY),
    ("On 3 May, Jon Abara announced the inquiry.", INQUIRY),
    ("Minister Abara's inquiry was announced on 3 May.", INQUIRY),  # a possessive
    ("Abara holds 20 percent of the company.", "Abara holds 20% of the company."),
    ("Abara holds 20% of the company.", "Abara holds 20 per cent of the company."),
    ("Abara holds more than 20% of it.", "Abara holds more than 20% of the company."),
    ("Russian sailors came.", "Sailors of Russia came."),
    ("The company sold two ferries.", "The company is selling two ferries."),
    ("The fire began at dawn.", "The fire beginning at dawn was seen."),
    ("The inquiry was organized by Abara.", "Abara organised the inquiry."),
    ("The Aurora left in 1998.", "The Aurora, built in 1990, left in 1998, and never returned."),
    ("In 2022 Abara became minister.", "Abara became minister in 2022, and left."),
    ("Olsen expressed anger.", "“It burned,” Olsen said Monday, expressing anger over the delay."),
    ("The ferry burned for two days.", "The ferry burned for two days, and Abara said nothing."),
    ("The United States sent ships.", "The United States sent ships on Monday."),
    ("The captured areas could be returned.", "The captured areas could be returned in May."),
    ("The Aurora sailed to Bergen.", "The Aurora sailed from Port Halven to Bergen."),
    ("Jon Abara accused Lena Fisk.", ACCUSED),
    ("Jon Abara ordered a full inspection of Sundland in 2022.", ORDER),
    ("The company holds about 20% of Sundland's ships.", ORDER),
    ("Abara is the Norland Minister.", ORDER),
    ("Olsen thanked the 4th Company.", THANKED.replace("Fourth", "4th")),
    ("Nine children were killed in a Norlandian raid.", RAID),
    ("Olsen accused Fisk.", "Olsen told the crew late on Monday that he was ill, accusing Fisk."),
]

FALSE_ALARMS = [
    (ADDED, "The boat left Port Halven.", FERRY),  # another word for the same
    (ADDED, "She said the crew had seen the blaze too late.", CREW),
    (ADDED, "The fire claimed nine young lives.", OF_THEM),
    (BOUND, "The ferry burned in two days.", "The ferry burned over two days."),
    (ROLES, "Fisk met Abara.", "Abara met Fisk."),  # done by both
    (ROLES, "Olsen thanked the Fourth Company.", THANKED),  # too far from "thanked"
    (ROLES, "Norland ordered an inspection.", ORDER),  # a country for its minister
    (ROLES, "Abara left.", "Abara met Fisk, the new leader of the harbour, and left."),
    (SPEAKER, "Abara resigned.", "Abara, who said nothing, resigned."),
    (SPEAKER, "The Aurora sank.", "A ferry called Aurora sank."),
    (HEDGE, "Abara met Fisk.", "Abara, who hopes to win, met Fisk."),
    (HEDGE, "Olsen appealed.", "Olsen appeared in court and appealed."),
]


@pytest.mark.parametrize(("kind", "text", "source"), DISTORTED)
def test_a_distortion_is_found(kind: Distortion, text: str, source: str) -> None:
    assert kind in distortions(text, [source], "")


@pytest.mark.parametrize("kind", list(Distortion))
def test_every_distortion_is_tried_in_six_forms(kind: Distortion) -> None:
    assert sum(tried is kind for tried, _, _ in DISTORTED) >= 6


@pytest.mark.parametrize(("text", "source"), HONEST)
def test_an_honest_rewording_passes(text: str, source: str) -> None:
    assert distortions(text, [source], "") == ()


@pytest.mark.parametrize(("kind", "text", "source"), FALSE_ALARMS)
def test_the_price_of_strict_rules_is_known(kind: Distortion, text: str, source: str) -> None:
    """Honest sentences that are replaced by their source all the same."""
    assert distortions(text, [source], "") == (kind,)


SOURCES = sorted({source for *_, source in DISTORTED} | {source for _, source in HONEST})


@pytest.mark.parametrize("source", SOURCES)
def test_a_sentence_does_not_distort_itself(source: str) -> None:
    assert distortions(source, [source], "") == ()


@given(st.one_of(st.text(), st.lists(st.sampled_from(SOURCES), min_size=1).map("\n".join)))
def test_no_text_distorts_itself(text: str) -> None:
    assert distortions(text, [text], "") == ()


PIECES = st.sampled_from([word for source in SOURCES for word in source.split()])
TEXTS = st.one_of(st.text(), st.lists(PIECES, max_size=20).map(" ".join))


@given(TEXTS, st.lists(TEXTS, max_size=3), TEXTS)
def test_what_is_found_is_in_order_and_once(text: str, spans: list[str], question: str) -> None:
    found = distortions(text, spans, question)
    assert found == tuple(kind for kind in Distortion if kind in found)


def test_the_words_of_the_question_may_be_used() -> None:
    text = "The luxury ferry Aurora left Port Halven."
    assert distortions(text, [FERRY], "") == (ADDED,)
    assert distortions(text, [FERRY], "When did the luxury ferry leave?") == ()


def test_what_one_span_tells_another_may_claim() -> None:
    claim = "Lena Fisk said the ferry left late."
    assert distortions("The ferry left.", [claim], "") == (SPEAKER,)
    assert distortions("The ferry left.", [claim, FERRY], "") == ()


def test_two_spans_do_not_lend_each_other_their_numbers() -> None:
    spans = ["The fire killed 20 people.", "Nine children were saved."]
    assert distortions("The fire killed nine people.", spans, "") == (MOVED,)


@pytest.mark.parametrize(
    ("word", "base"), [("began", "begin"), ("held", "hold"), ("sold", "sell"), ("ships", "ship")]
)
def test_a_form_has_its_base(word: str, base: str) -> None:
    assert base in lemmas(word)


def test_a_word_that_no_lexicon_has_has_no_base() -> None:
    assert lemmas("halvenish") == frozenset()
