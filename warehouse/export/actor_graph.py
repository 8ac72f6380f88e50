"""Write who speaks about whom as a directed graph in GraphML, for Gephi, Cytoscape, igraph and networkx."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, TextIO
from xml.sax.saxutils import escape, quoteattr

import duckdb

from warehouse.export.export_rows import read_rows, xml_text

NODES = """
    SELECT actor_id, name, kind, country_code AS country FROM main.actors
    WHERE actor_id IN (SELECT speaker_id FROM main.who_about_whom UNION SELECT subject_id FROM main.who_about_whom)
    ORDER BY actor_id"""
EDGES = """
    SELECT speaker_id, subject_id, relation, cue_class, statements, articles, first_on, last_on
    FROM main.who_about_whom ORDER BY ALL"""
KEYS = {
    "node": {"name": "string", "kind": "string", "country": "string"},
    "edge": {
        "relation": "string", "cue_class": "string", "statements": "long", "articles": "long",
        "first_on": "string", "last_on": "string",
    },
}  # fmt: skip


def write_graphml(connection: duckdb.DuckDBPyConnection, file: Path) -> None:
    """Write one node per actor and one edge per row of `who_about_whom`, without control characters."""
    with file.open("w", encoding="utf-8") as out:
        out.write(
            '<?xml version="1.0" encoding="UTF-8"?>\n<graphml xmlns="http://graphml.graphdrawing.org/xmlns">\n'
        )
        out.writelines(_keys())
        out.write('<graph edgedefault="directed">\n')
        _write_nodes(connection, out)
        _write_edges(connection, out)
        out.write("</graph>\n</graphml>\n")


def _keys() -> Iterator[str]:
    for element, keys in KEYS.items():
        for name, kind in keys.items():
            yield f'<key id="{element}_{name}" for="{element}" attr.name="{name}" attr.type="{kind}"/>\n'


def _write_nodes(connection: duckdb.DuckDBPyConnection, out: TextIO) -> None:
    for row in read_rows(connection, NODES):
        out.write(f"<node id={_attribute(row['actor_id'])}>{_data('node', row)}</node>\n")


def _write_edges(connection: duckdb.DuckDBPyConnection, out: TextIO) -> None:
    for number, row in enumerate(read_rows(connection, EDGES)):
        ends = f"source={_attribute(row['speaker_id'])} target={_attribute(row['subject_id'])}"
        out.write(f'<edge id="e{number}" {ends}>{_data("edge", row)}</edge>\n')


def _data(element: str, row: dict[str, Any]) -> str:
    return "".join(
        f'<data key="{element}_{name}">{escape(xml_text(row[name]))}</data>'
        for name in KEYS[element]
        if row[name] is not None
    )


def _attribute(value: str) -> str:
    return quoteattr(xml_text(value))
