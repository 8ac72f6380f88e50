"""Read settings from their sources, and say where each value comes from.

The sources, in order of precedence, are the command line, the environment, `.env` in the working folder, and
`onrecord.toml` next to the warehouse. An unknown name is reported with the setting of the most similar name. Secret
values are never shown.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from dotenv import dotenv_values
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, EnvSettingsSource, PydanticBaseSettingsSource

from schema.errors import UsageError

PREFIX = "ONRECORD_"
NO_SETTINGS = {"ONRECORD_HOME", "ONRECORD_PYTHON"}  # read by prefect.yaml and by `make setup`
DOTENV = Path(".env")
FILE = "onrecord.toml"
DEFAULT_WAREHOUSE = Path("data/onrecord.duckdb")
NEVER_IN_FILE = {"warehouse"}  # its path is needed to find the file


class SettingsError(UsageError):
    """A settings file cannot be read, or a value is invalid; the message says where it is."""


@dataclass(frozen=True)
class Origin:
    """One setting: its value without secrets, and where it comes from."""

    name: str
    value: str
    origin: str


def find_file(warehouse: object) -> Path:
    """The path of the settings file next to a warehouse; the file may be missing."""
    return Path(str(warehouse or DEFAULT_WAREHOUSE)).expanduser().absolute().parent / FILE


def read_file(path: Path) -> dict[str, Any]:
    """Read the values in the settings file, none if it does not exist; SettingsError if it cannot be read."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except OSError as error:
        raise SettingsError(f"{path} cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} is not valid TOML: {error}") from error


class DotenvSource(EnvSettingsSource):
    """Reads the settings in `.env` in the working folder; skips variables of other programs."""

    def _load_env_vars(self) -> Mapping[str, str | None]:
        return {name.lower(): value for name, value in read_dotenv().items()}


def read_dotenv(prefix: str = PREFIX) -> dict[str, str]:
    """The values in `.env` whose names begin with `prefix`, in upper or lower case."""
    if not DOTENV.is_file():
        return {}
    try:
        lines = dotenv_values(DOTENV, encoding="utf-8", interpolate=False)
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{DOTENV.absolute()} cannot be read: {error}") from error
    return {name: value for name, value in lines.items() if name.upper().startswith(prefix) and value}


class FileSource(PydanticBaseSettingsSource):
    """Reads `onrecord.toml` next to the warehouse, whose path comes from the command line, environment or `.env`."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        return None, field_name, False

    def __call__(self) -> dict[str, Any]:
        values = read_file(find_file(self.current_state.get("warehouse")))
        allowed = self.settings_cls.model_fields.keys() - NEVER_IN_FILE
        return {name: value for name, value in values.items() if name in allowed}


def name_origin(model: type[BaseSettings], name: str, given: Mapping[str, Any], warehouse: object) -> str:
    """Name the source from which the value of the setting `name` comes."""
    variable = f"{PREFIX}{name.upper()}"
    if name in given:
        return "command line"
    if any(key.upper() == variable for key in os.environ):
        return f"${variable}"
    if any(key.upper() == variable for key in read_dotenv()):
        return str(DOTENV)
    file = find_file(warehouse)
    return str(_shorten(file)) if name in read_file(file) else "default"


def _shorten(file: Path) -> Path:
    """The path, shortened to a relative path if it is below the working folder."""
    return file.relative_to(Path.cwd()) if file.is_relative_to(Path.cwd()) else file


def find_unknown(model: type[BaseSettings], warehouse: object) -> Iterator[str]:
    """A message for each unknown name, with the setting of the most similar name."""
    known = [f"{PREFIX}{name.upper()}" for name in model.model_fields]
    for where, names in (("", os.environ), (f" in {DOTENV}", read_dotenv())):
        for name in sorted(names):
            if name.upper().startswith(PREFIX) and name.upper() not in {*known, *NO_SETTINGS}:
                yield f"{name}{where} is not a setting{_nearest(name.upper(), known)}"
    path = _shorten(find_file(warehouse))
    keys = sorted(model.model_fields.keys() - NEVER_IN_FILE)
    for name in sorted(read_file(find_file(warehouse))):
        if name in NEVER_IN_FILE:
            yield f"{name} in {path} is ignored: the file cannot set the path of the warehouse next to which it lies"
        elif name not in keys:
            yield f"{name} in {path} is not a setting{_nearest(name, keys)}"


def _nearest(name: str, known: list[str]) -> str:
    by_rest = {
        key.removeprefix(PREFIX): key for key in known
    }  # the prefix alone would make any two names similar
    near = get_close_matches(name.removeprefix(PREFIX), by_rest, n=1, cutoff=0.6)
    return f"; did you mean {by_rest[near[0]]}?" if near else ""
