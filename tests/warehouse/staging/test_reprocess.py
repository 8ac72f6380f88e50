"""Which stored articles a rebuild analyses again."""

import polars as pl
import pytest

from tests.warehouse.samples import sample_run
from warehouse.staging.next_version import open_next
from warehouse.staging.publish import publish
from warehouse.staging.reprocess import ReprocessFilter, withdraw_selected


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory):
    """Four articles: of this extractor, of one with other rules, analysed by none, and one in another language."""
    path = tmp_path_factory.mktemp("reprocess") / "w.duckdb"
    frames = sample_run(articles=4)
    frames["articles"] = frames["articles"].with_columns(
        extractor_version=pl.Series(["tagger-6.2", "tagger-6.1", None, None]),
        language=pl.Series(["en", "en", "en", "fr"]),
    )
    with open_next(path, "run-1") as version:
        version.stage(frames)
        publish(version)
    return path


@pytest.mark.parametrize(
    ("which", "expected"),
    [
        (ReprocessFilter(), ["in/1.txt", "in/2.txt", "in/3.txt", "in/4.txt"]),
        (ReprocessFilter(older_than="tagger-6.2"), ["in/2.txt", "in/3.txt"]),
        (ReprocessFilter(outlet="The Marsh"), []),
    ],
)
def test_a_rebuild_of_outdated_articles_takes_those_of_another_model_or_other_rules(
    warehouse, which, expected
):
    with open_next(warehouse, "run-2") as version:
        assert withdraw_selected(version, which, ("en",)) == len(expected)
        selected = "FROM published.main.articles SEMI JOIN staging.withdrawn USING (article_id)"
        assert sorted(version.connection.sql(selected).pl()["path"]) == expected


def test_a_limit_bounds_how_many_articles_are_analysed_again(warehouse):
    with open_next(warehouse, "run-2") as version:
        assert withdraw_selected(version, ReprocessFilter(limit=3), ("en",)) == 3
