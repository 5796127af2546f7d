"""What fixed prompt beginnings have left in the KV cache, kept on disk; child process only.

Reading the instructions and examples costs seconds to half a minute; reading their saved state back
costs milliseconds. A file is used only if its name (model, build, tokens) and its checksum match;
whatever does not match is thrown away and computed again.
"""

import hashlib
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

DIGEST_BYTES = 32
KEPT_FILES = 8


class PrefixFiles:
    """Saved states, one file a prefix.

    Args:
        folder: Created when the first state is saved.
        made_by: Everything that shapes a state besides its tokens: model, build, cache type.
    """

    def __init__(self, folder: Path, made_by: str) -> None:
        self._folder = folder
        self._made_by = made_by

    def load(self, tokens: Sequence[int]) -> bytes | None:
        """The state of a prefix, or None if there is none that can be trusted."""
        path = self._path(tokens)
        try:
            data = path.read_bytes()
        except OSError:
            return None
        digest, state = data[:DIGEST_BYTES], data[DIGEST_BYTES:]
        if hashlib.sha256(state).digest() != digest:
            path.unlink(missing_ok=True)
            return None
        return state

    def save(self, tokens: Sequence[int], state: bytes) -> None:
        """Keep a state; a disk that does not take it costs time later, nothing else."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            descriptor, name = tempfile.mkstemp(dir=self._folder, suffix=".partial")
            with os.fdopen(descriptor, "wb") as file:
                file.write(hashlib.sha256(state).digest() + state)
            Path(name).replace(self._path(tokens))
            self._forget_oldest()
        except OSError:
            return

    def _path(self, tokens: Sequence[int]) -> Path:
        key = hashlib.sha256(f"{self._made_by}\n{list(tokens)}".encode()).hexdigest()
        return self._folder / f"{key}.state"

    def _forget_oldest(self) -> None:
        files = sorted(self._folder.glob("*"), key=lambda path: path.stat().st_mtime)
        for path in files[:-KEPT_FILES]:
            path.unlink(missing_ok=True)
