"""Which corrections hold in what is published, and what came of those of a run."""

from __future__ import annotations

import polars as pl

from schema.derive import polars_schema
from schema.tables import ACTOR_CORRECTIONS
from warehouse.staging.next_version import NextVersion

LINE = ("correction_no", "action", "actor", "value", "note")


def read_applied(version: NextVersion) -> pl.DataFrame | None:
    """The lines (LINE) that the last run applied; None when nothing is published that a line could change."""
    if not version.connection.execute("SELECT EXISTS (FROM main.profiles)").fetchall()[0][0]:
        return None
    rows = version.connection.sql(
        f"SELECT {', '.join(LINE)} FROM ops.actor_corrections ORDER BY correction_no"
    ).pl()
    schema = polars_schema(ACTOR_CORRECTIONS)
    return rows.cast({name: schema[name] for name in LINE})
