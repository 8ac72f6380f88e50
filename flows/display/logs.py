"""What a run is at, as lines of the log that Prefect shows: one line a step, with its counts and seconds."""

from __future__ import annotations

import logging


def log_step(text: str) -> None:
    """One line in the log of the flow or task run; outside of any, in that of the product."""
    from prefect import get_run_logger
    from prefect.exceptions import MissingContextError

    try:
        get_run_logger().info("%s", text)
    except MissingContextError:
        logging.getLogger("onrecord").info("%s", text)
