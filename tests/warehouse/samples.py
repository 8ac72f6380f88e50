"""Small, consistent, readable runs: one invented speaker says that ponds are full.

`sample_run()` gives the frames of all tables; tests change one thing in them and check the effect.
"""

from __future__ import annotations

import atexit
import shutil
import tempfile
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import polars as pl

from schema.derive import polars_schema
from schema.tables import BY_NAME
from transforms.keys import content_key
from warehouse.staging.next_version import open_next
from warehouse.staging.publish import publish

RUN_DAY = date(2024, 5, 3)
ADA = content_key("person", "ada", "quill")
OFFICE = content_key("organization", "pond", "office")
ADA_PROFILE, OFFICE_PROFILE = content_key("profile", ADA), content_key("profile", OFFICE)

Rows = dict[str, list[dict[str, Any]]]


def sample_run(
    articles: int = 2, statements: int = 2, *, run_id: str = "20240503T080000-aaaa", first: int = 1
) -> dict[str, pl.DataFrame]:
    """Return frames of a run with `articles` articles (numbered from `first`), each with `statements` statements."""
    tables: Rows = {name: [] for name in BY_NAME}
    for number in range(first, first + articles):
        _add_article(tables, number, statements, run_id)
    _add_actors(tables, articles, statements)
    tables["runs"].append(
        {"run_id": run_id, "started_at": datetime(2024, 5, 3, 8, tzinfo=UTC),
         "ended_at": datetime(2024, 5, 3, 8, 1, tzinfo=UTC), "status": "published", "code_version": "0.1.0",
         "parameters": "{}"}
    )  # fmt: skip
    return {name: as_frame(name, tables[name]) for name in BY_NAME if name not in ("versions", "checks")}


_published: dict[str, Path] = {}  # of this process: arguments of `publish_sample` -> the folder of the result


def publish_sample(path: Path, *numbers: int, **how: Any) -> Path:
    """Publish `sample_run` as the first version of a warehouse; return its path.

    Of equal runs, this publishes the first and copies its files for the others.
    """
    arguments = str((path.name, numbers, how))
    if arguments not in _published:
        frames = sample_run(*numbers, **how)
        folder = Path(tempfile.mkdtemp(prefix="sample-"))
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        with open_next(folder / path.name, frames["runs"]["run_id"].item()) as version:
            version.stage(frames)
            publish(version)
        _published[arguments] = folder
    shutil.copytree(_published[arguments], path.parent, dirs_exist_ok=True)
    return path


def as_frame(name: str, rows: list[dict[str, Any]]) -> pl.DataFrame:
    """Return rows of one table as a frame of its declared schema; columns that are not given are null."""
    return pl.DataFrame(rows, schema=polars_schema(BY_NAME[name]))


def changed(
    frames: dict[str, pl.DataFrame], name: str, row: int, /, **values: Any
) -> dict[str, pl.DataFrame]:
    """Return the same run with other values in one row of one table."""
    rows = frames[name].to_dicts()
    rows[row] |= values
    return frames | {name: as_frame(name, rows)}


def _add_article(tables: Rows, number: int, statements: int, run_id: str) -> None:
    headline = f"Pond report {number} 😀\n\n"
    body, spans = headline, []
    for part in range(1, statements + 1):
        body, span = _sentence(body, f"pond {number}.{part}")
        spans.append(span)
    article_id = content_key(body)
    tables["articles"].append(
        {"article_id": article_id, "story_id": article_id, "is_latest": True, "outlet": "The Reed", "language": "en",
         "headline": headline.strip(), "published_on": RUN_DAY, "body": body, "body_start": 7,
         "header_spans": [{"field": "headline", "start": 7, "end": 7 + len(headline.strip())}],
         "word_count": len(body.split()), "path": f"in/{number}.txt", "record_no": 1, "run_id": run_id}
    )  # fmt: skip
    tables["files"].append(
        {"run_id": run_id, "path": f"in/{number}.txt", "file_sha256": content_key("file", number), "format": "text",
         "outcome": "loaded", "articles_found": 1, "articles_loaded": 1, "articles_duplicate": 0,
         "articles_rejected": 0}
    )  # fmt: skip
    for seq_no, span in enumerate(spans, 1):
        _add_statement(tables, article_id, body, seq_no, span, run_id)


def _sentence(body: str, pond: str) -> tuple[str, dict[str, tuple[int, int]]]:
    """Add `“Café pond 1.1 is full,” Ada Quill said. “It will rain.”` to a body; return it with the spans."""
    spans = {}
    for role, text in [
        ("first", f"“Café {pond} is full,”"), ("", " "), ("source", "Ada Quill"), ("", " "), ("cue", "said"),
        ("", ". "), ("second", "“It will rain.”"), ("", " "),
    ]:  # fmt: skip
        spans[role] = (len(body), len(body) + len(text))
        body += text
    return body, spans


def _add_statement(
    tables: Rows, article_id: str, body: str, seq_no: int, span: dict[str, tuple[int, int]], run_id: str
) -> None:
    pieces = [span["first"], span["second"]]
    statement_id = content_key(article_id, "statement", seq_no)
    mention_id = content_key(article_id, span["source"])
    tables["mentions"].append(
        {"mention_id": mention_id, "article_id": article_id, "actor_id": ADA, "start": span["source"][0],
         "end": span["source"][1], "text": "Ada Quill", "mention_kind": "name", "rule": "name",
         "profile_id": ADA_PROFILE}
    )  # fmt: skip
    tables["statements"].append(
        {"statement_id": statement_id, "article_id": article_id, "seq_no": seq_no, "kind": "direct",
         "content": " ".join(body[start:end] for start, end in pieces),
         "content_spans": [{"start": start, "end": end} for start, end in pieces],
         "cue": "said", "cue_start": span["cue"][0], "cue_end": span["cue"][1], "cue_lemma": "say",
         "cue_class": "neutral", "is_negated": False, "modality": "asserted",
         "source": "Ada Quill", "source_start": span["source"][0],
         "source_end": span["source"][1], "actor_id": ADA, "speaker_resolution": "named", "role": "spokeswoman",
         "organization_id": OFFICE, "profile_id": ADA_PROFILE, "organization_profile_id": OFFICE_PROFILE,
         "published_on": RUN_DAY, "confidence": 0.9, "extractor_version": "test-1",
         "run_id": run_id, "source_type": "person"}
    )  # fmt: skip
    for actor_id, profile_id, relation, mention in [
        (ADA, ADA_PROFILE, "speaker", mention_id), (OFFICE, OFFICE_PROFILE, "on_behalf_of", None),
    ]:  # fmt: skip
        tables["statement_actors"].append(
            {"statement_id": statement_id, "actor_id": actor_id, "relation": relation, "mention_id": mention,
             "profile_id": profile_id}
        )  # fmt: skip


def _add_actors(tables: Rows, articles: int, statements: int) -> None:
    seen = {"first_seen_on": RUN_DAY, "last_seen_on": RUN_DAY}
    tables["actors"] += [
        {"actor_id": ADA, "kind": "person", "name": "Ada Quill", **seen},
        {"actor_id": OFFICE, "kind": "organization", "name": "Pond Office", **seen},
    ]
    tables["actor_aliases"].append(
        {
            "actor_id": ADA,
            "alias": "Ada Quill",
            "rule": "name",
            "mention_count": articles * statements,
            **seen,
        }
    )
    tables["organizations"].append({"organization_id": OFFICE, "name": "Pond Office", "org_type": "agency"})
    tables["affiliations"].append(
        {"affiliation_id": content_key("affiliation", ADA, OFFICE, "", "spokeswoman"), "actor_id": ADA,
         "organization_id": OFFICE, "role": "spokeswoman", "article_count": articles,
         "organization_from": "text", "former": False, "acting": False, "profile_ids": [ADA_PROFILE],
         "evidence_article_id": min(row["article_id"] for row in tables["articles"]), **seen}
    )  # fmt: skip
    _add_profiles(tables, articles, statements)


def _add_profiles(tables: Rows, articles: int, statements: int) -> None:
    seen = {"first_seen_on": RUN_DAY, "last_seen_on": RUN_DAY}
    same = {"is_full": True, "is_known": False, "acronyms": [], "around": [], "article_count": articles, "rule": "name",
            "evidence_article_id": min(row["article_id"] for row in tables["articles"]), **seen}  # fmt: skip
    role = {
        "text": "spokeswoman",
        "body": "pond office",
        "body_type": "agency",
        "body_profile": OFFICE_PROFILE,
    }
    tables["profiles"] += [
        {"profile_id": ADA_PROFILE, "actor_id": ADA, "kind": "person", "block": "person quill", "name": "Ada Quill",
         "words": ["ada", "quill"], "roles": [role], **same},
        {"profile_id": OFFICE_PROFILE, "actor_id": OFFICE, "kind": "organization", "block": "organization po",
         "name": "Pond Office", "words": ["pond", "office"], "org_type": "agency", "roles": [], **same},
    ]  # fmt: skip
    tables["profile_names"].append(
        {
            "profile_id": ADA_PROFILE,
            "alias": "Ada Quill",
            "rule": "name",
            "mention_count": articles * statements,
            **seen,
        }
    )
