"""Count what a run has staged, for its summary."""

from __future__ import annotations

from collections.abc import Sequence

from warehouse.staging.next_version import NextVersion

SPEAKERS = """
    SELECT count(*), count(DISTINCT CASE
        WHEN a.kind <> 'unnamed' AND s.speaker_resolution NOT IN ('role', 'unnamed') THEN s.actor_id
    END)
    FROM staging.statements AS s LEFT JOIN staging.actors AS a USING (actor_id)"""
LANGUAGES = """
    SELECT language, count(*) AS articles FROM staging.articles WHERE NOT list_contains($1, language)
    GROUP BY language ORDER BY articles DESC, language"""
FILES = """
    SELECT
        count(*),
        CAST(coalesce(sum(articles_loaded + articles_duplicate), 0) AS BIGINT),
        CAST(coalesce(sum(articles_loaded), 0) AS BIGINT)
    FROM staging.files"""

WITHDRAWN = """
    SELECT count(*) FROM staging.withdrawn ANTI JOIN staging.articles USING (article_id)"""

NEW_COPIES = """
    SELECT count(*) FROM staging.files SEMI JOIN staging.sources USING (path) ANTI JOIN ops.sources USING (path)
    WHERE outcome IN ('unchanged', 'duplicate')"""


def count_speakers(version: NextVersion) -> tuple[int, int]:
    """How many statements are staged, and by how many named actors."""
    return version.connection.execute(SPEAKERS).fetchall()[0]


def count_languages(version: NextVersion, but: Sequence[str]) -> dict[str, int]:
    """Count the staged articles in each language, except the languages in `but`."""
    return dict(version.connection.execute(LANGUAGES, [list(but)]).fetchall())


def count_files(version: NextVersion) -> tuple[int, int, int]:
    """How many files are done, how many articles were found in them, and how many of these are new."""
    return version.connection.execute(FILES).fetchall()[0]


def count_new_copies(version: NextVersion) -> int:
    """How many files that no earlier run has read contain only articles of other files."""
    return int(version.connection.execute(NEW_COPIES).fetchall()[0][0])


def count_withdrawn(version: NextVersion) -> int:
    """How many published articles are withdrawn and not staged again."""
    return int(version.connection.execute(WITHDRAWN).fetchall()[0][0])
