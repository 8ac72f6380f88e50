"""The staged tables of a run -> passed, rows rejected, or stopped; with the result of every check.

staged tables --rejecting rules--> articles moved to rejects --metrics, then suites of all tables--> Verdict
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from expectations.rule import Rule
from expectations.rulebook import MAX_FAULTY_SHARE, RuleBook, open_rulebook
from warehouse.derive import literal, polars_schema
from warehouse.stage import FACTS, JUDGED_PATH, NextVersion
from warehouse.tables import CHECKS, METRICS, REJECTS

if TYPE_CHECKING:
    from expectations.datasource import StagedBatches

MAX_EXAMPLES = 5
MAX_TEXT = 200  # characters of one value in an example

JUDGED = ("runs", "articles", "statements", "statement_actors", "actors", "actor_aliases", "organizations",
          "affiliations", "mentions", "profiles", "profile_names", "actor_corrections", "files", "versions",
          "rejects", "metrics", "sketches", "sources", "contents")  # fmt: skip

Row = dict[str, Any]


@dataclass(frozen=True)
class Verdict:
    """What the gate found: `checks` (as `ops.checks`) of this run and `rejects` (as `ops.rejects`) it added.

    Both are staged already. `stopped` means that a critical check failed and that nothing may be published; then the
    rejects hold all rows that broke a critical rule.
    """

    stopped: bool
    checks: pl.DataFrame
    rejects: pl.DataFrame

    @property
    def label(self) -> str:
        """'passed', 'passed with warnings' or 'stopped'."""
        if self.stopped:
            return "stopped"
        failed = self.checks.filter(~pl.col("success") & (pl.col("severity") == "warning"))
        return "passed" if failed.is_empty() else "passed with warnings"


def judge(
    next_version: NextVersion,
    book: RuleBook | None = None,
    settle: Callable[[NextVersion], None] | None = None,
    data_docs: Path | None = None,
) -> Verdict:
    """Judge all staged rows: reject the articles that break a rejecting rule, then run every suite on the rest.

    A rejecting rule that finds nothing is not asked again in its table's suite.

    `settle` makes the rows that rest on all articles together; it is called when only those to be judged are left.

    A rejected article leaves staging with all that was found in it; its file's counts in `staging.files` follow.
    The results are staged as `checks`, `metrics` and `rejects` of the run, whatever the verdict. Great Expectations'
    own pages on them are written to the folder `data_docs`, if one is given.
    """
    from expectations.datasource import StagedBatches

    book = book or open_rulebook()
    came = count_rows(next_version, "rows_staged")
    with next_version.connection.cursor() as connection:
        batches = StagedBatches(connection, JUDGED_PATH)
        rejected = _reject(next_version, batches, book)
        if settle:
            settle(next_version)
        kept = count_rows(next_version, "rows_kept")
        next_version.stage({"metrics": pl.concat([came, kept, measure(next_version, book)])})
        left = book.without({_name(row) for row in rejected if row["success"]})
        rows = _join_results(rejected, run_suites(batches, connection, left))
        next_version.stage({"checks": _checks(next_version, rows)})
        last = run_suite(batches, connection, book, "checks")
        if data_docs:
            write_docs(batches, data_docs, next_version.run_id)
    next_version.stage({"checks": _checks(next_version, last)})
    checks = _checks(next_version, rows + last)
    failed = checks.filter(~pl.col("success") & (pl.col("severity") == "critical"))
    for table, name in failed.select("table_name", "check_name").iter_rows():
        _reject_rows(next_version, book.find(table, name))
    gate = next_version.staged("rejects").filter(pl.col("stage") == "gate")
    return Verdict(not failed.is_empty(), checks, gate)


def _join_results(rejected: list[Row], rows: list[Row]) -> list[Row]:
    """The results of rules that rejected, then the others; a rule that fails on what is left has only that result."""
    failed = {_name(row) for row in rows if not row["success"]}
    settled = [row for row in rejected if _name(row) not in failed]
    done = {_name(row) for row in settled}
    return settled + [row for row in rows if _name(row) not in done]


def _name(row: Row) -> tuple[str, str]:
    return row["table_name"], row["check_name"]


# --- checks ---------------------------------------------------------------------------------------------------


def run_suites(batches: StagedBatches, connection: Any, book: RuleBook) -> list[Row]:
    """The results of all suites but that of `checks`, as rows of `ops.checks` without the run's id."""
    return [row for name in JUDGED for row in run_suite(batches, connection, book, name)]


def run_suite(batches: StagedBatches, connection: Any, book: RuleBook, table: str) -> list[Row]:
    """The results of one table's suite, as rows of `ops.checks` without the run's id."""
    from expectations.suites import build_suite

    return _validate(batches, connection, book, table, build_suite(table, book.of(table)))


def _validate(batches: StagedBatches, connection: Any, book: RuleBook, table: str, suite: Any) -> list[Row]:
    """Great Expectations says yes or no; of those that fail, the rule's own query finds the rows."""
    return [_check_row(connection, book, result) for result in batches.validate(table, suite)]


def write_docs(batches: StagedBatches, folder: Path, run_id: str) -> None:
    """Write Great Expectations' pages on what was validated to `folder`."""
    from expectations.datadocs import write_data_docs

    write_data_docs(batches, folder, run_id)


def _check_row(connection: Any, book: RuleBook, result: Any) -> Row:
    meta = result.expectation_config.meta
    rule = book.find(meta["table"], meta["name"])
    row = {
        "table_name": rule.table, "check_name": rule.name, "severity": rule.severity, "success": True,
        "observed": "0 rows", "failing_count": 0, "examples": None,
        "expected": rule.expected, "reason": rule.reason, "sql": rule.sql.strip(),
    }  # fmt: skip
    if error := _error(result.exception_info):
        return row | {"success": False, "observed": error}
    return row if result.success else row | {"success": False} | _failing(connection, rule)


def _failing(connection: Any, rule: Rule) -> Row:
    """How many rows break a rule, some of them, and what they say in words."""
    count = connection.execute(f"SELECT count(*) FROM ({rule.sql})").fetchall()[0][0]
    examples = connection.sql(f"SELECT * FROM ({rule.sql}) LIMIT {MAX_EXAMPLES}").pl().to_dicts()
    said = [_shortened(str(row.pop("observed"))) for row in examples if "observed" in row]
    more = f" and {count - len(said)} more" if count > len(said) else ""
    observed = "; ".join(said) + more if said else f"{count} rows"
    return {"observed": observed, "failing_count": count, "examples": _as_json(examples)}


def _error(exception_info: dict[str, Any]) -> str | None:
    """The message of a check that could not be run; it counts as failed, as gravely as it is meant."""
    infos: Iterable[Any] = (
        exception_info.values() if "raised_exception" not in exception_info else [exception_info]
    )
    messages = [info["exception_message"] for info in infos if info["raised_exception"]]
    return f"the check could not be run: {messages[0]}" if messages else None


def _as_json(examples: list[Row]) -> str:
    rows = [{name: _shortened(value) for name, value in row.items()} for row in examples]
    return json.dumps(rows, ensure_ascii=False, default=str)


def _shortened(value: Any) -> Any:
    if isinstance(value, str) and len(value) > MAX_TEXT:
        return value[: MAX_TEXT - 1] + "…"
    return value


def _checks(next_version: NextVersion, rows: Sequence[Row]) -> pl.DataFrame:
    return pl.DataFrame([{"run_id": next_version.run_id, **row} for row in rows], polars_schema(CHECKS))


# --- figures --------------------------------------------------------------------------------------------------


def measure(next_version: NextVersion, book: RuleBook) -> pl.DataFrame:
    """The figures of this run, as rows of `ops.metrics`."""
    figures = (_figures(next_version, name, sql) for name, sql in book.metrics.items())
    return pl.concat([pl.DataFrame(schema=polars_schema(METRICS)), *figures])


def count_rows(next_version: NextVersion, metric: str) -> pl.DataFrame:
    counts = " UNION ALL ".join(
        f"SELECT {literal(name)} AS scope, count(*) AS value, count(*) AS row_count FROM staging.{name}"
        for name in FACTS
    )
    return _figures(next_version, metric, counts)


def _figures(next_version: NextVersion, metric: str, sql: str) -> pl.DataFrame:
    schema = polars_schema(METRICS)
    figures = next_version.connection.sql(sql).pl()
    named = figures.with_columns(run_id=pl.lit(next_version.run_id), metric=pl.lit(metric))
    return named.select(pl.col(name).cast(dtype) for name, dtype in schema.items())


# --- rejects --------------------------------------------------------------------------------------------------


def _reject(next_version: NextVersion, batches: StagedBatches, book: RuleBook) -> list[Row]:
    """Withdraw the articles at fault, where rules reject them; the results of those rules."""
    from expectations.suites import build_rule_suite

    suite = build_rule_suite("rejecting", book.rejecting)
    rows = _validate(batches, next_version.connection, book, "articles", suite)
    articles = next_version.staged_count("articles")
    settled, faults = [], []
    for row in rows:
        rule = book.find(row["table_name"], row["check_name"])
        found = _faults(next_version, rule) if row["failing_count"] else pl.DataFrame()
        if rule.severity != "critical" or row["success"]:
            settled.append(row)
        elif found.height and found["article_id"].n_unique() <= MAX_FAULTY_SHARE * articles:
            settled.append(row | {"severity": "warning", "observed": f"{row['observed']}, rejected"})
        else:
            continue  # stops the run: its table's suite says so
        faults += [found] if found.height else []
    if faults:
        _withdraw(next_version, pl.concat(faults).unique("article_id", keep="first", maintain_order=True))
    return settled


def _faults(next_version: NextVersion, rule: Rule) -> pl.DataFrame:
    """`article_id`, `path`, `record_no`, `reason_code`, `reason` of each article that breaks a rule."""
    broken = next_version.connection.sql(rule.sql)
    if "article_id" not in broken.columns:  # a check of the user's that cannot say whom to turn away
        return pl.DataFrame()
    has_value = "value" in broken.columns
    found = next_version.connection.sql(
        f"SELECT article_id, a.path, a.record_no, {'broken.value' if has_value else 'NULL'} AS value "
        f"FROM ({rule.sql}) AS broken JOIN staging.articles AS a USING (article_id)"
    ).pl()
    said = pl.format(" It has: {}.", pl.col("value").cast(pl.String).fill_null("nothing"))
    return found.select(
        "article_id", "path", "record_no",
        reason_code=pl.lit(rule.name), reason=pl.lit(rule.reason) + (said if has_value else pl.lit("")),
    )  # fmt: skip


def _withdraw(next_version: NextVersion, faults: pl.DataFrame) -> None:
    """Move the articles at fault from staging to the rejects; one reject for each row that leaves."""
    with next_version.whole():  # a run that is killed here has turned nothing away without saying so
        _move_to_rejects(next_version, faults)


def _move_to_rejects(next_version: NextVersion, faults: pl.DataFrame) -> None:
    removed = next_version.turn_away(faults["article_id"].to_list())
    counts = faults.group_by("path").agg(articles=pl.len(), reason=pl.col("reason").first())
    next_version.settle_files(counts)
    parts = [_withdrawn_rows(name, frame, faults) for name, frame in removed.items()]
    numbers = pl.int_range(1, pl.len() + 1, dtype=pl.Int32) + _last_reject(next_version)
    rejects = pl.concat(parts).with_columns(reject_no=numbers, run_id=pl.lit(next_version.run_id))
    schema = polars_schema(REJECTS)
    next_version.stage(
        {"rejects": rejects.select(pl.col(name).cast(dtype) for name, dtype in schema.items())}
    )


def _withdrawn_rows(table: str, removed: pl.DataFrame, faults: pl.DataFrame) -> pl.DataFrame:
    """One reject a removed row, the row itself as JSON (of an article without its body: the file has it)."""
    rows = [
        json.dumps({"table": table, **row}, ensure_ascii=False, default=str) for row in removed.to_dicts()
    ]
    dependant = pl.lit(table != "articles")
    return (
        removed.select("article_id", payload=pl.Series(rows, dtype=pl.String))
        .join(faults, on="article_id", how="left", maintain_order="left")
        .select(
            "path", "record_no", "payload",
            stage=pl.lit("gate"),
            reason_code=pl.when(dependant).then(pl.lit("article_rejected")).otherwise("reason_code"),
            reason=pl.when(dependant).then(pl.format("Its article was rejected: {}", "reason")).otherwise("reason"),
        )
    )  # fmt: skip


def _reject_rows(next_version: NextVersion, rule: Rule) -> None:
    """All rows that break a rule which stopped the run, as rejects of the version that is kept aside."""
    try:
        broken = next_version.connection.sql(rule.sql)
    except Exception:  # the check itself could not be run: it names no rows
        return
    places = [name if name in broken.columns else f"NULL AS {name}" for name in ("path", "record_no")]
    next_version.connection.execute(
        f"INSERT INTO staging.rejects (run_id, reject_no, stage, path, record_no, reason_code, reason, payload) "
        f"SELECT ?, ? + row_number() OVER (), 'gate', {', '.join(places)}, ?, ?, "
        f'to_json(struct_insert(broken, "table" := ?))::VARCHAR FROM ({rule.sql}) AS broken',
        [next_version.run_id, _last_reject(next_version), rule.name, rule.reason, rule.table],
    )


def _last_reject(next_version: NextVersion) -> int:
    return next_version.connection.execute(
        "SELECT coalesce(max(reject_no), 0) FROM staging.rejects"
    ).fetchall()[0][0]
