"""Training the cross-encoder: batches of similar length, one pass after another, one seed."""

import random
from collections.abc import Callable, Sequence

import torch
from torch import Tensor
from torch.nn import functional as F  # torch's own name for it

from eval.support.encoder import Batch, CrossEncoder, Pair, PairEncoder, batch_of
from eval.support.examples import Example

BATCH = 24
_BUCKET = BATCH * 24
_FAULT_SHARE = 0.7
_WARM_UP = 0.08
_CLIP = 1.0

Say = Callable[[str], None]
Item = tuple[Pair, Example]


def encode_all(encoder: PairEncoder, examples: Sequence[Example]) -> list[Item]:
    """Encode once for all passes."""
    return [(encoder.encode(example.claim, example.evidence), example) for example in examples]


def train(
    model: CrossEncoder, items: Sequence[Item], passes: int, rate: float, seed: int, say: Say
) -> None:
    """Fit what is trainable with AdamW and a one-cycle rate; leaves the model in eval mode."""
    rng = random.Random(seed)  # noqa: S311  # not secret
    torch.manual_seed(seed)
    batches = [batch for _ in range(passes) for batch in _batches(items, rng)]
    trainable = [p for p in model.parameters() if p.requires_grad]
    optimiser = torch.optim.AdamW(trainable, lr=rate, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda at: _rate(at, len(batches)))
    model.train()
    mean = 0.0
    for at, batch in enumerate(batches, start=1):
        loss = _loss(model, batch)
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]  # torch leaves it untyped
        torch.nn.utils.clip_grad_norm_(trainable, _CLIP)
        optimiser.step()
        schedule.step()
        mean = 0.97 * mean + 0.03 * loss.item() if at > 1 else loss.item()
        if at % 50 == 0 or at == len(batches):
            say(f"  step {at} of {len(batches)}, loss {mean:.3f}")
    model.eval()


def _batches(items: Sequence[Item], rng: random.Random) -> list[list[Item]]:
    """Shuffled, then sorted by length inside buckets, so that little is padded."""
    order = rng.sample(items, len(items))
    batches = []
    for start in range(0, len(order), _BUCKET):
        bucket = sorted(order[start : start + _BUCKET], key=lambda item: len(item[0].ids))
        batches += [bucket[at : at + BATCH] for at in range(0, len(bucket), BATCH)]
    return rng.sample(batches, len(batches))


def _rate(at: int, total: int) -> float:
    warm = max(1, int(total * _WARM_UP))
    return (at + 1) / warm if at < warm else max(0.02, (total - at) / (total - warm))


def _loss(model: CrossEncoder, items: Sequence[Item]) -> Tensor:
    """Weighted cross-entropy of support, and of the faulty tokens where they are known."""
    batch = batch_of([pair for pair, _ in items])
    support, faults = model(batch)
    target = torch.tensor([example.target for _, example in items])
    weight = torch.tensor([example.weight for _, example in items])
    loss = F.binary_cross_entropy_with_logits(support, target, weight, reduction="sum")
    loss = loss / weight.sum()
    wrong, known = _marked(batch, items)
    if known.any():
        each = F.binary_cross_entropy_with_logits(
            faults[known], wrong[known], pos_weight=torch.tensor(3.0)
        )
        loss = loss + _FAULT_SHARE * each
    return loss


def _marked(batch: Batch, items: Sequence[Item]) -> tuple[Tensor, Tensor]:
    """Which claim tokens are wrong, `(B, T)` float32, and of which that is known, bool."""
    wrong = torch.zeros(batch.ids.shape)
    known = torch.zeros(batch.ids.shape, dtype=torch.bool)
    for row, (pair, example) in enumerate(items):
        if example.spans is None:
            continue
        known[row, 1 : 1 + pair.claim_tokens] = True
        for at, (start, end) in enumerate(pair.offsets, start=1):
            wrong[row, at] = any(start < stop and begin < end for begin, stop in example.spans)
    return wrong, known


def supports(model: CrossEncoder, pairs: Sequence[Pair]) -> list[float]:
    """The encoder's logit of support for each pair, in order.

    One pair at a time: a batch was only a tenth faster (one thread), and nothing is padded, so
    that no pair's figure hangs on its neighbours.
    """
    with torch.inference_mode():
        return [float(model(batch_of([pair]))[0][0]) for pair in pairs]
