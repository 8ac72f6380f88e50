"""Keep runs from loading withdrawn articles again; `onrecord.withdrawn.csv` next to the warehouse lists them.

An article is identified by its text, so it is left out of every file that contains it. Once it is allowed again, the
next run reads its file again, even if the file is unchanged.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Set
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from flows.run.ledger import LEFT_OUT, BatchRead
from schema.errors import UsageError
from transforms.articles.articles import link_records
from warehouse.files.write_whole import read_whole, write_whole
from warehouse.staging.seen import new_articles

if TYPE_CHECKING:
    from datetime import date

    from flows.settings import Settings
    from warehouse.staging.next_version import NextVersion

WITHDRAWN, ALLOWED = "withdrawn", "allowed"
MAX_BYTES = 500_000_000
SCHEMA = pl.Schema(dict.fromkeys(("article_id", "path", "run_id", "withdrawn_at", "state"), pl.String))


class WithheldError(UsageError):
    """The list of withdrawn articles cannot be read."""


@dataclass(frozen=True)
class Load:
    """Articles that were loaded by a run, from a path, or since a day; if several are given, all of them must hold."""

    run: str | None = None
    path: str | None = None
    since: date | None = None

    def __str__(self) -> str:
        conditions = (
            f"run {self.run}" if self.run else "",
            self.path or "",
            f"since {self.since}" if self.since else "",
        )
        return ", ".join(part for part in conditions if part)


def read_withheld(settings: Settings) -> pl.DataFrame:
    """The list of withdrawn articles; empty if nothing was ever withdrawn."""
    path = settings.withheld_file
    try:
        data = read_whole(path, MAX_BYTES)
        if len(data) > MAX_BYTES:
            raise WithheldError(f"{path} is larger than {MAX_BYTES:,} bytes")
        lines = csv.DictReader(io.StringIO(data.decode("utf-8"), newline=""), strict=True)
        rows = [tuple(row[name] for name in SCHEMA) for row in lines]
    except FileNotFoundError:
        rows = []
    except (OSError, UnicodeDecodeError, csv.Error, KeyError) as error:
        raise WithheldError(
            f"{path} cannot be read: {error}; correct the file. If you remove it, "
            "the next runs load the withdrawn articles again"
        ) from error
    return pl.DataFrame(rows, SCHEMA, orient="row")


def add_withheld(settings: Settings, articles: pl.DataFrame) -> None:
    """Add `articles` (article_id, path, run_id) and the present time to the list of withdrawn articles."""
    now = datetime.now(UTC).isoformat(timespec="seconds")
    new = articles.with_columns(withdrawn_at=pl.lit(now), state=pl.lit(WITHDRAWN)).select(SCHEMA.names())
    others = read_withheld(settings).join(new, on="article_id", how="anti")
    _write(settings.withheld_file, pl.concat([others, new]))


def allow(settings: Settings, load: Load) -> int:
    """Take the articles of a load off the list, so that the next run may load them again; return how many."""
    withheld = read_withheld(settings)
    is_chosen = pl.Series([_fits(load, row) for row in withheld.to_dicts()], dtype=pl.Boolean)
    changed = withheld.with_columns(
        state=pl.when(is_chosen).then(pl.lit(ALLOWED)).otherwise("state")
    )  # fmt: skip
    count = int((is_chosen & (withheld["state"] == WITHDRAWN)).sum())
    if count:
        _write(settings.withheld_file, changed)
    return count


def _fits(load: Load, row: dict[str, str]) -> bool:
    return (
        (load.run is None or row["run_id"] == load.run)
        and (load.path is None or is_of_path(row["path"], load.path))
        and (load.since is None or row["withdrawn_at"][:10] >= str(load.since))
    )


def is_of_path(path: str, wanted: str) -> bool:
    """Whether a stored path equals `wanted`, is in the folder `wanted`, or matches the pattern `wanted`."""
    pairs = [(path, wanted), (str(Path(path).absolute()), str(Path(wanted).absolute()))]
    return any(fnmatchcase(one, other) or one.startswith(f"{other.rstrip('/')}/") for one, other in pairs)


def _write(path: Path, rows: pl.DataFrame) -> None:
    write_whole(path, rows.sort("withdrawn_at", "path", "article_id").write_csv)


def leave_out(read: BatchRead, withheld: pl.DataFrame) -> BatchRead:
    """Turn the withdrawn articles in a reading into rejects; return the new reading."""
    if withheld.is_empty() or read.records.is_empty():
        return read
    out = withheld.filter(state=WITHDRAWN).select("article_id", "withdrawn_at")
    found = link_records(read.records).join(out, on="article_id", maintain_order="left")
    if found.is_empty():
        return read
    why = pl.format(
        "withdrawn on {}; to load it again, use onrecord withdraw --allow",
        pl.col("withdrawn_at").str.head(10),
    )
    rows = found.with_columns(
        stage=pl.lit("articles"), reason_code=pl.lit(WITHDRAWN), reason=why, payload=pl.lit(None, pl.String)
    )
    left_out = rows.select(LEFT_OUT.names()).cast(LEFT_OUT)
    records = read.records.join(found, on=["path", "record_no"], how="anti", maintain_order="left")
    return replace(read, records=records, left_out=read.left_out.vstack(left_out))


def find_reread(withheld: pl.DataFrame, next_version: NextVersion) -> Set[str]:
    """List the files to read again even if unchanged: files with articles that are allowed again but not published."""
    if withheld.is_empty():
        return set()
    allowed = withheld.filter(state=ALLOWED)
    missing = new_articles(next_version, allowed["article_id"].to_list())
    return set(allowed.filter(pl.col("article_id").is_in(missing.implode()))["path"])
