"""Look up which files, articles and rejects are already published or staged, so that a run can skip them.

Look-ups take a batch, so that a run never holds all paths or ids of a warehouse in memory.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb
import numpy as np
import polars as pl

from schema.derive import polars_schema
from schema.tables import SOURCES
from warehouse.files.connect import WarehouseError, query
from warehouse.staging.next_version import NextVersion

# Only bytes that a current file has count as seen. A file whose articles were withdrawn is read again.
SOURCES_OF = """
    SELECT {columns} FROM ops.sources SEMI JOIN wanted USING (path)"""
STAMPS_OF = """
    SELECT path, size_bytes, modified_ns FROM ops.sources WHERE path IN (SELECT unnest($1))"""
HEAD = 15  # hexadecimal digits
HASHES = f"""
    SELECT CAST('0x' || left(file_sha256, {HEAD}) AS UBIGINT) AS head FROM ops.sources"""
RUN_OF = """
    SELECT run_id FROM ops.sources WHERE file_sha256 = $1 AND path <= $2 ORDER BY run_id DESC LIMIT 1"""
NEW_ARTICLES = """
    SELECT article_id FROM wanted
    ANTI JOIN main.articles USING (article_id)
    ANTI JOIN (
        SELECT article_id FROM staging.articles SEMI JOIN staging.files USING (path)
    ) AS done USING (article_id)"""
HALF_DONE = """
    SELECT article_id, path, record_no FROM staging.articles ANTI JOIN staging.files USING (path)"""
NEWS = """
    SELECT EXISTS (FROM staging.files WHERE outcome IN ('loaded', 'duplicate'))
        OR EXISTS (FROM staging.withdrawn)
        OR EXISTS (FROM staging.forgotten)
        OR EXISTS (
            FROM staging.sources AS s JOIN ops.sources AS o USING (path) WHERE s.file_sha256 <> o.file_sha256
        )
        OR EXISTS (
            FROM staging.sources SEMI JOIN (FROM staging.files WHERE outcome = 'unchanged') USING (path)
            ANTI JOIN ops.sources USING (path)
        )
        OR EXISTS (
            FROM staging.files AS f WHERE outcome = 'rejected' AND NOT EXISTS (
                FROM ops.files AS o
                WHERE o.outcome = 'rejected' AND o.path = f.path
                    AND o.file_sha256 IS NOT DISTINCT FROM f.file_sha256 AND o.reason IS NOT DISTINCT FROM f.reason
            )
        )"""
VANISHED = """
    INSERT INTO staging.forgotten
    SELECT path FROM ops.sources
    WHERE path NOT IN (SELECT path FROM staging.files) AND path NOT IN (FROM staging.forgotten)
        AND EXISTS (FROM folders WHERE starts_with(ops.sources.path, folder))"""


def stamps_of(warehouse: Path, paths: Sequence[str]) -> pl.DataFrame:
    """Select the `paths` that were read before, with their `size_bytes` and `modified_ns`.

    Empty if there is no warehouse, or if the next run must migrate it first.
    """
    try:
        return query(warehouse, STAMPS_OF, [list(paths)])
    except (WarehouseError, duckdb.Error):
        return pl.DataFrame()


def seen_sources(version: NextVersion, paths: Sequence[str]) -> pl.DataFrame:
    """Rows of `ops.sources` for the `paths` that were read before."""
    columns = ", ".join(column.name for column in SOURCES.columns)
    return _look_up(version, SOURCES_OF.format(columns=columns), "path", paths).cast(polars_schema(SOURCES))


class SeenHashes:
    """The hashes of all files read before, cut to eight bytes each; a match is confirmed by the full hash."""

    def __init__(self, version: NextVersion, none: bool = False) -> None:
        rows = version.connection.execute(f"{HASHES} LIMIT {0 if none else 'ALL'}").fetchnumpy()["head"]
        self._heads, self._version = np.sort(rows), version

    def run_of(self, file_sha256: str | None, path: str) -> str | None:
        """The run that read the same bytes, from `path` or a path that sorts before it; None if there is none.

        Of identical files, the first by path provides the article. So a file that sorts before all its copies must be
        read.
        """
        if not file_sha256:
            return None
        head = np.uint64(int(file_sha256[:HEAD], 16))
        place = int(np.searchsorted(self._heads, head))
        if place == len(self._heads) or self._heads[place] != head:
            return None
        found = self._version.connection.execute(RUN_OF, [file_sha256, path]).fetchall()
        return found[0][0] if found else None


def new_articles(version: NextVersion, article_ids: Sequence[str]) -> pl.Series:
    """Select the `article_ids` that are not published, and not staged from a file that the run has finished."""
    return _look_up(version, NEW_ARTICLES, "article_id", article_ids)["article_id"]


def half_done(version: NextVersion) -> pl.DataFrame:
    """`article_id`, `path`, `record_no` of staged articles whose file has no ledger row, because the run was killed."""
    return version.connection.sql(HALF_DONE).pl()


def done_paths(version: NextVersion, paths: Sequence[str]) -> set[str]:
    """Select the `paths` that this run has finished."""
    return set(
        _look_up(version, "SELECT path FROM staging.files SEMI JOIN wanted USING (path)", "path", paths)[
            "path"
        ]
    )


def has_news(version: NextVersion) -> bool:
    """Whether there is anything to publish: new bytes, a new path of seen bytes, withdrawn articles, a new reject."""
    return bool(version.connection.execute(NEWS).fetchall()[0][0])


def forget_vanished(version: NextVersion, folders: Sequence[str]) -> None:
    """Mark files below `folders` (as in stored paths, ending in `/`) as forgotten if the run did not find them."""
    with version.registered("folders", pl.DataFrame({"folder": folders}, {"folder": pl.String})):
        version.connection.execute(VANISHED)


def _look_up(version: NextVersion, sql: str, column: str, values: Sequence[str]) -> pl.DataFrame:
    with version.registered("wanted", pl.DataFrame({column: values}, {column: pl.String})):
        return version.connection.sql(sql).pl()
