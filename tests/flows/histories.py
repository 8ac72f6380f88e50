"""Whatever happens to a warehouse, its tables equal those of a fresh one with the same files and corrections.

    python -m tests.flows.histories [--examples 500] [--steps 10] [--seed 1] [--light]

A Hypothesis state machine adds, changes and deletes files and lines of corrections, kills runs, and rolls back,
restores or rebuilds the warehouse. It calls the product's own runs, without Prefect and without a separate reader
process. With `--light`, each run checks only the rules on the whole warehouse; all rules are checked at the end.
"""

from __future__ import annotations

import argparse
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)

import expectations.gate
import flows.ingest
import warehouse.staging.next_version
import warehouse.staging.publish
from expectations.audit import audit
from expectations.audit import find_faults as find_broken
from expectations.gate import Gate, _check_row
from expectations.published_rules import published_rules
from expectations.rule import Rule
from flows.settings import Settings
from schema.tables import VERSIONED
from tests.flows.runs import ingest, rebuild
from warehouse.files.catalog import KEPT, VIEWS
from warehouse.files.connect import CONFIG, connect_readonly, query
from warehouse.files.lock import write_lock
from warehouse.files.replace import previous_versions, read_version_no
from warehouse.files.restore import restore, roll_back
from warehouse.query.figures import all_counts, show_figures

TEXTS = [
    "Mayor Ada Roe said the mill was sold. “We had no choice,” Roe told reporters.",
    "Ada Roe, the mayor of Ostby, said the mill was sold again.",
    "The lock stays shut, engineer Bo Venn of Dorne Foods said.",
    "“The lock opens,” said Bo Venn, a senator. He added that nobody was hurt.",
    "Dorne Foods said prices rise. Acme Corp declined to comment, Roe said.",
    "A senior official said prices rise. The Widget Council said they fall.",
    "Venn said on Friday that Acme Corp was sold to the Widget Council.",
    "Ada Roe said the road is open, and Cleo Marsk, a nurse at Acme Corp, denied it.",
]
HEADS = ["", "Title: Mill sold\nDate: 2024-05-06\n\n", "Title: Mill\nSource: The Reed\nDate: 2024-05-07\n\n"]
LINES = [
    "merge,Dorne Foods,Acme Corp", "merge,Acme Corp,Widget Council", "rename,Ada Roe,Ada B. Roe",
    "rename,Ada Roe,Ada C. Roe", "kind,Acme Corp,group", "type,Dorne Foods,ngo", "country,Acme Corp,NL",
    "role,Ada Roe,Mayor => deputy mayor", "role,Bo Venn,senator =>", "not_an_actor,Widget Council,",
    "split,Bo Venn,role=senator", "merge,Bo Venn,Cleo Marsk", "rename,Nobody,Somebody",
]  # fmt: skip
STEPS = [
    (warehouse.staging.next_version.NextVersion, "stage"), (flows.ingest, "judge"),
    (warehouse.staging.publish, "publish_withdrawn"),
    (warehouse.staging.publish, "publish_settled"), (warehouse.staging.publish, "update_index"),
    (warehouse.staging.publish, "replace_published"),
]  # fmt: skip
ROWS = "SELECT * EXCLUDE ({but}) FROM {table} ORDER BY ALL"
LEDGER = {
    "actor_corrections": "SELECT * EXCLUDE (run_id) FROM ops.actor_corrections ORDER BY ALL",
    "sources": "SELECT path, file_sha256 FROM ops.sources ORDER BY ALL",
    "contents": "SELECT file_sha256, article_id FROM ops.contents ORDER BY ALL",
}

Facts = dict[str, list[tuple[Any, ...]]]


class Killed(BaseException):
    """Raised to end a run, as if it were killed."""


class Histories(RuleBasedStateMachine):
    """One warehouse and the operations on it."""

    counts: dict[str, int] = {}  # noqa: RUF012 - of all machines: how often each step was taken

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="histories-"))
        self.inbox = self.folder / "in"
        self.corrections = self.folder / "corrections.csv"
        self.settings = self.settings_of("data")
        self.clock = 1_000_000_000
        self.is_current = True  # whether the warehouse is of the files and lines as they are now
        self.versions: dict[int, Facts] = {}
        self.lines: list[str] = []
        self.backed_up = 0  # the version

    def settings_of(self, folder: str) -> Settings:
        return Settings(
            warehouse=self.folder / folder / "w.duckdb", processes=1, prune=True, corrections=self.corrections
        )

    def count(self, step: str) -> None:
        self.counts[step] = self.counts.get(step, 0) + 1

    @initialize(stories=st.lists(st.integers(0, len(TEXTS) - 1), min_size=2, max_size=4, unique=True))
    def begin(self, stories: list[int]) -> None:
        self.inbox.mkdir()
        self.write_lines()
        for number, story in enumerate(stories):
            self.write_file(f"{number}.txt", story, number % len(HEADS))
        self.run()

    @rule(
        name=st.sampled_from("0123"),
        story=st.integers(0, len(TEXTS) - 1),
        head=st.integers(0, len(HEADS) - 1),
    )
    def write(self, name: str, story: int, head: int) -> None:
        self.count("write")
        self.write_file(f"{name}.txt", story, head)

    @precondition(lambda self: len(list(self.inbox.glob("*"))) > 1)
    @rule(number=st.integers(0, 3))
    def delete(self, number: int) -> None:
        self.count("delete")
        files = sorted(self.inbox.iterdir())
        files[number % len(files)].unlink()
        self.is_current = False

    @rule(lines=st.lists(st.sampled_from(LINES), min_size=1, max_size=3), then_run=st.booleans())
    def correct(self, lines: list[str], then_run: bool) -> None:
        self.count("correct")
        self.lines += lines
        self.write_lines()
        if then_run:
            self.run()

    @rule(
        number=st.integers(0, 20),
        action=st.sampled_from(["delete", "speaker", "content"]),
        speaker=st.sampled_from(["Ada Roe", "Acme Corp"]),
        first=st.integers(0, 2),
    )
    def correct_statement(self, number: int, action: str, speaker: str, first: int) -> None:
        sql = "SELECT statement_id, content FROM statements ORDER BY ALL"
        if said := query(self.settings.warehouse, sql).rows():
            self.count("correct a statement")
            key, content = said[number % len(said)]
            words = " ".join(content.split()[first : first + 3] or [content]).replace('"', '""')
            value = {"delete": "", "speaker": speaker, "content": words}[action]
            self.lines.append(f'{action},{key},"{value}"')
            self.write_lines()

    @precondition(lambda self: self.lines)
    @rule(number=st.integers(0, 5), then_run=st.booleans())
    def uncorrect(self, number: int, then_run: bool) -> None:
        self.count("uncorrect")
        del self.lines[number % len(self.lines)]
        self.write_lines()
        if then_run:
            self.run()

    @precondition(lambda self: not self.is_current)
    @rule()
    def run(self) -> None:
        self.count("run")
        with lightly():
            ingest([str(self.inbox)], self.settings)
        self.note()

    @precondition(lambda self: self.is_current)
    @rule()
    def rebuild(self) -> None:
        self.count("rebuild")
        with lightly():
            rebuild(self.settings)
        self.note()

    @precondition(lambda self: not self.is_current)
    @rule(step=st.integers(0, len(STEPS) - 1), in_place=st.booleans())
    def kill(self, step: int, in_place: bool) -> None:
        """A run that ends in the middle publishes nothing; the next one resumes it."""
        self.count("kill")
        before = read_facts(self.settings.warehouse)
        owner, name = STEPS[step]
        settings = self.settings.model_copy(update={"publish": "in_place" if in_place else "copy"})
        with lightly(), patch.object(owner, name, end_here):
            try:
                ingest([str(self.inbox)], settings)
            except Killed:
                assert read_facts(self.settings.warehouse) == before

    @precondition(lambda self: len(self.versions) > 1)
    @rule(is_damaged=st.booleans())
    def roll_back(self, is_damaged: bool) -> None:
        published = self.settings.warehouse
        current = read_version_no(published)
        kept = [
            number for number in previous_versions(published) if number in self.versions and number < current
        ]
        if kept:
            self.count("roll back")
            if is_damaged:
                published.write_bytes(b"garbage")
            with write_lock(published, "test"):
                restored = roll_back(published, kept[-1])
            assert restored.restored_from == kept[-1] and restored.version_no not in self.versions
            self.versions[restored.version_no] = self.versions[kept[-1]]
            assert read_facts(published) == self.versions[kept[-1]]
            self.is_current = False

    @precondition(lambda self: read_version_no(self.settings.warehouse) != self.backed_up)
    @rule()
    def back_up(self) -> None:
        self.count("back up")
        shutil.copy(self.settings.warehouse, self.folder / "backup.duckdb")
        self.backed_up = read_version_no(self.settings.warehouse)

    @precondition(lambda self: (self.folder / "backup.duckdb").exists())
    @rule(damage=st.sampled_from([None, b"", b"garbage", "missing"]))
    def restore(self, damage: bytes | str | None) -> None:
        self.count("restore")
        published = self.settings.warehouse
        if damage == "missing":
            published.unlink()
        elif isinstance(damage, bytes):
            published.write_bytes(damage)
        facts = read_facts(self.folder / "backup.duckdb")
        restored = restore(self.folder / "backup.duckdb", published, "test")
        assert restored.version_no not in self.versions and read_facts(published) == facts
        self.versions[restored.version_no] = facts
        self.is_current = False

    def teardown(self) -> None:
        try:
            if self.inbox.exists():
                self.run_at_last()
        finally:
            shutil.rmtree(self.folder)

    def run_at_last(self) -> None:
        """Run again; require that the warehouse breaks no rule and equals a fresh warehouse."""
        self.run()
        with lightly():
            other = self.settings_of("fresh")
            ingest([str(self.inbox)], other)
        found, fresh = read_facts(self.settings.warehouse), read_facts(other.warehouse)
        for table, rows in fresh.items():
            assert found[table] == rows, f"{table}\n{found[table]}\n{rows}"
        faults = find_faults(self.settings.warehouse)
        assert not faults, faults
        self.count("compared")
        if Light.is_shown:
            print(self.counts, flush=True)

    def write_file(self, name: str, story: int, head: int) -> None:
        self.clock += 1
        path = self.inbox / name
        path.write_text(f"{HEADS[head]}{TEXTS[story]}\n", encoding="utf-8")
        os.utime(path, (self.clock, self.clock))
        self.is_current = False

    def write_lines(self) -> None:
        self.corrections.write_text("action,actor,value\n" + "".join(f"{line}\n" for line in self.lines))
        self.is_current = False

    def note(self) -> None:
        require_current_counts(self.settings.warehouse)
        self.versions[read_version_no(self.settings.warehouse)] = read_facts(self.settings.warehouse)
        self.is_current = True


class Light:
    """Whether runs check only the rules on the whole warehouse, and whether each comparison is printed."""

    is_on = False
    is_shown = False


@contextmanager
def lightly() -> Iterator[None]:
    """Within the block, if `--light` is set, let runs check only the rules on the whole warehouse."""
    with ExitStack() as stack:
        if Light.is_on:
            stack.enter_context(patch.object(expectations.gate, "run_suites", ask_light))
            stack.enter_context(patch.object(expectations.gate.Gate, "_validate", ask_plainly))
            stack.enter_context(patch.object(expectations.gate, "run_suite", lambda *_: []))
        yield


def ask_light(_: Any, connection: Any, book: Any) -> list[dict[str, Any]]:
    for broken in published_rules():
        rows = connection.execute(broken.sql).fetchall()
        assert not rows, (broken.table, broken.name, rows)
    return []


def ask_plainly(gate: Gate, _: str, rules: Iterable[Rule]) -> list[dict[str, Any]]:
    """Return results like those of Great Expectations, by running the queries of the rules directly."""
    return [
        _check_row(
            gate.connection, gate.book, _say(rule, gate.connection.execute(rule.sql).fetchone()), gate.batches
        )
        for rule in rules
    ]


def _say(rule: Rule, row: Any) -> SimpleNamespace:
    meta = {"table": rule.table, "name": rule.name}
    return SimpleNamespace(
        expectation_config=SimpleNamespace(meta=meta),
        exception_info={"raised_exception": False},
        success=row is None,
    )


def end_here(*_: Any, **__: Any) -> Any:
    raise Killed


def read_facts(path: Path) -> Facts:
    """Return all rows of `main` without run and version numbers, and the ledger's rows on files and corrections."""
    queries = dict(LEDGER)
    for table in VERSIONED:
        run = ["run_id"] if any(column.name == "run_id" for column in table.columns) else []
        queries[table.name] = ROWS.format(but=", ".join([*run, "since_version"]), table=table.qualified)
    with connect_readonly(path) as connection:
        return {name: connection.execute(sql).fetchall() for name, sql in queries.items()}


def require_current_counts(warehouse: Path) -> None:
    """Require that the counts kept at each publishing equal counts over all rows, and views of kept rows likewise."""
    with connect_readonly(warehouse) as connection:
        show_figures(connection)
        kept = connection.execute("FROM kept_counts ORDER BY ALL").fetchall()
        assert kept == connection.execute(f"FROM ({all_counts()}) ORDER BY ALL").fetchall()
        for view, _ in KEPT.values():
            plain = (VIEWS / f"{view}.sql").read_text(encoding="utf-8")
            shown = connection.execute(f"FROM {view}").fetchall()
            assert sorted(shown, key=str) == sorted(connection.execute(plain).fetchall(), key=str), view


def find_faults(warehouse: Path) -> list[str]:
    """Return the critical rules that a warehouse breaks; Great Expectations checks them unless `--light` is set."""
    if Light.is_on:
        return [str(fault) for fault in find_broken(warehouse)]
    failed = audit(warehouse).filter(success=False, severity="critical")
    return [str(row) for row in failed.select("table_name", "check_name", "observed").rows()]


def run_histories(examples: int, steps: int, number: int) -> dict[str, int]:
    """Run this many histories; return how often each step occurred."""
    Histories.counts.clear()
    how = settings(
        max_examples=examples, stateful_step_count=steps, deadline=None, database=None, derandomize=False,
        phases=(Phase.generate,), suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    with patch.dict(CONFIG, threads=1):  # of so few rows, more take longer
        run_state_machine_as_test(seed(number)(Histories), settings=how)
    return dict(Histories.counts)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.flows.histories", description=__doc__)
    parser.add_argument("--examples", type=int, default=500)
    parser.add_argument("--steps", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--light", action="store_true")
    options = parser.parse_args()
    Light.is_on, Light.is_shown = options.light, True
    print(run_histories(options.examples, options.steps, options.seed))


if __name__ == "__main__":
    main()
