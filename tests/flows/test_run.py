"""What a run knows about itself while it goes on."""

from datetime import UTC, datetime

import polars as pl
import pytest

from flows.ledger import HANDLED, LEFT_OUT, PLACES, BatchRead
from flows.run import Run
from flows.settings import Settings
from flows.sources import SourceFile
from transforms.frames import RECORDS
from warehouse.stage import open_next


@pytest.mark.parametrize(
    ("limit", "expected"),
    [
        (None, 15),  # three of four files brought an article: fifteen of twenty will
        (10, 9),  # a fourth one was a duplicate: six more may be found
        (1, 3),  # the batch that went beyond the limit is done to its end
    ],
)
def test_the_progress_bar_knows_of_files_that_are_not_read_yet(tmp_path, limit, expected):
    """With 2,000 files it said "400 of 500" while 1,500 files were waiting."""
    run = Run(["in"], Settings(files_per_batch=4, limit=limit), datetime.now(UTC))
    run.files_total = 20
    files = [SourceFile(f"{number}.txt", f"{number}.txt") for number in range(20)]
    with open_next(tmp_path / "w.duckdb", "run") as version:
        batch = next(run.split_files(files, version))
    handled = pl.DataFrame(
        [(file.path, "aa", "text", None, 1, 1, False) for file in batch], HANDLED, orient="row"
    )
    places = pl.DataFrame(
        [(file.path, file.path, file.path != "0.txt") for file in batch], PLACES, orient="row"
    )
    articles = places.filter("is_loaded").select("article_id")
    run.note_reading(BatchRead(handled, RECORDS.to_frame(), LEFT_OUT.to_frame()), articles, places)
    assert run.expected_articles() == expected
