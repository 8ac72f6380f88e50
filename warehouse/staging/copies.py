"""Replace the fields of articles by the fields of better copies.

Files with the same text are one article. The order in which files are read must not decide whose fields the article
gets. So a run notes all copies it reads (`note_copies`), and before it resolves anything, the best copies replace the
staged or published articles of the same text (`take_copies`). No text is analysed again, because statements and
mentions depend on the text and the day only.
"""

from __future__ import annotations

import polars as pl

from schema.derive import polars_schema, quoted
from schema.tables import ARTICLES, BY_NAME
from warehouse.staging.next_version import STAGING, WITHDRAW_STAGED_AGAIN, NextVersion

# The columns of articles that copies of one text may differ in, or that decide between copies.
_COMPARED = tuple(column.name for column in ARTICLES.columns if column.name not in ("body", "header_spans"))
CURRENT = pl.Schema(
    {name: polars_schema(ARTICLES)[name] for name in _COMPARED}
    | {"is_staged": pl.Boolean(), "is_stale": pl.Boolean()}
)
# Published articles whose own file is gone, no longer contains them, or now has other fields for them.
STALE = f"""
    WITH changed AS (
        SELECT o.path, s.file_sha256
        FROM ops.sources AS o JOIN {STAGING}.sources AS s USING (path)
        WHERE o.file_sha256 <> s.file_sha256
        UNION ALL SELECT path, NULL FROM {STAGING}.forgotten
    ),
    at_stake AS (
        SELECT a.article_id, a.path, c.file_sha256 FROM published.main.articles AS a JOIN changed AS c USING (path)
        WHERE a.article_id NOT IN (SELECT article_id FROM {STAGING}.articles)
    )
    SELECT t.article_id, t.path FROM at_stake AS t
    WHERE NOT EXISTS (
        FROM {STAGING}.contents AS c WHERE c.file_sha256 = t.file_sha256 AND c.article_id = t.article_id
    ) OR EXISTS (FROM {STAGING}.copies AS c WHERE c.article_id = t.article_id AND c.path = t.path)"""
# The current files that contain STALE articles and whose copies this run has not noted.
HOLDERS = f"""
    WITH stale AS MATERIALIZED ({STALE}),
    current AS (
        FROM {STAGING}.sources SELECT path, file_sha256
        UNION ALL SELECT path, file_sha256 FROM ops.sources
        WHERE path NOT IN (SELECT path FROM {STAGING}.sources) AND path NOT IN (FROM {STAGING}.forgotten)
    ),
    held AS MATERIALIZED (  -- usually no article is stale; then no rows are read
        SELECT file_sha256, article_id FROM {STAGING}.contents SEMI JOIN stale USING (article_id)
        UNION SELECT file_sha256, article_id FROM ops.contents SEMI JOIN stale USING (article_id)
    )
    SELECT DISTINCT t.article_id, c.path, c.file_sha256
    FROM stale AS t JOIN held USING (article_id) JOIN current AS c USING (file_sha256)
    WHERE NOT EXISTS (FROM {STAGING}.copies AS k WHERE k.article_id = t.article_id AND k.path = c.path)
    ORDER BY c.path"""
_NAMED = ", ".join(quoted(name) for name in _COMPARED)
# Published rows are fetched by rowid: a filter on the id would unpack the columns of all rows.
CURRENT_ROWS = f"""
    WITH stale AS MATERIALIZED ({STALE}),
    places AS MATERIALIZED (
        SELECT rowid AS row_place FROM published.main.articles
        WHERE article_id IN (SELECT article_id FROM wanted)
            AND article_id NOT IN (SELECT article_id FROM {STAGING}.articles)
    )
    SELECT {_NAMED}, true AS is_staged, false AS is_stale FROM {STAGING}.articles SEMI JOIN wanted USING (article_id)
    UNION ALL
    SELECT {_NAMED}, false, a.article_id IN (SELECT article_id FROM stale)
    FROM published.main.articles AS a JOIN places AS p ON a.rowid = p.row_place"""
_NAMES = ", ".join(quoted(column.name) for column in ARTICLES.columns)
OWN_TABLES = f"""
    CREATE TABLE IF NOT EXISTS {STAGING}.copies AS SELECT {_NAMES} FROM {STAGING}.articles LIMIT 0"""
# Table -> its rows of the published articles in `wanted`, to stage them. A table comes after the tables it refers to.
PUBLISHED = {
    "statements": "SELECT t.* FROM published.main.statements AS t SEMI JOIN wanted USING (article_id)",
    "statement_actors": """
        SELECT t.* FROM published.main.statement_actors AS t WHERE statement_id IN (
            SELECT statement_id FROM published.main.statements SEMI JOIN wanted USING (article_id)
        )""",
    "mentions": "SELECT t.* FROM published.main.mentions AS t SEMI JOIN wanted USING (article_id)",
    "profiles": """
        WITH counted AS (
            SELECT profile_id, count(DISTINCT article_id) AS articles, min(article_id) AS evidence
            FROM published.main.mentions SEMI JOIN wanted USING (article_id)
            GROUP BY profile_id
        )
        SELECT p.* REPLACE (articles AS article_count, evidence AS evidence_article_id)
        FROM published.main.profiles AS p JOIN counted USING (profile_id)""",
    "profile_names": """
        WITH counted AS (
            SELECT profile_id, regexp_replace(text, '\\s+', ' ', 'g') AS alias, count(*) AS mentions
            FROM published.main.mentions SEMI JOIN wanted USING (article_id)
            WHERE mention_kind = 'name'
            GROUP BY ALL
        )
        SELECT n.* REPLACE (mentions AS mention_count)
        FROM published.main.profile_names AS n JOIN counted USING (profile_id, alias)""",
}
# Updates days and files in the staged rows of the articles in `better_copies` (`article_id`, `old_path`, `path`).
UPDATE_COPIES = f"""
    UPDATE {STAGING}.statements AS s SET published_on = a.published_on
    FROM {STAGING}.articles AS a
    WHERE a.article_id = s.article_id AND s.article_id IN (SELECT article_id FROM better_copies);

    CREATE OR REPLACE TEMP TABLE seen AS
        SELECT profile_id, regexp_replace(text, '\\s+', ' ', 'g') AS alias, mention_kind = 'name' AS is_name,
            published_on
        FROM {STAGING}.mentions JOIN {STAGING}.articles USING (article_id)
        WHERE profile_id IN (
            SELECT profile_id FROM {STAGING}.mentions WHERE article_id IN (SELECT article_id FROM better_copies)
        );
    UPDATE {STAGING}.profiles AS p SET first_seen_on = c.first_on, last_seen_on = c.last_on
    FROM (SELECT profile_id, min(published_on) AS first_on, max(published_on) AS last_on FROM seen GROUP BY ALL) AS c
    WHERE c.profile_id = p.profile_id;
    UPDATE {STAGING}.profile_names AS n SET first_seen_on = c.first_on, last_seen_on = c.last_on
    FROM (
        SELECT profile_id, alias, min(published_on) AS first_on, max(published_on) AS last_on
        FROM seen WHERE is_name GROUP BY ALL
    ) AS c
    WHERE c.profile_id = n.profile_id AND c.alias = n.alias;
    DROP TABLE seen;

    UPDATE {STAGING}.files AS f SET
        articles_loaded = articles_loaded + m.more,
        articles_duplicate = articles_duplicate - m.more,
        outcome = CASE WHEN articles_loaded + m.more > 0 THEN 'loaded' ELSE 'duplicate' END,
        reason = CASE WHEN articles_loaded + m.more = 0 THEN 'every article in it was loaded from another file' END
    FROM (
        SELECT path, sum(more) AS more FROM (
            SELECT path, 1 AS more FROM better_copies WHERE old_path IS NOT NULL
            UNION ALL SELECT old_path, -1 FROM better_copies WHERE old_path IS NOT NULL
        ) GROUP BY path
    ) AS m
    WHERE m.path = f.path AND m.more <> 0"""


def note_copies(version: NextVersion, copies: pl.DataFrame) -> None:
    """Note copies of published or staged articles (a frame of ARTICLES) for `take_copies`."""
    if copies.height:
        version.connection.execute(OWN_TABLES)
        with version.registered("incoming", copies):
            version.connection.execute(f"INSERT INTO {STAGING}.copies SELECT {_NAMES} FROM incoming")


def read_copies(version: NextVersion) -> pl.DataFrame:
    """The copies noted so far, as rows of ARTICLES."""
    version.connection.execute(OWN_TABLES)
    return (
        version.connection.sql(f"SELECT DISTINCT {_NAMES} FROM {STAGING}.copies")
        .pl()
        .cast(polars_schema(ARTICLES))
    )


def read_current(version: NextVersion, article_ids: pl.Series) -> pl.DataFrame:
    """The staged row of each article in `article_ids`, or the published row if none is staged; schema CURRENT."""
    version.connection.execute(OWN_TABLES)
    with version.registered(
        "wanted", pl.DataFrame({"article_id": article_ids.unique()}, {"article_id": pl.String})
    ):
        return version.connection.sql(CURRENT_ROWS).pl().cast(CURRENT)


def find_holders(version: NextVersion) -> pl.DataFrame:
    """Find `article_id`, `path`, `file_sha256` of copies of articles whose own file is gone or has changed.

    The fields of such an article may now have to come from one of these files. Call this when all files are read.
    """
    version.connection.execute(OWN_TABLES)
    return version.connection.sql(HOLDERS).pl()


def take_copies(
    version: NextVersion, better: pl.DataFrame, sketches: pl.DataFrame, current: pl.DataFrame
) -> None:
    """Replace articles by `better` copies (rows of ARTICLES, with `sketches`); `current` are their present rows.

    Published articles are withdrawn and staged again. Each copy is used only once, even if its article is rejected
    later.
    """
    ids = better.select("article_id")
    old = current.filter("is_staged").select("article_id", old_path="path")
    with version.whole():
        _stage_published(version, ids.join(old, on="article_id", how="anti"))
        for name, frame in {"articles": better, "sketches": sketches}.items():
            with version.registered("wanted", ids):
                version.connection.execute(
                    f"DELETE FROM {STAGING}.{name} WHERE article_id IN (SELECT article_id FROM wanted)"
                )
            version.stage({name: frame})
        moves = better.select("article_id", "path").join(old, on="article_id", how="left")
        with version.registered("better_copies", moves):
            if moves.height:
                version.connection.execute(UPDATE_COPIES)
        with version.registered("wanted", ids):
            version.connection.execute(
                f"DELETE FROM {STAGING}.copies WHERE article_id IN (SELECT article_id FROM wanted)"
            )
        version.connection.execute(WITHDRAW_STAGED_AGAIN)


def _stage_published(version: NextVersion, ids: pl.DataFrame) -> None:
    """Stage all rows of published articles, and note that publishing replaces these articles."""
    if ids.is_empty():
        return
    with version.registered("wanted", ids):
        version.connection.execute(f"INSERT INTO {STAGING}.staged_again SELECT article_id FROM wanted")
        frames = {name: version.connection.sql(sql).pl() for name, sql in PUBLISHED.items()}
    version.stage(
        {name: frame.select(polars_schema(BY_NAME[name]).names()).cast(polars_schema(BY_NAME[name]))
         for name, frame in frames.items()}
    )  # fmt: skip
