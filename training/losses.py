"""Compute losses: compare a network's output for a batch with the annotation or with the teachers' output."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor
from torch.nn import functional

from training.network import LAYERS, LINKS, TAGS, Linking
from training.windows import MISSING, Batch

HEAD, FIRST, LAST_WORD, REFERENT = range(LINKS)
OUTSIDE, BEGIN = 0, 1
CONTENT, CUE, SOURCE = range(LAYERS)
WEIGHTS = (0.15, 0.1, 0.1, 0.1)  # weights of the kinds of links
NAMES_WEIGHT = 1.0
LINKED_WORDS = 40  # words per window whose link to their head counts in one step
MOST_ROWS = 48  # heads and sources per window whose links count in one step


def annotated_loss(batch: Batch, tags: Tensor, links: Tensor, linking: Linking) -> Tensor:
    """Compute the cross-entropy between the network's tags, names and links and the annotation."""
    tags = tags.float()
    loss = LAYERS * _cross_entropy(tags[..., : LAYERS * TAGS].unflatten(-1, (LAYERS, TAGS)), batch.tags)
    loss = loss + NAMES_WEIGHT * _cross_entropy(tags[..., LAYERS * TAGS :], batch.names)
    rows = _rows(batch.heads >= 0, LINKED_WORDS)
    loss = loss + WEIGHTS[HEAD] * _link_loss(batch, links, linking, HEAD, rows, batch.heads)
    rows = _rows(batch.sources[..., 0] >= 0, MOST_ROWS)
    for kind, place in ((FIRST, 0), (LAST_WORD, 1)):
        loss = loss + WEIGHTS[kind] * _link_loss(batch, links, linking, kind, rows, batch.sources[..., place])
    return loss + WEIGHTS[REFERENT] * _referent_loss(batch, links, linking)


def _cross_entropy(scores: Tensor, gold: Tensor) -> Tensor:
    total = functional.cross_entropy(
        scores.flatten(0, -2), gold.flatten(), ignore_index=MISSING, reduction="sum"
    )
    return total / (gold != MISSING).sum().clamp(min=1)


def _rows(wanted: Tensor, most: int) -> Tensor:
    """Return the positions of `most` random words of each window, as [windows, rows]; `wanted` words come first.

    Other words fill up a window that has fewer wanted words.
    """
    chance = torch.rand(wanted.shape, device=wanted.device) + wanted
    return chance.topk(min(most, wanted.shape[1]), 1).indices


def _link_loss(
    batch: Batch, links: Tensor, linking: Linking, kind: int, rows: Tensor, gold: Tensor
) -> Tensor:
    found = linking.link_scores(links, kind, rows, batch.mask, batch.lines)
    wanted = gold.gather(1, rows)
    right = -found.gather(-1, wanted.clamp(min=0)[..., None])[..., 0] * (wanted >= 0)
    return right.sum() / (wanted >= 0).sum().clamp(min=1)


def _referent_loss(batch: Batch, links: Tensor, linking: Linking) -> Tensor:
    """Compute the loss of the links from sources and heads to names.

    A link to any word that names the right entity is correct. A source whose entity the text never names must link to
    itself. A source whose entity is named only outside the window does not count.
    """
    rows = _rows(batch.meant >= 0, MOST_ROWS)
    entity = batch.meant.gather(1, rows)
    found = linking.link_scores(links, REFERENT, rows, batch.mask, batch.lines)
    own = torch.arange(batch.mask.shape[1], device=rows.device) == rows[..., None]
    names = (batch.named[:, None, :] == entity[..., None]) & (entity > 0)[..., None]
    right = torch.where((entity > 0)[..., None], names, own)
    counts = (entity == 0) | names.any(-1)
    total = -found.masked_fill(~right, -1e4).logsumexp(-1) * counts
    return total.sum() / counts.sum().clamp(min=1)


class Windows(Protocol):
    """Batches of windows of texts, with or without labels."""

    mask: Tensor
    lines: Tensor


@dataclass
class Reading:
    """The mean of several teachers' probabilities for one batch."""

    tags: Tensor  # [windows, tokens, layers, tags]
    names: Tensor  # [windows, tokens, kinds]
    rows: list[Tensor]  # for each kind of link, the positions that link, [windows, rows]
    weights: list[Tensor]  # for each kind of link, how much each row counts
    links: list[Tensor]  # for each kind of link, [windows, rows, tokens]


@torch.no_grad()
def read(batch: Windows, outputs: list[tuple[Tensor, Tensor, Linking]]) -> Reading:
    """Average the teachers; `outputs` has the tags, the links and the module that scores links of each teacher."""
    share = 1 / len(outputs)
    tags = sum(
        (
            t[..., : LAYERS * TAGS].float().unflatten(-1, (LAYERS, TAGS)).softmax(-1) * share
            for t, _, _ in outputs
        ),
        torch.zeros((), device=batch.mask.device),
    )
    names = sum(
        (t[..., LAYERS * TAGS :].float().softmax(-1) * share for t, _, _ in outputs),
        torch.zeros((), device=batch.mask.device),
    )
    content, begins = 1 - tags[..., CONTENT, OUTSIDE], tags[..., BEGIN]
    head = torch.maximum(begins[..., CUE], begins[..., CONTENT] / 2)
    source = torch.maximum(begins[..., SOURCE], begins[..., CONTENT] / 2)
    rows, weights, links = [], [], []
    for kind, chance in enumerate((content, head, head, source)):
        chance = chance * batch.mask
        if kind == HEAD:  # a sample, because contents have many words
            chance = chance * (torch.rand_like(chance) < 0.3)
        weight, row = chance.topk(min(MOST_ROWS, chance.shape[1]), 1)
        found = [
            linking.link_scores(k, kind, row, batch.mask, batch.lines).exp() * share
            for _, k, linking in outputs
        ]
        rows.append(row)
        weights.append(weight)
        links.append(sum(found[1:], found[0]).half())
    return Reading(tags.half(), names.half(), rows, weights, links)


def taught_loss(
    batch: Windows,
    reading: Reading,
    tags: Tensor,
    links: Tensor,
    linking: Linking,
    times: float = 1,
    name_times: float = 1,
) -> Tensor:
    """Compute the cross-entropy between the network's tags, names and links and the teachers' probabilities.

    The weights of links are multiplied by `times`, and the weight of names by `name_times`.
    """
    mask, tags = batch.mask, tags.float()
    own = tags[..., : LAYERS * TAGS].unflatten(-1, (LAYERS, TAGS)).log_softmax(-1)
    names = tags[..., LAYERS * TAGS :].log_softmax(-1)
    loss = -((reading.tags * own).sum((-1, -2)) * mask).sum() / mask.sum()
    loss = loss - name_times * NAMES_WEIGHT * ((reading.names * names).sum(-1) * mask).sum() / mask.sum()
    for kind in range(LINKS):
        found = linking.link_scores(links, kind, reading.rows[kind], mask, batch.lines).clamp(min=-30)
        unlike = -(reading.links[kind] * found).sum(-1) * reading.weights[kind]
        loss = loss + times * WEIGHTS[kind] * unlike.sum() / reading.weights[kind].sum().clamp(min=1)
    return loss
