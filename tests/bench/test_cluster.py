"""Waiting workers return the tables that they computed before, with the id of the present run."""

import inspect

import polars as pl

from bench.cluster import WAITING
from flows.compute import analysis


def test_a_waiting_worker_computes_the_tables_of_a_batch_once(tmp_path, monkeypatch):
    given = []

    def find_tables(articles, *, run_id, **options):
        given.append(options)
        return {"articles": articles.with_columns(run_id=pl.lit(run_id))}

    options = dict.fromkeys(inspect.signature(analysis.find_tables).parameters)  # all that a run may pass
    del options["articles"], options["run_id"]
    monkeypatch.setattr(analysis, "find_tables", find_tables)
    monkeypatch.setitem(analysis.__dict__, "compute", find_tables)
    exec(WAITING.format(folder=str(tmp_path)), {})
    articles = pl.DataFrame({"article_id": ["a", "b"]})
    first, second = (
        analysis.find_tables(articles, run_id=run_id, **options)["articles"] for run_id in ("one", "two")
    )
    assert given == [options]
    assert first.equals(articles.with_columns(run_id=pl.lit("one")))
    assert second.equals(articles.with_columns(run_id=pl.lit("two")))
