"""The words that the rules of this room know. They are English; other languages fit no rule."""

from index.lexical import words
from rag.wording.english import (
    BREAKS,
    FUNCTION_WORDS,
    PRONOUNS,
    READER_AND_WRITER,
    RELATIVES,
)

SAYS_BARE = frozenset({"said", "says"})
"""Verbs that a claim follows without "that"; behind another one a thing may stand."""

SAYS = SAYS_BARE | frozenset(
    words(
        "acknowledged added argued asserted claimed contended declared insisted maintained noted"
        " stated told warned wrote"
    )
)

TO_WHOM = {
    "accused": ("accuse", "of"),
    "appointed": ("appoint", "as"),
    "congratulated": ("congratulate", "on"),
    "nominated": ("nominate", "to"),
    "thanked": ("thank", "for"),
    "urged": ("urge", "to"),
}
"""Verbs whose object is always somebody: the base form, and what parts the object from the rest."""

WHAT_IS_DONE = {
    "announced": "announce",
    "approved": "approve",
    "banned": "ban",
    "blocked": "block",
    "canceled": "cancel",
    "cancelled": "cancel",
    "launched": "launch",
    "proposed": "propose",
    "published": "publish",
    "rejected": "reject",
    "signed": "sign",
    "suspended": "suspend",
    "unveiled": "unveil",
    "vetoed": "veto",
}
"""Verbs whose object is a thing, and their base forms."""

ADDRESSES = frozenset({"dr", "mr", "mrs", "ms"})
"""Titles that do not say who somebody is."""

HEADS = ADDRESSES | frozenset(
    words(
        "adm admiral agent ambassador archbishop bishop brig capt captain chairman chairwoman"
        " chancellor col colonel commissioner congressman congresswoman deputy detective"
        " director gen gov governor judge justice lt maj mayor minister officer pastor"
        " president president-elect prof professor rear rep representative rev secretary sen"
        " senator sergeant sgt sheriff speaker spokesman spokeswoman trooper"
    )
)
"""Titles: what follows one in a run of capitals is a person."""

PAIRED_HEADS = frozenset(
    {
        ("attorney", "general"),
        ("majority", "leader"),
        ("majority", "whip"),
        ("minority", "leader"),
        ("minority", "whip"),
        ("surgeon", "general"),
    }
)

PERSONS = HEADS | frozenset(
    words(
        "adviser advisor aide analyst candidate chief counsel economist executive expert"
        " lawmaker lawyer leader nominee official prosecutor spokesperson strategist"
    )
)
"""What may stand in lower case before a person's name: "Kremlin spokesman Dmitry Peskov"."""

BODIES = frozenset(
    words(
        "act administration affairs agency agriculture america army association bank board"
        " bureau business campaign capitol center centre church city club college commerce"
        " commission committee company conference congress convention corporation corps"
        " council county court defense department division education energy federal force"
        " foundation fund group guard hall health hill homeland hospital house hurricane inc"
        " institute interior international journal labor law media ministry national network"
        " news office organisation organization party police post press program project"
        " reserve school security senate service society state states street supreme team"
        " times tower transportation treasury tribune trust union university veterans"
    )
)
"""Words that no person's name has."""

PARTISANS = frozenset({"democrat", "independent", "libertarian", "republican", "senator"})
"""Behind "the" these are somebody whom the sentence alone does not name."""

MEDIA = frozenset(
    words(
        "abc ap bbc bloomberg breitbart cbs cnn cnbc facebook fox msnbc nbc newsmax newsweek npr"
        " pbs politico reuters today twitter usa vox youtube"
    )
)
"""Where something was said, hardly ever what was spoken of."""

NO_NAMES = (FUNCTION_WORDS | PRONOUNS | READER_AND_WRITER | {"i'm", "it's"}) - {"us"}

VAGUE = frozenset(
    words(
        "aftermath bad best better big case current day days end fact few first five former four"
        " good great hand idea issue kind last latter less little long lot main man many matter"
        " minute moment month months more most new next number old one only other own part past"
        " people person place point possibility previous problem question reason recent rest right"
        " same second several short situation some sort such thing things third three time times"
        " two very way ways week weeks whole woman worse worst wrong year years"
    )
)
"""Words of phrases that say nothing without what stands around them."""

POINTING = (
    PRONOUNS
    | READER_AND_WRITER
    | RELATIVES
    | BREAKS
    | frozenset(
        words(
            "all also another both coming following her here hers herself him himself his its"
            " itself other others past response same so such their theirs them themselves then"
            " there these this those too"
        )
    )
)
"""Words that say nothing without what stood before, and those that open a clause of their own."""

OF_THE_DAY = frozenset(
    words(
        "ago afternoon day days earlier evening last later month monthly morning next night now"
        " recently today tomorrow tonight week weekend weeks year yesterday"
    )
)
"""What says when, seen from the day of the article."""

BEFORE_DAY = frozenset({"early", "last", "late", "next", "on", "this"})

NOT_COUNTED = frozenset(
    words(
        "billion day days hour hours million minute minutes month months more others per percent"
        " percentage point points time times trillion week weeks year years"
    )
)
"""Words behind a number that no "how many" fits, or that need more words than these."""
