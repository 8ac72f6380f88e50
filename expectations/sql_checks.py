"""Read checks and metrics written in SQL, and make rules from them.

A check is a file whose query selects the rows at fault. Its first comment states the effect on the run, the reason,
and the thresholds with their reasons. The file is named after the check:

    -- warn on statements: Why it matters, in a sentence.
    -- expected: at least $min_share of ..., for at least $min_statements statements
    -- $min_share = 0.35: reason for this number
    SELECT ...

Only the first line is required; without `on`, the check is about articles. The line begins with one of these words:

- `reject`: the articles or files that the rows lead to (by `article_id`, `statement_id`, `path`..., see
  `expectations/quarantine.py`) move to the rejects, and the run continues;
- `stop`: nothing is published;
- `warn`: the run is published with a banner; `note`: the rows are counted.

`critical`, `warning` and `info` are older names of `stop`, `warn` and `note`; with `, rejects` after one of them, the
check also rejects. `trips:` is an example of real data that could break a critical check. A metric is written in the
same way; its query returns `scope`, `value` and `row_count`, which `usual.sql` compares with the values of earlier
runs.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import cast

from expectations.rule import Rule, Severity
from schema.errors import UsageError
from schema.tables import BY_NAME
from warehouse.files.write_whole import read_whole
from warehouse.query.guard import without_end

HERE = Path(__file__).parent
CHECKS, METRICS, USUAL = HERE / "checks", HERE / "metrics", HERE / "usual.sql"

MAX_BYTES = 1_000_000  # of a check

HEAD = re.compile(r"(reject|stop|warn|note|critical|warning|info)(, rejects)?(?: on (\w+))?: (.+)")
SEVERITY_OF = {"reject": "warning", "stop": "critical", "warn": "warning", "note": "info"}
RESOLVED = re.compile(
    r"\b(actors|actor_aliases|organizations|affiliations|actor_id|organization_id|story_id|is_latest)\b"
)
EXPECTED = re.compile(r"expected: (.+)")
TRIPS = re.compile(r"trips: (.+)")
THRESHOLD = re.compile(r"\$(\w+) = (-?\d+(?:\.\d+)?): (.+)")


class CheckError(UsageError):
    """A check file has no valid first comment, or a setting names a threshold that no check has."""


@dataclass(frozen=True)
class SqlFile:
    """One parsed file: `thresholds` are numbers by name, and `why` has the reason for each number."""

    name: str
    severity: Severity
    rejects: bool
    table: str
    reason: str
    expected: str
    thresholds: dict[str, float]
    why: dict[str, str]
    sql: str
    trips: str = ""

    def to_rule(self, thresholds: Mapping[str, float]) -> Rule:
        """Return the rule; `thresholds` (by `name.threshold`) replace the thresholds in the file."""
        values = self.thresholds | _set_for(self.name, thresholds)
        return Rule(
            self.name, self.table, self.severity, self.reason, fill(self.sql, values),
            rejects=self.rejects, expected=fill(self.expected, values, in_words=True), trips=self.trips,
            is_resolved=bool(RESOLVED.search(self.sql)),
        )  # fmt: skip


def read_file(path: Path) -> SqlFile:
    """Read a check or metric; raise `CheckError` with the file's name if its first comment is incomplete."""
    try:
        data = read_whole(path, MAX_BYTES)
        text = data.decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CheckError(f"{path} cannot be read: {error}") from error
    if len(data) > MAX_BYTES:
        raise CheckError(f"{path} is larger than {MAX_BYTES:,} bytes")
    return _parse(path, text)


@lru_cache(1000)  # a run reads the shipped checks a dozen times
def _parse(path: Path, text: str) -> SqlFile:
    comment, sql = _split_comment(text)
    head = HEAD.fullmatch(comment[0]) if comment else None
    if not head:
        raise CheckError(f"{path}: the first line must look like '-- warn on statements: Why it matters.'")
    word, rejects, table, reason = head.groups()
    if (table or "articles") not in BY_NAME:
        raise CheckError(f"{path}: there is no table {table}")
    expected = _find_line(EXPECTED, comment) or "no rows"
    limits = [found.groups() for line in comment if (found := THRESHOLD.fullmatch(line))]
    return SqlFile(
        path.stem, cast(Severity, SEVERITY_OF.get(word, word)), bool(rejects) or word == "reject",
        table or "articles", reason, expected,
        {name: float(value) for name, value, _ in limits}, {name: why for name, _, why in limits}, sql,
        _find_line(TRIPS, comment) or "",
    )  # fmt: skip


def _find_line(form: re.Pattern[str], comment: list[str]) -> str | None:
    return next((found[1] for line in comment if (found := form.fullmatch(line))), None)


def _split_comment(text: str) -> tuple[list[str], str]:
    """Split the text of a file into the lines of its first comment, without dashes, and the rest."""
    lines = text.lstrip("\ufeff").splitlines()
    size = next((number for number, line in enumerate(lines) if not line.startswith("--")), len(lines))
    comment = [line.removeprefix("--").strip() for line in lines[:size]]
    return comment, without_end("\n".join(lines[size:]).strip())


def read_folder(folder: Path) -> list[SqlFile]:
    """Read all checks in a folder, ordered by name; return none if the folder is missing."""
    return [read_file(path) for path in sorted(folder.glob("*.sql"))]


def fill(text: str, values: Mapping[str, float | str], *, in_words: bool = False) -> str:
    """Replace each `$name` with its value; `in_words` writes shares in percent."""

    def value_of(found: re.Match[str]) -> str:
        value = values.get(found[1])
        if value is None:
            return found[0]
        if in_words and "share" in found[1]:
            return f"{float(value):.0%}"
        return value if isinstance(value, str) else f"{value:g}"

    return re.sub(r"\$(\w+)", value_of, text)


def metric_queries(thresholds: Mapping[str, float]) -> dict[str, str]:
    """Return the query of each metric by its name."""
    return {
        file.name: fill(file.sql, file.thresholds | _set_for(file.name, thresholds))
        for file in read_folder(METRICS)
    }


def drift_rules(thresholds: Mapping[str, float]) -> list[Rule]:
    """Return one rule per metric, which compares the metric in this run with its values in earlier runs."""
    usual = read_file(USUAL)
    return [_drift_rule(usual, metric, thresholds) for metric in read_folder(METRICS)]


def _drift_rule(usual: SqlFile, metric: SqlFile, thresholds: Mapping[str, float]) -> Rule:
    values = (
        usual.thresholds
        | metric.thresholds
        | _set_for("usual", thresholds)
        | _set_for(metric.name, thresholds)
    )
    usual_range = (
        f"{values['deviations']:g} standard deviations of the median of the last {values['runs']:g} runs"
    )
    words = f"{metric.expected}: within {usual_range}"
    sql = fill(usual.sql, {**values, "metric": metric.name})
    return Rule(f"{metric.name}_is_usual", metric.table, metric.severity, metric.reason, sql, expected=words)


def require_thresholds(thresholds: Mapping[str, float], folder: Path) -> None:
    """Raise `CheckError` if a setting names a threshold that no check or metric has."""
    usual = read_file(USUAL)
    known = {f"{file.name}.{name}" for file in [*all_files(folder), usual] for name in file.thresholds}
    known |= {f"{metric.name}.{name}" for metric in read_folder(METRICS) for name in usual.thresholds}
    for name in thresholds:
        if name not in known:
            raise CheckError(
                f"no check has a threshold {name}; the first comment of each file in {CHECKS} lists its thresholds"
            )


def all_files(folder: Path) -> list[SqlFile]:
    """Read the built-in checks and metrics, and the checks in `folder`."""
    return [*read_folder(CHECKS), *read_folder(METRICS), *read_folder(folder)]


def _set_for(name: str, thresholds: Mapping[str, float]) -> dict[str, float]:
    return {key.split(".", 1)[1]: value for key, value in thresholds.items() if key.split(".", 1)[0] == name}
