"""What a run knows about itself while it goes on."""

from datetime import UTC, datetime

import polars as pl
import pytest

from flows.ledger import HANDLED, LEFT_OUT, PLACES, BatchRead
from flows.run import Run
from flows.settings import Settings
from flows.sources import SourceFile
from transforms.frames import RECORDS


@pytest.mark.parametrize(
    ("limit", "expected"),
    [
        (None, 15),  # three of four files brought an article: fifteen of twenty will
        (10, 9),  # a fourth one was a duplicate: six more may be found
        (1, 3),  # the batch that went beyond the limit is done to its end
    ],
)
def test_the_progress_bar_knows_of_files_that_are_not_read_yet(limit, expected):
    """With 2,000 files it said "400 of 500" while 1,500 files were waiting."""
    run = Run(["in"], Settings(files_per_batch=4, limit=limit), datetime.now(UTC))
    run.files_total = 20
    batch = next(run.split_files([SourceFile(f"{number}.txt", f"{number}.txt") for number in range(20)]))
    handled = pl.DataFrame([(file.path, "aa", "text", None) for file in batch], HANDLED, orient="row")
    places = pl.DataFrame([(file.path, "id", file.path != "0.txt") for file in batch], PLACES, orient="row")
    run.note_reading(BatchRead(handled, RECORDS.to_frame(), LEFT_OUT.to_frame()), places)
    assert run.expected_articles() == expected
