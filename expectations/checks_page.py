"""Write `docs/checks.md`, the page that lists all rules.

python -m expectations.checks_page docs/checks.md            writes the page
python -m expectations.checks_page --check docs/checks.md    exits with 1 if it is out of date
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

Written by `python -m expectations.checks_page` (`make docs`). A test fails if it is out of date.

The [glossary](glossary.md) explains the terms. What a failed check does:

- **reject**: the run moves the articles at fault to `ops.rejects` and publishes the others. If a statement is
  faulty, its article is at fault; if an actor is faulty, all articles that mention the actor are at fault.
- **stop**: the run publishes nothing. A run also stops if a row that should be rejected belongs to no article or file.
  It stops too if at least 10 articles, and more than 30 % of the run's articles, are at fault. You can change both
  thresholds, for example: `ONRECORD_THRESHOLDS='{"few_articles_are_at_fault.max_share": 0.5}'`.
- **warn**: the run publishes, and the report shows a warning with the rows at fault.
- **note**: the run publishes, and the report counts the rows at fault.

"""
CRITICAL = """## Checks that reject or stop

| check | does | what must hold, or why | how real data could break it |
|---|---|---|---|
"""
DECLARED = """
### What the tables declare

These checks follow from the declaration of each table (see [tables.md](tables.md)): keys are unique, required columns
have values, values match the declared range, list or pattern, references lead to a row, and first days are not after
last days.

| table | does | number of checks | how real data could break one |
|---|---|---|---|
"""
WHOLE = """
### Checks on the whole warehouse

A run normally checks only the rows that it adds and changes. `onrecord audit` runs the checks of the following table,
and all checks above, on all published rows. After a restore, a rollback, a schema migration or a write by another
program, the next run does so too. If a check that rejects or stops then fails, this run publishes nothing.

| check | does | what must hold, or why |
|---|---|---|
"""
OTHERS = """
## Checks that warn or note

A check whose name ends in `_is_usual` compares a figure of the run with the same figure of earlier runs. It needs at
least 7 earlier runs.

| check | does | why it matters | expected |
|---|---|---|---|
"""


def write_page(book: RuleBook) -> str:
    """Return the text of `docs/checks.md`: a table of all rules and what each does."""
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
        trips = found[-1].trips or "not critical, because no published figure depends on this table"
        yield f"| `{table}` | {found[0].effect} | {len(found)} | {trips} |\n"


def _name(rule: Rule) -> str:
    return f"`{rule.table}.{rule.name}`"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def main(arguments: list[str] | None = None) -> int:
    """Write the page or, with `--check`, compare it with the file; return 1 if the file is out of date."""
    parser = argparse.ArgumentParser(prog="python -m expectations.checks_page", description=__doc__)
    parser.add_argument("page", type=Path)
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args(arguments)
    new = write_page(open_rulebook())
    if not options.check:
        options.page.write_text(new, encoding="utf-8")
    elif not options.page.exists() or options.page.read_text(encoding="utf-8") != new:
        print(f"{options.page} is out of date; write it with: make docs", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
