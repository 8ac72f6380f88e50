"""Index the words of statements and articles in plain tables, and search them with ranked results.

The index has the stems of words: lower case, without accents and endings ("Auctions" becomes "auction"), and without
stop words. It is updated inside the transaction that publishes, at a cost that depends on the rows that the version
changes. SQL macros query the index, so that any client can search; the stems of all words are stored for these macros.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path

import duckdb
import polars as pl

from schema.derive import HISTORY, literal
from schema.table import Table
from schema.tables import ARTICLES, STATEMENTS
from warehouse.files.connect import connect_readonly
from warehouse.query.ask import NO_TIMEOUT, Answer, Bounds, Clock

HERE = Path(__file__).parent
MACROS = HERE.parent / "macros"
WORD = r"[\p{L}\p{M}\p{N}]+"  # the same as in the search macros
MOST = 255  # a stem counts at most this many times in one text
# DuckDB skips blocks of rows without the stems of a search. The more rows are sorted together, the more it skips.
SORTED_AT_ONCE = 4_000_000
NEARBY = 10_000  # a row is looked for so many rows before and after its place in the index
TESTED_FIRST = 1000  # hits; if too few of them meet the conditions of a search, all hits are tested
MOST_NEARBY = 50  # to read the ids of all rows once costs less than to look for more rows nearby

ALL = 1_000_000_000
_common = (HERE / "stop_words.txt").read_text(encoding="utf-8").split()
COMMON = pl.DataFrame({"word": _common, "plain": _common})


@dataclass(frozen=True)
class Indexed:
    """A searchable table: the column with the text, and the tables of its index."""

    table: Table
    text: str
    is_fixed: bool  # whether the text of a row never changes, because its id is a hash of it
    texts: str
    words: str
    at_once: int

    @property
    def id(self) -> str:
        """The name of the key column of the searched table."""
        return self.table.key[0]


INDEXED = (
    Indexed(STATEMENTS, "content", False, "search.statement_texts", "search.statement_words", 40_000),
    Indexed(ARTICLES, "body", True, "search.article_texts", "search.article_words", 4_000),
)


def update_index(connection: duckdb.DuckDBPyConnection, version_no: int) -> None:
    """Apply the changes of `version_no` to the index; build it from all rows if it does not exist."""
    connection.execute((HERE / "search.sql").read_text(encoding="utf-8"))
    if not connection.execute("FROM search.words LIMIT 1").fetchall():
        connection.register("stemmed", stem_words(COMMON).to_arrow())
        connection.execute("INSERT INTO search.words SELECT word, stem, NULL FROM stemmed ORDER BY word")
    for indexed in INDEXED:
        _remove_texts(connection, indexed, version_no)
        _add_texts(connection, indexed, version_no)


def _remove_texts(connection: duckdb.DuckDBPyConnection, indexed: Indexed, version_no: int) -> None:
    former, same = _former(indexed, version_no), _same(indexed)
    # The version has set `since_version` of each row that it changed, so the texts of other rows are not read.
    changed = f"SELECT {same} FROM {indexed.table.qualified} WHERE since_version = {version_no}"
    gone = f"SELECT {indexed.id} FROM ({former}) ANTI JOIN ({changed}) USING ({same})"
    numbers = f"SELECT text_no FROM {indexed.texts} WHERE id IN ({gone})"
    if connection.execute(f"{gone} LIMIT 1").fetchall():
        connection.execute(f"DELETE FROM {indexed.words} WHERE text_no IN ({numbers})")
        connection.execute(f"DELETE FROM {indexed.texts} WHERE id IN ({gone})")


def _former(indexed: Indexed, version_no: int) -> str:
    """A query for the rows that the version changed or removed: their ids and, if texts may change, their texts."""
    return f"SELECT {_same(indexed)} FROM {HISTORY}.{indexed.table.name} WHERE until_version = {version_no}"


def _same(indexed: Indexed) -> str:
    """The columns that show whether a row's text is unchanged."""
    return indexed.id if indexed.is_fixed else f"{indexed.id}, {indexed.text}"


def _add_texts(connection: duckdb.DuckDBPyConnection, indexed: Indexed, version_no: int) -> None:
    """Index the new rows in pieces, so that memory does not grow with their number."""
    is_first = not connection.execute(f"FROM {indexed.texts} LIMIT 1").fetchall()
    fresh = f"since_version = {version_no} AND ({_same(indexed)}) NOT IN ({_former(indexed, version_no)})"
    new = f"FROM {indexed.table.qualified} WHERE {'true' if is_first else fresh}"
    pieces = connection.execute(f"SELECT DISTINCT rowid // {indexed.at_once} {new} ORDER BY ALL").fetchall()
    waiting: list[pl.DataFrame] = []
    for (piece,) in pieces:
        start = piece * indexed.at_once
        rows = f"{new} AND rowid BETWEEN {start} AND {start + indexed.at_once - 1}"
        waiting.append(_add_piece(connection, indexed, rows))
        if sum(stems.height for stems in waiting) > SORTED_AT_ONCE:
            _insert_sorted(connection, indexed.words, pl.concat(waiting))
            waiting = []
    if waiting:
        _insert_sorted(connection, indexed.words, pl.concat(waiting))


def _add_piece(connection: duckdb.DuckDBPyConnection, indexed: Indexed, rows: str) -> pl.DataFrame:
    """Give the texts of `rows` (a FROM clause) the next free numbers; return the rows of their stems for the index."""
    [(last,)] = connection.execute(f"SELECT coalesce(max(text_no), 0) FROM {indexed.texts}").fetchall()
    read = connection.sql(f"SELECT {indexed.id} AS id, lower({indexed.text}) AS text {rows}").pl()
    texts = read.with_columns(text_no=pl.int_range(last + 1, last + 1 + pl.len(), dtype=pl.Int32))
    words = texts.select("text_no", word=pl.col("text").str.extract_all(WORD).cast(pl.List(pl.Categorical)))
    words = words.explode("word", empty_as_null=False)
    stems = (
        words.join(_number_words(connection, words["word"].unique()), on="word")
        .group_by("stem_no", "text_no")
        .agg(times=pl.len().clip(upper_bound=MOST))
    )
    sizes = stems.group_by("text_no").agg(size=pl.col("times").sum())
    texts = texts.select("text_no", "id").join(sizes, on="text_no", how="left").fill_null(0)
    _insert_sorted(connection, indexed.texts, texts)
    return stems.join(sizes, on="text_no")


def _insert_sorted(connection: duckdb.DuckDBPyConnection, table: str, rows: pl.DataFrame) -> None:
    connection.register("new", rows.to_arrow())
    connection.execute(f"INSERT INTO {table} FROM new ORDER BY ALL")
    connection.unregister("new")


def _number_words(connection: duckdb.DuckDBPyConnection, words: pl.Series) -> pl.DataFrame:
    """Look up `word` and `stem_no` of words that are not stop words; first store words that no text had before."""
    connection.register("new", words.cast(pl.String).to_frame("word").to_arrow())
    _add_words(connection)
    numbers = connection.sql(
        "SELECT word, stem_no FROM search.words SEMI JOIN new USING (word) WHERE stem_no IS NOT NULL"
    ).pl()
    connection.unregister("new")
    return numbers.cast({"word": pl.Categorical})


def _add_words(connection: duckdb.DuckDBPyConnection) -> None:
    """Store the words in `new` that no text had before, with their stems; equal stems get the same number."""
    unseen = "SELECT word, strip_accents(word) AS plain FROM new ANTI JOIN search.words USING (word)"
    connection.register("stemmed", stem_words(connection.sql(unseen).pl()).to_arrow())
    connection.execute("""
        INSERT INTO search.words
        WITH numbered AS (SELECT DISTINCT stem, stem_no FROM search.words WHERE stem_no IS NOT NULL),
        fresh AS (
            SELECT stem, (SELECT coalesce(max(stem_no), 0) FROM numbered) + row_number() OVER (ORDER BY stem) AS stem_no
            FROM (SELECT DISTINCT stem FROM stemmed WHERE NOT is_common) ANTI JOIN numbered USING (stem)
        )
        SELECT word, stemmed.stem, stem_no
        FROM stemmed
        LEFT JOIN (FROM numbered UNION ALL FROM fresh) AS numbers ON numbers.stem = if(is_common, NULL, stemmed.stem)
        ORDER BY word""")
    connection.unregister("stemmed")


def stem_words(words: pl.DataFrame) -> pl.DataFrame:
    """Add the columns `stem` (of each word's `plain` form, by Snowball) and `is_common` (whether it is a stop word)."""
    from Stemmer import Stemmer

    stems = pl.Series("stem", Stemmer("english").stemWords(words["plain"].to_list()), pl.String)
    return words.select("word", stems, is_common=pl.col("plain").is_in(COMMON["plain"].implode()))


SCORED = re.compile(
    r"AS TABLE\n(?P<weights>.*?)hidden_articles AS .*?\n\n(?P<rarest>rarest AS .*?) AND text_no NOT IN [^\n]*hidden\)"
    r"(?P<found>\n\),\n\nfound AS .*?)    ORDER",
    re.DOTALL,
)


@cache
def statement_scores_sql() -> str:
    """A query, taken from `search_statements`, for `text_no` and `score` of all statements with the words `$q`.

    The macro also looks up ids and hidden statements. Use this query if you have both already.
    """
    macro = (MACROS / "search_statements.sql").read_text(encoding="utf-8")
    parts = SCORED.search(macro)
    assert parts, "the macro search_statements has another form"
    sql = "".join(parts.group("weights", "rarest", "found")) + ")\n\n"
    return sql.replace("lower(words)", "lower($q)") + "SELECT text_no, round(score, 3) AS score FROM found"


# Rows are fetched by a join with their rowids: a filter on ids or rowids would unpack all columns of all rows.
STATEMENT_ROWS = """
    WITH hits AS MATERIALIZED (
        SELECT s.statement_id, s.article_id, s.actor_id, s.role, s.cue, s.content
        FROM (VALUES {statements}) AS best (place) JOIN main.statements AS s ON s.rowid = best.place
    ),
    of_hits AS MATERIALIZED (
        SELECT a.article_id, a.published_on, a.outlet, a.agency, a.headline, a.path, a.url
        FROM (VALUES {articles}) AS best (place) JOIN main.articles AS a ON a.rowid = best.place
        WHERE a.copy_of IS NULL AND a.is_killed IS NOT TRUE
    )
    SELECT
        a.published_on, coalesce(a.outlet, a.agency) AS outlet_or_agency, p.name AS speaker, s.role, s.cue,
        s.content AS statement, a.headline, s.statement_id, a.path, a.url
    FROM hits AS s
    JOIN of_hits AS a USING (article_id)
    LEFT JOIN (SELECT actor_id, name FROM main.actors WHERE kind <> 'nobody') AS p USING (actor_id)"""
ARTICLES_OF = (
    "SELECT DISTINCT s.article_id FROM (VALUES {statements}) AS best (place) "
    "JOIN main.statements AS s ON s.rowid = best.place"
)
ARTICLE_ROWS = """
    SELECT
        a.published_on, coalesce(a.outlet, a.agency) AS outlet_or_agency, a.headline, a.word_count, a.url,
        a.article_id, a.path
    FROM (VALUES {articles}) AS best (place) JOIN main.articles AS a ON a.rowid = best.place
    WHERE a.copy_of IS NULL AND a.is_killed IS NOT TRUE"""


@dataclass(frozen=True)
class SearchQuery:
    """A search: words that must all be in the text, with phrases in double quotes.

    `speaker` and `outlet` (which is also compared with the agency) match part of a name. `since` and `until` are
    inclusive days. `is_undated` finds only hits without a day.
    """

    words: str
    speaker: str | None = None
    outlet: str | None = None
    since: date | None = None
    until: date | None = None
    rows: int = 20
    is_undated: bool = False

    @property
    def is_narrow(self) -> bool:
        """Whether the search has conditions other than the words."""
        return any((self.speaker, self.outlet, self.since, self.until, self.is_undated, '"' in self.words))

    def hits(self, macro: str, most: int = ALL) -> str:
        """The query of a search macro for the best hits: id, `score` and `place`, the rowid of the hit in the index."""
        return _placed_hits_sql(macro).replace("$best", str(most)).replace("$q", literal(self.words))

    def phrases(self, text: str) -> str:
        """Write in SQL that the column `text` has the phrases.

        The condition names the score of the hit `h`, or DuckDB 1.5 would test the texts of all rows.
        """
        phrases = [
            f"contains({_plain(text)}, {_plain(literal(p))})" for p in re.findall('"(.+?)"', self.words)
        ]
        return f"if(h.score IS NULL, false, {' AND '.join(phrases)})" if phrases else "true"

    def conditions(self) -> str:
        """Write the other conditions on a hit in SQL: `a` is the article, `p` the speaker."""
        conditions = []
        if self.speaker:
            conditions.append(f"contains({_plain('p.name')}, {_plain(literal(self.speaker))})")
        if self.outlet:
            publisher = _plain("concat_ws(' ', a.outlet, a.agency)")
            conditions.append(f"contains({publisher}, {_plain(literal(self.outlet))})")
        if self.is_undated:
            conditions.append("a.published_on IS NULL")
        if self.since:
            conditions.append(f"a.published_on >= DATE '{self.since}'")
        if self.until:
            conditions.append(f"a.published_on <= DATE '{self.until}'")
        return " AND ".join(conditions) or "true"


def _plain(text: str) -> str:
    return f"strip_accents(lower({text}))"


@cache
def _placed_hits_sql(macro: str) -> str:
    """The query of a search macro with `$q` and `$best` for its parameters, which also returns `place`."""
    _, found, sql = (MACROS / f"{macro}.sql").read_text(encoding="utf-8").partition("AS TABLE\n")
    for written, instead in (
        ("lower(words)", "lower($q)"),
        ("LIMIT best", "LIMIT $best"),
        ("round(p.score, 3) AS score", "round(p.score, 3) AS score, p.place"),
    ):
        assert found and sql.count(written) == 1, f"the macro {macro} has another form"
        sql = sql.replace(written, instead)
    return sql


def search_statements(path: Path | str, wanted: SearchQuery, bounds: Bounds = NO_TIMEOUT) -> Answer:
    """The best `wanted.rows` statements, one flat row each, with `score`."""
    with connect_readonly(path, bounds.memory) as connection, _clock(connection, bounds).running():
        best = _read_best(connection, wanted, "search_statements", "statement_id")
        places = {"statements": _values(_find_rows(connection, STATEMENTS, best))}
        ids = connection.execute(ARTICLES_OF.format(**places)).fetchall()
        places["articles"] = _values(_find_ids(connection, ARTICLES, (id_ for (id_,) in ids)).values())
        rows = connection.sql(STATEMENT_ROWS.format(**places)).pl()
    return _ranked(best, rows, "statement_id")


def search_articles(path: Path | str, wanted: SearchQuery, bounds: Bounds = NO_TIMEOUT) -> Answer:
    """The best `wanted.rows` articles, with `score`; with `wanted.speaker`, only articles that quote the speaker."""
    with connect_readonly(path, bounds.memory) as connection, _clock(connection, bounds).running():
        best = _read_best(connection, wanted, "search_articles", "article_id")
        rows = connection.sql(
            ARTICLE_ROWS.format(articles=_values(_find_rows(connection, ARTICLES, best)))
        ).pl()
    return _ranked(best, rows, "article_id")


def _read_best(
    connection: duckdb.DuckDBPyConnection, wanted: SearchQuery, macro: str, key: str
) -> pl.DataFrame:
    """Read the best hits that meet the conditions: `key`, `score` and `place`.

    The conditions are tested for the best hits first. Hits with the lowest score among these are not sure to be all.
    """
    if not wanted.is_narrow:
        return connection.sql(wanted.hits(macro, wanted.rows)).pl()
    most = max(wanted.rows, TESTED_FIRST)
    while True:
        connection.execute(f"CREATE OR REPLACE TEMP TABLE hits AS {wanted.hits(macro, most)}")
        [(tested, lowest)] = connection.execute("SELECT count(*), min(score) FROM temp.hits").fetchall()
        narrowed = _statement_hits(wanted) if macro == "search_statements" else _article_hits(wanted)
        best = connection.sql(f"{narrowed} ORDER BY score DESC, {key} LIMIT {wanted.rows}").pl()
        is_full = best.height == wanted.rows and best["score"][-1] > lowest
        if tested < most or is_full:
            return best
        most = ALL


def _find_rows(connection: duckdb.DuckDBPyConnection, table: Table, best: pl.DataFrame) -> list[int]:
    """Find the rowids of the hits, without reading the ids of all rows if possible.

    The index has its texts in the order in which their rows were published. So the rowid of a row is that of its text,
    or close to it if corrections or compaction moved rows; a row can also be anywhere else.
    """
    key = table.key[0]
    hits = dict(best.select(key, "place").iter_rows())
    values = ", ".join(f"({literal(id_)}, {place})" for id_, place in hits.items()) or "('', -1)"
    found = connection.execute(
        f"SELECT t.{key}, t.rowid FROM (VALUES {values}) AS best (id, place) "
        f"JOIN {table.qualified} AS t ON t.rowid = best.place WHERE t.{key} = best.id"
    ).fetchall()
    rows: dict[str, int] = dict(found)
    if 0 < len(hits) - len(rows) <= MOST_NEARBY:
        for id_ in hits.keys() - rows.keys():
            rows.update(connection.execute(_nearby_sql(table, hits[id_]), [id_]).fetchall())
    rows.update(_find_ids(connection, table, hits.keys() - rows.keys()))
    return list(rows.values())


def _find_ids(connection: duckdb.DuckDBPyConnection, table: Table, ids: Iterable[str]) -> dict[str, int]:
    """Look for ids among those of all rows; return their rowids. Listed ids take a third of the time of a join."""
    key, listed = table.key[0], ", ".join(map(literal, ids))
    if not listed:
        return {}
    sql = f"SELECT {key}, rowid FROM {table.qualified} WHERE {key} IN ({listed})"
    return dict(connection.execute(sql).fetchall())


def _nearby_sql(table: Table, place: int) -> str:
    """A query for the id and rowid of the row `$1` if it is near `place`.

    Without MATERIALIZED, DuckDB 1.5 would compare the ids of all rows.
    """
    return (
        f"WITH nearby AS MATERIALIZED (SELECT {table.key[0]} AS id, rowid AS place FROM {table.qualified} "
        f"WHERE rowid BETWEEN {place - NEARBY} AND {place + NEARBY}) SELECT id, place FROM nearby WHERE id = $1"
    )


def _values(places: Iterable[int]) -> str:
    """Write rowids as SQL rows; -1, which no row has, if there are none."""
    return ", ".join(f"({place})" for place in places) or "(-1)"


def _ranked(best: pl.DataFrame, rows: pl.DataFrame, key: str) -> Answer:
    """The rows in the order of their scores."""
    best = best.sort("score", key, descending=[True, False])
    return Answer.of(best.join(rows, on=key, maintain_order="left").select(*rows.columns, "score"))


def count_undated(path: Path | str, wanted: SearchQuery, articles: bool, bounds: Bounds = NO_TIMEOUT) -> int:
    """Count the hits that a search with `since` or `until` leaves out because these hits have no day."""
    undated = replace(wanted, since=None, until=None, is_undated=True)
    all_hits = f"({undated.hits('search_articles' if articles else 'search_statements')})"
    hits = _article_hits(undated, all_hits) if articles else _statement_hits(undated, all_hits)
    with connect_readonly(path, bounds.memory) as connection, _clock(connection, bounds).running():
        return int(connection.execute(f"SELECT count(*) FROM ({hits})").fetchall()[0][0])


def _statement_hits(wanted: SearchQuery, hits: str = "temp.hits") -> str:
    return f"""
        SELECT s.statement_id, h.score, s.rowid AS place
        FROM {hits} AS h
        JOIN main.statements AS s USING (statement_id)
        JOIN main.articles AS a USING (article_id)
        LEFT JOIN main.actors AS p ON p.actor_id = s.actor_id AND p.kind <> 'nobody'
        WHERE a.copy_of IS NULL AND a.is_killed IS NOT TRUE AND {wanted.phrases("s.content")}
            AND {wanted.conditions()}"""


def _article_hits(wanted: SearchQuery, hits: str = "temp.hits") -> str:
    return f"""
        SELECT a.article_id, h.score, a.rowid AS place
        FROM {hits} AS h
        JOIN main.articles AS a USING (article_id)
        WHERE a.copy_of IS NULL AND a.is_killed IS NOT TRUE AND {wanted.phrases("a.body")}
            AND {wanted.conditions() if not wanted.speaker else _spoken_in(wanted)}"""


def _spoken_in(wanted: SearchQuery) -> str:
    speaks = "main.statements AS s JOIN main.actors AS p USING (actor_id)"
    stands = "s.correction IS DISTINCT FROM 'deleted' AND p.kind <> 'nobody'"
    return f"EXISTS (FROM {speaks} WHERE {stands} AND s.article_id = a.article_id AND {wanted.conditions()})"


def _clock(connection: duckdb.DuckDBPyConnection, bounds: Bounds) -> Clock:
    return Clock(connection, bounds.seconds, bounds.give_up)
