"""The rules that a column's declaration cannot say: across columns, across tables, and against the text itself.

Each rule is a query for the rows that break it. Its columns are what people need to find the row; never a body.
The queries name `staging` (the new rows) and `main` or `ops` (the published ones), so that they can be pasted into
DuckDB as they are, for example on the file that a stopped run leaves.

How loud a rule is:

- A *warning that rejects* is about an article that is none, such as one whose text is blank. It is turned away
  before anything is found in it (`transforms/sanity.py`, the same rules); one that gets past is moved to
  `ops.rejects` here with everything found in it, and the run goes on.
- Everything else that is computed - statements, spans, ids, actors, counts - is made by our own code. A wrong row
  there means that the code is wrong for an unknown number of rows, so it is *critical*: nothing is published.
- A *critical rule that rejects* can name the articles at fault. When they are very few of those of the run
  (`gate.py` says how few), something odd stands in them alone: they are turned away like the others. No computed
  row is ever dropped without its article, which would then say less than it does.
- *warning* publishes, with a banner on the report; *info* is only counted.

The rules on meaning - are there enough statements, speakers, days? - are the files in `expectations/checks`.
"""

from __future__ import annotations

from collections.abc import Iterator

from expectations.rule import Rule
from warehouse.derive import literal, quoted
from warehouse.tables import TABLES, Column, Table

REJECTING = (
    Rule(
        "language_is_a_code", "articles", "warning", rejects=True,
        reason="The language of an article is two small letters, as in ISO 639-1.",
        sql="""
            SELECT article_id, path, record_no, language AS value
            FROM staging.articles
            WHERE language IS NULL OR NOT regexp_matches(language, '^[a-z]{2}$')""",
    ),
    Rule(
        "body_has_text", "articles", "warning", rejects=True,
        reason="An article whose body is blank proves nothing.",
        sql="""
            SELECT article_id, path, record_no, word_count AS value
            FROM staging.articles
            WHERE body IS NULL OR NOT regexp_matches(body, '[^\\s\\p{Z}\\p{C}]')""",
    ),
)  # fmt: skip

ARTICLE_RULES = (
    Rule(
        "articles_are_new", "articles", "critical",
        reason="An article that is already published would be counted twice in actors and affiliations.",
        sql="SELECT article_id, path FROM staging.articles SEMI JOIN main.articles USING (article_id)",
    ),
    Rule(
        "headline_is_its_slice", "articles", "critical",
        reason="A headline that stands in the body is the text between its own offsets.",
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
        "published_on_is_known", "articles", "info",
        reason="An article without a day is in no timeline.",
        sql="SELECT article_id, path, record_no, published_reason FROM staging.articles WHERE published_on IS NULL",
    ),
    Rule(
        "published_on_is_plausible", "articles", "warning",
        reason="Hardly any article is from before 1800, and none from after tomorrow: the file says so wrongly.",
        sql="""
            SELECT article_id, path, record_no, published_on, published_from
            FROM staging.articles
            WHERE published_on < DATE '1800-01-01'
                OR published_on > (SELECT max(CAST(started_at AS DATE)) FROM staging.runs) + 1""",
    ),
    Rule(
        "dateline_is_near_publication", "articles", "warning",
        reason="A story is published within ten days of its dateline, and not before; else one of the two is misread.",
        sql="""
            SELECT article_id, path, record_no, dateline_on, published_on, published_from
            FROM staging.articles
            WHERE dateline_on NOT BETWEEN published_on - 10 AND published_on + 1""",
    ),
    Rule(
        "a_story_has_one_latest", "articles", "critical",
        reason="Each story has exactly one last version, and is named after one of its own.",
        sql="""
            WITH touched AS (
                SELECT story_id FROM staging.articles UNION SELECT story_id FROM staging.amended_articles
            ),
            members AS (
                SELECT article_id, story_id, is_latest FROM staging.articles
                UNION ALL SELECT article_id, story_id, is_latest FROM staging.amended_articles
                UNION ALL SELECT article_id, story_id, is_latest FROM main.articles
                ANTI JOIN staging.amended_articles USING (article_id)
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
        reason="A cue that seeds/cues.csv does not list has no class; one that comes often belongs on the list.",
        sql="SELECT statement_id, article_id, cue, cue_lemma FROM staging.statements WHERE cue_class = 'other'",
    ),
    Rule(
        "article_comes_along", "statements", "critical",
        reason="A statement is staged with its article, or its text could not be compared with the body.",
        sql="SELECT statement_id, article_id FROM staging.statements ANTI JOIN staging.articles USING (article_id)",
    ),
    Rule(
        "content_spans_are_in_order", "statements", "critical", rejects=True,
        reason="The pieces of a content follow each other, do not overlap and lie inside the body.",
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
        reason="The content is the pieces of the body between its offsets, joined by one blank.",
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
        reason="The cue is the text between its offsets; without offsets it is empty.",
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
        reason="The source is the text between its offsets; without offsets there is none.",
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
        reason="The statements of an article are numbered 1, 2, 3... without gap or repeat.",
        sql="""
            SELECT article_id, count(*) AS statements, count(DISTINCT seq_no) AS numbers, max(seq_no) AS last_no
            FROM staging.statements
            GROUP BY article_id
            HAVING count(*) <> count(DISTINCT seq_no) OR max(seq_no) <> count(*) OR min(seq_no) <> 1""",
    ),
    Rule(
        "published_on_is_the_articles", "statements", "critical", rejects=True,
        reason="A statement was published on the day of its article.",
        sql="""
            SELECT s.statement_id, s.article_id, s.published_on, a.published_on AS article_published_on
            FROM staging.statements AS s JOIN staging.articles AS a USING (article_id)
            WHERE s.published_on IS DISTINCT FROM a.published_on""",
    ),
    Rule(
        "one_speaker_each", "statements", "critical", rejects=True,
        reason="A statement with an actor has exactly one speaker row, that actor's; a statement without has none.",
        sql="""
            WITH speakers AS (
                SELECT statement_id, count(*) AS rows, min(actor_id) AS speaker_id
                FROM staging.statement_actors
                WHERE relation = 'speaker'
                GROUP BY statement_id
            )
            SELECT s.statement_id, s.article_id, s.actor_id, p.speaker_id, coalesce(p.rows, 0) AS speaker_rows
            FROM staging.statements AS s LEFT JOIN speakers AS p USING (statement_id)
            WHERE p.rows > 1 OR p.speaker_id IS DISTINCT FROM s.actor_id""",
    ),
)  # fmt: skip

ACTOR_RULES = (
    Rule(
        "article_comes_along", "mentions", "critical",
        reason="A mention is staged with its article, or its text could not be compared with the body.",
        sql="SELECT mention_id, article_id FROM staging.mentions ANTI JOIN staging.articles USING (article_id)",
    ),
    Rule(
        "text_is_its_slice", "mentions", "critical", rejects=True,
        reason="The text of a mention is the text of the body between its offsets.",
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
        reason="What is listed as an organization is no person.",
        sql="""
            SELECT o.organization_id, o.name, a.kind
            FROM staging.organizations AS o JOIN staging.actors AS a ON a.actor_id = o.organization_id
            WHERE a.kind = 'person'""",
    ),
)  # fmt: skip

FILE_RULES = (
    Rule(
        "articles_balance", "files", "critical",
        reason="Nothing is lost: articles found = loaded + duplicate + rejected, for each file.",
        sql="""
            SELECT path, outcome, articles_found, articles_loaded, articles_duplicate, articles_rejected
            FROM staging.files
            WHERE articles_found <> articles_loaded + articles_duplicate + articles_rejected""",
    ),
    Rule(
        "loaded_articles_are_there", "files", "critical",
        reason="Each file has as many staged articles as it says were loaded from it.",
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
        "loss_has_a_reason", "files", "critical",
        reason="A file that was rejected says why.",
        sql="SELECT path, outcome FROM staging.files WHERE outcome = 'rejected' AND coalesce(reason, '') = ''",
    ),
)  # fmt: skip


def _reference_rules() -> Iterator[Rule]:
    """No orphan key anywhere: one rule for each column that is declared with `references`."""
    for table in TABLES:
        for column in table.columns:
            if column.references:
                yield _reference_rule(table, column, column.references)


def _reference_rule(table: Table, column: Column, references: str) -> Rule:
    schema, target, target_column = references.split(".")
    keys = ", ".join(dict.fromkeys([*table.key, column.name]))
    return Rule(
        f"{column.name}_is_known", table.name, "critical",
        reason=f"Each {column.name} of {table.name} is a row of {schema}.{target}.",
        sql=f"""
            SELECT {keys}
            FROM staging.{table.name} AS t
            WHERE {column.name} IS NOT NULL
                AND NOT EXISTS (SELECT 1 FROM staging.{target} AS n WHERE n.{target_column} = t.{column.name})
                AND NOT EXISTS (SELECT 1 FROM {schema}.{target} AS o WHERE o.{target_column} = t.{column.name})""",
    )  # fmt: skip


def _day_rules() -> Iterator[Rule]:
    """Whatever has a first and a last day has them in this order."""
    for table in TABLES:
        if "first_seen_on" in {column.name for column in table.columns}:
            keys = ", ".join(table.key)
            yield Rule(
                "days_are_in_order", table.name, "critical",
                reason=f"The first day of a row of {table.name} is not after its last.",
                sql=f"""
                    SELECT {keys}, first_seen_on, last_seen_on
                    FROM staging.{table.name}
                    WHERE first_seen_on > last_seen_on""",
            )  # fmt: skip


def plain_rules(table: Table) -> Iterator[Rule]:
    """What the declaration of `table` says of the key and of single columns; all critical."""
    keys = ", ".join(quoted(name) for name in table.key)
    sql = f"SELECT {keys}, count(*) AS rows FROM staging.{table.name} GROUP BY {keys} HAVING count(*) > 1"
    words = f"no two rows have the same {', '.join(table.key)}"
    reason = "Two rows of one key are counted twice, and joins double them."
    yield Rule("key_is_unique", table.name, "critical", reason, sql, expected=words)
    for column in table.columns:
        for name, condition, words in _column_conditions(column):
            is_seen = column.name not in table.key and not condition.endswith("IS NULL")
            shown = f"{keys}, {quoted(column.name)}" if is_seen else keys
            sql = f"SELECT {shown} FROM staging.{quoted(table.name)} WHERE {condition}"
            yield Rule(name, table.name, "critical", f"It is declared: {column.doc}.", sql, expected=words)


def _column_conditions(column: Column) -> Iterator[tuple[str, str, str]]:
    """Name, condition of the rows at fault, and what is expected, of each plain check of a column."""
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
)
