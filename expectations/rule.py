"""What a rule is: a query for the rows that break it, with how grave that is and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Severity = Literal["critical", "warning", "info"]


@dataclass(frozen=True)
class Rule:
    """One rule: `sql` gives the rows that break it, `reason` says what they would do to the reader of the table.

    A column `observed` in those rows says in words what was found. `rejects`: the rows name articles (`article_id`)
    that can be turned away, so that the rest goes on.
    """

    name: str
    table: str
    severity: Severity
    reason: str
    sql: str
    rejects: bool = False
    expected: str = "no such row"
