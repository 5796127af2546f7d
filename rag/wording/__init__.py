"""The words of a refusal: a question → one sentence that names what was looked for.

Enters: a question as a stranger typed it, in any language, and whether what it takes for granted
stands in the articles. Leaves: one plain sentence, never an error. `shown` is what may be shown of
a text that strangers wrote. A question that no rule reads
with certainty is quoted, cut and without markup; a name, a number or a quotation is never changed.

    Who won?                         The articles do not say who won.
    When did Ukraine retake Crimea?  The articles do not say that Ukraine retook Crimea.
    Name the commander.              The articles do not answer “Name the commander.”.
"""

from rag.wording.clean import shown
from rag.wording.sentence import looked_for, premise_of

__all__ = ["looked_for", "premise_of", "shown"]
