"""Read annotated articles: the id of each word, with its tags and links.

The corpus is JSON Lines, one article per line: `{"article", "text", "statements": [{"content": [[start, end], ...],
"source": [[start, end]] | null, "cue": [[start, end]] | null, "optional": true | false}]}` with offsets in code points,
end exclusive. `optional` may be left out. Words that only an optional statement marks do not count in training.

Each content links to the head of its statement: the first word of the cue, or of the content if there is no cue. The
head links to the source, which may be anywhere in the text.
"""

from __future__ import annotations

import bisect
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from transforms.extract.spans import split_at_lines
from transforms.extract.tokens import LINE_BREAK, Tokens, tokenize
from transforms.extract.unwrap import unwrap

OUTSIDE, BEGIN, INSIDE = 0, 1, 2
CONTENT, CUE, SOURCE = 0, 1, 2
NOTHING = -1


@dataclass(frozen=True)
class Example:
    """One annotated article as arrays with one row per token: word ids, tags, and links to heads and sources."""

    text: str
    statements: list[dict[str, Any]]  # as annotated
    tokens: Tokens
    words: np.ndarray  # id of the word
    lines: np.ndarray  # number of the line
    tags: np.ndarray  # [tokens, 3 layers]
    head_of_content: np.ndarray  # head of the statement whose content holds the token, or NOTHING
    sources: np.ndarray  # [statements, 3]: head, first and last token of its source (the head itself if none)


def read_corpus(path: Path, numbers: dict[str, int]) -> list[Example]:
    """Read all articles of a file. Words that are not in `numbers` yet are added with the next id."""
    with path.open(encoding="utf-8") as lines:
        return [build_example(json.loads(line), numbers) for line in lines if line.strip()]


def build_example(article: dict[str, Any], numbers: dict[str, int]) -> Example:
    """Return the tags and links of one annotated article, and add new words to `numbers`."""
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


def _layers(tokens: Tokens, statement: dict[str, Any]) -> list[list[tuple[int, int]]]:
    """Return contents, cue and source as token spans; only contents are split at line breaks."""
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
    """Convert character spans to token spans: all overlapping tokens, except line breaks at either end."""
    found = []
    for start, end in spans or []:
        first, last = bisect.bisect_right(tokens.ends, start), bisect.bisect_left(tokens.starts, end)
        inside = [i for i in range(first, last) if tokens.words[i] != LINE_BREAK]
        if inside:
            found.append((inside[0], inside[-1] + 1))
    return found
