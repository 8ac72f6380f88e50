"""Check the parameters of a run that is started through Prefect.

Anyone who can reach Prefect's server can start a deployment with their own parameters, or change its parameters.
Such a run may choose among the sources of this machine and set how they are read. Commands, paths and limits always
come from the environment of the machine that runs it.
"""

from __future__ import annotations

import inspect
import os
from collections.abc import Callable, Sequence
from functools import wraps
from pathlib import Path
from typing import ParamSpec, TypeVar

from flows.settings import OUTSIDE, Settings
from flows.sources.reach import folder_of, is_address, is_within
from flows.sources.redact import redact, reveal
from schema.errors import UsageError

P = ParamSpec("P")
R = TypeVar("R")


class NotAdmitted(UsageError):
    """A run that was started through Prefect sets a parameter that only this machine may set."""


def admitted(run: Callable[P, R]) -> Callable[P, R]:
    """Wrap the flow function `run`: a deployment's run fails at once if it sets what only this machine may set."""
    signature = inspect.signature(run)

    @wraps(run)
    def run_admitted(*args: P.args, **kwargs: P.kwargs) -> R:
        if is_from_outside():
            given = signature.bind(*args, **kwargs).arguments
            require_admitted(given.get("paths", ()), given.get("settings") or Settings(), Settings())
        return run(*args, **kwargs)

    return run_admitted


def is_from_outside() -> bool:
    """Whether a deployment, and not a command on this machine, started this run."""
    from prefect.context import FlowRunContext

    run = getattr(FlowRunContext.get(), "flow_run", None)
    return getattr(run, "deployment_id", None) is not None or "PREFECT__FLOW_RUN_ID" in os.environ


def require_admitted(paths: Sequence[str], given: Settings, own: Settings) -> None:
    """Raise NotAdmitted if a reserved setting differs from this machine's (`own`), or a path is not in its sources."""
    for name in Settings.model_fields:
        wanted, ours = (getattr(settings, name) for settings in (given, own))
        if name == "warehouse":
            wanted, ours = (settings.warehouse.absolute() for settings in (given, own))
        if name not in OUTSIDE and wanted != ours:
            may = ", ".join(sorted(OUTSIDE))
            raise NotAdmitted(
                f"a run started through Prefect may not set {name}, only {may}; "
                f"set ONRECORD_{name.upper()} on the machine on which it runs"
            )
    for path in paths:
        if not is_of_source(path, own.sources):
            raise NotAdmitted(
                f"{redact(path)} is not in a source of the machine on which the flow runs; "
                "to allow it, add it to ONRECORD_SOURCES on that machine"
            )


def is_of_source(path: str, sources: Sequence[str]) -> bool:
    """Whether `path` is a source or is in a source's folder. Without sources, the working folder is the source."""
    if path in sources:
        return True
    place = reveal(path).removeprefix("file://")
    if is_address(place) or not place or "\0" in place:
        return False
    if folder_of(place) != place and ".." in Path(place).parts:  # `inbox/*/../../x` is not in the inbox
        return False
    real = os.path.realpath(folder_of(place))
    local = [source for source in sources if not is_address(source)] if sources else ["."]
    return any(is_within(real, os.path.realpath(Path(source))) for source in local)
