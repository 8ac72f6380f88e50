"""Define the rules that no column declaration can state: across columns, across tables, and against the text.

Each rule is a query for the rows that break it. It selects the columns needed to find a row, never a body. The
queries name `staging` (new rows) and `main` or `ops` (published rows), so that they can be pasted into DuckDB, for
example on the file that a stopped run leaves.

What a broken rule does (`docs/checks.md` lists them all, with how real data could break each):

- A rule that *rejects* moves the articles or files of its rows to `ops.rejects`, with everything found in them, and the
  run continues. A computed row is never dropped without its article, because the article would then seem to say less
  than it does. Such a rule is also *critical* if publishing its rows would make an answer wrong. A row of a critical
  rule that belongs to no article or file stops the run.
- A *critical* rule that does not reject is about the whole warehouse, such as a duplicate version number. It stops the
  run. So does `checks/few_articles_are_at_fault.sql` when too many articles would have to be rejected.
- A *warning* shows a banner in the report; an *info* is only counted.

The rules on meaning (are there enough statements, speakers, days?) are files in `expectations/checks`.
"""

from __future__ import annotations

from collections.abc import Iterator

from expectations.published_rules import published_rules
from expectations.rule import Rule, Severity
from schema.derive import literal, quoted
from schema.sketches import SKETCHES, STATEMENT_SKETCHES
from schema.table import Column, Table
from schema.tables import CONTENTS, FILES, SOURCES, TABLES, VERSIONS

REJECTING = (
    Rule(
        "language_is_a_code", "articles", "warning", rejects=True,
        trips="A language detector that returns codes of three letters.",
        reason="The language of an article is two lower-case letters, as in ISO 639-1.",
        sql="""
            SELECT article_id, path, record_no, language AS value
            FROM staging.articles
            WHERE language IS NULL OR NOT regexp_matches(language, '^[a-z]{2}$')""",
    ),
    Rule(
        "body_has_text", "articles", "warning", rejects=True,
        trips="A page with only white space and invisible characters.",
        reason="An article whose body is only white space contains no statements.",
        sql="""
            SELECT article_id, path, record_no, word_count AS value
            FROM staging.articles
            WHERE body IS NULL OR NOT regexp_matches(body, '[^\\s\\p{Z}\\p{C}]')""",
    ),
)  # fmt: skip

ARTICLE_RULES = (
    Rule(
        "articles_are_new", "articles", "critical", rejects=True,
        trips="A run that was killed after publishing, or the same text in two files of overlapping batches.",
        reason="An article that is already published would be counted twice in actors and affiliations.",
        sql="""
            SELECT article_id, path FROM staging.articles SEMI JOIN main.articles USING (article_id)
            WHERE article_id NOT IN (FROM staging.withdrawn)  -- these articles are replaced, as in a rebuild""",
    ),
    Rule(
        "headline_is_its_slice", "articles", "critical", rejects=True,
        trips="A page whose title differs from the first line of its text.",
        reason="If the headline is part of the body, it equals the text between its offsets in the body.",
        sql="""
            WITH headlines AS (
                SELECT article_id, headline, body, unnest(header_spans) AS place, body_start
                FROM staging.articles
            ),
            inside AS (
                SELECT *, place['start'] - body_start AS first, place['end'] - place['start'] AS size
                FROM headlines
                WHERE place['field'] = 'headline' AND place['start'] >= body_start
                    AND place['end'] <= body_start + length(body)
            )
            SELECT article_id, headline, substring(body, first + 1, size) AS slice
            FROM inside
            WHERE substring(body, first + 1, size) IS DISTINCT FROM headline""",
    ),
    Rule(
        "fields_are_their_slices", "articles", "critical", rejects=True,
        trips="A page that names one author in a meta element and another below the title.",
        reason="If a field is part of the body, it equals the text between its offsets in the body.",
        sql="""
            WITH fields AS (
                SELECT article_id, body, body_start, unnest(header_spans) AS place, MAP {
                    'byline': byline, 'agency': agency, 'outlet': outlet, 'dateline_place': dateline_place, 'url': url
                } AS said
                FROM staging.articles
            ),
            inside AS (
                SELECT article_id, place['field'] AS field, said[place['field']] AS value,
                    substring(body, place['start'] - body_start + 1, place['end'] - place['start']) AS slice
                FROM fields
                WHERE map_contains(said, place['field']) AND place['start'] >= body_start
                    AND place['end'] <= body_start + length(body)
            )
            SELECT article_id, field, value, slice FROM inside WHERE slice IS DISTINCT FROM value""",
    ),
    Rule(
        "published_on_is_known", "articles", "info",
        reason="An article without a day is missing from every timeline.",
        sql="SELECT article_id, path, record_no, published_reason FROM staging.articles WHERE published_on IS NULL",
    ),
    Rule(
        "published_on_is_plausible", "articles", "warning",
        reason="A day before 1800 or in the future is almost certainly an error in the file.",
        sql="""
            SELECT article_id, path, record_no, published_on, published_from
            FROM staging.articles
            WHERE published_on < DATE '1800-01-01'
                OR published_on > (SELECT max(CAST(started_at AS DATE)) FROM staging.runs) + 1""",
    ),
    Rule(
        "dateline_is_near_publication", "articles", "warning",
        reason="A story is published at most ten days after its dateline. Otherwise, one of the two days was misread.",
        sql="""
            SELECT article_id, path, record_no, dateline_on, published_on, published_from
            FROM staging.articles
            WHERE dateline_on NOT BETWEEN published_on - 10 AND published_on + 1""",
    ),
    Rule(
        "a_story_has_one_latest", "articles", "critical", rejects=True, is_resolved=True,
        trips="Versions of a story that arrive out of order, or whose numbers contradict each other.",
        reason="Each story has exactly one latest version, and the story's id is the id of one of its articles.",
        sql="""
            WITH touched AS (
                SELECT story_id FROM staging.articles UNION SELECT story_id FROM staging.amended_articles
            ),
            members AS (
                SELECT article_id, story_id, is_latest FROM staging.articles
                UNION ALL SELECT article_id, story_id, is_latest FROM staging.amended_articles
                UNION ALL SELECT article_id, story_id, is_latest
                FROM main.articles
                SEMI JOIN touched USING (story_id) ANTI JOIN staging.amended_articles USING (article_id)
            )
            SELECT story_id, count(*) AS versions, count(*) FILTER (WHERE is_latest) AS latest
            FROM members SEMI JOIN touched USING (story_id)
            GROUP BY story_id
            HAVING count(*) FILTER (WHERE is_latest) <> 1 OR count(*) FILTER (WHERE article_id = story_id) <> 1""",
    ),
)  # fmt: skip

STATEMENT_RULES = (
    Rule(
        "cue_is_listed", "statements", "info",
        reason="A cue that is not in seeds/cues.csv has no class. Add frequent cues to that file.",
        sql="SELECT statement_id, article_id, cue, cue_lemma FROM staging.statements WHERE cue_class = 'other'",
    ),
    Rule(
        "article_comes_along", "statements", "critical", rejects=True,
        trips="An article that a later step left out, while its statements stayed.",
        reason="The article of each staged statement is staged too, so that its text can be compared.",
        sql="SELECT statement_id, article_id FROM staging.statements ANTI JOIN staging.articles USING (article_id)",
    ),
    Rule(
        "content_spans_are_in_order", "statements", "critical", rejects=True,
        trips="A long sentence with a quotation inside a quotation, whose pieces overlap.",
        reason="The pieces of a content are in order, do not overlap, and are inside the body.",
        sql="""
            SELECT s.statement_id, s.article_id, s.content_spans, length(a.body) AS body_length
            FROM staging.statements AS s JOIN staging.articles AS a USING (article_id)
            WHERE coalesce(len(s.content_spans), 0) = 0
                OR list_contains([
                    coalesce(p['start'] < 0 OR p['start'] >= p['end'] OR p['end'] > length(a.body), true)
                    FOR p IN s.content_spans
                ], true)
                OR list_contains([
                    coalesce(s.content_spans[i]['end'] > s.content_spans[i + 1]['start'], true)
                    FOR i IN range(1, len(s.content_spans))
                ], true)""",
    ),
    Rule(
        "content_is_its_slices", "statements", "critical", rejects=True,
        trips="Odd characters, such as combining accents or emoji, that shift offsets.",
        reason="The content equals its pieces in the body, joined by single spaces.",
        sql="""
            WITH slices AS (
                SELECT s.statement_id, s.article_id, s.content, s.content_spans, array_to_string([
                    substring(a.body, p['start'] + 1, p['end'] - p['start']) FOR p IN s.content_spans
                ], ' ') AS slice
                FROM staging.statements AS s JOIN staging.articles AS a USING (article_id)
            )
            SELECT * FROM slices WHERE content IS DISTINCT FROM slice""",
    ),
    Rule(
        "cue_is_its_slice", "statements", "critical", rejects=True,
        trips="Odd characters that shift offsets; a cue without words.",
        reason="The cue equals the text between its offsets in the body. A cue without offsets is empty.",
        sql="""
            WITH slices AS (
                SELECT s.statement_id, s.article_id, s.cue, s.cue_start, s.cue_end,
                    coalesce(substring(a.body, s.cue_start + 1, s.cue_end - s.cue_start), '') AS slice
                FROM staging.statements AS s JOIN staging.articles AS a USING (article_id)
            )
            SELECT * FROM slices
            WHERE cue IS DISTINCT FROM slice OR cue_start >= cue_end
                OR (cue_start IS NULL) <> (cue_end IS NULL) OR (cue = '') <> (cue_start IS NULL)""",
    ),
    Rule(
        "source_is_its_slice", "statements", "critical", rejects=True,
        trips="Odd characters that shift offsets; a source without words.",
        reason="The source equals the text between its offsets in the body. A source without offsets is null.",
        sql="""
            WITH slices AS (
                SELECT s.statement_id, s.article_id, s.source, s.source_start, s.source_end,
                    substring(a.body, s.source_start + 1, s.source_end - s.source_start) AS slice
                FROM staging.statements AS s JOIN staging.articles AS a USING (article_id)
            )
            SELECT * FROM slices
            WHERE source IS DISTINCT FROM slice OR source_start >= source_end
                OR (source_start IS NULL) <> (source_end IS NULL)""",
    ),
    Rule(
        "seq_no_counts_from_1", "statements", "critical", rejects=True,
        trips="Two statements found at the same place in a text.",
        reason="The statements of an article are numbered 1, 2, 3... without gaps or repeats.",
        sql="""
            SELECT article_id, count(*) AS statements, count(DISTINCT seq_no) AS numbers, max(seq_no) AS last_no
            FROM staging.statements
            GROUP BY article_id
            HAVING count(*) <> count(DISTINCT seq_no) OR max(seq_no) <> count(*) OR min(seq_no) <> 1""",
    ),
    Rule(
        "published_on_is_the_articles", "statements", "critical", rejects=True,
        trips="An article whose day was corrected after its statements were found.",
        reason="A statement has the day of its article.",
        sql="""
            SELECT s.statement_id, s.article_id, s.published_on, a.published_on AS article_published_on
            FROM staging.statements AS s JOIN staging.articles AS a USING (article_id)
            WHERE s.published_on IS DISTINCT FROM a.published_on""",
    ),
    Rule(
        "one_speaker_each", "statements", "critical", rejects=True,
        trips="Two people quoted together: “we regret this,” Ada Quill and Bo Venn said.",
        reason="The actor of a statement is its only speaker in statement_actors; without an actor, it has none.",
        sql="""
            WITH speakers AS (
                SELECT statement_id, count(*) AS rows, min(actor_id) AS speaker_id
                FROM (
                    SELECT statement_id, actor_id, relation FROM staging.statement_actors
                    UNION ALL SELECT statement_id, actor_id, relation FROM staging.given_speakers
                )
                WHERE relation = 'speaker'
                GROUP BY statement_id
            )
            SELECT s.statement_id, s.article_id, s.actor_id, p.speaker_id, coalesce(p.rows, 0) AS speaker_rows
            FROM staging.statements AS s LEFT JOIN speakers AS p USING (statement_id)
            WHERE p.rows > 1 OR p.speaker_id IS DISTINCT FROM s.actor_id""",
    ),
    Rule(
        "an_utterance_has_its_first_print", "statements", "warning", is_resolved=True,
        reason="Each utterance has the id of one of its prints. Otherwise, its prints count for another utterance.",
        sql="""
            WITH touched AS (
                SELECT utterance_id FROM staging.statements WHERE utterance_id IS NOT NULL
                UNION SELECT utterance_id FROM staging.amended_statements
            ),
            members AS (
                SELECT statement_id, utterance_id FROM staging.statements
                UNION ALL SELECT statement_id, utterance_id FROM staging.amended_statements
                UNION ALL SELECT statement_id, utterance_id
                FROM staging.settled_prints ANTI JOIN staging.amended_statements USING (statement_id)
            )
            SELECT utterance_id, count(*) AS prints
            FROM members SEMI JOIN touched USING (utterance_id)
            GROUP BY utterance_id
            HAVING count(*) FILTER (WHERE statement_id = utterance_id) <> 1""",
    ),
)  # fmt: skip

ACTOR_RULES = (
    Rule(
        "stances_are_towards_mentioned_actors", "statement_actors", "warning",
        reason="Only an actor whom the statement mentions has a stance, and a stance has its confidence.",
        sql="""
            SELECT statement_id, actor_id, relation, stance, stance_confidence
            FROM staging.statement_actors
            WHERE (stance IS NULL) <> (stance_confidence IS NULL) OR stance IS NOT NULL AND relation <> 'mentioned'""",
    ),
    Rule(
        "article_comes_along", "mentions", "critical", rejects=True,
        trips="An article that a later step left out, while its mentions stayed.",
        reason="The article of each staged mention is staged too, so that its text can be compared.",
        sql="SELECT mention_id, article_id FROM staging.mentions ANTI JOIN staging.articles USING (article_id)",
    ),
    Rule(
        "text_is_its_slice", "mentions", "critical", rejects=True,
        trips="Odd characters that shift offsets.",
        reason="The text of a mention equals the text between its offsets in the body.",
        sql="""
            WITH slices AS (
                SELECT m.mention_id, m.article_id, m.text, m.start, m."end",
                    substring(a.body, m.start + 1, m."end" - m.start) AS slice
                FROM staging.mentions AS m JOIN staging.articles AS a USING (article_id)
            )
            SELECT * FROM slices WHERE text IS DISTINCT FROM slice OR start >= "end" """,
    ),
    Rule(
        "affiliated_are_persons", "affiliations", "warning",
        reason="Only a person has a role at an organization or for a country.",
        sql="""
            SELECT f.affiliation_id, f.actor_id, a.name, a.kind
            FROM staging.affiliations AS f JOIN staging.actors AS a USING (actor_id)
            WHERE a.kind <> 'person'""",
    ),
    Rule(
        "organizations_are_no_persons", "organizations", "warning",
        reason="An actor in organizations is not a person.",
        sql="""
            SELECT o.organization_id, o.name, a.kind
            FROM staging.organizations AS o JOIN staging.actors AS a ON a.actor_id = o.organization_id
            WHERE a.kind = 'person'""",
    ),
)  # fmt: skip

FILE_RULES = (
    Rule(
        "articles_balance", "files", "critical", rejects=True,
        trips="An archive or a feed whose records a reader miscounts.",
        reason="Nothing is lost: for each file, articles found = loaded + duplicate + rejected.",
        sql="""
            SELECT path, outcome, articles_found, articles_loaded, articles_duplicate, articles_rejected
            FROM staging.files
            WHERE articles_found <> articles_loaded + articles_duplicate + articles_rejected""",
    ),
    Rule(
        "loaded_articles_are_there", "files", "critical", rejects=True,
        trips="A file that has the same text under two record numbers.",
        reason="Each file has as many staged articles as ops.files says were loaded from it.",
        sql="""
            WITH loaded AS (
                SELECT path, count(*) AS articles FROM staging.articles
                SEMI JOIN staging.files USING (run_id)
                GROUP BY path
            ),
            claimed AS (
                SELECT path, sum(articles_loaded) AS articles FROM staging.files GROUP BY path
            )
            SELECT path, c.articles AS articles_loaded, coalesce(l.articles, 0) AS staged_articles
            FROM claimed AS c FULL JOIN loaded AS l USING (path)
            WHERE coalesce(c.articles, 0) <> coalesce(l.articles, 0)""",
    ),
    Rule(
        "loss_has_a_reason", "files", "critical", rejects=True,
        trips="A reader that rejects a file without saying why.",
        reason="A rejected file has a reason.",
        sql="SELECT path, outcome FROM staging.files WHERE outcome = 'rejected' AND coalesce(reason, '') = ''",
    ),
)  # fmt: skip


def _reference_rules() -> Iterator[Rule]:
    """Yield a rule for each column declared with `references`: the referenced row exists."""
    for table in TABLES:
        for column in table.columns:
            if column.references:
                yield _reference_rule(table, column, column.references)


def _reference_rule(table: Table, column: Column, references: str) -> Rule:
    schema, target, target_column = references.split(".")
    keys = ", ".join(dict.fromkeys([*table.key, *_places(table), column.name]))
    return Rule(
        f"{column.name}_is_known", table.name, severity_of(table), rejects=table in PINNED,
        is_resolved=is_resolved(table, column), is_declared=True, trips=TRIPS.get(table.name, ""),
        reason=f"Each {column.name} in {table.name} refers to a row of {schema}.{target}.",
        sql=f"""
            SELECT {keys}
            FROM staging.{table.name} AS t
            WHERE {column.name} IS NOT NULL
                AND NOT EXISTS (SELECT 1 FROM staging.{target} AS n WHERE n.{target_column} = t.{column.name})
                AND NOT EXISTS (SELECT 1 FROM {schema}.{target} AS o WHERE o.{target_column} = t.{column.name})""",
    )  # fmt: skip


def _day_rules() -> Iterator[Rule]:
    """Yield a rule for each table with a first and a last day: the first day is not later than the last day."""
    for table in TABLES:
        if "first_seen_on" in {column.name for column in table.columns}:
            keys = ", ".join(table.key)
            yield Rule(
                "days_are_in_order", table.name, "critical", rejects=True,
                is_resolved=table.name in RESOLVED, is_declared=True,
                trips="Articles of one actor without days, or with days centuries apart.",
                reason=f"The first day of a row of {table.name} is not after its last day.",
                sql=f"""
                    SELECT {keys}, first_seen_on, last_seen_on
                    FROM staging.{table.name}
                    WHERE first_seen_on > last_seen_on""",
            )  # fmt: skip


def plain_rules(table: Table) -> Iterator[Rule]:
    """Yield the rules on the key and on single columns that follow from the declaration of `table`."""
    keys = ", ".join(quoted(name) for name in table.key)
    shown = ", ".join(quoted(name) for name in dict.fromkeys([*table.key, *_places(table)]))
    sql = f"SELECT {keys}, count(*) AS rows FROM staging.{table.name} GROUP BY {keys} HAVING count(*) > 1"
    words = f"no two rows have the same {', '.join(table.key)}"
    reason = "Rows with the same key are counted twice, and joins duplicate them."
    yield _plain_rule(table, None, "key_is_unique", reason, sql, words)
    for column in table.columns:
        for name, condition, words in _column_conditions(column):
            is_seen = column.name not in table.key and not condition.endswith("IS NULL")
            values = f"{shown}, {quoted(column.name)}" if is_seen else shown
            sql = f"SELECT {values} FROM staging.{quoted(table.name)} WHERE {condition}"
            yield _plain_rule(
                table, column, name, f"The column {column.name} is declared as: {column.doc}.", sql, words
            )


def _plain_rule(table: Table, column: Column | None, name: str, reason: str, sql: str, expected: str) -> Rule:
    return Rule(
        name, table.name, severity_of(table), reason, sql, rejects=table in PINNED, expected=expected,
        trips=TRIPS.get(table.name, ""), is_resolved=is_resolved(table, column), is_declared=True,
    )  # fmt: skip


# Tables whose rows lead to articles or files, which a fault moves to the rejects.
_LEDGER = (SKETCHES, STATEMENT_SKETCHES, FILES, SOURCES, CONTENTS)
PINNED = (*(table for table in TABLES if table.schema == "main"), *_LEDGER)
# Tables that are built when actors are resolved.
RESOLVED = ("actors", "actor_aliases", "organizations", "affiliations", "actor_corrections")
# How real data could break what a table declares. Other tables belong to the ledger; no answer depends on them.
TRIPS = {
    "articles": "A field that a reader passes on unchanged, such as a record number of 0.",
    "statements": "A text in which the extractor finds one statement twice, or leaves a required part empty.",
    "statement_actors": "A source whose words name the same speaker twice.",
    "mentions": "A name that is found twice at the same place.",
    "profiles": "A name or role of odd characters only, from which no id can be made.",
    "profile_names": "A name that differs from another one only in white space.",
    "actors": "Two people with contradictory evidence; a country that is not a code.",
    "actor_aliases": "A name that differs from another one only in white space.",
    "organizations": "An organization with contradictory evidence; a country that is not a code.",
    "affiliations": "A role in two spellings, from which the same key is made.",
    "statement_sketches": "A statement whose article a later step left out.",
    "sketches": "A text without words, which has no MinHash.",
    "files": "A file whose records a reader miscounts.",
    "sources": "A file that changes while the run reads it.",
    "contents": "A file whose bytes could not be hashed.",
    "versions": "A warehouse that was rolled back or restored, so that a number is used twice.",
}  # fmt: skip


def severity_of(table: Table) -> Severity:
    """Return the severity of a fault in `table`: a warning if no answer depends on the table, otherwise critical."""
    return "critical" if table in PINNED or table is VERSIONS else "warning"


def is_resolved(table: Table, column: Column | None) -> bool:
    """Return whether the column, or the whole table, is known only after actors are resolved."""
    if table.name in RESOLVED or column is None:
        return table.name in RESOLVED
    references = (column.references or "").split(".")[1:2]
    return column.settled or bool(references and references[0] in RESOLVED)


def _places(table: Table) -> list[str]:
    """Return the columns from which the article of a row can be found, without the columns of the key."""
    return [column.name for column in table.columns if column.name in ("article_id", "path", "record_no")]


def _column_conditions(column: Column) -> Iterator[tuple[str, str, str]]:
    """Yield the name of each check on a column, the SQL condition of rows at fault, and the expectation in words."""
    name, value = column.name, quoted(column.name)
    if column.required:
        yield f"{name}_is_not_null", f"{value} IS NULL", "never empty"
    if column.values:
        listed = ", ".join(literal(item) for item in column.values)
        yield (
            f"{name}_is_a_declared_value",
            f"{value} NOT IN ({listed})",
            f"one of {', '.join(column.values)}",
        )
    bounds = {"<": column.minimum, ">": column.maximum}
    outside = [f"{value} {sign} {bound:g}" for sign, bound in bounds.items() if bound is not None]
    if outside:
        words = {"<": "at least", ">": "at most"}
        inside = [f"{words[sign]} {bound:g}" for sign, bound in bounds.items() if bound is not None]
        yield f"{name}_is_in_range", " OR ".join(outside), " and ".join(inside)
    if column.pattern:
        condition = f"NOT regexp_matches({value}, {literal(column.pattern)})"
        yield f"{name}_has_its_form", condition, f"of the form {column.pattern}"


RULES: tuple[Rule, ...] = (
    *REJECTING,
    *ARTICLE_RULES,
    *STATEMENT_RULES,
    *ACTOR_RULES,
    *FILE_RULES,
    *_reference_rules(),
    *_day_rules(),
    *published_rules(),
)
