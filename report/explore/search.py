"""What the address of a search asks for -> the query that finds it, its facets, its days, and its best rows.

A search makes one temporary table of its hits, narrow and without texts; all else is counted on that. The SQL that is
shown has the same query in front as `hits`, so that it can be run elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any
from urllib.parse import urlencode

from report.explore.queries import Block
from schema.column_values import CUE_CLASSES, SPEAKER_RESOLUTIONS, STATEMENT_KINDS
from warehouse.query.live import Reading, Row, fill
from warehouse.query.marking import phrases_of

PAGE_ROWS = 25
WHOLE = "counts of all statements"  # what readers of one version keep for each other
MAX_PAGE = 400
MAX_TEXT = 300  # characters of a value in an address
FACET_ROWS = 8
SORTS = ("best", "new", "old")
BY = ("none", "outlet", "speaker")
CHOICES: dict[str, tuple[str, ...]] = {
    "kind": STATEMENT_KINDS,
    "cue": CUE_CLASSES,
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
    "naming": "naming",
    "body": "organization_id",
    "country": "country",
    "role": "role",
}

PLAIN = "strip_accents(lower({}))"
CALLED = (
    "IN (SELECT actor_id FROM main.actors WHERE actor_id = ${0} "
    "OR contains(strip_accents(lower(name)), strip_accents(lower(${0}))))"
)
CONDITIONS = {
    "speaker": f"s.actor_id {CALLED.format('speaker')}",
    "about": "s.statement_id IN (SELECT statement_id FROM main.statement_actors "
    f"WHERE relation IN ('mentioned', 'addressee') AND actor_id {CALLED.format('about')})",
    "about_country": "s.statement_id IN (SELECT r.statement_id FROM main.statement_actors AS r "
    "JOIN main.actors AS t USING (actor_id) "
    "WHERE r.relation IN ('mentioned', 'addressee') AND t.country_code = upper($about_country))",
    "body": f"(s.organization_id {CALLED.format('body')} OR s.actor_id {CALLED.format('body')})",
    "outlet": "(coalesce(a.outlet, a.agency) = $outlet "
    "OR (contains(strip_accents(lower(coalesce(a.outlet, a.agency))), strip_accents(lower($outlet))) "
    "AND NOT EXISTS (FROM main.articles AS e WHERE coalesce(e.outlet, e.agency) = $outlet)))",
    "country": "coalesce(p.country_code, f.country_code) = upper($country)",
    "role": "contains(strip_accents(lower(s.role)), strip_accents(lower($role)))",
    "naming": "s.speaker_resolution = $naming",
    "kind": "s.kind = $kind",
    "cue": "s.cue_class = $cue",
    "since": "s.published_on >= $since",
    "until": "s.published_on <= $until",
    "confidence": "s.confidence >= $confidence",
    "run": "s.run_id = $run",
}
HITS = """SELECT
    s.statement_id, s.actor_id, s.organization_id, s.role, s.kind, s.cue_class, s.speaker_resolution AS naming,
    s.published_on, coalesce(a.outlet, a.agency) AS outlet, coalesce(p.country_code, f.country_code) AS country,
    {score} AS score
FROM main.statements AS s
JOIN main.articles AS a USING (article_id)
LEFT JOIN main.actors AS p ON p.actor_id = s.actor_id
LEFT JOIN main.actors AS f ON f.actor_id = s.organization_id{index}
WHERE a.copy_of IS NULL AND a.is_killed IS NOT TRUE{conditions}"""
INDEX = "\nJOIN main.search_statements($q, best := 1000000000) AS h ON h.statement_id = s.statement_id"
ONCE = """
QUALIFY row_number() OVER (
    PARTITION BY hash(a.story_id, coalesce(s.actor_id, s.source), s.content)
    ORDER BY s.published_on, s.statement_id) = 1"""
ORDERS = {
    "best": "score DESC, published_on DESC NULLS LAST, statement_id",
    "new": "published_on DESC NULLS LAST, statement_id",
    "old": "published_on NULLS LAST, statement_id",
}
# Rows are fetched by their place in the table: a filter on the id would unpack the long columns of all rows.
PLACES = (
    "s.rowid IN (SELECT rowid FROM main.statements WHERE statement_id IN (SELECT statement_id FROM page))"
)
ROWS = """page AS MATERIALIZED (
    SELECT statement_id, score FROM hits ORDER BY {order} LIMIT {rows:d} OFFSET {skip:d}
)

SELECT
    s.published_on, coalesce(a.outlet, a.agency) AS outlet, p.name AS speaker, s.role, f.name AS organization, s.cue,
    s.cue_class, s.kind, s.content AS statement, s.source, s.speaker_resolution AS naming, s.confidence, s.is_negated,
    s.modality, a.headline, page.score, p.kind AS speaker_kind, s.actor_id, s.organization_id, s.article_id, s.seq_no,
    s.statement_id
FROM page
JOIN (SELECT * FROM main.statements AS s WHERE {places}) AS s USING (statement_id)
JOIN main.articles AS a USING (article_id)
LEFT JOIN main.actors AS p ON p.actor_id = s.actor_id
LEFT JOIN main.actors AS f ON f.actor_id = s.organization_id
ORDER BY {page_order}"""
COUNTS = """SELECT {columns}, GROUPING({columns}) AS facet, count(*) AS hits
FROM hits
GROUP BY GROUPING SETS ({sets}, ())"""
DAYS = "SELECT published_on AS day, count(*) AS statements FROM hits GROUP BY published_on ORDER BY day"
SERIES = """SELECT {column} AS series, published_on AS day, count(*) AS statements
FROM hits
WHERE {column} IN (SELECT {column} FROM hits WHERE {column} IS NOT NULL GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 6)
GROUP BY ALL
ORDER BY series, day"""


@dataclass(frozen=True)
class Search:
    """What is searched for, as its address says. What the address says wrongly is not asked for."""

    q: str = ""
    speaker: str = ""
    about: str = ""
    about_country: str = ""
    body: str = ""
    outlet: str = ""
    country: str = ""
    role: str = ""
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
        """The search of an address; a value that cannot be one is left out."""
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
        """Whether nothing narrows the search."""
        return not any(getattr(self, name) for name in NARROWING)

    @property
    def order(self) -> str:
        """Best first where words are looked for, else newest first."""
        return self.sort or ("best" if self.q else "new")

    def address(self, path: str = "/search", **changes: Any) -> str:
        """The address of this search, or of one that differs in some values; changed, it begins at its first page."""
        changed = replace(self, **({"page": 1} | changes)) if changes else self
        told = {
            field.name: getattr(changed, field.name)
            for field in fields(changed)
            if getattr(changed, field.name) != field.default
        }
        return f"{path}?{urlencode(told)}" if told else path

    def narrowed(self) -> Iterator[tuple[str, str]]:
        """What narrows the search, words apart: name and value."""
        yield from ((name, getattr(self, name)) for name in NARROWING if name != "q" and getattr(self, name))

    @property
    def params(self) -> dict[str, Any]:
        """The values that are bound; each phrase of the words is one of its own."""
        told: dict[str, Any] = {name: getattr(self, name) for name in CONDITIONS if getattr(self, name)}
        for name in ("since", "until"):
            if name in told:
                told[name] = date.fromisoformat(told[name])
        if "confidence" in told:
            told["confidence"] = float(told["confidence"])
        letters = (chr(ord("a") + number) for number in range(9))
        return (
            told
            | {"q": self.q}
            | {f"phrase_{at}": phrase for at, phrase in zip(letters, phrases_of(self.q), strict=False)}
        )

    def hits_sql(self, *, has_index: bool = True) -> str:
        """The query for the hits: words by the index, or where there is none as parts of the text."""
        params = self.params
        conditions = [CONDITIONS[name] for name in CONDITIONS if name in params]
        if self.undated:
            conditions.append("s.published_on IS NULL")
        is_ranked = bool(self.q) and has_index
        if self.q and not has_index:
            conditions.append(
                "list_bool_and(list_transform(regexp_extract_all(strip_accents(lower($q)), '[\\pL\\pN]+'), "
                "lambda word: contains(strip_accents(lower(s.content)), word)))"
            )
        sql = HITS.format(
            score="h.score" if is_ranked else "0",
            index=INDEX if is_ranked else "",
            conditions="".join(f"\n    AND {condition}" for condition in conditions),
        )
        sql += ONCE if self.copies == "once" else ""
        phrases = [name for name in params if name.startswith("phrase_")]
        return _with_phrases(sql, phrases) if phrases else sql


def _with_phrases(sql: str, phrases: Sequence[str]) -> str:
    """Those of the hits whose text has the phrases; looked at last, in few texts."""
    worded = sql.replace("AS score\nFROM", "AS score, s.content\nFROM").replace("\n", "\n    ")
    having = "\n    AND ".join(
        f"contains({PLAIN.format('content')}, {PLAIN.format(f'${name}')})" for name in phrases
    )
    return f"WITH worded AS MATERIALIZED (\n    {worded}\n)\n\nSELECT * EXCLUDE (content)\nFROM worded\nWHERE {having}"


NAMES = tuple(field.name for field in fields(Search) if field.name != "page")
DEFAULTS = {field.name: str(field.default) for field in fields(Search)}
NARROWING = ("q", *CONDITIONS, "undated")


def _day(text: str, *, is_last: bool) -> str:
    """`2024`, `2024-05` and `2024-05-03` as a day in ISO 8601: the first or the last one."""
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
    """The answer of a search."""

    total: int
    undated: int
    facets: dict[str, list[Row]]
    days: Block
    series: Block | None
    hits: Block
    pages: int


def find(reading: Reading, search: Search, prefix: str = "") -> Found:
    """All that the page of a search shows. `prefix` keeps two searches of one reading apart."""
    is_whole = search.is_empty and search.copies == "all"
    hits = _Hits("", search.hits_sql(), {}) if is_whole else _make_hits(reading, search, f"hits{prefix}")
    if not is_whole:
        counts, days = _count(reading, hits), hits.block(reading, DAYS, "days", search)
    elif WHOLE in reading.memory:
        counts, days = reading.memory[WHOLE]
    else:
        counts, days = _count(reading, hits), hits.block(reading, DAYS, "days", Search())
        reading.memory[WHOLE] = counts, days
    total = counts["total"][0]["hits"]
    return Found(
        total=total,
        undated=next((row["statements"] for row in days.rows if row["day"] is None), 0),
        facets=counts,
        days=days,
        series=None
        if search.by == "none"
        else hits.block(reading, SERIES.format(column=FACETS[search.by]), "series", search),
        hits=hits.block(reading, _rows_sql(reading, search), "search", search),
        pages=min(MAX_PAGE, -(-total // PAGE_ROWS)),
    )


def read_all(reading: Reading, search: Search, name: str, rows: int) -> tuple[str, Mapping[str, Any]]:
    """The query and its parameters for the download of what a search shows: `search`, `days` or `series`."""
    sql = {
        "search": _rows_sql(reading, replace(search, page=1), rows),
        "days": DAYS,
        "series": SERIES.format(column=FACETS.get(search.by, "outlet")),
    }[name]
    return _in_front(search.hits_sql(has_index=reading.edition.is_latest), sql), search.params


@dataclass(frozen=True)
class _Hits:
    """The hits of a search in a temporary table, or with no name in none; and the query that they are of."""

    table: str
    sql: str
    params: Mapping[str, Any]

    def block(self, reading: Reading, sql: str, name: str, search: Search) -> Block:
        rows = reading.rows(self.on_table(sql))
        return Block(
            name, rows, fill(_in_front(self.sql, sql), self.params), search.address(f"/rows/{name}", page=1)
        )

    def on_table(self, sql: str) -> str:
        if not self.table:
            return _in_front(self.sql, sql)
        sql = sql.replace("FROM hits", f"FROM {self.table}")
        return f"WITH {sql}" if sql.startswith("page AS") else sql


def _make_hits(reading: Reading, search: Search, table: str) -> _Hits:
    sql, params = search.hits_sql(has_index=reading.edition.is_latest), search.params
    reading.run(f"CREATE TEMP TABLE {table} AS {sql}", params)
    return _Hits(table, sql, params)


def _in_front(hits: str, sql: str) -> str:
    indented = hits.replace("\n", "\n    ")
    return f"WITH hits AS (\n    {indented}\n){',' if sql.startswith('page AS') else ''}\n\n{sql}"


def _rows_sql(reading: Reading, search: Search, rows: int = PAGE_ROWS) -> str:
    order = ORDERS[search.order]
    ids = "s.statement_id IN (SELECT statement_id FROM page)"
    return ROWS.format(
        order=order,
        page_order=order.replace("published_on", "s.published_on").replace("statement_id", "s.statement_id"),
        rows=rows,
        skip=(search.page - 1) * PAGE_ROWS,
        places=PLACES if reading.edition.is_latest and rows == PAGE_ROWS else ids,
    )


def _count(reading: Reading, hits: _Hits) -> dict[str, list[Row]]:
    """The most frequent values of each facet, with names for ids; `total` has one row."""
    columns = list(FACETS.values())
    sql = COUNTS.format(columns=", ".join(columns), sets=", ".join(f"({column})" for column in columns))
    ranked = f"""
        SELECT *, row_number() OVER (PARTITION BY facet ORDER BY hits DESC, {", ".join(columns)}) AS place
        FROM ({hits.on_table(sql)})
        WHERE facet = {(1 << len(columns)) - 1} OR coalesce({", ".join(columns)}) IS NOT NULL
        QUALIFY place <= {FACET_ROWS}"""
    rows = reading.rows(ranked)
    facets: dict[str, list[Row]] = {"total": [row for row in rows if row["facet"] == (1 << len(columns)) - 1]}
    for number, (facet, column) in enumerate(FACETS.items()):
        bits = (1 << len(columns)) - 1 - (1 << (len(columns) - 1 - number))
        facets[facet] = [
            {"value": row[column], "hits": row["hits"]}
            for row in sorted(rows, key=lambda row: row["place"])
            if row["facet"] == bits
        ]
    _name_actors(reading, [*facets["speaker"], *facets["body"]])
    return facets


def _name_actors(reading: Reading, rows: list[Row]) -> None:
    sql = "SELECT actor_id, name FROM main.actors WHERE actor_id IN (SELECT unnest($ids))"
    ids = [row["value"] for row in rows]
    names = {row["actor_id"]: row["name"] for row in reading.rows(sql, {"ids": ids})} if ids else {}
    for row in rows:
        row["label"] = names.get(row["value"], row["value"])
