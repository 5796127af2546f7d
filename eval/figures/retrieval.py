"""Was the evidence there? Ranked spans against gold spans, ranked articles against relevant ones.

The measures are ir-measures'. A span is a document: raw, every gold span is one that should be
found; collapsed, all members of a group are one, so that a near-copy found twice counts once.
"""

from collections.abc import Sequence

import ir_measures
from ir_measures import RR, R, Success, nDCG

from eval.cases import Ask, Search, Span
from eval.replies import Ranking, Reply
from eval.suites.protocol import Ratio

MEASURES = {
    "recall_at_10": R @ 10,
    "hits_at_1": Success @ 1,
    "mrr_at_10": RR @ 10,
    "ndcg_at_10": nDCG @ 10,
}


def score_evidence(ask: Ask, reply: Reply) -> dict[str, Ratio]:
    """Retrieval figures of one answer's evidence, raw and collapsed.

    None without gold, and none for a system that does not search; finding nothing scores 0.

    `evidence_recall` is the share of required groups of which the system saw a member: what it did
    not see it cannot cite.
    """
    if not ask.gold or not reply.searched:
        return {}
    apart = _apart([span for group in ask.gold for span in group], reply.evidence)
    figures = {f"evidence_{k}": v for k, v in _measured(reply.evidence, apart).items()}
    collapsed = _measured(reply.evidence, ask.gold)
    figures |= {f"evidence_{name}_collapsed": ratio for name, ratio in collapsed.items()}
    seen = sum(any(_hit(span, group) for span in reply.evidence) for group in ask.gold)
    return figures | {"evidence_recall": Ratio(seen, len(ask.gold))}


def score_search(case: Search, ranking: Ranking) -> dict[str, Ratio]:
    """Retrieval figures of one ranking of articles."""
    ranked = [name for name in ranking.articles if name not in case.apart_from]
    return measures(ranked, case.relevant)


def measures(ranked: Sequence[str], relevant: Sequence[str]) -> dict[str, Ratio]:
    """Recall@10, Hits@1, MRR@10 and nDCG@10 of one ranking of distinct names, best first."""
    qrels = {"q": dict.fromkeys(relevant, 1)}
    run = {"q": {name: float(len(ranked) - place) for place, name in enumerate(ranked)}}
    if not ranked:
        return {name: Ratio(0.0) for name in MEASURES}
    found = ir_measures.calc_aggregate(list(MEASURES.values()), qrels, run)
    return {name: Ratio(round(float(found[measure]), 6)) for name, measure in MEASURES.items()}


def _apart(gold: Sequence[Span], evidence: Sequence[Span]) -> list[Sequence[Span]]:
    """Gold spans as documents: those that one piece of evidence holds together are one."""
    documents: dict[str, list[Span]] = {}
    for place, span in enumerate(gold):
        holders = (n for n, item in enumerate(evidence) if item.overlaps(span))
        held = next(holders, None)
        documents.setdefault(f"gold-{place}" if held is None else f"held-{held}", []).append(span)
    return list(documents.values())


def _measured(evidence: Sequence[Span], groups: Sequence[Sequence[Span]]) -> dict[str, Ratio]:
    """A ranked span becomes the first gold group that it hits and no span before it has hit."""
    ranked: list[str] = []
    for place, span in enumerate(evidence):
        hit = [f"gold-{n}" for n, group in enumerate(groups) if _hit(span, group)]
        fresh = [name for name in hit if name not in ranked]
        if fresh or not hit:
            ranked.append(fresh[0] if fresh else f"other-{place}")
    return measures(ranked, [f"gold-{n}" for n in range(len(groups))])


def _hit(span: Span, group: Sequence[Span]) -> bool:
    return any(span.overlaps(gold) for gold in group)
