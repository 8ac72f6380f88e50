"""The file of annotated articles, damaged or written by somebody hostile: each fault names the line."""

import copy
import json
import os

import pytest

from report.annotations import Annotations
from schema.annotation import AnnotationError

ONE = {
    "article": "a" * 32,
    "text": "The weir stays, Bo Hale said.",
    "actors": [
        {"name": "Bo Hale", "kind": "person", "type": None, "country": None, "aliases": ["Hale"], "roles": []}
    ],
    "statements": [
        {
            "content": [[0, 14]], "cue": [[24, 28]], "source": [[16, 23]], "speakers": ["Bo Hale"],
            "speaker_kind": "person", "resolution": "named", "role": "mayor", "organization": None, "country": None,
            "addressee": None, "is_negated": False, "cue_class": "neutral", "optional": None, "statement_id": None,
        }
    ],
    "is_finished": True,
    "corrections": [["speaker", "b" * 32, "none"]],
}  # fmt: skip
HOSTILE = [None, -1, 0.5, True, "", "x" * 400, "\ud800", "\0", [], [[]], {}, [None], ["\udfff"], 10**400,
           [["speaker", "b" * 32, "\ud800"]], [["add", "b" * 32, "content 5-1"]]]  # fmt: skip


def places(value, place=()):
    yield place
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in inside:
        yield from places(part, (*place, key))


@pytest.mark.parametrize("place", list(places(ONE))[1:], ids=lambda place: ".".join(map(str, place)))
def test_any_value_at_any_place_is_taken_or_refused_with_the_line(tmp_path, place):
    file = tmp_path / "a.jsonl"
    for value in HOSTILE:
        line = copy.deepcopy(ONE)
        inside = line
        for key in place[:-1]:
            inside = inside[key]
        inside[place[-1]] = value
        file.write_text(f"{json.dumps(ONE)}\n{json.dumps(line)}\n")
        try:
            read = Annotations(file).read()
        except AnnotationError as error:
            assert str(error).startswith(f"{file}, line 2: ")
        else:
            assert json.dumps(read, ensure_ascii=False).encode()


@pytest.mark.parametrize(
    "text", ['{"a":' * 100_000, '{"article":' + "9" * 6000 + "}", "\0", "\ufeff\ufeff{}", "[]"]
)
def test_a_line_that_is_no_annotation_is_named(tmp_path, text):
    (tmp_path / "a.jsonl").write_text(text, encoding="utf-8")
    with pytest.raises(AnnotationError, match=r"a\.jsonl, line 1: "):
        Annotations(tmp_path / "a.jsonl").read()


def test_a_pipe_in_place_of_the_file_does_not_block(tmp_path):
    os.mkfifo(tmp_path / "a.jsonl")
    with pytest.raises(AnnotationError, match="it is not a file"):
        Annotations(tmp_path / "a.jsonl").read()
