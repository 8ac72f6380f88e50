"""Declare the tables of the ledger, which are in the schema `ops`: runs, files, rejects, checks, versions and others.

`schema/tables.py` has the other tables and joins all of them. The sketches have a module of their own.
"""

from __future__ import annotations

import polars as pl

from schema.column_values import CORRECTION_OUTCOMES, CORRECTIONS, OUTCOMES, SEVERITIES, UTC
from schema.table import Column, Table

RUNS = Table(
    "runs",
    "one run",
    ("run_id",),
    (
        Column("run_id", pl.String, "time of the start and a random suffix"),
        Column("started_at", UTC, "start of the run"),
        Column("ended_at", UTC, "end of the run: its version was complete; only the report and copies came later",
               required=False),
        Column("status", pl.String, "always published: only a run that publishes leaves a row",
               values=("running", "published", "nothing_new")),
        Column("code_version", pl.String, "version of On Record"),
        Column("parameters", pl.String, "settings of the run, as JSON"),
    ),
    schema="ops",
)  # fmt: skip

FILES = Table(
    "files",
    "one file in one run",
    ("run_id", "path"),
    (
        Column("run_id", pl.String, "the run", references="ops.runs.run_id"),
        Column("path", pl.String, "path of the file, as found"),
        Column("file_sha256", pl.String, "hash of the bytes; null if they could not be read", required=False),
        Column("format", pl.String, "recognised format; null if none was recognised", required=False),
        Column("outcome", pl.String, "result of reading the file", values=OUTCOMES),
        Column("articles_found", pl.Int32, "articles found in the file", minimum=0),
        Column("articles_loaded", pl.Int32, "new articles loaded from the file", minimum=0),
        Column("articles_duplicate", pl.Int32, "articles whose text was loaded before", minimum=0),
        Column("articles_rejected", pl.Int32, "rejected articles", minimum=0),
        Column("reason", pl.String, "why the file was not loaded", required=False),
    ),
    schema="ops",
)

REJECTS = Table(
    "rejects",
    "one rejected file, article or row",
    ("run_id", "reject_no"),
    (
        Column("run_id", pl.String, "the run", references="ops.runs.run_id"),
        Column("reject_no", pl.Int32, "1, 2, 3... within the run", minimum=1),
        Column("stage", pl.String, "step that rejected the file, article or row: read, articles, gate..."),
        Column("path", pl.String, "path of the file", required=False),
        Column("record_no", pl.Int32, "number of the article in the file, from 1", required=False),
        Column("reason_code", pl.String, "short code of the reason: empty_file, binary_file..."),
        Column("reason", pl.String, "the reason as a sentence with the value at fault"),
        Column("payload", pl.String, "the rejected row as JSON", required=False),
    ),
    schema="ops",
)

CHECKS = Table(
    "checks",
    "one check in one run",
    ("run_id", "table_name", "check_name"),
    (
        Column("run_id", pl.String, "the run", references="ops.runs.run_id"),
        Column("table_name", pl.String, "table that the check is about"),
        Column("check_name", pl.String, "name of the check"),
        Column("severity", pl.String, "critical: a failure stops the run; a failure that only rejects articles is "
               "recorded as a warning", values=SEVERITIES),
        Column("success", pl.Boolean, "whether the check passed"),
        Column("observed", pl.String, "what the check found", required=False),
        Column("failing_count", pl.Int64, "number of failing rows", minimum=0),
        Column("examples", pl.String, "some failing rows as JSON", required=False),
        Column("expected", pl.String, "what the check expects, with its thresholds", required=False),
        Column("reason", pl.String, "why the check expects this", required=False),
        Column("sql", pl.String, "query that finds the failing rows in the staging file", required=False),
    ),
    schema="ops",
)  # fmt: skip

METRICS = Table(
    "metrics",
    "one measured value of one run",
    ("run_id", "metric", "scope"),
    (
        Column("run_id", pl.String, "the run", references="ops.runs.run_id"),
        Column("metric", pl.String, "name of the metric; most have a query of the same name in expectations/metrics"),
        Column("scope", pl.String, "outlet, table, column, language or step that was measured; empty if the metric "
               "covers everything"),
        Column("value", pl.Float64, "the measured value"),
        Column("row_count", pl.Int64, "number of rows that were measured", minimum=0),
    ),
    schema="ops",
)  # fmt: skip

ACTOR_CORRECTIONS = Table(
    "actor_corrections",
    "one line of the corrections file, as the last run applied it",
    ("correction_no",),
    (
        Column("correction_no", pl.Int32, "1, 2, 3... in the order of the file", minimum=1),
        Column("action", pl.String, "action of the correction", values=CORRECTIONS, merge="replace"),
        Column("actor", pl.String, "id or name of the actor, or id of the statement, as in the file", merge="replace"),
        Column("value", pl.String, "new value (another actor, parts, name, kind...), as in the file; may be empty",
               merge="replace"),
        Column("note", pl.String, "reason for the correction, as in the file", required=False, merge="replace"),
        Column("outcome", pl.String, "applied, or why not; not_met: nothing has the name or id; met_several: several "
               "actors have the name; not_in_text: the article lacks the words; contradicted: by a later line",
               values=CORRECTION_OUTCOMES, merge="replace"),
        Column("actor_id", pl.String, "the changed actor, or the new speaker", required=False, merge="replace"),
        Column("profile_count", pl.Int64, "number of that actor's profiles that changed", minimum=0, merge="replace"),
        Column("run_id", pl.String, "run that applied the correction", references="ops.runs.run_id", merge="replace"),
    ),
    schema="ops",
)  # fmt: skip

SOURCES = Table(
    "sources",
    "one file that has articles in the warehouse, as it was when last read",
    ("path",),
    (
        Column("path", pl.String, "path of the file, as found"),
        Column("file_sha256", pl.String, "hash of the file's bytes", merge="replace"),
        Column("size_bytes", pl.Int64, "size of the file; null if it is remote, or was written just before it was read",
               required=False, minimum=0, merge="replace"),
        Column("modified_ns", pl.Int64, "modification time in nanoseconds since 1970; null if size_bytes is null",
               required=False, merge="replace"),
        Column("run_id", pl.String, "run that read the file last", references="ops.runs.run_id", merge="replace"),
    ),
    schema="ops",
)  # fmt: skip

CONTENTS = Table(
    "contents",
    "one article in files with the same bytes; for a feed, also an article that the feed had earlier",
    ("file_sha256", "article_id"),
    (
        Column("file_sha256", pl.String, "hash of the bytes; for a feed, of its current bytes"),
        Column("article_id", pl.String, "the article", references="main.articles.article_id"),
        Column("run_id", pl.String, "first run that read the article in these bytes", references="ops.runs.run_id"),
    ),
    schema="ops",
    repeats=True,  # one run may read two files with the same bytes
)  # fmt: skip

VERSIONS = Table(
    "versions",
    "one published version of the warehouse",
    ("version_no",),
    (
        Column("version_no", pl.Int64, "number in the order of publishing; never used twice", minimum=1),
        Column("published_at", UTC, "when this version was complete, just before it replaced the previous one"),
        Column("run_id", pl.String, "the run that published it", references="ops.runs.run_id"),
        Column("shape_no", pl.Int32, "number of the tables' layout, see `warehouse/files/upgrade.py`", required=False),
        Column("restored_from", pl.Int64, "number of the version that a rollback or restore published again",
               required=False),
    ),
    schema="ops",
)  # fmt: skip
