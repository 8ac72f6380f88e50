"""Great Expectations' own pages on a run: every suite has one, and it says what each check is for."""

import re

import pytest

from tests.expectations.steps import judge
from tests.warehouse.samples import changed, sample_run
from warehouse.staging.next_version import open_next


@pytest.mark.slow
def test_the_pages_are_those_of_this_run_alone(tmp_path):
    folder = tmp_path / "report" / "data_docs"
    for run_id, word in (("20240503T080000-aaaa", "sung"), ("20240504T080000-bbbb", "published")):
        with open_next(tmp_path / "w.duckdb", run_id) as version:
            version.stage(changed(sample_run(run_id=run_id), "runs", 0, status=word))
            judge(version, data_docs=folder)
        pages = {
            page.stem: page.read_text(encoding="utf-8") for page in folder.rglob("validations/**/*.html")
        }
        assert {"articles", "statements", "actors", "checks"} <= pages.keys()
        assert "Expected: one of direct, indirect, mixed" in pages["facts"]
        assert run_id in pages["statements"]
        assert "statements.html" in (folder / "index.html").read_text(encoding="utf-8")
        status = re.search(r"Status:.*?(Succeeded|Failed)", pages["runs"], re.DOTALL)
        assert status[1] == ("Failed" if word == "sung" else "Succeeded")
    assert not list(folder.rglob("*aaaa*"))
