"""Summarise the outcome of a run for the terminal or as a JSON object.

Text from articles and file names is printed without control characters, so that no article can colour, move or clear
the reader's terminal.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from flows.display.quantities import count, duration
from flows.outcome import Outcome

CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")
HEADLINES = {
    "published": ("✓ Published", "bold green"),
    "nothing_new": ("✓ Nothing new", "bold green"),
    "dry_run": ("✓ Dry run: nothing was published", "bold yellow"),
    "stopped": ("✗ Stopped by a critical check: nothing was published", "bold red"),
}
MAX_CORRECTIONS = 5  # largest number of unapplied corrections that are shown
NOT_APPLIED = {
    "not_met": "matches no actor or statement",
    "met_several": "matches several actors; give the id of one",
    "not_in_text": "has words that the article does not have at the statement",
    "contradicted": "is contradicted by a later line",
}
EXAMPLE_SQL = "select speaker, cue, statement from who_said_what limit 9"


def plain(value: object) -> str:
    """Convert `value` to one line of text, in which control and direction characters become spaces."""
    return CONTROL.sub(" ", str(value)).strip()


def print_summary(outcome: Outcome, console: Console) -> None:
    """Print input, output, rejects, verdict, examples, and what to look at next."""
    title, style = HEADLINES[outcome.status]
    blocks: list[RenderableType] = [
        Text.assemble((title, style), (f"  in {_waited(outcome)}", "dim")),
        _indented(_facts(outcome)),
    ]
    if outcome.examples.height:
        blocks += [Text(""), _indented(_examples(outcome.examples))]
    console.print(Group(*blocks, Text("")))
    for label, hint in _next(outcome):
        console.print(Text.assemble((f"  {label:<8}  ", "dim"), plain(hint)), soft_wrap=True)


def _waited(outcome: Outcome) -> str:
    """The time as `31 s (run 5.2 s, start and end of Prefect 26 s)`, or `31 s` if Prefect took under a second."""
    if outcome.waited is None or outcome.waited - outcome.seconds < 1:
        return duration(outcome.waited or outcome.seconds)
    rest = duration(outcome.waited - outcome.seconds)
    return f"{duration(outcome.waited)} (run {duration(outcome.seconds)}, start and end of Prefect {rest})"


def _indented(block: RenderableType) -> Padding:
    return Padding(block, (0, 0, 0, 2), expand=False)


def _facts(outcome: Outcome) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim", no_wrap=True)
    table.add_column()
    table.add_row("in", _balance("file", outcome.files.height, _file_parts(outcome)))
    if outcome.sum_articles("found"):
        table.add_row("", _balance("article", outcome.sum_articles("found"), _article_parts(outcome)))
    if outcome.new_copies:
        verb = "contains" if outcome.new_copies == 1 else "contain"
        table.add_row(
            "", f"no new article: {count(outcome.new_copies, 'new file')} {verb} only known articles"
        )
    if outcome.withdrawn:
        verb = "would be withdrawn" if outcome.status == "dry_run" else "withdrawn"
        table.add_row("", f"{count(outcome.withdrawn, 'article')} {verb}")
    for death in outcome.deaths:
        table.add_row("before", Text(plain(death)))
    if outcome.statements:
        table.add_row("out", _statements(outcome))
    if outcome.other_languages:
        table.add_row("", _others(outcome.other_languages))
    for row in count_rejects(outcome.rejects):
        table.add_row("rejected", _reject(row))
    for number, line in enumerate(_corrections(outcome)):
        table.add_row("" if number else "actors", Text(line))
    if outcome.verdict:
        table.add_row("checks", _checks(outcome))
    for row in _failed(outcome):
        observed = row["observed"] or count(row["failing_count"] or 0, "row")
        text = f"{row['severity']}: {row['table_name']}.{row['check_name']}, {plain(observed)}"
        table.add_row("", Text(text if len(text) < 160 else text[:159] + "…"))
    return table


def _file_parts(outcome: Outcome) -> dict[str, int]:
    return {part: outcome.count_files(part) for part in ("loaded", "unchanged", "duplicate", "rejected")}


def _article_parts(outcome: Outcome) -> dict[str, int]:
    return {part: outcome.sum_articles(part) for part in ("loaded", "duplicate", "rejected")}


def _balance(noun: str, total: int, parts: dict[str, int]) -> Text:
    """A line such as `22 files = 20 loaded + 2 rejected`."""
    sums = " + ".join(f"{count:,} {part}" for part, count in parts.items() if count)
    text = Text.assemble((count(total, noun), "bold"))
    return text.append(f" = {sums}") if sums else text


def _statements(outcome: Outcome) -> Text:
    text = Text.assemble((count(outcome.statements, "statement"), "bold"))
    return text.append(f" by {count(outcome.speakers, 'named speaker')}")


def _others(languages: Mapping[str, int]) -> Text:
    """A line such as `3 articles in other languages were not analysed: 2 de, 1 fr`."""
    parts = ", ".join(f"{count:,} {plain(code)}" for code, count in languages.items())
    total = sum(languages.values())
    verb = "was" if total == 1 else "were"
    return Text(f"{count(total, 'article')} in other languages {verb} not analysed: {parts}")


def _corrections(outcome: Outcome) -> list[str]:
    """A line with the number of applied corrections, and a line for each of the first few unapplied corrections."""
    rows = outcome.corrections.sort("correction_no").to_dicts()
    unapplied = [row for row in rows if row["outcome"] != "applied"]
    lines = [f"{len(rows) - len(unapplied):,} of {count(len(rows), 'correction')} applied"] if rows else []
    for row in unapplied[:MAX_CORRECTIONS]:
        words = ", ".join(_cut(plain(row[name])) for name in ("actor", "value"))
        reason = NOT_APPLIED[row["outcome"]]
        lines.append(f"correction {row['correction_no']} {reason}: {row['action']} {words}")
    more = len(unapplied) - MAX_CORRECTIONS
    return [*lines, f"and {more:,} more"] if more > 0 else lines


def _cut(words: str) -> str:
    return words if len(words) <= 60 else f"{words[:59]}…"


def count_rejects(rejects: pl.DataFrame) -> list[dict[str, Any]]:
    """One dict per reason, the most frequent first: `reason_code`, `count`, `first_path`, `first_reason`."""
    return (
        rejects.sort("reject_no")
        .group_by("reason_code", maintain_order=True)
        .agg(pl.len().alias("count"), first_path=pl.first("path"), first_reason=pl.first("reason"))
        .sort("count", descending=True, maintain_order=True)
        .to_dicts()
    )


def _reject(row: dict[str, Any]) -> Text:
    text = Text(f"{row['count']:,} {row['reason_code'].replace('_', ' ')}: ")
    text.append(plain(row["first_path"] or row["first_reason"]))
    return text.append(f" and {row['count'] - 1:,} more") if row["count"] > 1 else text


def _checks(outcome: Outcome) -> Text:
    passed, total = int(outcome.checks["success"].sum()), outcome.checks.height
    style = {"passed": "green", "stopped": "red"}.get(outcome.verdict or "", "yellow")
    return Text.assemble((outcome.verdict or "", style), f" ({passed} of {total})")


def _failed(outcome: Outcome) -> list[dict[str, Any]]:
    return outcome.checks.filter(~pl.col("success")).sort("severity").head(5).to_dicts()


def by_name(tables: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """The statements with a named speaker (not a role or an unnamed source); the column `speaker` has the name."""
    names = tables["profiles"].filter(pl.col("kind") != "unnamed").select("profile_id", speaker="name")
    named = tables["statements"].filter(~pl.col("speaker_resolution").is_in(["role", "unnamed"]))
    return named.join(names, on="profile_id")


def pick_examples(tables: Mapping[str, pl.DataFrame], count: int = 3) -> pl.DataFrame:
    """Pick statements that read well on their own: a named speaker with a role, a cue, a short content.

    Returns at most `count` rows, each with another speaker: `speaker, role, kind, cue, content, published_on`.
    """
    length = pl.col("content").str.len_chars()
    return (
        by_name(tables)
        .filter(length > 30, pl.col("cue") != "")
        .sort(
            pl.col("content_spans").list.len() > 1,
            pl.col("role").is_null(),
            (length - 90).abs(),
            "statement_id",
        )
        .unique("actor_id", keep="first", maintain_order=True)
        .head(count)
        .select("speaker", "role", "kind", "cue", "content", "published_on")
    )


def _examples(examples: pl.DataFrame) -> Group:
    """Write two paragraphs per statement: the first has speaker, cue and day, the second has the content."""
    lines: list[RenderableType] = []
    for row in examples.to_dicts():
        role = f", {plain(row['role'])}" if row["role"] else ""
        day = f", {row['published_on']}" if row["published_on"] else ""
        lines.append(
            Text.assemble((plain(row["speaker"]), "bold"), role, (f"  ({plain(row['cue'])}{day})", "dim"))
        )
        lines.append(Padding(Text(_words(row)), (0, 0, 0, 2), expand=False))
    return Group(*lines)


def _words(row: dict[str, Any]) -> str:
    words = plain(row["content"])
    words = words if len(words) <= 180 else words[:179].rstrip() + "…"
    return f"“{words}”" if row["kind"] == "direct" else words


def _next(outcome: Outcome) -> list[tuple[str, str]]:
    """Suggest what to look at next, as labels with paths or commands to copy."""
    hints = []
    if outcome.kept_at:
        hints.append(("why", f'{_command("sql", outcome.kept_at)} "from ops.checks where not success"'))
    if outcome.report.exists():
        hints.append(("report", str(_short(outcome.report))))
    if outcome.warehouse.exists():
        if outcome.rejects.height and outcome.status == "published":
            hints.append(("rejects", _command("rejects", outcome.warehouse)))
        hints.append(("ask", f'{_command("sql", outcome.warehouse)} "{EXAMPLE_SQL}"'))
    return hints


def _command(name: str, warehouse: Path) -> str:
    """The command `onrecord NAME` as it can be typed here; names the warehouse unless it is the default one."""
    default = Path("data/onrecord.duckdb").absolute()
    option = "" if warehouse.absolute() == default else f" --warehouse {plain(_short(warehouse))}"
    return f"{_executable()} {name}{option}"


def _executable() -> str:
    """`onrecord` if the PATH has this command, else the path of the command in `.venv`, which `make run` uses."""
    on_path = any((Path(folder) / "onrecord").exists() for folder in os.get_exec_path())
    return "onrecord" if on_path else ".venv/bin/onrecord"


def _short(path: Path) -> Path:
    """The path, shortened to a relative path if it is below the current folder."""
    return path.absolute().relative_to(Path.cwd()) if path.absolute().is_relative_to(Path.cwd()) else path


def summary_json(outcome: Outcome, exit_code: int) -> str:
    """The run as one JSON object on one line."""
    return json.dumps(
        {
            "run_id": outcome.run_id,
            "status": outcome.status,
            "exit_code": exit_code,
            "files": {"found": outcome.files.height} | _file_parts(outcome),
            "articles": {"found": outcome.sum_articles("found")} | _article_parts(outcome),
            "withdrawn": outcome.withdrawn,
            "resumed": outcome.is_resumed,
            "deaths": outcome.deaths,
            "statements": outcome.statements,
            "speakers": outcome.speakers,
            "other_languages": outcome.other_languages,
            "rejects": count_rejects(outcome.rejects),
            "checks": {
                "verdict": outcome.verdict,
                "run": outcome.checks.height,
                "failed": [
                    {
                        key: row[key]
                        for key in ("table_name", "check_name", "severity", "failing_count", "observed")
                    }
                    for row in outcome.checks.filter(~pl.col("success")).to_dicts()
                ],
            },
            "warehouse": str(outcome.warehouse),
            "report": str(outcome.report),
            "kept_at": str(outcome.kept_at) if outcome.kept_at else None,
            "seconds": round(outcome.seconds, 1),
            "waited_seconds": None if outcome.waited is None else round(outcome.waited, 1),
        }
    )
