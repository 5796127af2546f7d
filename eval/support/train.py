"""The whole training: `python -m eval.support.train --data ../shared/data --seed 7`.

Three steps. (1) The encoder learns from pairs that a program made. (2) It learns from the labelled
rows of one half of the dev sources. (3) A logistic regression of cheap features on all dev rows,
and beside it the encoder, weighed on the half that it has not seen. No test row is read.

One thread, one seed: on the same machine and versions the weights come out the same.
"""

import hashlib
import sys
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import numpy as np
import torch
import typer
from safetensors.torch import save

from eval.cases import Split
from eval.suites.claims import CLAIM_FILES
from eval.support.card import FOLDER, WEIGHTS, Card, figures_of, write_card
from eval.support.encoder import CrossEncoder, PairEncoder
from eval.support.fit import supports
from eval.support.judge import claim_row
from eval.support.learn import Seen, crossed, fit_judge
from eval.support.material import NEWS, labelled
from eval.support.measure import MEAN_OF, Judged, by_kind, by_suite, table_of
from eval.support.scorer import pieces
from eval.support.stages import Stage, Workshop, halves
from index.durable import file_sha256
from index.models import Catalogue
from index.models.files import locate
from rag.settings import PROJECT, load_settings

LIBRARIES = (
    "torch",
    "transformers",
    "tokenizers",
    "scikit-learn",
    "numpy",
    "sentencex",
    "PyStemmer",
)


def main(
    data: Annotated[Path, typer.Option(help="The folder of the public sets.")],
    seed: Annotated[int, typer.Option(help="Of every draw.")] = 7,
    work: Annotated[Path, typer.Option(help="Keeps what stages leave.")] = PROJECT / "data/support",
) -> None:
    """Train the support scorer; stages whose weights are in the work folder are not run again."""
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)
    base = locate(Catalogue.load().get("minilm"), load_settings().cache_dir)
    work.mkdir(parents=True, exist_ok=True)
    shop = Workshop(data, base, work, seed, _say)
    for stage in Stage:
        shop.run(stage)
    _finish(shop)


def _finish(shop: Workshop) -> None:
    """Fit the judge, publish the weights, and write a card that has no test figures yet."""
    model = shop.model(Stage.LABELLED)
    every, unseen = _tables(shop, model)
    judge = fit_judge(every, unseen)
    tables = {name: torch.from_numpy(part) for name, part in judge.tables().items()}
    weights = save({**model.adapter(), **tables})
    (FOLDER / WEIGHTS).write_bytes(weights)
    found, plain = crossed(every, unseen), crossed(every, unseen, share=0)
    _say(f"dev, cross-validated by source\n{table_of(by_suite(found, shop.seed))}")
    _say(table_of(by_kind(found, shop.seed)))
    _say(f"without the encoder\n{table_of(by_suite(plain, shop.seed))}")
    write_card(_card(shop, found, plain, hashlib.sha256(weights).hexdigest()), FOLDER)


def _tables(shop: Workshop, model: CrossEncoder) -> tuple[Seen, Seen]:
    """All dev claims, without the encoder's logit; and those it has not seen, with it."""
    rows, encoder = labelled(shop.data, Split.DEV), PairEncoder(shop.base)
    cut = [list(pieces(encoder, row.claim.claim, row.passage)) for row in rows]
    held = [at for at, half in enumerate(halves(rows)) if half == 1]
    logits = iter(supports(model, [piece.pair for at in held for piece in cut[at]]))
    table = np.stack([claim_row([[*p.features, 0.0] for p in claim]) for claim in cut])
    beside = [claim_row([[*p.features, next(logits)] for p in cut[at]]) for at in held]
    return Seen(rows, table), Seen([rows[at] for at in held], np.stack(beside))


def _card(shop: Workshop, found: Sequence[Judged], plain: Sequence[Judged], digest: str) -> Card:
    examples = {f"{s}: {name}": n for s in Stage for name, n in shop.counts(s).items()}
    return Card(
        base_model="all-MiniLM-L6-v2, its lower 4 layers",
        base_sha256=file_sha256(shop.base / "model.safetensors"),
        adapter_sha256=digest,
        seed=shop.seed,
        command=f"python -m eval.support.train --data ../shared/data --seed {shop.seed}",
        reproducible="to rounding: same machine, same versions, one thread",
        data_sha256={name: file_sha256(shop.data / name) for name in (*CLAIM_FILES, NEWS)},
        versions={name: version(name) for name in LIBRARIES} | {"python": sys.version.split()[0]},
        examples=examples,
        threshold="0.5: Platt on dev with balanced classes, cut at the best smoothed mean of dev",
        mean_of=MEAN_OF,
        dev=figures_of(by_suite(found, shop.seed)),
        dev_by_kind=figures_of(by_kind(found, shop.seed)),
        dev_features_only=figures_of(by_suite(plain, shop.seed)),
    )


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    typer.run(main)
