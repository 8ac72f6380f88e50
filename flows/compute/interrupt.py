"""Interrupt code that works on untrusted text if it takes too much CPU time or memory.

In the main thread a system timer (SIGPROF) interrupts the code, even inside a regular expression. In other threads,
such as the threads of a Dask worker, a second thread raises the exception, which arrives between two Python
instructions and not within a C call.
"""

from __future__ import annotations

import ctypes
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from time import process_time
from typing import Any

from flows.compute.bounds import MEGABYTE, Bounds
from flows.compute.memory import count_bytes

EVERY = 0.1  # seconds between two measurements
OUR_SIGNAL = getattr(signal, "SIGPROF", None)


class Exceeded(BaseException):
    """Raised if a limit is exceeded, with the code and reason of the reject.

    It is not an Exception, so that no `except Exception` swallows it.
    """

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code, self.reason = code, reason


class _Meter:
    """Measures the resources used since its creation."""

    def __init__(self, bounds: Bounds, size: int) -> None:
        self.bounds, self.size = bounds, size
        self._began, self._held = process_time(), count_bytes()[1]

    def find_excess(self) -> Exceeded | None:
        """The limit that is exceeded, or None."""
        seconds = self.bounds.seconds_for(self.size)
        if process_time() - self._began > seconds:
            limit = f"{seconds:g} s of CPU time"
            return Exceeded(
                "too_slow", _describe("longer", limit, "SECONDS, ONRECORD_ANALYSIS_SECONDS_PER_MB")
            )
        if count_bytes()[1] - self._held > self.bounds.memory:
            limit = f"{self.bounds.memory / MEGABYTE:,.0f} MB"
            return Exceeded("too_much_memory", _describe("more memory", limit, "MEMORY"))
        return None


def _describe(more: str, limit: str, settings: str) -> str:
    return f"takes {more} to analyse than {limit} (ONRECORD_ANALYSIS_{settings})"


@contextmanager
def limited(bounds: Bounds, size: int) -> Iterator[None]:
    """Limit the code in the block, which works on `size` bytes of text; raise Exceeded if it exceeds `bounds`."""
    guard = _by_timer if _has_timer() else _by_thread
    with guard(_Meter(bounds, size)):
        yield


def _has_timer() -> bool:
    """Whether the timer is available: only in the main thread, and only if no other code uses it."""
    if OUR_SIGNAL is None or threading.current_thread() is not threading.main_thread():
        return False
    return signal.getsignal(OUR_SIGNAL) in (signal.SIG_DFL, _look)


_current: _Meter | None = None  # the meter of the block that the timer interrupts


def _look(_signal: int, _frame: Any) -> None:
    if _current and (excess := _current.find_excess()):
        raise excess


@contextmanager
def _by_timer(meter: _Meter) -> Iterator[None]:
    """Limit the block by the timer. The handler stays installed, so that a late signal does nothing."""
    global _current
    assert OUR_SIGNAL is not None
    signal.signal(OUR_SIGNAL, _look)
    _current = meter
    try:
        signal.setitimer(signal.ITIMER_PROF, EVERY, EVERY)
        try:
            yield
        finally:
            _current = None
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


class _Interrupted(BaseException):
    """Raised by the watching thread in the watched thread, which can only be given a class and not an instance."""


@contextmanager
def _by_thread(meter: _Meter) -> Iterator[None]:
    worker = ctypes.c_ulong(threading.get_ident())
    lock, is_over = threading.Lock(), threading.Event()
    found: list[Exceeded] = []

    def watch() -> None:
        while not is_over.wait(EVERY):
            with lock:
                if not is_over.is_set() and (excess := meter.find_excess()):
                    found.append(excess)
                    ctypes.pythonapi.PyThreadState_SetAsyncExc(worker, ctypes.py_object(_Interrupted))

    threading.Thread(target=watch, daemon=True).start()
    try:
        try:
            yield
        finally:
            with lock:
                is_over.set()
                ctypes.pythonapi.PyThreadState_SetAsyncExc(worker, None)
    except _Interrupted:
        is_over.set()
        raise found[0] from None
