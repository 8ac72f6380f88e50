"""Tests of building frames from rows, and of reading spans from frames."""

import polars as pl
import pytest

from transforms.frames import list_column, read_spans

PLACE = pl.Struct({"start": pl.Int32, "end": pl.Int32})


@pytest.mark.parametrize("lists", [[], [()], [(), ("a", "b"), (), ("c",)], [("a", None)]])
def test_lists_of_words_survive_in_order(lists):
    column = list_column(lists, pl.List(pl.String))
    assert column.dtype == pl.List(pl.String)
    assert column.to_list() == [list(one) for one in lists]


@pytest.mark.parametrize("lists", [[], [[]], [[{"start": 0, "end": 4}, {"start": 6, "end": None}], []]])
def test_lists_of_structs_survive_in_order(lists):
    column = list_column(lists, pl.List(PLACE))
    assert column.dtype == pl.List(PLACE)
    assert column.to_list() == lists


@pytest.mark.parametrize("spans", [[], [[]], [[(0, 4), (6, 9)], [], [(12, 20)], []]])
def test_spans_are_read_as_they_were_written(spans):
    column = list_column([[{"start": a, "end": b} for a, b in own] for own in spans], pl.List(PLACE))
    assert read_spans(column) == spans
