"""Keep in staging which statements of a chunk report one utterance, so that a resumed run does not compare them again.

Only a run that compares several chunks of statements keeps these pairs, such as the first run on a warehouse of an
older version, which compares all statements. A chunk is identified by a digest of its statements, of all staged
statements and their speakers, of the changes of other speakers, and of the withdrawn articles. So the pairs are used
only if the resumed run would find them again.
"""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from warehouse.staging.next_version import STAGING, NextVersion

DIGESTS = f"""
    SELECT chunk, concat_ws(
        ' ',
        sum(hash(statement_id)),
        (SELECT sum(hash(statement_id, actor_id)) FROM {STAGING}.statements),
        (SELECT sum(hash(profile_id, actor_id)) FROM {STAGING}.moved_identities),
        (SELECT sum(hash(statement_id, actor_id, content)) FROM {STAGING}.overlaid),
        (SELECT sum(hash(article_id)) FROM {STAGING}.withdrawn)
    ) AS digest
    FROM {STAGING}.unsettled
    GROUP BY chunk
    ORDER BY chunk"""


def list_digests(version: NextVersion) -> list[str]:
    """Return the digest of each chunk of unsettled statements, in order."""
    return [digest for _, digest in version.connection.execute(DIGESTS).fetchall()]


def read_compared(version: NextVersion, digest: str) -> list[tuple[str, str]] | None:
    """Return the pairs of statements of a chunk that report one utterance; None if the chunk was not compared yet."""
    is_compared = f"SELECT count(*) FROM {STAGING}.compared_chunks WHERE digest = $1"
    if version.connection.execute(is_compared, [digest]).fetchall() == [(0,)]:
        return None
    pairs = f"SELECT statement_id, other_id FROM {STAGING}.same_prints WHERE digest = $1"
    return version.connection.execute(pairs, [digest]).fetchall()


def keep_compared(version: NextVersion, digest: str, pairs: Iterable[tuple[str, str]]) -> None:
    """Keep the pairs of statements of a chunk that report one utterance."""
    frame = pl.DataFrame(list(pairs), {"statement_id": pl.String, "other_id": pl.String}, orient="row")
    with version.whole(), version.registered("found", frame):
        version.connection.execute(f"INSERT INTO {STAGING}.same_prints SELECT $1, * FROM found", [digest])
        version.connection.execute(f"INSERT INTO {STAGING}.compared_chunks VALUES ($1)", [digest])
