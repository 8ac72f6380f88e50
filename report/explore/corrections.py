"""Turn a reader's form into a line for the corrections file and a command that writes it; write nothing."""

from __future__ import annotations

import csv
import io
import re
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from report.explore.queries import read_query
from schema.column_values import ACTOR_KINDS
from warehouse.query.live import Reading, Row

CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
CALLED = "SELECT * FROM main.actors WHERE strip_accents(lower(name)) = strip_accents(lower($name)) AND kind <> 'nobody'"
LONGEST = {"value": 4000, "note": 300}


class UnfitCorrectionError(ValueError):
    """The form does not describe a correction; the message says why."""


@dataclass(frozen=True)
class Correction:
    """One line of the corrections file: its cells, its actor, and a sentence that describes its effect."""

    cells: list[str]
    actor: Row
    meaning: str
    other: Row | None = None

    @property
    def line(self) -> str:
        """The line as written in the file."""
        out = io.StringIO()
        csv.writer(out, lineterminator="").writerow(self.cells)
        return out.getvalue()

    @property
    def command(self) -> str:
        """The shell command that writes the line."""
        action, actor, value, note = self.cells
        options = ["--note", note] if note else []
        end = ["--"] if value.startswith("-") else []  # otherwise the value would be parsed as an option
        return shlex.join(["onrecord", "correct", *options, *end, action, actor, value])


def plan_correction(reading: Reading, given: Sequence[tuple[str, str]]) -> Correction:
    """Return the correction that a form describes: `action`, `actor`, one or more of `value`, and `note`."""
    form = dict(given)
    action, actor = form.get("action", ""), form.get("actor", "")
    if action not in NOTHING:
        raise UnfitCorrectionError(f"the action must be one of {', '.join(NOTHING)}")
    row = _actor(reading, actor)
    if row is None:
        raise UnfitCorrectionError("no actor has this id in the version that is shown")
    values = [_clean(value, "value") for name, value in given if name == "value" and value.strip()]
    if not values:
        raise UnfitCorrectionError(NOTHING[action])
    if len(values) > 1 and action != "split":
        raise UnfitCorrectionError("only one value can be given")
    note = _clean(form.get("note", ""), "note")
    meaning, other = _read_values(reading, action, row, values)
    value = other["actor_id"] if other else "|".join(values)
    return Correction([action, row["actor_id"], value, note], row, meaning, other)


NOTHING = {  # action -> message when the value is missing
    "merge": "choose the actor that this one is the same as",
    "split": "choose the profiles that mean somebody else",
    "rename": "write the new name",
    "kind": "choose the new kind",
}


def _read_values(reading: Reading, action: str, row: Row, values: list[str]) -> tuple[str, Row | None]:
    """Return a sentence that says what the line does and, for a merge, the other actor.

    Raises `UnfitCorrectionError` if the line would do nothing.
    """
    if action == "split":
        known = {
            profile["profile_id"]
            for profile in reading.rows(read_query("actor_profiles"), {"id": row["actor_id"]})
        }
        if not set(values) <= known:
            raise UnfitCorrectionError("a chosen profile does not belong to this actor")
        if set(values) == known:
            raise UnfitCorrectionError("all profiles were chosen: leave at least one with this actor")
        return f"{len(values)} of {len(known)} profiles become a separate actor", None
    value = values[0]
    if action == "kind" and value not in ACTOR_KINDS:
        raise UnfitCorrectionError(f"the kind must be one of {', '.join(ACTOR_KINDS)}")
    if action != "merge":
        return f"the actor's {'name' if action == 'rename' else 'kind'} becomes {value}", None
    other = _named(reading, value)
    if other["actor_id"] == row["actor_id"]:
        raise UnfitCorrectionError("an actor cannot be merged with itself: name another one")
    return f"all statements and roles of {row['name']} move to {other['name']}", other


def _named(reading: Reading, entered: str) -> Row:
    """Return the only actor with this id, page address or name; raise `UnfitCorrectionError` if none or several fit."""
    path = unquote(urlsplit(entered).path) if "/" in entered else entered
    kind, _, last = path.rpartition("/")
    if found := _actor(reading, f"country:{last}" if kind.endswith("/country") else last):
        return found
    found_rows = reading.rows(CALLED, {"name": entered}, 2)
    if not found_rows:
        raise UnfitCorrectionError(f"no actor is called {entered}: copy the name from the actor's page")
    if len(found_rows) > 1:
        raise UnfitCorrectionError(
            f"several actors are called {entered}: give the address of one actor's page"
        )
    [row] = found_rows
    return row


def _actor(reading: Reading, actor_id: str) -> Row | None:
    rows = reading.rows(read_query("actor"), {"id": actor_id}, 1)
    return rows[0] if rows else None


def _clean(text: str, name: str) -> str:
    """Return the text on one line, because each correction is one line of the file."""
    return CONTROL.sub(" ", text).strip()[: LONGEST[name]]
