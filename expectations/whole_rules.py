"""Define the rules on the whole warehouse: stored counts, days and actors must agree with the rows behind them.

A run stages only some of the rows behind a count, so these rules need the published rows. They run in `audit`. They
also run before publishing if a program other than On Record has written to the file. In these rules, `staging` names
the published tables.
"""

from __future__ import annotations

from collections.abc import Iterator

from expectations.rule import Rule, Severity
from warehouse.staging.entities import RESOLVED_COLUMNS

# Older releases made a profile of an addressee even if its words were already a mention of another actor.
NOT_RELATED = """NOT EXISTS (
                SELECT 1 FROM staging.statement_actors AS r JOIN staging.statements AS u USING (statement_id)
                WHERE r.profile_id = p.profile_id AND u.article_id = p.evidence_article_id
            )"""
TRIPS = "A warehouse that another program has changed, or that a bug of On Record has damaged."


def _rule(table: str, name: str, reason: str, sql: str, severity: Severity = "critical") -> Rule:
    return Rule(name, table, severity, reason, sql, trips=TRIPS, is_resolved=True)


def _actor_rules() -> Iterator[Rule]:
    """Yield rules that find rows whose actor is not the actor of their profile; corrected statements are left out."""
    for table, columns in RESOLVED_COLUMNS.items():
        for column, profile in columns.items():
            if table != "profiles":
                corrected = {
                    "statements": "AND t.correction IS NULL",
                    "statement_actors": "AND t.statement_id NOT IN "
                    "(SELECT statement_id FROM staging.statements WHERE correction IS NOT NULL)",
                }.get(table, "")
                yield _rule(
                    table, f"{column}_is_the_profiles",
                    f"The {column} of each row of {table} is the actor of the profile in {profile}.",
                    f"""
            SELECT t.* FROM staging.{table} AS t LEFT JOIN staging.profiles AS p ON p.profile_id = t.{profile}
            WHERE t.{column} IS DISTINCT FROM p.actor_id {corrected}""",
                )  # fmt: skip


WHOLE_RULES = (
    *_actor_rules(),
    _rule(
        "profiles", "counts_are_those_of_mentions",
        "A profile's counts and days equal those of the articles that mention it or name somebody who speaks for it.",
        """
            WITH seen AS (
                SELECT profile_id, article_id FROM staging.mentions
                UNION SELECT organization_profile_id, article_id FROM staging.statements
            ),
            counted AS (
                SELECT profile_id, count(*) AS articles,
                    min(a.published_on) AS first_on, max(a.published_on) AS last_on
                FROM seen JOIN staging.articles AS a USING (article_id)
                GROUP BY profile_id
            )
            SELECT profile_id, p.article_count, articles, first_seen_on, first_on, last_seen_on, last_on
            FROM staging.profiles AS p LEFT JOIN counted USING (profile_id)
            WHERE (p.article_count IS DISTINCT FROM articles
                OR first_seen_on IS DISTINCT FROM first_on OR last_seen_on IS DISTINCT FROM last_on)
                AND (articles IS NOT NULL OR """ + NOT_RELATED + ")",
    ),
    _rule(
        "profiles", "evidence_mentions_it",
        "The evidence article of a profile mentions it, or names somebody who speaks for it.",
        """
            SELECT profile_id, evidence_article_id FROM staging.profiles AS p
            WHERE NOT EXISTS (
                SELECT 1 FROM staging.mentions AS m
                WHERE m.profile_id = p.profile_id AND m.article_id = p.evidence_article_id
            ) AND NOT EXISTS (
                SELECT 1 FROM staging.statements AS s
                WHERE s.organization_profile_id = p.profile_id AND s.article_id = p.evidence_article_id
            ) AND """ + NOT_RELATED,
    ),
    _rule(
        "profile_names", "counts_are_those_of_mentions",
        "The count and days of a profile's name equal those of the mentions with that name.",
        """
            WITH counted AS (
                SELECT profile_id, regexp_replace(m.text, '\\s+', ' ', 'g') AS alias, count(*) AS mentions,
                    min(a.published_on) AS first_on, max(a.published_on) AS last_on
                FROM staging.mentions AS m JOIN staging.articles AS a USING (article_id)
                WHERE m.mention_kind = 'name'
                GROUP BY ALL
            )
            SELECT profile_id, alias, mention_count, mentions, first_seen_on, first_on, last_seen_on, last_on
            FROM staging.profile_names LEFT JOIN counted USING (profile_id, alias)
            WHERE mention_count IS DISTINCT FROM mentions
                OR first_seen_on IS DISTINCT FROM first_on OR last_seen_on IS DISTINCT FROM last_on""",
    ),
    _rule(
        "actors", "days_are_those_of_profiles",
        "An actor has the first and last day of its profiles. An actor without profiles has no evidence.",
        """
            WITH counted AS (
                SELECT actor_id, min(first_seen_on) AS first_on, max(last_seen_on) AS last_on
                FROM staging.profiles GROUP BY actor_id
            )
            SELECT a.actor_id, a.name, first_seen_on, first_on, last_seen_on, last_on
            FROM staging.actors AS a LEFT JOIN counted AS c USING (actor_id)
            WHERE c.actor_id IS NULL
                OR first_seen_on IS DISTINCT FROM first_on OR last_seen_on IS DISTINCT FROM last_on""",
    ),
    _rule(
        "actors", "kind_is_that_of_a_profile",
        "An actor has the kind of one of its profiles, unless a correction sets another kind.",
        """
            SELECT a.actor_id, a.name, a.kind FROM staging.actors AS a
            WHERE a.actor_id NOT IN (SELECT actor_id FROM staging.actor_corrections WHERE actor_id IS NOT NULL)
                AND NOT EXISTS (SELECT 1 FROM staging.profiles AS p WHERE p.actor_id = a.actor_id AND p.kind = a.kind)
                AND NOT EXISTS (SELECT 1 FROM staging.profiles AS p WHERE p.actor_id = a.actor_id
                    AND p.rule = 'correction')""",
    ),
    _rule(
        "actor_aliases", "counts_are_those_of_profiles",
        "The count and days of an actor's name equal those in the actor's profiles.",
        """
            WITH counted AS (
                SELECT p.actor_id, n.alias, sum(n.mention_count) AS mentions, min(n.first_seen_on) AS first_on,
                    max(n.last_seen_on) AS last_on
                FROM staging.profile_names AS n JOIN staging.profiles AS p USING (profile_id)
                GROUP BY ALL
            )
            SELECT actor_id, alias, mention_count, mentions, first_seen_on, first_on, last_seen_on, last_on
            FROM staging.actor_aliases FULL JOIN counted USING (actor_id, alias)
            WHERE mention_count IS DISTINCT FROM mentions
                OR first_seen_on IS DISTINCT FROM first_on OR last_seen_on IS DISTINCT FROM last_on""",
    ),
    _rule(
        "organizations", "is_its_actor", "An organization has the name and the country of its actor.",
        """
            SELECT o.organization_id, o.name, a.name AS actor_name, o.country_code, a.country_code AS actor_country
            FROM staging.organizations AS o JOIN staging.actors AS a ON a.actor_id = o.organization_id
            WHERE o.name IS DISTINCT FROM a.name OR o.country_code IS DISTINCT FROM a.country_code""",
    ),
    _rule(
        "affiliations", "counts_are_within_its_actors",
        "The articles and days of a role are among the articles and days of its person.",
        """
            WITH counted AS (
                SELECT actor_id, sum(article_count) AS articles, min(first_seen_on) AS first_on,
                    max(last_seen_on) AS last_on
                FROM staging.profiles GROUP BY actor_id
            )
            SELECT affiliation_id, article_count, articles, first_seen_on, first_on, last_seen_on, last_on
            FROM staging.affiliations LEFT JOIN counted USING (actor_id)
            WHERE coalesce(article_count > articles, true) OR first_seen_on < first_on OR last_seen_on > last_on""",
    ),
    _rule(
        "affiliations", "evidence_mentions_the_person", "The evidence article of a role mentions the person.",
        """
            SELECT affiliation_id, actor_id, evidence_article_id FROM staging.affiliations AS t
            WHERE NOT EXISTS (
                SELECT 1 FROM staging.mentions AS m
                WHERE m.actor_id = t.actor_id AND m.article_id = t.evidence_article_id
            )""",
    ),
    _rule(
        "sketches", "each_article_has_one", "Without a sketch, an article is never recognised as a version of a story.",
        """
            SELECT article_id FROM staging.articles ANTI JOIN staging.sketches USING (article_id)""",
        "warning",  # the first releases made none
    ),
    _rule(
        "sketches", "is_its_articles", "The sketch of an article has the article's day and length.",
        """
            SELECT article_id, s.published_on, a.published_on AS of_article, s.word_count, a.word_count AS words
            FROM staging.sketches AS s JOIN staging.articles AS a USING (article_id)
            WHERE s.published_on IS DISTINCT FROM a.published_on OR s.word_count IS DISTINCT FROM a.word_count""",
    ),
    _rule(
        "contents", "each_article_is_of_a_file", "An article that belongs to no file would never be withdrawn.",
        """
            SELECT article_id, path FROM staging.articles ANTI JOIN staging.contents USING (article_id)""",
        "warning",  # the first releases made none
    ),
    _rule(
        "files", "articles_come_from_it",
        "The run of an article, or a later run that found a better copy, read the article's file.",
        """
            SELECT article_id, path, run_id FROM staging.articles AS a
            WHERE NOT EXISTS (
                SELECT 1 FROM staging.files AS f WHERE f.path = a.path AND f.run_id >= a.run_id
            )""",
    ),
    _rule(
        "statements", "run_id_is_the_articles_or_later",
        "The statements of an article come from the run that loaded it, or from a later one.",
        """
            SELECT s.statement_id, s.run_id, a.run_id AS article_run_id
            FROM staging.statements AS s JOIN staging.articles AS a USING (article_id)
            WHERE s.run_id < a.run_id""",
    ),
)  # fmt: skip
