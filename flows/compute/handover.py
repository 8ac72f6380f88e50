"""Pass an object that was started early, such as a process, to the first caller in a block that asks for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Generic, TypeVar

T = TypeVar("T")


class HandOver(Generic[T]):
    """Holds one object until a caller takes it."""

    def __init__(self, thing: T) -> None:
        self._thing: T | None = thing

    def take(self, fits: Callable[[T], bool] = lambda thing: True) -> T | None:
        """Return the object, which the caller must close; None if it was taken before or `fits` rejects it."""
        thing = self._thing
        if thing is None or not fits(thing):
            return None
        self._thing = None
        return thing

    @contextmanager
    def offered_in(self, place: ContextVar[HandOver[T] | None]) -> Iterator[HandOver[T]]:
        """Within the block, the context variable `place` holds this HandOver."""
        token = place.set(self)
        try:
            yield self
        finally:
            place.reset(token)
