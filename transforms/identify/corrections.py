"""What people know better: a file of corrections, applied after everything else.

In: profiles with the actors that their evidence gives. Out: the same with the corrections, and what became of each line
(`ops.actor_corrections`). An actor is named by its id, or by its name when only one has it. Lines apply in the order of
the file:

- `merge`: the actor is the one in `value`, whose name and kind it takes;
- `split`: the profiles in `value` (ids of the table `profiles`, `a|b`) are an actor of their own;
- `rename`: the actor is called `value`;
- `kind`: the actor is of the kind in `value`.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

import polars as pl

from schema.errors import UsageError
from schema.tables import ACTOR_CORRECTIONS, ACTOR_KINDS, CORRECTIONS
from seeds import read_seed
from transforms.frames import conform
from transforms.keys import content_key

_COLUMNS = ["action", "actor", "value", "note"]
_MAX_SHOWN = 100  # characters of a cell in a message


class CorrectionError(UsageError):
    """A file of corrections that cannot be read, or a line that cannot be applied; the text names both."""


def read_corrections() -> pl.DataFrame:
    """The lines that are shipped, numbered; CorrectionError for a line that cannot be one."""
    return number_corrections(read_seed("actor_corrections"))


def parse_corrections(data: bytes, name: str) -> pl.DataFrame:
    """The lines of a CSV file with the columns `action`, `actor`, `value` and, if wanted, `note`, numbered.

    Blank lines are skipped. CorrectionError says which line of the file `name` cannot be applied, and why.
    """
    try:
        rows = csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), strict=True)
        lines = list(_read_lines(rows, name))
    except UnicodeDecodeError as error:
        number = data.count(b"\n", 0, error.start) + 1
        raise CorrectionError(f"{name}, line {number}: not UTF-8") from error
    except csv.Error as error:
        raise CorrectionError(f"{name}, line {rows.line_num}: {error}") from error
    return _number(pl.DataFrame(lines, dict.fromkeys(_COLUMNS, pl.String), orient="row"))


def _read_lines(rows: Iterator[list[str]], name: str) -> Iterator[list[str | None]]:
    header: list[str] | None = None
    for cells in ([cell.strip() for cell in row] for row in rows):
        place = f"{name}, line {rows.line_num}"  # type: ignore[attr-defined]
        if not any(cells):
            continue
        if header is None:
            header = _require_header(cells, place)
            continue
        if len(cells) > len(header):
            raise CorrectionError(
                f"{place}: {len(cells)} cells in {len(header)} columns; quote a value with a comma"
            )
        line = dict(zip(header, cells, strict=False))
        yield _require_line([line.get(column) or None for column in _COLUMNS], place)


def _require_header(cells: list[str], place: str) -> list[str]:
    if not set(_COLUMNS[:3]) <= set(cells) <= set(_COLUMNS) or len(set(cells)) < len(cells):
        raise CorrectionError(f"{place}: the first line must be {','.join(_COLUMNS)}")
    return cells


def number_corrections(lines: pl.DataFrame) -> pl.DataFrame:
    """Corrections ready to be applied: `action`, `actor`, `value`, `note` and their number."""
    lines = lines.select(pl.col(_COLUMNS).cast(pl.String))
    for number, line in enumerate(lines.rows(), 2):
        _require_line(list(line), f"seeds/actor_corrections.csv, line {number}")
    return _number(lines)


def _number(lines: pl.DataFrame) -> pl.DataFrame:
    return lines.with_row_index("correction_no", 1).cast({"correction_no": pl.Int32})


def _require_line(line: list[str | None], place: str) -> list[str | None]:
    """The line; CorrectionError when it cannot be applied at all."""
    action, actor, value, _ = line
    if action not in CORRECTIONS:
        raise CorrectionError(f"{place}: {_shown(action)} is no action; actions are {', '.join(CORRECTIONS)}")
    if not actor or not value:
        raise CorrectionError(f"{place}: {action} needs an actor and a value")
    if action == "kind" and value not in ACTOR_KINDS:
        raise CorrectionError(f"{place}: {_shown(value)} is no kind; kinds are {', '.join(ACTOR_KINDS)}")
    return line


def _shown(cell: str | None) -> str:
    return repr((cell or "")[:_MAX_SHOWN])


def apply_corrections(profiles: pl.DataFrame, corrections: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The profiles with corrected `actor_id`, `rule`, `name` and `kind`; and rows of ACTOR_CORRECTIONS."""
    outcomes = []
    for line in corrections.iter_rows(named=True):
        actor_id = _find_actor(profiles, line["actor"])
        change = None if actor_id is None else _find_change(profiles, line, actor_id)
        if change and profiles.select(change[0].any()).item():
            count = profiles.filter(change[0]).height
            outcomes.append({"outcome": "applied", "actor_id": actor_id, "profile_count": count})
            profiles = profiles.with_columns(
                pl.when(change[0]).then(value).otherwise(name).alias(name)
                for name, value in change[1].items()
            )
        else:
            outcomes.append({"outcome": _why_not(profiles, line), "actor_id": None, "profile_count": 0})
    schema = {"outcome": pl.String, "actor_id": pl.String, "profile_count": pl.Int64}
    applied = pl.concat([corrections, pl.DataFrame(outcomes, schema)], how="horizontal")
    return profiles, conform(applied.with_columns(run_id=pl.lit(None, pl.String)), ACTOR_CORRECTIONS)


def _why_not(profiles: pl.DataFrame, line: dict) -> str:
    """Why a line changes nothing: it names several actors, or none."""
    told = [line["actor"], line["value"]] if line["action"] == "merge" else [line["actor"]]
    return "met_several" if any(len(_find_actors(profiles, name)) > 1 for name in told) else "not_met"


def _find_actor(profiles: pl.DataFrame, told: str) -> str | None:
    """The actor of that id or, if there is only one, of that name."""
    found = _find_actors(profiles, told)
    return found[0] if len(found) == 1 else None


def _find_actors(profiles: pl.DataFrame, told: str) -> pl.Series:
    return profiles.filter((pl.col("actor_id") == told) | (pl.col("name") == told))["actor_id"].unique()


def _find_change(
    profiles: pl.DataFrame, line: dict, actor_id: str
) -> tuple[pl.Expr, dict[str, pl.Expr]] | None:
    """Which profiles a line changes, and the new values of their columns."""
    its, corrected = pl.col("actor_id") == actor_id, pl.lit("correction")
    if line["action"] == "merge":
        other = _find_actor(profiles, line["value"])
        if other in (None, actor_id):
            return None
        kind = profiles.filter(actor_id=other)["kind"].min()
        return its, {"actor_id": pl.lit(other), "rule": corrected, "kind": pl.lit(kind)}
    if line["action"] == "split":
        parts = its & pl.col("profile_id").is_in(line["value"].split("|"))
        own = content_key("split", actor_id, *sorted(line["value"].split("|")))
        return parts, {"actor_id": pl.lit(own), "rule": corrected}
    column = "name" if line["action"] == "rename" else "kind"
    return its, {column: pl.lit(line["value"])}
