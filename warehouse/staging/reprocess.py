"""Select published articles for a run that analyses them again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

import polars as pl

from schema.derive import polars_schema, quoted
from schema.tables import ARTICLES
from warehouse.staging.next_version import NextVersion


@dataclass(frozen=True)
class ReprocessFilter:
    """Conditions on the published articles to analyse again; without conditions, all articles are analysed.

    `older_than` is an extractor version and selects articles analysed by any other version. `limit` is the
    maximum number of articles; those of the oldest runs come first.
    """

    since: date | None = None
    until: date | None = None
    outlet: str | None = None
    older_than: str | None = None
    limit: int | None = None

    def __str__(self) -> str:
        """Return the conditions as options of `onrecord rebuild`: `--since 2024-01-01 --outlet Sputnik`."""
        options = ((field.name.replace("_", "-"), getattr(self, field.name)) for field in fields(self))
        return " ".join(f"--{name} {value}" for name, value in options if value is not None)


SELECTED = """
    INSERT INTO staging.withdrawn
    SELECT article_id FROM published.main.articles
    WHERE ($since IS NULL OR published_on >= $since)
        AND ($until IS NULL OR published_on <= $until)
        AND ($outlet IS NULL OR outlet = $outlet)
        AND (
            $older_than IS NULL
            OR extractor_version IS DISTINCT FROM $older_than AND list_contains($languages, language)
        )
    ORDER BY run_id, article_id
    LIMIT coalesce($limit, 9223372036854775807)"""


def withdraw_selected(version: NextVersion, which: ReprocessFilter, languages: tuple[str, ...]) -> int:
    """Withdraw the published articles that the run will analyse again; returns how many."""
    values: dict[str, Any] = {
        "since": which.since, "until": which.until, "outlet": which.outlet, "older_than": which.older_than,
        "limit": which.limit, "languages": list(languages),
    }  # fmt: skip
    version.connection.execute(SELECTED, values)
    return int(version.connection.execute("SELECT count(*) FROM staging.withdrawn").fetchall()[0][0])


# Articles that `edited` names, or whose statement it names, unless this run stages or withdraws them anyway.
EDITED = """
    CREATE OR REPLACE TEMP TABLE edited_articles AS
    SELECT actor AS article_id FROM edited
    UNION SELECT s.article_id FROM published.main.statements AS s JOIN edited AS e ON e.actor = s.statement_id;
    INSERT INTO staging.withdrawn
    SELECT article_id FROM main.articles
    SEMI JOIN edited_articles USING (article_id)
    ANTI JOIN staging.articles USING (article_id)
    ANTI JOIN staging.withdrawn USING (article_id)"""
TO_READ = """
    SELECT article_id FROM staging.withdrawn
    SEMI JOIN edited_articles USING (article_id)
    ANTI JOIN staging.articles USING (article_id)
    WHERE article_id NOT IN (FROM staging.superseded)
    ORDER BY article_id"""


def withdraw_edited_articles(version: NextVersion, edited: pl.DataFrame) -> pl.DataFrame:
    """Withdraw published articles to analyse them again; returns the `article_id` of those that are not staged yet.

    The column `actor` of `edited` has their ids, or ids of their statements.
    """
    with version.registered("edited", edited):
        version.connection.execute(EDITED)
    return version.connection.sql(TO_READ).pl()


def read_withdrawn(version: NextVersion, at_once: int) -> Iterator[pl.DataFrame]:
    """Yield the withdrawn articles in batches, as if new: each is its own story. Skips those already staged."""
    ids = version.connection.sql(
        "SELECT article_id FROM staging.withdrawn ANTI JOIN staging.articles USING (article_id) ORDER BY article_id"
    ).pl()
    yield from read_again(version, ids, at_once)


def read_again(version: NextVersion, ids: pl.DataFrame, at_once: int) -> Iterator[pl.DataFrame]:
    """Yield published articles in batches, as if new; `ids` has their `article_id`."""
    schema = polars_schema(ARTICLES)
    columns = ", ".join(f"a.{quoted(name)}" for name in schema)
    for part in ids.iter_slices(at_once):
        with version.registered("wanted", part):
            found = version.connection.sql(
                f"SELECT {columns} FROM published.main.articles AS a SEMI JOIN wanted USING (article_id) "
                f"ORDER BY article_id"
            ).pl()
        yield found.cast(schema).with_columns(story_id="article_id", is_latest=pl.lit(True))
