"""Check the staged tables of a run; give a verdict (passed, stopped, articles to reject) and the check results.

`Gate.reject` moves articles at fault to the rejects, before stories and actors are resolved. `Gate.check` then checks
all tables. If it finds more articles at fault, the run rejects them, and resolves and checks again.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from expectations.quarantine import move_to_rejects, note_faults, reject_broken_rows
from expectations.rule import Rule
from expectations.rulebook import RuleBook, open_rulebook
from schema.derive import literal, polars_schema
from schema.tables import CHECKS, METRICS
from warehouse.query.ask import NO_TIMEOUT, Bounds
from warehouse.query.guard import QueryError
from warehouse.staging.next_version import FACTS, JUDGED_PATH, NextVersion

if TYPE_CHECKING:
    from expectations.datasource import StagedBatches

MAX_EXAMPLES = 5
MAX_TEXT = 200  # characters of one value in an example
NOT_RUN = "the check could not be run"
MAX_ROUNDS = 3  # rejecting and resolving; a fault that remains after the last round stops the run

JUDGED = ("runs", "articles", "statements", "statement_actors", "actors", "actor_aliases", "organizations",
          "affiliations", "mentions", "profiles", "profile_names", "actor_corrections", "files", "versions",
          "rejects", "metrics", "sketches", "sources", "contents")  # fmt: skip
BREAKER_RULE = ("articles", "few_articles_are_at_fault")

Row = dict[str, Any]
Name = tuple[str, str]


@dataclass(frozen=True)
class Verdict:
    """The verdict, with the `checks` (as in `ops.checks`) and `rejects` (as in `ops.rejects`) that the gate added.

    Both frames are already staged. `is_open`: more articles are at fault; reject them, then resolve and check again.
    `stopped`: nothing may be published; the rejects hold all rows that broke a critical rule.
    """

    stopped: bool
    checks: pl.DataFrame
    rejects: pl.DataFrame
    is_open: bool = False

    @property
    def label(self) -> str:
        """The verdict in words: 'passed', 'passed with warnings' or 'stopped'."""
        if self.stopped:
            return "stopped"
        failed = self.checks.filter(~pl.col("success") & (pl.col("severity") == "warning"))
        return "passed" if failed.is_empty() else "passed with warnings"


@contextmanager
def open_gate(
    version: NextVersion,
    book: RuleBook | None = None,
    data_docs: Path | None = None,
    bounds: Bounds = NO_TIMEOUT,
) -> Iterator[Gate]:
    """Open the gate of a run, with a separate connection for Great Expectations.

    `data_docs`, if given, is the folder for Great Expectations' own result pages. A check whose query takes longer
    than `bounds` allow fails.
    """
    from expectations.datasource import StagedBatches

    with version.connection.cursor() as connection:
        batches = StagedBatches(connection, JUDGED_PATH, bounds)
        yield Gate(version, book or open_rulebook(), batches, connection, data_docs)


class Gate:
    """Checks the staged tables of one run; see `open_gate`."""

    def __init__(
        self,
        version: NextVersion,
        book: RuleBook,
        batches: StagedBatches,
        connection: Any,
        data_docs: Path | None,
    ) -> None:
        self.version = version
        self.book = book
        self.batches = batches
        self.connection = connection
        self.data_docs = data_docs
        self.rounds = 0
        self.rejected: dict[Name, Row] = {}  # results of rules whose articles are rejected
        self.passed: dict[Name, Row] = {}  # results of rules that passed before resolving
        self.staged_counts = pl.DataFrame()

    def reject(self) -> int:
        """Move articles and files at fault to the rejects, unless they are too many; return how many were moved.

        The first call also runs the rules on single articles; later calls move what `check` found at fault.
        """
        if not self.rounds:
            self.staged_counts = count_rows(self.version, "rows_staged")
            self._check_facts()
        self.rounds += 1
        return 0 if self.is_tripped else move_to_rejects(self.version)

    def _check_facts(self) -> None:
        """Run the rules that do not depend on resolving; `check` does not repeat the rules that pass here."""
        rows = {_name(row): row for row in self._validate("facts", self.book.first)}
        for row in (rows[rule.table, rule.name] for rule in self.book.first):
            if row["success"]:
                self.passed[_name(row)] = row
            else:
                self._note(row)

    def _note(self, row: Row) -> bool:
        """Note the articles and files of the rows that break a rule; return whether each row has an article or file."""
        rule = self.book.find(*_name(row))
        if not rule.rejects or not row["failing_count"]:
            return False
        try:
            with self.batches.limited(rule.name, self.version.connection):
                lost = note_faults(self.version, rule)
        except QueryError:
            return False
        if lost and rule.severity == "critical":
            return False
        observed = f"{row['observed']}, rejected"
        self.rejected[_name(row)] = row | {"severity": "warning", "observed": observed}
        return True

    @property
    def is_tripped(self) -> bool:
        """Whether so many articles are at fault that the run must stop and moves no more of them."""
        return bool(self.connection.execute(self.book.find(*BREAKER_RULE).sql).fetchall())

    def check(self) -> Verdict:
        """Run every suite on all staged rows, after stories and actors are resolved.

        The results are staged as `checks`, `metrics` and `rejects`, whatever the verdict.
        """
        if self.is_tripped:
            return self._stop([*self.rejected.values(), *self.passed.values(), *self._check_breaker()])
        self._measure()
        rows = run_suites(self.batches, self.connection, self.book.without(self.passed))
        failed = [row for row in rows if not row["success"] and self._is_severe(row)]
        noted = [self._note(row) for row in failed] if self.rounds < MAX_ROUNDS else [False]
        if failed and all(noted):
            return self._tripped_or_open(rows)
        return self._end(rows, {_name(row) for row in failed})

    def _is_severe(self, row: Row) -> bool:
        """Whether a failed rule stops the run or rejects articles; a rule whose query failed rejects none."""
        rejects = self.book.find(*_name(row)).rejects and row["failing_count"] > 0
        return row["severity"] == "critical" or rejects

    def _tripped_or_open(self, rows: list[Row]) -> Verdict:
        if self.is_tripped:
            others = [row for row in rows if _name(row) != BREAKER_RULE]
            return self._stop([*_join(self.rejected, others), *self.passed.values(), *self._check_breaker()])
        return Verdict(False, _checks(self.version, rows), self._rejects(), is_open=True)

    def _end(self, rows: list[Row], failed: set[Name]) -> Verdict:
        kept = {name: row for name, row in self.rejected.items() if name not in failed}
        rows = [*self.passed.values(), *_join(kept, rows)]
        self._stage(rows)
        last = run_suite(self.batches, self.connection, self.book, "checks")
        self._write_docs()
        self.version.stage({"checks": _checks(self.version, last)})
        return self._judge([*rows, *last])

    def _stop(self, rows: list[Row]) -> Verdict:
        """Stage the check results and return the verdict of a run with too many articles at fault."""
        self._stage(rows)
        self._write_docs()
        return self._judge(rows)

    def _judge(self, rows: Sequence[Row]) -> Verdict:
        checks = _checks(self.version, rows)
        critical = checks.filter(~pl.col("success") & (pl.col("severity") == "critical"))
        if critical.height:
            for row in checks.filter(~pl.col("success")).select("table_name", "check_name").iter_rows():
                rule = self.book.find(*row)
                if rule.severity == "critical":
                    with suppress(QueryError), self.batches.limited(rule.name, self.version.connection):
                        reject_broken_rows(self.version, rule)
        return Verdict(not critical.is_empty(), checks, self._rejects())

    def _check_breaker(self) -> list[Row]:
        return self._validate("breaker", [self.book.find(*BREAKER_RULE)])

    def _measure(self) -> None:
        self.version.connection.execute("DELETE FROM staging.metrics")
        kept = count_rows(self.version, "rows_kept")
        self.version.stage(
            {"metrics": pl.concat([self.staged_counts, kept, measure(self.version, self.book)])}
        )

    def _stage(self, rows: list[Row]) -> None:
        self.version.connection.execute("DELETE FROM staging.checks")
        self.version.stage({"checks": _checks(self.version, rows)})

    def _rejects(self) -> pl.DataFrame:
        return self.version.staged("rejects", "stage = 'gate'")

    def _validate(self, name: str, rules: Iterable[Rule]) -> list[Row]:
        from expectations.suites import build_suite

        suite = build_suite(name, rules)
        return _validate(self.batches, self.connection, self.book, "articles", suite)

    def _write_docs(self) -> None:
        if self.data_docs:
            write_docs(self.batches, self.data_docs, self.version.run_id)


def _join(rejected: dict[Name, Row], rows: list[Row]) -> list[Row]:
    """Combine the results of all rounds into one row per rule; a rule that ever rejected articles counts as failed."""
    return [*rejected.values(), *(row for row in rows if _name(row) not in rejected)]


def _name(row: Row) -> Name:
    return row["table_name"], row["check_name"]


# --- checks ---------------------------------------------------------------------------------------------------


def run_suites(batches: StagedBatches, connection: Any, book: RuleBook) -> list[Row]:
    """Run all suites except the suite of the table `checks`; return rows of `ops.checks` without the run id."""
    return [row for name in JUDGED for row in run_suite(batches, connection, book, name)]


def run_suite(batches: StagedBatches, connection: Any, book: RuleBook, table: str) -> list[Row]:
    """Run the suite of one table; return rows of `ops.checks` without the run id."""
    from expectations.suites import build_suite

    return _validate(batches, connection, book, table, build_suite(table, book.of(table)))


def _validate(batches: StagedBatches, connection: Any, book: RuleBook, table: str, suite: Any) -> list[Row]:
    """Validate with Great Expectations, and fetch the rows of failed rules with the rules' own queries."""
    return [_check_row(connection, book, result, batches) for result in batches.validate(table, suite)]


def write_docs(batches: StagedBatches, folder: Path, run_id: str) -> None:
    """Write Great Expectations' result pages to `folder`."""
    from expectations.data_docs import write_data_docs

    write_data_docs(batches, folder, run_id)


def _check_row(connection: Any, book: RuleBook, result: Any, batches: StagedBatches) -> Row:
    meta = result.expectation_config.meta
    rule = book.find(meta["table"], meta["name"])
    row = {
        "table_name": rule.table, "check_name": rule.name, "severity": rule.severity, "success": True,
        "observed": "0 rows", "failing_count": 0, "examples": None,
        "expected": rule.expected, "reason": rule.reason, "sql": rule.sql.strip(),
    }  # fmt: skip
    if error := _error(result.exception_info):
        return row | {"success": False, "observed": error}
    if result.success:
        return row
    try:
        with batches.limited(rule.name, connection):
            return row | {"success": False} | _failing(connection, rule)
    except QueryError as error:
        return row | {"success": False, "observed": f"{NOT_RUN}: {error}"}


def _failing(connection: Any, rule: Rule) -> Row:
    """Return how many rows break a rule, some of these rows as JSON, and a text that describes them."""
    count = connection.execute(f"SELECT count(*) FROM {rule.rows}").fetchall()[0][0]
    examples = connection.sql(f"SELECT * FROM {rule.rows} LIMIT {MAX_EXAMPLES}").pl().to_dicts()
    texts = [_shortened(str(row.pop("observed"))) for row in examples if "observed" in row]
    more = f" and {count - len(texts)} more" if count > len(texts) else ""
    observed = "; ".join(texts) + more if texts else _rows(count)
    return {"observed": observed, "failing_count": count, "examples": _as_json(examples)}


def _rows(count: int) -> str:
    """Format a number of rows: `1 row`, `2 rows`."""
    return f"{count} {'row' if count == 1 else 'rows'}"


def _error(exception_info: dict[str, Any]) -> str | None:
    """Return the error of a check whose query failed; the check counts as failed, with the severity of its rule."""
    infos: Iterable[Any] = (
        exception_info.values() if "raised_exception" not in exception_info else [exception_info]
    )
    messages = [info["exception_message"] for info in infos if info["raised_exception"]]
    return f"{NOT_RUN}: {messages[0]}" if messages else None


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
    """Compute the metrics of this run, as rows of `ops.metrics`."""
    figures = (_figures(next_version, name, sql) for name, sql in book.metrics.items())
    return pl.concat([pl.DataFrame(schema=polars_schema(METRICS)), *figures])


def count_rows(next_version: NextVersion, metric: str) -> pl.DataFrame:
    """Count the staged rows of each table of facts, except rows staged again because a better copy arrived."""
    staged_again = {
        name: "SELECT statement_id FROM staging.statements SEMI JOIN staging.staged_again USING (article_id)"
        if name == "statement_actors"
        else "FROM staging.staged_again"
        for name in FACTS
    }
    counts = " UNION ALL ".join(
        f"SELECT {literal(name)} AS scope, count(*) AS value, count(*) AS row_count FROM staging.{name} "
        f"ANTI JOIN ({sql}) USING ({'statement_id' if name == 'statement_actors' else 'article_id'})"
        for name, sql in staged_again.items()
    )
    return _figures(next_version, metric, counts)


def _figures(next_version: NextVersion, metric: str, sql: str) -> pl.DataFrame:
    schema = polars_schema(METRICS)
    figures = next_version.connection.sql(sql).pl()
    named = figures.with_columns(run_id=pl.lit(next_version.run_id), metric=pl.lit(metric))
    return named.select(pl.col(name).cast(dtype) for name, dtype in schema.items())
