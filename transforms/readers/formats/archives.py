"""Read zip and tar archives: each member in its own format, with its place in the archive.

Nothing is unpacked to disk, so names in an archive can do no harm. Links, devices and leftovers of file systems are
skipped. One limit applies to the unpacked bytes of all members together.
"""

from __future__ import annotations

import stat
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from pathlib import PurePosixPath
from typing import Any, BinaryIO, cast

from transforms.readers.content import Content
from transforms.readers.format import Format
from transforms.readers.formats.office import DAMAGES
from transforms.readers.limits import Refused
from transforms.readers.records import Reject

_ENCRYPTED = 0x1
_HEADER = 30  # least number of bytes in the header before a member
_LONGEST_TAR_HEADER = (
    16_000  # bytes of an additional header, such as a long name; tarfile takes the square of its size
)
_LONGEST_KIND = 100  # characters of the document type in a first member `mimetype`
_DROPPINGS = ("__MACOSX", "thumbs.db", "desktop.ini")


def recognises_zip(content: Content) -> bool:
    return content.head.startswith((b"PK\x03\x04", b"PK\x05\x06"))


def read_zip(content: Content) -> Iterator[Content | Reject]:
    """Yield each member; reject encrypted or damaged members, and members whose path leads out of the archive."""
    try:
        _ = content.zip_names  # raises Refused for a directory that would take long to read
        archive = zipfile.ZipFile(content.open_seekable())
    except Refused:
        raise
    except (zipfile.BadZipFile, EOFError, ValueError, NotImplementedError) as error:
        raise Refused("malformed", f"is a damaged zip archive ({error})") from error
    with archive:
        _refuse_documents(archive, content)
        members = [
            member
            for member in archive.infolist()
            if not member.filename.endswith("/") and _is_wanted(member.filename)
        ]
        _require_few(len(members), content)
        shared = _find_shared(archive)
        for member in members:
            if id(member) in shared:
                reason = "shares its bytes with another file in the archive"
                yield Reject(None, "malformed", reason, _printable(member.filename))
            else:
                yield _open_member(archive, member, content)


def _refuse_documents(archive: zipfile.ZipFile, content: Content) -> None:
    """Raise Refused for books, OpenDocument files and others, whose parts would be read as separate articles."""
    kind = _read_kind(archive)
    advice = "save it as DOCX, XLSX, HTML or text"
    if kind:
        raise Refused(
            "unsupported_format", f"is a document of the type {kind}, which is not supported; {advice}"
        )
    if "[Content_Types].xml" in content.zip_names:
        problem = f"is an Office document without the text of Word or the tables of Excel; {advice}"
        raise Refused("unsupported_format", problem)


def _read_kind(archive: zipfile.ZipFile) -> str | None:
    """Return the type of a book or an OpenDocument file; None for other archives."""
    member = archive.NameToInfo.get("mimetype")
    if member is None or member.file_size > _LONGEST_KIND:
        return None
    try:
        kind = archive.read(member).decode("ascii", "replace").strip()
    except (*DAMAGES, ValueError):
        return None
    return kind if kind.startswith("application/") else None


def _find_shared(archive: zipfile.ZipFile) -> set[int]:
    """Return the Python `id` of each member that shares bytes with another: a zip bomb may list one file very often."""
    found, end = set(), 0
    for member in sorted(archive.infolist(), key=lambda member: member.header_offset):
        if member.header_offset < end:
            found.add(id(member))
        own_end = member.header_offset + _HEADER + member.compress_size
        if own_end <= archive.start_dir:  # otherwise the stated size is wrong, and the next members are right
            end = max(end, own_end)
    return found


def _open_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, content: Content) -> Content | Reject:
    place = _printable(member.filename)
    if problem := _climbs(member.filename):
        return Reject(None, "unsafe_path", problem, place)
    mode = member.external_attr >> 16
    if stat.S_IFMT(mode) not in (0, stat.S_IFREG):
        kind = "a link" if stat.S_ISLNK(mode) else "a device or a pipe"
        return Reject(None, "not_a_file", f"is {kind}, not a file", place)
    if member.flag_bits & _ENCRYPTED:
        return Reject(None, "encrypted", "is encrypted", place)
    try:
        stream = archive.open(member)
    except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError, ValueError) as error:
        return Reject(None, "malformed", f"cannot be unpacked ({error})", place)
    return content.inside(cast(BinaryIO, stream), place, name=place)


def recognises_tar(content: Content) -> bool:
    return content.head[257:262] == b"ustar"


def read_tar(content: Content) -> Iterator[Content | Reject]:
    """Yield each member while the archive is read as a stream."""
    number = 0
    size = content.size
    try:
        with tarfile.open(fileobj=content.open(), mode="r|", tarinfo=_Member) as archive:
            for member in archive:
                if archive.offset > (content.budget.limit if size is None else size):
                    raise Refused(
                        "malformed", "is a tar archive that ends before the end of one of its files"
                    )
                if member.isdir() or not _is_wanted(member.name):
                    continue
                number += 1
                _require_few(number, content)
                yield _read_member(archive, member, content)
                archive.members.clear()  # type: ignore[attr-defined]  # tarfile keeps all members that it has read
    except tarfile.TarError as error:
        raise Refused("malformed", f"is a damaged tar archive ({error})") from error


class _Member(tarfile.TarInfo):
    """A member of an archive. Raises Refused if its additional headers are overlong."""

    def _proc_pax(self, archive: tarfile.TarFile) -> Any:
        return self._require_short(super()._proc_pax, archive)  # type: ignore[misc]

    def _proc_gnulong(self, archive: tarfile.TarFile) -> Any:
        return self._require_short(super()._proc_gnulong, archive)  # type: ignore[misc]

    def _require_short(self, read: Callable[[tarfile.TarFile], Any], archive: tarfile.TarFile) -> Any:
        if self.size > _LONGEST_TAR_HEADER:
            most = f"{_LONGEST_TAR_HEADER:,}"
            raise Refused("malformed", f"is a tar archive with a header of more than {most} bytes")
        return read(archive)


def _read_member(archive: tarfile.TarFile, member: tarfile.TarInfo, content: Content) -> Content | Reject:
    place = _printable(member.name)
    if problem := _climbs(member.name):
        return Reject(None, "unsafe_path", problem, place)
    if not member.isreg():
        kind = "a link" if member.issym() or member.islnk() else "a device or a pipe"
        return Reject(None, "not_a_file", f"is {kind}, not a file", place)
    stream = archive.extractfile(member)
    assert stream is not None
    return content.inside(cast(BinaryIO, stream), place, name=place)


def _require_few(number: int, content: Content) -> None:
    if number > content.limits.members:
        raise Refused("too_many_members", f"contains more files than the limit of {content.limits.members:,}")


def _is_wanted(name: str) -> bool:
    """Whether to read a member; false for leftovers of file systems: `__MACOSX/`, `.DS_Store`, hidden files."""
    path = PurePosixPath(name)
    return (
        not path.name.startswith("._")
        and path.name != ".DS_Store"
        and not any(part.lower() in map(str.lower, _DROPPINGS) for part in path.parts)
    )


def _climbs(name: str) -> str | None:
    """Return why a name leads out of the archive, or None."""
    path = PurePosixPath(name.replace("\\", "/"))
    if path.is_absolute() or (len(name) > 1 and name[1] == ":"):
        return "has an absolute path, which leads out of the archive"
    return "has a path with '..' in it, which leads out of the archive" if ".." in path.parts else None


def _printable(name: str) -> str:
    return name.encode("utf-8", "backslashreplace").decode("utf-8")


ZIP = Format(
    "zip",
    "archives of files in any of these formats, including archives within archives up to a limit",
    "export.zip",
    recognises_zip,
    read_zip,
    streams=True,
)
TAR = Format(
    "tar",
    "archives like zip, compressed or not, read as a stream",
    "export.tar.gz",
    recognises_tar,
    read_tar,
    True,
)
