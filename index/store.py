"""Generations on disk: written beside the old one, checksummed, published by one rename.

    <root>/00000003-5f0c…/   a published generation; the highest number is the current one
    <root>/tmp-…/            one being written; whoever holds the write lock may delete it
    <root>/write.lock        held (flock) while a generation is written

A crash at any moment leaves either the old or the new generation current. A reader holds a shared
lock on its generation's folder, and only folders that nobody holds are ever deleted.
"""

import contextlib
import fcntl
import hashlib
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from index.durable import file_sha256, locked, sync_path, sync_tree, translate_write_errors
from index.errors import IndexBusy, IndexCorrupt, IndexMissing

FORMAT = 1  # raised whenever the files, or the way that texts are cut, change
KEPT_GENERATIONS = 2
MANIFEST = "manifest.json"
PUBLISHED = re.compile(r"(?P<number>\d{8})-(?P<id>[0-9a-f]{16})")


class FileEntry(BaseModel):
    """Size and digest of one file of a generation."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    bytes: int
    sha256: str


class Manifest(BaseModel):
    """What a generation holds. Its own digest is the generation's id: same content, same id."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    format: int
    embedder: str
    articles: dict[str, str]  # id → content hash, sorted by id
    files: dict[str, FileEntry]  # path inside the folder → entry, sorted by path

    @property
    def generation_id(self) -> str:
        """The first 16 hex digits of the manifest's SHA-256."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Published:
    """One published generation's folder."""

    number: int
    id: str
    folder: Path


class Store:
    """The generations under one folder.

    Args:
        root: Created when the first generation is written.
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    def newest(self) -> Published:
        """The current generation.

        Raises:
            IndexMissing: If none has been published.
        """
        published = self._published()
        if not published:
            raise IndexMissing(f"there is no index in {self.root}")
        return published[-1]

    def exists(self) -> bool:
        """Whether a generation has been published."""
        return bool(self._published())

    def kept(self) -> list[Published]:
        """Every generation that has not been deleted, the newest first."""
        return self._published()[::-1]

    @contextlib.contextmanager
    def hold_kept(self, published: Published) -> Iterator[None]:
        """Keep one generation from being deleted before the block ends.

        Raises:
            IndexMissing: If it has been deleted already.
        """
        with contextlib.ExitStack() as stack:
            try:
                stack.enter_context(locked(published.folder, fcntl.LOCK_SH))
            except FileNotFoundError as error:
                raise IndexMissing(f"{published.folder} has been deleted") from error
            yield

    @contextlib.contextmanager
    def hold(self) -> Iterator[Published]:
        """The current generation, which is not deleted before the block ends."""
        while True:
            newest = self.newest()
            with contextlib.ExitStack() as stack:
                try:
                    stack.enter_context(locked(newest.folder, fcntl.LOCK_SH))
                except FileNotFoundError:  # collected meanwhile: there are newer ones
                    continue
                if newest == self.newest():
                    yield newest
                    return

    @contextlib.contextmanager
    def writing(self) -> Iterator[None]:
        """Hold the only right to write, and clear what a crashed writer left.

        Raises:
            IndexBusy: If another process holds it.
        """
        with translate_write_errors(self.root):
            self.root.mkdir(parents=True, exist_ok=True)
            (self.root / "write.lock").touch()
        with contextlib.ExitStack() as stack:
            try:
                lock = locked(self.root / "write.lock", fcntl.LOCK_EX | fcntl.LOCK_NB)
                stack.enter_context(lock)
            except BlockingIOError as error:
                raise IndexBusy(f"another process is writing the index in {self.root}") from error
            for leftover in sorted(self.root.glob("tmp-*")):
                shutil.rmtree(leftover)
            self._collect()
            yield

    def publish(
        self,
        write: Callable[[Path], None],
        *,
        embedder: str,
        articles: dict[str, str],
    ) -> Published:
        """Write a generation, make it durable, make it current. Call inside `writing()`.

        Args:
            write: Fills the empty folder that it is given.
            embedder: What made the vectors.
            articles: id → content hash.

        Raises:
            DiskFull: With nothing published and the leftovers removed.
        """
        with translate_write_errors(self.root):
            temporary = Path(tempfile.mkdtemp(prefix="tmp-", dir=self.root))
            try:
                write(temporary)
                manifest = Manifest(
                    format=FORMAT,
                    embedder=embedder,
                    articles=dict(sorted(articles.items())),
                    files=_entries(temporary),
                )
                (temporary / MANIFEST).write_text(manifest.model_dump_json(), encoding="utf-8")
                sync_tree(temporary)
                published = self._rename(temporary, manifest.generation_id)
            except BaseException:
                shutil.rmtree(temporary, ignore_errors=True)
                raise
        self._collect()
        return published

    def _rename(self, temporary: Path, generation_id: str) -> Published:
        numbers = [published.number for published in self._published()]
        number = max(numbers, default=0) + 1
        folder = self.root / f"{number:08d}-{generation_id}"
        temporary.chmod(0o755)
        temporary.rename(folder)
        sync_path(self.root)
        return Published(number, generation_id, folder)

    def _published(self) -> list[Published]:
        if not self.root.is_dir():
            return []
        matches = [(PUBLISHED.fullmatch(path.name), path) for path in self.root.iterdir()]
        found = [Published(int(m["number"]), m["id"], path) for m, path in matches if m]
        return sorted(found, key=lambda published: published.number)

    def _collect(self) -> None:
        """Delete old generations that no reader holds; a held one waits for the next writer."""
        for old in self._published()[:-KEPT_GENERATIONS]:
            lock = locked(old.folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
            with contextlib.suppress(BlockingIOError), lock:
                (old.folder / MANIFEST).unlink(missing_ok=True)
                shutil.rmtree(old.folder)


def read_manifest(published: Published) -> Manifest:
    """Read and check a generation's manifest, not its files.

    Raises:
        IndexCorrupt: If it is unreadable, of another format, or not the one that was published.
    """
    path = published.folder / MANIFEST
    try:
        manifest = Manifest.model_validate_json(path.read_bytes())
    except (OSError, ValidationError, ValueError) as error:
        raise IndexCorrupt(f"{path} cannot be read as a manifest") from error
    if manifest.format != FORMAT:
        raise IndexCorrupt(f"{path} has format {manifest.format}; this version reads {FORMAT}")
    if manifest.generation_id != published.id:
        raise IndexCorrupt(f"{path} is not the manifest that was published as {published.id}")
    return manifest


def verify_files(published: Published, manifest: Manifest) -> None:
    """Check size and SHA-256 of every file before anything parses it.

    Raises:
        IndexCorrupt: Naming the first file that is missing or changed.
    """
    for name, entry in manifest.files.items():
        path = published.folder / name
        if not path.is_file() or path.stat().st_size != entry.bytes:
            raise IndexCorrupt(f"{path} is missing or has another size")
        if file_sha256(path) != entry.sha256:
            raise IndexCorrupt(f"{path} has been changed: its SHA-256 is not the manifest's")


def _entries(folder: Path) -> dict[str, FileEntry]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {
        path.relative_to(folder).as_posix(): FileEntry(
            bytes=path.stat().st_size, sha256=file_sha256(path)
        )
        for path in files
    }
