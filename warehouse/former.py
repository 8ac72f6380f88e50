"""The published file and those before it: a new one in its place, the old ones kept, and back again.

The file that is replaced stays as `versions/onrecord-000012.duckdb` beside the warehouse. It is the same file under
another name (a hard link), so keeping it costs no time, and disk only for what differs from nothing else.
"""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

from warehouse.connect import RequestError, WarehouseError, connect, connect_readonly
from warehouse.tables import VERSIONS

FOLDER = "versions"


def former_versions(published: Path) -> dict[int, Path]:
    """The kept files by the number of their version, oldest first."""
    pattern = re.compile(rf"{re.escape(published.stem)}-(\d+)\.duckdb")
    folder = published.parent / FOLDER
    files = sorted(folder.iterdir()) if folder.is_dir() else []
    return {int(match[1]): file for file in files if (match := pattern.fullmatch(file.name))}


def replace_published(new: Path, published: Path, keep: int = 1) -> None:
    """Put the closed file `new` in the place of `published`, and `keep` former ones beside.

    A power cut leaves the one or the other, whole. The caller holds the lock.
    """
    if keep:
        _keep(published)
    swap(new, published)
    forget_former(published, keep)


def swap(new: Path, published: Path) -> None:
    """The same without a look at former versions: for a file that holds the very version that is published."""
    require_no_log(new)
    require_no_log(published)
    _sync(new)
    os.replace(new, published)  # noqa: PTH105 - named for what it is: atomic on POSIX
    _sync(published.parent)


def forget_former(published: Path, keep: int) -> list[Path]:
    """Remove all former versions but the last `keep`; what was removed."""
    files = list(former_versions(published).values())
    gone = files[: max(0, len(files) - keep)]
    for file in gone:
        file.unlink()
    return gone


def roll_back(published: Path, version_no: int | None = None) -> int:
    """Publish a former version again, the last one unless told; its number. The caller holds the lock.

    The file that it replaces is kept as a former version. `RequestError` when there is no such version.
    """
    current = read_version_no(published)
    known = {number: file for number, file in former_versions(published).items() if number != current}
    before = [number for number in known if number < current]
    if version_no is None and before:
        version_no = max(before)
    if version_no is None or version_no not in known:
        kept = ", ".join(map(str, known)) or "none"
        asked = "a version before this one" if version_no is None else f"version {version_no}"
        raise RequestError(f"{asked} is not kept beside {published}; kept are: {kept}")
    connect_readonly(known[version_no]).close()
    new = Path(f"{published}.next")
    new.unlink(missing_ok=True)
    shutil.copy(known[version_no], new)
    replace_published(new, published, keep=len(known) + 1)
    return version_no


def read_version_no(path: Path) -> int:
    """The number of the version in a file, 0 for none."""
    with connect_readonly(path) as connection:
        exists = "SELECT count(*) FROM duckdb_tables() WHERE schema_name = 'ops' AND table_name = $1"
        if not connection.execute(exists, [VERSIONS.name]).fetchall()[0][0]:
            return 0
        sql = f"SELECT coalesce(max(version_no), 0) FROM {VERSIONS.qualified}"
        return int(connection.execute(sql).fetchall()[0][0])


def require_no_log(path: Path) -> None:
    """`WarehouseError` when a write-ahead log stands beside `path`: a new file there would take it for its own."""
    log = Path(f"{path}.wal")
    if log.exists():
        raise WarehouseError(
            f"{log} stands beside the warehouse: another program has it open for writing, or was killed while it had; "
            f"close that program, or open the warehouse with DuckDB once so that it takes the log in"
        )


def take_in_log(path: Path) -> None:
    """Have DuckDB take in the log beside `path` that a killed writer has left; `WarehouseError` when it cannot."""
    if path.exists() and Path(f"{path}.wal").exists():
        with connect(path) as connection:
            connection.execute("CHECKPOINT")
    require_no_log(path)


def _keep(published: Path) -> None:
    """Give the published file a second name; where the file system cannot, a copy of it."""
    if not published.exists():
        return
    former = published.parent / FOLDER / f"{published.stem}-{read_version_no(published):06d}.duckdb"
    former.parent.mkdir(exist_ok=True)
    former.unlink(missing_ok=True)
    try:
        former.hardlink_to(published)
    except OSError:
        shutil.copy(published, former)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
