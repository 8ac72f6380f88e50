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

What a failed check does:

- **reject**: the articles or files at fault move to `ops.rejects`, with path, record number, reason and payload. The
  run continues with the rest, and its verdict is "passed with warnings". A row leads to articles through its columns:
  a statement to its own article, an actor to the articles that mention the actor.
- **stop**: nothing is published. Two kinds of checks stop a run: those on the whole warehouse rather than on single
  articles, and `few_articles_are_at_fault`, which fails if more than 30 % of a run's articles (and at least 10) would
  have to be rejected. Both numbers are thresholds:
  `ONRECORD_THRESHOLDS='{"few_articles_are_at_fault.max_share": 0.5}'`. A rule that rejects and is critical also stops
  the run if one of its rows leads to no article.
- **warn**: the run is published, and the report shows a banner; **note**: the rows are only counted.

"""
CRITICAL = """## Checks that reject or stop

| check | does | why it matters | how real data could break it |
|---|---|---|---|
"""
DECLARED = """
### What the tables declare

Keys are unique. Required columns have values. Values match the declared range, list or pattern. References lead to a
row. First days are not after last days (see [tables.md](tables.md)).

| table | does | checks | how real data could break one |
|---|---|---|---|
"""
WHOLE = """
### Checks on the whole warehouse

A run checks the rows that it adds and changes. `onrecord audit` runs these checks, and all checks above, on
everything that is published. A run does so too if something other than a run has written to the file since the last
version: a restore, a rollback, a schema migration or another program. If a check fails, that run publishes nothing.

| check | does | why it matters |
|---|---|---|
"""
OTHERS = """
## Checks that warn or note

| check | does | why it matters | expected |
|---|---|---|---|
"""


def write_page(book: RuleBook) -> str:
    """Return the page as Markdown."""
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
        yield f"| `{table}` | {found[0].effect} | {len(found)} | {found[-1].trips or 'no result depends on it'} |\n"


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
