"""Refuse settings that lie among the articles, because whoever adds an article could add them.

On Record reads `.env` in the working folder and `onrecord.toml` next to the warehouse. Prefect reads `.env`,
`prefect.toml` and `pyproject.toml` in the working folder. These files can name commands to run. So a run that reads the
folder of such a file, as `onrecord ingest .` does, ends before it begins.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from flows.provenance import DOTENV, PREFIX, SettingsError, find_file, read_dotenv, read_file
from flows.settings import OUTSIDE, Settings
from flows.sources.reach import FOUND, folder_of, is_address, is_within
from flows.sources.redact import reveal
from schema.errors import UsageError

OF_PREFECT = "PREFECT_"


def require_none_planted(sources: Sequence[str], settings: Settings) -> None:
    """Raise SettingsError if a folder among `sources` contains a file that sets more than strangers may set."""
    readers: dict[Path, Callable[[Path], list[str]]] = {
        DOTENV: _read_dotenv,
        find_file(settings.warehouse): lambda file: _harmful(read_file(file)),
        Path("prefect.toml"): lambda file: sorted(read_file(file)),
        Path("pyproject.toml"): lambda file: sorted(_tool_of_prefect(read_file(file))),
    }
    for file, read in readers.items():
        if file.exists() and _is_among(file.parent, sources) and (names := read(file)):
            raise SettingsError(
                f"{file.absolute()} sets {', '.join(names)}, but it is in a folder of articles, where somebody who "
                "adds articles could have put it; move it, or start the command in another folder"
            )


def require_apart(sources: Sequence[str]) -> None:
    """Raise UsageError if the working folder is among `sources`: its files can set what later runs do."""
    if _is_among(Path(), sources):
        raise UsageError(
            f"{Path.cwd()} is in a folder of articles; start the command in another folder, because files in the "
            "folder in which it starts can change the settings of its runs"
        )


def _is_among(folder: Path, sources: Sequence[str]) -> bool:
    """Whether a folder is read as, or is below, one of the sources. A single file that its user named has no folder."""
    place = os.path.realpath(folder)
    return any(is_within(place, os.path.realpath(read)) for read in map(_folder_of, sources) if read)


def _folder_of(source: str) -> str | None:
    path = reveal(source).removeprefix("file://")
    if is_address(path):
        return None
    folder, mark, _ = path.rpartition(FOUND)
    folder = (folder or os.curdir) if mark else folder_of(path)
    return folder if Path(folder).is_dir() else None


def _read_dotenv(_: Path) -> list[str]:
    ours = _harmful(name.upper().removeprefix(PREFIX).lower() for name in read_dotenv())
    return [*(f"{PREFIX}{name.upper()}" for name in ours), *sorted(read_dotenv(OF_PREFECT))]


def _harmful(names: Iterable[str]) -> list[str]:
    return sorted(set(names) & (Settings.model_fields.keys() - OUTSIDE))


def _tool_of_prefect(values: dict[str, Any]) -> dict[str, Any]:
    tools = values.get("tool")
    found = tools.get("prefect") if isinstance(tools, dict) else None
    return found if isinstance(found, dict) else {}
