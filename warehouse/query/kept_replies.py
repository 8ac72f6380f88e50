"""Store the rows of the view `replies`, so that a query need not look for replies among all statements.

Publishing updates them in its transaction: it looks for replies again only in articles whose statements the version
changes. All replies are found again if other queries found the stored ones. The view in a published file reads
`figures.replies`. Where that table is missing, as in a lake or an older version, the view finds the replies.
"""

from __future__ import annotations

import duckdb

from schema.derive import HISTORY
from warehouse.files.catalog import FOUND_REPLIES

_COLUMNS = """
            statement_id, article_id, seq_no, actor_id, organization_id, published_on, cue, content,
            source, source_start, cue_start, cue_end, content_spans, cue_lemma, cue_class, kind, is_negated, modality,
            correction"""
# $v: the version. An article is touched if replies may appear in it or vanish, or if a stored reply in it changes. The
# day on which an answered statement was first printed may be that of another article. A statement of which nothing but
# its utterance changed, such as one that the version found another print of, touches stored replies only.
# Touched articles are older if they may have rows of earlier versions.
TOUCHED = f"""
    CREATE OR REPLACE TEMP TABLE touched_articles AS
    WITH now AS NOT MATERIALIZED (SELECT {_COLUMNS} FROM main.statements WHERE since_version = $v),
    before AS NOT MATERIALIZED (SELECT {_COLUMNS} FROM {HISTORY}.statements WHERE until_version = $v),
    only_joined AS MATERIALIZED (SELECT statement_id FROM (FROM now INTERSECT FROM before)),
    changed AS MATERIALIZED (
        SELECT statement_id, article_id FROM (
            SELECT statement_id, article_id FROM now UNION ALL SELECT statement_id, article_id FROM before
        )
        ANTI JOIN only_joined USING (statement_id)
    ),
    spoken_of AS MATERIALIZED (
        FROM (
            SELECT statement_id FROM main.statement_actors WHERE since_version = $v
            UNION SELECT statement_id FROM {HISTORY}.statement_actors WHERE until_version = $v
        )
        ANTI JOIN changed USING (statement_id)
    )
    SELECT article_id FROM changed
    UNION SELECT article_id FROM main.statements SEMI JOIN spoken_of USING (statement_id)
    UNION SELECT article_id FROM figures.replies WHERE answers_utterance_id IN (SELECT statement_id FROM changed)
    UNION SELECT article_id FROM figures.replies
    WHERE statement_id IN (FROM only_joined) OR answers_id IN (FROM only_joined);
    CREATE OR REPLACE TEMP TABLE older_articles AS
    FROM temp.touched_articles
    ANTI JOIN (
        FROM (SELECT article_id FROM main.articles WHERE since_version = $v)
        ANTI JOIN (SELECT article_id FROM {HISTORY}.articles WHERE until_version = $v) USING (article_id)
    ) USING (article_id)"""
# Rows of earlier versions are read only if there are older articles, and then by their row numbers.
OF_TOUCHED = f"""
    WITH touched_statements AS MATERIALIZED (
        SELECT {_COLUMNS}, utterance_id
        FROM main.statements SEMI JOIN temp.touched_articles USING (article_id)
        WHERE since_version = {{version_no}}
        UNION ALL
        SELECT {_COLUMNS}, utterance_id
        FROM main.statements
        WHERE rowid IN (
            SELECT rowid FROM main.statements SEMI JOIN temp.older_articles USING (article_id)
            WHERE since_version <> {{version_no}}
        )
    ),
    touched_actors AS NOT MATERIALIZED (
        SELECT statement_id, actor_id, relation FROM main.statement_actors WHERE since_version = {{version_no}}
        UNION ALL
        SELECT statement_id, actor_id, relation FROM main.statement_actors
        SEMI JOIN (FROM touched_statements SEMI JOIN temp.older_articles USING (article_id)) USING (statement_id)
        WHERE since_version <> {{version_no}}
    ), """


def update_replies(connection: duckdb.DuckDBPyConnection, version_no: int) -> None:
    """Apply the changes of `version_no` to the stored replies, which must be those of the version before it."""
    connection.execute(TOUCHED.replace("$v", str(version_no)))
    connection.execute("DELETE FROM figures.replies WHERE article_id IN (FROM temp.touched_articles)")
    search, last = _find_in_touched(version_no)
    connection.execute(f"CREATE OR REPLACE TEMP TABLE picked AS {search}")
    connection.execute(f"INSERT INTO figures.replies {last}")
    connection.execute(
        "DROP TABLE temp.picked; DROP TABLE temp.touched_articles; DROP TABLE temp.older_articles"
    )


def find_all_replies(connection: duckdb.DuckDBPyConnection) -> None:
    """Find the replies among all statements, and store them instead of those that are stored."""
    connection.execute(f"DELETE FROM figures.replies; INSERT INTO figures.replies {FOUND_REPLIES}")


def _find_in_touched(version_no: int) -> tuple[str, str]:
    """Return two queries: the replies in the touched articles, and the rows to store, read from the table `picked`.

    DuckDB knows the size of this table. In one query it would expect millions of replies, and put the ids of all
    statements into a hash table.
    """
    search, found, last = FOUND_REPLIES.partition("found AS (")
    search = search.rstrip(",\n") + "\nFROM picked"
    search = search.replace("main.statements", "touched_statements")
    search = search.replace("main.statement_actors", "touched_actors")
    return search.replace("WITH ", OF_TOUCHED.format(version_no=version_no), 1), f"WITH {found}{last}"
