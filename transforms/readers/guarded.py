"""Read one article of many, so that an error affects only that article."""

from __future__ import annotations

from collections.abc import Callable

from transforms.readers.content import Content
from transforms.readers.limits import Refused
from transforms.readers.records import Record, Reject

TOO_MUCH_MEMORY = "too_much_memory"


def attempt(build: Callable[[], Record | Reject | Content], place: str | None) -> Record | Reject | Content:
    """Return the result of `build`, or a reject at `place` if `build` raises an error."""
    try:
        return build()
    except RecursionError:
        return Reject(None, "nested_too_deep", "is nested too deeply", place)
    except Exception as error:  # libraries raise hundreds of kinds of errors
        return reject_of(error, place)


def reject_of(error: Exception, place: str | None) -> Reject:
    """Convert an error raised while an article was read to a reject, with its place in the file."""
    if isinstance(error, Refused):
        return Reject(None, error.reason_code, error.reason, place)
    if is_for_memory(error):
        return Reject(
            None,
            TOO_MUCH_MEMORY,
            "needs more memory to read than one file may use (ONRECORD_READER_MEMORY)",
            place,
        )
    problem = f"{type(error).__name__}: {' '.join(str(error).split())[:300]}"
    return Reject(None, "malformed", f"is damaged ({problem})", place)


def is_for_memory(error: Exception) -> bool:
    """Whether an error, such as an error of a library, means that memory ran out."""
    message = str(error).lower()
    return (
        isinstance(error, MemoryError)
        or ("memory" in message and "alloc" in message)
        or "bad_alloc" in message
    )
