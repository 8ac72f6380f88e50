"""In the next run, an annotation overrides the model; if the annotation is deleted, its effect disappears."""

import json

import pytest
from typer.testing import CliRunner

from flows.cli import app
from flows.correct import add_line
from flows.settings import Settings
from report.annotations import Annotations
from tests.flows.runs import ingest
from transforms.identify.corrections import CorrectionError
from warehouse.files.connect import query

TEXT = (
    "ARVEL (Norvia Wire) - The mill was sold on Monday, Mayor Ada Roe said. Deputy Mayor Bo Venn was there. "
    "“We had no choice,” Roe told reporters. Venn said that the price was too low."
)
SAID = """
    SELECT s.statement_id, s.content, a.name FROM statements AS s LEFT JOIN actors AS a USING (actor_id)
    WHERE s.correction IS DISTINCT FROM 'deleted' ORDER BY s.seq_no"""


@pytest.mark.slow
def test_an_annotation_wins_over_the_model_from_the_next_run_on(tmp_path):
    for folder in ("in", "data"):
        (tmp_path / folder).mkdir()
    (tmp_path / "in" / "a.txt").write_text(TEXT, encoding="utf-8")
    settings = Settings(warehouse=tmp_path / "data" / "w.duckdb", processes=1)
    paths = [str(tmp_path / "in")]
    assert ingest(paths, settings).status == "published"
    before = query(settings.warehouse, SAID).rows()
    first, second, third = before
    [(article_id, body)] = query(settings.warehouse, "SELECT article_id, body FROM articles").rows()
    venn = query(settings.warehouse, "SELECT actor_id FROM actors WHERE name = 'Bo Venn'").item()
    start = body.index("the price")
    lines = [
        ["delete", first[0], ""],
        ["speaker", second[0], venn],
        ["content", third[0], "the price was too low"],
    ]
    added, there = body.index("“We had"), body.index("Bo Venn")
    lines += [
        ["add", article_id, f"content {added + 1}-{added + 7}; speaker {venn}"],
        ["add", article_id, f"content {there + 8}-{there + 17}; source {there}-{there + 7}"],
    ]
    annotations = Annotations(settings.annotations_file)
    annotations.save(
        {"article": article_id, "text": body, "actors": [{"name": "Bo Venn", "kind": "person", "type": None,
         "country": None, "aliases": [], "roles": []}], "is_finished": True, "corrections": lines,
         "statements": [{"content": [[start, start + 21]], "cue": None, "source": None, "speakers": ["Bo Venn"],
         "speaker_kind": "person", "resolution": "none", "role": None, "organization": None, "country": None,
         "addressee": None, "is_negated": False, "cue_class": "neutral", "optional": None}]}
    )  # fmt: skip
    outcome = ingest(paths, settings)
    assert outcome.status == "published"
    assert outcome.corrections["outcome"].to_list() == ["applied"] * 5
    assert outcome.corrections["note"].unique().to_list() == [f"annotated article {article_id}"]
    rows = query(settings.warehouse, SAID).rows()
    assert {name for _, _, name in rows} == {"Bo Venn"}
    assert {content for _, content, _ in rows} == {second[1], "the price was too low", "We had", "was there"}
    afresh = settings.model_copy(update={"warehouse": tmp_path / "data" / "afresh.duckdb"})
    assert ingest(paths, afresh).status == "published"
    assert query(afresh.warehouse, SAID).rows() == rows
    with pytest.raises(CorrectionError, match=f"onrecord annotate {article_id}"):
        add_line(settings, ["speaker", second[0], "Ada Roe", ""])
    assert ingest(paths, settings).status == "nothing_new"
    merge = f"action,actor,value\nmerge,{venn},Ada Roe\n"
    (settings.folder / "corrections.csv").write_text(merge, encoding="utf-8")
    ingest(paths, settings)
    assert {name for _, _, name in query(settings.warehouse, SAID).rows()} == {"Ada Roe"}
    (settings.folder / "corrections.csv").unlink()
    annotations.save(annotations.read()[0] | {"corrections": [["speaker", first[0], "none"]]})
    assert ingest(paths, settings).corrections["outcome"].to_list() == ["applied"]
    assert query(settings.warehouse, SAID).rows() == [(*first[:2], None), second, third]
    assert annotations.remove(article_id)
    ingest(paths, settings)
    assert query(settings.warehouse, SAID).rows() == before


def run(settings, *options):
    done = CliRunner().invoke(app, ["annotate", *options, "--warehouse", str(settings.warehouse)])
    return done.exit_code, " ".join(done.output.split())


def test_the_command_lists_and_exports_what_is_finished(tmp_path):
    settings = Settings(warehouse=tmp_path / "w.duckdb")
    line = {"article": "f" * 32, "text": "The mill.\nIt was sold.", "actors": [], "statements": []}
    assert run(settings) == run(settings, "--list", "x") and run(settings)[0] == 2
    code, said = run(settings, "--list")
    assert code == 0 and "has no annotated article" in said
    assert run(settings, "--export", str(tmp_path / "gold.jsonl"))[0] == 2
    for article, is_finished in (("f" * 32, True), ("e" * 32, False)):
        Annotations(settings.annotations_file).save(line | {"article": article, "is_finished": is_finished})
    assert "ffffffffffff finished 0 statements, 0 corrections The mill." in run(settings, "--list")[1]
    code, said = run(settings, "--export", str(tmp_path / "gold.jsonl"))
    assert code == 0 and "1 article, 0 statements; 1 unfinished article left out" in said
    assert json.loads((tmp_path / "gold.jsonl").read_text(encoding="utf-8")) == line
    settings.annotations_file.write_text("{", encoding="utf-8")
    code, said = run(settings, "--list")
    assert code == 2 and "annotations.jsonl, line 1: not JSON" in said and "Traceback" not in said
