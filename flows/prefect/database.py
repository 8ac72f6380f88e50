"""Create Prefect's database in a new folder from a template, because Prefect's migrations take five CPU seconds.

The first server that a user starts migrates an empty database and keeps a copy, the template, in the user's cache
folder. The template's file name has two hashes. One is of everything that decides what the migrations make: the
migrations themselves, and the versions of Prefect and of its database libraries. The other is of the template's
content. A file whose hashes differ is not used. If the cache folder cannot be used, or the database is not in Prefect's
folder, Prefect migrates the database as usual.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing, suppress
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from tempfile import NamedTemporaryFile, TemporaryDirectory

NAME = "prefect.db"
MADE_BY = ("prefect", "alembic", "sqlalchemy", "aiosqlite")


def provide_database(home: Path) -> None:
    """Create a migrated database in Prefect's folder `home`, if Prefect would create one there; idempotent.

    Any number of processes may do so at once. Call it before Prefect's server starts.
    """
    if any(home.glob(f"{NAME}*")) or not _is_wanted(home / NAME):  # a log without a database counts too
        return
    made_by = hash_migrations()
    migrated = read_template(made_by)
    if migrated is None:
        try:
            migrated = _migrate(home)
        except ImportError:  # other versions of Prefect have other modules, and migrate it themselves
            return
        with suppress(OSError, RuntimeError):
            keep_template(made_by, migrated)
    # If another process was faster, its database stays. Without hard links, Prefect migrates.
    with suppress(OSError):
        _write_new(home / NAME, migrated)


def _is_wanted(database: Path) -> bool:
    """Whether Prefect's settings name this database, and let the server migrate it."""
    from prefect.settings import get_current_settings

    settings = get_current_settings().server.database
    url = settings.connection_url.get_secret_value() if settings.connection_url else ""
    named = Path(url.removeprefix("sqlite+aiosqlite:///"))
    return bool(settings.migrate_on_start) and named.absolute() == database.absolute()


def hash_migrations() -> str:
    """A hash of everything that decides what the migrations make of an empty database."""
    import prefect

    folder = Path(prefect.__file__).parent / "server" / "database" / "_migrations"
    parts = [*(f"{name} {version(name)}" for name in MADE_BY), f"sqlite {sqlite3.sqlite_version}"]
    parts += [
        f"{file.relative_to(folder)} {_hash(file.read_bytes())}" for file in sorted(folder.rglob("*.py"))
    ]
    return _hash("\0".join(parts).encode())


def _migrate(home: Path) -> bytes:
    """Let Prefect migrate an empty database in a folder within `home`, and return the bytes of the database."""
    import anyio
    from prefect.server.database.configurations import AioSqliteConfiguration
    from prefect.server.database.dependencies import provide_database_interface, temporary_database_config

    async def create(database: Path) -> None:
        with temporary_database_config(AioSqliteConfiguration(f"sqlite+aiosqlite:///{database}")):
            interface = provide_database_interface()
            await interface.create_db()
            await (await interface.engine()).dispose()

    with TemporaryDirectory(prefix="migrated-", dir=home) as name:
        anyio.run(create, Path(name) / NAME)
        with closing(sqlite3.connect(Path(name) / NAME)) as connection:
            return connection.serialize()


def template_folder() -> Path:
    """The folder of the templates, within the user's cache folder. RuntimeError if the user has no home folder."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "onrecord"


def read_template(made_by: str) -> bytes | None:
    """The bytes of a template; None if there is none, or if it is damaged or others could have written to it."""
    with suppress(OSError, RuntimeError):
        folder = template_folder()
        status = folder.stat()
        if status.st_uid != os.getuid() or status.st_mode & 0o022:
            return None
        for file in sorted(folder.glob(f"prefect-{made_by}-*.db")):
            content = file.read_bytes()
            if file.stem == f"prefect-{made_by}-{_hash(content)}":
                return content
    return None


def keep_template(made_by: str, content: bytes) -> None:
    """Write a template; OSError if the cache folder cannot be written."""
    folder = template_folder()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    _write_new(folder / f"prefect-{made_by}-{_hash(content)}.db", content)


def _write_new(path: Path, content: bytes) -> None:
    """Create a file, which is complete as soon as it exists; FileExistsError if it exists already."""
    with NamedTemporaryFile(prefix=".new-", dir=path.parent) as part:
        part.write(content)
        part.flush()
        os.fsync(part.fileno())
        path.hardlink_to(part.name)


def _hash(content: bytes) -> str:
    return sha256(content).hexdigest()[:32]
