"""Read the statements of the utterances that a run settles, and store which statement reports which utterance."""

from __future__ import annotations

import polars as pl

from warehouse.query.span import ALL_DAYS, Span
from warehouse.staging.next_version import STAGING, NextVersion
from warehouse.staging.utterance_pairs import read_span

# Statements of settled utterances keep their utterance. $1: a condition on the days of all these statements.
MEMBERS = f"""
    WITH settled AS (
        SELECT DISTINCT utterance_id FROM main.statements
        SEMI JOIN wanted USING (statement_id) ANTI JOIN {STAGING}.unsettled USING (statement_id)
        WHERE $1
    )
    SELECT statement_id, article_id, seq_no, published_on, statement_id AS utterance_id, false AS is_settled
    FROM {STAGING}.statements SEMI JOIN wanted USING (statement_id)
    UNION ALL
    SELECT
        statement_id, article_id, seq_no, published_on,
        if(is_settled, utterance_id, statement_id) AS utterance_id,
        is_settled
    FROM (
        SELECT *, statement_id NOT IN (SELECT statement_id FROM {STAGING}.unsettled) AS is_settled
        FROM main.statements
        WHERE $1
    )
    WHERE if(is_settled, utterance_id IN (FROM settled), statement_id IN (FROM wanted))"""
# Unsettled statements that report the same utterance as no other statement.
ALONE = f"""
    SELECT statement_id, statement_id AS utterance_id
    FROM {STAGING}.unsettled ANTI JOIN settled USING (statement_id)"""


def read_prints(version: NextVersion, statement_ids: pl.Series, *, days: int) -> pl.DataFrame:
    """All statements of the utterances of `statement_ids`; an unsettled statement is its own utterance.

    `statement_ids` are the statements of pairs that `find_statement_pairs` found with the same `days`. Statements of
    one utterance are connected by such pairs, so an utterance whose statements are all more than `days` from the first
    and last day of a span is complete. Until that is so, the span is widened. The statements of settled utterances go
    to `staging.settled_prints`, so that a check need not look for them among all statements.
    """
    margin = 2 * days
    span = read_span(version).widened(margin)
    with version.registered("wanted", pl.DataFrame({"statement_id": statement_ids})):
        while True:
            prints = version.connection.sql(MEMBERS.replace("$1", span.condition)).pl()
            settled = prints.filter("is_settled").get_column("published_on")
            if span.contains(settled, days):
                break
            span = ALL_DAYS if settled.null_count() else span.widened(margin := 2 * margin)
    with version.registered("settled", prints.filter("is_settled").select("statement_id", "utterance_id")):
        version.connection.execute(f"CREATE OR REPLACE TABLE {STAGING}.settled_prints AS FROM settled")
    return prints.drop("is_settled")


def set_utterances(version: NextVersion, utterances: pl.DataFrame, days: pl.Series) -> None:
    """Set the `utterance_id` of each `statement_id` in `utterances`; other unsettled statements are alone.

    `days` are those of the statements in `utterances`.
    """
    unsettled = version.connection.sql(f"SELECT DISTINCT published_on FROM {STAGING}.unsettled").pl()
    within = Span.of(pl.concat([days, unsettled["published_on"]])).condition
    version.amend("statements", utterances, within, ALONE)
