"""Find statements and names in articles, as spans of the body."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any, NamedTuple

import numpy as np
import polars as pl
from threadpoolctl import threadpool_limits

from schema.column_values import SPANS
from transforms.extract.confidence import confidence
from transforms.extract.far_sources import replace_far_sources
from transforms.extract.name_finder import name_spans, read_names
from transforms.extract.nested import Content, may_nest, read_nested
from transforms.extract.pointers import read_pointers
from transforms.extract.repair import repair
from transforms.extract.span_decoder import read_statements
from transforms.extract.spans import content_pieces, text_span, trim_breaks
from transforms.extract.statement import Span, TokenStatement
from transforms.extract.tagger import Tagger, load_tagger
from transforms.extract.tokens import Tokens, tokenize_again
from transforms.extract.turns import find_attributed
from transforms.extract.unwrap import unwrap
from transforms.extract.viterbi import best_labels
from transforms.frames import FOUND_NAMES, FOUND_POINTERS, FOUND_STATEMENTS, frame_of, list_column

__all__ = ["EXTRACTOR_VERSION", "Found", "extract_statements", "find_names", "read_articles"]

# The model and, after the dot, the number of the rules around it. `onrecord rebuild --outdated` analyses again what any
# other version analysed, so a change of rules that finds other statements or speakers needs another number.
EXTRACTOR_VERSION = "tagger-6.1"
AT_ONCE = 32  # articles whose words are in memory at the same time
WINDOWS = 16  # windows whose link vectors are in memory together; the vectors take about 2 kB per word
LEAST_CONFIDENCE = 0.2  # unquoted statements with a lower confidence are dropped
OPENING_COST = np.array([1.5, -1.0, 0.0])  # of each content, cue and source, see `best_labels`


class Found(NamedTuple):
    """What the tagger found in articles: FOUND_STATEMENTS, FOUND_NAMES and FOUND_POINTERS frames."""

    statements: pl.DataFrame
    names: pl.DataFrame
    pointers: pl.DataFrame


def read_articles(articles: pl.DataFrame) -> Found:
    """Find the statements and names of each article, and the names that its sources and pronouns refer to.

    `articles` has `article_id` and `body`, which may be any text. Offsets are code points of the body; the pieces of a
    content are in the order of the text and do not overlap.
    """
    tagger = load_tagger()
    statements: list[dict[str, Any]] = []
    names: list[tuple[Any, ...]] = []
    pointers: list[tuple[Any, ...]] = []
    with threadpool_limits(1, "blas"):  # the products are too small for threads to help
        for part in articles.iter_slices(AT_ONCE):
            found = _read(part, tagger)
            statements += found[0]
            names += found[1]
            pointers += found[2]
    return Found(
        _statements_frame(statements),
        frame_of(names, FOUND_NAMES),
        frame_of(pointers, FOUND_POINTERS),
    )


def _statements_frame(rows: Sequence[dict[str, Any]]) -> pl.DataFrame:
    columns: dict[str, Any] = {name: [row[name] for row in rows] for name in FOUND_STATEMENTS}
    columns["content_spans"] = list_column(columns["content_spans"], SPANS)
    return pl.DataFrame(columns, FOUND_STATEMENTS)


def extract_statements(articles: pl.DataFrame) -> pl.DataFrame:
    """Find only the statements, as a FOUND_STATEMENTS frame."""
    return read_articles(articles).statements


def find_names(articles: pl.DataFrame) -> pl.DataFrame:
    """Find only the names, as a FOUND_NAMES frame."""
    return read_articles(articles).names


def _read(
    articles: pl.DataFrame, tagger: Tagger
) -> tuple[list[dict[str, Any]], list[tuple[Any, ...]], list[tuple[Any, ...]]]:
    ids = articles["article_id"].to_list()
    texts = [tokenize_again(unwrap(body)) for body in articles["body"]]
    read: list[list[TokenStatement]] = [[] for _ in texts]
    names: list[tuple[Any, ...]] = []
    pointers: list[tuple[Any, ...]] = []
    windows = tagger.tag_each(texts)
    while some := list(islice(windows, WINDOWS)):
        labels = best_labels([window.tags for _, window in some], OPENING_COST)
        for (number, window), best in zip(some, labels, strict=True):
            found = [repair(window.tokens, statement) for statement in read_statements(window, best, tagger)]
            read[number] += found
            spans = name_spans(window)
            names += ((ids[number], *name) for name in read_names(window, spans))
            pointers += ((ids[number], *pointer) for pointer in read_pointers(window, found, spans, tagger))
        some.clear()  # frees memory before the next windows are computed
    rows = [list(_rows(tokens, found, tagger)) for tokens, found in zip(texts, read, strict=True)]
    _add_nested(rows, texts, tagger)
    statements = [
        {"article_id": article_id, **row}
        for article_id, found in zip(ids, rows, strict=True)
        for row in _number(found)
    ]
    return statements, names, pointers


def _add_nested(rows: list[list[dict[str, Any]]], texts: list[Tokens], tagger: Tagger) -> None:
    """Add the statements nested in contents; `parent` is the row of the statement that contains such a statement."""
    contents = [
        (number, Content(parent, first, last))
        for number, (tokens, found) in enumerate(zip(texts, rows, strict=True))
        for parent, row in enumerate(found)
        for first, last in _token_spans(tokens, row)
        if may_nest(tokens, first, last)
    ]
    for number, parent, tokens, statement in read_nested(texts, contents, tagger, OPENING_COST):
        row = _row(tokens, statement, tagger.calibration)
        if row is not None:
            rows[number].append(row | {"parent": rows[number][parent]})


def _token_spans(tokens: Tokens, row: dict[str, Any]) -> Iterator[tuple[int, int]]:
    """Yield the token ranges [first, last) of the pieces of a content."""
    for span in row["content_spans"]:
        yield bisect_left(tokens.starts, span["start"]), bisect_left(tokens.starts, span["end"])


def _number(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Sort the rows in the order of the text, parents before nested statements, and add `seq_no` and `parent_no`."""
    ordered = sorted(rows, key=lambda row: (_start(row), "parent" in row))
    numbers = {id(row): number for number, row in enumerate(ordered, start=1)}
    return [
        {name: value for name, value in row.items() if name != "parent"}
        | {"seq_no": numbers[id(row)], "parent_no": numbers[id(row["parent"])] if "parent" in row else None}
        for row in ordered
    ]


def _start(row: dict[str, Any]) -> int:
    """Return the offset at which a statement begins: at its content or its cue (without a cue, its source)."""
    first: int = row["content_spans"][0]["start"]
    attributed: int | None = row["source_start"] if row["cue_start"] is None else row["cue_start"]
    return first if attributed is None else min(first, attributed)


def _rows(tokens: Tokens, read: list[TokenStatement], tagger: Tagger) -> Iterator[dict[str, Any]]:
    """Yield the rows of one article; where the layout attributes a statement, the tagger's statements are left out."""
    attributed = find_attributed(tokens)
    spans = [
        *attributed.questions,
        *(span for statement in attributed.statements for span in statement.spans),
    ]
    taken = {i for span in spans for i in range(*span)}
    kept = [statement for statement in read if taken.isdisjoint(statement.tokens)] if taken else read
    sources = _sources_without_cue(read) if attributed.statements else {}
    answers = [_with_source(statement, sources) for statement in attributed.statements]
    ordered = sorted([*replace_far_sources(tokens, kept), *answers], key=lambda statement: statement.start)
    for statement in ordered:
        row = _row(tokens, statement, tagger.calibration)
        if row is not None and (row["kind"] == "direct" or row["confidence"] >= LEAST_CONFIDENCE):
            yield row


def _sources_without_cue(read: list[TokenStatement]) -> dict[int, tuple[int, Span]]:
    """Map each token of the statements that have a source but no cue to the index and the source of its statement.

    If several such statements have the token, the first of them counts.
    """
    sources: dict[int, tuple[int, Span]] = {}
    for number, statement in enumerate(read):
        if statement.source and not statement.cue:
            for token in statement.tokens:
                sources.setdefault(token, (number, statement.source))
    return sources


def _with_source(answer: TokenStatement, sources: dict[int, tuple[int, Span]]) -> TokenStatement:
    """Return the answer, with a source from `sources` if it has none (see `_sources_without_cue`).

    The source is that of the first statement without a cue inside the answer.
    """
    if answer.source:
        return answer
    found = (sources[token] for token in answer.tokens if token in sources)
    return answer._replace(source=min(found, default=(0, None))[1])


def _row(tokens: Tokens, statement: TokenStatement, calibration: Sequence[float]) -> dict[str, Any] | None:
    pieces, kind = content_pieces(tokens, statement.contents)
    cue = statement.cue and trim_breaks(tokens, statement.cue)
    source = statement.source and trim_breaks(tokens, statement.source)
    if not pieces:
        return None
    cue_start, cue_end = text_span(tokens, cue) if cue else (None, None)
    source_start, source_end = text_span(tokens, source) if source else (None, None)
    return {
        "kind": "direct" if statement.by_layout else kind,
        "content_spans": [{"start": start, "end": end} for start, end in pieces],
        "cue_start": cue_start,
        "cue_end": cue_end,
        "source_start": source_start,
        "source_end": source_end,
        "confidence": confidence(statement, calibration),
    }
