"""Build the queries of a search from its address: hits, facets, days and the best rows.

A search writes its hits to one temporary table of a few columns, without texts; everything else is computed from this
table. In the SQL that a page shows, the hits are a CTE instead of a table, so that any DuckDB client can run it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any
from urllib.parse import urlencode

from report.explore.queries import Block, to_run, with_relations
from schema.column_values import CUE_CLASSES, SOURCE_TYPES, SPEAKER_RESOLUTIONS, STATEMENT_KINDS
from warehouse.query.live import Reading, Row, fill
from warehouse.query.marking import phrases_of
from warehouse.query.search import statement_scores_sql

PAGE_ROWS = 25
WHOLE = "counts of all statements"  # key in the cache that readers of one version share
MAX_PAGE = 400
MAX_TEXT = 300  # characters of a value in an address
FACET_ROWS = 8
SORTS = ("best", "new", "old")
BY = ("none", "outlet", "speaker")
CHOICES: dict[str, tuple[str, ...]] = {
    "kind": STATEMENT_KINDS,
    "cue": CUE_CLASSES,
    "source": SOURCE_TYPES,
    "naming": SPEAKER_RESOLUTIONS,
    "copies": ("all", "once"),
    "sort": SORTS,
    "by": BY,
}
FACETS = {  # facet -> column of the hits
    "speaker": "actor_id",
    "outlet": "outlet",
    "kind": "kind",
    "cue": "cue_class",
    "source": "source_type",
    "naming": "naming",
    "body": "organization_id",
    "country": "country",
    "role": "role",
}

ID = re.compile(r"[0-9a-f]{32}|country:[A-Z]{2}")  # the id of an actor; any other value is part of a name
PLAIN = "strip_accents(lower({}))"
CALLED = f"IN (SELECT actor_id FROM people WHERE contains(plain_name, {PLAIN.format('${0}')}))"
CONDITIONS = {
    "speaker": "s.actor_id {speaker}",
    "about": "s.statement_id IN (SELECT statement_id FROM statement_subjects WHERE subject_id {about})",
    "about_country": "s.statement_id IN (SELECT r.statement_id FROM statement_subjects AS r "
    "JOIN people AS t ON t.actor_id = r.subject_id WHERE t.country_code = upper($about_country))",
    "body": "(s.organization_id {body} OR s.actor_id {body})",
    "outlet": "s.outlet IN (SELECT outlet FROM outlets WHERE outlet = $outlet "
    f"OR (contains({PLAIN.format('outlet')}, {PLAIN.format('$outlet')}) "
    "AND NOT EXISTS (FROM outlets WHERE outlet = $outlet)))",
    "country": "s.country = upper($country)",
    "role": f"contains({PLAIN.format('s.role')}, {PLAIN.format('$role')})",
    "source": "s.source_type = $source",
    "naming": "s.naming = $naming",
    "kind": "s.kind = $kind",
    "cue": "s.cue_class = $cue",
    "since": "s.published_on >= $since",
    "until": "s.published_on <= $until",
    "confidence": "s.confidence >= $confidence",
    "run": "s.run_id = $run",
}
HITS = """SELECT
    s.statement_id, s.actor_id, s.organization_id, s.role, s.kind, s.cue_class, s.source_type, s.naming, s.published_on,
    s.outlet, s.country, {score} AS score{places}
FROM said AS s{index}{conditions}"""
PLACES = ", s.place, s.article_place"  # row numbers of the statement and its article
INDEX = "\nJOIN main.search_statements($q, best := 1000000000) AS h ON h.statement_id = s.statement_id"
INDEX_OF_TEXTS = "\nJOIN (\n{scores}\n) AS h ON h.text_no = s.text_no"
ONCE = """
QUALIFY row_number() OVER (PARTITION BY s.copy_key ORDER BY s.published_on, s.statement_id) = 1"""
ORDERS = {
    "best": "score DESC, published_on DESC NULLS LAST, statement_id",
    "new": "published_on DESC NULLS LAST, statement_id",
    "old": "published_on NULLS LAST, statement_id",
}
COLUMNS = """s.published_on, coalesce(a.outlet, a.agency) AS outlet, p.name AS speaker, s.role, f.name AS organization,
    s.cue, s.cue_class, s.kind, s.content AS statement, s.source, s.speaker_resolution AS naming, s.confidence,
    s.is_negated, s.modality, a.headline, page.score, p.kind AS speaker_kind, page.actor_id, page.organization_id,
    s.article_id, s.seq_no, s.statement_id{spans}
FROM page"""
ACTORS = """
LEFT JOIN people AS p ON p.actor_id = page.actor_id
LEFT JOIN people AS f ON f.actor_id = page.organization_id
ORDER BY {page_order}"""
ROWS = f"""page AS MATERIALIZED (
    SELECT statement_id, score, actor_id, organization_id
    FROM hits
    ORDER BY {{order}}
    LIMIT {{rows:d}} OFFSET {{skip:d}}
)

SELECT
    {COLUMNS}
JOIN (SELECT * FROM main.statements WHERE statement_id IN (SELECT statement_id FROM page)) AS s USING (statement_id)
JOIN main.articles AS a USING (article_id){ACTORS}"""
# Look rows up by row number: a filter on the id would decompress the long columns of all rows.
ROWS_AT = f"""page AS MATERIALIZED (
    SELECT place, article_place, score, actor_id, organization_id
    FROM hits
    ORDER BY {{order}}
    LIMIT {{rows:d}} OFFSET {{skip:d}}
)

SELECT
    {COLUMNS}
JOIN main.statements AS s ON s.rowid = page.place
JOIN main.articles AS a ON a.rowid = page.article_place{ACTORS}"""
# Let the relation `said` have row numbers, unless it is a table in memory, which has them.
SAID = "\n        s.statement_id, s.article_id, p.actor_id,"
SAID_AT = SAID.replace("s.statement_id", "s.rowid AS place, a.rowid AS article_place, s.statement_id")
TOTAL = "SELECT count(*) AS hits FROM hits"
# One query per facet: grouping sets would take five times as long.
COUNTS = f"""SELECT {{column}} AS value, count(*) AS hits
FROM hits
WHERE {{column}} IS NOT NULL
GROUP BY {{column}}
ORDER BY hits DESC, {{column}}
LIMIT {FACET_ROWS}"""
# Of all statements, the facets and days that publishing stores counts of.
STORED_FACETS = {
    facet: f"""SELECT {column} AS value, sum(statements)::BIGINT AS hits
FROM figures.counts
WHERE figure = '{figure}' AND {column} IS NOT NULL
GROUP BY {column}
ORDER BY hits DESC, {column}
LIMIT {FACET_ROWS}"""
    for facet, figure, column in (
        ("outlet", "source", "one"),
        ("source", "source", "other"),
        ("naming", "naming", "one"),
        ("kind", "naming", "other"),
    )
}
STORED_TOTAL = "SELECT coalesce(sum(statements), 0)::BIGINT AS hits FROM figures.counts WHERE figure = 'day'"
STORED_DAYS = """SELECT day, sum(statements)::BIGINT AS statements
FROM figures.counts
WHERE figure = 'day'
GROUP BY day
ORDER BY day"""
DAYS = "SELECT published_on AS day, count(*) AS statements FROM hits GROUP BY published_on ORDER BY day"
SERIES = """SELECT {column} AS series, published_on AS day, count(*) AS statements
FROM hits
WHERE {column} IN (SELECT {column} FROM hits WHERE {column} IS NOT NULL GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 6)
GROUP BY ALL
ORDER BY series, day"""


@dataclass(frozen=True)
class Search:
    """A search, as parsed from its address. Invalid values are ignored."""

    q: str = ""
    speaker: str = ""
    about: str = ""
    about_country: str = ""
    body: str = ""
    outlet: str = ""
    country: str = ""
    role: str = ""
    source: str = ""
    naming: str = ""
    kind: str = ""
    cue: str = ""
    since: str = ""
    until: str = ""
    undated: str = ""
    confidence: str = ""
    run: str = ""
    copies: str = "all"
    sort: str = ""
    by: str = "none"
    page: int = 1

    @classmethod
    def of(cls, given: Mapping[str, str]) -> Search:
        """Parse the search of an address, ignoring invalid values."""
        texts = {name: given.get(name, "").replace("\0", " ").strip()[:MAX_TEXT] for name in NAMES}
        for name, choices in CHOICES.items():
            if texts[name] not in choices:
                texts[name] = DEFAULTS[name]
        for name in ("since", "until"):
            texts[name] = _day(texts[name], is_last=name == "until")
        texts["confidence"] = _share(texts["confidence"])
        texts["undated"] = "1" if texts["undated"] else ""
        page = given.get("page", "")
        number = int(page) if page.isascii() and page.isdigit() and len(page) < 6 else 1
        return cls(**texts, page=min(max(number, 1), MAX_PAGE))

    @property
    def is_empty(self) -> bool:
        """Whether the search has neither words nor filters."""
        return not any(getattr(self, name) for name in NARROWING)

    @property
    def order(self) -> str:
        """The default order: best match first for a search with words, otherwise newest first."""
        return self.sort or ("best" if self.q else "new")

    def address(self, path: str = "/search", **changes: Any) -> str:
        """Return the address of this search with `changes`; a changed search begins at its first page."""
        changed = replace(self, **({"page": 1} | changes)) if changes else self
        given = {
            field.name: getattr(changed, field.name)
            for field in fields(changed)
            if getattr(changed, field.name) != field.default
        }
        return f"{path}?{urlencode(given)}" if given else path

    def narrowed(self) -> Iterator[tuple[str, str]]:
        """Yield the name and value of each filter, except the words."""
        yield from ((name, getattr(self, name)) for name in NARROWING if name != "q" and getattr(self, name))

    @property
    def params(self) -> dict[str, Any]:
        """The values to bind to the query; each phrase in the words is a separate parameter."""
        values: dict[str, Any] = {name: getattr(self, name) for name in CONDITIONS if getattr(self, name)}
        for name in ("since", "until"):
            if name in values:
                values[name] = date.fromisoformat(values[name])
        if "confidence" in values:
            values["confidence"] = float(values["confidence"])
        letters = (chr(ord("a") + number) for number in range(9))
        return (
            values
            | {"q": self.q}
            | {f"phrase_{at}": phrase for at, phrase in zip(letters, phrases_of(self.q), strict=False)}
        )

    def hits_sql(self, *, has_index: bool = True, has_kept: bool = False, has_places: bool = False) -> str:
        """Return the query for the hits: words match by the full-text index or, without one, as parts of the text.

        `has_kept` and `has_places` say whether `said` is a table in memory, and whether it has row numbers.
        """
        params = self.params
        called = {
            name: f"= ${name}" if ID.fullmatch(getattr(self, name)) else CALLED.format(name)
            for name in ("speaker", "about", "body")
        }
        conditions = [CONDITIONS[name].format(**called) for name in CONDITIONS if name in params]
        if self.undated:
            conditions.append("s.published_on IS NULL")
        is_ranked = bool(self.q) and has_index
        sql = HITS.format(
            score="h.score" if is_ranked else "0",
            places=PLACES if has_places else "",
            index=_index(has_kept=has_kept) if is_ranked else "",
            conditions="\nWHERE " + "\n    AND ".join(conditions) if conditions else "",
        )
        sql += ONCE if self.copies == "once" else ""
        tests = [
            f"contains({PLAIN.format('c.content')}, {PLAIN.format(f'${name}')})"
            for name in params
            if name.startswith("phrase_")
        ]
        if self.q and not has_index:
            tests.append(ALL_WORDS)
        return _with_texts(sql, tests, "c.rowid = w.place" if has_places else BY_ID) if tests else sql


BY_ID = "c.statement_id = w.statement_id"
ALL_WORDS = (
    "list_bool_and(list_transform(regexp_extract_all(strip_accents(lower($q)), '[\\pL\\pN]+'), "
    "lambda word: contains(strip_accents(lower(c.content)), word)))"
)


def _index(*, has_kept: bool) -> str:
    scores = statement_scores_sql().replace("\n", "\n    ")
    return INDEX_OF_TEXTS.format(scores=f"    {scores}") if has_kept else INDEX


def _with_texts(sql: str, tests: Sequence[str], join: str) -> str:
    """Restrict hits to statements whose text passes the tests, as the last step, when few texts are left to read."""
    # The tests depend on the hit too (which always has a score), or DuckDB would test the texts of all statements.
    hits, having = (
        sql.replace("\n", "\n    "),
        "\n    AND ".join(f"if(w.score IS NULL, false, {test})" for test in tests),
    )
    return (
        f"WITH worded AS MATERIALIZED (\n    {hits}\n)\n\n"
        f"SELECT w.*\nFROM worded AS w\nJOIN main.statements AS c ON {join}\nWHERE {having}"
    )


NAMES = tuple(field.name for field in fields(Search) if field.name != "page")
DEFAULTS = {field.name: str(field.default) for field in fields(Search)}
NARROWING = ("q", *CONDITIONS, "undated")


def _day(text: str, *, is_last: bool) -> str:
    """Return the first or last day of `2024`, `2024-05` or `2024-05-03`, in ISO 8601."""
    from calendar import monthrange

    parts = text.split("-")
    try:
        year, month = int(parts[0]), int(parts[1]) if len(parts) > 1 else 12 if is_last else 1
        day = int(parts[2]) if len(parts) > 2 else monthrange(year, month)[1] if is_last else 1
        return date(year, month, day).isoformat()
    except (ValueError, IndexError, OverflowError):
        return ""


def _share(text: str) -> str:
    try:
        value = float(text)
    except ValueError:
        return ""
    return f"{value:g}" if 0 < value <= 1 else ""


@dataclass(frozen=True)
class Found:
    """The result of a search: the number of hits, the facets, the counts by day, and the hits of one page."""

    total: int
    undated: int
    facets: dict[str, list[Row]]
    days: Block
    series: Block | None
    hits: Block
    pages: int


def find(reading: Reading, search: Search, prefix: str = "") -> Found:
    """Return everything that the search page shows; `prefix` keeps the tables of two searches in one reading apart."""
    is_whole = search.is_empty and search.copies == "all"
    hits = _make_hits(reading, search, "" if is_whole else f"hits{prefix}")
    counts, days = (
        _count_whole(reading, hits)
        if is_whole
        else (
            _count(reading, hits),
            hits.block(reading, DAYS, "days", search),
        )
    )
    total = counts["total"][0]["hits"]
    return Found(
        total=total,
        undated=next((row["statements"] for row in days.rows if row["day"] is None), 0),
        facets=counts,
        days=days,
        series=None
        if search.by == "none"
        else hits.block(reading, SERIES.format(column=FACETS[search.by]), "series", search),
        hits=hits.page(reading, search),
        pages=min(MAX_PAGE, -(-total // PAGE_ROWS)),
    )


def count_hits(reading: Reading, search: Search) -> int:
    """Count the statements that a search finds."""
    hits = _make_hits(reading, search, "")
    return int(reading.rows(hits.on_table(reading, TOTAL), hits.params)[0]["hits"])


def _count_whole(reading: Reading, hits: _Hits) -> tuple[dict[str, list[Row]], Block]:
    """Return facets and days of all statements, counted once per version."""
    if WHOLE not in reading.memory:
        is_stored = reading.edition.has_counts and not reading.edition.has_kept
        reading.memory[WHOLE] = (
            _read_stored(reading)
            if is_stored
            else (_count(reading, hits), hits.block(reading, DAYS, "days", Search()))
        )
    counted: tuple[dict[str, list[Row]], Block] = reading.memory[WHOLE]
    return counted


def _read_stored(reading: Reading) -> tuple[dict[str, list[Row]], Block]:
    """Return the days of all statements, and the facets whose counts publishing stores; other facets are empty."""
    facets: dict[str, list[Row]] = {
        facet: reading.rows(STORED_FACETS[facet]) if facet in STORED_FACETS else [] for facet in FACETS
    }
    days = Block("days", reading.rows(STORED_DAYS), STORED_DAYS, Search().address("/rows/days"))
    return facets | {"total": reading.rows(STORED_TOTAL)}, days


def read_all(reading: Reading, search: Search, name: str, rows: int) -> tuple[str, Mapping[str, Any]]:
    """Return the query and parameters for downloading a search: `search`, `days` or `series`."""
    hits = _make_hits(reading, search, "")
    sql = {
        "search": _rows_sql(replace(search, page=1), rows, has_places=_has_places(reading)),
        "days": DAYS,
        "series": SERIES.format(column=FACETS.get(search.by, "outlet")),
    }[name]
    return hits.on_table(reading, sql), search.params


@dataclass(frozen=True)
class _Hits:
    """The hits of a search, in a temporary table if `table` is set, and their query as run and as shown."""

    table: str
    run: str
    shown: str
    params: Mapping[str, Any]

    def block(self, reading: Reading, sql: str, name: str, search: Search) -> Block:
        rows = reading.rows(self.on_table(reading, sql), self.params)
        return Block(name, rows, self.fill(sql), search.address(f"/rows/{name}", page=1))

    def page(self, reading: Reading, search: Search) -> Block:
        """Return the rows of one page."""
        shown = self.fill(_rows_sql(search, has_spans=True))
        sql = _rows_sql(search, has_places=_has_places(reading), has_spans=True)
        rows = reading.rows(self.on_table(reading, sql), self.params)
        return Block("search", rows, shown, search.address("/rows/search", page=1))

    def fill(self, sql: str) -> str:
        return fill(with_relations(_in_front(self.shown, sql)), self.params)

    def on_table(self, reading: Reading, sql: str) -> str:
        if not self.table:
            return _to_run(reading, _in_front(self.run, sql))
        sql = sql.replace("FROM hits", f"FROM {self.table}")
        return _to_run(reading, f"WITH {sql}" if sql.startswith("page AS") else sql)


def _make_hits(reading: Reading, search: Search, table: str) -> _Hits:
    edition, params = reading.edition, search.params
    shown = search.hits_sql(has_index=edition.is_latest)
    run = search.hits_sql(
        has_index=edition.is_latest, has_kept=edition.has_kept, has_places=_has_places(reading)
    )
    if table:
        reading.run(f"CREATE TEMP TABLE {table} AS {_to_run(reading, run)}", params)
    return _Hits(table, run, shown, params)


def _has_places(reading: Reading) -> bool:
    """Whether rows can be looked up by row number: the tables of an older version are views without them."""
    return reading.edition.has_kept or reading.edition.is_latest


def _to_run(reading: Reading, sql: str) -> str:
    sql = to_run(reading, sql)
    return sql.replace(SAID, SAID_AT) if _has_places(reading) else sql


def _in_front(hits: str, sql: str) -> str:
    indented = hits.replace("\n", "\n    ")
    return f"WITH hits AS (\n    {indented}\n){',' if sql.startswith('page AS') else ''}\n\n{sql}"


def _rows_sql(
    search: Search, rows: int = PAGE_ROWS, *, has_places: bool = False, has_spans: bool = False
) -> str:
    order = ORDERS[search.order]
    return (ROWS_AT if has_places else ROWS).format(
        order=order,
        page_order=order.replace("published_on", "s.published_on").replace("statement_id", "s.statement_id"),
        rows=rows,
        skip=(search.page - 1) * PAGE_ROWS,
        spans=", s.content_spans" if has_spans else "",
    )


def _count(reading: Reading, hits: _Hits) -> dict[str, list[Row]]:
    """Count the most frequent values of each facet, with names in place of ids; `total` has one row."""
    facets = {
        facet: reading.rows(hits.on_table(reading, COUNTS.format(column=column)), hits.params)
        for facet, column in FACETS.items()
    }
    _name_actors(reading, [*facets["speaker"], *facets["body"]])
    return facets | {"total": reading.rows(hits.on_table(reading, TOTAL), hits.params)}


def _name_actors(reading: Reading, rows: list[Row]) -> None:
    names = names_of(reading, [row["value"] for row in rows])
    for row in rows:
        row["label"] = names.get(row["value"], row["value"])


def names_of(reading: Reading, ids: Sequence[str]) -> dict[str, str]:
    """Return the names of actors by id."""
    sql = "SELECT actor_id, name FROM main.actors WHERE actor_id IN (SELECT unnest($ids))"
    return {row["actor_id"]: row["name"] for row in reading.rows(sql, {"ids": list(ids)})} if ids else {}
