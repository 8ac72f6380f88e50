"""Try a new correction on the published rows, and add it to the corrections file.

Nothing is published here. The next run applies the line. If the line is deleted, the next run undoes the correction.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from flows.run.across_articles import settle_actors
from flows.run.corrections import ANNOTATED, open_corrections
from flows.settings import Settings
from transforms.identify.corrections import COLUMNS, CorrectionError, parse_corrections
from warehouse.files.write_whole import one_writer, write_whole
from warehouse.staging.next_version import NextVersion
from warehouse.staging.trial import open_trial

ACTORS = """
    SELECT a.actor_id, a.kind, a.name, a.country_code AS country, o.org_type AS type
    FROM staging.actors AS a LEFT JOIN staging.organizations AS o ON o.organization_id = a.actor_id"""
ROLES = """
    SELECT p.name AS person, f.role, o.name AS organization, f.country_code AS country
    FROM staging.affiliations AS f
    JOIN staging.actors AS p USING (actor_id)
    LEFT JOIN staging.organizations AS o USING (organization_id)"""
# Speaker, organization, role, content and state of the published statements whose actors were resolved again.
STATEMENTS = """
    SELECT
        s.statement_id,
        if(o.statement_id IS NULL, coalesce(i.actor_id, s.actor_id), o.actor_id) AS actor_id,
        if(o.statement_id IS NULL, coalesce(b.actor_id, s.organization_id), o.organization_id) AS organization_id,
        if(o.statement_id IS NULL, s.role, o.role) AS role,
        coalesce(o.content, s.content) AS content,
        coalesce(o.correction = 'deleted', false) AS is_deleted
    FROM main.statements AS s
    LEFT JOIN staging.overlaid AS o USING (statement_id)
    LEFT JOIN staging.identities AS i ON i.profile_id = s.profile_id
    LEFT JOIN staging.identities AS b ON b.profile_id = s.organization_profile_id
    WHERE o.statement_id IS NOT NULL OR i.actor_id IS NOT NULL OR b.actor_id IS NOT NULL"""
MENTIONED = """
    SELECT m.mention_id, i.actor_id FROM main.mentions AS m JOIN staging.identities AS i USING (profile_id)"""
NAMES = "SELECT actor_id, name FROM main.actors WHERE actor_id IN (SELECT unnest($ids))"
BLOCKS = "SELECT block FROM staging.touched_blocks"
READ = {"actors": ACTORS, "roles": ROLES, "statements": STATEMENTS, "mentions": MENTIONED}

Row = dict[str, Any]


@dataclass(frozen=True)
class Effect:
    """The effect of a correction: `outcome` as in `ops.actor_corrections`, and which lines the new line contradicts.

    `gone` has the actors and roles that exist only without the correction, `came` has the actors and roles that exist
    only with it. If one statement changes, they also have its speaker, role and content, before and after.
    `statements` and `mentions` count the rows whose actor, role or content changes.
    """

    outcome: str
    contradicted: list[int]
    gone: dict[str, list[Row]]
    came: dict[str, list[Row]]
    statements: int
    mentions: int


def add_line(settings: Settings, cells: Sequence[str]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the corrections before and after adding a line of `cells`; CorrectionError if the line is invalid."""
    before = open_corrections(settings)
    _require_not_annotated(before, cells)
    line = parse_corrections(_as_csv([COLUMNS, cells]).encode(), "the new line")
    return before, pl.concat([before, line.with_columns(pl.col("correction_no") + before.height)])


def _require_not_annotated(lines: pl.DataFrame, cells: Sequence[str]) -> None:
    """Raise CorrectionError if an annotation makes the same kind of correction already: annotations have precedence."""
    rival = lines.filter(pl.col("note").str.starts_with(f"{ANNOTATED} "), actor=cells[1], action=cells[0])
    if rival.height:
        article_id = rival["note"][0].removeprefix(f"{ANNOTATED} ")
        raise CorrectionError(
            f"the annotation of the article corrects this already; change it there: onrecord annotate {article_id}"
        )


def try_line(settings: Settings, before: pl.DataFrame, after: pl.DataFrame) -> Effect:
    """Find the effect of the line that `after` has and `before` has not; WarehouseError without a warehouse."""
    with open_trial(settings.warehouse, settings.memory) as version:
        blocks = _settle(version, after, None)
        blocks = _settle(version, before, blocks)
        old, contradicted = _read(version), _find_contradicted(version)
        _settle(version, after, blocks)
        new, outcomes = _read(version), version.staged("actor_corrections")
        more = sorted(_find_contradicted(version) - contradicted)
        gone, came = (
            {name: _only_in(these[name], those[name]) for name in ("actors", "roles")}
            for these, those in ((old, new), (new, old))
        )
        changed = _only_in(new["statements"], old["statements"])
        if len(changed) == 1:
            is_same = pl.col("statement_id") == changed[0]["statement_id"]
            gone["statements"] = _shown(version, old["statements"].filter(is_same), gone["actors"])
            came["statements"] = _shown(version, new["statements"].filter(is_same), came["actors"])
    return Effect(
        outcomes.filter(correction_no=after.height)["outcome"].item(),
        more,
        gone,
        came,
        len(changed),
        len(_only_in(new["mentions"], old["mentions"])),
    )


def _shown(version: NextVersion, statements: pl.DataFrame, actors: Sequence[Row]) -> list[Row]:
    """Speaker, role and content of the statements that are not deleted; `actors` has names of the trial."""
    rows = statements.filter(~pl.col("is_deleted")).to_dicts()
    published = version.connection.execute(NAMES, {"ids": [row["actor_id"] for row in rows]}).fetchall()
    names = dict(published) | {row["actor_id"]: row["name"] for row in actors}
    return [
        {"speaker": names.get(row["actor_id"]), "role": row["role"], "content": row["content"]}
        for row in rows
    ]


def _settle(version: NextVersion, lines: pl.DataFrame, blocks: pl.DataFrame | None) -> pl.DataFrame:
    settle_actors(version, lines, blocks)
    return version.connection.sql(BLOCKS).pl()


def _read(version: NextVersion) -> dict[str, pl.DataFrame]:
    return {name: version.connection.sql(sql).pl() for name, sql in READ.items()}


def _find_contradicted(version: NextVersion) -> set[int]:
    return set(version.staged("actor_corrections", "outcome = 'contradicted'")["correction_no"])


def _only_in(these: pl.DataFrame, those: pl.DataFrame) -> list[Row]:
    rows = these.unique().join(those, on=these.columns, how="anti", nulls_equal=True)
    return rows.sort(rows.columns).to_dicts()


def write_line(settings: Settings, cells: Sequence[str]) -> tuple[Path, int]:
    """Add a line to the corrections file, which is created if missing; returns the file and the number of the line.

    The file is replaced in one step, so that a run never reads half of it.
    """
    path = settings.corrections or settings.folder / "corrections.csv"
    with one_writer(path):
        if any(row[:3] == tuple(cells[:3]) for row in open_corrections(settings).select(COLUMNS).iter_rows()):
            raise CorrectionError(f"{path} has this line already")
        text = _append(path, cells)
        write_whole(path, lambda part: part.write_text(text, encoding="utf-8", newline=""))
    return path, text.count("\n")


def _append(path: Path, cells: Sequence[str]) -> str:
    """Return the text of the file `path`, which may be missing, with a line of `cells` at its end."""
    text = path.read_bytes().decode("utf-8-sig") if path.exists() else ""
    header = _read_header(text) or COLUMNS
    fields = dict(zip(COLUMNS, cells, strict=True))
    if fields["note"] and "note" not in header:
        raise CorrectionError(f"{path} has no column for notes; add `note` at the end of its first line")
    if not _read_header(text):
        text = _as_csv([header])
    text += "" if text.endswith("\n") else "\n"
    return text + _as_csv([[fields[column] for column in header]])


def _read_header(text: str) -> list[str]:
    rows = ([cell.strip() for cell in row] for row in csv.reader(io.StringIO(text, newline="")))
    return next((cells for cells in rows if any(cells)), [])


def _as_csv(rows: Sequence[Sequence[str]]) -> str:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()
