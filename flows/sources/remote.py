"""Find and read files at addresses (`s3://`, `gs://`, `https://`, and all others that fsspec opens).

Credentials come from the environment (the variables of each service's own tools, and `FSSPEC_...`), from a Prefect
block of the kind "Remote File System" (`block://NAME/folder`), or are part of an address. Paths that are stored or
shown have `***` in place of credentials, see `flows/sources/redact.py`.
"""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import lru_cache
from tempfile import SpooledTemporaryFile
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from fsspec.core import url_to_fs

from flows.sources.base import CHUNK, FIRST_WAIT, Content, Refused, SourceError, SourceFile
from flows.sources.reach import ORDINARY, Reach
from flows.sources.redact import redact
from flows.sources.web import HostRefused, Visit

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem

_EXTRAS = {"s3": "s3", "s3a": "s3", "gs": "gcs", "gcs": "gcs"}
_MAGIC = re.compile(r"[*?\[]")


# --- finding ------------------------------------------------------------------------------------------------


def expand(source: str, reach: Reach = ORDINARY) -> list[str]:
    """Return the address if it exists, else the addresses that match its wildcards; SourceError if none does."""
    try:
        system, path = connect(source, reach)
        system.invalidate_cache()
        if _is_web(system) or system.exists(path):
            return [source]
        if _MAGIC.search(path):
            return sorted(_address(system, name, source) for name in system.glob(path))
    except SourceError:
        raise
    except Exception as error:
        raise SourceError(f"{redact(source)}: {_describe(error)}") from None
    raise SourceError(f"no such file or folder: {redact(source)}")


def walk(address: str, reach: Reach = ORDINARY) -> Iterator[SourceFile]:
    """Yield the files at and below an address, sorted within each folder; skips names that begin with a dot."""
    try:
        system, path = connect(address, reach)
        if _is_web(system):
            found: Iterable[SourceFile] = [_found(address)]
        elif not system.isdir(path):
            found = [_found(_address(system, path, address))]
        else:
            found = _walk_folders(system, path, address)
        yield from (replace(file, reach=reach) for file in found)
    except OSError as error:
        yield _found(address, "unreadable", _describe(error))


def _walk_folders(system: AbstractFileSystem, path: str, address: str) -> Iterator[SourceFile]:
    errors: list[Exception] = []
    is_empty = True
    for folder, folders, files in system.walk(path, on_error=errors.append):
        folders[:] = _visible(folders)
        for name in _visible(files):
            is_empty = False
            yield _found(_address(system, f"{folder}/{name}", address))
    for error in errors:
        yield _found(address, "unreadable", f"a folder in it {_describe(error)}")
    if is_empty and not errors:
        yield _found(
            address, "empty_folder", "contains no files, except perhaps hidden ones, which are skipped"
        )


def _visible(names: Iterable[str]) -> list[str]:
    return sorted(name for name in names if name and not name.startswith("."))


def _found(address: str, code: str | None = None, problem: str | None = None) -> SourceFile:
    path = redact(_with_base(address))
    return SourceFile(path, address, code, f"{path}: {problem}" if problem else None)


def _address(system: AbstractFileSystem, name: str, source: str) -> str:
    """The full address of a name in the file system of `source`."""
    if source.startswith("block://"):
        base = str(system._strip_protocol(_load_block(_block_name(source))[0]))
        return f"block://{_block_name(source)}/{name.removeprefix(base).lstrip('/')}"
    _, chain, rest = source.partition("::")
    return str(system.unstrip_protocol(name)) + chain + rest


# --- connections --------------------------------------------------------------------------------------------


def connect(
    source: str, reach: Reach = ORDINARY, visit: Visit | None = None
) -> tuple[AbstractFileSystem, str]:
    """The file system of an address and the path in it; SourceError if its library is not installed."""
    of_block = _load_block(_block_name(source))[1] if source.startswith("block://") else {}
    address = _with_base(source)
    options = (visit or Visit(address, reach)).options()
    try:
        filesystem, path = url_to_fs(address, **(of_block | options))
    except ImportError as error:
        raise SourceError(_explain_missing(source, error)) from None
    return filesystem, str(path)


def _explain_missing(source: str, error: ImportError) -> str:
    scheme = source.partition("://")[0]
    extra = _EXTRAS.get(scheme)
    return f"{scheme}:// needs a library: " + (f"pip install onrecord[{extra}]" if extra else str(error))


def _with_base(source: str) -> str:
    """Replace `block://NAME` in an address by the address in the block; return other addresses unchanged."""
    if not source.startswith("block://"):
        return source
    base, _ = _load_block(_block_name(source))
    inside = source.removeprefix("block://").partition("/")[2]
    return f"{base}/{inside}" if inside else base


def _block_name(source: str) -> str:
    return source.removeprefix("block://").partition("/")[0]


@lru_cache(maxsize=16)
def _load_block(name: str) -> tuple[str, dict[str, Any]]:
    """Base address and fsspec options of the Prefect block `remote-file-system/NAME`."""
    from prefect.filesystems import RemoteFileSystem

    try:
        block: Any = RemoteFileSystem.load(name)
    except ValueError as error:
        raise SourceError(f"block://{name}: no such Prefect block of kind Remote File System") from error
    return str(block.basepath).rstrip("/"), dict(block.settings)


def _is_web(system: AbstractFileSystem) -> bool:
    """Whether the file system is the web, where each address is one file."""
    return "https" in _protocols(system)


def _protocols(system: AbstractFileSystem) -> tuple[str, ...]:
    return (system.protocol,) if isinstance(system.protocol, str) else tuple(system.protocol)


# --- reading ------------------------------------------------------------------------------------------------


def fetch(address: str, max_bytes: int, max_held: int, reach: Reach = ORDINARY) -> Content:
    """Fetch bytes with their hash: a temporary file if larger than `max_held`, None if larger than `max_bytes`.

    `reach` limits bytes, time, redirections and hosts of web servers. Raises Refused with code and reason once all
    attempts have failed.
    """
    visit = Visit(_with_base(address), reach)
    for attempt in range(reach.source_retries + 1):
        try:
            with visit.timed():
                return _fetch_once(address, max_bytes, max_held, visit)
        except FileNotFoundError:
            raise Refused("vanished", "does not exist") from None
        except TimeoutError:
            limit = f"{reach.web_seconds:g} s (ONRECORD_WEB_SECONDS)"
            reason = f"cannot be read: for this file or a file shortly before it, the server took longer than {limit}"
            raise Refused("too_slow", reason) from None
        except HostRefused as refused:
            raise Refused("host_refused", str(refused)) from None
        except Exception as error:
            if attempt == reach.source_retries or not _may_pass(error):
                raise Refused("unreadable", _describe(error)) from None
        time.sleep(10 * FIRST_WAIT * 2**attempt)
    raise AssertionError("bug: the last attempt must return or raise")


def _fetch_once(address: str, max_bytes: int, max_held: int, visit: Visit) -> Content:
    system, path = connect(address, visit=visit)
    max_bytes = min(max_bytes, visit.reach.web_bytes) if visit.is_web else max_bytes
    digest = hashlib.sha256()
    kept = SpooledTemporaryFile(max_held)  # noqa: SIM115 - the reader closes it
    with _open_stream(system, path) as stream:
        while chunk := stream.read(CHUNK):
            digest.update(chunk)
            kept.write(chunk)
            if kept.tell() > max_bytes:
                return Content(None, None)
    is_small = kept.tell() <= max_held
    kept.seek(0)
    return Content(kept.read() if is_small else cast(BinaryIO, kept), digest.hexdigest())


def _open_stream(system: AbstractFileSystem, path: str) -> Any:
    """Open a file to read it in one request (on the web) or in blocks (elsewhere).

    We give fsspec a wrong size on purpose. If it got no size, it would ask the server for it with one more request.
    """
    return system.open(path, "rb", block_size=0, size=1) if _is_web(system) else system.open(path, "rb")


def _may_pass(error: Exception) -> bool:
    """Whether another attempt may succeed; false if the server understood the request and refused it."""
    status = getattr(error, "status", None)
    return not isinstance(error, PermissionError | SourceError) and (
        status is None or status >= 500 or status == 429
    )


def _describe(error: Exception) -> str:
    """The error on one line, without secrets."""
    status = getattr(error, "status", None)
    if isinstance(error, PermissionError) or status in (401, 403):
        return "cannot be read (permission denied; credentials come from the environment or a Prefect block)"
    if status:
        return f"cannot be read (the server answers {status})"
    lines = redact(str(error)).splitlines() or [""]
    return f"cannot be read ({type(error).__name__}: {lines[0][:300]})"
