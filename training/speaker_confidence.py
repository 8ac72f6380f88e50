"""Fits `speaker_confidence`: `python -m training.speaker_confidence WHO MENTIONS`.

WHO and MENTIONS have the form that `training.references` describes. A ranker is trained on the articles that the tagger
was trained on and then resolves the held-out articles (see `training.who`). Each statement found there is judged by two
questions: does its content share half of its letters with an annotated content, and is its actor that statement's
speaker? Statements that match an optional one do not count. Writes `models/confidence.npz` and prints the share of
right speakers by probability, cross-validated over the articles.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

import models
from training.calibrate import fit, print_bins
from training.references import (
    SHARED,
    Truth,
    letters,
    read_lines,
    read_samples,
    train_in_rounds,
    truth_of_speaker,
    truths_of_mentions,
    truths_of_speakers,
    with_annotated_names,
)
from training.who import is_held_out
from transforms.extract import read_articles
from transforms.extract.unwrap import unwrap
from transforms.resolve.article import resolve_article
from transforms.resolve.mentions import pointers_by_article, spans_by_article, statements_by_article
from transforms.resolve.ranker import Network
from transforms.resolve.sources import source_type
from transforms.resolve.speakers import Attribution, Speaker
from transforms.statements.certainty import FEATURES, describe_certainty

FOLDS = 10


def judge(articles: Sequence[dict[str, Any]], ranker: Network) -> pl.DataFrame:
    """One row per statement found: the inputs of `describe_certainty`, `article`, and whether it is right.

    `words` says whether the content is right, `speaker` whether the speaker is right as well.
    """
    read = read_articles(pl.DataFrame([{"article_id": a["article"], "body": a["text"]} for a in articles]))
    spans, found = spans_by_article(read.names), statements_by_article(read.statements)
    pointers = pointers_by_article(read.pointers)
    sure = {(a, n): c for a, n, c in read.statements.select("article_id", "seq_no", "confidence").iter_rows()}
    rows = []
    for article in articles:
        key = article["article"]
        attributions = [attribution for _, attribution in found[key]]
        resolved = resolve_article(
            key, unwrap(article["text"]), spans[key], attributions, pointers=pointers.get(key), ranker=ranker
        )
        for (number, attribution), speaker in zip(found[key], resolved.speakers, strict=True):
            same = _statement_of(article, attribution)
            if same is None or not same["optional"]:
                rows.append(_row(article, attribution, speaker, same) | {"confidence": sure[key, number]})
    return pl.DataFrame(rows)


def _statement_of(article: dict[str, Any], attribution: Attribution) -> dict[str, Any] | None:
    """The annotated statement with the largest overlap with a found one, or None if no overlap reaches SHARED."""
    mine = letters(attribution.contents)
    shares = [(2 * len(mine & (w := letters(s["content"]))) / (len(mine) + len(w)), not s["optional"], n)
              for n, s in enumerate(article["statements"])]  # fmt: skip
    share, _, best = max(shares, default=(0.0, False, 0))
    return article["statements"][best] if share >= SHARED else None


def _row(
    article: dict[str, Any], attribution: Attribution, speaker: Speaker, same: dict[str, Any] | None
) -> dict[str, Any]:
    truth = truth_of_speaker(article, same) if same else None
    return {
        "article": article["article"],
        "words": same is not None,
        "speaker": same is not None and _is_right(speaker, truth),
        "source_start": attribution.source and attribution.source[0],
        "cue_start": attribution.cue and attribution.cue[0],
        "likelihood": speaker.likelihood,
        "speaker_resolution": speaker.resolution,
        "source_type": source_type(speaker.actor),
    }


def _is_right(speaker: Speaker, truth: Truth | None) -> bool:
    actor = speaker.actor
    if truth is None:
        return actor is None or actor.kind == "unnamed" or (actor.kind == "group" and not actor.is_full)
    return actor is not None and truth(actor)


def fit_speaker(rows: pl.DataFrame) -> np.ndarray:
    """Fits one weight per feature."""
    return fit(describe_certainty(rows), rows["speaker"].to_numpy().astype(float), np.ones(len(rows)))


def print_held_out(rows: pl.DataFrame) -> None:
    """Cross-validates the weights over the articles and prints the share of right speakers in bins."""
    fold = rows["article"].hash(seed=0) % FOLDS
    parts = [rows.filter(fold == n) for n in range(FOLDS)]
    sure = [
        1 / (1 + np.exp(-describe_certainty(parts[n]) @ fit_speaker(rows.filter(fold != n))))
        for n in range(FOLDS)
    ]
    print_bins(np.concatenate(sure), pl.concat(parts)["speaker"].to_numpy())


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("who", type=Path)
    parser.add_argument("mentions", type=Path)
    parser.add_argument("--out", type=Path, default=Path(models.__file__).with_name("confidence.npz"))
    options = parser.parse_args()
    articles = read_lines(options.who)
    learnt = [a for a in articles if not is_held_out(a)]
    found = read_samples(learnt, truths_of_speakers)
    mentions = read_samples(read_lines(options.mentions), truths_of_mentions)
    ranker = train_in_rounds([*found, *mentions, *with_annotated_names(learnt, found)])
    rows = judge([a for a in articles if is_held_out(a)], ranker)
    right = rows.filter("words")
    whole = right.filter("speaker")
    print(f"{len(right)} of {len(rows)} statements are right, {len(whole)} of them with their speaker")
    print_held_out(right)
    np.savez_compressed(options.out, features=np.array(FEATURES), weights=fit_speaker(right))


if __name__ == "__main__":
    main()
