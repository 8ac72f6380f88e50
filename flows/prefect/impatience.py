"""Close connections whose request does not arrive, so that they cannot keep a server from answering others."""

from __future__ import annotations

import asyncio

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

PATIENCE = 10.0  # seconds between two looks at a connection
WAITING = (h11.IDLE, h11.SEND_BODY)  # for the first byte, or for the rest of a request


class ImpatientProtocol(H11Protocol):
    """HTTP/1.1, but a connection is closed if PATIENCE or at most twice as long passes without a whole request."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._look(None)

    def _look(self, unfinished: int | None) -> None:
        """Close the connection if it still waits for the request `unfinished`, the id of its cycle at the last look."""
        if (
            self.transport.is_closing() or self.transport.get_protocol() is not self
        ):  # closed, or a web socket
            return
        waiting_for = id(self.cycle) if self.conn.their_state in WAITING else None
        if waiting_for is not None and waiting_for == unfinished:
            self.transport.close()
        else:
            self.loop.call_later(PATIENCE, self._look, waiting_for)
