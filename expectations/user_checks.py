"""Validate the user's own checks before a run starts."""

from __future__ import annotations

from collections.abc import Container, Sequence
from pathlib import Path

from expectations.rule import Rule
from expectations.rules import plain_rules
from expectations.sql_checks import CheckError
from schema.tables import TABLES
from warehouse.query.ask import Bounds
from warehouse.query.guard import QueryError
from warehouse.staging.rehearse import rehearsing


def require_sound(folder: Path, rules: Sequence[Rule], taken: Container[str], bounds: Bounds) -> None:
    """Raise `CheckError` for the first rule whose name is `taken` or whose query fails on an empty warehouse."""
    if not rules:
        return
    plain = {rule.name for table in TABLES for rule in plain_rules(table)}
    with rehearsing(bounds) as rehearsal:
        for rule in rules:
            place = folder / f"{rule.name}.sql"
            if rule.name in taken or rule.name in plain:
                raise CheckError(f"{place}: a built-in check has this name; choose another one")
            try:
                rehearsal.ask(rule.sql, place)
            except QueryError as error:
                raise CheckError(f"{place}: {error}") from error
