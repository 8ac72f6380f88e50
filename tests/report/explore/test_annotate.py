"""Annotate an article: the form, the file, what benchmarks read from it, and what is refused."""

import json
import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlencode

import pytest
from fastapi.testclient import TestClient

from report.annotations import Annotations, finished, write_lines
from report.explore.annotation_form import locate
from report.explore.app import Explorer, build_app
from report.explore.queries import KEPT
from schema.annotation import AnnotationError, check_annotation, read_addition, to_benchmark
from tests.report.hostile import publish_hostile
from warehouse.files.connect import query
from warehouse.query.live import Live

SHARED = (
    Path(os.environ.get("ONRECORD_SHARED", Path(__file__).resolve().parents[4] / "shared")) / "bench" / "who"
)
ONE = "SELECT article_id FROM statements GROUP BY ALL ORDER BY count(*) > 6 DESC, count(*), 1 LIMIT 1"


class Form(HTMLParser):
    """The fields of the form as a browser sends them."""

    def __init__(self, page):
        super().__init__()
        self.fields, self._name, self._is_new = {}, None, False
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        self._is_new = self._is_new or tag == "template"
        name = values.get("name")
        if self._is_new:
            return
        if (
            tag == "input"
            and name
            and (values.get("type") not in ("radio", "checkbox") or "checked" in values)
        ):
            self.fields[name] = values.get("value", "")
        elif tag in ("textarea", "select"):
            self._name = name
            self.fields[name] = ""
        elif tag == "option" and self._name and "selected" in values:
            self.fields[self._name] = values["value"]

    def handle_endtag(self, tag):
        self._name = None if tag in ("textarea", "select") else self._name
        self._is_new = self._is_new and tag != "template"

    def handle_data(self, data):
        if self._name and self._name.endswith((".content", ".cue", ".source", ".roles")):
            self.fields[self._name] += data


class Site:
    def __init__(self, live, folder):
        self.annotations = Annotations(folder / "annotations.jsonl")
        self.explorer = Explorer(live, lambda cells: live.path, None, self.annotations)
        self.client = TestClient(build_app(self.explorer))
        self.article_id = query(live.path, ONE).item()

    def form(self):
        return Form(self.client.get(f"/annotate/{self.article_id}").text).fields

    def send(self, form, **more):
        return self.client.post(
            "/annotate", content=urlencode(form | {"action": "save"} | more), follow_redirects=False
        )


@pytest.fixture(scope="module")
def live(sample):
    return Live(sample, kept=KEPT)


@pytest.fixture
def site(live, tmp_path):
    return Site(live, tmp_path)


def confirm(form):
    return {name: "right" if name.endswith(".verdict") else value for name, value in form.items()} | {
        "is_finished": "1"
    }


def test_what_is_confirmed_is_saved_shown_again_and_a_benchmark(site, tmp_path):
    form = confirm(site.form())
    assert site.send(form).status_code == 200
    [saved] = site.annotations.read()
    assert saved["is_finished"] and saved["corrections"] == []
    assert len(saved["statements"]) > 6 and all(row["statement_id"] for row in saved["statements"])
    assert site.form() == form
    [gold] = finished([saved])
    assert set(gold) == {"article", "text", "actors", "statements"}
    assert "statement_id" not in gold["statements"][0] and "actor_id" not in gold["actors"][0]
    write_lines(tmp_path / "gold.jsonl", [gold])
    assert json.loads((tmp_path / "gold.jsonl").read_text(encoding="utf-8")) == gold
    assert site.send(form, action="delete").status_code == 200
    assert site.annotations.read() == [] and site.form() != form


@pytest.mark.skipif(not SHARED.exists(), reason="no annotated articles")
def test_the_file_has_the_form_of_the_benchmark(site, tmp_path):
    lines = (SHARED / "train.jsonl").read_text(encoding="utf-8").splitlines()
    articles = [json.loads(line) for line in lines]
    assert [to_benchmark(check_annotation(article)) for article in articles] == articles
    site.send(confirm(site.form()))
    gold = tmp_path / "gold.jsonl"
    write_lines(gold, finished(site.annotations.read()))
    scored = subprocess.run(
        [sys.executable, SHARED / "score_who.py", gold, gold], capture_output=True, text=True, check=True
    ).stdout
    for name in ("found", "actor", "exact", "actors", "clean"):
        assert re.search(rf"^{name} +100\.0 +100\.0 +100\.0 ", scored, re.MULTILINE), scored


def test_what_differs_becomes_corrections_and_the_rest_data(site):
    form = confirm(site.form())
    body = query(
        site.explorer.live.path, f"SELECT body FROM articles WHERE article_id = '{site.article_id}'"
    ).item()
    numbers = sorted({int(name[1:].partition(".")[0]) for name in form if name.startswith("s")})
    actors = {
        value: form[f"{name[:-5]}.id"] for name, value in form.items() if re.fullmatch(r"a\d+\.name", name)
    }
    wrong, cut, other = numbers[:3]
    words = form[f"s{cut}.content"].split()
    form[f"s{wrong}.verdict"] = "wrong"
    form[f"s{cut}.content"] = " ".join(words[:-1])
    spoken = form[f"s{other}.speakers"]
    speaker = next(name for name in actors if name != spoken)
    form[f"s{other}.speakers"] = speaker.upper()
    new = {
        name.replace(f"s{other}.", "s99."): value
        for name, value in form.items()
        if name.startswith(f"s{other}.")
    }
    form |= new | {
        "s99.id": "f" * 32,
        "s99.content": "“ " + " ".join(body.split()[:4]),
        "s99.content_at": "7-2 x",
    }
    assert site.send(form).status_code == 400 and site.annotations.read() == []
    form["s99.content"] = "  ".join(body.split()[:4])
    answer = site.send(form)
    assert answer.status_code == 200 and "<code>add " in answer.text
    [saved] = site.annotations.read()
    ids = {no: form[f"s{no}.id"] for no in (wrong, cut, other)}
    deleted, (action, article_id, value), *others = saved["corrections"]
    assert [deleted, *others] == [
        ["delete", ids[wrong], ""],
        ["content", ids[cut], " ".join(words[:-1])],
        ["speaker", ids[other], actors[speaker]],
    ]
    added = saved["statements"][0]
    assert (action, article_id) == ("add", site.article_id)
    assert read_addition(value).content == [tuple(span) for span in added["content"]]
    assert read_addition(value).speaker == actors[speaker]
    assert added["content"][0][0] == 0 and added["statement_id"] is None
    again = site.form()
    assert site.send(again).status_code == 200
    assert site.annotations.read() == [saved]


UNFIT = [
    {"s1.speakers": "Nobody Known"},
    {"s1.content": "words that are nowhere in it"},
    {"s1.cue": "words that are nowhere in it"},
    {"s1.country": "Norvia"},
    {"s1.cue_class": "loud"},
    {"s1.resolution": "<b>"},
    {"s1.optional": "perhaps"},
    {"s1.role": "r" * 301},
    {"s1.verdict": "open"},
    {"a1.kind": "nobody"},
    {"a1.country": "USA"},
    {"a1.roles": " @ Arvel"},
    {"a700.name": "Twice", "a700.kind": "person", "a701.name": "Twice", "a701.kind": "group"},
    {f"a{no}.name": f"Actor {no}" for no in range(1000, 1501)},
]


def test_annotations_saved_at_once_are_all_kept(tmp_path):
    """Each explorer has its own `Annotations`, as a second process has."""
    path = tmp_path / "annotations.jsonl"

    def save(number):
        for part in range(5):
            Annotations(path).save(
                {"article": f"{number}-{part}", "text": "x", "actors": [], "statements": []}
            )

    with ThreadPoolExecutor(6) as explorers:
        list(explorers.map(save, range(6)))
    assert len(Annotations(path).read()) == 30


def test_an_invalid_annotation_form_is_shown_again_and_not_saved(site):
    form = confirm(site.form())
    for change in UNFIT:
        answer = site.send(form | change)
        assert answer.status_code == 400 and "Nothing was saved" in answer.text, change
        assert "<b>" not in answer.text.replace("<b>Nothing was saved.</b>", ""), change
    assert not site.annotations.path.exists()


def test_only_a_page_of_ours_writes(site, sample, tmp_path):
    form = confirm(site.form())
    assert site.send(form | {"token": "wrong"}).status_code == 403
    assert site.send(form | {"article": "f" * 32}).status_code == 404
    assert site.send(form | {"s1.content": "x" * 4_000_000}).status_code == 413
    assert site.send(form | {f"x{no}": "1" for no in range(20_001)}).status_code == 413
    assert not site.annotations.path.exists()
    locked = TestClient(build_app(Explorer(Live(sample), None, None, site.annotations)))
    assert locked.get(f"/annotate/{site.article_id}").status_code == 403
    assert locked.get("/annotate/' OR 1=1 --").status_code == 403
    assert site.client.get("/annotate/' OR 1=1 --").status_code == 404


def test_what_an_article_writes_is_text_in_the_form(tmp_path):
    site = Site(Live(publish_hostile(tmp_path)), tmp_path)
    article_id = query(
        tmp_path / "w.duckdb", "SELECT article_id FROM articles WHERE body LIKE '<script>%'"
    ).item()
    page = site.client.get(f"/annotate/{article_id}").text
    assert "alert(1)" in page and "<script>alert" not in page and "<img src=x" not in page
    assert page.count("<script") == 2
    form = Form(page).fields | {"a90.name": "<i>\u202e", "a90.kind": "person", "a90.aliases": '"><i>'}
    answer = site.send({name: value for name, value in form.items() if not name.startswith("s")})
    assert answer.status_code == 200 and "<i>" not in answer.text
    assert "<i>" not in site.client.get("/annotate").text


@pytest.mark.parametrize(
    "change, why",
    [({"statements": None}, "statements: must be a list"), ({"text": ""}, "text"), ({"actors": [{}]}, "actor"),
     ({"corrections": [["merge", "f" * 32, "x"]]}, "the action must be one of"),
     ({"corrections": [["speaker", "'; DROP", "x"]]}, "not a valid id")],
    ids=str,
)  # fmt: skip
def test_a_line_of_the_file_that_cannot_be_one_is_named(tmp_path, change, why):
    line = {"article": "a", "text": "Words.", "actors": [], "statements": []}
    file = tmp_path / "annotations.jsonl"
    write_lines(file, [line, line | change])
    with pytest.raises(AnnotationError, match=f"annotations.jsonl, line 2: .*{why}"):
        Annotations(file).read()
    file.write_bytes(b'{"a": 1}\n\xff')
    with pytest.raises(AnnotationError, match="is not UTF-8"):
        Annotations(file).read()


def test_words_are_found_at_the_nearest_place():
    body = "He said “no” and\n then “no” again. 😀 “no”"
    assert locate(body, '"no"', "", 30) == [[23, 27]]
    assert locate(body, '"no"', "37-41", 0) == [[37, 41]]
    assert locate(body, "and then | 😀", "9-1", 0) == [[13, 22], [35, 36]]
    assert locate(body, "yes", "", 0) is None and locate(body, " | ", "", 0) is None
    assert locate(body, "", "0-2", 0) is None
