"""A new Prefect folder gets a database that Prefect has migrated, from a template that nobody else can change."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from contextvars import copy_context

import anyio
import pytest
from prefect.settings import PREFECT_API_DATABASE_CONNECTION_URL, temporary_settings

from flows.prefect.database import (
    NAME,
    hash_migrations,
    keep_template,
    provide_database,
    read_template,
    template_folder,
)


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A new Prefect folder that Prefect's settings name, and an empty cache folder."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    (tmp_path / "home").mkdir()
    with temporary_settings(
        {PREFECT_API_DATABASE_CONNECTION_URL: f"sqlite+aiosqlite:///{tmp_path / 'home' / NAME}"}
    ):
        yield tmp_path / "home"


@pytest.mark.slow
def test_the_template_is_a_database_that_prefect_need_not_migrate(home):
    from prefect.server.database.configurations import AioSqliteConfiguration
    from prefect.server.database.dependencies import provide_database_interface, temporary_database_config

    provide_database(home)
    database = home / NAME
    assert database.read_bytes() == read_template(hash_migrations())
    made = read_tables(database)
    with temporary_database_config(AioSqliteConfiguration(f"sqlite+aiosqlite:///{database}")):
        anyio.run(provide_database_interface().create_db)
    assert read_tables(database) == made  # Prefect found nothing to do
    assert {name for name, (_, rows) in made.items() if rows} == {"alembic_version"}


def read_tables(database):
    """The SQL and the rows of each table."""
    with closing(sqlite3.connect(database)) as connection:
        tables = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table'").fetchall()
        return {name: (sql, connection.execute(f'SELECT * FROM "{name}"').fetchall()) for name, sql in tables}


def test_processes_that_start_at_once_get_one_complete_database(home):
    keep_template(hash_migrations(), b"migrated")
    with ThreadPoolExecutor(8) as threads:
        started = [threads.submit(copy_context().run, provide_database, home) for _ in range(8)]
    assert all(one.result() is None for one in started)
    assert [(file.name, file.read_bytes()) for file in home.iterdir()] == [(NAME, b"migrated")]


@pytest.mark.parametrize("name", [NAME, f"{NAME}-wal"])
def test_a_folder_with_a_database_or_its_log_is_left_alone(home, name):
    keep_template(hash_migrations(), b"migrated")
    (home / name).write_bytes(b"old")
    provide_database(home)
    assert [(file.name, file.read_bytes()) for file in home.iterdir()] == [(name, b"old")]


def test_a_database_elsewhere_is_left_to_prefect(home, tmp_path):
    keep_template(hash_migrations(), b"migrated")
    other = tmp_path / "other"
    other.mkdir()
    provide_database(other)
    assert not list(other.iterdir())


def test_only_the_template_of_these_migrations_is_used_and_only_intact(home):
    keep_template("0" * 32, b"migrated")
    assert read_template("0" * 32) == b"migrated"
    assert read_template("1" * 32) is None
    [file] = template_folder().iterdir()
    file.write_bytes(b"migrate")
    assert read_template("0" * 32) is None
    keep_template("0" * 32, b"migrated again")
    assert read_template("0" * 32) == b"migrated again"


def test_a_template_that_others_could_have_written_is_not_used(home):
    keep_template("0" * 32, b"migrated")
    template_folder().chmod(0o777)
    assert read_template("0" * 32) is None
