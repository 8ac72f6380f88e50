"""SQL as people type it."""

import polars as pl
import pytest

from tests.warehouse.samples import publish_sample
from warehouse.files.connect import WarehouseError
from warehouse.query.ask import QueryError, ask


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory):
    return publish_sample(tmp_path_factory.mktemp("sample") / "w.duckdb")


def test_each_statement_has_its_answer(warehouse):
    answers = ask(warehouse, "select 1 as a; set variable n = 1; select count(*) as n from articles")
    assert [answer.read().to_dicts() for answer in answers] == [[{"a": 1}], [{"n": 2}]]


@pytest.mark.parametrize(
    "query",
    [
        "delete from articles",
        "drop table statements",
        "update actors set name = 'x'",
        "create table t (a int)",
        "checkpoint x y",
    ],
)
def test_nothing_can_be_written(warehouse, query):
    before = warehouse.read_bytes()
    with pytest.raises(QueryError):
        list(ask(warehouse, query))
    assert warehouse.read_bytes() == before


def test_an_answer_without_rows_has_its_columns(warehouse):
    [answer] = [
        answer.read()
        for answer in ask(warehouse, "select article_id, published_on from articles where false")
    ]
    assert answer.schema == {"article_id": pl.String, "published_on": pl.Date}


def test_an_error_among_the_rows_is_reported_like_any_other(warehouse):
    with pytest.raises(QueryError, match="Conversion Error"):
        [
            answer.read()
            for answer in ask(
                warehouse, "select (case when i > 90000 then 'x' else '1' end)::int from range(99999) t(i)"
            )
        ]


def test_an_error_is_one_line_without_the_drawing(warehouse):
    with pytest.raises(QueryError) as error:
        list(ask(warehouse, "select nobody from articles"))
    assert "\n" not in str(error.value)
    assert "LINE 1" not in str(error.value)


def test_a_missing_warehouse_is_named(tmp_path):
    with pytest.raises(WarehouseError, match=r"none\.duckdb"):
        list(ask(tmp_path / "none.duckdb", "select 1"))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("date '2024-05-03'::timestamp - date '2024-05-01'::timestamp", "2 days"),
        ("[interval 1 hour]", "['01:00:00']"),
        ("union_value(a := 1)", "1"),
    ],
)
def test_values_that_no_frame_can_hold_are_written_out(warehouse, value, text):
    [answer] = ask(warehouse, f'select {value} as "how ""long", 1 as n order by n; -- since then')
    assert answer.read().rows() == [(text, 1)]


def test_columns_of_one_name_are_numbered(warehouse):
    """`SELECT * FROM statements JOIN articles ON ...` used to fail."""
    [answer] = [answer.read() for answer in ask(warehouse, "select 1 as a, 2 as a, 3 as a_1, 4 as a")]
    assert answer.to_dicts() == [{"a": 1, "a_1": 2, "a_1_1": 3, "a_2": 4}]


@pytest.mark.parametrize(
    "day",
    ["'infinity'::date", "'-infinity'::timestamp", "'infinity'::timestamptz", "timestamp '290000-01-01'"],
)
def test_a_day_outside_of_the_calendar_is_reported(warehouse, day):
    """Polars used to panic on such a day."""
    with pytest.raises(QueryError, match="when has a day outside of the years 1 to 9999"):
        [answer.read().rows() for answer in ask(warehouse, f'select {day} as "when"')]
    for other in ("date '0001-01-01'", "timestamp_ns '2020-01-01'", "date '9999-12-31'", "null::date"):
        [answer] = [answer.read() for answer in ask(warehouse, f"select {other} as a")]
        assert len(answer.rows()) == 1
