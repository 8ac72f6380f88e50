"""Pack corpora and free text into one file for `learn.py`: `python -m training.pack --out PACK.npz ...`.

`--statements`, `--who`, `--names` and `--entities` take FILE[:TIMES], where TIMES says how often an epoch uses each
article. A fifth of the articles of `--who`, chosen by the hash of their text, is held out, as are the files of
`--held-out-names`. The pack holds only numbers, so a machine for training needs PyTorch and numpy but not the product.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import torch

from training.corpus import NOTHING
from training.documents import (
    Document,
    read_entities,
    read_lines,
    read_names,
    read_plain,
    read_statements,
    read_who,
)
from training.pieces import default_folder, piece_vectors, read_vocabulary
from training.who import is_held_out
from training.windows import PIECE_SCALE
from transforms.extract.tokens import LINE_BREAK
from transforms.extract.word_features import (
    AFFIX_BUCKETS,
    MARKS,
    SHAPES,
    affixes_of,
    pieces_of,
    seen_as,
    shape_of,
)

COLUMNS = ("tags", "names", "heads", "sources", "meant", "named")
PIECE_WIDTH = 256  # principal components of the piece vectors that are kept
KNOWN_FROM, KNOWN_MOST = 25, 30_000  # least count of a word with its own vector, and most such words


def pack(groups: list[list[Document]], held_out: int) -> dict[str, np.ndarray]:
    """Join all documents into arrays. The last `held_out` groups are marked as held out from training."""
    documents = [document for group in groups for document in group]
    counts = Counter(word for document in documents for word in document.tokens.words)
    words = [word for word, _ in counts.most_common()]
    number = {word: i for i, word in enumerate(words)}
    arrays: dict[str, Any] = {
        "words": np.array([number[word] for d in documents for word in d.tokens.words], np.int32),
        "quoted": np.array([mark for d in documents for mark in d.tokens.quoted], np.int8),
        "lengths": np.array([len(d.tokens) for d in documents], np.int32),
        "times": np.array([d.times for d in documents], np.float32),
        "article": np.array([i for i, group in enumerate(groups) for _ in group], np.int32),
        "held_out": np.array([i >= len(groups) - held_out for i, group in enumerate(groups) for _ in group]),
        "line_break": np.array(number.get(LINE_BREAK, NOTHING)),
    }
    for name in COLUMNS:
        small = np.int8 if name in ("tags", "names") else np.int16
        arrays[name] = np.concatenate([getattr(d, name) for d in documents]).astype(small)
    return arrays | pack_words(words, counts)


def pack_words(words: list[str], counts: Counter[str]) -> dict[str, np.ndarray]:
    """Return the features of each word and the ids of its pieces, padded with NOTHING."""
    common = Counter[str]()
    for word, count in counts.items():
        common[word.lower()] += count
    known = [word for word, count in common.most_common(KNOWN_MOST) if count >= KNOWN_FROM]
    index = {word: i for i, word in enumerate(known, start=1)}
    seen = list(map(seen_as, words))
    vocabulary = read_vocabulary(default_folder())
    pieces = [pieces_of(word, vocabulary) for word in seen]
    longest = max(map(len, pieces))
    padded = np.full((len(words), longest), NOTHING, np.int16)
    for row, found in zip(padded, pieces, strict=True):
        row[: len(found)] = found
    features = [(*affixes_of(word), shape_of(word), index.get(word.lower(), 0)) for word in seen]
    return {
        "pieces": padded,
        "features": np.array(features, np.int32),
        "known_words": np.array(known),
        "sizes": np.array([AFFIX_BUCKETS, len(SHAPES) + len(MARKS)]),
    }


def encoder_pieces(vocabulary: list[str]) -> np.ndarray:
    """Return the ids, in the vocabulary of the teachers' encoder, of all word pieces that the small network uses.

    `vocabulary` has the pieces of the encoder. A piece that the encoder lacks gets the id of "[UNK]".
    """
    theirs = {piece: i for i, piece in enumerate(vocabulary)}
    unknown = theirs["[UNK]"]
    return np.array([theirs.get(piece, unknown) for piece in read_vocabulary(default_folder())], np.int16)


def principal_parts(vectors: torch.Tensor) -> np.ndarray:
    """Return the first PIECE_WIDTH principal components of the vectors, in eight bits with one scale."""
    centred = vectors - vectors.mean(0)
    values, directions = torch.linalg.eigh(centred.T @ centred)
    directions = directions[:, values.argsort(descending=True)[:PIECE_WIDTH]]
    directions = directions * torch.sign(directions.sum(0, keepdim=True))
    parts = centred @ directions
    packed: np.ndarray = (
        torch.round(parts / parts.std() * PIECE_SCALE).clamp(-127, 127).to(torch.int8).numpy()
    )
    return packed


def read_texts(path: Path, most: int | None) -> list[str]:
    content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    texts = [json.loads(line)["text"] for line in content.splitlines() if line.strip()]
    return texts if most is None else random.Random(1).sample(texts, min(most, len(texts)))


def main() -> None:
    options = read_options()
    rng = random.Random(options.seed)
    groups: list[list[Document]] = []
    for path, times in options.statements:
        groups += read_statements(path, times, options.variants, rng)
    kept: list[list[Document]] = []
    for path, times in options.who:
        articles = list(read_lines(path))
        groups += read_who([a for a in articles if not is_held_out(a)], times, options.variants, rng)
        kept += read_who([a for a in articles if is_held_out(a)], times, 0, rng)
    for path, times in options.names:
        groups += read_names(path, times)
    for path, times in options.entities:
        groups += read_entities(path, times)
    for path, most in options.texts:
        groups += read_plain(read_texts(path, int(most) if most else None), 0)
    for path in options.held_out_names:
        kept += read_names(path, 0)
    arrays = pack(groups + kept, len(kept))
    vocabulary = options.encoder or default_folder()
    arrays["encoder_pieces"] = encoder_pieces(
        (vocabulary / "vocab.txt").read_text(encoding="utf-8").splitlines()
    )
    arrays["piece_vectors"] = principal_parts(piece_vectors(default_folder()))
    np.savez_compressed(options.out, allow_pickle=False, **arrays)
    print(f"{len(groups)} articles, {len(arrays['words']):,} words, {len(kept)} articles kept apart")


def parse_file(default: float) -> Any:
    def parse(text: str) -> tuple[Path, float]:
        path, _, number = text.rpartition(":")
        return (Path(path), float(number)) if path else (Path(text), default)

    return parse


def read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    for name in ("statements", "who", "names", "entities"):
        parser.add_argument(f"--{name}", type=parse_file(1), action="append", default=[])
    parser.add_argument("--texts", type=parse_file(0), action="append", default=[], help="FILE[:MOST]")
    parser.add_argument("--held-out-names", type=Path, action="append", default=[])
    parser.add_argument("--encoder", type=Path, help="folder with the vocab.txt of the teachers' encoder")
    parser.add_argument("--variants", type=int, default=3, help="variants of each article in other layouts")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, required=True)
    return parser.parse_args()


if __name__ == "__main__":
    main()
