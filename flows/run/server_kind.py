"""Remember whether this process uses a temporary Prefect server that only it uses, or a shared one."""

from __future__ import annotations

_kinds = {"is_temporary": False}


def note_server(*, is_temporary: bool) -> None:
    """Remember which kind of server this process uses."""
    _kinds["is_temporary"] = is_temporary


def is_server_temporary() -> bool:
    """Whether this process started a temporary server for itself alone."""
    return _kinds["is_temporary"]
