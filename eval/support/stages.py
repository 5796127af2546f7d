"""The two stages of training the encoder; each leaves its weights in a work folder.

`made` learns from pairs that a program made; `labelled` goes on from there with the labelled rows
of one half of each suite's dev sources. The other half is kept for weighing the encoder, which
must not be done on what it has seen.
"""

import json
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file

from eval.cases import Split
from eval.support.encoder import CrossEncoder, PairEncoder
from eval.support.examples import Example, Labelled, labelled_examples, made_examples
from eval.support.fit import Say, encode_all, train
from eval.support.material import labelled, news, untitled

NEWS_ARTICLES = 2000
PAIRS_FROM_NEWS = 2
PAIRS_FROM_SOURCE = 3
MADE_RATE = 1.5e-3
LABELLED_RATE = 7e-4
LABELLED_PASSES = 2


class Stage(StrEnum):
    """In the order in which they run."""

    MADE = "made"
    LABELLED = "labelled"


@dataclass(frozen=True, slots=True)
class Workshop:
    """Where training happens. `base` is MiniLM's folder; `work` keeps what stages leave."""

    data: Path
    base: Path
    work: Path
    seed: int
    say: Say

    def weights(self, stage: Stage) -> Path:
        """The adapter that a stage leaves."""
        return self.work / f"{stage}.safetensors"

    def counts(self, stage: Stage) -> dict[str, int]:
        """Examples of a stage by origin."""
        found: dict[str, int] = json.loads((self.work / f"{stage}.json").read_text("utf-8"))
        return found

    def model(self, stage: Stage | None) -> CrossEncoder:
        """The model as a stage left it; None: untrained."""
        torch.manual_seed(self.seed)
        model = CrossEncoder(self.base)
        if stage is not None:
            model.load_adapter(load_file(self.weights(stage)))
        return model.eval()

    def run(self, stage: Stage) -> None:
        """Run a stage, unless its weights are there."""
        if self.weights(stage).exists():
            return
        rows = labelled(self.data, Split.DEV)
        if stage is Stage.MADE:
            self._fit(stage, None, self._made(rows), 1, MADE_RATE)
        else:
            rng = random.Random(self.seed)  # noqa: S311  # not secret
            known = [row for row, half in zip(rows, halves(rows), strict=True) if half == 0]
            examples = list(labelled_examples(known, rng))
            self._fit(stage, Stage.MADE, examples, LABELLED_PASSES, LABELLED_RATE)

    def _made(self, rows: Sequence[Labelled]) -> list[Example]:
        rng = random.Random(self.seed)  # noqa: S311  # not secret
        articles = news(self.data, NEWS_ARTICLES, rng)
        return [
            *made_examples(articles, PAIRS_FROM_NEWS, rng),
            *made_examples(untitled(rows), PAIRS_FROM_SOURCE, rng),
        ]

    def _fit(
        self, stage: Stage, start: Stage | None, examples: list[Example], passes: int, rate: float
    ) -> None:
        self.say(f"stage {stage}: {len(examples)} pairs, {passes} passes")
        model = self.model(start)
        items = encode_all(PairEncoder(self.base), examples)
        train(model, items, passes, rate, self.seed, self.say)
        counts = Counter(example.origin for example in examples)
        (self.work / f"{stage}.json").write_text(json.dumps(dict(sorted(counts.items()))), "utf-8")
        save_file(model.adapter(), self.weights(stage))


def halves(rows: Sequence[Labelled]) -> list[int]:
    """0 or 1 for each row: within a suite its sources take turns, in the order of their ids."""
    turn: dict[tuple[str, str], int] = {}
    for suite in dict.fromkeys(row.suite for row in rows):
        sources = sorted({row.claim.cluster for row in rows if row.suite == suite})
        turn |= {(suite, source): at % 2 for at, source in enumerate(sources)}
    return [turn[row.suite, row.claim.cluster] for row in rows]
