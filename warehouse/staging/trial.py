"""Open a version that is never published, to try what a change would do.

Its staging is in memory: it writes no file and blocks no run.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from schema.derive import literal
from warehouse.files.connect import WarehouseError, connect_memory, connect_readonly
from warehouse.files.upgrade import list_missing
from warehouse.staging.next_version import (
    MEMORY,
    SEARCH_PATH,
    STAGING,
    NextVersion,
    create_staging,
    show_published,
)


@contextmanager
def open_trial(published: Path, memory: str = MEMORY) -> Iterator[NextVersion]:
    """A trial version; WarehouseError if there is no warehouse, or if the next run must migrate it first."""
    with connect_readonly(published) as connection:
        if list_missing(connection):
            raise WarehouseError(
                f"{published} was written by an older version of On Record: `onrecord ingest` migrates it"
            )
    with connect_memory() as connection:
        connection.execute(f"SET memory_limit = {literal(memory)}")
        try:
            connection.execute(f"ATTACH {literal(str(published))} AS published (READ_ONLY)")
        except duckdb.Error as error:
            raise WarehouseError(f"{published}: {error}") from error
        connection.execute(
            f"ATTACH ':memory:' AS run; CREATE SCHEMA ops; CREATE SCHEMA run.{STAGING}; "
            f"SET search_path = '{SEARCH_PATH}'"
        )
        show_published(connection)
        create_staging(connection)
        yield NextVersion(published, published, "trial", datetime.now(UTC), False, connection)
