"""Write frames into the staging of the next version."""

import multiprocessing
import os
from datetime import UTC, date, datetime

import duckdb
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schema.column_values import SPAN
from schema.derive import polars_schema
from schema.tables import BY_NAME
from tests.warehouse.samples import ADA, RUN_DAY, as_frame, changed, sample_run
from warehouse.files.connect import WarehouseError
from warehouse.staging.entities import RESOLVED_TABLES
from warehouse.staging.next_version import StageError, open_next
from warehouse.staging.publish import publish

RUN = "20240503T080000-aaaa"


@pytest.fixture
def next_version(tmp_path):
    with open_next(tmp_path / "onrecord.duckdb", RUN) as version:
        yield version


@pytest.mark.parametrize("name", BY_NAME)
def test_an_empty_frame_is_staged(next_version, name):
    next_version.stage({name: as_frame(name, [])})
    assert next_version.staged(name).equals(as_frame(name, []))


def values_of(dtype):
    """Generate any value of a declared type, including hostile text, but no surrogates, which Polars cannot store."""
    if dtype == pl.List(SPAN):
        ends = st.integers(-(2**31), 2**31 - 1)
        return st.lists(st.fixed_dictionaries({"start": ends, "end": ends}), max_size=3)
    if isinstance(dtype, pl.List):
        whole = st.integers(-(2**63), 2**63 - 1)
        return st.lists(
            st.fixed_dictionaries({"field": st.text(max_size=5), "start": whole, "end": whole}), max_size=3
        )
    if isinstance(dtype, pl.Datetime):
        return st.datetimes(datetime(1700, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC))
    simple = {
        pl.String: st.text() | st.sampled_from(["😀 𝒳", "a\0b", "'; DROP TABLE articles; --", "e\u0301"]),
        pl.Boolean: st.booleans(),
        pl.Int32: st.integers(-(2**31), 2**31 - 1),
        pl.Int64: st.integers(-(2**63), 2**63 - 1),
        pl.Float32: st.floats(width=32, allow_nan=False),
        pl.Date: st.dates(date(1, 1, 1), date(9999, 12, 31)),
    }
    return simple[dtype]


def frames_of(name):
    schema = polars_schema(BY_NAME[name])
    row = st.fixed_dictionaries({column: st.none() | values_of(dtype) for column, dtype in schema.items()})
    key = BY_NAME[name].key
    unique = st.lists(row, max_size=3, unique_by=lambda values: tuple(values[part] for part in key))
    return unique.map(lambda rows: as_frame(name, rows))


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
@pytest.mark.parametrize("name", ["articles", "statements", "actors", "runs", "checks"])
def test_any_frame_of_the_declared_schema_survives_stage_and_read(next_version, name, data):
    frame = data.draw(frames_of(name))
    next_version.connection.execute(f"DELETE FROM staging.{name}")
    next_version.stage({name: frame})
    key = list(BY_NAME[name].key)
    assert next_version.staged(name).sort(key).equals(frame.sort(key))


def test_a_frame_of_another_schema_is_refused_by_table_and_column(next_version):
    frames = sample_run()
    wrong = {
        "mentions.start is Int64, but schema/tables.py declares Int32": frames["mentions"].with_columns(
            pl.col("start").cast(pl.Int64)
        ),
        "mentions.text is missing": frames["mentions"].drop("text"),
        "mentions.mood is String": frames["mentions"].with_columns(mood=pl.lit("sad")),
        "not in declared order": frames["mentions"].select(pl.col("text"), pl.exclude("text")),
    }
    for message, frame in wrong.items():
        with pytest.raises(StageError, match=message):
            next_version.stage({"mentions": frame})
    with pytest.raises(StageError, match="ponds is not a declared table"):
        next_version.stage({"ponds": frames["mentions"]})


def stage_each(version, *batches):
    for tables in batches:
        version.stage(tables)


def stage_together(version, *batches):
    version.stage(*batches)


each_or_together = pytest.mark.parametrize("stage", [stage_each, stage_together])


@each_or_together
def test_two_batches_make_the_same_staging_as_one(tmp_path, stage):
    whole = {name: frame for name, frame in sample_run(3).items() if name not in RESOLVED_TABLES}
    with open_next(tmp_path / "whole.duckdb", RUN) as version:
        version.stage(whole)
        expected = {name: version.staged(name) for name in whole}
    with open_next(tmp_path / "parts.duckdb", RUN) as version:
        stage(version, sample_run(2), sample_run(1, first=3) | {"runs": as_frame("runs", [])})
        for name, frame in expected.items():
            key = list(BY_NAME[name].key)
            assert version.staged(name).sort(key).equals(frame.sort(key)), name


@each_or_together
def test_a_key_repeated_in_one_batch_stays_repeated_for_the_gate_to_see(next_version, stage):
    frames = sample_run()
    twice = pl.concat([frames["actors"], frames["actors"]])
    stage(next_version, frames, {"actors": twice})
    assert next_version.staged("actors").filter(pl.col("actor_id") == ADA).height >= 2


@each_or_together
def test_counts_add_up_and_days_widen_when_a_profile_comes_again(next_version, stage):
    frames, later = sample_run(), date(2024, 6, 1)
    again = changed(frames, "profiles", 0, last_seen_on=later)
    stage(next_version, *({"profiles": tables["profiles"]} for tables in (frames, again)))
    profile = next_version.staged("profiles").row(by_predicate=pl.col("actor_id") == ADA, named=True)
    assert (profile["first_seen_on"], profile["last_seen_on"]) == (RUN_DAY, later)
    assert profile["article_count"] == 2 * frames["profiles"]["article_count"][0]


@each_or_together
def test_an_unknown_day_does_not_hide_a_known_one(next_version, stage):
    frames = sample_run()
    unknown = changed(frames, "profiles", 0, last_seen_on=None)
    stage(next_version, *({"profiles": tables["profiles"]} for tables in (unknown, frames)))
    assert next_version.staged("profiles")["last_seen_on"].to_list() == [RUN_DAY, RUN_DAY]


def test_the_next_version_leaves_nothing_behind_when_it_is_not_published(tmp_path):
    with pytest.raises(ZeroDivisionError), open_next(tmp_path / "onrecord.duckdb", RUN) as version:
        version.stage(sample_run())
        raise ZeroDivisionError
    assert [file.name for file in tmp_path.iterdir()] == ["onrecord.duckdb.lock"]


def test_leftovers_of_a_killed_run_are_removed(tmp_path):
    for name in ("onrecord.duckdb.next", "onrecord.duckdb.next.wal"):
        (tmp_path / name).write_text("half a file")
    with open_next(tmp_path / "onrecord.duckdb", RUN) as version:
        version.stage(sample_run())
        assert version.staged("articles").height == 2


def _try_to_write(path, answers):
    try:
        with open_next(path, "20240503T090000-bbbb"):
            answers.put("opened")
    except WarehouseError as error:
        answers.put(str(error))


def test_a_second_run_is_refused_and_told_who_is_writing(tmp_path):
    spawn = multiprocessing.get_context("spawn")
    answers = spawn.Queue()
    with open_next(tmp_path / "onrecord.duckdb", RUN):
        other = spawn.Process(target=_try_to_write, args=(tmp_path / "onrecord.duckdb", answers))
        other.start()
        answer = answers.get(timeout=60)
        other.join()
    assert f"is being written by run {RUN} (process {os.getpid()}" in answer
    with open_next(tmp_path / "onrecord.duckdb", "20240503T100000-cccc"):
        pass


def test_a_foreign_log_next_to_the_warehouse_is_not_taken_for_ours(tmp_path):
    (tmp_path / "onrecord.duckdb.wal").write_bytes(b"somebody writes")
    with (
        pytest.raises(WarehouseError, match=r"write-ahead log .*onrecord\.duckdb\.wal"),
        open_next(tmp_path / "onrecord.duckdb", RUN),
    ):
        pass
    assert (tmp_path / "onrecord.duckdb.wal").exists()


def test_an_older_table_gets_its_new_optional_columns(tmp_path):
    path = tmp_path / "onrecord.duckdb"
    with open_next(path, RUN) as version:
        version.stage(sample_run())
        publish(version)
    with duckdb.connect(str(path)) as connection:
        connection.execute(
            "DROP VIEW main.who_said_what; DROP VIEW main.said_about; DROP VIEW main.sourcing_audit"
        )
        connection.execute("ALTER TABLE main.articles DROP COLUMN byline")
    with open_next(path, RUN) as version:
        assert version.connection.sql("SELECT byline FROM main.articles").fetchall() == [(None,), (None,)]


def test_a_table_of_another_shape_is_named_with_its_column(tmp_path):
    path = tmp_path / "onrecord.duckdb"
    with open_next(path, RUN) as version:
        publish(version)
    with duckdb.connect(str(path)) as connection:
        connection.execute("CREATE OR REPLACE TABLE main.articles (article_id INTEGER)")
    with pytest.raises(WarehouseError, match=r"main\.articles\.article_id is INTEGER"), open_next(path, RUN):
        pass


def test_a_file_that_is_not_a_warehouse_is_refused(tmp_path):
    with duckdb.connect(str(tmp_path / "other.duckdb")) as connection:
        connection.execute("CREATE TABLE main.articles (article_id INTEGER)")
    with (
        pytest.raises(WarehouseError, match="not a warehouse of On Record"),
        open_next(tmp_path / "other.duckdb", RUN),
    ):
        pass


@pytest.mark.parametrize("name", ["ops.duckdb", "Staging.db"])
def test_a_warehouse_may_not_have_the_name_of_its_schemas(tmp_path, name):
    with pytest.raises(WarehouseError, match=f"cannot be called {name}"), open_next(tmp_path / name, RUN):
        pass
