"""Start the processes that a run will need while Prefect is still starting.

The need for processes is estimated from the names, sizes and times of files. If the estimate is wrong, some processes
are not used, or the run starts more processes later.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager, ExitStack
from itertools import islice
from typing import TYPE_CHECKING, Any

from flows.compute.readers import start_reader_early
from flows.compute.workers import BATCH_BYTES, FEWEST_BATCHES, count_cores, prestart
from flows.sources.local import find_files, read_stamp
from flows.sources.reach import is_address
from warehouse.staging.seen import stamps_of

if TYPE_CHECKING:
    from flows.settings import Settings

LOOKED_AT = 5000  # largest number of files to look at, which takes a tenth of a second
# For fewer bytes, analysis processes cost more time than they save.
FEWEST_BYTES = FEWEST_BATCHES * BATCH_BYTES


def processes_ready(paths: Sequence[str], settings: Settings) -> AbstractContextManager[Any]:
    """Return a context manager that starts processes for a run on `paths`, if these files seem to need processes.

    Any new file starts a reader process; FEWEST_BYTES new text also starts the analysis processes.
    """
    started = ExitStack()
    if any(map(is_address, paths)) or not (new := _count_new(paths, settings)):
        return started
    started.enter_context(start_reader_early(settings.reader_bounds))
    processes = settings.processes or count_cores()
    if new >= FEWEST_BYTES and processes > 1 and not settings.executor and not settings.limit:
        started.enter_context(prestart(processes))
    return started


def _count_new(paths: Sequence[str], settings: Settings) -> int:
    """Count the bytes of files that are new to the warehouse; stop counting at FEWEST_BYTES."""
    files = list(islice(find_files(paths, without=settings.outputs, reach=settings.reach), LOOKED_AT))
    seen = (
        set() if settings.again else set(stamps_of(settings.warehouse, [file.path for file in files]).rows())
    )
    new = 0
    for file in files:
        stamp = read_stamp(file.location)
        new += stamp[0] if stamp and (file.path, *stamp) not in seen else 0
        if new >= FEWEST_BYTES:
            break
    return new
