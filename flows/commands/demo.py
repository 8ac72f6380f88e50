"""`onrecord demo`: write a warehouse of generated articles about invented people."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from flows.commands.common import USAGE, fail

if TYPE_CHECKING:
    import polars as pl

    from warehouse.staging.next_version import NextVersion
    from warehouse.staging.publish import Published

DEFAULT = Path("data/demo.duckdb")


def demo(
    articles: Annotated[int, typer.Option(min=1, metavar="N", help="Number of articles.")] = 100_000,
    seed: Annotated[int, typer.Option(min=0, help="Random seed of the articles.")] = 1,
    warehouse: Annotated[
        Path | None,
        typer.Option("--warehouse", metavar="FILE", help="DuckDB file.", show_default=str(DEFAULT)),
    ] = None,
) -> None:
    """Write a warehouse of generated articles, to try queries on."""
    path = warehouse or DEFAULT
    if path.exists():
        fail(f"{path} already exists; name a new file with --warehouse", USAGE)
    for done in make_warehouse(path, articles, seed):
        print(
            f"version {done.version_no}: {done.rows['articles']:,} articles, {done.rows['statements']:,} statements"
        )


def make_warehouse(path: Path, articles: int, seed: int, of: int | None = None) -> Iterator[Published]:
    """Publish a generated warehouse at `path` in parts; each step of the iteration publishes one part.

    Publishes in place, because copying all earlier parts for each new part would cost more than the parts. `of` is as
    in `build_demo`.
    """
    from demo import build_demo
    from demo.sketches import sketch
    from flows.run.across_articles import settle_stories
    from warehouse.staging.next_version import open_next
    from warehouse.staging.publish import publish

    for tables in build_demo(articles, seed, of):
        with open_next(path, tables["runs"]["run_id"].item()) as version:
            stage_part(version, sketch(tables), tables)
            settle_stories(version)  # a story may have versions in earlier parts
            done = publish(version, in_place=True)
        yield done


def stage_part(version: NextVersion, *batches: dict[str, pl.DataFrame]) -> None:
    """Stage the frames of a part one by one, and remove each from its batch, so that it leaves memory."""
    for tables in batches:
        for name in list(tables):
            version.stage({name: tables.pop(name)})
