"""Fit `confidence` and `speaker_confidence`: `python -m training.speaker_confidence WHO MENTIONS [--unseen MORE]`.

WHO and MENTIONS have the form that `training.references` describes. MORE has the form of WHO, and the tagger was
trained on none of its articles. The statements found in MORE and in the held-out articles of WHO (see `training.who`)
are compared with the annotation; their references are resolved in folds, each by a ranker trained on all other folds.
The words of a statement are right if they share half of their letters with an annotated statement (matched one to one).
Its speaker is right if it is the speaker of that annotated statement. Statements that match an optional one only help
to decide whether a row is published. Writes `models/confidence.npz` and prints the share of right rows by confidence,
cross-validated over the articles.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np
import polars as pl

import models
from training.calibrate import fit, print_bins
from training.references import (
    SHARED,
    Truth,
    join,
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
from transforms.resolve.mentions import (
    names_by_article,
    pointers_by_article,
    statements_by_article,
)
from transforms.resolve.model import Attribution, Speaker
from transforms.resolve.ranker import Network
from transforms.resolve.sources import source_type
from transforms.statements.certainty import SPEAKER, UNCHANGED, WORDS, describe, is_likely
from transforms.statements.cues import describe_cues

FOLDS = 5


def judge(articles: Sequence[dict[str, Any]], rankers: Sequence[Network]) -> pl.DataFrame:
    """Return one row per statement found: the inputs of `WORDS` and `SPEAKER`, its `fold`, and whether it is right.

    `words` says whether the content is right, `speaker` whether the speaker is, `is_optional` whether it matches an
    optional statement. Each article is resolved with the ranker of its fold.
    """
    texts = pl.DataFrame([{"article_id": a["article"], "body": a["text"]} for a in articles])
    read = read_articles(texts)
    (spans, scores), found = names_by_article(read.names), statements_by_article(read.statements)
    pointers = pointers_by_article(read.pointers)
    rows = []
    for article in articles:
        key, fold = article["article"], fold_of(article)
        attributions = [attribution for _, attribution in found[key]]
        resolved = resolve_article(
            key,
            unwrap(article["text"]),
            spans[key],
            attributions,
            pointers=pointers.get(key),
            scores=scores.get(key),
            ranker=rankers[fold],
        )
        same = match(article, attributions)
        for k, ((number, _), speaker) in enumerate(zip(found[key], resolved.speakers, strict=True)):
            place = {"article_id": key, "seq_no": number, "fold": fold}
            rows.append(place | _describe(article, speaker, same.get(k)))
    judged = pl.DataFrame(rows, schema_overrides={"seq_no": pl.Int32})
    on = ["article_id", "seq_no"]
    return read.statements.join(describe_cues(read.statements, texts), on=on).join(judged, on=on)


def fold_of(article: dict[str, Any]) -> int:
    return crc32(article["text"].encode()) % FOLDS


def match(article: dict[str, Any], attributions: Sequence[Attribution]) -> dict[int, dict[str, Any]]:
    """Map the index of each statement found to the annotated statement with the largest overlap, one to one."""
    wanted = [letters(s["content"]) for s in article["statements"]]
    options = []
    for k, attribution in enumerate(attributions):
        mine = letters(attribution.contents)
        for n, own in enumerate(wanted):
            share = 2 * len(mine & own) / (len(mine) + len(own))
            if share >= SHARED:
                options.append((share, not article["statements"][n]["optional"], -k, n))
    same: dict[int, dict[str, Any]] = {}
    taken = set()
    for *_, k, n in sorted(options, reverse=True):
        if -k not in same and n not in taken:
            same[-k] = article["statements"][n]
            taken.add(n)
    return same


def _describe(article: dict[str, Any], speaker: Speaker, same: dict[str, Any] | None) -> dict[str, Any]:
    truth = truth_of_speaker(article, same) if same else None
    return {
        "is_optional": bool(same and same["optional"]),
        "words": same is not None,
        "speaker": same is not None and _is_right(speaker, truth),
        "likelihood": speaker.likelihood,
        "source_form": speaker.form,
        "speaker_resolution": speaker.resolution,
        "source_type": source_type(speaker.actor),
    }


def _is_right(speaker: Speaker, truth: Truth | None) -> bool:
    actor = speaker.actor
    if truth is None:
        return actor is None or actor.kind == "unnamed" or (actor.kind == "group" and not actor.is_full)
    return actor is not None and truth(actor)


def fit_words(rows: pl.DataFrame) -> np.ndarray:
    """Fit one weight per feature of `WORDS`."""
    return _fit(rows, WORDS, "words")


def fit_speaker(rows: pl.DataFrame) -> np.ndarray:
    """Fit one weight per feature of `SPEAKER`, on statements whose words are right."""
    return _fit(rows.filter("words"), SPEAKER, "speaker")


def _fit(rows: pl.DataFrame, features: dict[str, pl.Expr], target: str) -> np.ndarray:
    return fit(describe(rows, features), rows[target].to_numpy().astype(float), np.ones(len(rows)))


def print_held_out(rows: pl.DataFrame) -> None:
    """Cross-validate the weights over the articles and print the share of right rows in bins of `confidence`."""
    parts = [rows.filter(fold=n) for n in range(FOLDS)]
    sure = []
    for n, part in enumerate(parts):
        others = rows.filter(pl.col("fold") != n)
        words, speaker = (
            1 / (1 + np.exp(-describe(part, features) @ fitted))
            for features, fitted in ((WORDS, fit_words(others)), (SPEAKER, fit_speaker(others)))
        )
        sure.append(words * speaker)
    print_bins(np.concatenate(sure), pl.concat(parts)["speaker"].to_numpy())


def train_rankers(
    who: list[dict[str, Any]], unseen: list[dict[str, Any]], mentions: list[dict[str, Any]]
) -> list[Network]:
    """Train a ranker for each fold on the articles of all other folds, as `training.references` trains the ranker.

    If `unseen` has articles, two rankers are trained for each fold, one without these articles and one with them; the
    result is their mean.
    """
    articles = [*who, *unseen]
    found = read_samples(articles, truths_of_speakers)
    samples = [*found, *read_samples(mentions, truths_of_mentions), *with_annotated_names(articles, found)]
    names = {article["article"] for article in unseen}
    rankers = []
    for fold in range(FOLDS):
        others = [sample for sample in samples if sample.fold % FOLDS != fold]
        ranker = train_in_rounds([sample for sample in others if sample.name not in names])
        if names:
            ranker = Network(join(ranker.weights, train_in_rounds(others).weights))
        rankers.append(ranker)
    return rankers


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("who", type=Path)
    parser.add_argument("mentions", type=Path)
    parser.add_argument(
        "--unseen", type=Path, help="annotated articles, none of which the tagger learnt from"
    )
    parser.add_argument("--out", type=Path, default=Path(models.__file__).with_name("confidence.npz"))
    options = parser.parse_args()
    who, unseen = read_lines(options.who), read_lines(options.unseen) if options.unseen else []
    rankers = train_rankers(who, unseen, read_lines(options.mentions))
    rows = judge([*filter(is_held_out, who), *unseen], rankers)
    save(rows, options.out)


def save(rows: pl.DataFrame, out: Path) -> None:
    """Fit the models, write their weights and print the share of right rows by confidence on held-out rows.

    Both confidences are about rows that are published and do not match an optional statement.
    """
    statement = fit_words(rows)
    published = rows.filter(is_likely(rows, statement) & ~rows["is_optional"])
    words, whole = published["words"].sum(), published["speaker"].sum()
    print(f"{words} of {len(published)} statements are right, {whole} of them with their speaker")
    print_held_out(published)
    np.savez_compressed(
        out,
        statement=statement,
        words=fit_words(published),
        words_features=np.array(list(WORDS)),
        speaker=fit_speaker(published),
        speaker_features=np.array(list(SPEAKER)),
        speaker_map=np.array(UNCHANGED),
    )


if __name__ == "__main__":
    main()
