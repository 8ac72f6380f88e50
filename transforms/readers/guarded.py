"""One article of many is read; what goes wrong costs that article alone, and not those behind it."""

from __future__ import annotations

from collections.abc import Callable

from transforms.readers.content import Content
from transforms.readers.limits import Refused
from transforms.readers.records import Record, Reject


def attempt(build: Callable[[], Record | Reject | Content], place: str | None) -> Record | Reject | Content:
    """What `build` gives; a reject of that place when it raises."""
    try:
        return build()
    except RecursionError:
        return Reject(None, "nested_too_deep", "is an object nested too deep", place)
    except Exception as error:  # the libraries' own errors, hundreds of kinds of them
        return reject_of(error, place)


def reject_of(error: Exception, place: str | None) -> Reject:
    """The reject that says what an error says."""
    if isinstance(error, Refused):
        return Reject(None, error.reason_code, error.reason, place)
    problem = f"{type(error).__name__}: {' '.join(str(error).split())[:300]}"
    return Reject(None, "malformed", f"is damaged ({problem})", place)
