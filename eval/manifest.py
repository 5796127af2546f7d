"""What a run was made with: whoever has the same gets the same results."""

import hashlib
import json
import os
import platform
import resource
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from eval.cases import Ask
from eval.suites.protocol import AnySuite, Choice
from index.durable import file_sha256
from index.store import Store
from rag.errors import RunMismatch
from rag.settings import PROJECT, Settings

MAKES_REPLIES = ("index", "rag", "prompts", "eval/systems")
SURFACES = ("cli", "examples", "schemas", "service", "web")
FRONT = ("admission.py", "desk.py", "remembered.py", "underway.py")
"""Parts that no reply depends on, in what the service puts before the pipeline as well."""
DECIDES = (
    "model",
    "embedder",
    "context_tokens",
    "answer_tokens",
    "history_turns",
    "evidence_sentences",
    "evidence_tokens",
    "refuse_below",
    "support_at_least",
)

ASKED = {"id", "question", "history", "as_of", "articles", "claim", "source", "query"}


def manifest_of(
    choice: Choice, settings: Settings, plan: Sequence[tuple[AnySuite, Sequence[str]]]
) -> dict[str, Any]:
    """For `run.json`. Runs whose `made_with` and `choice` agree may share a folder.

    Args:
        choice: Which questions.
        settings: Those that decide a reply are written down.
        plan: Each suite, with the systems that take it.
    """
    return {
        "made_with": {
            "version": version("dateline"),
            "code_sha256": code_digest(PROJECT),
            "settings": {name: getattr(settings, name) for name in DECIDES},
        },
        "choice": {
            "split": choice.split.value if choice.split else "both",
            "limit": choice.limit,
            "seed": choice.seed,
            "articles": choice.articles,
            **_feedback(choice, [suite.name for suite, _ in plan]),
        },
        "asked": {suite.name: asked_digest(suite) for suite, _ in plan},
        "pairs": [[suite.name, name] for suite, names in plan for name in names],
    }


def asked_digest(suite: AnySuite) -> str:
    """SHA-256 over what the chosen questions ask, and of which texts: not over what is right."""
    digest = hashlib.sha256()
    for case in suite.questions():
        digest.update(case.model_dump_json(include=ASKED).encode())
        if isinstance(case, Ask) and case.narrowing is not None:
            digest.update(case.narrowing.model_dump_json().encode())
    for article in suite.corpus():
        digest.update(article.content_hash.encode())
    return digest.hexdigest()


def _feedback(choice: Choice, suites: Sequence[str]) -> dict[str, str]:
    """What decides the questions of a reader's feedback: the file, and the index that is asked."""
    if "feedback" not in suites or choice.feedback is None or choice.index is None:
        return {}
    index = Store(choice.index).newest().id
    return {"feedback": file_sha256(choice.feedback), "feedback_index": index}


def merged(path: Path, known: Mapping[str, Any], wanted: Mapping[str, Any]) -> dict[str, Any]:
    """The manifest of a folder to which a run is added.

    Args:
        path: The folder, for the error.
        known: What it says already; empty for a new one.
        wanted: What the run says.

    Raises:
        RunMismatch: If they differ in anything but what runs of one folder add to one another:
            suites, pairs, the machine.
    """
    if not _well_formed(known):
        raise RunMismatch(f"{path / 'run.json'} is not a run's manifest")
    asked = known.get("asked", {}), wanted.get("asked", {})
    for there, now in ((known, wanted), asked):
        for key in sorted(there.keys() & now.keys() - {"asked", "pairs", "machine"}):
            if there[key] != now[key]:
                what = f"another {key} ({there[key]!r}, now {now[key]!r})"
                raise RunMismatch(f"{path} holds a run with {what}")
    pairs = {tuple(pair) for run in (known, wanted) for pair in run.get("pairs", [])}
    both = {"asked": {**asked[0], **asked[1]}, "pairs": [list(pair) for pair in sorted(pairs)]}
    return {**known, **wanted, **both}


def _well_formed(manifest: Mapping[str, Any]) -> bool:
    pairs = manifest.get("pairs", [])
    listed = isinstance(pairs, list) and all(isinstance(pair, list) for pair in pairs)
    return listed and isinstance(manifest.get("asked", {}), dict)


def machine() -> dict[str, Any]:
    """What times depend on; peak memory is of this process and of those it has ended."""
    whose = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    peak = sum(resource.getrusage(who).ru_maxrss for who in whose)
    return {
        "processor": _processor(),
        "cores": len(os.sched_getaffinity(0)),
        "python": platform.python_version(),
        "peak_memory_mib": peak // 1024,
    }


def code_digest(root: Path) -> str:
    """SHA-256 over every source file that a reply depends on, by path."""
    digest = hashlib.sha256()
    files = [
        f
        for folder in MAKES_REPLIES
        for f in (root / folder).rglob("*")
        if _is_source(f.relative_to(root))
    ]
    for file in sorted(files):
        digest.update(f"{file.relative_to(root).as_posix()}\0".encode())
        digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


def _is_source(file: Path) -> bool:
    return file.suffix in {".py", ".txt", ".toml"} and not {*SURFACES, *FRONT} & set(file.parts)


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    return next((line.partition(":")[2].strip() for line in lines if "model name" in line), "?")


def run_name(manifest: Mapping[str, Any]) -> str:
    """A folder's name for a run: the same choice, made with the same, goes on where it stopped."""
    decides = {name: manifest[name] for name in ("made_with", "choice")}
    return hashlib.sha256(json.dumps(decides, sort_keys=True).encode()).hexdigest()[:12]
