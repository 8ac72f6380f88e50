"""Sketch articles (hash parts of their text) to find the versions of a story, and join the versions into stories.

Many outlets print wire copy: shortened, corrected, with a new lead. Two articles are versions of one story if

- their texts differ only in white space, line breaks and kinds of quotation marks, or
- they share most of the shorter text (estimated by MinHash over sequences of four words), were published within a
  month, and are not two texts from one template (`is_template`), or
- the source gave them the same id within a month, or
- they have the same headline within two days, and one is marked as a later version ("UPDATE 2-", "CORRECTED-"), or
- one withdraws the other, naming its id, address, headline or slug.

Each condition depends only on the two articles. A story is a connected component of such pairs, so neither the order
of files nor the size of batches changes it. The id of a story is the id of its first version.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import numpy as np
import polars as pl

from schema.derive import polars_schema
from schema.sketches import SKETCHES
from schema.tables import ARTICLES
from transforms.articles.killed import find_killed
from transforms.articles.wire_versions import is_correction, plain_headline
from transforms.articles.withdrawals import NOTES, read_quoted, read_slugs
from transforms.articles.wording import read_wording
from transforms.keys import hash_text, text_key

RUN = 4  # words in one shingle
BANDS = 64  # each joins two hashes, so two texts with similarity j share about j * j of their bands
FEWEST_WORDS = 60  # shorter texts, such as dividend notices, are similar without being one story
FEWEST_SHARED = 3  # bands; fewer may be shared by chance
LEAST_COMMON = (
    0.58  # share of the shorter text; a lower limit joins form notices among 1,652 newswire stories
)
DAYS = 30
HEADLINE_DAYS = 2
HEADLINE_WORDS = 4
SHORTEST_ID = 8  # characters; "12" is unique only within its file
KILL_DAYS = 7  # most days between a story and a kill note that names its headline or slug
COMMON_WORDS = (
    32  # MinHashes of lower-case words; the share of equal ones estimates the share of common words
)
SAME_WORDS = 0.75  # share of equal MinHashes; with a larger share, two texts may come from one template
MOST_TEMPLATE_WORDS = 500  # words in the shorter text; long texts always share most of their common words
FEWEST_NUMBERS = 4
SAME_NUMBERS = 0.5  # two texts have different numbers if they share less of the numbers of the one with fewer

_WORD = re.compile(r"\w+")

# One pair of articles with something in common.
PAIRS = pl.Schema(
    [
        ("article_id", pl.String),
        ("other_id", pl.String),
        ("shared_bands", pl.Int64),
        ("words", pl.Int32),
        ("other_words", pl.Int32),
        ("same_guid", pl.Boolean),
        ("same_headline", pl.Boolean),
        ("is_marked", pl.Boolean),  # one of the two articles has a mark of a later version
        ("days_apart", pl.Int64),
        (
            "same_words",
            pl.Int64,
        ),  # equal MinHashes, of COMMON_WORDS; null if a text is short or an older release sketched it
        ("other_subjects", pl.Boolean),  # each repeats a name that the other lacks
        ("fewer_numbers", pl.Int64),  # how many numbers the text with fewer numbers has
        ("same_numbers", pl.Int64),
    ]
)


# Columns of an article needed to find stories.
_MEMBER_COLUMNS = (
    "published_on", "published_at", "updated_at", "version_no", "version_label", "guid", "outlet", "agency",
    "withdrawal", "headline", "byline",
)  # fmt: skip
MEMBERS = pl.Schema(
    [
        ("article_id", pl.String),
        ("story_id", pl.String),
        *((name, polars_schema(ARTICLES)[name]) for name in _MEMBER_COLUMNS),
        ("text_key", pl.Int64),
    ]
)


def build_sketches(articles: pl.DataFrame) -> pl.DataFrame:
    """Sketch each of the ARTICLES, as a row of SKETCHES."""
    origin = pl.coalesce("outlet", "agency", pl.lit(""))
    is_id = pl.col("guid").str.len_chars() >= SHORTEST_ID
    is_headline = plain_headline().str.count_matches(" ") >= HEADLINE_WORDS - 1
    keys = {
        "guid_key": pl.when(is_id).then(pl.concat_str(origin, "guid", separator="\x1f")),
        "headline_key": pl.when(is_headline).then(plain_headline()),
        "url_key": pl.concat_str(pl.lit("url"), "url", separator="\x1f"),
        "slug_key": pl.concat_str(pl.lit("slug"), origin, _slug(), separator="\x1f"),
    }
    sketches = articles.with_columns(
        bands=pl.Series(build_bands(articles["body"]), dtype=pl.List(pl.Int64)),
        is_marked=pl.col("version_label").is_not_null() | (pl.col("version_no") > 1).fill_null(False),
        text_key=pl.Series(map(text_key, articles["body"]), dtype=pl.Int64),
        origin=origin,
        **keys,
    ).with_columns(pl.col(*keys).map_batches(_hash_texts, return_dtype=pl.Int64))
    return sketches.with_columns(kills=_kills(sketches), **build_wording(articles["body"])).select(
        pl.col(name).cast(dtype) for name, dtype in polars_schema(SKETCHES).items()
    )


def _slug() -> pl.Expr:
    """Return the slug from the fields without a column ("FERRY-MONEY"), in lower case with single spaces."""
    slug = pl.coalesce(
        pl.col("extra").str.extract(r'(?i)"slug(?:line)?": ?"([^"]{4,100})"'), pl.lit(None, pl.String)
    )
    return _plain(slug)


def _plain(text: pl.Expr) -> pl.Expr:
    return text.str.to_lowercase().str.extract_all(r"[\p{L}\p{N}]+").list.join(" ")


def _kills(sketches: pl.DataFrame) -> pl.Series:
    """Return the keys (hashes of id, headline, address or slug) of the stories that each article may withdraw."""
    found = [_killed_keys(row) if row["withdrawal"] else None for row in sketches.iter_rows(named=True)]
    return pl.Series(found, dtype=pl.List(pl.Int64))


def _killed_keys(row: dict[str, Any]) -> list[int]:
    keys = {row[name] for name in ("guid_key", "headline_key", "url_key", "slug_key")} - {None}
    if row["withdrawal"] in NOTES:
        headlines = pl.DataFrame({"headline": read_quoted(row["body"])}, {"headline": pl.String})
        keys.update(map(hash_text, headlines.select(plain_headline()).to_series()))
        slugs = pl.DataFrame({"slug": read_slugs(row["body"])}, {"slug": pl.String}).select(
            _plain(pl.col("slug"))
        )
        keys.update(hash_text(f"slug\x1f{row['origin']}\x1f{slug}") for slug in slugs.to_series())
    return sorted(keys)


def build_bands(bodies: pl.Series) -> list[list[int]]:
    """Return the band hashes of each text; the list is empty for a short text."""
    shingles = [_shingle(body) for body in bodies]
    pairs = _minhash(shingles, 2 * BANDS).reshape(-1, BANDS, 2)
    numbers = np.arange(1, BANDS + 1, dtype=np.uint64) * np.uint64(
        0x9E3779B97F4A7C15
    )  # bands must not collide
    hashes = (((pairs[:, :, 0] << np.uint64(32)) | pairs[:, :, 1]) ^ numbers).view(np.int64).tolist()
    return [bands if texts else [] for bands, texts in zip(hashes, shingles, strict=True)]


def build_wording(bodies: pl.Series) -> dict[str, pl.Series]:
    """Return the columns `common_words`, `names`, `subjects` and `numbers` of SKETCHES."""
    wordings = [read_wording(body) for body in bodies]
    hashes = _minhash([wording.words for wording in wordings], COMMON_WORDS).astype(np.uint16).view(np.int16)
    is_long = bodies.str.count_matches(r"\w+") >= FEWEST_WORDS
    common = [row if long else [] for row, long in zip(hashes.tolist(), is_long, strict=True)]
    lists = {"common_words": common} | {
        name: [getattr(wording, name) for wording in wordings] for name in ("names", "subjects", "numbers")
    }
    return {name: pl.Series(values, dtype=pl.List(pl.Int16)) for name, values in lists.items()}


def _minhash(token_sets: list[list[str]], count: int) -> np.ndarray[Any, np.dtype[np.uint64]]:
    from rensa import RMinHash

    digests = RMinHash.digests_from_token_sets(token_sets, num_perm=count, seed=1)
    return np.array(digests, dtype=np.uint64).reshape(-1, count)


def _shingle(body: str) -> list[str]:
    """Return the distinct runs of four words, in lower case; the list is empty for a short text."""
    words = _WORD.findall(body.casefold())
    if len(words) < FEWEST_WORDS:
        return []
    return sorted({" ".join(words[start : start + RUN]) for start in range(len(words) - RUN + 1)})


def _hash_texts(texts: pl.Series) -> pl.Series:
    return pl.Series([None if text is None else hash_text(text) for text in texts], dtype=pl.Int64)


def pick_versions(pairs: pl.DataFrame) -> pl.DataFrame:
    """Return the PAIRS of articles that are versions of one story, with `article_id` and `other_id` only."""
    similarity = (pl.col("shared_bands") / BANDS).sqrt()
    common = similarity / (1 + similarity) * (pl.col("words") + pl.col("other_words"))
    shorter = pl.min_horizontal("words", "other_words")
    is_near = (pl.col("days_apart") <= DAYS).fill_null(True)
    is_alike = (pl.col("shared_bands") >= FEWEST_SHARED) & (common >= LEAST_COMMON * shorter)
    is_copy = is_alike & ~(is_template() & ~pl.col("is_marked"))
    is_update = pl.col("same_headline") & (pl.col("days_apart") <= HEADLINE_DAYS).fill_null(False)
    return pairs.filter(is_near & (is_copy | pl.col("same_guid")) | is_update).select(
        "article_id", "other_id"
    )


def is_template() -> pl.Expr:
    """Whether two texts come from one template: the same words with other names or numbers."""
    has_other_numbers = (pl.col("fewer_numbers") >= FEWEST_NUMBERS) & (
        pl.col("same_numbers") < SAME_NUMBERS * pl.col("fewer_numbers")
    )
    is_of_others = pl.col("other_subjects") | has_other_numbers
    has_same_words = pl.col("same_words") >= SAME_WORDS * COMMON_WORDS
    is_short = pl.min_horizontal("words", "other_words") <= MOST_TEMPLATE_WORDS
    return (has_same_words & is_short & is_of_others).fill_null(False)


def join_pairs(versions: pl.DataFrame) -> pl.DataFrame:
    """Reduce the pairs to the fewest that still connect the same articles: 99 for a hundred copies, not 4,950."""
    groups = connect(list(versions.iter_rows()))
    return pl.DataFrame(list(groups.items()), versions.schema, orient="row")


def join_stories(articles: pl.DataFrame, versions: pl.DataFrame) -> pl.DataFrame:
    """Merge stories that a pair of `versions` connects; return `story_id`, `is_latest` etc. of each article.

    `articles` (MEMBERS) must hold all articles of each story in it. The latest version is the last version that is
    neither killed nor a copy; if all are killed, it is the last version.
    """
    edges = [*articles.select("article_id", "story_id").iter_rows(), *versions.iter_rows()]
    groups = connect(edges)
    ordered = articles.with_columns(
        group=pl.col("article_id").replace_strict(groups, return_dtype=pl.String),
        is_correction=is_correction(),
        no=pl.col("version_no").fill_null(1),
        at=pl.coalesce("updated_at", "published_at"),
    )
    ordered = ordered.with_columns(is_killed=find_killed(ordered)).with_columns(copy_of=_stand_in())
    is_version = pl.col("copy_of").is_null()
    order = ("published_on", "no", "is_correction", "at", "article_id")
    first = pl.col("article_id").sort_by(~is_version, *order).first().over("group")
    latest = pl.col("article_id").sort_by(is_version, ~pl.col("is_killed"), *order).last().over("group")
    return ordered.select(
        "article_id",
        story_id=first,
        is_latest=pl.col("article_id") == latest,
        is_killed="is_killed",
        copy_of="copy_of",
    ).sort("article_id")


def _stand_in() -> pl.Expr:
    """Return, for each copy of a text, the article that represents it: not killed, and with the most fields."""
    known = sum(pl.col(name).is_not_null().cast(pl.Int8) for name in ("headline", "byline", "outlet"))
    best = pl.col("article_id").sort_by(
        "is_killed",
        pl.col("published_on").is_null(),
        -known,
        "published_on",
        "no",
        "article_id",
        nulls_last=True,
    )
    chosen = best.first().over("group", "text_key")
    is_copy = pl.col("text_key").is_not_null() & (chosen != pl.col("article_id"))
    return pl.when(is_copy).then(chosen)


def connect(edges: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Map each id to the representative of its connected component."""
    parents: dict[str, str] = {}

    def find(name: str) -> str:
        while parents.setdefault(name, name) != name:
            parents[name] = name = parents[parents[name]]
        return name

    for one, other in edges:
        parents[find(one)] = find(other)
    return {name: find(name) for name in parents}
