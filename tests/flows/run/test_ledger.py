"""Every file has exactly one row, and its article counts add up."""

import json
from datetime import UTC, datetime

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from flows.run.ledger import HANDLED, LEFT_OUT, PLACES, build_files, number_rejects, run_row
from schema.derive import polars_schema
from schema.tables import FILES, REJECTS, RUNS


def handled(*rows):
    return pl.DataFrame([(*row, None, None, False) for row in rows], HANDLED, orient="row")


def places(*rows):
    return pl.DataFrame(rows, PLACES, orient="row")


def left_out(*rows):
    return pl.DataFrame([("read", *row, None) for row in rows], LEFT_OUT, orient="row")


def outcomes(files):
    return dict(files.select("path", "outcome").iter_rows())


def test_each_file_gets_one_outcome_with_its_counts_and_reason():
    files = build_files(
        handled(
            ("new.txt", "aa", "text", None),
            ("copy.txt", "bb", "text", None),
            ("seen.txt", "cc", None, "run-1"),
            ("empty.txt", "dd", None, None),
            ("gone.txt", None, None, None),
        ),
        places(("new.txt", "a1", True), ("copy.txt", "a1", False)),
        left_out(
            ("empty.txt", None, "empty_file", "empty.txt: is empty"), ("gone.txt", None, "vanished", "gone")
        ),
        "run-2",
    )
    assert files.schema == polars_schema(FILES)
    assert files.drop("run_id", "file_sha256", "format").rows() == [
        ("new.txt", "loaded", 1, 1, 0, 0, None),
        ("copy.txt", "duplicate", 1, 0, 1, 0, "every article in it was loaded from another file"),
        ("seen.txt", "unchanged", 0, 0, 0, 0, "run run-1 read the same bytes"),
        ("empty.txt", "rejected", 0, 0, 0, 0, "empty.txt: is empty"),
        ("gone.txt", "rejected", 0, 0, 0, 0, "gone"),
    ]


def test_a_file_with_one_bad_article_is_loaded_and_counts_it():
    files = build_files(
        handled(("many.txt", "aa", "text", None)),
        places(("many.txt", "a1", True), ("many.txt", "a2", True), ("many.txt", "a3", False)),
        left_out(("many.txt", 4, "no_text", "many.txt: article 4 has no text")),
        "run",
    )
    (row,) = files.to_dicts()
    assert (row["outcome"], row["reason"]) == ("loaded", None)
    assert [row[f"articles_{part}"] for part in ("found", "loaded", "duplicate", "rejected")] == [4, 2, 1, 1]


@given(st.data())
def test_counts_balance_for_every_file(data):
    paths = data.draw(st.lists(st.text(max_size=3), unique=True, min_size=1, max_size=5))
    some_path = st.sampled_from(paths)
    found = data.draw(st.lists(st.tuples(some_path, st.text(max_size=2), st.booleans()), max_size=9))
    lost = data.draw(st.lists(st.tuples(some_path, st.none() | st.integers(1, 3)), max_size=9))
    files = build_files(
        handled(*((path, None, None, None) for path in paths)),
        places(*found),
        left_out(*((path, number, "bad", "it is bad") for path, number in lost)),
        "run",
    )
    assert files["path"].to_list() == paths
    parts = pl.sum_horizontal("articles_loaded", "articles_duplicate", "articles_rejected")
    assert files.filter(pl.col("articles_found") != parts).is_empty()
    assert int(files["articles_loaded"].sum() or 0) == sum(is_loaded for _, _, is_loaded in found)


def test_rejects_are_numbered_in_their_order():
    rejects = number_rejects(left_out(("b", None, "x", "why"), ("a", 2, "y", "why")), "run")
    assert rejects.schema == polars_schema(REJECTS)
    assert rejects.select("reject_no", "path", "record_no").rows() == [(1, "b", None), (2, "a", 2)]


def test_the_row_of_a_run_holds_its_parameters_as_json():
    at = datetime(2024, 5, 3, 8, tzinfo=UTC)
    row = run_row("run", at, at, "0.1.0", {"paths": ["a"], "limit": None})
    assert row.schema == polars_schema(RUNS)
    assert json.loads(row["parameters"][0]) == {"paths": ["a"], "limit": None}
