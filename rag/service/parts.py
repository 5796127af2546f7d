"""What the routes of one service share."""

from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Annotated, Protocol

from fastapi import Depends, FastAPI, Request

from rag.collection import Collection
from rag.desk import Desk
from rag.metrics import Metrics
from rag.pipeline import Pipeline
from rag.settings import Settings


@dataclass(frozen=True)
class Parts:
    """Made once, by `create_app`.

    Attributes:
        threads: Where questions are answered.
        collection: Where the articles are changed.
        metrics: Those of this service alone.
        now: Seconds since 1970.
        began: When the service was made, of the same clock.
    """

    settings: Settings
    desk: Desk
    threads: Executor
    collection: Collection
    metrics: Metrics
    now: Callable[[], float]
    began: float

    @property
    def pipeline(self) -> Pipeline:
        """What answers."""
        return self.desk.pipeline


class Surface(Protocol):
    """A module of the service."""

    def add_routes(self, app: FastAPI) -> None:
        """Add the routes of this module; `app.state.parts` is there."""


async def _parts(request: Request) -> Parts:
    return request.app.state.parts  # type: ignore[no-any-return]  # set by create_app


Shared = Annotated[Parts, Depends(_parts)]
