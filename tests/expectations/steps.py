"""The gate's steps in the order in which a run executes them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from expectations.gate import Verdict, open_gate
from expectations.rulebook import RuleBook
from flows.run.across_articles import settle_actors
from warehouse.staging.next_version import NextVersion


def judge(
    version: NextVersion,
    book: RuleBook | None = None,
    resolve: Callable[[NextVersion], None] = settle_actors,
    data_docs: Path | None = None,
) -> Verdict:
    """Return the verdict on the staged rows, after all articles at fault have been rejected."""
    with open_gate(version, book, data_docs) as gate:
        while True:
            gate.reject()
            if not gate.is_tripped:
                resolve(version)
            verdict = gate.check()
            if not verdict.is_open:
                return verdict
