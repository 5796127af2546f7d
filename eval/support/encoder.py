"""MiniLM's lower layers as a cross-encoder of claim and evidence, with low-rank adapters.

Every token carries a flag for whether the other side has it: a small model need not find matches,
only judge what is missing. Enters: wordpiece ids. Leaves: a logit of support for the pair and a
logit of fault for each token of the claim. Shapes: B pairs, T tokens, H = 384.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from itertools import pairwise
from pathlib import Path
from typing import cast

import torch
from safetensors.torch import load_file
from tokenizers import Tokenizer
from torch import Tensor, nn
from transformers import BertConfig, BertModel

LAYERS = 4
RANK = 12
MAX_CLAIM_TOKENS = 56
MAX_TOKENS = 112
_HIDDEN = 384
_HEAD = 64


class Flag(IntEnum):
    """What is known of a token; stands where BERT has its token types."""

    SOURCE = 0
    SOURCE_SHARED = 1
    CLAIM_COPIED = 2
    CLAIM_SHARED = 3
    CLAIM_NEW = 4


@dataclass(frozen=True, slots=True)
class Pair:
    """One encoded pair. `offsets` are the characters of each claim token, in order."""

    ids: list[int]
    flags: list[int]
    claim_tokens: int
    offsets: list[tuple[int, int]]


class PairEncoder:
    """Text → `Pair`: `[CLS] claim [SEP] evidence [SEP]`, cut to the limits."""

    def __init__(self, folder: Path) -> None:
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()
        self._cls = cast("int", self._tokenizer.token_to_id("[CLS]"))
        self._sep = cast("int", self._tokenizer.token_to_id("[SEP]"))

    def encode(self, claim: str, evidence: str) -> Pair:
        """Encode one pair."""
        left = self._tokenizer.encode(claim, add_special_tokens=False)
        ids = left.ids[:MAX_CLAIM_TOKENS]
        room = MAX_TOKENS - 3 - len(ids)
        other = self._tokenizer.encode(evidence, add_special_tokens=False).ids[:room]
        return Pair(
            [self._cls, *ids, self._sep, *other, self._sep],
            [Flag.SOURCE, *_claim_flags(ids, other), Flag.SOURCE, *_source_flags(ids, other), 0],
            len(ids),
            list(left.offsets[: len(ids)]),
        )


def _claim_flags(ids: Sequence[int], other: Sequence[int]) -> list[int]:
    known, pairs = set(other), set(pairwise(other))
    flags: list[int] = []
    for at, token in enumerate(ids):
        copied = tuple(ids[at : at + 2]) in pairs or tuple(ids[max(0, at - 1) : at + 1]) in pairs
        shared = Flag.CLAIM_SHARED if token in known else Flag.CLAIM_NEW
        flags.append(Flag.CLAIM_COPIED if copied else shared)
    return flags


def _source_flags(ids: Sequence[int], other: Sequence[int]) -> list[int]:
    known = set(ids)
    return [Flag.SOURCE_SHARED if token in known else Flag.SOURCE for token in other]


@dataclass(frozen=True, slots=True)
class Batch:
    """Pairs of one forward pass: every tensor is `(B, T)`; `claim` is true on claim tokens."""

    ids: Tensor
    flags: Tensor
    mask: Tensor
    claim: Tensor


def batch_of(pairs: Sequence[Pair]) -> Batch:
    """Pad pairs to the longest."""
    length = max(len(pair.ids) for pair in pairs)
    ids = torch.zeros(len(pairs), length, dtype=torch.long)
    flags, mask, claim = torch.zeros_like(ids), torch.zeros_like(ids), torch.zeros_like(ids)
    for row, pair in enumerate(pairs):
        ids[row, : len(pair.ids)] = torch.tensor(pair.ids)
        flags[row, : len(pair.ids)] = torch.tensor(pair.flags)
        mask[row, : len(pair.ids)] = 1
        claim[row, 1 : 1 + pair.claim_tokens] = 1
    return Batch(ids, flags, mask, claim.bool())


class LoraLinear(nn.Module):
    """A frozen linear layer plus `up @ down`, which starts at zero."""

    def __init__(self, base: nn.Linear) -> None:
        super().__init__()
        self.base = base.requires_grad_(False)
        self.down = nn.Parameter(torch.randn(RANK, base.in_features) / RANK)
        self.up = nn.Parameter(torch.zeros(base.out_features, RANK))

    def forward(self, x: Tensor) -> Tensor:
        """`(…, in)` → `(…, out)`."""
        return cast("Tensor", self.base(x)) + (x @ self.down.T) @ self.up.T

    def merged(self) -> nn.Linear:
        """The same map as one plain layer."""
        self.base.weight.data += self.up.data @ self.down.data
        return self.base


class CrossEncoder(nn.Module):
    """The network: MiniLM's first `LAYERS` layers, flags, two heads."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        bert = _lower_layers(folder).requires_grad_(False)
        self.bert = bert
        types = bert.embeddings.token_type_embeddings.weight.data
        flags = nn.Embedding(len(Flag), _HIDDEN)
        flags.weight.data = torch.stack([types[0]] * len(Flag))
        bert.embeddings.token_type_embeddings = flags
        for layer in bert.encoder.layer:
            _adapt(layer)
        self.fault = nn.Linear(_HIDDEN, 1)
        self.head = nn.Sequential(
            nn.Linear(2 * _HIDDEN, _HEAD), nn.GELU(), nn.Dropout(0.1), nn.Linear(_HEAD, 1)
        )
        self.worst = nn.Parameter(torch.tensor(-0.5))

    def forward(self, batch: Batch) -> tuple[Tensor, Tensor]:
        """Logits of support `(B,)` and of fault `(B, T)`; the latter is -1e4 off the claim."""
        hidden = self.bert(
            input_ids=batch.ids, attention_mask=batch.mask, token_type_ids=batch.flags
        ).last_hidden_state
        faults = self.fault(hidden).squeeze(-1).masked_fill(~batch.claim, -1e4)
        share = batch.claim.unsqueeze(-1).float()
        mean = (hidden * share).sum(1) / share.sum(1).clamp(min=1)
        pooled = torch.cat([hidden[:, 0], mean], dim=1)
        support = self.head(pooled).squeeze(-1) + self.worst * faults.amax(1)
        return support, faults

    def adapter(self) -> dict[str, Tensor]:
        """What is trained, by name, in half precision."""
        return {name: p.detach().half() for name, p in self.named_parameters() if p.requires_grad}

    def load_adapter(self, weights: Mapping[str, Tensor]) -> None:
        """Put in what `adapter` gave."""
        with torch.no_grad():
            for name, parameter in self.named_parameters():
                if parameter.requires_grad:
                    parameter.copy_(weights[name].float())

    def merge(self) -> None:
        """Fold the adapters into the layers: the same figures, faster. Not to be trained after."""
        for module in list(self.modules()):
            for name, child in list(module.named_children()):
                if isinstance(child, LoraLinear):
                    setattr(module, name, child.merged())


def _lower_layers(folder: Path) -> BertModel:
    """The base model without its upper layers, and without drop-out, which is slow here."""
    config = BertConfig.from_pretrained(
        str(folder),
        num_hidden_layers=LAYERS,
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
    )
    bert = BertModel(config, add_pooling_layer=False)
    wanted = bert.state_dict()
    stored = load_file(folder / "model.safetensors")
    bert.load_state_dict({name: stored[name] for name in wanted})
    return bert


def _adapt(layer: nn.Module) -> None:
    for module in list(layer.modules()):
        for name, child in list(module.named_children()):
            if isinstance(child, nn.Linear):
                setattr(module, name, LoraLinear(child))
            elif isinstance(child, nn.LayerNorm):
                child.requires_grad_(True)
