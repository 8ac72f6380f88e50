"""Read pairs of statements and subjects from warehouses, and pack them into arrays for `stance.py`.

    python -m training.stance_pairs LABELS WAREHOUSE... --vocabulary vocab.txt --out PACK

LABELS has lines `part<TAB>statement_id<TAB>actor_id<TAB>stance`, where the part is "train" or "test". The teachers
label the pairs that it does not list, except those of warehouses that have test pairs.

The pack holds only numbers, so a machine for training needs PyTorch and numpy but not the product. It has each pair
twice: as words, as the model of the pipeline reads it, and as word pieces of MPNet, as a teacher reads it.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple
from zlib import crc32

import numpy as np

from schema.column_values import STANCES
from transforms.extract.tokens import LINE_BREAK
from transforms.extract.word_features import pieces_of, seen_as
from transforms.statements.stance_features import (
    CONTENT,
    CUE,
    MOST_PIECES,
    SOURCE,
    SUBJECT,
    kind_of,
)
from transforms.statements.stances import Margins, Place, View, is_hidden, read_views

FOLDS = 5
MOST_CONTEXT = Margins(before=160, after=80, most=1000)  # of a teacher
MOST_LONG = 300  # pieces that a teacher reads
FEWEST_LETTERS = 25  # shorter contents are left out
RUN = 20  # letters from which a shared beginning counts
UNLABELLED, NO_PIECE = -1, 65535
POOL, TRAIN, TEST = 0, 1, 2
PARTS = {"train": TRAIN, "test": TEST}
HIDDEN = 128  # mark of the pieces of the subject's name
FIRST, LAST = 0, 2  # MPNet's ids of its end marks
MARKERS = {
    CONTENT: 0,
    SUBJECT: 2,
    CUE: 4,
    SOURCE: 6,
}  # numbers of the unused pieces that open spans; the next closes

PAIRS = """
SELECT statement_id, sa.actor_id, article_id, body, content_spans, cue_start, cue_end, source_start, source_end,
    (SELECT list({'start': m.start, 'end': m."end"} ORDER BY m.start) FROM mentions AS m
     WHERE m.article_id = s.article_id AND m.actor_id = sa.actor_id) AS subject_spans
FROM statements AS s JOIN articles AS a USING (article_id) JOIN statement_actors AS sa USING (statement_id)
    JOIN actors AS x ON x.actor_id = sa.actor_id
WHERE sa.relation = 'mentioned' AND x.kind IN ('person', 'organization', 'country', 'group')
    AND sa.actor_id IS DISTINCT FROM s.actor_id AND s.parent_statement_id IS NULL AND NOT s.is_headline
ORDER BY ALL
"""


class Pair(NamedTuple):
    """A statement and an actor whom it mentions, with the text of the article."""

    key: tuple[str, str]  # statement and actor
    article_id: str
    body: str
    place: Place


def read_pairs(warehouse: Path) -> Iterator[Pair]:
    """Yield the pairs of a warehouse whose statement is long enough and mentions the subject inside its content."""
    import duckdb

    with duckdb.connect(str(warehouse), read_only=True) as connection:
        rows = connection.sql(PAIRS).fetchall()
    for statement, actor, article, body, content, cue, cue_end, source, source_end, subject in rows:
        place = Place(
            _spans(content),
            None if cue is None else (cue, cue_end),
            None if source is None else (source, source_end),
            _spans(subject or []),
        )
        is_inside = any(a <= s and e <= b for s, e in place.subject for a, b in place.content)
        if is_inside and sum(end - start for start, end in place.content) >= FEWEST_LETTERS:
            yield Pair((statement, actor), article, body, place)


def _spans(rows: Sequence[Mapping[str, int]]) -> list[tuple[int, int]]:
    return [(row["start"], row["end"]) for row in rows]


def pack(
    pairs: Sequence[Pair],
    labels: Mapping[tuple[str, str], tuple[int, int]],
    piece_vocabulary: dict[str, int],
    teacher_vocabulary: dict[str, int],
) -> dict[str, Any]:
    """Return the arrays of the pairs. `labels` has the part and the stance of the labelled pairs."""
    own = list(read_views(((p.body, p.place) for p in pairs), Margins()))
    wide = read_views(((p.body, p.place) for p in pairs), MOST_CONTEXT)
    framed = [frame(view, teacher_vocabulary) for view in wide]
    words = sorted({word for view in own for word in view.words})
    number = {word: i for i, word in enumerate(words)}
    word_pieces = np.full((len(words), MOST_PIECES), NO_PIECE, np.uint16)
    for i, word in enumerate(words):
        found = pieces_of(seen_as(word), piece_vocabulary)[:MOST_PIECES]
        word_pieces[i, : len(found)] = found
    known = [labels.get(pair.key, (POOL, UNLABELLED)) for pair in pairs]
    return {
        "words": np.array([number[word] for view in own for word in view.words], np.int32),
        "marks": np.concatenate([view.marks for view in own]),
        "lengths": np.array([len(view.words) for view in own], np.int16),
        "word_pieces": word_pieces,
        "word_kinds": np.array([kind_of(seen_as(word)) for word in words], np.uint8),
        "pieces": np.concatenate([pieces for pieces, _ in framed]),
        "piece_marks": np.concatenate([marks for _, marks in framed]),
        "piece_lengths": np.array([len(pieces) for pieces, _ in framed], np.int16),
        "parts": np.array([part for part, _ in known], np.int8),
        "labels": np.array([label for _, label in known], np.int8),
        "folds": np.array([crc32(pair.article_id.encode()) % FOLDS for pair in pairs], np.int8),
        "hidden_piece": np.array(teacher_vocabulary["[unused9]"]),
    }


def frame(view: View, vocabulary: dict[str, int]) -> tuple[np.ndarray, np.ndarray]:
    """Return the pieces of a view, with pieces that mark where spans begin and end, and the marks of each piece."""
    pieces, marks = [FIRST], [0]
    edges = [0, *view.marks.tolist(), 0]
    markers = {
        mark: (vocabulary[f"[unused{n}]"], vocabulary[f"[unused{n + 1}]"]) for mark, n in MARKERS.items()
    }
    for word, (before, mark) in zip([*view.words, ""], pairwise(edges), strict=True):
        closed = [close for kind, (_, close) in markers.items() if before & kind and not mark & kind]
        opened = [open_ for kind, (open_, _) in markers.items() if mark & kind and not before & kind]
        pieces += closed + opened
        marks += [0] * len(closed + opened)
        own = pieces_of(seen_as(word), vocabulary) if word and word != LINE_BREAK else []
        pieces += own
        marks += [mark | (HIDDEN if is_hidden(word, mark) else 0) if word else 0] * len(own)
    if len(pieces) > MOST_LONG:
        middle = next((i for i, mark in enumerate(marks) if mark & SUBJECT and mark & CONTENT), 0)
        first = min(max(middle - MOST_LONG // 2, 0), len(pieces) - MOST_LONG)
        pieces, marks = pieces[first : first + MOST_LONG], marks[first : first + MOST_LONG]
    return np.array([*pieces, LAST], np.uint16), np.array([*marks, 0], np.uint8)


def read_labels(path: Path) -> dict[tuple[str, str], tuple[int, int]]:
    """Map labelled pairs to their part and the index of their stance."""
    labels: dict[tuple[str, str], tuple[int, int]] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        part, statement, actor, stance = line.split("\t")
        labels[statement, actor] = (PARTS[part], STANCES.index(stance))
    return labels


def leave_out_tested(
    groups: Sequence[list[Pair]], labels: Mapping[tuple[str, str], tuple[int, int]]
) -> list[Pair]:
    """Join the pairs of several warehouses.

    From a warehouse with test pairs, only labelled pairs are kept. From the others, pairs whose statement begins with
    words of an article that has a test pair are left out. A pair of two warehouses is kept once.
    """
    bodies: dict[str, str] = {}
    kept = []
    for pairs in groups:
        tested = {p.article_id: _letters(p.body) for p in pairs if labels.get(p.key, (POOL,))[0] == TEST}
        kept += [pair for pair in pairs if pair.key in labels or not tested]
        bodies |= tested
    everything = "\n".join(bodies.values())
    runs = {everything[i : i + RUN] for i in range(len(everything))}

    def is_new(pair: Pair) -> bool:
        start, end = pair.place.content[0]
        words = _letters(pair.body[start : min(end, start + 60)])
        return len(words) <= RUN or words[:RUN] not in runs or words not in everything

    unique = {pair.key: pair for pair in reversed(kept)}
    return [
        pair
        for pair in reversed(unique.values())
        if pair.key in labels or (pair.article_id not in bodies and is_new(pair))
    ]


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("labels", type=Path)
    parser.add_argument("warehouses", type=Path, nargs="+")
    parser.add_argument("--vocabulary", type=Path, required=True, help="vocab.txt of all-mpnet-base-v2")
    parser.add_argument(
        "--tagger", type=Path, default=Path("models/tagger.npz"), help="has a vocabulary of pieces, too"
    )
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    labels = read_labels(options.labels)
    pairs = leave_out_tested([list(read_pairs(warehouse)) for warehouse in options.warehouses], labels)
    with np.load(options.tagger, allow_pickle=False) as stored:
        own = {piece: i for i, piece in enumerate(stored["vocabulary"].tolist())}
    lines = options.vocabulary.read_text(encoding="utf-8").splitlines()
    arrays = pack(pairs, labels, own, {piece: i for i, piece in enumerate(lines)})
    np.savez_compressed(options.out, **arrays)
    parts = np.bincount(arrays["parts"], minlength=3)
    print(
        f"{parts[TRAIN]} train, {parts[TEST]} test, {parts[POOL]} other pairs; {len(arrays['words'])} words"
    )


if __name__ == "__main__":
    main()
