"""Fuzz the reader process with mutated files: `python -m bench.fuzz --seconds 3600`.

Each input is a seed file with a few mutations: of bytes, of structure (JSON values, lengths in ZIP and Parquet, members
of archives), or with part of another seed spliced in. It is read as in a run, in the reader process with its bounds. An
escape is anything that a run must never see: an exception in the parent process, records that break the schema or are
not numbered in sequence, a reject without a code or path, or a reader process that crashed or broke a bound. Inputs
that cause an escape are kept, so that each can become a test.
"""

from __future__ import annotations

import argparse
import json
import random
import struct
import time
import traceback
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any

from flows.compute.readers import Bounds, Reader, open_reader
from flows.sources.base import FileBytes
from transforms.frames import RECORDS
from transforms.readers import Options, Reading

SEEDS = [Path("tests/golden_formats"), Path("seeds/articles"), Path("../shared/real")]
LARGEST = 400_000  # bytes of a seed; larger ones would leave fewer inputs per minute
NOTED_EVERY = 60  # seconds between two reports
BROKEN = ("too_slow", "too_much_memory", "reader_crashed")
NUMBERS = [0, 1, -1, 255, 1 << 15, (1 << 31) - 1, 1 << 31, (1 << 32) - 1, 1 << 63]
PIECES = [
    b"\0", b"\xff\xfe", b"\xed\xa0\x80", b"\xe2\x80\xae", b"\\ud800", b"\x1b[2J", b"\r", b"\n\n", b'"', b"'",
    b"=cmd()", b"../" * 20, b"A" * 50_000, b" " * 50_000, b"(" * 3000, b"[" * 50_000, b'{"a":' * 20_000,
    b"<div>" * 20_000, b"<b " * 5000, b";" * 20_000, b"a=" * 5000, b"9" * 6000, b"1e999999", b"-0",
    b"<!DOCTYPE x [<!ENTITY a 'b'>]>", b"&#xD800;", b"<![CDATA[", b"]]>", b"--b\r\n" * 2000, b"From x\n" * 500,
    b"PK\x03\x04", b"%PDF-1.7", b"PAR1", b"WARC/1.0\r\n", b"\x1f\x8b\x08", b"BZh9", b"\xfd7zXZ\x00",
]  # fmt: skip
VALUES: list[Any] = [
    None, True, 0, -1, 10**400, 1e308, "", "\ud800", "\0", "x" * 20_000, [], {}, [[]] * 50, {"": ""},
    "0000-00-00", "99999-12-31T99:99:99Z", "<b>x</b>" * 200, ["a"] * 5000, {"name": {"name": {"name": 1}}},
]  # fmt: skip


@dataclass
class Tally:
    """The outcomes of all inputs; `escapes` describes each input that caused an escape."""

    inputs: int = 0
    articles: int = 0
    codes: Counter[str] = field(default_factory=Counter)
    escapes: list[str] = field(default_factory=list)
    slowest: float = 0
    seconds: float = 0


def main() -> None:
    """Fuzz for the given time and print the outcomes; the exit code is 1 if an input caused an escape."""
    parser = argparse.ArgumentParser(prog="python -m bench.fuzz", description=__doc__)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seeds", type=Path, nargs="+", default=SEEDS, help="files and folders")
    parser.add_argument(
        "--seed", type=int, default=time.time_ns() % 1_000_000, help="seed of the random numbers"
    )
    parser.add_argument("--keep", type=Path, default=Path("data/fuzz"), help="folder for inputs that escape")
    parser.add_argument("--out", type=Path, help="file for the figures, written every minute")
    given = parser.parse_args()

    def note(tally: Tally) -> None:
        if given.out:
            given.out.write_text(describe(tally, given.seed), encoding="utf-8")

    tally = fuzz(read_seeds(given.seeds), given.seconds, seed=given.seed, keep=given.keep, note=note)
    print(describe(tally, given.seed), end="")
    raise SystemExit(bool(tally.escapes))


def describe(tally: Tally, seed: int) -> str:
    """Return the figures and the random seed as JSON."""
    figures = vars(tally) | {"codes": dict(tally.codes.most_common()), "seed": seed}
    return json.dumps(figures, indent=1) + "\n"


def read_seeds(places: list[Path]) -> list[bytes]:
    """Read all files that are not too large."""
    files = [file for place in places for file in ([place] if place.is_file() else sorted(place.rglob("*")))]
    return [
        file.read_bytes()
        for file in files
        if file.is_file() and "expected" not in file.name and 0 < file.stat().st_size <= LARGEST
    ]


def fuzz(
    seeds: list[bytes],
    seconds: float,
    *,
    seed: int,
    keep: Path | None = None,
    bounds: Bounds | None = None,
    note: Callable[[Tally], None] = lambda tally: None,
) -> Tally:
    """Read mutated seeds for `seconds` seconds. The same `seed` gives the same inputs in the same order.

    `note` is called with the figures every minute and at the end.
    """
    tally = Tally()
    start = noted = time.monotonic()
    inputs = make_inputs(seeds, random.Random(seed))
    with open_reader(bounds or Bounds()) as reader:
        while time.monotonic() - start < seconds:
            name, data = next(inputs)
            begun = time.monotonic()
            problem = try_input(reader, name, data, tally)
            tally.slowest = max(tally.slowest, round(time.monotonic() - begun, 2))
            if problem:
                tally.escapes.append(f"{name}: {problem}")
                if keep:
                    keep.mkdir(parents=True, exist_ok=True)
                    (keep / name).write_bytes(data)
            tally.seconds = round(time.monotonic() - start, 1)
            if time.monotonic() - noted > NOTED_EVERY:
                noted = time.monotonic()
                note(tally)
    note(tally)
    return tally


def make_inputs(seeds: list[bytes], chance: random.Random) -> Iterator[tuple[str, bytes]]:
    """Yield the name and bytes of one mutated seed after another, without end."""
    number = 0
    while True:
        number += 1
        data = chance.choice(seeds)
        for _ in range(chance.choice([1, 1, 1, 2, 3, 6])):
            data = chance.choice(EDITS)(data, chance, seeds)[: 4 * LARGEST]
        yield f"{number:07}", data


def try_input(reader: Reader, name: str, data: bytes, tally: Tally) -> str | None:
    """Read one input and describe the escape that it caused; None if it caused none."""
    tally.inputs += 1
    try:
        [(_, _, reading)] = reader.read_all(iter([(FileBytes(name, data), None)]), Options())
    except Exception:
        return traceback.format_exc()
    tally.articles += reading.records.height
    tally.codes.update(no.reason_code for no in reading.rejects)
    return find_fault(name, reading)


def find_fault(name: str, reading: Reading) -> str | None:
    """Describe what is wrong with a reading; None if nothing is."""
    numbers = [*reading.records["record_no"], *(no.record_no for no in reading.rejects)]
    counted = sorted(number for number in numbers if number is not None)
    broken = next((no for no in reading.rejects if no.reason_code in BROKEN), None)
    if broken:
        return f"{broken.reason_code}: {broken.reason}"
    if reading.records.schema != RECORDS:
        return "records of another schema"
    if numbers != [None] and (counted != list(range(1, len(numbers) + 1)) or not numbers):
        return f"records are numbered {numbers[:20]}"
    if any(not no.reason_code or not no.reason.startswith(name) for no in reading.rejects):
        return "a reject without code or place"
    if any(not body.strip() for body in reading.records["body"]):
        return "an article without a text"
    return None


# --- edits --------------------------------------------------------------------------------------------------

Edit = Callable[[bytes, random.Random, list[bytes]], bytes]


def flip(data: bytes, chance: random.Random, _: list[bytes]) -> bytes:
    """Replace some bytes."""
    changed = bytearray(data)
    for _number in range(chance.choice([1, 1, 4, 30])):
        if changed:
            changed[chance.randrange(len(changed))] = chance.randrange(256)
    return bytes(changed)


def insert(data: bytes, chance: random.Random, _: list[bytes]) -> bytes:
    """Insert a nasty piece somewhere, or overwrite bytes with it."""
    place, piece = chance.randrange(len(data) + 1), chance.choice(PIECES)
    return data[:place] + piece + data[place + chance.choice([0, len(piece)]) :]


def cut(data: bytes, chance: random.Random, _: list[bytes]) -> bytes:
    """Remove a part, often the end."""
    first, last = sorted(chance.randrange(len(data) + 1) for _ in range(2))
    return chance.choice([data[:first], data[:first] + data[last:]])


def repeat(data: bytes, chance: random.Random, _: list[bytes]) -> bytes:
    """Repeat a part up to a thousand times."""
    first = chance.randrange(len(data) + 1)
    part = data[first : first + chance.choice([1, 8, 60, 600])]
    return data[:first] + part * chance.choice([2, 20, 1000]) + data[first:]


def splice(data: bytes, chance: random.Random, seeds: list[bytes]) -> bytes:
    """Replace the end of the file with the end of another seed."""
    other = chance.choice(seeds)
    return data[: chance.randrange(len(data) + 1)] + other[chance.randrange(len(other)) :]


def lie(data: bytes, chance: random.Random, _: list[bytes]) -> bytes:
    """Overwrite four or eight bytes with another number, such as a false length, count or offset."""
    if len(data) < 8:
        return data
    place = chance.randrange(len(data) - 7)
    number = chance.choice(NUMBERS) % (1 << 64)
    packed = struct.pack("<Q", number) if chance.random() < 0.3 else struct.pack("<I", number % (1 << 32))
    return data[:place] + packed + data[place + len(packed) :]


def change_value(data: bytes, chance: random.Random, seeds: list[bytes]) -> bytes:
    """Replace a value of a JSON document with a value of another type, a huge value or a nested value.

    In a file that is not JSON, replace a digit with many digits.
    """
    try:
        document = json.loads(data)
    except (ValueError, RecursionError):
        digits = [i for i, byte in enumerate(data) if 48 <= byte <= 57]
        if not digits:
            return insert(data, chance, seeds)
        place = chance.choice(digits)
        return data[:place] + b"9" * chance.choice([5, 20, 400, 5000]) + data[place:]
    places = [document]
    part = document
    while isinstance(part, dict | list) and part:
        key = chance.choice(list(part) if isinstance(part, dict) else range(len(part)))
        places.append(part)
        if not isinstance(part[key], dict | list) or not part[key] or chance.random() < 0.3:
            part[key] = chance.choice(VALUES)
            break
        part = part[key]
    return json.dumps(document).encode("utf-8", "surrogatepass")


def repack(data: bytes, chance: random.Random, seeds: list[bytes]) -> bytes:
    """Mutate a member of an archive or Office document; put any other file into a new archive."""
    packed = BytesIO()
    try:
        with zipfile.ZipFile(BytesIO(data)) as old:
            members = {name: old.read(name) for name in old.namelist()[:50]}
    except Exception:
        members = {chance.choice(["a.txt", "../a", "\udcff", "a/" * 200, ""]): data}
    name = chance.choice(list(members)) if members else "a"
    members[name] = chance.choice(SIMPLE)(members.get(name, b"x"), chance, seeds)[: 10 * LARGEST]
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as new:
        for name, content in members.items():
            new.writestr(zipfile.ZipInfo(name.encode("utf-8", "replace").decode() or "a"), content)
    return packed.getvalue()


SIMPLE: list[Edit] = [flip, insert, cut, repeat, splice, lie, change_value]
EDITS: list[Edit] = [*SIMPLE, repack]

if __name__ == "__main__":
    main()
