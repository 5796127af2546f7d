"""API keys: what one is, and the file in which the service keeps their digests.

A key is `dl_` and 256 random bits, and is shown once, when it is made. The file keeps its SHA-256
alone. A fast digest is right here: slow ones protect secrets that can be guessed, and nobody
guesses 256 random bits, so that tries need not be counted or slowed either.
"""

import fcntl
import hashlib
import hmac
import os
import re
import secrets
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from index.durable import locked, sync_path, translate_write_errors
from rag.errors import BadKeyName, KeyExists, KeysCorrupt, NoSuchKey

PREFIX = "dl_"
RANDOM_BYTES = 32
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


class Scope(StrEnum):
    """What a key allows."""

    READ = "read"
    """Ask, search, list and read articles, see the metrics."""
    WRITE = "write"
    """That, and add and remove articles."""

    def allows(self, wanted: "Scope") -> bool:
        """Whether a key of this scope may do what needs the other."""
        return self is Scope.WRITE or wanted is Scope.READ


@dataclass(frozen=True, slots=True)
class Key:
    """A key without its secret.

    Attributes:
        sha256: Digest of the whole key in hex.
    """

    name: str
    scope: Scope
    sha256: str
    made: date


class _Record(BaseModel):
    """A key in the file."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, Field(pattern=f"^{NAME.pattern}$")]
    scope: Scope
    sha256: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
    made: date


RECORDS = TypeAdapter(dict[str, list[_Record]])


class KeyRing:
    """The keys of one service; what is added or removed meanwhile counts at once.

    Args:
        path: Their file; without one there is no key.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._seen: tuple[int, ...] | None = None
        self._keys: tuple[Key, ...] = ()

    def known(self) -> tuple[Key, ...]:
        """Every key, by name.

        Raises:
            KeysCorrupt: If the file cannot be read, or is not one of keys.
        """
        try:
            found = self._path.stat()
            seen = (found.st_mtime_ns, found.st_size, found.st_ino)
            if seen != self._seen:
                self._keys = parsed(self._path.read_bytes(), self._path)
                self._seen = seen
        except FileNotFoundError:
            self._seen, self._keys = None, ()
        except OSError as error:
            raise KeysCorrupt(f"{self._path} cannot be read: {error.strerror}") from error
        return self._keys

    def find(self, shown: str) -> Key | None:
        """The key that somebody shows, if it is one.

        Raises:
            KeysCorrupt: As `known`.
        """
        digest = digest_of(shown)
        matching = [key for key in self.known() if hmac.compare_digest(key.sha256, digest)]
        return matching[0] if matching else None

    def add(self, name: str, scope: Scope, made: date) -> str:
        """Make a key; it cannot be had again.

        Raises:
            BadKeyName, KeyExists: If it cannot have that name.
            KeysCorrupt, DiskFull, IndexUnwritable: If the file cannot be read or written.
        """
        if not NAME.fullmatch(name):
            raise BadKeyName(f"a key cannot be called {name!r}")
        secret = PREFIX + secrets.token_urlsafe(RANDOM_BYTES)
        with translate_write_errors(self._path):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with locked(self._path.parent, fcntl.LOCK_EX):
                keys = self.known()
                if any(key.name == name for key in keys):
                    raise KeyExists(f"there is a key {name!r} already")
                self._write((*keys, Key(name, scope, digest_of(secret), made)))
        return secret

    def remove(self, name: str) -> None:
        """Let nobody in with that key any more.

        Raises:
            NoSuchKey: If no key has that name.
            KeysCorrupt, DiskFull, IndexUnwritable: As `add`.
        """
        if not any(key.name == name for key in self.known()):
            raise NoSuchKey(f"there is no key {name!r}")
        with translate_write_errors(self._path), locked(self._path.parent, fcntl.LOCK_EX):
            self._write(tuple(key for key in self.known() if key.name != name))

    def _write(self, keys: tuple[Key, ...]) -> None:
        """Replace the file as a whole; only its owner may read it."""
        records = [
            _Record(name=key.name, scope=key.scope, sha256=key.sha256, made=key.made)
            for key in sorted(keys, key=lambda key: key.name)
        ]
        fresh = self._path.with_name(f"{self._path.name}.new")
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            os.fchmod(descriptor, 0o600)
            file.write(RECORDS.dump_json({"keys": records}, indent=2) + b"\n")
        sync_path(fresh)
        fresh.replace(self._path)
        sync_path(self._path.parent)


def digest_of(secret: str) -> str:
    """SHA-256 of a key, in hex."""
    return hashlib.sha256(secret.encode(errors="surrogatepass")).hexdigest()


def parsed(content: bytes, path: Path) -> tuple[Key, ...]:
    """The keys in a file's content, by name.

    Raises:
        KeysCorrupt: If it is not exactly what is written here.
    """
    try:
        fields = RECORDS.validate_json(content)
    except ValidationError as error:
        raise KeysCorrupt(f"{path} is not a file of keys: {error.errors()[0]['msg']}") from error
    names = [record.name for record in fields.get("keys", ())]
    if list(fields) != ["keys"] or len(set(names)) < len(names):
        raise KeysCorrupt(f"{path} is not a file of keys")
    return tuple(
        Key(record.name, record.scope, record.sha256, record.made)
        for record in sorted(fields["keys"], key=lambda record: record.name)
    )
