"""card.json: what the weights are, how they were made, and how far they can be trusted."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from eval.support.measure import Measured, interval
from rag.errors import SuiteError

FOLDER = Path(__file__).parent
CARD = "card.json"
WEIGHTS = "adapter.safetensors"

Digest = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
Share = Annotated[float, Field(ge=0, le=1)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Figure(_Part):
    """A balanced accuracy with its bootstrap 95% interval, resampled by source."""

    value: Share
    low: Share
    high: Share
    rows: int
    sources: int


class Speed(_Part):
    """Milliseconds a claim, the model loaded; `alone`: one claim a call, `batched`: 16.

    The source is the claim's own one to three chosen sentences, as cited spans are;
    `whole_article`: alone, against a whole source of frank, not seen before.
    """

    command: str
    threads: int
    claims: int
    tokens_mean: float
    alone_ms_median: float
    alone_ms_p95: float
    batched_ms_mean: float
    whole_article_ms_mean: float
    machine: str


class Card(_Part):
    """All of it.

    Attributes:
        dev: Cross-validated by source; `mean` is over `mean_of`.
        balanced_accuracy: Of the test parts; it comes with the report, and so do the rest.
        examples: Training pairs by origin and stage.
        data_sha256: Of each data file that was read, by its path under the data folder.
        mean_of: The suites whose mean is the headline.
    """

    base_model: str
    base_sha256: Digest
    adapter_sha256: Digest
    seed: int
    command: str
    reproducible: str
    data_sha256: dict[str, Digest]
    versions: dict[str, str]
    examples: dict[str, int]
    threshold: str
    mean_of: tuple[str, ...]
    dev: dict[str, Figure]
    dev_by_kind: dict[str, Figure]
    dev_features_only: dict[str, Figure]
    balanced_accuracy: dict[str, Figure] = {}
    by_kind: dict[str, Figure] = {}
    test_command: str = ""
    speed: Speed | None = None


def read_card(folder: Path) -> Card:
    """Read the card of a folder.

    Raises:
        SuiteError: If it is missing or broken.
    """
    try:
        return Card.model_validate_json((folder / CARD).read_bytes())
    except (OSError, ValidationError) as error:
        raise SuiteError(f"the support scorer's {CARD} cannot be read: {error}") from error


def figures_of(found: Mapping[str, Measured]) -> dict[str, Figure]:
    """As the card has them, to 4 decimals."""
    return {name: _figure(measured) for name, measured in found.items()}


def _figure(measured: Measured) -> Figure:
    low, high = interval(measured)
    return Figure(
        value=round(measured.value, 4),
        low=round(low, 4),
        high=round(high, 4),
        rows=measured.rows,
        sources=measured.sources,
    )


def write_card(card: Card, folder: Path) -> None:
    """Write it, fields in order, two spaces deep."""
    text = card.model_dump_json(indent=2)
    (folder / CARD).write_text(text + "\n", encoding="utf-8")
