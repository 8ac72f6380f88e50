"""Whole articles through all steps, compared with what a human reader finds in them.

A case is a folder `golden/<case>/` with `article.txt` (or `file`, a sample article) and `expected.json`:
the article's fields and its statements, each with the pieces of its content, source, cue, kind, speaker
(the actor's name; null if the speaker cannot be named), the speaker's kind and role, and the names of the actors who
are `related` to it: co_speaker, on_behalf_of, addressee, mentioned. A statement
marked `"required": false` is a hard one: missing it shows up as an expected failure, and giving it a
wrong speaker fails. `never` lists quoted words that must not become a statement.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections import Counter, defaultdict
from functools import cache
from pathlib import Path

import polars as pl
import pytest

from tests.steps import Way, build_from_files, find_broken_slices
from transforms.extract import EXTRACTOR_VERSION

GOLDEN = Path(__file__).parent / "golden"
SAMPLES = GOLDEN.parents[1] / "seeds" / "articles"
CASES = sorted(folder.name for folder in GOLDEN.iterdir() if folder.is_dir())
EXPECTED = {case: json.loads((GOLDEN / case / "expected.json").read_text("utf-8")) for case in CASES}
STATEMENTS = [
    pytest.param(
        case,
        statement,
        id=f"{case}-{number}",
        marks=()
        if statement.get("required", True)
        else pytest.mark.xfail(reason=statement["note"], strict=True),
    )
    for case in CASES
    for number, statement in enumerate(EXPECTED[case]["statements"], 1)
]
SAME_WORDS = 0.8  # of the words of two contents, so that "to go home" and "go home" are the same statement
SHARED_WORDS = 0.5

# The extractor, and a hash of what it finds in all cases.
RESULTS = ("tagger-6.1", "c7badb7bf55edb68")


@pytest.fixture(scope="module")
def way() -> Way:
    return build_from_files({case: _path(case).read_bytes() for case in CASES})


@pytest.mark.parametrize("case", CASES)
def test_article_fields_are_read(way: Way, case: str):
    article = _article(way, case)
    expected = EXPECTED[case]["article"]
    assert {name: None if article[name] is None else str(article[name]) for name in expected} == expected


@pytest.mark.parametrize("case", CASES)
def test_expected_words_occur_in_the_body(way: Way, case: str):
    body = _article(way, case)["body"].replace("\r\n", "\n")
    for statement in EXPECTED[case]["statements"]:
        for words in [*statement["content"], statement["source"], statement["cue"]]:
            assert words in body


@pytest.mark.parametrize(("case", "expected"), STATEMENTS)
def test_statement_is_found_with_speaker_kind_and_cue(way: Way, case: str, expected: dict):
    found = _best_match(_statements(way, case), expected)
    assert found is not None, f"not found: {expected['content']}"
    assert _overlap(_content(found["content"]), _content(*expected["content"])) >= SAME_WORDS, found[
        "content"
    ]
    assert found["kind"] == expected["kind"]
    assert _shares_a_word(found["cue"], expected["cue"]), found["cue"]
    assert _shares_a_word(found["source"] or "", expected["source"]), found["source"]
    assert _speaker(found) == _name(expected["speaker"]), found["source"]
    if expected["speaker_kind"]:
        assert found["speaker_kind"] == expected["speaker_kind"]
    if "role" in expected:
        assert found["role"] == expected["role"]
    for relation, names in expected.get("related", {}).items():
        assert set(map(_name, names)) <= found["related"].get(relation, set())


@pytest.mark.parametrize("case", CASES)
def test_no_statement_has_a_wrong_speaker(way: Way, case: str):
    for found in _statements(way, case):
        expected = _best_match(EXPECTED[case]["statements"], found)
        if expected is not None and expected.get("required", True):
            assert _speaker(found) in (None, _name(expected["speaker"])), (found["content"], found["source"])


@pytest.mark.parametrize("case", [case for case in CASES if "never" in EXPECTED[case]])
def test_titles_and_scare_quotes_are_not_statements(way: Way, case: str):
    contents = {_text(_content(found["content"])) for found in _statements(way, case)}
    assert contents.isdisjoint(_text(_content(words)) for words in EXPECTED[case]["never"])


def test_other_results_need_another_extractor_version(way: Way):
    """CONTRIBUTING.md says when to raise the number of the rules, and when only to write the new hash above."""
    columns = ("kind", "content", "cue", "source", "speaker_resolution", "speaker", "speaker_kind", "role")
    found = [
        [
            case,
            *(row[name] for name in columns),
            {key: sorted(map(str, names)) for key, names in row["related"].items()},
        ]
        for case in CASES
        for row in _statements(way, case)
    ]
    digest = hashlib.sha256(json.dumps(found, sort_keys=True).encode()).hexdigest()[:16]
    assert (EXTRACTOR_VERSION, digest) == RESULTS


def test_every_text_equals_its_slice(way: Way):
    statements, mentions = way.tables["statements"], way.tables["mentions"]
    for rows, text, start, end in [
        (statements, "cue", "cue_start", "cue_end"),
        (statements, "source", "source_start", "source_end"),
        (mentions, "text", "start", "end"),
    ]:
        assert find_broken_slices(rows, way.articles, text, start, end).is_empty()
    assert _content_of_spans(statements, way.articles).equals(statements["content"])


def test_shared_sample_gives_its_expected_statements():
    shared = Path(os.environ.get("ONRECORD_SHARED", Path(__file__).parents[2] / "shared")) / "articles"
    sample = shared / "2019-06-03-sputnik-5g.txt"
    if not sample.exists():
        pytest.skip(f"no sample article at {sample}")
    way = build_from_files({"sputnik": sample.read_bytes()})
    expected = json.loads(sample.with_suffix(".expected.json").read_text("utf-8"))
    for statement in expected["statements"]:
        test_statement_is_found_with_speaker_kind_and_cue(way, "sputnik", statement)
    assert {_speaker(found) for found in _statements(way, "sputnik")} <= {
        None,
        *(_name(statement["speaker"]) for statement in expected["statements"]),
    }


def _path(case: str) -> Path:
    sample = EXPECTED[case].get("file")
    return SAMPLES / sample if sample else GOLDEN / case / "article.txt"


def _article(way: Way, case: str) -> dict:
    found = way.links.filter(path=case).join(way.articles, on="article_id")
    assert found.height == 1, f"{case}: {found.height} articles"
    return found.row(0, named=True)


def _statements(way: Way, case: str) -> list[dict]:
    """Return the statements of one case with `speaker` and `speaker_kind` of their actors, and `related` names."""
    tables = way.tables
    actors = tables["actors"].select("actor_id", speaker="name", speaker_kind="kind")
    found = (
        tables["statements"]
        .filter(article_id=_article(way, case)["article_id"])
        .join(actors, on="actor_id", how="left")
        .sort("seq_no")
        .to_dicts()
    )
    related: dict[str, dict[str, set[str | None]]] = defaultdict(lambda: defaultdict(set))
    relations = tables["statement_actors"].join(actors, on="actor_id")
    for statement_id, relation, name in relations.select("statement_id", "relation", "speaker").iter_rows():
        related[statement_id][relation].add(_name(name))
    return [statement | {"related": related[statement["statement_id"]]} for statement in found]


def _content_of_spans(statements: pl.DataFrame, articles: pl.DataFrame) -> pl.Series:
    """Return the words in the body at the spans of each content."""
    bodies = dict(articles.select("article_id", "body").iter_rows())
    rows = statements.select("article_id", "content_spans").iter_rows()
    texts = [" ".join(bodies[key][span["start"] : span["end"]] for span in spans) for key, spans in rows]
    return pl.Series("content", texts, pl.String)


def _best_match(statements: list[dict], wanted: dict) -> dict | None:
    """Return the statement whose content has most words in common with the wanted content, if there are enough."""
    words = _content_words(wanted)
    scored = [(_overlap(_content_words(statement), words), statement) for statement in statements]
    best, statement = max(scored, key=lambda pair: pair[0], default=(0.0, None))
    return statement if best >= SHARED_WORDS else None


def _content_words(statement: dict) -> tuple[str, ...]:
    """Works for a found statement, whose content is one text, and for an expected one, with a list of pieces."""
    content = statement["content"]
    return _content(content) if isinstance(content, str) else _content(*content)


def _content(*pieces: str) -> tuple[str, ...]:
    return tuple(word for piece in pieces for word in _words(piece))


@cache
def _words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+(?:['’-][^\W_]+)*", text.casefold())


def _text(words: tuple[str, ...]) -> str:
    return " ".join(words)


def _overlap(one: tuple[str, ...], other: tuple[str, ...]) -> float:
    """Twice the shared words divided by all words (Dice): 1.0 for the same words, 0.0 for none in common."""
    shared = (Counter(one) & Counter(other)).total()
    return 2 * shared / max(len(one) + len(other), 1)


def _shares_a_word(one: str, other: str) -> bool:
    """Whether two texts share a word; also true if neither text has any word (a colon, an empty text)."""
    ones, others = set(_words(one)), set(_words(other))
    return bool(ones & others) or not (ones or others)


def _speaker(found: dict) -> str | None:
    """Return the actor's name; an actor without a name ("a senior official", "residents") counts as nobody."""
    return None if found["speaker_kind"] in (None, "unnamed", "group") else _name(found["speaker"])


def _name(name: str | None) -> str | None:
    return None if name is None else " ".join(name.casefold().split()).removeprefix("the ")
