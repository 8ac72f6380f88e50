"""Create the id of a run from its start time."""

from __future__ import annotations

import secrets
from datetime import datetime


def stamp_run(started: datetime) -> str:
    """Make a run id from the start time and a random suffix: `20261122T160005Z-a1b2c3`."""
    return f"{started:%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}"
