"""Run every check on all rows of a published warehouse, as if one run had staged all of them today."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from expectations.gate import run_suite, run_suites, write_docs
from expectations.published_rules import published_rules
from expectations.rule import Rule
from expectations.rulebook import RuleBook, open_rulebook
from expectations.whole_rules import WHOLE_RULES
from schema.derive import polars_schema
from schema.tables import CHECKS
from warehouse.query.ask import NO_TIMEOUT, Bounds
from warehouse.staging.audit import open_published
from warehouse.staging.next_version import STAGING

# Checks that apply to a single run only -> the reason why an audit skips them.
OF_A_RUN = {
    ("articles", "articles_are_new"): "an audit reads published rows only, and none of them are new",
    ("files", "loaded_articles_are_there"): "articles disappear when their file is edited or deleted, and move "
    "to another file when a better copy arrives; the ledger keeps what each run loaded",
    ("metrics", "rows_are_staged_or_rejected"): "maintenance removes old rejects and keeps all metrics",
    ("articles", "few_articles_are_at_fault"): "an audit rejects no articles",
    ("articles", "withdrawn_articles_are_few"): "an audit withdraws no articles",
    ("files", "duplicates_are_few"): "files that are read every day add duplicates every day",
    ("files", "most_files_can_be_read"): "a file that could not be read may have been repaired or deleted since",
    ("articles", "most_articles_are_analysed"): "earlier runs may have analysed other languages than the last one",
    ("statements", "content_is_no_boilerplate"): "over years, many stories repeat the same sentence",
} | {
    (rule.table, rule.name): "it checks what a run is about to publish; other checks cover published references"
    for rule in published_rules()
}  # fmt: skip


def audit(
    warehouse: Path,
    book: RuleBook | None = None,
    data_docs: Path | None = None,
    bounds: Bounds = NO_TIMEOUT,
) -> pl.DataFrame:
    """Return check results in the columns of `ops.checks`, with the run id 'audit'. The warehouse does not change.

    `data_docs`, if given, is the folder for Great Expectations' own result pages. A check whose query takes longer
    than `bounds` allow fails.

    Checks that apply to a single run (`OF_A_RUN`, and checks that compare a run with earlier runs) are skipped.
    Raises `WarehouseError`.
    """
    from expectations.datasource import StagedBatches

    book = RuleBook(rules_of_the_whole(book or open_rulebook()), {})
    with open_published(warehouse) as connection:
        batches = StagedBatches(connection, STAGING, bounds)
        rows = run_suites(batches, connection, book) + run_suite(batches, connection, book, "checks")
        if data_docs:
            write_docs(batches, data_docs, "audit")
    return pl.DataFrame([{"run_id": "audit", **row} for row in rows], polars_schema(CHECKS))


@dataclass(frozen=True)
class Fault:
    """A critical rule that published rows break, with the number of such rows and the first of them."""

    table: str
    name: str
    rows: int
    first: str

    def __str__(self) -> str:
        return f"{self.table}.{self.name} ({self.rows} {'row' if self.rows == 1 else 'rows'})"


def find_faults(warehouse: Path, book: RuleBook | None = None) -> list[Fault]:
    """Return the critical rules that published rows break. Runs the queries directly, without Great Expectations."""
    rules = rules_of_the_whole(book or open_rulebook())
    with open_published(warehouse) as connection:
        faults = (_find_fault(connection, rule) for rule in rules if rule.severity == "critical")
        return [fault for fault in faults if fault]


def rules_of_the_whole(book: RuleBook) -> tuple[Rule, ...]:
    """Return the rules that apply to all published rows, without the rules about a single run."""
    return (*book.without_trends().without(OF_A_RUN).rules, *WHOLE_RULES)


def _find_fault(connection: Any, rule: Rule) -> Fault | None:
    first = connection.execute(f"SELECT * FROM {rule.rows} LIMIT 1").fetchall()
    if not first:
        return None
    [(rows,)] = connection.execute(f"SELECT count(*) FROM {rule.rows}").fetchall()
    return Fault(rule.table, rule.name, rows, str(first[0]))
