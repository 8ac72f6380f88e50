"""A run that is about to start -> its processes, when it will want some: they load their models while Prefect starts.

Of the files only names, sizes and times are looked at. Where that misleads, processes were started in vain, or the
run starts them itself, later.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from itertools import islice
from typing import TYPE_CHECKING, Any

from flows.compute.workers import BATCH_BYTES, WORTH_IT, count_cores, prestart
from flows.sources.local import find_files, is_address, read_stamp
from warehouse.staging.seen import stamps_of

if TYPE_CHECKING:
    from flows.settings import Settings

LOOKED_AT = 5000  # files: a tenth of a second


def processes_ready(paths: Sequence[str], settings: Settings) -> AbstractContextManager[Any]:
    """A block within which a run on `paths` finds its processes started, if there seems to be enough for them."""
    processes = settings.processes or count_cores()
    is_here = not settings.executor and not any(map(is_address, paths))
    if processes == 1 or settings.limit or not is_here or not _is_much_new(paths, settings):
        return nullcontext()
    return prestart(processes)


def _is_much_new(paths: Sequence[str], settings: Settings) -> bool:
    """Whether files with enough bytes are unknown to the warehouse."""
    files = list(islice(find_files(paths, without=settings.outputs, reach=settings.reach), LOOKED_AT))
    known = (
        set() if settings.again else set(stamps_of(settings.warehouse, [file.path for file in files]).rows())
    )
    wanted = WORTH_IT * BATCH_BYTES
    for file in files:
        stamp = read_stamp(file.location)
        wanted -= stamp[0] if stamp and (file.path, *stamp) not in known else 0
        if wanted <= 0:
            return True
    return False
