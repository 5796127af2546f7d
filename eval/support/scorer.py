"""The scorer: (claim, source) pairs → probabilities that the source fully supports the claim.

It shares no rule and no weight with what gates answers. 0.5 decides.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from safetensors.numpy import load as load_tables

from eval.support.card import FOLDER, WEIGHTS, read_card
from eval.support.evidence import Passage, passage_of, pieces_of
from eval.support.features import piece_features
from eval.support.judge import Judge, claim_row
from index.durable import file_sha256
from index.lexical import words
from rag.errors import SuiteError

if TYPE_CHECKING:
    from eval.support.encoder import CrossEncoder, Pair, PairEncoder


@dataclass(frozen=True, slots=True)
class Piece:
    """One sentence of a claim: its cheap features, and what the encoder is given."""

    features: list[float]
    pair: "Pair"


def pieces(encoder: "PairEncoder", claim: str, passage: Passage) -> Iterator[Piece]:
    """Prepare each piece of a claim against its own evidence."""
    for text in pieces_of(claim):
        chosen = passage.select(text)
        evidence = " ".join(passage.sentences[row] for row in chosen)
        yield Piece(piece_features(text, passage, chosen), encoder.encode(text, evidence))


class SupportScorer:
    """Scores pairs; the same pair gets the same figure, whatever stands beside it.

    Attributes:
        name: The scorer and the first digits of its weights.
        digest: SHA-256 of the weights, for receipts.
    """

    def __init__(
        self, encoder: "PairEncoder", model: "CrossEncoder", judge: Judge, digest: str
    ) -> None:
        self._encoder = encoder
        self._model = model
        self._judge = judge
        self.digest = digest
        self.name = f"support-{digest[:8]}"

    def probabilities(self, pairs: Sequence[tuple[str, str]]) -> list[float]:
        """Probability of full support for each (claim, source), in order, to 4 decimals.

        A claim or a source without a word gets 0.
        """
        return [self._probability(claim, source) for claim, source in pairs]

    def _probability(self, claim: str, source: str) -> float:
        from eval.support.fit import supports

        if not (words(claim) and words(source)):
            return 0.0
        cut = list(pieces(self._encoder, claim, passage_of(source)))
        logits = supports(self._model, [piece.pair for piece in cut])
        rows = [[*piece.features, logit] for piece, logit in zip(cut, logits, strict=True)]
        return self._judge.probability(claim_row(rows))


def load_scorer(base: Path, folder: Path = FOLDER) -> SupportScorer:
    """Load the shipped weights on top of MiniLM.

    Args:
        base: The folder of all-MiniLM-L6-v2.
        folder: Where the adapter and its card lie.

    Raises:
        SuiteError: If the weights or the base model are not those of the card.
    """
    import torch

    from eval.support.encoder import CrossEncoder, PairEncoder

    card = read_card(folder)
    weights = _verified(folder / WEIGHTS, card.adapter_sha256)
    if file_sha256(base / "model.safetensors") != card.base_sha256:
        raise SuiteError(f"the model in {base} is not {card.base_model}, which the card names")
    tables = load_tables(weights)
    judge = Judge.of({name: table for name, table in tables.items() if name.startswith("judge.")})
    model = CrossEncoder(base)
    model.load_adapter({name: torch.from_numpy(table) for name, table in tables.items()})
    model.merge()
    return SupportScorer(PairEncoder(base), model.eval(), judge, card.adapter_sha256)


def _verified(path: Path, digest: str) -> bytes:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise SuiteError(f"the support scorer's weights cannot be read: {error}") from error
    if hashlib.sha256(data).hexdigest() != digest:
        raise SuiteError(f"{path.name} is not the file that its card describes")
    return data
