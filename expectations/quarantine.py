"""Move the articles and files of rows that break a rule from staging to `ops.rejects`.

The columns of a faulty row lead to articles: `statement_id` to the article with that statement, an actor's id to the
articles that mention the actor. Articles at fault are collected in `staging.at_fault` first, so that a check can count
them before any article is moved.
"""

from __future__ import annotations

import json

import polars as pl

from expectations.rule import Rule
from schema.derive import polars_schema
from schema.tables import REJECTS
from warehouse.staging.next_version import NextVersion

# Column of a row at fault -> query for the staged articles of each value; the most reliable column comes first.
LEADS = {
    "article_id": "SELECT DISTINCT article_id AS value, article_id FROM broken",
    "statement_id": "SELECT statement_id AS value, article_id FROM staging.statements",
    "mention_id": "SELECT mention_id AS value, article_id FROM staging.mentions",
    "profile_id": """
        SELECT profile_id AS value, article_id FROM staging.mentions
        UNION SELECT profile_id, evidence_article_id FROM staging.profiles""",
    "story_id": "SELECT story_id AS value, article_id FROM staging.articles",
    "affiliation_id": """
        SELECT affiliation_id AS value, evidence_article_id AS article_id FROM staging.affiliations
        UNION SELECT f.affiliation_id, m.article_id
        FROM staging.affiliations AS f JOIN staging.mentions AS m USING (actor_id)""",
    "organization_id": "SELECT actor_id AS value, article_id FROM staging.mentions",
    "actor_id": "SELECT actor_id AS value, article_id FROM staging.mentions",
    "file_sha256": "SELECT file_sha256 AS value, article_id FROM staging.contents",
    "path": "SELECT path AS value, article_id FROM staging.articles",
}
OF_FILES = ("files", "sources")  # tables whose rows lead to a file, even one without articles
AT_FAULT = pl.Schema(
    {"article_id": pl.String, "path": pl.String, "reason_code": pl.String, "reason": pl.String}
)


def note_faults(version: NextVersion, rule: Rule) -> int:
    """Note the articles and files of the rows that break `rule`; return how many rows have neither."""
    led = version.connection.sql(_lead_sql(version, rule)).pl()
    is_lost = pl.col("article_id").is_null() & pl.col("path").is_null()
    value = pl.format(" It has: {}.", pl.col("value").fill_null("nothing"))
    reason = pl.lit(rule.reason) + (value if led["has_value"].any() else pl.lit(""))
    faults = (
        led.filter(~is_lost)
        .select("article_id", "path", reason_code=pl.lit(rule.name), reason=reason)
        .unique(["article_id", "path"], keep="first", maintain_order=True)
    )
    with version.registered("faults", faults.cast(AT_FAULT)):
        version.connection.execute("INSERT INTO staging.at_fault FROM faults")
    return int(led.select(is_lost.sum()).item())


def _lead_sql(version: NextVersion, rule: Rule) -> str:
    """Return SQL that pairs faulty rows with the articles they lead to: `article_id`, `path`, `value`, `has_value`."""
    columns = version.connection.sql(rule.sql).columns
    leads = [name for name in LEADS if name in columns]
    ways = [
        f"SELECT row_no, l.article_id, {rank} AS rank FROM broken JOIN ({LEADS[name]}) AS l ON l.value = broken.{name}"
        for rank, name in enumerate(leads)
    ]
    ways.append("SELECT 0, NULL, 0 WHERE false")
    path = "CAST(path AS VARCHAR)" if rule.table in OF_FILES and "path" in columns else "NULL"
    value = "CAST(value AS VARCHAR)" if "value" in columns else "NULL"
    shown = ", ".join([*leads, f"{path} AS of_file", f"{value} AS said"])
    return f"""
        WITH broken AS MATERIALIZED (SELECT row_number() OVER () AS row_no, {shown} FROM {rule.rows}),
        led AS ({" UNION ALL ".join(ways)}),
        best AS (
            SELECT DISTINCT row_no, article_id FROM led
            WHERE article_id IS NOT NULL
            QUALIFY rank = min(rank) OVER (PARTITION BY row_no)
        )
        SELECT best.article_id, of_file AS path, said AS value, {"value" in columns} AS has_value
        FROM broken LEFT JOIN best USING (row_no)
        ORDER BY row_no, best.article_id"""


def move_to_rejects(version: NextVersion) -> int:
    """Move the noted articles and files, with all their rows, from staging to the rejects; return their number.

    Each moved row becomes one reject. All of this is one transaction: a run that is killed here has moved nothing.
    """
    faults = version.connection.sql(NOTED).pl()
    if faults.is_empty():
        return 0
    with version.whole():
        removed = version.unstage(faults["article_id"].drop_nulls().to_list())
        files = faults.filter(pl.col("article_id").is_null())
        articles = faults.filter(pl.col("article_id").is_not_null())
        version.reject_in_files(
            articles.drop_nulls("path").group_by("path").agg(articles=pl.len(), reason=pl.first("reason"))
        )
        version.reject_files(files.select("path", "reason"))
        rejects = pl.concat(
            [
                _rejected_files(files),
                *(_rejected_rows(name, rows, articles) for name, rows in removed.items()),
            ]
        )
        version.stage({"rejects": _number(version, rejects)})
        version.connection.execute("UPDATE staging.at_fault SET path = NULL WHERE article_id IS NULL")
    return faults.height


def move_unanalysed(version: NextVersion) -> int:
    """Move articles that could not be analysed from staging to the rejects; return how many.

    Nothing was found in them, so they have no rows in other tables.
    """
    faults = version.connection.sql(UNANALYSED).pl()
    if faults.is_empty():
        return 0
    with version.whole():
        version.unstage(faults["article_id"].to_list())
        version.reject_in_files(faults.group_by("path").agg(articles=pl.len(), reason=pl.first("reason")))
        version.stage({"rejects": _number(version, faults, stage="analysis")})
        version.connection.execute("DELETE FROM staging.unanalysed")
    return faults.height


UNANALYSED = """
    SELECT
        article_id, a.path, a.record_no, u.reason_code, NULL AS payload,
        format('{}: {} characters, {}', a.path, length(a.body), u.reason) AS reason
    FROM staging.unanalysed AS u JOIN staging.articles AS a USING (article_id)
    ORDER BY a.path, a.record_no"""
# Noted and still staged articles and files, without repetition: each article with its file and its first reason.
NOTED = """
    SELECT
        f.article_id,
        a.path,
        a.record_no,
        arg_min(f.reason_code, f.rowid) AS reason_code,
        arg_min(f.reason, f.rowid) AS reason
    FROM staging.at_fault AS f LEFT JOIN staging.articles AS a USING (article_id)
    WHERE f.article_id IS NOT NULL AND (a.article_id IS NOT NULL OR EXISTS (
        SELECT 1 FROM staging.statements AS s WHERE s.article_id = f.article_id
        UNION ALL SELECT 1 FROM staging.mentions AS m WHERE m.article_id = f.article_id
    ))
    GROUP BY ALL
    UNION ALL
    SELECT NULL, path, NULL, arg_min(reason_code, rowid), arg_min(reason, rowid)
    FROM staging.at_fault WHERE path IS NOT NULL
    GROUP BY path"""


def _rejected_files(files: pl.DataFrame) -> pl.DataFrame:
    return files.select(
        "path",
        pl.lit(None, pl.Int32).alias("record_no"),
        pl.lit(None, pl.String).alias("payload"),
        "reason_code",
        reason=pl.format("{}: {}", "path", "reason"),
    )


def _rejected_rows(table: str, removed: pl.DataFrame, faults: pl.DataFrame) -> pl.DataFrame:
    """Make one reject per removed row, with the row as JSON; article bodies are left out, because the file has them."""
    rows = [
        json.dumps({"table": table, **row}, ensure_ascii=False, default=str) for row in removed.to_dicts()
    ]
    dependant = pl.lit(table != "articles")
    found = pl.format("Its article was rejected: {}", "reason")
    return (
        removed.select("article_id", payload=pl.Series(rows, dtype=pl.String))
        .join(faults, on="article_id", how="left", maintain_order="left")
        .select(
            "path",
            "record_no",
            "payload",
            reason_code=pl.when(dependant).then(pl.lit("article_rejected")).otherwise("reason_code"),
            reason=pl.when(dependant).then(found).otherwise("reason"),
        )
    )


def reject_broken_rows(version: NextVersion, rule: Rule) -> None:
    """Add all rows that break a rule to the rejects in the unpublished file of a stopped run."""
    try:
        broken = version.connection.sql(rule.sql)
    except Exception:  # the query of the check failed, so it has no rows
        return
    places = [name if name in broken.columns else f"NULL AS {name}" for name in ("path", "record_no")]
    version.connection.execute(
        f"INSERT INTO staging.rejects (run_id, reject_no, stage, path, record_no, reason_code, reason, payload) "
        f"SELECT ?, ? + row_number() OVER (), 'gate', {', '.join(places)}, ?, ?, "
        f'to_json(struct_insert(broken, "table" := ?))::VARCHAR FROM {rule.rows} AS broken',
        [version.run_id, _last_number(version), rule.name, rule.reason, rule.table],
    )


def _number(version: NextVersion, rejects: pl.DataFrame, stage: str = "gate") -> pl.DataFrame:
    numbers = pl.int_range(1, pl.len() + 1, dtype=pl.Int32) + _last_number(version)
    numbered = rejects.with_columns(reject_no=numbers, run_id=pl.lit(version.run_id), stage=pl.lit(stage))
    return numbered.select(pl.col(name).cast(dtype) for name, dtype in polars_schema(REJECTS).items())


def _last_number(version: NextVersion) -> int:
    sql = "SELECT coalesce(max(reject_no), 0) FROM staging.rejects"
    return int(version.connection.execute(sql).fetchall()[0][0])
