"""Read and validate the corrections that people write in a CSV file.

Returns numbered lines, which `transforms/identify/corrected.py` applies. A line has an `action`, the `actor` that it is
about, a `value` and an optional `note`. A line refers to an actor by id, or by name if no other actor has the name, and
to a statement by id. Lines apply in the order of the file, after all other evidence:

- `merge`: the actor is the same as the actor in `value`, and takes the name and kind of that actor;
- `split`: some profiles become a separate actor: profiles with a role (`role=senator`), a country (`country=NL`), an
  article (`article=ID`), or a profile id; `|` separates several criteria;
- `rename`: the actor is called `value`;
- `kind`, `type`, `country`: the actor has this kind, organization type, or country (`none` for none);
- `role`: `OLD => NEW` corrects a role of a person; without NEW, the person never had the role;
- `not_an_actor`: the name does not name an actor; no value;
- `speaker`: the statement in `actor` was made by the actor in `value`, or by nobody who can be named (`none`);
- `content`: the statement in `actor` has these words, which its article must contain; `|` separates pieces;
- `delete`: the statement in `actor` was extracted by mistake; no value;
- `add`: the article in `actor` has one more statement, at the places in `value` (see `schema/annotation.py`).
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator

import polars as pl

from schema.annotation import read_addition
from schema.column_values import ACTOR_KINDS, CORRECTIONS, COUNTRY, ID, ORG_TYPES
from schema.errors import UsageError
from seeds import read_seed
from transforms.identify.rewording import BAR, split_pieces

COLUMNS = ["action", "actor", "value", "note"]
_MAX_SHOWN = 100  # largest number of characters of a cell that a message shows
NO_COUNTRY = "none"
NO_VALUE = ("not_an_actor", "delete")
OF_STATEMENT = ("speaker", "content", "delete")
SPLIT_BY = ("role", "country", "article")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")  # all but tabs and line ends
_ROLE = re.compile(r"(?<!\s)\s*=>\s*")


class CorrectionError(UsageError):
    """The corrections file, or a line in it, is invalid; the message names the file and the line."""


def read_corrections() -> pl.DataFrame:
    """Read and number the shipped corrections; raise CorrectionError for an invalid line."""
    return number_corrections(read_seed("actor_corrections"))


def parse_corrections(data: bytes, name: str) -> pl.DataFrame:
    """Read the lines of a CSV file with the columns `action`, `actor`, `value` and, optionally, `note`.

    Blank lines are skipped. A CorrectionError names the file (`name`), the invalid line and the reason.
    """
    try:
        rows = csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), strict=True)
        lines = list(_read_lines(rows, name))
    except UnicodeDecodeError as error:
        number = data.count(b"\n", 0, error.start) + 1
        raise CorrectionError(
            f"{name}, line {number}: the line is not UTF-8; save the file as UTF-8"
        ) from error
    except csv.Error as error:
        raise CorrectionError(f"{name}, line {rows.line_num}: {error}") from error
    return _number(pl.DataFrame(lines, dict.fromkeys(COLUMNS, pl.String), orient="row"))


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
                f"{place}: {len(cells)} cells in {len(header)} columns; "
                "put quotation marks around a value that contains a comma"
            )
        line = dict(zip(header, cells, strict=False))
        yield _require_line([line.get(column) or None for column in COLUMNS], place)


def _require_header(cells: list[str], place: str) -> list[str]:
    if not set(COLUMNS[:3]) <= set(cells) <= set(COLUMNS) or len(set(cells)) < len(cells):
        raise CorrectionError(f"{place}: the first line must be {','.join(COLUMNS)}")
    return cells


def number_corrections(lines: pl.DataFrame, name: str = "seeds/actor_corrections.csv") -> pl.DataFrame:
    """Number and validate corrections with `action`, `actor`, `value` and `note`; messages call their file `name`."""
    lines = lines.select(pl.col(COLUMNS).cast(pl.String))
    for number, line in enumerate(lines.rows(), 2):
        _require_line(list(line), f"{name}, line {number}")
    return _number(lines)


def _number(lines: pl.DataFrame) -> pl.DataFrame:
    numbered = lines.with_row_index("correction_no", 1).cast({"correction_no": pl.Int32})
    return numbered.with_columns(pl.col("value").fill_null(""))


def _require_line(line: list[str | None], place: str) -> list[str | None]:
    """Return the line; raise CorrectionError if it is invalid."""
    action, actor, value, _ = line
    if any(cell and _CONTROL.search(cell) for cell in line):
        raise CorrectionError(f"{place}: a cell has a control character")
    if action not in CORRECTIONS:
        raise CorrectionError(
            f"{place}: unknown action {_shown(action)}; use one of {', '.join(CORRECTIONS)}"
        )
    if action in NO_VALUE:
        if not actor or value:
            raise CorrectionError(f"{place}: {action} needs {_subject(action)} and no value")
    elif not actor or not value:
        raise CorrectionError(f"{place}: {action} needs {_subject(action)} and a value")
    if action == "add" and not re.fullmatch(ID, actor):
        raise CorrectionError(f"{place}: {_shown(actor)} is not an article_id; copy one from articles")
    if action in OF_STATEMENT and not re.fullmatch(ID, actor):
        raise CorrectionError(f"{place}: {_shown(actor)} is not a statement_id; copy one from who_said_what")
    if fault := _find_fault(action, value or ""):
        raise CorrectionError(f"{place}: {fault}")
    return line


def _subject(action: str) -> str:
    return "a statement" if action in OF_STATEMENT else "an article" if action == "add" else "an actor"


def _find_fault(action: str, value: str) -> str | None:
    """Return what is wrong with the value of a line; None if nothing is."""
    known = {"kind": ACTOR_KINDS, "type": ORG_TYPES}.get(action)
    if known and value not in known:
        return f"unknown {action} {_shown(value)}; use one of {', '.join(known)}"
    if action == "country" and value != NO_COUNTRY and not re.fullmatch(COUNTRY, value):
        return f"{_shown(value)} is not a country code; use two capital letters (ISO 3166-1), or {NO_COUNTRY}"
    if action == "role" and (len(_ROLE.split(value)) != 2 or not _ROLE.split(value)[0]):
        return f"{_shown(value)} does not change a role; write OLD => NEW, or OLD => to remove the role"
    if action == "content" and not all(split_pieces(value)):
        return f"{_shown(value)} has an empty piece; put exactly one {BAR} between pieces"
    if action == "add":
        try:
            read_addition(value)
        except ValueError as error:
            return f"{error}; write content 12-40; cue 41-45; source 46-50; speaker NAME"
    return next(filter(None, map(_find_part_fault, read_parts(value))), None) if action == "split" else None


def _find_part_fault(part: tuple[str, str]) -> str | None:
    by, value = part
    if by not in (*SPLIT_BY, "profile"):
        return f"{_shown(by)} cannot split an actor; use {', '.join(SPLIT_BY)} or the id of a profile"
    if by == "country" and not re.fullmatch(COUNTRY, value):
        return f"{_shown(value)} is not a country code; use two capital letters (ISO 3166-1)"
    return None if value else f"a split by {by} needs a value after the equals sign, as in {by}=VALUE"


def read_parts(value: str) -> list[tuple[str, str]]:
    """Parse the criteria of a split: `role=senator|country=NL|0f3a...` -> pairs of criterion and value."""
    parts = [part.partition("=") for part in value.split("|")]
    return [(by.strip(), what.strip()) if sign else ("profile", by.strip()) for by, sign, what in parts]


def read_role(value: str) -> tuple[str, str | None]:
    """Parse the old and the new role of a line; the new role is None if the line removes the role."""
    old, new = _ROLE.split(value.strip())
    return old, new or None


def _shown(cell: str | None) -> str:
    return repr((cell or "")[:_MAX_SHOWN])
