"""The base class of every error that people see: a message, and the exit code of the command that it ends."""

from __future__ import annotations

STOPPED, USAGE, FAILED, UNAVAILABLE, INTERRUPTED = 1, 2, 3, 4, 130


class OnRecordError(Exception):
    """Something expected went wrong; the text says what happened, where, and what to do.

    Commands print the text and exit with `exit_code`.
    """

    exit_code: int = FAILED


class UsageError(OnRecordError):
    """The request cannot be carried out: an option, a name or a setting is wrong."""

    exit_code = USAGE
