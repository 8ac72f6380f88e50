"""The id of a run."""

from __future__ import annotations

import secrets
from datetime import datetime


def stamp_run(started: datetime) -> str:
    """The time of a run and a random tail: `20261122T160005Z-a1b2c3`."""
    return f"{started:%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}"
