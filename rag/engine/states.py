"""What texts have left in the KV cache, kept for the next time; child process only.

Reading a text costs seconds, putting its saved state back milliseconds. States live in memory, the
least recently used forgotten first, and those worth it on disk as well, one file each. A file is
used only if its name (model, build, context, tokens) and its checksum match; whatever does not
match is thrown away and computed again.
"""

import hashlib
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

from cachetools import LRUCache

DIGEST_BYTES = 32
SUFFIX = ".state"

Key = str


class StateStore:
    """Saved states by key.

    Args:
        folder: Created when the first state is saved.
        made_by: Everything that shapes a state besides its tokens: model, build, cache type.
        memory_bytes: Bound on what is kept in memory.
        disk_bytes: Bound on what is kept on disk; 0 keeps nothing there.
    """

    def __init__(self, folder: Path, made_by: str, memory_bytes: int, disk_bytes: int) -> None:
        self._folder = folder
        self._made_by = made_by
        self._disk_bytes = disk_bytes
        self._memory: LRUCache[Key, bytes] = LRUCache(max(1, memory_bytes), getsizeof=len)

    def key(self, tokens: Sequence[int], behind: Key = "") -> Key:
        """Names the state of tokens that were read behind what another key names."""
        return hashlib.sha256(f"{self._made_by}\n{behind}\n{list(tokens)}".encode()).hexdigest()

    def load(self, key: Key) -> bytes | None:
        """A state, or None if there is none that can be trusted."""
        if (state := self._memory.get(key)) is None:
            state = self._from_disk(self._folder / f"{key}{SUFFIX}")
            if state is not None:
                self._remember(key, state)
        return state

    def save(self, key: Key, state: bytes, *, on_disk: bool) -> None:
        """Keep a state; a disk that does not take it costs time later, nothing else."""
        self._remember(key, state)
        if on_disk and len(state) <= self._disk_bytes:
            try:
                self._to_disk(self._folder / f"{key}{SUFFIX}", state)
            except OSError:
                return

    def _remember(self, key: Key, state: bytes) -> None:
        if len(state) <= self._memory.maxsize:
            self._memory[key] = state

    def _from_disk(self, path: Path) -> bytes | None:
        try:
            data = path.read_bytes()
            digest, state = data[:DIGEST_BYTES], data[DIGEST_BYTES:]
            if hashlib.sha256(state).digest() != digest:
                path.unlink(missing_ok=True)
                return None
            os.utime(path)
        except OSError:
            return None
        return state

    def _to_disk(self, path: Path, state: bytes) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(dir=self._folder, suffix=".partial")
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(hashlib.sha256(state).digest() + state)
            Path(name).replace(path)
        except OSError:
            Path(name).unlink(missing_ok=True)
            raise
        self._forget_oldest()

    def _forget_oldest(self) -> None:
        """Keep the bound; an unfinished file of a process that was killed counts as well."""
        files = [(path, path.stat()) for path in self._folder.iterdir()]
        size = sum(about.st_size for _, about in files)
        for path, about in sorted(files, key=lambda pair: (pair[1].st_mtime_ns, pair[0].name)):
            if size <= self._disk_bytes:
                return
            path.unlink(missing_ok=True)
            size -= about.st_size
