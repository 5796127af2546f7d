"""How much is asked: short, usual, or everything."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Plan:
    """Numbers of questions, and which conditions.

    Attributes:
        ours: Questions for ours and the cached prompt, whose answers are quick.
        plain: Questions for plain chat completion.
        slow: Questions for peers that read everything anew.
        users: How many ask at once.
        shared: Questions that they share.
        plain_users: The same for plain chat completion.
        plain_shared: The same.
        grown: Questions for each step of growth.
        passages: Steps of growth of the prompt.
        articles: Steps of growth of the collection; the last as far as `index_s` reaches.
        index_s: Seconds that indexing the largest collection may take in this run.
    """

    name: str
    ours: int
    plain: int
    slow: int
    users: tuple[int, ...]
    shared: int
    plain_users: tuple[int, ...]
    plain_shared: int
    grown: int
    passages: tuple[int, ...]
    articles: tuple[int, ...]
    index_s: float


QUICK = Plan("quick", 3, 2, 1, (1, 4), 4, (1,), 1, 1, (2, 4), (2, 200), 0.0)
USUAL = Plan("usual", 12, 8, 4, (1, 2, 4, 8), 8, (1, 4), 4, 2, (2, 4, 8), (2, 200, 8000), 180.0)
FULL = Plan(
    "full", 24, 12, 12, (1, 2, 4, 8), 16, (1, 2, 4, 8), 8, 6, (2, 4, 8), (2, 200, 8000), 3600.0
)
