"""Define the fast network, which `distil.py` trains to give the same outputs as the network of `network.py`.

It has the same inputs and outputs but takes two fifths of the processor time, because it computes almost only matrix
products of small integers: it has no layer norm, its only activation is the lower limit of eight-bit rounding, and the
steps of all roundings are fixed after training. Training rounds as the exported network (`fast_graph.py`) does.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional

from training.network import LINKS, OUTPUTS, Linking, Network

PAIRS = ((1, 2), (4, 8), (16, 32), (64, 1), (2, 4))
SIGNED, POSITIVE = (-128, 127), (0, 255)  # the limits of rounded values
DEVIATIONS = 5  # the largest rounded value at the start of training, in standard deviations
LARGEST_WEIGHT = (
    63  # two products of a byte and such a weight fit sixteen bits, as processors without VNNI need
)


@dataclass(frozen=True)
class FastShape:
    """Sizes of a fast network. `pairs` gives, for each block, the distances between the words of its two products."""

    width: int = 192
    inner: int = 256
    pairs: tuple[tuple[int, int], ...] = PAIRS
    link_width: int = 64


class _Round(torch.autograd.Function):
    """Divides by a step and rounds; the gradient ignores the rounding but not the limits."""

    @staticmethod
    def forward(
        ctx: torch.autograd.function.FunctionCtx, x: Tensor, step: Tensor, low: int, high: int
    ) -> Tensor:
        ctx.save_for_backward(x, step)
        ctx.limits = low, high
        # Sixteen bits store integers up to 256 exactly.
        return (x / step).round_().clamp_(low, high).to(torch.bfloat16 if x.is_cuda else x.dtype)

    @staticmethod
    def backward(ctx: torch.autograd.function.FunctionCtx, *grads: Tensor) -> tuple[Tensor | None, ...]:
        x, step = ctx.saved_tensors
        low, high = ctx.limits
        ratio = x / step
        grad = grads[0].to(x.dtype) * ((ratio >= low) & (ratio <= high))
        return grad / step, -(grad * ratio).sum() / step, None, None


class Rounding(nn.Module):
    """Rounds values to integers between `low` and `high`, as multiples of a learnt step."""

    def __init__(self, low: int, high: int) -> None:
        super().__init__()
        self.low, self.high = low, high
        self.log_step = nn.Parameter(torch.zeros(()))
        self.is_set = True

    @property
    def step(self) -> Tensor:
        return self.log_step.exp()

    def forward(self, x: Tensor) -> Tensor:
        if not self.is_set:
            largest = x.detach().square().mean().sqrt() * DEVIATIONS
            self.log_step.data = (largest / self.high).log()
            self.is_set = True
        rounded: Tensor = _Round.apply(x, self.step, self.low, self.high)
        return rounded


class Product(nn.Linear):
    """A product of rounded values with weights that are rounded to LARGEST_WEIGHT steps per output."""

    def steps(self) -> Tensor:
        """Return the step of each output's weights."""
        return self.weight.detach().abs().amax(1).clamp(min=1e-8) / LARGEST_WEIGHT

    def forward(self, x: Tensor, step: Tensor) -> Tensor:
        """Multiply integers `x`, which stand for multiples of `step`."""
        steps = self.steps()
        scaled = self.weight / steps[:, None]
        weights = scaled + (scaled.detach().round() - scaled.detach())
        out = functional.linear(x, weights.to(x.dtype)).float() * (steps * step)
        return out if self.bias is None else out + self.bias


class FastBlock(nn.Module):
    """A residual block of two products, each over three words whose distance is one of the two `reaches`."""

    def __init__(self, width: int, inner: int, reaches: tuple[int, int]) -> None:
        super().__init__()
        self.reaches = reaches
        self.enter, self.within = Rounding(*SIGNED), Rounding(*POSITIVE)
        self.mix = Product(3 * width, inner, bias=False)
        self.out = Product(3 * inner, width)
        nn.init.normal_(self.mix.weight, std=(3 * width) ** -0.5)
        nn.init.normal_(self.out.weight, std=0.3 * (3 * inner) ** -0.5)
        nn.init.zeros_(self.out.bias)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        first, second = self.reaches
        mixed = self.mix(around(self.enter(x) * mask, first), self.enter.step)
        inner = self.within(mixed) * mask
        return x + self.out(around(inner, second), self.within.step)


class FastNetwork(Linking):
    """Maps word vectors to tags [batch, tokens, OUTPUTS] and links [batch, tokens, 2 * LINKS * link_width]."""

    def __init__(self, shape: FastShape) -> None:
        super().__init__(shape.link_width)
        self.quoted = nn.Embedding(3, shape.width)
        nn.init.normal_(self.quoted.weight, std=0.3)
        self.blocks = nn.ModuleList([FastBlock(shape.width, shape.inner, pair) for pair in shape.pairs])
        self.leave = Rounding(*SIGNED)
        self.tags = Product(shape.width, OUTPUTS)
        self.links = Product(shape.width, 2 * LINKS * shape.link_width)

    def forward(self, vectors: Tensor, quoted: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        return self.read(self.hidden(vectors, quoted, mask))

    def hidden(self, vectors: Tensor, quoted: Tensor, mask: Tensor) -> Tensor:
        """Return the last hidden state, [batch, tokens, width]."""
        x = vectors.float() + self.quoted(quoted)
        whole = mask[..., None].to(torch.bfloat16 if x.is_cuda else x.dtype)
        for block in self.blocks:
            x = block(x, whole)
        return x

    def read(self, hidden: Tensor) -> tuple[Tensor, Tensor]:
        """Return the tags and links of a hidden state."""
        rounded, step = self.leave(hidden), self.leave.step
        return self.tags(rounded, step), self.links(rounded, step)

    @torch.no_grad()
    def start_from(self, network: Network) -> None:
        """Copy what both networks have, and let the first batch set the steps of the roundings."""
        for module in self.modules():
            if isinstance(module, Rounding):
                module.is_set = False
        self.quoted.weight.copy_(network.quoted.weight)
        for own, other in ((self.tags, network.tags), (self.links, network.links)):
            own.weight.copy_(other.weight)
            own.bias.copy_(other.bias)
        self.distance_bias.copy_(network.distance_bias)
        self.line_bias.copy_(network.line_bias)


def around(values: Tensor, reach: int) -> Tensor:
    """Join, for each word, the values of the word `reach` before it, its own, and of the word `reach` after it."""
    tokens = values.shape[1]
    padded = functional.pad(values, (0, 0, reach, reach))
    return torch.cat([padded[:, i * reach : i * reach + tokens] for i in range(3)], -1)


def load(path: Path) -> tuple[FastNetwork, FastShape]:
    """Load a network that `distil.py` wrote."""
    stored = torch.load(path, weights_only=True)
    shape = FastShape(**stored["shape"])
    network = FastNetwork(shape)
    network.load_state_dict({name: value.float() for name, value in stored["weights"].items()})
    return network.eval(), shape
