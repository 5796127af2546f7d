"""Every suite by name."""

from collections.abc import Callable, Mapping

from eval.suites.followups import FollowupSuite
from eval.suites.interventions import InterventionSuite
from eval.suites.protocol import AnySuite, Choice
from eval.suites.seeds import SeedSuite
from rag.errors import SuiteError

SUITES: Mapping[str, Callable[[Choice], AnySuite]] = {
    "seeds": SeedSuite,
    "followups": FollowupSuite,
    "interventions": InterventionSuite,
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
