"""What `tests/first_files.py` saves changes nothing: a first version is as the product creates it."""

from tests.first_files import create_file
from tests.warehouse.samples import sample_run
from warehouse.files.connect import connect_readonly
from warehouse.staging import publish as publishing
from warehouse.staging.next_version import open_next

OBJECTS = {
    "columns": "schema_name, table_name, column_name, column_index, data_type, is_nullable, column_default, comment",
    "tables": "schema_name, table_name, comment, estimated_size, column_count, check_constraint_count",
    "constraints": "schema_name, table_name, constraint_text",
    "indexes": "schema_name, table_name, index_name, sql",
    # DuckDB writes the columns of `REPLACE (...)` in any order.
    "views": r"schema_name, view_name, comment, list_sort(regexp_extract_all(sql, '\w+'))",
    "functions": "schema_name, function_name, comment, parameters, "
    r"list_sort(regexp_extract_all(macro_definition, '\w+'))",
    "sequences": "schema_name, sequence_name, start_value",
    "types": "schema_name, type_name, logical_type",
}


def publish(path):
    with open_next(path, "20240503T080000-aaaa") as version:
        version.stage(sample_run())
        publishing.publish(version)


def read_all(path):
    """Return all objects of a warehouse, and all rows of its tables without the moment of publishing."""
    with connect_readonly(path) as connection:
        found = {
            kind: connection.execute(
                f"SELECT {columns} FROM duckdb_{kind}() WHERE database_name = current_database() ORDER BY ALL"
            ).fetchall()
            for kind, columns in OBJECTS.items()
        }
        for schema, table, *_ in found["tables"]:
            but = " EXCLUDE (published_at)" if table == "versions" else ""
            found[table] = connection.execute(
                f'SELECT *{but} FROM {schema}."{table}" ORDER BY ALL'
            ).fetchall()
    return found


def test_a_first_version_from_a_copied_file_is_that_of_the_product(tmp_path, monkeypatch):
    publish(tmp_path / "copied.duckdb")
    monkeypatch.setattr(publishing, "_copy", create_file)
    publish(tmp_path / "created.duckdb")
    copied, created = (read_all(tmp_path / f"{way}.duckdb") for way in ("copied", "created"))
    assert len(created["views"]) > 20 and len(created["statements"]) > 0
    for name, rows in created.items():
        assert copied[name] == rows, name
