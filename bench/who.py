"""Measure who said what on annotated news: `python -m bench.who GOLD SCORER [--bootstrap N] [--by] [...]`.

GOLD is a file of annotated articles (`{"article", "text", "actors", "statements"}`, spans in code points). SCORER is a
program that compares it with predictions of the same form. The articles are written as text files, which the `onrecord`
command ingests into a new warehouse. The predictions are the statements and actors in that warehouse. For plain texts
(`{"article", "text"}`), SCORER may be a program that measures the share of their quotations that a statement covers.
`--calibration` also prints the share of right statements (content and speaker) by their confidence.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import Any

from bench.statements import ingest, load_program, read_gold

STATEMENTS = """
SELECT
    a.path, a.body_start, s.statement_id, s.content_spans, w.speaker, w.speaker_kind,
    s.speaker_resolution AS resolution, s.role, w.organization, w.country, s.is_negated, s.cue_class, s.confidence,
    s.parent_statement_id
FROM statements AS s JOIN who_said_what AS w USING (statement_id) JOIN articles AS a ON a.article_id = s.article_id
ORDER BY a.path, s.seq_no
"""
RELATED = """
SELECT statement_id, name FROM statement_actors JOIN actors USING (actor_id)
WHERE relation = '{relation}' ORDER BY statement_id, name
"""
ACTORS = """
SELECT
    a.path, c.actor_id, c.kind, c.name, coalesce(o.country_code, c.country_code) AS country, o.org_type AS type,
    list(DISTINCT m.text ORDER BY m.text) AS aliases
FROM mentions AS m
JOIN articles AS a USING (article_id)
JOIN actors AS c ON c.actor_id = m.actor_id
LEFT JOIN organizations AS o ON o.organization_id = c.actor_id
WHERE m.mention_kind = 'name'
GROUP BY ALL ORDER BY a.path, c.name
"""
# The roles that each article states, without the roles that only other articles state for the same person.
ROLES = """
SELECT DISTINCT
    a.path, f.actor_id, f.role,
    coalesce(CASE WHEN f.organization_from = 'context' THEN f.place END, o.name, f.place, c.name) AS "at"
FROM affiliations AS f
JOIN (SELECT DISTINCT article_id, actor_id, profile_id FROM mentions) AS m
    ON m.actor_id = f.actor_id AND list_contains(f.profile_ids, m.profile_id)
JOIN articles AS a USING (article_id)
LEFT JOIN actors AS o ON o.actor_id = f.organization_id
LEFT JOIN actors AS c ON c.kind = 'country' AND c.country_code = f.country_code
ORDER BY a.path, f.actor_id, f.role, "at"
"""
SHARED_WORDS = 0.5  # overlap (Dice) from which two contents count as the same


def read_predictions(gold: list[dict], warehouse: Path) -> list[dict]:
    """Read one prediction per article from the warehouse; spans count from the start of its text."""
    from warehouse.files.connect import query

    related = {
        relation: _group(query(warehouse, RELATED.format(relation=relation)).iter_rows())
        for relation in ("addressee", "co_speaker")
    }
    rows = query(warehouse, ROLES).iter_rows()
    roles = _group(((path, actor), {"role": role, "at": at}) for path, actor, role, at in rows)
    lines: list[dict] = [{"article": g["article"], "statements": [], "actors": []} for g in gold]
    for row in query(warehouse, STATEMENTS).iter_rows(named=True):
        lines[_number(row)]["statements"].append(_statement(row, related))
    for row in query(warehouse, ACTORS).iter_rows(named=True):
        lines[_number(row)]["actors"].append(row | {"roles": roles[row["path"], row["actor_id"]]})
    return lines


def _group(pairs) -> dict[Any, list]:
    found = defaultdict(list)
    for key, value in pairs:
        found[key].append(value)
    return found


def _number(row: dict) -> int:
    return int(Path(row["path"]).stem)


def _statement(row: dict, related: dict[str, dict[str, list[str]]]) -> dict:
    speaker = [row["speaker"]] if row["speaker"] else []
    at = row["body_start"]
    return row | {
        "content": [[at + piece["start"], at + piece["end"]] for piece in row["content_spans"]],
        "speakers": speaker + related["co_speaker"][row["statement_id"]],
        "speaker_kind": row["speaker_kind"] or "none",
        "addressee": next(iter(related["addressee"][row["statement_id"]]), None),
    }


def print_calibration(gold: list[dict], predictions: list[dict], scorer: Path) -> None:
    """Print the share of statements with the right content and speaker, in bins of a tenth of their confidence.

    The last column also counts the statements that match an optional one.
    """
    judged = [
        row for g, p in zip(gold, predictions, strict=True) for row in judge(g, p, load_program(scorer))
    ]
    for tenth in range(10):
        everything = [row for row in judged if min(9, int(row[0] * 10)) == tenth]
        inside = [row for row in everything if not row[2]]
        if inside:
            share, mean = (100 * sum(row[k] for row in inside) / len(inside) for k in (1, 0))
            total = 100 * sum(right for _, right, _ in everything) / len(everything)
            print(
                f"confidence {mean:5.1f} %: {len(inside):5d} statements, {share:5.1f} % right; "
                f"with optional ones {len(everything):5d}, {total:5.1f} %"
            )


def match_statements(gold: dict, found: dict, score) -> dict[int, int]:
    """Map the index of each found statement to the index of its annotated match; required matches come first."""
    wanted = [score.tokens(gold["text"], s["content"]) for s in gold["statements"]]
    have = [score.tokens(gold["text"], s["content"]) for s in found["statements"]]
    _, match = score.pair(
        range(len(wanted)),
        range(len(have)),
        lambda i, j: score.dice(wanted[i], have[j]) + 0.05 * (not gold["statements"][i]["optional"]),
        SHARED_WORDS,
    )
    return match


def judge(gold: dict, found: dict, score) -> list[tuple[float, bool, bool]]:
    """Return for each statement its confidence, whether it is right, and whether it matches an optional statement."""
    match = match_statements(gold, found, score)
    judged = []
    for j, row in enumerate(found["statements"]):
        same = gold["statements"][match[j]] if j in match else None
        right = bool(same) and score.right_actor(same, row, gold["actors"], found["actors"])
        judged.append((row["confidence"], right, bool(same and same["optional"])))
    return judged


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("gold", type=Path)
    parser.add_argument("scorer", type=Path)
    parser.add_argument("--bootstrap", type=int, default=0, help="resamples for 95 %% intervals")
    parser.add_argument(
        "--by", action="store_true", help="also print scores by the first word of the article's name"
    )
    parser.add_argument("--calibration", action="store_true")
    parser.add_argument("--out", type=Path, help="write the predictions to this file")
    options = parser.parse_args()
    gold = read_gold(options.gold)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        predictions = read_predictions(gold, ingest(gold, folder))
        found = options.out or folder / "predictions.jsonl"
        found.parent.mkdir(parents=True, exist_ok=True)
        found.write_text("".join(json.dumps(line) + "\n" for line in predictions), encoding="utf-8")
        more = ["--bootstrap", str(options.bootstrap)] if options.bootstrap else []
        more += ["--by"] if options.by else []
        subprocess.run([sys.executable, options.scorer, options.gold, found, *more], check=True)
    if options.calibration:
        print_calibration(gold, predictions, options.scorer)


if __name__ == "__main__":
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    main()
