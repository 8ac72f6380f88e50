"""The counts of a run."""

import polars as pl

from tests.warehouse.samples import sample_run
from warehouse.staging.counts import count_speakers
from warehouse.staging.next_version import open_next


def test_a_group_without_a_name_is_not_a_named_speaker(tmp_path):
    tables = sample_run()
    actors = tables["statements"]["actor_id"].drop_nulls().n_unique()
    unnamed = tables["statements"].with_columns(speaker_resolution=pl.lit("unnamed"))
    for statements, speakers in ((tables["statements"], actors), (unnamed, 0)):
        with open_next(tmp_path / "w.duckdb", "run") as version:
            version.stage(tables | {"statements": statements})
            assert count_speakers(version) == (statements.height, speakers)
