"""schemathesis against the real service with fake models: `python -m tests.fuzz`, `make fuzz`.

It reads /openapi.json, makes up requests that fit it and requests that do not, and compares each
reply with what the document promises. FUZZ_SECONDS says how long (300).
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from index.articles import read_articles
from index.build import sync
from index.store import Store
from rag.service import create_app
from rag.settings import Settings
from tests.conftest import no_progress, pipeline_around
from tests.fakes import FakeEmbedder, FakeEngine
from tests.rag.serving import served
from tests.rag.test_service import NINE

SECONDS = 300
CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "negative_data_rejection",
    "missing_required_header",
    "unsupported_method",
    "allow_header_conformance",
    "use_after_free",
    "ensure_resource_availability",
)


@contextmanager
def service(folder: Path) -> Iterator[str]:
    """The address of a service over the seeds, with its data in `folder`, while the block runs."""
    settings = Settings(data_dir=folder / "data")
    store = Store(settings.index_dir)
    sync(store, read_articles([settings.seeds_dir]).articles, FakeEmbedder, no_progress)
    engine = FakeEngine(lambda prompt: NINE, 0.999)
    with served(create_app(pipeline_around(engine, store, settings), settings), settings) as port:
        yield f"http://127.0.0.1:{port}"


def fuzz(address: str, folder: Path, seconds: int) -> "subprocess.CompletedProcess[str]":
    """Have schemathesis ask the service at `address`; it works in `folder`."""
    command = [
        *(sys.executable, "-m", "schemathesis.cli", "run", f"{address}/openapi.json"),
        *("--checks", ",".join(CHECKS), "--max-time", str(seconds)),
        *("--generation-database", "none", "--suppress-health-check", "all", "--no-color"),
        *("--continue-on-failure", "--warnings", "off"),
    ]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)  # noqa: S603  # our own command


def main() -> None:
    """Ask for FUZZ_SECONDS; the exit status is that of schemathesis."""
    with tempfile.TemporaryDirectory() as folder, service(Path(folder)) as address:
        found = fuzz(address, Path(folder), int(os.environ.get("FUZZ_SECONDS") or SECONDS))
    print(found.stdout, found.stderr, sep="")  # noqa: T201  # a script for the terminal
    sys.exit(found.returncode)


if __name__ == "__main__":
    main()
