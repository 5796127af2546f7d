"""Every suite by name."""

from collections.abc import Callable, Mapping
from functools import partial

from eval.suites.claims import CLAIM_SUITES, ClaimSuite
from eval.suites.feedback import FeedbackSuite
from eval.suites.followups import FollowupSuite
from eval.suites.interventions import InterventionSuite
from eval.suites.passages import PASSAGE_SUITES
from eval.suites.protocol import AnySuite, Choice
from eval.suites.searches import SEARCH_SUITES
from eval.suites.seeds import SeedSuite
from rag.errors import SuiteError

SUITES: Mapping[str, Callable[[Choice], AnySuite]] = {
    "seeds": SeedSuite,
    "followups": FollowupSuite,
    "interventions": InterventionSuite,
    "feedback": FeedbackSuite,
    **PASSAGE_SUITES,
    **{name: partial(ClaimSuite, name) for name in CLAIM_SUITES},
    **SEARCH_SUITES,
}


def open_suite(name: str, choice: Choice) -> AnySuite:
    """A suite with its questions chosen.

    Raises:
        SuiteMissing: If its data are not there.
        SuiteError: If there is no such suite, or its data are broken.
    """
    if name not in SUITES:
        raise SuiteError(f"there is no suite {name!r}; there are: {', '.join(SUITES)}")
    return SUITES[name](choice)
