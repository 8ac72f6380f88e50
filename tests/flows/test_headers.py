"""Headers are versioned: an article has the headers that its files have now, not earlier ones."""

import os

import pytest

from flows.settings import Settings
from tests.flows.runs import ingest
from warehouse.files.connect import query

pytestmark = pytest.mark.slow

TEXT = "The mill at Arvel was sold on Monday, Mayor Ada Roe said. “We had no choice,” Roe told reporters."
FIELDS = "SELECT headline, outlet, published_on::VARCHAR, right(path, 5) FROM articles"
RICH = "Title: Mill sold\nSource: The Reed\nDate: 2024-05-06\n\n"
POOR = "Title: Mill sold at last\n\n"


@pytest.fixture
def inbox(tmp_path):
    (tmp_path / "in").mkdir()
    return tmp_path / "in"


@pytest.fixture
def settings(tmp_path):
    return Settings(warehouse=tmp_path / "data" / "w.duckdb", processes=1, prune=True)


def write(inbox, name, head):
    count = len(list(inbox.parent.rglob("*")))
    path = inbox / name
    stamp = path.stat().st_mtime + 60 if path.exists() else 1_000_000_000 + count
    path.write_text(head + TEXT, encoding="utf-8")
    os.utime(path, (stamp, stamp))


def read_fields(settings, inbox):
    assert ingest([str(inbox)], settings).status == "published"
    return query(settings.warehouse, FIELDS).rows()


def test_a_corrected_or_removed_header_shows_its_current_value(settings, inbox):
    write(inbox, "a.txt", RICH)
    assert read_fields(settings, inbox) == [("Mill sold", "The Reed", "2024-05-06", "a.txt")]
    write(inbox, "a.txt", RICH.replace("05-06", "05-08"))
    assert read_fields(settings, inbox) == [("Mill sold", "The Reed", "2024-05-08", "a.txt")]
    write(inbox, "a.txt", POOR)
    assert read_fields(settings, inbox) == [("Mill sold at last", None, None, "a.txt")]
    kept = query(
        settings.warehouse, "SELECT headline, published_on::VARCHAR FROM history.articles ORDER BY ALL"
    )
    assert kept.rows() == [("Mill sold", "2024-05-06"), ("Mill sold", "2024-05-08")]
    days = query(settings.warehouse, "SELECT DISTINCT published_on FROM statements").rows()
    assert days == [(None,)]
    assert query(settings.warehouse, "SELECT count(*) FROM ops.contents").item() == 1


def test_an_article_whose_file_is_gone_takes_the_metadata_of_the_next_file(settings, inbox):
    write(inbox, "a.txt", RICH)
    write(inbox, "b.txt", POOR)
    assert read_fields(settings, inbox) == [("Mill sold", "The Reed", "2024-05-06", "a.txt")]
    (inbox / "a.txt").unlink()
    assert read_fields(settings, inbox) == [("Mill sold at last", None, None, "b.txt")]


def test_a_file_with_less_metadata_than_before_yields_to_another_one(settings, inbox):
    write(inbox, "a.txt", RICH)
    write(inbox, "b.txt", RICH.replace("Reed", "Marsh"))
    assert read_fields(settings, inbox) == [("Mill sold", "The Reed", "2024-05-06", "a.txt")]
    write(inbox, "a.txt", POOR)
    assert read_fields(settings, inbox) == [("Mill sold", "The Marsh", "2024-05-06", "b.txt")]


def test_a_copy_of_the_same_bytes_gives_the_article_when_its_path_comes_first(settings, inbox):
    write(inbox, "b.txt", RICH)
    assert read_fields(settings, inbox) == [("Mill sold", "The Reed", "2024-05-06", "b.txt")]
    write(inbox, "c.txt", RICH)
    write(inbox, "a.txt", RICH)
    assert read_fields(settings, inbox) == [("Mill sold", "The Reed", "2024-05-06", "a.txt")]


def test_a_later_copy_is_recorded_and_not_read_again(settings, inbox):
    write(inbox, "a.txt", RICH)
    assert read_fields(settings, inbox) == [("Mill sold", "The Reed", "2024-05-06", "a.txt")]
    write(inbox, "b.txt", RICH)
    write(inbox, "c.txt", f"{RICH}\n")
    done = ingest([str(inbox)], settings)
    assert (done.status, done.new_copies, done.sum_articles("loaded")) == ("published", 2, 0)
    assert query(settings.warehouse, FIELDS).rows() == [("Mill sold", "The Reed", "2024-05-06", "a.txt")]
    recorded = "SELECT right(path, 5), size_bytes FROM ops.sources ORDER BY ALL"
    size = (inbox / "b.txt").stat().st_size
    expected = [("a.txt", size), ("b.txt", size), ("c.txt", size + 1)]
    assert query(settings.warehouse, recorded).rows() == expected
    done = ingest([str(inbox)], settings)
    assert (done.status, done.new_copies) == ("nothing_new", 0)
