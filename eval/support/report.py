"""The scorer as shipped on the test parts: `python -m eval.support.report --data ../shared/data`.

Writes its balanced accuracies and its speed into card.json, and prints them.
"""

import os
import platform
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import fmean, median, quantiles
from typing import Annotated

import torch
import typer

from eval.cases import Split
from eval.support.card import FOLDER, Card, Speed, figures_of, read_card, write_card
from eval.support.encoder import PairEncoder
from eval.support.evidence import passage_of, pieces_of
from eval.support.examples import Labelled, evidence_of
from eval.support.learn import judged
from eval.support.material import labelled
from eval.support.measure import by_kind, by_suite, table_of
from eval.support.scorer import SupportScorer, load_scorer
from index.models import Catalogue
from index.models.files import locate
from rag.settings import load_settings

COMMAND = "python -m eval.support.report --data ../shared/data"
CLAIMS = 160
BATCH = 16
WARM_UP = 8

Texts = list[tuple[str, str]]


def main(
    data: Annotated[Path, typer.Option(help="The folder of the public sets.")],
    speed_only: Annotated[bool, typer.Option(help="Time it, and judge nothing.")] = False,
    threads: Annotated[int, typer.Option(help="Of torch; no more than cores are free.")] = 2,
) -> None:
    """Measure the shipped scorer on test claims, time it on dev claims, and complete its card."""
    torch.set_num_threads(threads)
    base = locate(Catalogue.load().get("minilm"), load_settings().cache_dir)
    scorer, card = load_scorer(base), read_card(FOLDER)
    if not speed_only:
        card = _with_figures(card, scorer, labelled(data, Split.TEST))
    speed = _speed(scorer, PairEncoder(base), labelled(data, Split.DEV))
    typer.echo(speed.model_dump_json(indent=2))
    write_card(card.model_copy(update={"speed": speed}), FOLDER)


def _with_figures(card: Card, scorer: SupportScorer, rows: Sequence[Labelled]) -> Card:
    said = scorer.probabilities([(row.claim.claim, row.claim.source) for row in rows])
    found = judged(rows, said)
    suites, kinds = by_suite(found, card.seed), by_kind(found, card.seed)
    typer.echo(f"test\n{table_of(suites)}\n{table_of(kinds)}")
    figures, parts = figures_of(suites), figures_of(kinds)
    update = {"balanced_accuracy": figures, "by_kind": parts, "test_command": COMMAND}
    return card.model_copy(update=update)


def _speed(scorer: SupportScorer, encoder: PairEncoder, rows: Sequence[Labelled]) -> Speed:
    """One-sentence claims against the sentences that a citation of each would hold."""
    news = [row for row in rows if row.suite in {"frank", "wice"}]
    cut = [(pieces_of(row.claim.claim)[0], row) for row in news[:: len(news) // CLAIMS]]
    cited = [(claim, evidence_of(claim, row.passage)) for claim, row in cut][:CLAIMS]
    scorer.probabilities(cited[:WARM_UP])
    alone = _alone_ms(scorer, cited)
    return Speed(
        command=f"{COMMAND} --speed-only --threads {torch.get_num_threads()}",
        threads=torch.get_num_threads(),
        claims=len(cited),
        tokens_mean=round(fmean(len(encoder.encode(*pair).ids) for pair in cited), 1),
        alone_ms_median=round(median(alone), 2),
        alone_ms_p95=round(quantiles(alone, n=20)[-1], 2),
        batched_ms_mean=round(_batched_ms(scorer, cited), 2),
        whole_article_ms_mean=round(fmean(_alone_ms(scorer, _whole(cut))), 2),
        machine=f"{_processor()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}",
    )


def _whole(cut: Sequence[tuple[str, Labelled]]) -> Texts:
    return [(claim, row.claim.source) for claim, row in cut if row.suite == "frank"][:CLAIMS]


def _alone_ms(scorer: SupportScorer, pairs: Texts) -> list[float]:
    """Nothing that was prepared before is used again."""
    spent = []
    for pair in pairs:
        passage_of.cache_clear()
        pieces_of.cache_clear()
        began = time.perf_counter()
        scorer.probabilities([pair])
        spent.append((time.perf_counter() - began) * 1000)
    return spent


def _batched_ms(scorer: SupportScorer, pairs: Texts) -> float:
    passage_of.cache_clear()
    pieces_of.cache_clear()
    began = time.perf_counter()
    for start in range(0, len(pairs), BATCH):
        scorer.probabilities(pairs[start : start + BATCH])
    return (time.perf_counter() - began) * 1000 / len(pairs)


def _processor() -> str:
    """The processor's name, where the system tells."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or "unknown"
    names = (line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    return next(names, "unknown")


if __name__ == "__main__":
    typer.run(main)
