"""Write actors, articles and statements as JSON-LD in the vocabulary of schema.org.

A statement is a Quotation (https://schema.org/Quotation). Ids are URNs made from the ids in the tables. The file
contains the JSON-LD context, so that a reader need not fetch it. `cue`, `kind` and `role` are our own terms.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any

import duckdb

from warehouse.export.export_rows import escape_controls, read_rows

CONTEXT = {
    "@vocab": "https://schema.org/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "datePublished": {"@type": "xsd:date"},
    "cue": {"@id": "urn:onrecord:cue"},
    "kind": {"@id": "urn:onrecord:kind"},
    "role": {"@id": "urn:onrecord:role"},
}
TYPES = {"person": "Person", "organization": "Organization", "country": "Country"}

ACTORS = "SELECT actor_id, kind, name, country_code FROM main.actors WHERE kind <> 'nobody' ORDER BY actor_id"
ARTICLES = (
    "SELECT article_id, headline, outlet, published_on, url, language FROM main.articles ORDER BY article_id"
)
STATEMENTS = """
    WITH subjects AS (
        SELECT statement_id, list(actor_id ORDER BY actor_id) AS subject_ids
        FROM (
            SELECT DISTINCT statement_id, actor_id
            FROM main.statement_actors JOIN main.actors USING (actor_id)
            WHERE relation = 'mentioned' AND kind <> 'nobody'
        )
        GROUP BY statement_id
    )
    SELECT s.statement_id, s.article_id, s.content, s.kind, s.cue, s.role, a.actor_id, s.published_on, t.subject_ids
    FROM main.statements AS s
    LEFT JOIN subjects AS t USING (statement_id)
    LEFT JOIN main.actors AS a ON a.actor_id = s.actor_id AND a.kind <> 'nobody'
    WHERE s.correction IS DISTINCT FROM 'deleted'
    ORDER BY article_id, seq_no"""


def write_jsonld(connection: duckdb.DuckDBPyConnection, file: Path) -> None:
    """Write one node per actor, article and statement, each on its own line."""
    with file.open("w", encoding="utf-8") as out:
        out.write('{"@context": ' + json.dumps(CONTEXT) + ',\n"@graph": [')
        for number, node in enumerate(_nodes(connection)):
            filled = {name: value for name, value in node.items() if value is not None}
            line = json.dumps(filled, ensure_ascii=False, default=str)
            out.write((",\n" if number else "\n") + escape_controls(line))
        out.write("\n]}\n")


def _nodes(connection: duckdb.DuckDBPyConnection) -> Iterator[dict[str, Any]]:
    return chain(
        map(_actor, read_rows(connection, ACTORS)),
        map(_article, read_rows(connection, ARTICLES)),
        map(_statement, read_rows(connection, STATEMENTS)),
    )


def _urn(kind: str, key: str | None) -> str | None:
    return key and f"urn:onrecord:{kind}:{key}"


def _link(kind: str, key: str | None) -> dict[str, str | None] | None:
    return {"@id": _urn(kind, key)} if key else None


def _actor(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "@id": _urn("actor", row["actor_id"]),
        "@type": TYPES.get(row["kind"], "Thing"),
        "name": row["name"],
        "addressCountry": row["country_code"] if row["kind"] != "country" else None,
    }


def _article(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "@id": _urn("article", row["article_id"]),
        "@type": "NewsArticle",
        "headline": row["headline"],
        "publisher": row["outlet"],
        "datePublished": row["published_on"],
        "url": row["url"],
        "inLanguage": row["language"],
    }


def _statement(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "@id": _urn("statement", row["statement_id"]),
        "@type": "Quotation",
        "text": row["content"],
        "spokenByCharacter": _link("actor", row["actor_id"]),
        "role": row["role"],
        "cue": row["cue"] or None,
        "kind": row["kind"],
        "about": [_link("actor", key) for key in row["subject_ids"] or ()] or None,
        "isPartOf": _link("article", row["article_id"]),
        "datePublished": row["published_on"],
    }
