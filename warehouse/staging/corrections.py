"""Read which corrections are applied to the published rows, and the rows that corrections refer to."""

from __future__ import annotations

import polars as pl

from schema.derive import polars_schema
from schema.tables import ACTOR_CORRECTIONS
from warehouse.staging.next_version import NextVersion

LINE = ("correction_no", "action", "actor", "value", "note")


def read_applied(version: NextVersion) -> pl.DataFrame | None:
    """The corrections (columns LINE) that the last run applied; None if no actors are published."""
    if not version.connection.execute("SELECT EXISTS (FROM main.profiles)").fetchall()[0][0]:
        return None
    rows = version.connection.sql(
        f"SELECT {', '.join(LINE)} FROM ops.actor_corrections ORDER BY correction_no"
    ).pl()
    schema = polars_schema(ACTOR_CORRECTIONS)
    return rows.cast({name: schema[name] for name in LINE})


STATEMENTS = """
    SELECT statement_id FROM staging.statements SEMI JOIN wanted USING (statement_id)
    UNION SELECT statement_id FROM main.statements SEMI JOIN wanted USING (statement_id)"""
# Reads only the bodies that are needed. An article may be both staged and published.
TEXTS = """
    WITH named AS (
        SELECT statement_id, article_id, coalesce(found_spans, content_spans) AS spans,
            coalesce(found_kind, kind) AS kind
        FROM staging.statements SEMI JOIN wanted USING (statement_id)
        UNION SELECT statement_id, article_id, coalesce(found_spans, content_spans), coalesce(found_kind, kind)
        FROM main.statements SEMI JOIN wanted USING (statement_id)
    ),
    texts AS (
        SELECT article_id, body FROM staging.articles SEMI JOIN named USING (article_id)
        UNION SELECT article_id, body FROM main.articles SEMI JOIN named USING (article_id)
    )
    SELECT statement_id, body, spans, kind FROM named JOIN texts USING (article_id)"""
PROFILES_OF = """
    SELECT DISTINCT article_id, profile_id FROM staging.mentions SEMI JOIN wanted USING (article_id)
    UNION SELECT article_id, profile_id FROM main.mentions SEMI JOIN wanted USING (article_id)"""


def find_statements(version: NextVersion, statement_ids: pl.Series) -> pl.Series:
    """Select the `statement_ids` that are staged or published."""
    with version.registered("wanted", statement_ids.to_frame("statement_id")):
        return version.connection.sql(STATEMENTS).pl()["statement_id"]


def read_texts(
    version: NextVersion, statement_ids: pl.Series
) -> dict[str, tuple[str, list[tuple[int, int]], str]]:
    """Map each statement id to the body of its article, the spans of the extracted content, and its kind."""
    with version.registered("wanted", statement_ids.to_frame("statement_id")):
        rows = version.connection.execute(TEXTS).fetchall()
    return {
        key: (body, [(span["start"], span["end"]) for span in spans], kind) for key, body, spans, kind in rows
    }


def read_profile_ids(version: NextVersion, article_ids: list[str]) -> pl.DataFrame:
    """`article_id` and `profile_id` of all profiles that these articles mention."""
    with version.registered("wanted", pl.DataFrame({"article_id": article_ids}, {"article_id": pl.String})):
        return version.connection.sql(PROFILES_OF).pl()
