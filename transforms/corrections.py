"""What people know better: `seeds/actor_corrections.csv`, applied after everything else.

In: profiles with the actors that their evidence gives. Out: the same with the corrections, and what became of each line
(`ops.actor_corrections`). An actor is named by its id, or by its name when only one has it. Lines apply in the order of
the file:

- `merge`: the actor is the one in `value`, whose name and kind it takes;
- `split`: the profiles in `value` (ids, `a|b`) are an actor of their own;
- `rename`: the actor is called `value`;
- `kind`: the actor is of the kind in `value`.
"""

from __future__ import annotations

import polars as pl

from seeds import read_seed
from transforms.frames import conform
from transforms.keys import content_key
from warehouse.tables import ACTOR_CORRECTIONS, ACTOR_KINDS, CORRECTIONS

_COLUMNS = ["action", "actor", "value", "note"]


def read_corrections() -> pl.DataFrame:
    """The lines of the file, numbered; ValueError for a line that cannot be one."""
    return number_corrections(read_seed("actor_corrections"))


def number_corrections(lines: pl.DataFrame) -> pl.DataFrame:
    """Corrections ready to be applied: `action`, `actor`, `value`, `note` and their number."""
    lines = lines.select(pl.col(_COLUMNS).cast(pl.String))
    require_valid(lines)
    return lines.with_row_index("correction_no", 1).cast({"correction_no": pl.Int32})


def require_valid(lines: pl.DataFrame) -> None:
    """ValueError that names the line when one cannot be applied at all."""
    for number, (action, actor, value, _) in enumerate(lines.rows(), 2):
        kinds = value in ACTOR_KINDS or action != "kind"
        if action not in CORRECTIONS or not actor or not value or not kinds:
            raise ValueError(
                f"seeds/actor_corrections.csv, line {number}: {action!r}, {actor!r}, {value!r} is no correction; "
                f"actions are {', '.join(CORRECTIONS)}, kinds {', '.join(ACTOR_KINDS)}"
            )


def apply_corrections(profiles: pl.DataFrame, corrections: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The profiles with corrected `actor_id`, `rule`, `name` and `kind`; and rows of ACTOR_CORRECTIONS."""
    outcomes = []
    for line in corrections.iter_rows(named=True):
        actor_id = _find_actor(profiles, line["actor"])
        change = None if actor_id is None else _find_change(profiles, line, actor_id)
        if change and profiles.select(change[0].any()).item():
            outcomes.append({"actor_id": actor_id, "profile_count": profiles.filter(change[0]).height})
            profiles = profiles.with_columns(
                pl.when(change[0]).then(value).otherwise(name).alias(name)
                for name, value in change[1].items()
            )
        else:
            outcomes.append({"actor_id": None, "profile_count": 0})
    changed = pl.DataFrame(outcomes, {"actor_id": pl.String, "profile_count": pl.Int64})
    not_met = pl.col("actor_id").is_null()
    applied = pl.concat([corrections, changed], how="horizontal").with_columns(
        outcome=pl.when(not_met).then(pl.lit("not_met")).otherwise(pl.lit("applied"))
    )
    return profiles, conform(applied.with_columns(run_id=pl.lit(None, pl.String)), ACTOR_CORRECTIONS)


def _find_actor(profiles: pl.DataFrame, told: str) -> str | None:
    """The actor of that id or, if there is only one, of that name."""
    found = profiles.filter((pl.col("actor_id") == told) | (pl.col("name") == told))["actor_id"].unique()
    return found[0] if len(found) == 1 else None


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
