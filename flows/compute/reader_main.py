"""Run a reader process, which receives files over a socket and sends their readings back.

The system limits the memory of this process, its CPU time for each file and the size of the files it writes; it leaves
no core dump. So a hostile file that breaks a library ends this process, never the run. The process ends when the run at
the other end of the socket ends.
"""

from __future__ import annotations

import os
import pickle
import socket
from contextlib import suppress
from math import ceil
from multiprocessing.connection import Connection
from pathlib import Path
from typing import BinaryIO, NamedTuple

from flows.compute.memory import count_bytes
from transforms.readers import Options, read_in_parts
from transforms.readers.guarded import TOO_MUCH_MEMORY
from transforms.readers.limits import Refused

WRITTEN = (
    1 << 20
)  # largest size in bytes of a file that this process writes: compiled modules, messages of crashing libraries
WORN = 0.5  # once a process holds this share of its memory limit, it reads no more files


class Order(NamedTuple):
    """A file to read, with its limit of CPU seconds; `data` has its bytes, or is None if an open file follows.

    `broken` maps each place in the file that ended an earlier process to the code and reason of its reject.
    """

    path: str
    data: bytes | None
    seconds: float
    options: Options
    broken: dict[str, tuple[str, str]]


class Ready(NamedTuple):
    """Sent when the process has started."""


class At(NamedTuple):
    """Sent before the process reads a place in the file, such as a member of an archive."""

    place: str


class End(NamedTuple):
    """Sent after the process has read a file. If `is_worn`, it ends now; `held` is its memory in bytes."""

    is_worn: bool
    held: int


def main(descriptor: int, memory: int) -> None:
    """Read one file after another within `memory` bytes."""
    door = socket.socket(fileno=descriptor)
    connection = Connection(os.dup(descriptor))
    _confine()
    _send(connection, Ready())
    with suppress(EOFError, ConnectionError):  # the run has ended
        is_worn = False
        while not is_worn:
            order = Order(*pickle.loads(connection.recv_bytes()))
            ran_out = _read(order, door, connection, memory)
            held = count_bytes()[1]
            is_worn = ran_out or held > WORN * memory
            _send(connection, End(is_worn, held))


def _confine() -> None:
    """Limit the size of files that this process writes; if memory runs out, the system kills this process first."""
    import resource

    resource.setrlimit(resource.RLIMIT_FSIZE, (WRITTEN, WRITTEN))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with suppress(OSError):  # if the machine runs out of memory, the system kills this process first
        Path("/proc/self/oom_score_adj").write_text("1000")


def _bound(seconds: float, memory: int) -> None:
    """Limit memory and CPU time from now on; if the time is up, the system ends the process with SIGXCPU.

    Mapped but unused memory, such as stacks and libraries, does not count.
    """
    import resource

    used = sum(resource.getrusage(resource.RUSAGE_SELF)[:2])
    resource.setrlimit(resource.RLIMIT_CPU, (ceil(used + seconds), resource.RLIM_INFINITY))
    mapped, resident = count_bytes()
    with suppress(ValueError, OSError):  # the system, such as macOS, does not have this limit
        resource.setrlimit(resource.RLIMIT_AS, (memory + max(0, mapped - resident), resource.RLIM_INFINITY))


def _lift_time() -> None:
    """Lift the limit on CPU time, so that the time of one file does not count against the next."""
    import resource

    resource.setrlimit(resource.RLIMIT_CPU, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


def _read(order: Order, door: socket.socket, connection: Connection, memory: int) -> bool:
    """Read a file and send the parts of its reading; return whether memory ran out."""

    def begin(place: str | None) -> None:
        if place in order.broken:
            raise Refused(*order.broken[place])
        _send(connection, At(place or ""))

    ran_out = False
    source = order.data if order.data is not None else _receive_file(door)
    _bound(order.seconds, memory)
    for part in read_in_parts(source, order.path, order.options, begin):
        ran_out |= any(no.reason_code == TOO_MUCH_MEMORY for no in part.rejects)
        _send(connection, part)
    _lift_time()
    return ran_out


def _receive_file(door: socket.socket) -> BinaryIO:
    descriptors = socket.recv_fds(door, 1, 1)[1]
    return os.fdopen(descriptors[0], "rb")


def _send(connection: Connection, message: object) -> None:
    connection.send_bytes(pickle.dumps(message, pickle.HIGHEST_PROTOCOL))
