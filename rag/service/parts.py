"""What the routes of one service share."""

from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from rag.collection import Collection
from rag.desk import Desk
from rag.pipeline import Pipeline
from rag.settings import Settings


@dataclass(frozen=True)
class Parts:
    """Made once, by `create_app`.

    Attributes:
        threads: Where questions are answered.
        collection: Where the articles are changed.
    """

    settings: Settings
    desk: Desk
    threads: Executor
    collection: Collection

    @property
    def pipeline(self) -> Pipeline:
        """What answers."""
        return self.desk.pipeline


async def _parts(request: Request) -> Parts:
    return request.app.state.parts  # type: ignore[no-any-return]  # set by create_app


Shared = Annotated[Parts, Depends(_parts)]
