"""A format whose reader misbehaves like a faulty library; importing this module registers it first.

A file of this format says `UNRULY` and what is to happen. For reader processes, see
`tests/flows/compute/test_readers.py`.
"""

import ctypes
import os
import sys
import time
from pathlib import Path

import transforms.readers as readers
from transforms.readers.format import Format
from transforms.readers.records import Record

HELD = []


def recognises(content):
    return content.head.startswith(b"UNRULY ")


def read(content):
    what, _, rest = content.data.decode().removeprefix("UNRULY ").strip().partition(" ")
    yield Record(ACTS[what](rest) or f"Done: {what}.")


def spin(_):
    while True:
        pass


def work(seconds):
    """Use `seconds` seconds of the processor."""
    end = time.process_time() + float(seconds)
    while time.process_time() < end:
        pass


def eat(_):
    pieces = []
    while True:
        pieces.append(bytearray(10_000_000))


def abort_for_memory(_):
    """Abort, like a Rust library whose allocation fails."""
    os.write(2, b"memory allocation of 4294967296 bytes failed\n")
    os.abort()


def hold(megabytes):
    """Allocate memory that is never freed."""
    HELD.append(b"x" * (int(megabytes) * 1_000_000))


def write(place):
    """Write a file of two megabytes."""
    try:
        Path(place).write_bytes(bytes(2_000_000))
    except OSError as error:
        return f"Refused: {error.strerror}"


ACTS = {
    "spin": spin,
    "sleep": lambda _: time.sleep(600),
    "work": work,
    "eat": eat,
    "abort": abort_for_memory,
    "crash": lambda _: ctypes.string_at(0),
    "exit": lambda _: os._exit(7),
    "flood": lambda _: sys.stderr.write("x" * 5_000_000),
    "hold": hold,
    "write": write,
    "pid": lambda _: f"Process {os.getpid()} of session {os.getsid(0)}.",
    "environment": lambda _: "Knows " + " ".join(sorted(os.environ)),
}
readers.FORMATS = (Format("unruly", "", "", recognises, read), *readers.FORMATS)
