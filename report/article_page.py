"""Show one article with its statements marked, as an HTML page or as text for the terminal.

The marks come from the offsets of the statements, not from a search for their text. Each piece of the body is escaped.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from report.templating import environment, replace_text
from schema.derive import literal
from schema.errors import UsageError
from schema.report_files import article_pages
from warehouse.files.connect import connect_readonly
from warehouse.query.span import Span

STRENGTH = ("cue", "source", "content")
# Rows are fetched by their place in the table: a search by id would unpack the long columns of all rows.
ARTICLES = """
    SELECT * EXCLUDE (header_spans) FROM articles
    WHERE rowid IN (SELECT rowid FROM articles WHERE article_id IN (SELECT unnest($ids)))
"""
# Only the best kind of match counts: id, path or address; start of an id; id of a statement; file name; headline.
FIND = """
    WITH fitting AS (
        SELECT
            article_id,
            CASE
                WHEN article_id = $wanted OR path = $wanted OR url = $wanted THEN 1
                WHEN article_id ^@ $beginning THEN 2
                WHEN suffix(path, '/' || $wanted) THEN 4
                WHEN contains(strip_accents(lower(headline)), strip_accents(lower($wanted))) THEN 5
            END AS way
        FROM articles
        UNION ALL
        SELECT article_id, 3 FROM statements WHERE statement_id ^@ $beginning
    )
    SELECT DISTINCT article_id, headline, published_on
    FROM (FROM fitting WHERE way IS NOT NULL QUALIFY way = min(way) OVER ()) JOIN articles USING (article_id)
    ORDER BY published_on DESC NULLS LAST, article_id LIMIT $most
"""
SHORTEST_ID = 6  # characters; a shorter start of an id counts as a word of a headline
MOST_SHOWN = 10
STATEMENTS = """
    WITH places AS MATERIALIZED (
        SELECT rowid AS place FROM statements WHERE article_id IN (SELECT unnest($ids)) AND $days
    ),
    said AS MATERIALIZED (
        SELECT s.* FROM places JOIN statements AS s ON s.rowid = places.place
    )
    SELECT s.*, a.name AS actor, a.kind AS actor_kind, o.name AS organization
    FROM said AS s
    LEFT JOIN actors AS a ON a.actor_id = s.actor_id AND a.kind <> 'nobody'
    LEFT JOIN actors AS o ON o.actor_id = s.organization_id
    ORDER BY s.seq_no
"""


class NoSuchArticle(UsageError):
    """No article, or more than one, fits the given id, path or address."""


@dataclass(frozen=True)
class Piece:
    """A piece of the body within which no mark begins or ends; `marks` are (seq_no, 'content' | 'cue' | 'source')."""

    text: str
    marks: tuple[tuple[int, str], ...]

    @property
    def strongest(self) -> str:
        """The mark to show if several overlap: a cue inside the content of another statement is shown as a cue."""
        parts = {part for _, part in self.marks}
        return next((part for part in STRENGTH if part in parts), "")

    @property
    def seq_no(self) -> int:
        """The `seq_no` of the statement to link to: the innermost statement with the strongest mark."""
        return max((no for no, part in self.marks if part == self.strongest), default=0)


def find_article(warehouse: Path, wanted: str) -> str:
    """Return the id of the only article that fits `wanted`; raise `NoSuchArticle` if none or several fit.

    `wanted` is the id of the article or of one of its statements, or the beginning of such an id; the path, file name
    or address of the article; or a part of its headline.
    """
    parameters = {
        "wanted": wanted,
        "beginning": wanted if len(wanted) >= SHORTEST_ID else "-",
        "most": MOST_SHOWN + 1,
    }
    with connect_readonly(warehouse) as connection:
        found = connection.execute(FIND, parameters).fetchall() if wanted else []
    if not found:
        raise NoSuchArticle(f"no article has this id, path, file name, address or headline: {wanted}")
    if len(found) > 1:
        shown = [
            f"{id_[:12]}  {day or 'no day    '}  {headline or ''}"
            for id_, headline, day in found[:MOST_SHOWN]
        ]
        more = ["..."] if len(found) > MOST_SHOWN else []
        raise NoSuchArticle("\n".join([f"several articles fit {wanted}; give the id of one:", *shown, *more]))
    return str(found[0][0])


def spans_of(statements: Iterable[dict[str, Any]]) -> list[tuple[int, int, int, str]]:
    """Return all spans of the statements as (start, end, seq_no, mark)."""
    spans = []
    for row in statements:
        spans += [(span["start"], span["end"], row["seq_no"], "content") for span in row["content_spans"]]
        for part in ("cue", "source"):
            if row[f"{part}_start"] is not None:
                spans.append((row[f"{part}_start"], row[f"{part}_end"], row["seq_no"], part))
    return spans


def cut(body: str, spans: Sequence[tuple[int, int, int, str]]) -> list[Piece]:
    """Cut the body wherever a mark begins or ends; all pieces together are the whole body."""
    begins, ends = defaultdict(list), defaultdict(list)
    for start, end, no, part in spans:
        begins[start].append((no, part))
        ends[end].append((no, part))
    active: Counter[tuple[int, str]] = Counter()
    pieces = []
    for start, end in pairwise(sorted({0, len(body), *begins, *ends})):
        active.update(begins[start])
        active.subtract(ends[start])
        pieces.append(
            Piece(body[start:end], tuple(sorted(mark for mark, count in active.items() if count > 0)))
        )
        active = +active
    return pieces


def read_marked(warehouse: Path, article_id: str) -> dict[str, Any]:
    """Return the `article`, `statements` and `pieces` of one published article."""
    with connect_readonly(warehouse) as connection:
        return _read(connection, [article_id])[article_id]


def write_page(warehouse: Path, article_id: str, out: Path) -> Path:
    """Write the page of one article, with its statements marked, to the file `out`."""
    out.parent.mkdir(parents=True, exist_ok=True)
    return replace_text(out, _render(read_marked(warehouse, article_id)))


def write_pages(warehouse: Path, article_ids: Iterable[str], folder: Path) -> list[str]:
    """Write a page for each published article, after removing the pages of an earlier report; return their ids."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in article_pages(folder):
        old.unlink()
    with connect_readonly(warehouse) as connection:
        marked = _read(connection, list(article_ids))
    for article_id, values in marked.items():
        replace_text(folder / f"{article_id}.html", _render(values))
    return list(marked)


def _render(marked: dict[str, Any]) -> str:
    return environment().get_template("article.html").render(marked)


def _read(connection: Any, article_ids: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Map the id of each published article to the values on its page, in the order of `article_ids`."""
    ids = f"[{', '.join(map(literal, article_ids))}]::VARCHAR[]"
    articles = connection.sql(ARTICLES.replace("$ids", ids)).pl()
    days = Span.of(articles["published_on"]).condition  # a statement has the day of its article
    statements = connection.sql(STATEMENTS.replace("$ids", ids).replace("$days", days)).pl()
    by_id = {row["article_id"]: row for row in articles.to_dicts()}
    said = defaultdict(list)
    for row in statements.to_dicts():
        if row.get("correction") != "deleted":  # older warehouses have no corrections of statements
            said[row["article_id"]].append(row)
    return {
        article_id: {
            "article": by_id[article_id],
            "statements": said[article_id],
            "pieces": cut(by_id[article_id]["body"], spans_of(said[article_id])),
        }
        for article_id in article_ids
        if article_id in by_id
    }
