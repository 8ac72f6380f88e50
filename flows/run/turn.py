"""Let only one flow run at a time work on a warehouse, with a global concurrency limit of Prefect's server.

The limit makes waiting visible: Prefect's pages list it with its one slot, and the state and log of a waiting run say
that it waits. Safety comes from the operating system's lock (`warehouse/files/lock.py`), which ends with its process.
The slot of a killed run stays taken for a while, so a run does not wait for a slot whose holder has no lock. A
temporary server has only one client, so there the lock is enough.
"""

from __future__ import annotations

import hashlib
import inspect
import re
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import wraps
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from prefect import get_client
from prefect.client.schemas.actions import GlobalConcurrencyLimitCreate
from prefect.client.schemas.objects import ConcurrencyLeaseHolder
from prefect.concurrency.sync import concurrency
from prefect.context import FlowRunContext
from prefect.exceptions import ObjectAlreadyExists, ObjectNotFound
from prefect.states import Running

from flows.display.logs import log_step, run_logger
from flows.display.progress import show_progress
from flows.run.server_kind import is_server_temporary
from flows.settings import Settings
from warehouse.files.lock import WarehouseHeld, find_holder

P = ParamSpec("P")
R = TypeVar("R")
LEASE = 60.0  # seconds until the slot of a killed run is free
LOOK = 1.0  # seconds between two tries to get the slot
UNHELD = 10  # tries without any process holding the lock, after which the holder of the slot counts as dead


def in_turn(run: Callable[P, R]) -> Callable[P, R]:
    """Wrap the flow function `run`: wait until no other run of this server works on the same warehouse."""
    signature = inspect.signature(run)

    @wraps(run)
    def run_in_turn(*args: P.args, **kwargs: P.kwargs) -> R:
        settings = signature.bind(*args, **kwargs).arguments.get("settings") or Settings()
        with own_turn(settings):
            return run(*args, **kwargs)

    return run_in_turn


@contextmanager
def own_turn(settings: Settings) -> Iterator[None]:
    """Hold the slot of the warehouse; WarehouseHeld if it is not free within `settings.wait` seconds.

    The block runs without a slot if the server is temporary or fails to answer.
    """
    run = getattr(FlowRunContext.get(), "flow_run", None)
    with ExitStack() as held:
        if run is not None and not is_server_temporary():
            try:
                _require_limit(name_limit(settings.warehouse))
                _take_slot(held, settings, run)
            except WarehouseHeld:
                raise
            except Exception as error:
                run_logger().warning(
                    "Prefect's concurrency limit cannot be used; only the warehouse's lock keeps other runs out: %s",
                    error,
                )
        yield


def name_limit(warehouse: Path) -> str:
    """The name of the limit: the warehouse's file name and a hash of its path."""
    place = hashlib.sha256(str(warehouse.absolute()).encode()).hexdigest()[:8]
    return f"onrecord-{re.sub('[^A-Za-z0-9_-]+', '-', warehouse.stem)}-{place}"


def _require_limit(name: str) -> None:
    """Create the limit if the server does not have it; do not touch a limit that somebody changed or switched off."""
    with get_client(sync_client=True) as client:
        try:
            client.read_global_concurrency_limit_by_name(name)
        except ObjectNotFound:
            with suppress(ObjectAlreadyExists):
                client.create_global_concurrency_limit(GlobalConcurrencyLimitCreate(name=name, limit=1))


def _take_slot(held: ExitStack, settings: Settings, run: Any) -> None:
    until, unheld, waits_for = time.monotonic() + settings.wait, 0, ""
    while not _try_slot(held, name_limit(settings.warehouse), run):
        holder = find_holder(settings.warehouse)
        unheld = 0 if holder else unheld + 1
        if unheld == UNHELD:
            log_step(
                "Prefect still counts another run of this warehouse, but no process holds the lock, so that run has "
                "ended; this run continues"
            )
            break
        if holder and holder != waits_for:
            waits_for = holder
            _say_waiting(run, f"waiting for {holder}, {settings.wait:.0f} s at most")
        if time.monotonic() >= until:
            raise WarehouseHeld(
                f"{settings.warehouse} is being written by {holder or 'another run'}; try again when it is done"
            )
        time.sleep(LOOK)
    if waits_for:
        _set_state(run, Running())


def _try_slot(held: ExitStack, name: str, run: Any) -> bool:
    """Take the slot if it is free; if it is not, the server answers 423."""
    holder = ConcurrencyLeaseHolder(type="flow_run", id=run.id)
    try:
        held.enter_context(
            concurrency(
                name, max_retries=0, lease_duration=LEASE, holder=holder, raise_on_lease_renewal_failure=False
            )
        )
    except Exception as error:
        if getattr(getattr(error.__cause__, "response", None), "status_code", None) == 423:
            return False
        raise
    return True


def _say_waiting(run: Any, text: str) -> None:
    show_progress(text[0].upper() + text[1:])
    log_step(text)
    _set_state(run, Running(name="Waiting", message=text))


def _set_state(run: Any, state: Any) -> None:
    with get_client(sync_client=True) as client:
        client.set_flow_run_state(run.id, state, force=True)
