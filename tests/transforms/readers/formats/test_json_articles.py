"""JSON and JSON Lines: where the articles are, and the names of their fields."""

import json
import os
from pathlib import Path

import polars as pl
import pytest

from transforms.readers import Options, read_records

TEXT = "The river council agreed on Monday to reopen the old lock."
REUTERS = Path(os.environ.get("ONRECORD_SHARED", Path(__file__).parents[5] / "shared")) / "reuters"


def read(document, **mapping):
    return read_records(json.dumps(document).encode(), "a.json", Options(mapping=mapping))


@pytest.mark.parametrize(
    "document",
    [
        {"title": "Lock", "text": TEXT},
        [{"title": "Lock", "text": TEXT}],
        {"response": {"status": "ok", "results": [{"webTitle": "Lock", "fields": {"bodyText": TEXT}}]}},
        {"hits": {"total": 1, "hits": [{"_id": "1", "_source": {"headline": "Lock", "maintext": TEXT}}]}},
        {"version": "https://jsonfeed.org/version/1.1", "items": [{"title": "Lock", "content_html": f"<p>{TEXT}</p>"}]},
        {"a1": {"title": "Lock", "body": TEXT}, "a2": {"title": "Two", "body": TEXT}},
        [{"headline": {"main": "Lock"}, "paragraphs": [TEXT]}],
    ],
)  # fmt: skip
def test_articles_are_found_at_any_depth(document):
    record = read(document).records.row(0, named=True)
    assert (record["headline"], record["body"]) == ("Lock", TEXT)


def test_a_mapping_names_fields_that_nobody_could_guess():
    document = [{"kop": "Lock", "inhoud": TEXT, "dag": "2019-06-03", "sfeer": "goed"}]
    assert read(document).rejects[0].reason_code == "no_article"
    record = read(document, headline="kop", body="inhoud", published="dag").records.row(0, named=True)
    assert (record["headline"], record["body"], record["published"]) == ("Lock", TEXT, "2019-06-03")
    assert json.loads(record["extra"]) == {"sfeer": "goed"}


def test_half_a_surrogate_pair_and_control_characters_do_not_get_into_the_text():
    data = b'{"title": "Lo\\u0000ck \\ud83d", "text": "It is\\u0003 open, \\udc00she said.\\u0007"}'
    record = read_records(data, "a.json").records.row(0, named=True)
    assert (record["headline"], record["body"]) == ("Lock", "It is open, she said.")


def test_html_in_any_field_becomes_text():
    document = {"title": "<script>alert(1)</script>Lock <b>open</b>", "author": "<i>Ada</i> Example",
                "content": f"<script>alert(2)</script><p>{TEXT}</p><p onclick='x()'>Nobody came.</p>"}  # fmt: skip
    record = read(document).records.row(0, named=True)
    assert (record["headline"], record["byline"]) == ("Lock open", "Ada Example")
    assert record["body"] == f"{TEXT}\n\nNobody came."


def test_only_the_line_that_is_too_long_is_rejected():
    line = json.dumps({"title": "Lock", "text": TEXT})
    data = "\n".join([line, '{"text": "' + "x" * 5_000_000 + '"}', line]).encode()
    reading = read_records(data, "a.jsonl")
    assert reading.records["place"].to_list() == ["line 1", "line 3"]
    assert [(reject.record_no, reject.reason_code) for reject in reading.rejects] == [(2, "too_long")]


@pytest.mark.skipif(not REUTERS.is_dir(), reason="the shared wire stories are not there (ONRECORD_SHARED)")
@pytest.mark.parametrize("name", ["reut2-003.json", "reut2-017.json"])
def test_real_wire_stories_are_read_with_their_dates_and_places(name):
    data = (REUTERS / name).read_bytes()
    stories = json.loads(data)
    reading = read_records(data, name)
    records = reading.records
    assert records.height + len(reading.rejects) == len(stories)
    assert {reject.reason_code for reject in reading.rejects} == {"no_body"}
    assert not any(stories[reject.record_no - 1]["body"].strip() for reject in reading.rejects)
    placed = [number for number in records["record_no"] if stories[number - 1]["dateline"].strip()]
    assert records["published_on"].null_count() <= 0.01 * records.height
    with_dateline = records.filter(pl.col("record_no").is_in(placed))
    assert with_dateline["dateline_place"].null_count() <= 0.01 * with_dateline.height
    assert not records["body"].str.contains(r"[\x00-\x08\x0b\x0c\x0e-\x1f]|&[a-z#0-9]+;").any()


def test_a_template_is_not_json_lines():
    reading = read_records(b"{% if lock %}\n{% endif %}\nThe old lock reopens in July.\n", "lock.txt")
    assert (reading.format, reading.rejects) == ("text", [])
