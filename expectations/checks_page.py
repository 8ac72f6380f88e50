"""The rules -> `docs/checks.md`, the page that lists them.

python -m expectations.checks_page docs/checks.md            writes the page
python -m expectations.checks_page --check docs/checks.md    exit code 1 when it is not current
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable
from pathlib import Path

from expectations.rule import Rule
from expectations.rulebook import RuleBook, open_rulebook
from expectations.whole_rules import WHOLE_RULES

TOP = """# Checks

Written by `python -m expectations.checks_page` (`make docs`); a test compares.

What a failed check does:

- **reject**: the articles, or the files, at fault move to `ops.rejects` with path, record number, reason and payload.
  The run goes on with the rest, and its verdict is "passed with warnings". Rows lead to articles by their columns:
  those of a statement by its `statement_id`, those of an actor by the articles that mention the actor.
- **stop**: nothing is published. Only faults of the whole do this, and `few_articles_are_at_fault`: more than 30 % of
  the articles of a run (and at least 10) would have to be rejected. Both numbers are thresholds:
  `ONRECORD_THRESHOLDS='{"few_articles_are_at_fault.max_share": 0.5}'`. A row that leads to no article stops the run.
- **warn**: the run is published with a banner on the report; **note**: the rows are counted.

"""
CRITICAL = """## Checks that reject or stop

| check | does | why it matters | how real data could break it |
|---|---|---|---|
"""
DECLARED = """
### What the tables declare

Each key is unique, required columns have a value, values are of the declared range, list and form, each reference
leads to a row, and first days are not after last ones (see [tables.md](tables.md)).

| table | does | checks | how real data could break one |
|---|---|---|---|
"""
WHOLE = """
### What is asked of the whole warehouse

A run checks what it adds and changes. All that is published is asked these as well, and all others above, by `onrecord
audit` - and by a run when something else than a run has written to the file since it was published: after a restore, a
rollback, a schema migration, or when another program wrote to it. A run that finds a fault publishes nothing.

| check | does | why it matters |
|---|---|---|
"""
OTHERS = """
## Checks that warn or note

| check | does | why it matters | expected |
|---|---|---|---|
"""


def write_page(book: RuleBook) -> str:
    """The page as Markdown."""
    declared = [rule for rule in book.rules if rule.is_declared]
    others = [rule for rule in book.rules if not rule.is_declared]
    critical = [rule for rule in others if rule.effect in ("reject", "stop")]
    loud = [rule for rule in others if rule.effect in ("warn", "note")]
    rows = [f"| {_name(rule)} | {rule.effect} | {rule.reason} | {rule.trips} |\n" for rule in critical]
    more = [f"| {_name(rule)} | {rule.effect} | {rule.reason} | {_cell(rule.expected)} |\n" for rule in loud]
    whole = [f"| {_name(rule)} | {rule.effect} | {rule.reason} |\n" for rule in WHOLE_RULES]
    return "".join([TOP, CRITICAL, *rows, DECLARED, *_declared_rows(declared), WHOLE, *whole, OTHERS, *more])


def _declared_rows(rules: Iterable[Rule]) -> Iterable[str]:
    tables: dict[str, list[Rule]] = {}
    for rule in rules:
        tables.setdefault(rule.table, []).append(rule)
    for table, found in tables.items():
        yield f"| `{table}` | {found[0].effect} | {len(found)} | {found[-1].trips or 'no answer rests on it'} |\n"


def _name(rule: Rule) -> str:
    return f"`{rule.table}.{rule.name}`"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def main(arguments: list[str] | None = None) -> int:
    """Write the page, or compare it with `--check`; exit code 1 when it is out of date."""
    parser = argparse.ArgumentParser(prog="python -m expectations.checks_page", description=__doc__)
    parser.add_argument("page", type=Path)
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args(arguments)
    new = write_page(open_rulebook())
    if not options.check:
        options.page.write_text(new, encoding="utf-8")
    elif not options.page.exists() or options.page.read_text(encoding="utf-8") != new:
        print(f"{options.page} is not current; write it with: make docs", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
