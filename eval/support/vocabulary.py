"""Word lists for making a sentence false: what stands for what. Order matters to a seeded draw."""

_NUMBERS = """
two three four five six seven eight nine ten eleven twelve twenty thirty forty fifty hundred
thousand million billion first second third fourth fifth half
"""
_DATES = """
Monday Tuesday Wednesday Thursday Friday Saturday Sunday January February March April June July
August September October November December
"""
_PAIRS = """
increase/decrease increased/decreased increasing/decreasing rise/fall rose/fell rising/falling
more/fewer most/least higher/lower high/low up/down above/below over/under before/after won/lost
win/lose winning/losing gained/lost support/oppose supported/opposed supports/opposes
supporting/opposing accept/reject accepted/rejected allow/ban allowed/banned approve/reject
approved/rejected agreed/refused start/end started/ended began/ended begin/end first/last
early/late earlier/later old/new young/old large/small big/small largest/smallest bigger/smaller
best/worst better/worse good/bad strong/weak stronger/weaker success/failure
successful/unsuccessful likely/unlikely possible/impossible legal/illegal same/different
male/female man/woman men/women father/mother son/daughter brother/sister husband/wife
north/south east/west northern/southern eastern/western left/right arrived/left open/closed
opened/closed open/close join/leave joined/left buy/sell bought/sold many/few all/some
always/never inside/outside public/private confirmed/denied confirm/deny alive/dead
guilty/innocent arrested/released attack/defend attacked/defended praised/criticised
praised/criticized improve/worsen improved/worsened add/remove added/removed popular/unpopular
safe/dangerous with/without including/excluding local/foreign domestic/foreign majority/minority
maximum/minimum positive/negative optimistic/pessimistic peaceful/violent rich/poor
"""

NUMBER_WORDS = tuple(_NUMBERS.split())
DATE_WORDS = tuple(_DATES.split())
"""The days of the week, then months."""


def _opposites() -> dict[str, list[str]]:
    table: dict[str, list[str]] = {}
    for pair in _PAIRS.split():
        left, right = pair.split("/")
        table.setdefault(left, []).append(right)
        table.setdefault(right, []).append(left)
    return table


OPPOSITES = _opposites()
"""Word to its opposites, both ways."""
