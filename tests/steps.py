"""Run all steps of the pipeline in this process, for tests of the pipeline as a whole."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from transforms.articles.articles import build_articles, link_records
from transforms.articles.languages import add_languages
from transforms.build import build_actor_tables, build_facts
from transforms.extract import EXTRACTOR_VERSION, read_articles
from transforms.frames import RECORDS
from transforms.readers import read_records

RUN_ID = "test"


@dataclass(frozen=True)
class Way:
    """The output of each step. `links` says which file became which article."""

    links: pl.DataFrame
    articles: pl.DataFrame
    found_statements: pl.DataFrame
    found_names: pl.DataFrame
    tables: dict[str, pl.DataFrame]


def build_from_files(contents: dict[str, bytes]) -> Way:
    """Run all steps on files, given as bytes by path; all files must be readable."""
    readings = [read_records(content, path) for path, content in contents.items()]
    return build_from_records(pl.concat([reading.records for reading in readings]))


def build_from_bodies(bodies: list[str]) -> Way:
    rows = [
        {"path": f"{number}.txt", "record_no": 1, "body": body, "body_start": 0, "header_spans": []}
        for number, body in enumerate(bodies)
    ]
    return build_from_records(pl.DataFrame(rows, schema=RECORDS))


def build_from_records(records: pl.DataFrame) -> Way:
    articles = add_languages(build_articles(records, run_id=RUN_ID), ("en",))
    found = read_articles(articles)
    tables = build_all(articles, *found, extractor_version=EXTRACTOR_VERSION)
    return Way(link_records(records), articles, found.statements, found.names, tables)


def build_all(
    articles: pl.DataFrame,
    statements: pl.DataFrame,
    names: pl.DataFrame,
    pointers: pl.DataFrame | None = None,
    *,
    extractor_version: str = "test",
) -> dict[str, pl.DataFrame]:
    """Return all tables except `articles`, as if no other articles existed."""
    facts = build_facts(
        articles, statements, names, pointers, extractor_version=extractor_version, run_id=RUN_ID
    )
    return facts | build_actor_tables(facts["profiles"], facts["profile_names"])


def find_broken_slices(
    rows: pl.DataFrame, articles: pl.DataFrame, text: str, start: str, end: str
) -> pl.DataFrame:
    """Return the rows whose stored text differs from the slice of the body at their offsets."""
    placed = rows.drop_nulls([start, end]).join(
        articles.select("article_id", "body"), on="article_id", how="left"
    )
    slice_ = pl.col("body").str.slice(start, pl.col(end) - pl.col(start))
    return placed.filter((pl.col(text) != slice_).fill_null(True) | (pl.col(start) >= pl.col(end)))
