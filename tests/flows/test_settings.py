"""Settings come from the environment; the command line overrides them."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from flows.provenance import SettingsError
from flows.settings import Settings, load_settings


def test_environment_variables_are_read_with_their_prefix(monkeypatch):
    monkeypatch.setenv("ONRECORD_WAREHOUSE", "/somewhere/w.duckdb")
    monkeypatch.setenv("ONRECORD_ARTICLES_PER_BATCH", "7")
    assert (Settings().warehouse, Settings().articles_per_batch) == (Path("/somewhere/w.duckdb"), 7)


def test_a_warehouse_may_be_below_the_home_folder(monkeypatch):
    monkeypatch.setenv("ONRECORD_WAREHOUSE", "~/w.duckdb")
    assert Settings().warehouse == Path.home() / "w.duckdb"


def test_given_values_win_over_the_environment(monkeypatch):
    monkeypatch.setenv("ONRECORD_WAREHOUSE", "/somewhere/w.duckdb")
    assert Settings(warehouse=Path("here.duckdb")).warehouse == Path("here.duckdb")


def test_a_run_writes_only_into_the_folder_of_the_warehouse(tmp_path):
    settings = Settings(warehouse=tmp_path / "w.duckdb")
    assert {path.parents[1] for path in (settings.report, settings.log)} == {tmp_path}


def test_a_limit_below_one_is_refused(monkeypatch):
    monkeypatch.setenv("ONRECORD_LIMIT", "0")
    with pytest.raises(ValidationError, match="limit"):
        Settings()


def test_languages_and_names_of_columns_are_lists_with_commas(monkeypatch):
    monkeypatch.setenv("ONRECORD_LANGUAGES", "EN, ")
    monkeypatch.setenv("ONRECORD_MAP", "body=Full Text, headline=Head")
    settings = Settings(max_nesting=1, max_article_characters=50)
    assert settings.languages == ("en",)
    assert settings.reader_options.mapping == {"body": "Full Text", "headline": "Head"}
    assert (settings.reader_options.limits.nesting, settings.reader_options.limits.characters) == (1, 50)


@pytest.mark.parametrize("codes", ["de", "en,de", "english"])
def test_a_language_without_a_model_is_refused_with_those_that_have_one(codes):
    with pytest.raises(
        SettingsError, match=r"ONRECORD_LANGUAGES: .*no model for .*with a model: en \(English\)"
    ):
        load_settings({"languages": codes})


def test_the_order_of_day_and_month_is_one_of_two(monkeypatch):
    monkeypatch.setenv("ONRECORD_DATES", "day_first")
    assert Settings().reader_options.dates == "day_first"
    with pytest.raises(ValidationError, match="dates"):
        Settings(dates="dmy")


@pytest.mark.parametrize("wrong", ["body", "body=", "text=FullText", "=x"])
def test_a_name_that_is_not_a_field_is_wrong(wrong):
    with pytest.raises(ValidationError, match="OURS=THEIRS"):
        Settings(map=wrong)
    with pytest.raises(SettingsError, match=r"^--map: .*OURS=THEIRS"):
        load_settings({"map": wrong})


@pytest.mark.parametrize(
    ("value", "expected"),
    [("slack-webhook/news", ["slack-webhook/news"]), ('["a/b", "c/d"]', ["a/b", "c/d"])],
)
def test_who_is_notified_is_one_name_or_a_list_of_names(monkeypatch, value, expected):
    monkeypatch.setenv("ONRECORD_NOTIFY", value)
    assert load_settings({}).notify == expected


def test_a_value_that_is_not_json_is_named(monkeypatch):
    monkeypatch.setenv("ONRECORD_THRESHOLDS", "speakers=0.2")
    with pytest.raises(SettingsError, match=r"^ONRECORD_THRESHOLDS: the value is not valid JSON$"):
        load_settings({})
