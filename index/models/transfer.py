"""A URL → a partial file, streamed, resumed, with progress. Knows nothing of models or hashes."""

import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import httpx
from tqdm import tqdm

from index.errors import ModelHashMismatch, ModelUnreachable
from index.models.files import stored_bytes

CONNECT_TIMEOUT_S = 10.0  # an address; `sources.HUB_PATIENCE_S` bounds a hub that is silent
READ_TIMEOUT_S = 60.0
FRUITLESS_ATTEMPTS = 3  # in a row, each of which brought no byte that was not there before
CUTS = (httpx.ReadError, httpx.ReadTimeout, httpx.RemoteProtocolError, httpx.ConnectError)
"""Failures that a second try may mend; a silent host is not asked twice."""


class Bar(Protocol):
    """The running display of one transfer."""

    def update(self, n: int, /) -> object:
        """Advance by `n` bytes."""

    def close(self) -> None:
        """End the display."""


Progress = Callable[[str, int | None, int], Bar]
"""`(label, total_bytes, done_bytes) → Bar`: total None if unknown, done > 0 when resumed."""


class _SilentBar:
    def update(self, n: int, /) -> None:
        """Show nothing."""

    def close(self) -> None:
        """Show nothing."""


def silent(label: str, total_bytes: int | None, done_bytes: int) -> Bar:
    """A progress display that shows nothing."""
    return _SilentBar()


def tqdm_progress(label: str, total_bytes: int | None, done_bytes: int) -> Bar:
    """A progress bar on standard error, if that is a terminal."""
    return tqdm(
        desc=label,
        total=total_bytes,
        initial=done_bytes,
        unit="B",
        unit_scale=True,
        unit_divisor=1024,
        disable=None,  # tqdm's word for: only on a terminal
    )


@contextmanager
def open_client() -> Iterator[httpx.Client]:
    """An HTTP client that trusts the system's certificates."""
    timeout = httpx.Timeout(READ_TIMEOUT_S, connect=CONNECT_TIMEOUT_S)
    context = ssl.create_default_context()
    with httpx.Client(verify=context, timeout=timeout, follow_redirects=True) as client:
        yield client


def explain(error: Exception) -> str:
    """What went wrong, in words that cannot carry a password out of a URL."""
    if isinstance(error, httpx.HTTPStatusError):
        return f"HTTP {error.response.status_code}"
    return str(error) or type(error).__name__


@contextmanager
def explained_http_errors(url: str) -> Iterator[None]:
    """Translate what httpx raises.

    Raises:
        ModelUnreachable: Any failure to ask `url` and get an answer; names the host.
    """
    try:
        yield
    except httpx.InvalidURL as exc:
        raise ModelUnreachable(f"not a usable URL: {exc}") from exc
    except httpx.HTTPError as exc:
        raise ModelUnreachable(f"{httpx.URL(url).host}: {explain(exc)}") from exc


@dataclass(frozen=True, slots=True)
class Transfer:
    """Streams URLs into partial files."""

    client: httpx.Client
    progress: Progress

    def read(self, url: str, headers: Mapping[str, str]) -> httpx.Response:
        """Read a small page whole.

        Raises:
            ModelUnreachable: No answer, or an error status.
        """
        with explained_http_errors(url):
            for _ in range(FRUITLESS_ATTEMPTS - 1):
                with suppress(*CUTS):
                    return self.client.get(url, headers=dict(headers)).raise_for_status()
            return self.client.get(url, headers=dict(headers)).raise_for_status()

    def fetch(
        self, url: str, partial: Path, label: str, limit_bytes: int, size_bytes: int | None = None
    ) -> None:
        """Complete `partial` with the body of `url`, from where it ends if the server can.

        A cut transfer is taken up again as long as that brings more bytes than ever before.

        Args:
            url: Where the bytes are.
            partial: Where they go; whatever it holds is taken for the body's beginning.
            label: What to call the transfer on display.
            limit_bytes: A longer body is refused.
            size_bytes: The exact size, if it is known; nothing is asked if `partial` has it.

        Raises:
            ModelUnreachable: No answer, an error status, or a cut; `partial` keeps what came.
            ModelHashMismatch: A body of another size; none of it is kept.
        """
        most_bytes, fruitless, reason = stored_bytes(partial), 0, "cut off"
        with explained_http_errors(url):
            while fruitless < FRUITLESS_ATTEMPTS:
                try:
                    if self._attempt(url, partial, label, limit_bytes, size_bytes):
                        return
                except CUTS as exc:
                    reason = explain(exc)
                now_bytes = stored_bytes(partial)
                fruitless = 0 if now_bytes > most_bytes else fruitless + 1
                most_bytes = max(now_bytes, most_bytes)
        raise ModelUnreachable(f"{httpx.URL(url).host}: {reason}")

    def _attempt(
        self, url: str, partial: Path, label: str, limit_bytes: int, size_bytes: int | None
    ) -> bool:
        """One request; says whether the body is complete."""
        done_bytes = stored_bytes(partial)
        if done_bytes == size_bytes:
            return True
        headers = {"Accept-Encoding": "identity"}  # ranges and lengths count the bytes themselves
        if done_bytes:
            headers["Range"] = f"bytes={done_bytes}-"
        with self.client.stream("GET", url, headers=headers) as response:
            if done_bytes and _misses_range(response, done_bytes):
                partial.unlink()
                return False
            response.raise_for_status()
            start = done_bytes if response.status_code == httpx.codes.PARTIAL_CONTENT else 0
            total_bytes = _checked_total(response, start, partial, limit_bytes, size_bytes)
            with closing(self.progress(label, total_bytes, start)) as bar:
                end = _append(response, partial, start, limit_bytes, bar)
        return size_bytes is None or end == size_bytes


def _misses_range(response: httpx.Response, start: int) -> bool:
    """Whether the answer is neither the rest from `start` nor, with 200, the whole."""
    if response.status_code == httpx.codes.PARTIAL_CONTENT:
        return not response.headers.get("Content-Range", "").startswith(f"bytes {start}-")
    return response.status_code == httpx.codes.REQUESTED_RANGE_NOT_SATISFIABLE


def _checked_total(
    response: httpx.Response, start: int, partial: Path, limit_bytes: int, size_bytes: int | None
) -> int | None:
    """The body's announced size, refused before it is read if it is wrong.

    The partial file is left alone: a log-in page in place of the body says nothing against it.
    """
    announced = response.headers.get("Content-Length")
    if announced is None:
        return size_bytes
    total_bytes = start + int(announced)
    if total_bytes > limit_bytes or size_bytes not in (None, total_bytes):
        expected = f"at most {limit_bytes:,}" if size_bytes is None else f"{size_bytes:,}"
        raise ModelHashMismatch(f"{partial.stem} has {total_bytes:,} bytes, expected {expected}")
    return total_bytes


def _append(response: httpx.Response, partial: Path, start: int, limit_bytes: int, bar: Bar) -> int:
    """Write the body behind the first `start` bytes; returns where it ends."""
    end = start
    with partial.open("ab" if start else "wb") as out:
        for block in response.iter_raw():
            end += len(block)
            if end > limit_bytes:
                partial.unlink()
                raise ModelHashMismatch(f"{partial.stem} has more than {limit_bytes:,} bytes")
            out.write(block)
            bar.update(len(block))
    return end
