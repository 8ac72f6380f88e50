"""Whether the Prefect server of this process serves it alone, as the one does that a command starts for itself."""

from __future__ import annotations

_kinds = {"is_temporary": False}


def note_server(*, is_temporary: bool) -> None:
    """Remember which kind of server this process has started."""
    _kinds["is_temporary"] = is_temporary


def is_server_temporary() -> bool:
    """Whether this process has started a server for itself alone."""
    return _kinds["is_temporary"]
