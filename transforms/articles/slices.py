"""Cut spans out of bodies without copying the body for each span: a long text may have thousands of spans."""

from __future__ import annotations

import polars as pl


def cut_spans(articles: pl.DataFrame, spans: pl.DataFrame) -> list[str | None]:
    """Return the text of each span, in order; null if a span has no start or no end.

    `articles` has `article_id` and `body`; the columns of `spans` are `article_id`, start and end, in this order.
    """
    bodies = dict(articles.select("article_id", "body").iter_rows())
    return [
        None if start is None or end is None else bodies[article_id][start:end]
        for article_id, start, end in spans.iter_rows()
    ]
