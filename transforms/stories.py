"""Articles -> sketches by which other versions of the same story are found; sketches that meet -> stories.

Wire copy comes with a new lead, cut at the end, corrected, by many outlets. Two articles are versions of one story when

- they share most of the shorter text (by MinHash over runs of four words), and were published within a month, or
- the source calls them by the same id within a month, or
- they have the same headline within two days and one of them is marked as a later version ("UPDATE 2-", "CORRECTED-").

Each of these depends on the two articles alone. A story is what is joined by them, directly or through others: so
neither the order of files nor the size of batches can change a story. Its id is that of its first version.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from hashlib import blake2b

import numpy as np
import polars as pl

from transforms.versions import is_correction, plain_headline
from warehouse.derive import polars_schema
from warehouse.tables import SKETCHES

RUN = 4  # words of one shingle
BANDS = 64  # of two hashes each: a pair with similarity j shares about j * j of them
FEWEST_WORDS = 60  # shorter ones, such as notices of dividends, are alike without being the same story
FEWEST_SHARED = 3  # bands; fewer are chance
LEAST_COMMON = (
    0.58  # of the shorter text; below, of 1,652 newswire stories, notices in fixed words begin to meet
)
DAYS = 30
HEADLINE_DAYS = 2
HEADLINE_WORDS = 4
SHORTEST_ID = 8  # characters; "12" is no id that is unique beyond its file

_WORD = re.compile(r"\w+")

# One pair of articles that have something in common: how many bands, whether id and headline.
PAIRS = pl.Schema(
    [
        ("article_id", pl.String),
        ("other_id", pl.String),
        ("shared_bands", pl.Int64),
        ("words", pl.Int32),
        ("other_words", pl.Int32),
        ("same_guid", pl.Boolean),
        ("same_headline", pl.Boolean),
        ("days_apart", pl.Int64),
    ]
)


def build_sketches(articles: pl.DataFrame) -> pl.DataFrame:
    """Frame in the schema of ARTICLES -> frame in the schema of SKETCHES, one row an article."""
    origin = pl.coalesce("outlet", "agency", pl.lit(""))
    is_id = pl.col("guid").str.len_chars() >= SHORTEST_ID
    is_headline = plain_headline().str.count_matches(" ") >= HEADLINE_WORDS - 1
    return (
        articles.with_columns(
            bands=pl.Series(build_bands(articles["body"]), dtype=pl.List(pl.Int64)),
            guid_key=pl.when(is_id).then(pl.concat_str(origin, "guid", separator="\x1f")),
            headline_key=pl.when(is_headline).then(plain_headline()),
            is_marked=pl.col("version_label").is_not_null() | (pl.col("version_no") > 1).fill_null(False),
        )
        .with_columns(pl.col("guid_key", "headline_key").map_batches(_hash_texts, return_dtype=pl.Int64))
        .select(pl.col(name).cast(dtype) for name, dtype in polars_schema(SKETCHES).items())
    )


def build_bands(bodies: pl.Series) -> list[list[int]]:
    """The band hashes of each text; none for a short one."""
    from rensa import RMinHash

    shingles = [_shingle(body) for body in bodies]
    digests = RMinHash.digests_from_token_sets(shingles, num_perm=2 * BANDS, seed=1)
    pairs = np.array(digests, dtype=np.uint64).reshape(-1, BANDS, 2)
    numbers = np.arange(1, BANDS + 1, dtype=np.uint64) * np.uint64(
        0x9E3779B97F4A7C15
    )  # bands must not meet each other
    hashes = (((pairs[:, :, 0] << np.uint64(32)) | pairs[:, :, 1]) ^ numbers).view(np.int64).tolist()
    return [bands if texts else [] for bands, texts in zip(hashes, shingles, strict=True)]


def _shingle(body: str) -> list[str]:
    """Each run of four words once, in small letters; nothing of a short text."""
    words = _WORD.findall(body.casefold())
    if len(words) < FEWEST_WORDS:
        return []
    return sorted({" ".join(words[start : start + RUN]) for start in range(len(words) - RUN + 1)})


def _hash_texts(texts: pl.Series) -> pl.Series:
    return pl.Series([None if text is None else _hash_text(text) for text in texts], dtype=pl.Int64)


def _hash_text(text: str) -> int:
    return int.from_bytes(
        blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big", signed=True
    )


def pick_versions(pairs: pl.DataFrame) -> pl.DataFrame:
    """The PAIRS that are versions of one story: `article_id`, `other_id`."""
    similarity = (pl.col("shared_bands") / BANDS).sqrt()
    common = similarity / (1 + similarity) * (pl.col("words") + pl.col("other_words"))
    shorter = pl.min_horizontal("words", "other_words")
    is_near = (pl.col("days_apart") <= DAYS).fill_null(True)
    is_copy = (pl.col("shared_bands") >= FEWEST_SHARED) & (common >= LEAST_COMMON * shorter)
    is_update = pl.col("same_headline") & (pl.col("days_apart") <= HEADLINE_DAYS).fill_null(False)
    return pairs.filter(is_near & (is_copy | pl.col("same_guid")) | is_update).select(
        "article_id", "other_id"
    )


def join_pairs(versions: pl.DataFrame) -> pl.DataFrame:
    """As few pairs as join the same articles: `article_id`, `other_id`. Of a hundred copies there are 4,950 pairs."""
    groups = _connect(list(versions.iter_rows()))
    return pl.DataFrame(list(groups.items()), versions.schema, orient="row")


def join_stories(articles: pl.DataFrame, versions: pl.DataFrame) -> pl.DataFrame:
    """Articles with their stories so far, and pairs that are versions of one -> `article_id`, `story_id`, `is_latest`.

    `articles` holds all articles of each story that occurs in it, with the columns that tell their order:
    `published_on`, `published_at`, `updated_at`, `version_no`, `version_label`.
    """
    edges = [*articles.select("article_id", "story_id").iter_rows(), *versions.iter_rows()]
    groups = _connect(edges)
    ordered = articles.with_columns(
        group=pl.col("article_id").replace_strict(groups, return_dtype=pl.String),
        is_correction=is_correction(),
        no=pl.col("version_no").fill_null(1),
        at=pl.coalesce("updated_at", "published_at"),
    ).sort("group", "published_on", "no", "is_correction", "at", "article_id", nulls_last=False)
    return ordered.select(
        "article_id",
        story_id=pl.col("article_id").first().over("group"),
        is_latest=pl.col("article_id") == pl.col("article_id").last().over("group"),
    )


def _connect(edges: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Each article that occurs -> one that stands for all it is connected with."""
    parents: dict[str, str] = {}

    def find(name: str) -> str:
        while parents.setdefault(name, name) != name:
            parents[name] = name = parents[parents[name]]
        return name

    for one, other in edges:
        parents[find(one)] = find(other)
    return {name: find(name) for name in parents}
