"""Run the tagger, which estimates for each word whether it is in a source, cue, content or name, and how words link.

The network in `models/` (see its card) runs with onnxruntime on one core. The vector of a word depends only on its
letters and is cached, so a window costs one look-up of vectors and one run of the network.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import accumulate, chain, compress, islice, pairwise
from pathlib import Path

import numpy as np
import onnxruntime
from numpy.lib.stride_tricks import sliding_window_view

import models
from transforms.extract.distances import spread_bias
from transforms.extract.tokens import LINE_BREAK, Tokens, tokenize
from transforms.extract.word_features import affixes_of, pieces_of, seen_as, shape_of
from transforms.language import ENGLISH, Language

onnxruntime.disable_telemetry_events()  # for callers outside `flows`, which disables all telemetry

WINDOW = 900  # tokens; few articles are longer
SHARED_RUN = 300  # tokens of several windows in a run of the network; longer runs would save nothing
KNOWN_WORDS_KEPT = 50_000
AT_ONCE = 32  # windows whose words are looked up together
BLOCK = 256  # words whose vectors are computed together
LAYERS, TAGS = 3, 3
LINK_VECTORS = 8

WindowWords = tuple[list[str], list[int]]  # the words of a window, and their `Tokens.quoted`
Output = tuple[np.ndarray, np.ndarray, np.ndarray]  # `tags`, `names` and `links` of a Window


@dataclass(frozen=True)
class Window:
    """Output of the network for `tokens[start:end]`: log-probabilities and link vectors, one row per token."""

    tokens: Tokens
    start: int
    end: int
    tags: np.ndarray  # [tokens, 3 layers (content, cue, source), 3 tags (outside, begin, inside)]
    names: np.ndarray  # [tokens, 11]: outside, then begin and inside of each kind of name (`names.KINDS`)
    # [tokens, 8, link width]: two vectors for each of four kinds of links: content -> its head; head -> first word of
    # its source; head -> last word of its source; source or head -> the name that it refers to
    links: np.ndarray

    @cached_property
    def breaks(self) -> list[int]:
        """The line breaks among the tokens, counted from the start of the window."""
        words = self.tokens.words[self.start : self.end]
        return [i for i, word in enumerate(words) if word == LINE_BREAK]


class WordVectors:
    """The vectors of words, each computed once and cached."""

    def __init__(self, weights: dict[str, np.ndarray]) -> None:
        self._weights = weights
        for name in ("mix_weight", "mix_bias", "out_weight", "out_bias"):
            weights[name] = weights[name].astype(np.float64)
        self._vocabulary = {piece: i for i, piece in enumerate(weights["vocabulary"].tolist())}
        self._known = {word: i for i, word in enumerate(weights["known_words"].tolist(), start=1)}
        self._forget()

    def _forget(self) -> None:
        self._row: dict[str, int] = {}
        self._table = np.zeros((4096, self._weights["out_bias"].size), np.float32)

    def rows(self, texts: Sequence[list[str]]) -> list[np.ndarray]:
        """Return the indices of the rows in `table` for the words of each text."""
        if len(self._row) > KNOWN_WORDS_KEPT:
            self._forget()
        new = list(dict.fromkeys(word for words in texts for word in words if word not in self._row))
        if new:
            self._learn(new)
        return [np.fromiter(map(self._row.__getitem__, words), np.int64, len(words)) for words in texts]

    @property
    def table(self) -> np.ndarray:
        return self._table

    def of_pieces(self, words: Sequence[str]) -> np.ndarray:
        """Return an array [words, width]: the mean vector of the pieces of each word."""
        w = self._weights
        pieces = [pieces_of(seen_as(word), self._vocabulary) for word in words]
        counts = np.array([len(found) for found in pieces])
        means = np.zeros((len(words), w["pieces_scale"].size), np.float32)
        if (has_some := counts > 0).any():
            vectors = w["pieces"][list(chain.from_iterable(pieces))].astype(np.float32)
            counts = counts[has_some]
            sums = np.add.reduceat(vectors, np.cumsum(counts) - counts)
            means[has_some] = sums / counts[:, None].astype(np.float32) * w["pieces_scale"]
        return means

    def of_word(self, word: str) -> np.ndarray:
        """Return what `of_pieces` returns for one word, in a third of its time."""
        scale = self._weights["pieces_scale"]
        pieces = pieces_of(seen_as(word), self._vocabulary)
        if not pieces:
            return np.zeros(scale.size, np.float32)
        total = np.add.reduce(self._weights["pieces"][pieces].astype(np.float32))
        vector: np.ndarray = total / np.float32(len(pieces)) * scale
        return vector

    def _learn(self, words: list[str]) -> None:
        first = len(self._row)
        while len(self._table) < first + len(words):
            self._table = np.concatenate([self._table, np.zeros_like(self._table)])
        for start in range(0, len(words), BLOCK):
            block = list(map(seen_as, words[start : start + BLOCK]))
            self._table[first + start : first + start + len(block)] = self._embed(block)[: len(block)]
        self._row.update(zip(words, range(first, first + len(words)), strict=True))

    def _embed(self, words: list[str]) -> np.ndarray:
        """Compute vectors, always of BLOCK rows (padded).

        With some processors, the rounding of a product depends on the place and number of the rows. So it is computed
        in double precision, and its result has the same single precision wherever a word stands.
        """
        words = [*words, *[LINE_BREAK] * (BLOCK - len(words))]
        w = self._weights
        x = self.of_pieces(words)
        affixes = np.array([affixes_of(word) for word in words])
        known = np.array([self._known.get(word.lower(), 0) for word in words])
        shapes = np.array([shape_of(word) for word in words])
        columns = {"prefix": affixes[:, 0], "suffix2": affixes[:, 1], "suffix3": affixes[:, 2],
                   "shape": shapes, "known": known}  # fmt: skip
        parts = np.concatenate([w[name][ids] for name, ids in columns.items()], 1)
        x = x + parts.astype(np.float64) @ w["mix_weight"] + w["mix_bias"]
        vectors: np.ndarray = (x / (1 + np.exp(-x))) @ w["out_weight"] + w["out_bias"] + x
        return vectors.astype(np.float32)


class Tagger:
    """Runs the tagger's network on texts, window by window."""

    def __init__(self, folder: Path, language: Language = ENGLISH) -> None:
        with np.load(folder / language.models.tagger_weights, allow_pickle=False) as stored:
            weights = {name: stored[name] for name in stored.files}
        # [links, WINDOW + 2, WINDOW]: row i has the biases of the distances from i - WINDOW on
        self.distance_scores = sliding_window_view(
            spread_bias(weights.pop("distance_bias"), WINDOW), WINDOW, axis=1
        )
        self.line_bias = weights.pop("line_bias")
        self.calibration: list[float] = weights.pop("calibration").tolist()
        self._vectors = WordVectors({k: v if k == "pieces" else _as_float32(v) for k, v in weights.items()})
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3
        self._network = onnxruntime.InferenceSession(
            str(folder / language.models.tagger_network), options, providers=["CPUExecutionProvider"]
        )
        reaches = json.loads(self._network.get_modelmeta().custom_metadata_map["reaches"])
        # The vectors of the words of a run.
        self._own = np.empty((WINDOW, self._vectors.table.shape[1]), np.float32)
        offsets = np.array([(-reach, 0, reach) for reach in reaches], np.int32).ravel()
        # [WINDOW, offsets]: the indices of the words around each word. As unsigned numbers, negative ones are large.
        self._near = (np.arange(WINDOW, dtype=np.int32)[:, None] + offsets).view(np.uint32)

    def piece_vector(self, word: str) -> np.ndarray:
        """Return the vector of a word's pieces, which reflects its meaning (see `meanings`)."""
        return self._vectors.of_word(word)

    def piece_vectors(self, words: Sequence[str]) -> np.ndarray:
        """Return an array [words, width]: the `piece_vector` of each word."""
        return self._vectors.of_pieces(words)

    def tag(self, texts: Sequence[str]) -> list[list[Window]]:
        """Return the windows of each text, in order. All windows are in memory at once."""
        windows: list[list[Window]] = [[] for _ in texts]
        for number, window in self.tag_each([tokenize(text) for text in texts]):
            windows[number].append(window)
        return windows

    def tag_each(self, texts: Sequence[Tokens]) -> Iterator[tuple[int, Window]]:
        """Yield the windows of the texts in order, each with the index of its text.

        If a window equals the previous window, the result is reused, since a text may repeat one line a hundred
        thousand times.
        """
        last: WindowWords | None = None
        output: Output
        windows = ((number, *window) for number, tokens in enumerate(texts) for window in cut_windows(tokens))
        while some := list(islice(windows, AT_ONCE)):
            asked = [
                (texts[number].words[start:end], texts[number].quoted[start:end])
                for number, start, end in some
            ]
            is_new = [own != before for before, own in zip([last, *asked], asked, strict=False)]
            outputs = self._run_all(list(compress(asked, is_new)))
            for (number, start, end), new in zip(some, is_new, strict=True):
                if new:
                    output = next(outputs)
                yield number, Window(texts[number], start, end, *output)
            last = asked[-1]

    def _run_all(self, windows: Sequence[WindowWords]) -> Iterator[Output]:
        """Yield the tags, names and links of each window.

        Short windows share a run of the network, which saves time. The network rounds numbers in the same steps in
        every run, so the results for a word depend only on the words around it.
        """
        rows = self._vectors.rows([words for words, _ in windows])
        first = 0
        while first < len(windows):
            ends = list(accumulate(map(len, rows[first:])))
            count = max(1, bisect_right(ends, SHARED_RUN))
            quoted = [mark for _, marks in windows[first : first + count] for mark in marks]
            tags, names, links = self._run(rows[first : first + count], quoted)
            for start, end in pairwise([0, *ends[:count]]):
                yield tags[start:end], names[start:end], links[start:end]
            first += count

    def _run(self, rows: Sequence[np.ndarray], quoted: list[int]) -> Output:
        """Return the tags, names and links of windows, which have at most WINDOW tokens together."""
        tags, links = self._network.run(None, self._inputs(rows, quoted))
        # numpy works several times as fast on columns as on such short rows.
        columns = np.ascontiguousarray(tags.T)
        own, names = columns[: LAYERS * TAGS].reshape(LAYERS, TAGS, -1), columns[LAYERS * TAGS :]
        _normalise(own.swapaxes(0, 1))
        _normalise(names)
        return (
            own.transpose(2, 0, 1),
            np.ascontiguousarray(names.T),
            links.reshape(len(tags), LINK_VECTORS, -1),
        )

    def inputs_of(self, words: list[str], quoted: list[int]) -> dict[str, np.ndarray]:
        """Return the inputs of the network for one window; the next call overwrites them."""
        return self._inputs(self._vectors.rows([words]), quoted)

    def _inputs(self, rows: Sequence[np.ndarray], quoted: list[int]) -> dict[str, np.ndarray]:
        return {
            # The copy goes to memory that is reused; new memory for each run would take ten times as long.
            "vectors": np.take(
                self._vectors.table, np.concatenate(rows), 0, self._own[: len(quoted)], "clip"
            ),
            "quoted": np.array(quoted, np.int64),
            "near": self._find_near([len(own) for own in rows]),
        }

    def _find_near(self, sizes: Sequence[int]) -> np.ndarray:
        """Return an array [words, offsets]: the indices of the words around each word of windows of these sizes.

        If a window has no such word, the index is the number of words in all windows.
        """
        total, start = sum(sizes), 0
        parts: list[np.ndarray] = []
        for size in sizes:
            near = self._near[:size]
            parts.append(np.where(near < size, near + np.uint32(start), np.uint32(total)))
            start += size
        return np.concatenate(parts).view(np.int32)


def cut_windows(tokens: Tokens) -> Iterator[tuple[int, int]]:
    """Yield windows of at most WINDOW tokens that end at line breaks; only longer lines are cut inside."""
    start = last = 0
    for i in [*(i for i, word in enumerate(tokens.words) if word == LINE_BREAK), len(tokens)]:
        if i - start > WINDOW and last > start:
            yield start, last
            start = last
        while i - start > WINDOW:
            yield start, start + WINDOW
            start += WINDOW
        last = i
    if last > start:
        yield start, last


def _as_float32(values: np.ndarray) -> np.ndarray:
    return values.astype(np.float32) if values.dtype == np.float16 else values


def _normalise(scores: np.ndarray) -> None:
    """Turn scores [labels, ..., tokens] into log-probabilities, in place.

    The labels are added in the order in which numpy adds the values of a row.
    """
    scores -= np.maximum.reduce(scores)
    chances = np.exp(scores)
    if len(chances) < 8:
        sums, rest = chances[0] + chances[1], chances[2:]
    else:
        a, b, c, d, e, f, g, h = chances[:8]
        sums, rest = ((a + b) + (c + d)) + ((e + f) + (g + h)), chances[8:]
    for chance in rest:
        sums += chance
    scores -= np.log(sums, out=sums)


@cache
def load_tagger(language: Language = ENGLISH) -> Tagger:
    """Return the tagger of a language in `models/`, loaded once per process."""
    return Tagger(Path(models.__file__).parent, language)
