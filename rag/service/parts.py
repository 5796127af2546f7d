"""What the routes of one service share."""

from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from rag.desk import Desk
from rag.metrics import Metrics
from rag.pipeline import Pipeline
from rag.settings import Settings


@dataclass(frozen=True)
class Parts:
    """Made once, by `create_app`.

    Attributes:
        threads: Where questions are answered.
        metrics: Those of this service alone.
    """

    settings: Settings
    desk: Desk
    threads: Executor
    metrics: Metrics

    @property
    def pipeline(self) -> Pipeline:
        """What answers."""
        return self.desk.pipeline


async def _parts(request: Request) -> Parts:
    return request.app.state.parts  # type: ignore[no-any-return]  # set by create_app


Shared = Annotated[Parts, Depends(_parts)]
