"""A model's files in the cache: where they lie, whether they are whole, and how they get there.

Files enter as `<path>.partial` and leave as `<path>`, which exists only with the right SHA-256.
Knows nothing of the network.
"""

import errno
import fcntl
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from index.durable import file_sha256, sync_path
from index.errors import DiskFull, ModelError, ModelHashMismatch, ModelMissing
from index.models.catalogue import ModelEntry, ModelFile


def model_folder(entry: ModelEntry, cache: Path) -> Path:
    """The folder that holds the model's files."""
    return cache / "models" / entry.name


def model_path(entry: ModelEntry, cache: Path) -> Path:
    """Where the model is or will be: the file of a single-file model, else its folder."""
    folder = model_folder(entry, cache)
    return folder / entry.files[0].path if len(entry.files) == 1 else folder


def missing_files(entry: ModelEntry, cache: Path) -> tuple[ModelFile, ...]:
    """The files that are absent or have the wrong size, in the catalogue's order."""
    folder = model_folder(entry, cache)
    return tuple(f for f in entry.files if stored_bytes(folder / f.path) != f.size_bytes)


def locate(entry: ModelEntry, cache: Path) -> Path:
    """The model's path, if every file is there with the right size; nothing is hashed.

    Raises:
        ModelMissing: A file is absent or has the wrong size.
    """
    missing = missing_files(entry, cache)
    if missing:
        names = ", ".join(file.path for file in missing)
        raise ModelMissing(f"{entry.name} is not whole in {model_folder(entry, cache)}: {names}")
    return model_path(entry, cache)


def verify(entry: ModelEntry, cache: Path) -> None:
    """Hash every file of the model.

    Raises:
        ModelMissing: A file is absent or has the wrong size.
        ModelHashMismatch: A file's bytes are not the catalogued ones. The file is left in place,
            and `pull` takes it for present: delete it first.
        ModelError: A file cannot be read.
    """
    locate(entry, cache)
    for file in entry.files:
        path = model_folder(entry, cache) / file.path
        with explained_os_errors(path):
            digest = file_sha256(path)
        if digest != file.sha256:
            raise ModelHashMismatch(
                f"{path} has SHA-256 {digest}, expected {file.sha256}; delete it, then pull again"
            )


def stored_bytes(path: Path) -> int:
    """The size of a regular file, or 0 if there is none."""
    return path.stat().st_size if path.is_file() else 0


def partial_of(path: Path) -> Path:
    """Where a file's bytes gather until they are complete and checked."""
    return path.with_name(f"{path.name}.partial")


def install(file: ModelFile, folder: Path) -> None:
    """Move a complete partial file into place if its bytes are the catalogued ones.

    Raises:
        ModelHashMismatch: They are not; the partial file has been deleted.
    """
    path = folder / file.path
    partial = partial_of(path)
    digest = file_sha256(partial)
    if digest != file.sha256:
        partial.unlink()
        raise ModelHashMismatch(f"{file.path} has SHA-256 {digest}, expected {file.sha256}")
    sync_path(partial)
    partial.replace(path)
    sync_path(path.parent)


def free_bytes(folder: Path) -> int:
    """The room left on the disk that holds `folder`."""
    return shutil.disk_usage(folder).free


def require_room(folder: Path, needed_bytes: int, free: int) -> None:
    """Refuse to begin what cannot end.

    Raises:
        DiskFull: `free` is less than `needed_bytes`.
    """
    if free < needed_bytes:
        raise DiskFull(f"{folder} needs {needed_bytes:,} bytes, and {free:,} are free")


@contextmanager
def locked(lock: Path, on_wait: Callable[[], None]) -> Iterator[None]:
    """Hold an exclusive lock between processes and threads; `on_wait` is called if it is taken."""
    with lock.open("ab") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            on_wait()
            fcntl.flock(stream, fcntl.LOCK_EX)
        yield


@contextmanager
def explained_os_errors(place: Path) -> Iterator[None]:
    """Translate the operating system's errors; one that names no file is said of `place`.

    Raises:
        DiskFull: The disk or the user's quota is exhausted.
        ModelError: Any other failure to read or write.
    """
    try:
        yield
    except OSError as exc:
        reason = f"{exc.filename or place}: {exc.strerror or exc}"
        if exc.errno in (errno.ENOSPC, errno.EDQUOT):
            raise DiskFull(reason) from exc
        raise ModelError(reason) from exc
