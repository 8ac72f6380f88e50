"""Annotated articles -> numbered words with their tags and links, cut into windows for training.

The corpus is JSON Lines, one article a line: `{"article", "text", "statements": [{"content": [[start, end], ...],
"source": [[start, end]] | null, "cue": [[start, end]] | null, "optional": true | false}]}` with offsets in code points,
end exclusive. `optional` may be left out. What only an optional statement marks counts neither way in training.

Each content belongs to the head of its statement: the first word of the cue, or of the content itself when there is no
cue. The head points at the source, wherever in the text that stands.
"""

from __future__ import annotations

import bisect
import gzip
import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from transforms.extract.spans import split_at_lines
from transforms.extract.tokens import LINE_BREAK, Tokens, tokenize
from transforms.extract.unwrap import unwrap

OUTSIDE, BEGIN, INSIDE = 0, 1, 2
CONTENT, CUE, SOURCE = 0, 1, 2
NOTHING = -1


@dataclass(frozen=True)
class Example:
    """One article. Arrays have one row a token."""

    text: str
    statements: list[dict]  # as annotated
    tokens: Tokens
    words: np.ndarray  # numbers of the words
    lines: np.ndarray  # number of the line
    tags: np.ndarray  # [tokens, 3 layers]
    head_of_content: np.ndarray  # head of the statement whose content a token belongs to, or NOTHING
    sources: np.ndarray  # [statements, 3]: head; first and last token of its source, or the head twice
    soft_tags: np.ndarray | None = None  # [tokens, 3 layers, 3 tags] in 255ths, which count instead of `tags`


@dataclass(frozen=True)
class Cut:
    """The tokens from `start` to `end` of one article."""

    example: Example
    start: int
    end: int


def read_corpus(path: Path, numbers: dict[str, int]) -> list[Example]:
    """All articles of a file; new words get the next number in `numbers`."""
    with path.open(encoding="utf-8") as lines:
        return [build_example(json.loads(line), numbers) for line in lines if line.strip()]


def build_example(article: dict, numbers: dict[str, int]) -> Example:
    """Tags and links of one annotated article; new words get the next number in `numbers`."""
    tokens = tokenize(unwrap(article["text"]))
    tags = np.zeros((len(tokens), 3), np.int64)
    heads = np.full(len(tokens), NOTHING)
    sources = []
    for statement in sorted(article["statements"], key=lambda s: not s.get("optional")):
        layers = _layers(tokens, statement)
        if not layers[CONTENT]:
            continue
        if statement.get("optional"):
            _mask(tags, layers)
            continue
        _tag(tags, layers)
        head = (layers[CUE] or layers[CONTENT])[0][0]
        for start, end in layers[CONTENT]:
            heads[start:end] = head
        first, end = layers[SOURCE][0] if layers[SOURCE] else (head, head + 1)
        sources.append((head, first, end - 1))
    words = np.array([numbers.setdefault(word, len(numbers)) for word in tokens.words], np.int64)
    lines = np.cumsum([word == LINE_BREAK for word in tokens.words])
    return Example(
        article["text"], article["statements"], tokens, words, lines, tags, heads,
        np.array(sources, np.int64).reshape(-1, 3),
    )  # fmt: skip


def read_labelled(path: Path, labels: dict[str, np.ndarray], numbers: dict[str, int]) -> Iterator[Example]:
    """The texts of a file (`{"text"}` a line, gzipped or not) with the labels that `label.py` made of it."""
    ends = np.cumsum(labels["lengths"])
    source_ends = np.cumsum(labels["source_counts"])
    for k, text in enumerate(read_texts(path)[: len(ends)]):
        tokens = tokenize(unwrap(text))
        own = slice(ends[k] - labels["lengths"][k], ends[k])
        if len(tokens) != labels["lengths"][k]:
            raise SystemExit(f"{path}: the labels are of another text in line {k + 1}")
        sources = labels["sources"][source_ends[k] - labels["source_counts"][k] : source_ends[k]]
        words = np.array([numbers.setdefault(word, len(numbers)) for word in tokens.words], np.int64)
        lines = np.cumsum([word == LINE_BREAK for word in tokens.words])
        soft = labels["tags"][own]
        yield Example(
            text, [], tokens, words, lines, soft.argmax(-1), labels["heads"][own].astype(np.int64),
            sources.astype(np.int64), soft,
        )  # fmt: skip


def read_texts(path: Path) -> list[str]:
    """The `text` of each line of a JSON Lines file, gzipped or not."""
    content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    return [json.loads(line)["text"] for line in content.splitlines() if line.strip()]


def _layers(tokens: Tokens, statement: dict) -> list[list[tuple[int, int]]]:
    """Contents, cue and source as token spans; contents end at line breaks, cue and source are one span each."""
    contents = [
        line for span in token_spans(tokens, statement["content"]) for line in split_at_lines(tokens, span)
    ]
    return [contents, *(token_spans(tokens, statement[part])[:1] for part in ("cue", "source"))]


def _tag(tags: np.ndarray, layers: list[list[tuple[int, int]]]) -> None:
    for layer, spans in enumerate(layers):
        for start, end in spans:
            tags[start:end, layer] = INSIDE
            tags[start, layer] = BEGIN


def _mask(tags: np.ndarray, layers: list[list[tuple[int, int]]]) -> None:
    for layer, spans in enumerate(layers):
        for start, end in spans:
            tags[start:end, layer] = NOTHING


def token_spans(tokens: Tokens, spans: list[list[int]] | None) -> list[tuple[int, int]]:
    """Spans of the text as spans of its tokens: those that share a character, without line breaks at the ends."""
    found = []
    for start, end in spans or []:
        first, last = bisect.bisect_right(tokens.ends, start), bisect.bisect_left(tokens.starts, end)
        inside = [i for i in range(first, last) if tokens.words[i] != LINE_BREAK]
        if inside:
            found.append((inside[0], inside[-1] + 1))
    return found


def cut_examples(examples: list[Example], size: int, rng: random.Random) -> Iterator[Cut]:
    """Windows of at most `size` tokens that begin at line breaks; the first of an article is of random length."""
    for example in examples:
        start = last = 0
        limit = rng.randint(size // 3, size)
        breaks = [i for i, word in enumerate(example.tokens.words) if word == LINE_BREAK]
        for i in [*breaks, len(example.words)]:
            if i - start > limit and last > start:
                yield Cut(example, start, last)
                start, limit = last, size
            while i - start > size:
                yield Cut(example, start, start + size)
                start += size
            last = i
        if last > start:
            yield Cut(example, start, last)


def batches(cuts: list[Cut], size: int, rng: random.Random) -> list[list[Cut]]:
    """Shuffled batches of `size` windows of like length."""
    rng.shuffle(cuts)
    pools = [
        sorted(cuts[i : i + size * 20], key=lambda c: c.end - c.start) for i in range(0, len(cuts), size * 20)
    ]
    found = [pool[i : i + size] for pool in pools for i in range(0, len(pool), size)]
    rng.shuffle(found)
    return found
