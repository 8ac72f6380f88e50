"""Read the corrections file and the corrections of annotations, once at the start of a run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from report.annotations import Annotations
from transforms.identify.corrected import PLACES, Subjects
from transforms.identify.corrections import (
    COLUMNS,
    OF_STATEMENT,
    CorrectionError,
    number_corrections,
    parse_corrections,
    read_corrections,
    read_parts,
)
from transforms.identify.rewording import Found
from transforms.statements.annotated import LINE, added_id, select_edits
from warehouse.files.write_whole import read_whole
from warehouse.staging.corrections import find_statements, read_applied, read_profile_ids, read_texts
from warehouse.staging.reprocess import withdraw_edited_articles
from warehouse.staging.withdraw import withdraw_superseded

if TYPE_CHECKING:
    from flows.settings import Settings
    from warehouse.staging.next_version import NextVersion

ANNOTATED = "annotated article"  # how the note begins in a line that follows from an annotation
MAX_BYTES = 10_000_000  # about a hundred thousand lines; a run looks up each line among all actors


def open_corrections(settings: Settings) -> pl.DataFrame:
    """Read the corrections file (if there is none, the shipped lines), then the lines that follow from annotations.

    The lines from annotations come last because an annotator sees articles with the file's corrections applied. If a
    file cannot be read or a line cannot be applied, CorrectionError or AnnotationError names the file and the line.
    """
    lines, annotated = _read_file(settings), read_annotated(settings)
    return pl.concat([lines, annotated.with_columns(pl.col("correction_no") + lines.height)])


def read_annotated(settings: Settings) -> pl.DataFrame:
    """The corrections that follow from the annotated articles."""
    cells = [
        [*line, f"{ANNOTATED} {annotation['article']}"]
        for annotation in Annotations(settings.annotations_file).read()
        for line in annotation.get("corrections", [])
    ]
    lines = pl.DataFrame(cells, dict.fromkeys(COLUMNS, pl.String), orient="row")
    return number_corrections(lines, f"corrections in {settings.annotations_file}")


def _read_file(settings: Settings) -> pl.DataFrame:
    path = settings.corrections_file
    if path is None:
        return read_corrections()
    try:
        data = read_whole(path, MAX_BYTES)
    except OSError as error:
        raise CorrectionError(f"{path} cannot be read: {error.strerror}") from error
    if len(data) > MAX_BYTES:
        raise CorrectionError(f"{path} is larger than {MAX_BYTES:,} bytes")
    return parse_corrections(data, str(path))


def are_corrections_new(version: NextVersion, corrections: pl.DataFrame) -> bool:
    """Whether `corrections` differ from the corrections that are applied to the published actors."""
    applied = read_applied(version)
    return applied is not None and not applied.equals(corrections.select(applied.columns))


def read_subjects(version: NextVersion, corrections: pl.DataFrame) -> Subjects:
    """Read what corrections refer to: existing statements, profiles of the named articles, and texts of statements."""
    added = {
        (article_id, value): added_id(article_id, value)
        for article_id, value in corrections.filter(action="add").select("actor", "value").rows()
    }
    named = corrections.filter(pl.col("action").is_in(OF_STATEMENT))["actor"]
    named = pl.concat([named, pl.Series(added.values(), dtype=pl.String)]).unique()
    statements = find_statements(version, named) if named.len() else named
    splits = corrections.filter(action="split")["value"]
    articles = {what for value in splits for by, what in read_parts(value) if by == "article"}
    places = read_profile_ids(version, sorted(articles)) if articles else PLACES.to_frame()
    worded = corrections.filter(action="content")["actor"].unique()
    contents = read_texts(version, worded) if worded.len() else {}
    texts = {key: Found(*text) for key, text in contents.items()}
    return Subjects(frozenset(statements), places.cast(PLACES), texts, added)


def withdraw_edited(version: NextVersion, corrections: pl.DataFrame) -> pl.DataFrame:
    """Withdraw the published articles that must be analysed again because of a new or removed line; see `annotated.py`.

    Returns the `article_id` of those that are not staged yet. Call it after all files are read.
    """
    applied = read_applied(version)
    before, now = select_edits(applied if applied is not None else pl.DataFrame()), select_edits(corrections)
    changed = pl.concat([before.join(now, on=LINE, how="anti"), now.join(before, on=LINE, how="anti")])
    if changed.is_empty():
        return pl.DataFrame(schema={"article_id": pl.String})
    withdraw_superseded(version)
    return withdraw_edited_articles(version, changed)
