"""Where articles give different values for the same thing.

Enters: evidence, and what is asked. Leaves: the values side by side, each with the sentences that
state it. Deterministic, words only. A conflict that is not there is worse than one that is missed,
so whatever these rules cannot compare for certain agrees.
"""

from rag.conflicts.compare import Conflict, Side, conflicts_of

__all__ = ["Conflict", "Side", "conflicts_of"]
