"""A backup counts only after it was read back; a damaged backup is never restored."""

import shutil
from pathlib import Path

import fsspec
import pytest

from flows.replicas.backup import BackupError, back_up, restore
from flows.settings import Settings
from tests.warehouse.samples import sample_run
from warehouse.files.backup import differing, fingerprint
from warehouse.files.connect import WarehouseError, query
from warehouse.staging.next_version import open_next
from warehouse.staging.publish import publish


def publish_version(path, number):
    run_id = f"2024050{number}T080000-aaaa"
    with open_next(path, run_id) as version:
        version.stage(sample_run(1, 1, run_id=run_id, first=number))
        publish(version)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    path = tmp_path_factory.mktemp("made") / "news.duckdb"
    publish_version(path, 1)
    return path


@pytest.fixture
def settings(made, tmp_path):
    shutil.copy(made, tmp_path / "news.duckdb")
    return Settings(warehouse=tmp_path / "news.duckdb", keep_backups=1, wait=0)


@pytest.fixture
def warehouse(settings):
    return settings.warehouse


@pytest.mark.parametrize("kind", ["folder", "address"])
def test_a_backup_gives_the_warehouse_back(settings, warehouse, tmp_path, kind):
    place = str(tmp_path / "backups" / "deep") if kind == "folder" else "memory://backups/deep/"
    published = fingerprint(warehouse)
    backup = back_up(settings, place)
    assert (backup.version_no, backup.rows) == (1, published["rows"].sum())
    warehouse.unlink()
    assert restore(settings, backup.address).restored_from == 1
    assert differing(published, fingerprint(warehouse)) == ['ops."runs"', 'ops."versions"']
    assert list((tmp_path / "state").iterdir()) == []


def test_a_backup_folder_gives_the_newest_and_drops_older_ones(settings, warehouse, tmp_path):
    place = tmp_path / "backups"
    first = back_up(settings, str(place))
    (place / "notes.txt").write_text("not ours")
    publish_version(warehouse, 2)
    second = back_up(settings, str(place))
    assert second.removed == [first.address.rpartition("/")[2]]
    assert sorted(file.name for file in place.iterdir()) == sorted(
        [second.address.rpartition("/")[2], "notes.txt"]
    )
    publish_version(warehouse, 3)
    assert restore(settings, str(place)).restored_from == 2
    assert query(warehouse, "SELECT max(version_no) FROM ops.versions").item() == 4


class Rotten(fsspec.get_filesystem_class("memory")):
    """A store that returns different bytes from those written to it."""

    protocol = "rotten"

    def get_file(self, path, target, **options):
        super().get_file(path, target, **options)
        with Path(target).open("r+b") as file:
            file.seek(5_000)
            file.write(b"\0" * 300_000)


def test_a_backup_that_cannot_be_read_back_does_not_count_and_older_ones_stay(settings):
    fsspec.register_implementation("rotten", Rotten, clobber=True)
    fsspec.filesystem("rotten").pipe_file("/rotten/news-v000001-20240101T000000Z.duckdb", b"an older one")
    with pytest.raises(WarehouseError):
        back_up(settings, "rotten://rotten")
    assert fsspec.filesystem("rotten").ls("/rotten", detail=False) == [
        "/rotten/news-v000001-20240101T000000Z.duckdb"
    ]


@pytest.mark.parametrize("content", [b"", b"no database", None], ids=["empty", "text", "cut off"])
def test_an_incomplete_warehouse_is_not_restored(settings, warehouse, tmp_path, content):
    before = warehouse.read_bytes()
    backup = tmp_path / "news-v000001-20240101T000000Z.duckdb"
    backup.write_bytes(before[:300_000] if content is None else content)
    with pytest.raises(WarehouseError):
        restore(settings, str(backup))
    assert warehouse.read_bytes() == before


def test_a_missing_backup_is_reported(settings, tmp_path):
    with pytest.raises(BackupError, match="no such file or folder"):
        restore(settings, str(tmp_path / "nowhere"))


def test_errors_and_settings_do_not_reveal_the_password(settings):
    place = "ftp://me:hunter2@127.0.0.1:9/backups"
    with pytest.raises(BackupError) as error:
        restore(settings, place)
    assert "hunter2" not in str(error.value) and "ftp://***@127.0.0.1" in str(error.value)
    assert "hunter2" not in Settings(backup=place).model_dump_json()
