"""`onrecord exit-codes`: list what each exit code means."""

from __future__ import annotations

MEANINGS = {
    0: "published, or nothing was new",
    1: "stopped by a critical check: nothing was published; the report says why",
    2: "wrong usage: a path that does not exist, an unknown option, wrong SQL, an invalid setting",
    3: "failed because of an unexpected error or a full disk; the log has the traceback, and the next run resumes",
    4: "the warehouse is missing, damaged or locked by another run, or the disk is read-only",
    130: "interrupted; the next run resumes an interrupted run",
}


def exit_codes() -> None:
    """List the exit codes and what they mean."""
    for code, meaning in MEANINGS.items():
        print(f"{code:>3}  {meaning}")
