"""Pack texts without annotation for `distil.py`: `python -m training.plain_texts --texts FILE[:MOST] --out TEXTS.npz`.

The file holds only numbers: the words of each text as indices of distinct words, and for each distinct word its pieces
and features in the tables of `tagger.npz`. So a machine with a GPU needs PyTorch and numpy but not the product.
`--who` and `--statements` take annotated articles, of which only the texts are used; articles that `who.py` holds out
are left out. One text in KEPT is marked as held out.
"""

from __future__ import annotations

import argparse
import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np

import models
from training.documents import Document, read_lines, read_plain, read_statements, read_who
from training.pack import parse_file, read_texts
from training.who import is_held_out
from transforms.extract.tokens import LINE_BREAK
from transforms.extract.word_features import affixes_of, pieces_of, seen_as, shape_of
from transforms.language import ENGLISH

KEPT = 80
VARIANTS = 2  # of each annotated article in other layouts


def pack(documents: list[Document], tables: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Return the words of all documents as arrays. The ids of words are split into bytes, which compress well."""
    counts = Counter(word for document in documents for word in document.tokens.words)
    words = [word for word, _ in counts.most_common()]
    number = {word: i for i, word in enumerate(words)}
    ids = np.array([number[word] for document in documents for word in document.tokens.words], np.uint32)
    return {
        "words": ids.view(np.uint8).reshape(-1, 4).T[:3],
        "quoted": np.array([mark for document in documents for mark in document.tokens.quoted], np.uint8),
        "lengths": np.array([len(document.tokens) for document in documents], np.int32),
        "held_out": np.arange(len(documents)) % KEPT == 0,
        "line_break": np.array(number[LINE_BREAK]),
    } | word_features(words, tables)


def word_features(words: list[str], tables: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Return the pieces of all words in a row, how many each word has, and each word's affixes, shape and own id."""
    vocabulary = {piece: i for i, piece in enumerate(tables["vocabulary"].tolist())}
    known = {word: i for i, word in enumerate(tables["known_words"].tolist(), start=1)}
    seen = list(map(seen_as, words))
    pieces = [pieces_of(word, vocabulary) for word in seen]
    features = [(*affixes_of(word), shape_of(word), known.get(word.lower(), 0)) for word in seen]
    return {
        "pieces": np.array([piece for found in pieces for piece in found], np.uint16),
        "piece_counts": np.array([len(found) for found in pieces], np.uint8),
        "features": np.array(features, np.uint16),
    }


def read_all(options: argparse.Namespace) -> Iterator[Document]:
    """Yield the texts of all files, and variants of the annotated articles."""
    rng = random.Random(options.seed)
    for path in options.statements:
        for group in read_statements(path, 0, VARIANTS, rng):
            yield from group
    for path in options.who:
        articles = [article for article in read_lines(path) if not is_held_out(article)]
        for group in read_who(articles, 0, VARIANTS, rng):
            yield from group
    for path, most in options.texts:
        for group in read_plain(read_texts(path, int(most) if most else None), 0):
            yield from group


def main() -> None:
    options = read_options()
    with np.load(options.tables, allow_pickle=False) as stored:
        tables = {name: stored[name] for name in ("vocabulary", "known_words")}
    documents = list(read_all(options))
    arrays = pack(documents, tables)
    np.savez_compressed(options.out, allow_pickle=False, **arrays)
    print(f"{len(documents)} texts, {arrays['words'].shape[1]:,} words, {len(arrays['features']):,} distinct")


def read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--statements", type=Path, action="append", default=[])
    parser.add_argument("--who", type=Path, action="append", default=[])
    parser.add_argument("--texts", type=parse_file(0), action="append", default=[], help="FILE[:MOST]")
    parser.add_argument(
        "--tables", type=Path, default=Path(models.__file__).parent / ENGLISH.models.tagger_weights
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, required=True)
    return parser.parse_args()


if __name__ == "__main__":
    main()
