"""What was run, with what: the manifest and the receipts of the replies, in words."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from eval.replies import Reply
from eval.results import Result

DIGEST_CHARS = 12
BRIEF = ("model sha256", "prompt sha256")
SAID_ELSEWHERE = {"choice", "pairs"}

Facts = tuple[tuple[str, tuple[str, ...]], ...]
"""Names and their values, in the order in which they are shown."""


def facts_of(manifest: Mapping[str, Any]) -> Iterator[str]:
    """What was chosen and what it was made with; what the manifest lacks is left out."""
    choice, made = _part(manifest, "choice"), _part(manifest, "made_with")
    if "split" in choice:
        yield (
            "Both splits" if choice["split"] == "both" else f"{choice['split']} split".capitalize()
        )
    if "limit" in choice:
        limit = choice["limit"]
        yield f"at most {limit} questions a suite" if limit else "no limit"
    known = {"seed": choice, "model": _part(made, "settings"), "version": made}
    for key, part in known.items():
        if key in part:
            yield f"{key} {_short(str(part[key]))}"


def details_of(manifest: Mapping[str, Any]) -> Facts:
    """Everything else that the manifest says: settings, digests, the machine."""
    rest = {key: value for key, value in manifest.items() if key not in SAID_ELSEWHERE}
    return tuple((name, (value,)) for name, value in _pairs(rest))


def receipts_of(results: Sequence[Result]) -> Facts:
    """Field of the receipts → its values, both in alphabetical order."""
    found: dict[str, set[str]] = {}
    for result in results:
        if isinstance(result.reply, Reply):
            for key, value in result.reply.receipt.items():
                found.setdefault(key, set()).add(value)
    return tuple((_words(key), tuple(sorted(found[key]))) for key in sorted(found))


def brief_of(receipts: Facts) -> Iterator[str]:
    """The digests of the model and the prompt, or how many of them there were."""
    for key, values in receipts:
        if key in BRIEF:
            yield f"{key} {_short(values[0])}" if len(values) == 1 else f"{len(values)} × {key}"


def _part(values: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    """A mapping within a mapping; empty if there is none."""
    part = values.get(key)
    return part if isinstance(part, Mapping) else {}


def _pairs(values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Name and value of each leaf, by name within its part."""
    for key in sorted(values):
        value = values[key]
        if isinstance(value, Mapping):
            yield from _pairs(value)
        elif isinstance(value, str | int | float):
            yield _words(key), _named(str(value))


def _words(key: str) -> str:
    return key.replace("_", " ")


def _named(value: str) -> str:
    """A path without the folders of this machine."""
    is_path = value.startswith(("/", "~", "./", "../")) or value[1:3] == ":\\"
    return value.replace("\\", "/").rsplit("/", 1)[-1] if is_path else value


def _short(value: str) -> str:
    """A value without folders, and a digest without its end."""
    name = _named(value)
    is_digest = len(name) >= 40 and all(char in "0123456789abcdef" for char in name)
    return name[:DIGEST_CHARS] if is_digest else name
