"""Write lines about the steps of a run to the log that Prefect shows."""

from __future__ import annotations

import logging
from typing import Any


def run_logger() -> Any:
    """The logger of the flow or task run, or the logger `onrecord` outside of a run."""
    from prefect import get_run_logger
    from prefect.exceptions import MissingContextError

    try:
        return get_run_logger()
    except MissingContextError:
        return logging.getLogger("onrecord")


def log_step(text: str) -> None:
    """Write one line to the log of the flow or task run."""
    run_logger().info("%s", text)
