"""How old somebody is: what stands between commas behind a name.

Nothing else that is said beside a name is asked for: "Who is Emil Kastehelmi?" is refused although
"military analyst Emil Kastehelmi" stands there, since no sentence is about that.
"""

import re
from collections.abc import Iterator, Sequence

from index.lexical import words
from rag.examples.names import Named, named, runs
from rag.examples.vocabulary import BODIES
from rag.wording.english import Word

_AGE = re.compile(r"\d\d,")


def aged(found: Sequence[Word], text: str) -> Iterator[Named]:
    """Names of two words and more, each with an age behind it: "Stuart Mann, 45, said".

    Args:
        found: The words of a sentence.
        text: Its article.
    """
    for run in runs(found):
        end = run[1]
        is_aged = found[end - 1].text.endswith(",") and end < len(found)
        if is_aged and _AGE.fullmatch(found[end].text):
            name = named(found, run, text)
            if name and " " in name.text and BODIES.isdisjoint(words(name.text)):
                yield name
