"""The staged tables of a run -> passed, rows rejected, or stopped; with the result of every check.

staged tables --rejecting rules--> articles moved to rejects --suites of all tables--> Verdict
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from expectations.rules import REJECTING
from warehouse.derive import polars_schema
from warehouse.stage import STAGING, NextVersion
from warehouse.tables import BY_NAME, CHECKS, REJECTS, Table

if TYPE_CHECKING:
    from expectations.datasource import StagedBatches

MAX_EXAMPLES = 5
MAX_TEXT = 200  # characters of one value in an example

JUDGED = ("runs", "articles", "statements", "statement_actors", "actors", "actor_aliases", "organizations",
          "affiliations", "mentions", "files", "versions", "rejects")  # fmt: skip


@dataclass(frozen=True)
class Verdict:
    """What the gate found: `checks` (as `ops.checks`) of this run and `rejects` (as `ops.rejects`) it added.

    Both are staged already. `stopped` means that a critical check failed and that nothing may be published.
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


def judge(next_version: NextVersion) -> Verdict:
    """Judge all staged rows: reject the articles that break a rejecting rule, then run every suite on the rest.

    A rejected article leaves staging with all that was found in it; its file's counts in `staging.files` follow.
    The results are staged as `checks` and `rejects` of the run, whatever the verdict.
    """
    from expectations.datasource import StagedBatches
    from expectations.suites import build_rule_suite, build_suite

    with next_version.connection.cursor() as connection:
        batches = StagedBatches(connection, STAGING)
        rows = run_suite(batches, "articles", build_rule_suite("rejecting", REJECTING))
        rejects = _reject_articles(next_version, [row["check_name"] for row in rows if not row["success"]])
        next_version.stage({"rejects": rejects})
        for name in JUDGED:
            rows += run_suite(batches, name, build_suite(name))
        next_version.stage({"checks": _checks(next_version, rows)})
        rows += run_suite(batches, "checks", build_suite("checks"))
    checks = _checks(next_version, rows)
    next_version.stage({"checks": checks.filter(pl.col("table_name") == "checks")})
    stopped = not checks.filter(~pl.col("success") & (pl.col("severity") == "critical")).is_empty()
    return Verdict(stopped, checks, rejects)


def run_suite(batches: StagedBatches, table: str, suite: Any) -> list[dict[str, Any]]:
    """The results of `suite` on the staged rows of `table`, as rows of `ops.checks` without the run's id.

    All checks are first asked for yes or no; those that fail are asked again for the count and for the rows.
    """
    batch = batches.batch(table, suite.name)
    details = {"result_format": "COMPLETE", "unexpected_index_column_names": list(BY_NAME[table].key)}
    rows = []
    for result in batch.validate(suite, result_format="BOOLEAN_ONLY").results:
        if not result.success:
            result = batch.validate(result.expectation_config.to_domain_obj(), result_format=details)
        rows.append(_check_row(table, result))
    return rows


def _check_row(table: str, result: Any) -> dict[str, Any]:
    config, error = result.expectation_config, _error(result.exception_info)
    name = {"table_name": table, "check_name": config.meta["name"]}
    if error:
        return name | {"severity": "critical", "success": False, "observed": error, "failing_count": 0}
    count, examples = _failing(result.result)
    return name | {
        "severity": config.severity.value,
        "success": bool(result.success),
        "observed": f"{count} rows",
        "failing_count": count,
        "examples": _as_json(examples) if count else None,
    }


def _failing(found: dict[str, Any]) -> tuple[int, list[dict[str, Any]]]:
    """How many rows fail, all of them counted, and some of them; the two kinds of check say it in two ways."""
    if "details" in found:
        return found["observed_value"], found["details"]["unexpected_rows"]
    return found.get("unexpected_count") or 0, found.get("partial_unexpected_index_list") or []


def _error(exception_info: dict[str, Any]) -> str | None:
    """The message of a check that could not be run; one such check stops the run."""
    infos: Iterable[Any] = (
        exception_info.values() if "raised_exception" not in exception_info else [exception_info]
    )
    messages = [info["exception_message"] for info in infos if info["raised_exception"]]
    return f"the check could not be run: {messages[0]}" if messages else None


def _as_json(examples: list[dict[str, Any]]) -> str:
    rows = [{name: _shortened(value) for name, value in row.items()} for row in examples[:MAX_EXAMPLES]]
    return json.dumps(rows, ensure_ascii=False, default=str)


def _shortened(value: Any) -> Any:
    if isinstance(value, str) and len(value) > MAX_TEXT:
        return value[: MAX_TEXT - 1] + "…"
    return value


def _checks(next_version: NextVersion, rows: list[dict[str, Any]]) -> pl.DataFrame:
    return pl.DataFrame([{"run_id": next_version.run_id, **row} for row in rows], polars_schema(CHECKS))


def _reject_articles(next_version: NextVersion, failed: list[str]) -> pl.DataFrame:
    """Withdraw the articles that break a failed rule; one row of `rejects` for each row that leaves staging."""
    faults = _faults(next_version, failed)
    if faults.is_empty():
        return polars_schema(REJECTS).to_frame()
    removed = next_version.withdraw(faults["article_id"].to_list())
    _settle_files(next_version, faults)
    parts = [_reject_rows(BY_NAME[name], frame, faults) for name, frame in removed.items()]
    first_no = next_version.staged("rejects")["reject_no"].max() or 0
    numbers = pl.int_range(1, pl.len() + 1, dtype=pl.Int32) + first_no
    return (
        pl.concat(parts)
        .with_columns(reject_no=numbers, run_id=pl.lit(next_version.run_id))
        .select(pl.col(name).cast(dtype) for name, dtype in polars_schema(REJECTS).items())
    )


def _faults(next_version: NextVersion, failed: list[str]) -> pl.DataFrame:
    """`article_id`, `path`, `record_no`, `reason_code`, `reason` of each article at fault; its first fault only."""
    value = pl.col("value").cast(pl.String).fill_null("nothing")
    parts = [
        next_version.connection.sql(rule.sql).pl().select(
            "article_id", "path", "record_no",
            reason_code=pl.lit(rule.name),
            reason=pl.format("{} It has: {}.", pl.lit(rule.reason), value),
        )
        for rule in REJECTING if rule.name in failed
    ]  # fmt: skip
    if not parts:
        return pl.DataFrame(schema={"article_id": pl.String})
    return pl.concat(parts).unique("article_id", keep="first", maintain_order=True)


def _reject_rows(table: Table, removed: pl.DataFrame, faults: pl.DataFrame) -> pl.DataFrame:
    """One reject a removed row, the row itself as JSON (of an article without its body: the file has it)."""
    rows = [
        json.dumps({"table": table.name, **row}, ensure_ascii=False, default=str)
        for row in removed.to_dicts()
    ]
    dependant = pl.lit(table.name != "articles")
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


def _settle_files(next_version: NextVersion, faults: pl.DataFrame) -> None:
    """Move the rejected articles from loaded to rejected in the counts of their files."""
    counts = faults.group_by("path").agg(articles=pl.len(), reason=pl.col("reason").first())
    next_version.settle_files(counts)
