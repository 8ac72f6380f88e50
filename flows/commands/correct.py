"""`onrecord correct`: check and try a correction, then add it to the corrections file."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.text import Text

from flows.commands.common import USAGE, JsonOption, WarehouseOption, fail, read_settings
from flows.display.quantities import count

if TYPE_CHECKING:
    from flows.correct import Effect

LONGEST = 160  # characters of a content that are shown
MAX_ROWS = 10  # rows shown of the added actors and roles, and rows shown of the removed ones
WHY_NOT = {
    "not_met": "no actor has that name or id, and no statement has that id",
    "not_in_text": "the article does not have these words at the statement: copy them from the article, and put a "
    "bar (|) between pieces that are apart in the article",
    "met_several": "several actors have that name: use an actor_id, from `onrecord sql \"from actors_called('NAME')\"`",
}


def correct(
    action: Annotated[
        str,
        typer.Argument(
            metavar="ACTION",
            help="merge, split, rename, kind, type, country, role, not_an_actor, speaker, content, delete or add.",
        ),
    ],
    actor: Annotated[
        str,
        typer.Argument(
            metavar="ACTOR",
            help="Name or id of the actor, or id of the statement; for add, id of the article.",
        ),
    ],
    value: Annotated[
        str, typer.Argument(metavar="VALUE", help="The new value; see docs/corrections.md.")
    ] = "",
    note: Annotated[
        str, typer.Option("--note", metavar="TEXT", help="The reason, stored with the correction.")
    ] = "",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show the effect without writing anything.")
    ] = False,
    warehouse: WarehouseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Add a correction, after checking and trying it. The next run applies it; delete its line to undo it."""
    from flows.correct import add_line, try_line, write_line

    settings = read_settings({"warehouse": warehouse})
    cells = [cell.strip() for cell in (action, actor, value, note)]
    effect = try_line(settings, *add_line(settings, cells))
    if effect.outcome in WHY_NOT:
        fail(f"nothing was written: {WHY_NOT[effect.outcome]}", USAGE)
    written = None if dry_run else write_line(settings, cells)
    if as_json:
        answer = asdict(effect) | {
            "file": str(written[0]) if written else None,
            "line": written[1] if written else None,
        }
        print(json.dumps(answer, default=str))
        return
    console = Console()
    _show(effect, console)
    if written:
        place = f"line {written[1]} of {written[0]}"
        console.print(
            Text(f"written as {place}; the next run applies it. To undo it, delete the line"), soft_wrap=True
        )
    else:
        console.print("nothing was written: dry run")


def _show(effect: Effect, console: Console) -> None:
    for name in ("actors", "roles", "statements"):
        gone, came = effect.gone.get(name, []), effect.came.get(name, [])
        for sign, style, rows in (("-", "red", gone), ("+", "green", came)):
            for row in rows[:MAX_ROWS]:
                console.print(Text(f"{sign} {_line(row)}", style), soft_wrap=True)
            if len(rows) > MAX_ROWS:
                console.print(Text(f"{sign} and {len(rows) - MAX_ROWS:,} more {name}", style))
    statements, mentions = count(effect.statements, "statement"), count(effect.mentions, "mention")
    console.print(f"{statements} and {mentions} change")
    for number in effect.contradicted:
        console.print(
            Text(f"correction {number} in the file no longer applies: the new correction contradicts it")
        )


def _line(row: dict[str, Any]) -> str:
    from flows.display.summary import plain

    facts = ", ".join(plain(value) for name, value in row.items() if value is not None and name != "content")
    content = plain(row.get("content") or "")
    shown = content if len(content) <= LONGEST else content[: LONGEST - 1] + "…"
    return f"{facts}: {shown}" if content else facts
