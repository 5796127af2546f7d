"""What generations and models need of a file system: locks, digests, durability, clear errors."""

import contextlib
import errno
import fcntl
import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

from index.errors import DiskFull, IndexUnwritable

FORBIDDEN = {errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR, errno.EEXIST}


@contextlib.contextmanager
def translate_write_errors(where: Path) -> Iterator[None]:
    """Turn "no space left" into `DiskFull`, "you may not" into `IndexUnwritable`."""
    try:
        yield
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise DiskFull(f"the disk is full: cannot write to {where}") from error
        if error.errno in FORBIDDEN:
            raise IndexUnwritable(f"cannot write to {where}: {error.strerror}") from error
        raise


@contextlib.contextmanager
def locked(path: Path, kind: int) -> Iterator[None]:
    """Hold an flock of a kind on a file or folder.

    Raises:
        BlockingIOError: If `kind` asks not to wait and another holds it.
    """
    descriptor = os.open(path, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, kind)
        yield
    finally:
        os.close(descriptor)


def file_sha256(path: Path) -> str:
    """SHA-256 (hex) of a file, which may be larger than memory."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def sync_tree(folder: Path) -> None:
    """Make a folder and all that is in it durable (fsync)."""
    for path in sorted(folder.rglob("*")):
        sync_path(path)
    sync_path(folder)


def sync_path(path: Path) -> None:
    """Make one file or folder durable (fsync)."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
