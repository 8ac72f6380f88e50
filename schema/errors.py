"""Define the base classes of all errors that people see, with the exit code of the command."""

from __future__ import annotations

STOPPED, USAGE, FAILED, UNAVAILABLE, INTERRUPTED = 1, 2, 3, 4, 130


class OnRecordError(Exception):
    """An anticipated error; the message says what happened, where, and what to do.

    Commands print the message and `advice`, if there is any, and exit with `exit_code`.
    """

    exit_code: int = FAILED
    advice: str = ""


class UsageError(OnRecordError):
    """A request is invalid: an option, a name or a setting is wrong."""

    exit_code = USAGE
