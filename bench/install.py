"""Install the product into empty environments and try the command in unusual surroundings.

    python -m bench.install [--python 3.11 3.12 3.13] [--keep FOLDER] [--out bench/results/install.json]

For each Python version, it makes an empty virtual environment, installs this checkout with pip, and runs the command
outside the checkout: in a folder with a space in its name, under `LC_ALL=C`, without git and without a HOME that can be
written. It runs the command without a terminal and on terminals of 60 and 200 columns. Prints one line per try; the
exit code is 1 if a try fails. A Python version that is not installed is skipped with a message. Needs a package index.
"""

from __future__ import annotations

import argparse
import fcntl
import json
import os
import pty
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import termios
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
PYTHONS = ("3.11", "3.12", "3.13")
WIDTHS = (60, 200)
HELD, WELL, USAGE = 4, 0, 2
QUESTION = "select count(*) as statements from who_said_what"
# The arguments, the exit code, and what the output must contain.
PLAIN: list[tuple[list[str], int, str]] = [
    (["--version"], WELL, "onrecord"),
    (["--help"], WELL, "ingest"),
    (["tables"], HELD, "ingest"),
    (["formats"], WELL, "nitf"),
    (["settings"], WELL, "keep_versions"),
    (["exit-codes"], WELL, "4"),
    (["ingest", "no such file"], USAGE, "no such file or folder"),
    (["ingest", "my articles"], WELL, "Published"),
    (["ingest", "my articles"], WELL, "Nothing new"),
    (["sql", QUESTION], WELL, "statements"),
    (["sql", QUESTION, "--out", "an answer.xlsx"], WELL, ""),
    (["search", "harbour"], WELL, "harbour"),
    (["doctor"], WELL, "warehouse"),
    (["report"], WELL, "index.html"),
]
ON_A_TERMINAL: list[tuple[list[str], int, str]] = [
    (["--help"], WELL, "ingest"),
    (["ingest", "--help"], WELL, "--dry-run"),
    (["search", "harbour"], WELL, "harbour"),
    (["tables"], WELL, "who_said_what"),
    (["tables", "statements"], WELL, "statement_id"),
]
ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


@dataclass
class Try:
    """One call of the command: the Python version, the surroundings, and the fault, if any."""

    python: str
    where: str
    command: str
    seconds: float
    fault: str = ""


def main() -> None:
    """Try each Python version, print one line per try, and exit with 1 if a try failed."""
    parser = argparse.ArgumentParser(prog="python -m bench.install", description=__doc__)
    parser.add_argument("--python", nargs="*", default=PYTHONS, metavar="VERSION")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="work in this folder and keep it")
    parser.add_argument("--out", type=Path, help="file for the figures")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="onrecord-install-") as temporary:
        folder = (given.keep or Path(temporary)).absolute()
        source = copy_tracked(folder / "source")
        tries = [made for version in given.python for made in try_python(version, source, folder)]
    if given.out:
        given.out.write_text(json.dumps([asdict(made) for made in tries], indent=1) + "\n", encoding="utf-8")
    sys.exit(any(made.fault for made in tries) or not tries)


def copy_tracked(place: Path) -> Path:
    """Copy this checkout, with uncommitted changes but without ignored files, to `place`."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    for name in listed.stdout.splitlines():
        if (ROOT / name).is_file():
            (place / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, place / name)
    return place


def try_python(version: str, source: Path, folder: Path) -> Iterator[Try]:
    """Yield all tries on one Python version; none if it is not installed."""
    python = find_python(version)
    if python is None:
        print(f"{version}  skipped: Python {version} is not installed")
        return
    start = time.perf_counter()
    environment = folder / f"environment {version}"
    fault = install(python, environment, source)
    yield printed(Try(version, "empty environment", "pip install .", time.perf_counter() - start, fault))
    if fault:
        return
    news = folder / f"my news {version}"
    (news / "my articles").mkdir(parents=True)
    for sample in sorted((ROOT / "seeds" / "articles").glob("*.txt"))[:2]:
        shutil.copy(sample, news / "my articles" / sample.name)
    command = environment / "bin" / "onrecord"
    for arguments, code, expected in PLAIN:
        yield printed(try_plain(version, command, arguments, news, code, expected))
    for width in WIDTHS:
        for arguments, code, expected in ON_A_TERMINAL:
            yield printed(try_terminal(version, command, arguments, news, width, code, expected))


def printed(made: Try) -> Try:
    """Print a try and return it."""
    print(
        f"{made.python}  {made.seconds:5.1f} s  {made.where:<24}  {made.command:<44}  {made.fault or 'ok'}",
        flush=True,
    )
    return made


def find_python(version: str) -> str | None:
    """Find a working Python of this version, also among the versions that uv or pyenv installed."""
    candidates = [shutil.which(f"python{version}"), _ask_uv(version)]
    candidates += map(str, Path.home().glob(f".pyenv/versions/{version}.*/bin/python3"))
    say = "import sys; print('%d.%d' % sys.version_info[:2])"
    for candidate in filter(None, candidates):
        done = subprocess.run([candidate, "-c", say], capture_output=True, text=True)
        if done.stdout.strip() == version:
            return candidate
    return None


def _ask_uv(version: str) -> str | None:
    uv = shutil.which("uv") or str(ROOT / ".uv" / "bin" / "uv")
    if not Path(uv).exists():
        return None
    done = subprocess.run([uv, "python", "find", version], capture_output=True, text=True)
    return done.stdout.strip() or None


def install(python: str, environment: Path, source: Path) -> str:
    """Make an empty environment and install the product into it. Returns what went wrong, or ""."""
    pip = [
        str(environment / "bin" / "python"),
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
    ]
    for command in ([python, "-m", "venv", str(environment)], [*pip, str(source)]):
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            return (done.stderr.strip().splitlines() or ["no message"])[-1]
    return ""


def surroundings(width: int | None = None) -> dict[str, str]:
    """Return a nearly empty set of environment variables: no git, no UTF-8, a HOME that cannot be written."""
    kept = {"TMPDIR": os.environ["TMPDIR"]} if "TMPDIR" in os.environ else {}
    screen = {"TERM": "xterm-256color"} if width else {}
    return kept | screen | {"PATH": "/nowhere", "HOME": "/proc/nowhere", "LC_ALL": "C"}


def try_plain(
    version: str, command: Path, arguments: Sequence[str], folder: Path, code: int, expected: str
) -> Try:
    """Run the command without a terminal; check its exit code and its output."""
    start = time.perf_counter()
    done = subprocess.run(
        [command, *arguments], cwd=folder, env=surroundings(), capture_output=True, stdin=subprocess.DEVNULL
    )
    said = (done.stdout + done.stderr).decode("utf-8", errors="replace")
    fault = find_fault(said, done.returncode, code, expected)
    return Try(version, "no terminal", " ".join(arguments), time.perf_counter() - start, fault)


def try_terminal(
    version: str, command: Path, arguments: Sequence[str], folder: Path, width: int, code: int, expected: str
) -> Try:
    """Run the command on a terminal of `width` columns. No line of its output may be wider."""
    start = time.perf_counter()
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, width, 0, 0))
    process = subprocess.Popen(
        [command, *arguments], cwd=folder, env=surroundings(width), stdin=theirs, stdout=theirs, stderr=theirs,
        start_new_session=True,
    )  # fmt: skip
    os.close(theirs)
    said = ESCAPES.sub("", read_all(ours)).replace("\r\n", "\n")
    fault = find_fault(said, process.wait(), code, expected)
    widest = max((len(line) for line in said.splitlines()), default=0)
    fault = fault or (f"a line of {widest} characters" if widest > width else "")
    return Try(
        version, f"terminal of {width} columns", " ".join(arguments), time.perf_counter() - start, fault
    )


def read_all(terminal: int) -> str:
    """Read what is written to a terminal until its other end is closed."""
    parts = []
    while True:
        try:
            part = os.read(terminal, 65536)
        except OSError:  # Linux raises EIO when the other end is closed
            part = b""
        if not part:
            os.close(terminal)
            return b"".join(parts).decode("utf-8", errors="replace")
        parts.append(part)


def find_fault(said: str, code: int, wanted: int, expected: str) -> str:
    """Describe what is wrong with the output of a command; "" if nothing is."""
    if "Traceback" in said:
        return f"a traceback: {said.strip().splitlines()[-1]}"
    if code != wanted:
        return f"exit code {code} instead of {wanted}: {' '.join(said.split())[-200:]}"
    return "" if expected in said else f"{expected!r} is not in the output: {' '.join(said.split())[-200:]}"


if __name__ == "__main__":
    main()
