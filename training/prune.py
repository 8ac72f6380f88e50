"""Make a network smaller: remove the inner values of its blocks that matter least, and fit the others anew.

`distil.py` then trains the smaller network.
"""

from __future__ import annotations

from dataclasses import replace

import torch
from torch import Tensor
from torch.nn import functional

from training.network import Block, Network, Shape

STEEPER = 1.2  # by which gates are multiplied, because a hard sigmoid is flatter than a sigmoid
RIDGE = 1e-4  # as a share of the mean square of the inner values


def prune(
    network: Network, shape: Shape, inner: tuple[int, ...], inputs: list[tuple[Tensor, Tensor, Tensor]]
) -> tuple[Network, Shape]:
    """Return a linear network (see `Shape`) with the inner widths `inner`, and its shape.

    `inputs` has the vectors, quotation marks and masks of some batches, on which the outputs of each block are fitted.
    """
    made = replace(shape, inner=inner, linear=True, dropout=0.0)
    small = Network(made)
    kept = {name: value for name, value in network.state_dict().items() if not name.startswith("blocks.")}
    shift = kept.pop("norm.bias")
    for name in ("tags", "links"):
        kept[f"{name}.bias"] = kept[f"{name}.bias"] + kept[f"{name}.weight"] @ shift
    small.load_state_dict(kept, strict=False)
    masks = [mask[..., None] for _, _, mask in inputs]
    before = [
        (vectors + network.quoted(quoted)) * mask
        for (vectors, quoted, _), mask in zip(inputs, masks, strict=True)
    ]
    after = list(before)
    for block, other in zip(network.blocks, small.blocks, strict=True):
        full = Block(shape.width, shape.width, block.reach, 0, linear=True).eval()
        full.load_state_dict(block.state_dict(), strict=False)
        full.mix.bias += full.mix.weight @ block.norm.bias.repeat(3)
        full.mix.weight[shape.width :] *= STEEPER
        full.mix.bias[shape.width :] *= STEEPER
        wanted = [block(x, mask) for x, mask in zip(before, masks, strict=True)]
        _fit(full, other, after, wanted, masks)
        before, after = wanted, [other.eval()(x, mask) for x, mask in zip(after, masks, strict=True)]
    return small, made


def _fit(full: Block, small: Block, given: list[Tensor], wanted: list[Tensor], masks: list[Tensor]) -> None:
    """Give `small` the inner values of `full` with which it comes closest to the wanted values."""
    values: list[Tensor] = []
    hook = full.out.register_forward_hook(lambda module, inputs, output: values.append(inputs[0]))
    width = full.out.in_features
    squares, products = torch.zeros(width + 1, width + 1), torch.zeros(width + 1, full.out.out_features)
    for x, goal, mask in zip(given, wanted, masks, strict=True):
        full(x, mask)
        there = mask[..., 0] > 0
        own = functional.pad(values.pop()[there], (0, 1), value=1.0)
        squares += own.T @ own
        products += own.T @ (goal - x)[there]
    hook.remove()
    kept, weights = choose(squares, products, small.out.in_features)
    rows = torch.tensor([*kept, *(width + i for i in kept)])
    small.norm.load_state_dict(full.norm.state_dict())
    small.mix.weight.copy_(full.mix.weight[rows])
    small.mix.bias.copy_(full.mix.bias[rows])
    small.out.weight.copy_(weights[:-1].T)
    small.out.bias.copy_(weights[-1])


def choose(squares: Tensor, products: Tensor, size: int) -> tuple[list[int], Tensor]:
    """Return the `size` inputs of a linear regression that matter most, and its weights, the last of which is constant.

    Inputs are removed one by one, always the one whose removal raises the squared error least.
    """
    squares = squares.double()
    inverse = torch.linalg.inv(
        squares + RIDGE * squares.diagonal()[:-1].mean() * torch.eye(len(squares)).double()
    )
    weights = inverse @ products.double()
    kept = torch.ones(len(squares), dtype=torch.bool)
    for _ in range(len(squares) - 1 - size):
        costs = weights.square().sum(1) / inverse.diagonal()
        costs[~kept] = torch.inf
        costs[-1] = torch.inf
        least = int(costs.argmin())
        column = inverse[:, least] / inverse[least, least]
        weights -= column[:, None] * weights[least]
        inverse -= column[:, None] * inverse[least]
        kept[least] = False
    return kept[:-1].nonzero()[:, 0].tolist(), weights[kept].float()
