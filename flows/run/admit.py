"""What may be set for a run that is started through Prefect: which sources of this machine it reads, and how.

Anyone who reaches Prefect's server can start a run of a deployment with parameters of their own, or change those of the
deployment. Commands, places and limits come from the environment of the machine that runs it, never from there.
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
    """A run was started through Prefect with a parameter that must come from this machine."""


def admitted(run: Callable[P, R]) -> Callable[P, R]:
    """The flow function `run`; as a run of a deployment it fails at once when it gets a setting of this machine."""
    signature = inspect.signature(run)

    @wraps(run)
    def run_admitted(*args: P.args, **kwargs: P.kwargs) -> R:
        if is_from_outside():
            given = signature.bind(*args, **kwargs).arguments
            require_admitted(given.get("paths", ()), given.get("settings") or Settings(), Settings())
        return run(*args, **kwargs)

    return run_admitted


def is_from_outside() -> bool:
    """Whether this is the run of a deployment, not of a command on this machine."""
    from prefect.context import FlowRunContext

    run = getattr(FlowRunContext.get(), "flow_run", None)
    return getattr(run, "deployment_id", None) is not None or "PREFECT__FLOW_RUN_ID" in os.environ


def require_admitted(paths: Sequence[str], given: Settings, own: Settings) -> None:
    """`NotAdmitted` when a reserved setting differs from this machine's `own`, or a path is outside its sources."""
    for name in Settings.model_fields:
        wanted, ours = (getattr(settings, name) for settings in (given, own))
        if name == "warehouse":
            wanted, ours = (settings.warehouse.absolute() for settings in (given, own))
        if name not in OUTSIDE and wanted != ours:
            may = ", ".join(sorted(OUTSIDE))
            raise NotAdmitted(
                f"a run of a deployment may not set {name}: set ONRECORD_{name.upper()} on the machine that runs it; "
                f"a run may set {may}"
            )
    for path in paths:
        if not is_of_source(path, own.sources):
            raise NotAdmitted(
                f"{redact(path)} is of no source of this machine: name it in ONRECORD_SOURCES there to allow it"
            )


def is_of_source(path: str, sources: Sequence[str]) -> bool:
    """Whether a path is a source or lies in a folder of one; without sources, in the working folder."""
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
