"""Read version marks of wire stories: `UPDATE 2-`, `CORRECTED-`, `1st Ld-Writethru`, ninjs `"version": "3"`.

Reuters numbers updates from the second version on: `UPDATE 1-` is version 2. The Associated Press does the same with
leads: `1st Ld-Writethru` is version 2, and so is `Ld-Writethru` without a number.
"""

from __future__ import annotations

import polars as pl

OPENING = 300  # characters of a body to search for "(CORRECTS name in paragraph 2)"
_MARK = r"CORRECTED|CORRECTS|CORRECTION|REFILE|RPT|RECASTS|UPDATE [0-9]{1,2}|WRAPUP [0-9]{1,2}|UPDATES"
_MARKS = rf"(?m)^[\s(\[]*((?:{_MARK})(?:[- ]+(?:{_MARK}))*)\b"
_LEAD = r"\b((?:[0-9]{1,2}(?:st|nd|rd|th) )?(?:Ld|Lead)(?:-Writethru)?)\b"
_LEAD_NO = r"\b([0-9]{1,2})(?:st|nd|rd|th) (?:Ld|Lead)\b"
_KILL = (
    r"(?:BULLETIN |MANDATORY |STORY )?(?:KILL|WITHDRAWN|WITHDRAWAL)|ADVISORY"  # not a mark of a new version
)
_ANY_MARK = rf"^\s*(?:(?:{_MARK}|{_KILL})[-: ]+)+"


def read_version() -> dict[str, pl.Expr]:
    """Return expressions that compute the columns `version_no` and `version_label` of ARTICLES from RECORDS."""
    version, head = pl.col("version").str.strip_chars(), pl.col("headline")
    label = pl.coalesce(
        head.str.extract(_MARKS),
        version.str.extract(_MARKS),
        pl.col("note").str.extract(_MARKS),
        pl.col("body").str.head(OPENING).str.extract(_MARKS),
        pl.coalesce("version", "headline").str.extract(_LEAD),
    )
    return {
        "version_no": pl.coalesce(
            version.str.extract(r"^([0-9]{1,4})(?:\.0)?$").cast(pl.Int32),
            label.str.extract(r"UPDATE ([0-9]+)").cast(pl.Int32) + 1,
            label.str.extract(r"WRAPUP ([0-9]+)").cast(pl.Int32),
            label.str.extract(_LEAD_NO).cast(pl.Int32) + 1,
            pl.when(label.str.contains("Ld-Writethru")).then(2),
        ),
        "version_label": label,
    }


def plain_headline() -> pl.Expr:
    """Return the headline in lower case without version marks, usually the same for all versions of a story."""
    return (
        pl.col("headline")
        .str.replace(_ANY_MARK, "")
        .str.to_lowercase()
        .str.extract_all(r"[\p{L}\p{N}]+")
        .list.join(" ")
    )


def is_correction() -> pl.Expr:
    """Whether the label says that this version corrects the previous one."""
    return pl.col("version_label").str.contains("CORRECT|REFILE").fill_null(False)
