"""What a teacher says of a corpus: `python -m models.training.label CORPUS TEACHER.pt --out LABELS`.

TEACHER.pt is the `network.pt` of a training with `--context`. LABELS is an .npz that has `tags`: how likely the teacher
thinks each tag of each token of the corpus, [tokens of all articles, 3 layers, 3 tags].
"""

from __future__ import annotations

import argparse
import random
from pathlib import Path

import numpy as np
import torch
from torch import nn

from models.training.context import Context
from models.training.corpus import Example, cut_examples, read_corpus
from models.training.network import Network, Shape, WordEncoder
from models.training.pieces import default_folder, piece_vectors, read_vocabulary
from models.training.train import BATCH, CONTEXT_WINDOW, Batch, Words, read_batch


def load_teacher(path: Path, pieces: Path) -> tuple[nn.ModuleList, dict[str, int]]:
    """Encoder, network and context, ready to read; and the numbers of the words they know."""
    stored = torch.load(path, weights_only=True)
    shape = Shape(**stored["shape"])
    encoder = WordEncoder(piece_vectors(pieces), len(stored["known"]), shape.width)
    modules = nn.ModuleList([encoder, Network(shape), Context(pieces, shape.width)])
    if modules.load_state_dict(stored["weights"], strict=False).unexpected_keys:
        raise SystemExit(f"{path} is no teacher's")
    return modules.eval(), {word: i for i, word in enumerate(stored["known"], start=1)}


@torch.inference_mode()
def label(examples: list[Example], words: Words, modules: nn.ModuleList) -> np.ndarray:
    """[tokens of all examples, 3, 3] probabilities."""
    found = {id(example): np.zeros((len(example.words), 3, 3), np.float16) for example in examples}
    cuts = sorted(
        cut_examples(examples, CONTEXT_WINDOW, random.Random(0)), key=lambda cut: cut.end - cut.start
    )
    for first in range(0, len(cuts), BATCH):
        batch = Batch(cuts[first : first + BATCH])
        tags, _ = read_batch(batch, words, modules, 0.0)
        likely = torch.softmax(tags.unflatten(-1, (3, 3)), -1).numpy()
        for cut, rows in zip(batch.cuts, likely, strict=True):
            found[id(cut.example)][cut.start : cut.end] = rows[: cut.end - cut.start]
    return np.concatenate([found[id(example)] for example in examples])


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("corpus", type=Path)
    parser.add_argument("teacher", type=Path)
    parser.add_argument("--pieces", type=Path, default=default_folder())
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    numbers: dict[str, int] = {}
    examples = read_corpus(options.corpus, numbers)
    modules, known = load_teacher(options.teacher, options.pieces)
    words = Words(list(numbers), read_vocabulary(options.pieces), known)
    np.savez_compressed(options.out, allow_pickle=False, tags=label(examples, words, modules))


if __name__ == "__main__":
    main()
