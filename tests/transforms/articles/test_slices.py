"""Cut the words of spans out of bodies."""

import polars as pl

from transforms.articles.slices import cut_spans

ARTICLES = pl.DataFrame({"article_id": ["a", "b"], "body": ["Ünd 🗞️ she said", "He told us"]})


def test_each_span_is_the_slice_of_its_body_and_none_is_null():
    spans = pl.DataFrame(
        [("a", 0, 3), ("b", 3, 7), ("a", 4, 6), ("b", None, None), ("a", 3, None)],
        {"article_id": pl.String, "start": pl.Int64, "end": pl.Int64},
        orient="row",
    )
    assert cut_spans(ARTICLES, spans) == ["Ünd", "told", "🗞️", None, None]
