"""The benchmark of queries measures each query of the cookbook, and asks for names that the warehouse has."""

import pytest

from bench.queries import INSTEAD, ask_for_others
from flows.commands.demo import make_warehouse
from tests.cookbook import ROOT, read_queries
from warehouse.files.connect import connect_readonly

QUERIES = read_queries((ROOT / "docs" / "cookbook.md").read_text(encoding="utf-8"))
# Generated articles have no such statements, and the warehouse has one version.
EMPTY = {
    "Who accuses whom",
    "Who says that somebody else said something",
    "Who changed position",
    "What was said once and printed in different words (2)",
    "What changed since a version",
}


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory):
    path = tmp_path_factory.mktemp("queries") / "demo.duckdb"
    for _ in make_warehouse(path, 400, seed=1):
        pass
    return path


def test_each_name_is_one_that_the_cookbook_asks_for():
    asked = "".join(QUERIES.values())
    assert all(
        f"'{name}'" in asked or f"%{name}%" in asked or f"'{name}%" in asked
        for key in INSTEAD
        for name in key
    )


def test_queries_of_the_cookbook_have_rows_in_a_generated_warehouse(warehouse):
    with connect_readonly(warehouse) as connection:
        queries = ask_for_others(connection, QUERIES)
        rows = {heading: connection.sql(sql.split(";")[0]).fetchall() for heading, sql in queries.items()}
    assert queries.keys() == QUERIES.keys()
    assert {heading for heading, found in rows.items() if not found} <= EMPTY
