"""Readers of other libraries read the same rows from an export."""

import csv
import json
import re
from datetime import datetime

import networkx as nx
import openpyxl
import polars as pl
import pytest
import rdflib

from demo import build_demo
from schema.tables import TABLES
from tests.warehouse.samples import ADA, changed, sample_run
from warehouse.export import WRITERS, ExportError, export
from warehouse.export.export_rows import inert, inert_frame
from warehouse.export.table_files import FLAT_VIEW
from warehouse.files.connect import query
from warehouse.query.versions import VersionError
from warehouse.staging.next_version import open_next
from warehouse.staging.publish import publish

HOSTILE = "Ada <&\"'> \x07 =1+1\n]]>, 😀"


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory):
    """Generated articles, and a run in which an actor and an outlet have names that no file format likes."""
    path = tmp_path_factory.mktemp("export") / "w.duckdb"
    hostile = changed(sample_run(run_id="hostile"), "actors", 0, name=HOSTILE)
    hostile = changed(hostile, "articles", 0, outlet="=1+1")
    hostile = changed(hostile, "statement_actors", 1, relation="mentioned")
    for tables in (*build_demo(40, seed=1), hostile):
        with open_next(path, tables["runs"]["run_id"].item()) as version:
            version.stage(tables)
            publish(version)
    return path


def in_xml(text):
    """Return a text as XML can contain it: without control characters."""
    return text and text.replace("\x07", "\ufffd")


def read(warehouse, name):
    return query(warehouse, f"SELECT * FROM {name}")


def test_parquet_is_the_tables(warehouse, tmp_path):
    folder = export(warehouse, "parquet", tmp_path / "out")
    for name in (*(table.qualified for table in TABLES), FLAT_VIEW):
        exported = pl.read_parquet(folder / f"{name.removeprefix('main.')}.parquet")
        assert exported.equals(read(warehouse, name)), name


def test_csv_is_the_tables_with_lists_as_json(warehouse, tmp_path):
    folder = export(warehouse, "csv", tmp_path / "out", raw=True)
    for name in (*(table.qualified for table in TABLES), FLAT_VIEW):
        stored = query(warehouse, f"SELECT COLUMNS(*)::VARCHAR FROM {name}")
        lists = [column for column, dtype in read(warehouse, name).schema.items() if dtype == pl.List]
        exported = pl.read_csv(folder / f"{name.removeprefix('main.')}.csv", infer_schema=False)
        assert exported.drop(lists).equals(stored.drop(lists)), name
        for column in lists:
            assert [cell and json.loads(cell) for cell in exported[column]] == read(warehouse, name)[
                column
            ].to_list()


def test_no_cell_of_a_csv_runs_in_a_spreadsheet_or_a_terminal(warehouse, tmp_path):
    folder = export(warehouse, "csv", tmp_path / "out")
    cells = [
        cell for file in folder.glob("*.csv") for row in csv.reader(file.open(newline="")) for cell in row
    ]
    assert "'=1+1" in cells and HOSTILE.replace("\x07", " ") in cells
    assert not [
        cell
        for cell in cells
        if re.match("[=+@\t\r]|-(?![0-9])", cell) or re.search("[\x00-\x08\x0e-\x1f]", cell)
    ]


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("+1 555", "'+1 555"),
        ("-2+3", "'-2+3"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t'=1"),
        ("no;=1+1", "no;'=1+1"),
        ("no; \t+1;@a\n-1 ; -", "no; \t'+1;'@a\n'-1 ; '-"),
        ("no\n\n\uff1d1", "no\n\n'\uff1d1"),
        ("a;b - c\n1 = 1", "a;b - c\n1 = 1"),
        ("\r=1", "' =1"),
        (" =1+1", "' =1+1"),
        ("\x00=1", "' =1"),
        ("\uff1d1+1", "'\uff1d1+1"),
        ("say\x1b]0;owned\x07\x9b2J", "say ]0;owned  2J"),
        ("1 = 1\nand\tso on", "1 = 1\nand\tso on"),
        ("", ""),
        (None, None),
    ],
)
def test_texts_that_would_run_begin_with_an_apostrophe(text, cell):
    assert inert(text) == cell
    assert inert_frame(pl.DataFrame({"text": [text]}, {"text": pl.String})).rows() == [(cell,)]


@pytest.mark.parametrize("number", [-1, -0.5, True, None])
def test_numbers_stay_numbers(number):
    assert inert(number) is number


def test_the_dictionary_explains_each_column(warehouse, tmp_path):
    folder = export(warehouse, "csv", tmp_path / "out")
    rows = list(csv.DictReader((folder / "dictionary.csv").open(encoding="utf-8", newline="")))
    assert all(row["meaning"] for row in rows)
    explained = {(row["table"], row["column"]) for row in rows}
    assert {("statements", "cue"), ("ops.files", "outcome"), ("who_said_what", "speaker")} <= explained


def test_graphml_is_who_speaks_about_whom(warehouse, tmp_path):
    graph = nx.read_graphml(export(warehouse, "graphml", tmp_path / "network.graphml"), force_multigraph=True)
    edges = read(warehouse, "who_about_whom")
    assert graph.is_directed() and graph.number_of_edges() == edges.height > 0
    facts = ["relation", "cue_class", "statements", "articles", "first_on"]
    found = {(a, b, *(edge[fact] for fact in facts)) for a, b, edge in graph.edges(data=True)}
    stored = edges.with_columns(pl.col("first_on").cast(pl.String)).select("speaker_id", "subject_id", *facts)
    assert found == set(stored.iter_rows())
    names = dict(read(warehouse, "actors").select("actor_id", "name").iter_rows())
    assert {key: node["name"] for key, node in graph.nodes(data=True)}[ADA] == in_xml(HOSTILE)
    assert all(node["name"] == in_xml(names[key]) for key, node in graph.nodes(data=True))


def test_jsonld_is_one_quotation_a_statement(warehouse, tmp_path):
    file = export(warehouse, "jsonld", tmp_path / "statements.jsonld")
    graph = rdflib.Graph().parse(file, format="json-ld")
    schema = rdflib.Namespace("https://schema.org/")
    found = {
        (str(s).removeprefix("urn:onrecord:statement:"), str(graph.value(s, schema.text)),
         str(graph.value(s, schema.spokenByCharacter) or "").removeprefix("urn:onrecord:actor:") or None)
        for s in graph.subjects(rdflib.RDF.type, schema.Quotation)
    }  # fmt: skip
    stored = query(warehouse, "SELECT statement_id, content, actor_id FROM statements")
    assert found == set(stored.iter_rows())
    assert (
        len(list(graph.subjects(rdflib.RDF.type, schema.NewsArticle))) == read(warehouse, "articles").height
    )
    names = {str(name) for name in graph.objects(None, schema.name)}
    assert HOSTILE in names


def test_a_workbook_is_the_statements_and_no_text_is_a_formula(warehouse, tmp_path):
    book = openpyxl.load_workbook(export(warehouse, "xlsx", tmp_path / "statements.xlsx"))
    head, *rows = book["Statements"].iter_rows(values_only=True)
    columns = ", ".join(head)
    stored = query(
        warehouse, f"SELECT {columns} FROM who_said_what ORDER BY published_on, article_id, seq_no"
    )
    as_read = [[value.date() if isinstance(value, datetime) else value for value in row] for row in rows]
    texts = [name for name in head if name != "confidence"]
    assert [[v for v, n in zip(row, head, strict=True) if n in texts] for row in as_read] == [
        [in_xml(v) if isinstance(v, str) else v for v in row] for row in stored.select(texts).iter_rows()
    ]
    assert "=1+1" in stored["outlet"].to_list()
    assert all(cell.data_type != "f" for row in book["Statements"].iter_rows() for cell in row)
    marked = {cell.value for row in book["Statements"].iter_rows() for cell in row if cell.quotePrefix}
    assert "=1+1" in marked and all(str(text)[0] in "=+-@" for text in marked)
    assert all(meaning for *_, meaning in book["Columns"].iter_rows(values_only=True))


@pytest.mark.parametrize("form", WRITERS)
def test_an_older_version_is_exported_too_and_nothing_is_overwritten(warehouse, tmp_path, form):
    out = export(warehouse, form, tmp_path / "out", 1)
    with pytest.raises(ExportError, match="already exists"):
        export(warehouse, form, out)
    with pytest.raises(VersionError):
        export(warehouse, form, tmp_path / "other", 99)
    assert not (tmp_path / "other").exists()


def test_a_place_that_cannot_be_written_is_named(warehouse, tmp_path):
    with pytest.raises(ExportError, match="nowhere"):
        export(warehouse, "jsonld", tmp_path / "nowhere" / "x.jsonld")
