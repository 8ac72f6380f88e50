"""Read files in a separate process that can be killed.

A file may make a library loop, exhaust memory or crash. So files are read in a process with limits, which is reused
from file to file. A file that exceeds a limit becomes a reject, and a new process continues; in an archive, only the
member being read is lost. The next files are sent while one is read, so the run rarely waits.
"""

from __future__ import annotations

import os
import pickle
import re
import signal
import socket
import subprocess
import sys
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from tempfile import TemporaryFile
from time import monotonic, sleep
from typing import Any

from flows.compute.bounds import MEGABYTE, Bounds
from flows.compute.handover import HandOver
from flows.compute.pool import ONE_THREAD
from flows.compute.reader_main import At, End, Order, Ready
from flows.sources.base import FileBytes
from transforms.readers import Options, Reading, Reject, join_readings
from transforms.readers.clean import clean
from transforms.readers.guarded import TOO_MUCH_MEMORY

AHEAD_FILES = 8  # number of files that are opened before the run waits for the reading of the first one
AHEAD_BYTES = 100_000  # bytes of files sent while another file is read; the socket can hold this much
MOST_BROKEN = 3  # number of places in one file that may end a process before the whole file is rejected
CLOCK = 30  # the limit on wall seconds is this many times the limit on CPU seconds: the machine may be busy
SMALL_SHARE = (
    0.25  # if a process held less than this share of its memory limit, earlier files did not cause its crash
)
LARGE_SHARE = 0.6  # a crash of a process that held more than this share of its limit counts as lack of memory
SLOW_SHARE = (
    0.5  # a place in a file is too slow by itself if it took this share of the seconds for the whole file
)
ENDS_IN = 10  # seconds after which a process that does not end is killed
STARTS_IN = 120  # seconds a process has to start on a very busy machine
PROGRAM = "from flows.compute.reader_main import main; main({}, {})"
# The only environment variables that a reader gets: others may hold keys and addresses, which it must not have.
KEPT = ("PATH", "HOME", "LANG", "LC_ALL", "LC_CTYPE", "TMPDIR", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")
# Makes allocators reserve little more memory than is used, so that the limit on memory is accurate.
PLAIN = {"ARROW_DEFAULT_MEMORY_POOL": "system", "MALLOC_ARENA_MAX": "1"}
_NO_MEMORY = re.compile(
    rb"memory allocation|bad_alloc|out of memory|cannot allocate|MemoryError", re.IGNORECASE
)


class ReaderError(RuntimeError):
    """The process that reads files cannot be started."""


class Broke(Exception):
    """Raised if a process ended or was killed while reading a file, with the code and reason of the reject."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code, self.reason = code, reason


@dataclass
class Job:
    """A file for a reader; `is_read` is false if it need not be read, such as a file without bytes."""

    content: FileBytes
    is_read: bool
    broken: dict[str, tuple[str, str]] = field(default_factory=dict)
    is_sent: bool = False

    @property
    def held(self) -> int:
        """The number of bytes to send; 0 for an open file, which is passed as a descriptor."""
        return len(self.content.data or b"")

    @property
    def size(self) -> int:
        """The size of the file in bytes."""
        if self.content.stream is None:
            return self.held
        return self.content.size_bytes or os.fstat(self.content.stream.fileno()).st_size


class Reader:
    """Reads files in order, in one process at a time. Close it after use."""

    def __init__(self, bounds: Bounds) -> None:
        self.bounds = bounds
        self._process: _Process | None = None
        self._jobs: deque[Job] = deque()

    def start(self) -> None:
        """Start the process, if none is running."""
        if self._process is None:
            self._process = _Process(self.bounds)

    def close(self) -> None:
        """Kill the process, even during a read."""
        if self._process:
            self._process.kill()
            self._process = None

    def read_all(
        self, contents: Iterator[tuple[FileBytes, str | None]], options: Options
    ) -> Iterator[tuple[FileBytes, str | None, Reading]]:
        """Yield each content with its reading, which is empty if the file has no bytes or an earlier run read it."""
        waiting: deque[tuple[Job, str | None]] = deque()
        self._jobs.clear()
        try:
            for content, seen_in in contents:
                has_bytes = content.data is not None or content.stream is not None
                job = Job(content, has_bytes and not seen_in)
                waiting.append((job, seen_in))
                if job.is_read:
                    self._jobs.append(job)
                    self._send_ahead(options)
                while (
                    len(waiting) > AHEAD_FILES or (waiting and not waiting[0][0].is_read) or self._is_full()
                ):
                    yield self._finish(*waiting.popleft(), options)
            while waiting:
                yield self._finish(*waiting.popleft(), options)
        finally:
            for job, _ in waiting:
                _close(job.content)
            if self._jobs:  # nobody needs the file that the process is reading
                self.close()
                self._jobs.clear()

    def _is_full(self) -> bool:
        """Whether the waiting files exceed AHEAD_BYTES."""
        return sum(job.held for job in self._jobs) > AHEAD_BYTES

    def _finish(
        self, job: Job, seen_in: str | None, options: Options
    ) -> tuple[FileBytes, str | None, Reading]:
        reading = self._take(job, options) if job.is_read else Reading(None, None)
        _close(job.content)
        return job.content, seen_in, reading

    def _send_ahead(self, options: Options) -> None:
        """Send the process the first waiting file, and those after it that the socket can hold meanwhile.

        Stop before a file that is passed open, and before the bytes of the files sent would exceed AHEAD_BYTES.
        """
        on_the_way = 0
        for job in self._jobs:
            on_the_way += job.held
            if job is not self._jobs[0] and (on_the_way > AHEAD_BYTES or job.content.stream):
                return
            if not job.is_sent:
                self.start()
                assert self._process
                job.is_sent = True
                with suppress(OSError):  # if the process has ended, `receive` will report it
                    self._process.send(job, options, self.bounds)

    def _take(self, job: Job, options: Options) -> Reading:
        """The reading of the first waiting file; if the file ends the process, a new process reads the other files."""
        while True:
            self._send_ahead(options)
            assert self._process
            try:
                reading, is_worn = self._process.receive(self.bounds.seconds_for(job.size) * CLOCK)
            except Broke as broke:
                done = self._give_up(job, broke)
            else:
                if not is_worn:
                    self._jobs.popleft()
                    self._process.files += 1
                    return reading
                is_fresh = self._process.files == 0
                ran_out = any(no.reason_code == TOO_MUCH_MEMORY for no in reading.rejects)
                done = reading if is_fresh or not ran_out else None
            self.close()
            for other in self._jobs:
                other.is_sent = False
            if done is not None:
                self._jobs.popleft()
                return done

    def _give_up(self, job: Job, broke: Broke) -> Reading | None:
        """The reading of a file that ended its process; None if the file should be retried in a new process.

        The file is retried if earlier files may be at fault: after a crash, or if the process already held much memory.
        An archive is also retried without the member that ended the process.
        """
        assert self._process
        place = self._process.place
        was_full = self._process.held > SMALL_SHARE * self.bounds.memory
        if self._process.files and (
            broke.code == "reader_crashed" or (broke.code == TOO_MUCH_MEMORY and was_full)
        ):
            return None
        if (
            broke.code == "too_slow"
            and self._process.seconds_at_place() < SLOW_SHARE * self.bounds.seconds_for(job.size)
        ):
            place = ""  # not this place, but the whole file takes too long
        if place and len(job.broken) < MOST_BROKEN and place not in job.broken:
            job.broken[place] = broke.code, broke.reason
            return None
        path = job.content.path
        where = f"{path} > {place}" if place else path
        more = (
            f"; earlier, {len(job.broken)} other files in this archive ended the reader too"
            if job.broken
            else ""
        )
        reject = Reject(None, broke.code, f"{where}: {broke.reason}{more}")
        return Reading(None, None, rejects=[clean(reject)])


class _Process:
    """The process that opens and reads files; this class sends files to it and receives their readings.

    `files` is the number of files it has read, `held` is its memory in bytes after the last file, and `place` is the
    place in the present file that it is reading. The process imports nothing from the working folder (`-P`), which may
    have hostile files in it.
    """

    def __init__(self, bounds: Bounds) -> None:
        self.bounds = bounds
        self.files = 0
        self.held = 0
        self.place = ""
        self._place_since = 0.0
        self._is_ready = False
        self._own_peak = _peak(None)
        self._stderr = TemporaryFile()  # noqa: SIM115 - closed with the process
        ours, theirs = socket.socketpair()
        with theirs:
            for end in (ours, theirs):
                end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4 * AHEAD_BYTES)
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-c", PROGRAM.format(theirs.fileno(), bounds.memory)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=self._stderr,
                env=_environment(),
                pass_fds=[theirs.fileno()],
                start_new_session=True,  # Ctrl-C interrupts only the run, which ends this process
            )
        self._door = ours
        self._connection = Connection(os.dup(ours.fileno()))

    def send(self, job: Job, options: Options, bounds: Bounds) -> None:
        """Send a file; OSError if the process has ended."""
        content = job.content
        order = Order(content.path, content.data, bounds.seconds_for(job.size), options, job.broken)
        self._connection.send_bytes(pickle.dumps(tuple(order), pickle.HIGHEST_PROTOCOL))
        if content.stream is not None:
            content.stream.seek(0)
            socket.send_fds(self._door, [b"f"], [content.stream.fileno()])

    def receive(self, seconds: float) -> tuple[Reading, bool]:
        """Return the reading of the next file, and whether the process ended after it. Raises Broke."""
        self._await_start()
        self.place = ""
        parts: list[Reading] = []
        deadline = monotonic() + seconds
        while True:
            try:
                if not self._connection.poll(max(0.0, deadline - monotonic())):
                    self.kill()
                    raise Broke("too_slow", _describe_time(f"{seconds:g} s of wall time"))
                message: Any = pickle.loads(self._connection.recv_bytes())
            except (EOFError, OSError):
                raise self._explain(seconds / CLOCK) from None
            if isinstance(message, At):
                self.place, self._place_since = message.place, monotonic()
            elif isinstance(message, End):
                self.held = message.held
                return join_readings(parts), message.is_worn
            else:
                parts.append(message)

    def _await_start(self) -> None:
        """Wait until the process is ready; `ReaderError` if it ends instead."""
        if self._is_ready:
            return
        try:
            self._is_ready = (
                self._connection.poll(STARTS_IN) and pickle.loads(self._connection.recv_bytes()) == Ready()
            )
        except (EOFError, OSError):
            self._process.wait()
        if not self._is_ready:
            self._stderr.seek(0)
            lines = self._stderr.read(MEGABYTE).decode("utf-8", "replace").split("\n")
            raise ReaderError(f"the process that reads files did not start: {' '.join(lines[-3:]).strip()}")

    def seconds_at_place(self) -> float:
        """Return the wall seconds since the process began to read the present place."""
        return monotonic() - self._place_since

    def kill(self) -> None:
        """Kill the process; the file being read is lost."""
        self._process.kill()
        self._process.wait()
        self._connection.close()
        self._door.close()
        self._stderr.close()

    def _explain(self, seconds: float) -> Broke:
        """Return the error for a process that died: too slow, out of memory, or crashed."""
        peak = self._reap()
        code = self._process.returncode
        self._stderr.seek(0)
        output = self._stderr.read(MEGABYTE)
        if code == -signal.SIGXCPU:
            return Broke("too_slow", _describe_time(f"{seconds:g} s of CPU time"))
        ran_out = (
            code == -signal.SIGKILL or peak > LARGE_SHARE * self.bounds.memory or _NO_MEMORY.search(output)
        )
        if code and ran_out:
            limit = f"{self.bounds.memory / MEGABYTE:,.0f} MB (ONRECORD_READER_MEMORY)"
            return Broke(TOO_MUCH_MEMORY, f"needs more memory to read than {limit}")
        name = signal.Signals(-code).name if code < 0 else f"exit code {code}"
        return Broke("reader_crashed", f"crashes the reader ({name})")

    def _reap(self) -> int:
        """Wait until the process has ended; returns its peak memory in bytes, 0 if unknown."""
        deadline = monotonic() + ENDS_IN
        while self._process.returncode is None:
            try:
                pid, status, usage = os.wait4(self._process.pid, os.WNOHANG)
            except ChildProcessError:  # other code has waited for it
                self._process.returncode = 1
                return 0
            if pid:
                self._process.returncode = os.waitstatus_to_exitcode(status)
                peak = _peak(usage)
                return (
                    peak if peak > self._own_peak else 0
                )  # a new process starts with the peak memory of its parent
            if monotonic() > deadline:
                self._process.kill()
            sleep(0.01)
        return 0


def _peak(usage: Any) -> int:
    """Return the peak memory in bytes from a process's resource `usage`; None stands for this process."""
    import resource

    peak = (usage or resource.getrusage(resource.RUSAGE_SELF)).ru_maxrss
    return peak * (1 if sys.platform == "darwin" else 1024)


def _describe_time(taken: str) -> str:
    return f"takes longer to read than {taken} (ONRECORD_READER_SECONDS, ONRECORD_READER_SECONDS_PER_MB)"


def _environment() -> dict[str, str]:
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    ours = str(Path(__file__).parents[2])
    path = os.pathsep.join(filter(None, (ours, os.environ.get("PYTHONPATH"))))
    return kept | dict.fromkeys(ONE_THREAD, "1") | PLAIN | {"PYTHONPATH": path}


def _close(content: FileBytes) -> None:
    if content.stream is not None:
        content.stream.close()


# A reader that `start_reader_early` has started for the first caller in its block.
_early: ContextVar[HandOver[Reader] | None] = ContextVar("early_reader", default=None)


@contextmanager
def start_reader_early(bounds: Bounds) -> Iterator[None]:
    """Start a reader now, which the first `open_reader` with these bounds in the block takes; close it if unused."""
    started = Reader(bounds)
    started.start()
    with HandOver(started).offered_in(_early) as offer:
        try:
            yield
        finally:
            if reader := offer.take():
                reader.close()


@contextmanager
def open_reader(bounds: Bounds) -> Iterator[Reader]:
    """A reader whose process ends with the block."""
    offer = _early.get()
    reader = (offer and offer.take(lambda early: early.bounds == bounds)) or Reader(bounds)
    try:
        yield reader
    finally:
        reader.close()
