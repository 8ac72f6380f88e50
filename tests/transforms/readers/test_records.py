"""Each field of a record reaches the frame of its file and the table of articles, so that no value is lost."""

from dataclasses import fields

from schema.tables import ARTICLES
from transforms.frames import RECORDS
from transforms.readers.fields.field_names import NAMES
from transforms.readers.fields.headers import _FIELD_OF_KEY, _MOST_WORDS
from transforms.readers.records import Record, to_frame

COLUMNS = {field.name for field in fields(Record)}
PARTS = {"dateline"}  # read as place, date and agency
# Columns of records that articles have in another form.
WORKED_OUT = {
    "dateline_date": "published_on",
    "published": "published_at",
    "published_in": "published_from",
    "updated": "updated_at",
    "version": "version_no",
    "embargo": "embargoed_until",
}
IN_THE_LEDGER = {"format"}  # of the file


def test_each_field_of_a_record_is_a_column_and_the_other_way_round():
    assert COLUMNS - {"body_start"} == set(RECORDS.names()) - {"path", "record_no", "body_start"}


def test_a_record_with_all_fields_keeps_them_in_its_frame():
    written = {name: f"{name}!" for name in COLUMNS - {"body_start", "published_on", "header_spans"}}
    row = to_frame([(1, Record(**written))], "a.txt").row(0, named=True)
    assert {name: row[name] for name in written} == written


def test_header_keys_name_fields_and_have_a_limit_of_words():
    targets = set(_FIELD_OF_KEY.values()) - {""}
    assert targets <= COLUMNS | PARTS | {"published_on"}
    assert targets - {"published", "published_on", "url"} <= _MOST_WORDS.keys()


def test_names_of_columns_and_json_keys_name_fields():
    assert set(NAMES) <= COLUMNS | PARTS


def test_each_column_of_records_reaches_articles():
    articles = {column.name for column in ARTICLES.columns}
    assert set(RECORDS.names()) - articles == WORKED_OUT.keys() | IN_THE_LEDGER
    assert set(WORKED_OUT.values()) <= articles
