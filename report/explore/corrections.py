"""What a reader knows better -> the line of the corrections file that says it, and the command; nothing is written."""

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
    """What was asked for is no line of the corrections file; the text says why."""


@dataclass(frozen=True)
class Correction:
    """One line: its cells, the actor that it is about, and in words what it does."""

    cells: list[str]
    actor: Row
    meaning: str
    other: Row | None = None

    @property
    def line(self) -> str:
        """The line as it stands in the file."""
        out = io.StringIO()
        csv.writer(out, lineterminator="").writerow(self.cells)
        return out.getvalue()

    @property
    def command(self) -> str:
        """The command for a shell that writes the line."""
        action, actor, value, note = self.cells
        options = ["--note", note] if note else []
        end = ["--"] if value.startswith("-") else []  # else the value would be taken for an option
        return shlex.join(["onrecord", "correct", *options, *end, action, actor, value])


def plan_correction(reading: Reading, given: Sequence[tuple[str, str]]) -> Correction:
    """The line for what a form says: `action`, `actor`, one or more of `value`, and `note`."""
    told = dict(given)
    action, actor = told.get("action", ""), told.get("actor", "")
    if action not in NOTHING:
        raise UnfitCorrectionError(f"the action must be one of {', '.join(NOTHING)}")
    row = _actor(reading, actor)
    if row is None:
        raise UnfitCorrectionError("no actor has this id in the version that is shown")
    values = [_clean(value, "value") for name, value in given if name == "value" and value.strip()]
    if not values:
        raise UnfitCorrectionError(NOTHING[action])
    if len(values) > 1 and action != "split":
        raise UnfitCorrectionError("choose one, not several")
    note = _clean(told.get("note", ""), "note")
    meaning, other = _read_values(reading, action, row, values)
    value = other["actor_id"] if other else "|".join(values)
    return Correction([action, row["actor_id"], value, note], row, meaning, other)


NOTHING = {  # action -> what to do where no value was given
    "merge": "choose the actor that this one is the same as",
    "split": "choose the profiles that are somebody else",
    "rename": "write the name",
    "kind": "choose the kind",
}


def _read_values(reading: Reading, action: str, row: Row, values: list[str]) -> tuple[str, Row | None]:
    """What the line does, in words; UnfitCorrectionError where it would do nothing."""
    if action == "split":
        known = {
            profile["profile_id"]
            for profile in reading.rows(read_query("actor_profiles"), {"id": row["actor_id"]})
        }
        if not set(values) <= known:
            raise UnfitCorrectionError("a profile that was chosen is not one of this actor")
        if set(values) == known:
            raise UnfitCorrectionError("all profiles were chosen: leave at least one with this actor")
        return f"{len(values)} of {len(known)} profiles become an actor of their own", None
    value = values[0]
    if action == "kind" and value not in ACTOR_KINDS:
        raise UnfitCorrectionError(f"the kind must be one of {', '.join(ACTOR_KINDS)}")
    if action != "merge":
        return f"the actor's {'name' if action == 'rename' else 'kind'} becomes {value}", None
    other = _named(reading, value)
    if other["actor_id"] == row["actor_id"]:
        raise UnfitCorrectionError("an actor cannot be merged with itself: name another one")
    return f"all that {row['name']} said and did becomes {other['name']}'s", other


def _named(reading: Reading, told: str) -> Row:
    """The actor of an id, of a page's address, or the only one of a name; UnfitCorrectionError where there is none."""
    path = unquote(urlsplit(told).path) if "/" in told else told
    kind, _, last = path.rpartition("/")
    if found := _actor(reading, f"country:{last}" if kind.endswith("/country") else last):
        return found
    found_rows = reading.rows(CALLED, {"name": told}, 2)
    if not found_rows:
        raise UnfitCorrectionError(f"no actor is called {told}: write the name as on the page of the actor")
    if len(found_rows) > 1:
        raise UnfitCorrectionError(
            f"several actors are called {told}: give the address of the page of one of them"
        )
    [row] = found_rows
    return row


def _actor(reading: Reading, actor_id: str) -> Row | None:
    rows = reading.rows(read_query("actor"), {"id": actor_id}, 1)
    return rows[0] if rows else None


def _clean(text: str, name: str) -> str:
    """One line of text: the file has a line for each correction."""
    return CONTROL.sub(" ", text).strip()[: LONGEST[name]]
