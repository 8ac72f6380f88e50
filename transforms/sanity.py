"""Records and the day of the run -> those that can be true, and why the others cannot.

What a file says of its article may be insane: a day in the year 2091, a language that is none. Such a record is
turned away here, before anything is drawn from its text, so that no actor and no role rests on it. The gate holds
the same rules (`REJECTING` in `expectations/rules.py`) against whatever gets past.
"""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl

from warehouse.tables import ARTICLES

FIRST_DAY = date(1700, 1, 1)
DAYS_AHEAD = 2  # the date line, and papers that are dated ahead
_LANGUAGE = next(column.pattern or "" for column in ARTICLES.columns if column.name == "language")
_TEXT = r"[^\s\p{Z}\p{C}]"


def split_records(records: pl.DataFrame, *, today: date) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Frame in the RECORDS schema -> the records that are sane, and the faults of the others.

    A fault is `path`, `record_no`, `reason_code`, `reason` (a sentence with path and value); the first one of
    each record.
    """
    judged = records.with_columns(fault=pl.coalesce(_faults(today)))
    faults = judged.filter(pl.col("fault").is_not_null()).unnest("fault")
    sane = judged.filter(pl.col("fault").is_null()).select(records.columns)
    return sane, faults.select("path", "record_no", "reason_code", "reason")


def _faults(today: date) -> list[pl.Expr]:
    """One expression a rule: code and reason where a record breaks it, else null."""
    day, language = pl.col("published_on"), pl.col("language")
    too_early, too_late = day < FIRST_DAY, day > today + timedelta(DAYS_AHEAD)
    return [
        _fault(
            "date_not_sane",
            too_early | too_late,
            pl.format("says that it is of {}: before 1700, or more than two days after the run", day),
        ),
        _fault(
            "language_unknown",
            ~language.str.contains(_LANGUAGE),
            pl.format("says that it is in {}, which is no code of two small letters", language),
        ),
        _fault("no_body", ~pl.col("body").str.contains(_TEXT), pl.lit("has a body that is blank")),
    ]


def _fault(code: str, is_broken: pl.Expr, problem: pl.Expr) -> pl.Expr:
    reason = pl.format("{}: {}", "path", problem)
    return pl.when(is_broken).then(pl.struct(reason_code=pl.lit(code), reason=reason))
