"""A service around a model that never answers, as a process that can be sent signals.

`python -m tests.rag.serve_alone DATA_DIR GRACE_S`: serves the index of that folder on a free port,
and says on standard output when its engine is closed.
"""

import sys
from pathlib import Path

from index.store import Store
from rag.cli.serving import listen, serve_pipeline
from rag.logs import logging_to
from rag.service import create_app
from rag.settings import LogFormat, LogLevel, Settings
from tests.conftest import pipeline_around
from tests.rag.test_service import BlockingEngine


def main(data_dir: str, grace_s: str) -> None:
    """Serve until a signal comes."""
    settings = Settings(data_dir=Path(data_dir), port=0, shutdown_grace_s=float(grace_s))
    engine = BlockingEngine()
    pipeline = pipeline_around(engine, Store(settings.index_dir), settings)
    with (
        listen(settings) as listener,
        logging_to(sys.stderr, LogFormat.JSON, LogLevel.INFO, with_texts=False),
    ):
        serve_pipeline(pipeline, settings, listener, LogFormat.JSON, create_app)
    print("cancelled" if engine.cancelled.is_set() else "undisturbed")  # noqa: T201  # its result


if __name__ == "__main__":
    main(*sys.argv[1:])
