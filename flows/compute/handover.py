"""Hand an object that was started early to the first caller in a block that needs it."""

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
        """Return the object if nobody has taken it and it fits, else None; the caller must close it."""
        thing = self._thing
        if thing is None or not fits(thing):
            return None
        self._thing = None
        return thing

    @contextmanager
    def offered_in(self, place: ContextVar[HandOver[T] | None]) -> Iterator[HandOver[T]]:
        """Within the block, the context variable `place` has this HandOver."""
        token = place.set(self)
        try:
            yield self
        finally:
            place.reset(token)
