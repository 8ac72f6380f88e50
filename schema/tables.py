"""Declare every table: grain, key, columns, meanings, plain checks and merge rules.

Everything else about a table is derived from its declaration: the Polars schema, the DDL with comments and
`docs/tables.md` by `schema/derive.py`, and the plain checks of its Great Expectations suite. The tables of
the ledger are declared in `schema/ledger_tables.py`, those of sketches in `schema/sketches.py`.

This module imports no library except Polars, so that transforms may import it.
"""

from __future__ import annotations

import polars as pl

from schema.column_values import (
    ACTOR_ID,
    ACTOR_KINDS,
    ALIAS_RULES,
    CORRECTED,
    COUNTRY,
    COUNTRY_SOURCES,
    CUE_CLASSES,
    ID,
    LANGUAGE_SOURCES,
    MENTION_KINDS,
    MODALITIES,
    NOBODY,
    ORG_TYPES,
    PRECISIONS,
    PROFILE_RULES,
    RELATIONS,
    ROLE_EVIDENCE,
    ROLE_FACT,
    SOURCE_TYPES,
    SPANS,
    SPEAKER_RESOLUTIONS,
    STANCES,
    STATEMENT_KINDS,
    UTC,
    WITHDRAWALS,
)
from schema.ledger_tables import (
    ACTOR_CORRECTIONS,
    CHECKS,
    CONTENTS,
    FILES,
    METRICS,
    REJECTS,
    RUNS,
    SOURCES,
    VERSIONS,
)
from schema.sketches import SKETCHES, STATEMENT_SKETCHES
from schema.table import Column, Table

__all__ = [
    "ACTORS", "ACTOR_ALIASES", "ACTOR_CORRECTIONS", "AFFILIATIONS", "ARTICLES", "BY_NAME", "CHECKS", "CONTENTS",
    "FILES", "MENTIONS", "METRICS", "ORGANIZATIONS", "PROFILES", "PROFILE_NAMES", "REJECTS", "RUNS", "SINCE_VERSION",
    "SOURCES", "STATEMENTS", "STATEMENT_ACTORS", "TABLES", "UNTIL_VERSION", "VERSIONED", "VERSIONS", "VERSION_COLUMNS",
]  # fmt: skip

ARTICLES = Table(
    "articles",
    "one distinct article text",
    ("article_id",),
    (
        Column("article_id", pl.String, "hash of the body", pattern=ID),
        Column("story_id", pl.String, "article_id of the first version of the story", pattern=ID, settled=True),
        Column("is_latest", pl.Boolean, "whether this is the last known version of its story", settled=True),
        Column("is_killed", pl.Boolean, "whether the story was withdrawn; no view has its statements",
               required=False, settled=True),
        Column("copy_of", pl.String, "if this is a copy: the article that views show instead; the texts differ at most "
               "in white space, line breaks, and the style of quotation marks and dashes", required=False,
               settled=True),
        Column("outlet", pl.String, "outlet that published the article, according to the file", required=False),
        Column("agency", pl.String, "news agency of the dateline, as written", required=False),
        Column("byline", pl.String, "authors as written, without 'By'", required=False),
        Column("headline", pl.String, "headline as written", required=False),
        Column("dateline_place", pl.String, "place of the dateline, as written", required=False),
        Column("dateline_on", pl.Date, "day of the dateline; without a year, the day nearest to published_on",
               required=False),
        Column("published_on", pl.Date, "day of publication, in the time zone of the file", required=False),
        Column("published_at", UTC, "moment of publication; null if the file has no time or time zone", required=False),
        Column("published_precision", pl.String, "how exact the file's date is", required=False, values=PRECISIONS),
        Column("published_from", pl.String, "where in the file the date was found: header, dateline, JSON-LD...",
               required=False),
        Column("published_reason", pl.String, "why published_on is null", required=False),
        Column("updated_at", UTC, "moment at which this version was written, according to the file", required=False),
        Column("language", pl.String, "ISO 639-1 code", pattern=r"^[a-z]{2}$"),
        Column("language_from", pl.String, "evidence for the language; assumed: the first in the setting `languages`",
               required=False, values=LANGUAGE_SOURCES),
        Column("url", pl.String, "address of the article, according to the file", required=False),
        Column("guid", pl.String, "identifier that the publisher gives to all versions of the article", required=False),
        Column("version_no", pl.Int32, "1, 2, 3... if the publisher numbers versions; the original is 1, so 'UPDATE "
               "2-' is 3; some publishers number from 0", required=False, minimum=0),
        Column("version_label", pl.String, "words that mark a later version: 'UPDATE 2', '1st Ld-Writethru'",
               required=False),
        Column("status", pl.String, "usable, withheld or canceled, according to the newswire", required=False),
        Column("withdrawal", pl.String, "how the article withdraws a story; kill_note, hold_note: its text is only a "
               "note that tells editors to kill or to hold the story; canceled: by its status or editor's note; "
               "withheld: by its status", required=False, values=WITHDRAWALS),
        Column("embargoed_until", UTC, "moment before which the article must not be published", required=False),
        Column("note", pl.String, "note to editors", required=False),
        Column("extra", pl.String, "JSON object of the file's fields that have no column here", required=False),
        Column("body", pl.String, "text of the article: one slice of the decoded file, never rewritten",
               long=True),
        Column("body_start", pl.Int64, "where the body begins in the decoded file, in code points", minimum=0),
        Column("header_spans", pl.List(pl.Struct({"field": pl.String, "start": pl.Int64, "end": pl.Int64})),
               "where in the decoded file each metadata field was found, in code points, end exclusive"),
        Column("word_count", pl.Int32, "words in the body", minimum=0),
        Column("path", pl.String, "file the article was loaded from; see ops.files"),
        Column("record_no", pl.Int32, "number of the article in the file, from 1", minimum=1),
        Column("place", pl.String, "where in the file the article is: 'news.zip > a.json, item 3'", required=False),
        Column("extractor_version", pl.String, "model and number of rules that analysed the article; null if none did",
               required=False),
        Column("run_id", pl.String, "run that loaded the article", references="ops.runs.run_id"),
    ),
)  # fmt: skip

STATEMENTS = Table(
    "statements",
    "one statement in one article: content that the article attributes to a source",
    ("statement_id",),
    (
        Column("statement_id", pl.String, "hash of the article and the places of cue, source and content", pattern=ID),
        Column("article_id", pl.String, "article of the statement", references="main.articles.article_id"),
        Column("seq_no", pl.Int32, "1, 2, 3... in the order of the text", minimum=1),
        Column("kind", pl.String, "whether quotation marks enclose all, none or some of the content",
               values=STATEMENT_KINDS),
        Column("content", pl.String, "what was said, word for word; its pieces are joined by a space"),
        Column("content_spans", SPANS, "where the content's pieces are in the body, in code points, end exclusive"),
        Column("cue", pl.String, "words that attribute the content; empty if only the layout attributes it"),
        Column("cue_start", pl.Int32, "start of the cue in the body, in code points", required=False, minimum=0),
        Column("cue_end", pl.Int32, "end of the cue in the body, exclusive", required=False, minimum=0),
        Column("cue_lemma", pl.String, "dictionary form of the cue's main word"),
        Column("cue_class", pl.String, "attitude of the cue to the content, see seeds/cue_classes.csv",
               values=CUE_CLASSES),
        Column("is_negated", pl.Boolean, "whether the attribution is negated: 'did not say that'"),
        Column("modality", pl.String, "asserted: was said; possible: may be said ('could argue'); expected: will be "
               "said; conditional: would be said", values=MODALITIES),
        Column("source", pl.String, "the words that name the speaker, as written", required=False),
        Column("source_start", pl.Int32, "start of the source in the body, in code points", required=False, minimum=0),
        Column("source_end", pl.Int32, "end of the source in the body, exclusive", required=False, minimum=0),
        Column("actor_id", pl.String, "the speaker; null if no actor was found", required=False,
               references="main.actors.actor_id"),
        Column("profile_id", pl.String, "the speaker as this article describes them", required=False,
               references="main.profiles.profile_id"),
        Column("speaker_resolution", pl.String, "how the source refers to the speaker; nominal: describes somebody "
               "whom the article names; role: names an office, but the article does not name its holder; unnamed: 'an "
               "official'; none: no source", values=SPEAKER_RESOLUTIONS),
        Column("role", pl.String, "role of the speaker on the day of the article, according to the article",
               required=False),
        Column("organization_id", pl.String, "organization or country that the speaker spoke for", required=False,
               references="main.actors.actor_id"),
        Column("organization_profile_id", pl.String, "organization or country spoken for, as this article describes it",
               required=False, references="main.profiles.profile_id"),
        Column("published_on", pl.Date, "day of the article", required=False),
        Column("confidence", pl.Float32, "probability that both the content and the speaker are right",
               minimum=0, maximum=1),
        Column("extractor_version", pl.String, "model and number of rules that found the statement"),
        Column("run_id", pl.String, "run that loaded the statement", references="ops.runs.run_id"),
        Column("source_type", pl.String, "what the source is; anonymous person: one or several people whom the article "
               "never names; collective: people who speak as one, or a share of a population", required=False,
               values=SOURCE_TYPES),
        Column("correction", pl.String, "what a correction changed in the statement; no view has a deleted statement",
               required=False, values=CORRECTED),
        Column("found_role", pl.String, "role as extracted, if a correction changes the statement", required=False),
        Column("speaker_confidence", pl.Float32, "probability that the speaker is right", required=False, minimum=0,
               maximum=1),
        Column("parent_statement_id", pl.String, "statement whose content contains this one", required=False,
               references="main.statements.statement_id"),
        Column("is_headline", pl.Boolean, "whether the statement is in a headline that is part of the body",
               required=False),
        Column("utterance_id", pl.String, "statement_id of the earliest statement that reports the same utterance; "
               "null until a run has compared this statement with others", required=False, settled=True),
        Column("found_content", pl.String, "content as extracted, if a correction changes it", required=False),
        Column("found_spans", SPANS, "where the pieces of found_content are in the body", required=False),
        Column("found_kind", pl.String, "kind as extracted, if a correction changes the content", required=False,
               values=STATEMENT_KINDS),
    ),
)  # fmt: skip

STATEMENT_ACTORS = Table(
    "statement_actors",
    "one actor in one relation to one statement",
    ("statement_id", "profile_id", "relation"),
    (
        Column("statement_id", pl.String, "the statement", references="main.statements.statement_id"),
        Column("actor_id", pl.String, "the actor", references="main.actors.actor_id"),
        Column("relation", pl.String, "how the actor is related to the statement", values=RELATIONS),
        Column("mention_id", pl.String, "the mention that shows the relation; the first if several do", required=False,
               references="main.mentions.mention_id"),
        Column("profile_id", pl.String, "the actor as this article describes them",
               references="main.profiles.profile_id"),
        Column("stance", pl.String, "stance of the speaker towards a mentioned actor", required=False, values=STANCES),
        Column("stance_confidence", pl.Float32, "probability of the stance", required=False, minimum=0, maximum=1),
    ),
)  # fmt: skip

ACTORS = Table(
    "actors",
    "one real-world actor",
    ("actor_id",),
    (
        Column("actor_id", pl.String, "hash of kind and name, and of what distinguishes namesakes; for a country: "
               "'country:NL'", pattern=ACTOR_ID),
        Column("kind", pl.String, "what the actor is; nobody: a correction says that it is not an actor",
               values=(*ACTOR_KINDS, NOBODY), merge="replace"),
        Column("name", pl.String, "full name that most articles use", merge="replace"),
        Column("country_code", pl.String, "ISO 3166-1 alpha-2", required=False, pattern=COUNTRY, merge="replace"),
        Column("first_seen_on", pl.Date, "day of the first article with the actor", required=False, merge="replace"),
        Column("last_seen_on", pl.Date, "day of the last article with the actor", required=False, merge="replace"),
        Column("country_from", pl.String, "evidence for the country; seed: the lists in seeds/; context: the article "
               "implies it", required=False, values=COUNTRY_SOURCES, merge="replace"),
    ),
)  # fmt: skip

ACTOR_ALIASES = Table(
    "actor_aliases",
    "one name of one actor",
    ("actor_id", "alias"),
    (
        Column("actor_id", pl.String, "the actor", references="main.actors.actor_id"),
        Column("alias", pl.String, "the name as written"),
        Column("rule", pl.String, "rule that linked the name to the actor; seed: an alias in seeds/; adjective: "
               "'Dutch'; metonym: a place that stands for the actor; nominal: a description; short: a short form of a "
               "given name; role: a family name with an office", values=ALIAS_RULES, merge="replace"),
        Column("first_seen_on", pl.Date, "day of the first article with this name", required=False, merge="replace"),
        Column("last_seen_on", pl.Date, "day of the last article with this name", required=False, merge="replace"),
        Column("mention_count", pl.Int64, "number of mentions by this name", minimum=1, merge="replace"),
    ),
)  # fmt: skip

ORGANIZATIONS = Table(
    "organizations",
    "one organization",
    ("organization_id",),
    (
        Column("organization_id", pl.String, "actor_id of the organization", references="main.actors.actor_id"),
        Column("name", pl.String, "full name that most articles use", merge="replace"),
        Column("org_type", pl.String, "kind of organization", values=ORG_TYPES, merge="replace"),
        Column("country_code", pl.String, "ISO 3166-1 alpha-2", required=False, pattern=COUNTRY, merge="replace"),
        Column("parent_id", pl.String, "organization that this one belongs to, according to seeds/organizations.csv; "
               "the parent has a row only if an article names it", required=False, merge="replace"),
        Column("parent", pl.String, "name of the organization that this one belongs to", required=False,
               merge="replace"),
        Column("country_from", pl.String, "evidence for the country, as in actors", required=False,
               values=COUNTRY_SOURCES, merge="replace"),
    ),
)  # fmt: skip

AFFILIATIONS = Table(
    "affiliations",
    "one person in one role at one organization or for one country",
    ("affiliation_id",),
    (
        Column("affiliation_id", pl.String, "hash of actor, organization, country and role", pattern=ID),
        Column("actor_id", pl.String, "the person", references="main.actors.actor_id"),
        Column("organization_id", pl.String, "the organization", required=False,
               references="main.organizations.organization_id"),
        Column("country_code", pl.String, "ISO 3166-1 alpha-2", required=False, pattern=COUNTRY),
        Column("role", pl.String, "the role as the articles write it", required=False),
        Column("first_seen_on", pl.Date, "first day on which an article states the role", required=False,
               merge="replace"),
        Column("last_seen_on", pl.Date, "last day on which an article states the role", required=False,
               merge="replace"),
        Column("article_count", pl.Int64, "number of articles that state the role", minimum=1, merge="replace"),
        Column("evidence_article_id", pl.String, "an article that states the role",
               references="main.articles.article_id", merge="replace"),
        Column("place", pl.String, "place of the role, if the place is neither an organization nor a country",
               required=False, merge="replace"),
        Column("country_from", pl.String, "evidence for the country; text: words next to the role; place: the place of "
               "the role; seed, context: as in actors", required=False, values=COUNTRY_SOURCES, merge="replace"),
        Column("organization_from", pl.String, "evidence for the organization; text: words next to the role; context: "
               "inferred, such as that a judge belongs to the only court in the article", required=False,
               values=COUNTRY_SOURCES, merge="replace"),
        Column("former", pl.Boolean, "whether the articles call the role a past one", required=False, merge="replace"),
        Column("acting", pl.Boolean, "whether the role is temporary: acting, interim", required=False, merge="replace"),
        Column("profile_ids", pl.List(pl.String), "profiles that state the role; their mentions are the evidence",
               required=False, merge="replace"),
    ),
)  # fmt: skip

MENTIONS = Table(
    "mentions",
    "one mention of one actor in one article",
    ("mention_id",),
    (
        Column("mention_id", pl.String, "hash of article and span", pattern=ID),
        Column("article_id", pl.String, "the article", references="main.articles.article_id"),
        Column("actor_id", pl.String, "the mentioned actor", references="main.actors.actor_id"),
        Column("start", pl.Int32, "start of the mention in the body, in code points", minimum=0),
        Column("end", pl.Int32, "end of the mention in the body, exclusive", minimum=1),
        Column("text", pl.String, "the words of the mention, as written"),
        Column("mention_kind", pl.String, "form of the mention", values=MENTION_KINDS),
        Column("rule", pl.String, "rule that linked the words to the actor, as in actor_aliases", values=ALIAS_RULES),
        Column("profile_id", pl.String, "the actor as this article describes them",
               references="main.profiles.profile_id"),
    ),
)  # fmt: skip

PROFILES = Table(
    "profiles",
    "one actor as one or more articles describe it; entity resolution groups profiles into actors",
    ("profile_id",),
    (
        Column("profile_id", pl.String, "hash of the whole description", pattern=ID),
        Column("actor_id", pl.String, "the actor, according to the evidence of all articles",
               references="main.actors.actor_id", merge="replace"),
        Column("rule", pl.String, "rule that linked the profile to the actor", values=PROFILE_RULES, merge="replace"),
        Column("kind", pl.String, "what the actor is", values=ACTOR_KINDS),
        Column("block", pl.String, "group of profiles that may be one actor; only a correction joins profiles of two "
               "blocks"),
        Column("name", pl.String, "name that the articles use"),
        Column("words", pl.List(pl.String), "words of the name that identify the actor"),
        Column("is_full", pl.Boolean, "whether the name alone identifies the actor; 'Roe' and 'the Senate' do not"),
        Column("is_known", pl.Boolean, "whether seeds/organizations.csv lists the actor"),
        Column("country_code", pl.String, "ISO 3166-1 alpha-2", required=False, pattern=COUNTRY),
        Column("org_type", pl.String, "kind of organization", required=False, values=ORG_TYPES),
        Column("acronyms", pl.List(pl.String), "acronyms that the articles use for the organization"),
        Column("roles", pl.List(ROLE_EVIDENCE), "roles of the person, with their organizations and countries"),
        Column("around", pl.List(pl.String), "countries that the article names, if they help to find out whom a name "
               "with a role means, such as 'Minister Roe'"),
        Column("article_id", pl.String, "the only article of the profile; null if name or facts identify the actor in "
               "any article", required=False, references="main.articles.article_id"),
        Column("first_seen_on", pl.Date, "day of the first article with this description", required=False, merge="min"),
        Column("last_seen_on", pl.Date, "day of the last article with this description", required=False, merge="max"),
        Column("article_count", pl.Int64, "number of articles with this description", minimum=1, merge="sum"),
        Column("evidence_article_id", pl.String, "one of the articles with this description",
               references="main.articles.article_id", merge="min"),
        Column("context_country", pl.String, "country that the article implies without naming it",
               required=False, pattern=COUNTRY),
        Column("role_facts", pl.List(ROLE_FACT), "for each role, facts that are not stated next to the role",
               required=False),
    ),
)  # fmt: skip

PROFILE_NAMES = Table(
    "profile_names",
    "one name that articles use for one profile",
    ("profile_id", "alias"),
    (
        Column("profile_id", pl.String, "the profile", references="main.profiles.profile_id"),
        Column("alias", pl.String, "the name as written"),
        Column("rule", pl.String, "rule that linked the name to the actor in the article", values=ALIAS_RULES,
               merge="min"),
        Column("first_seen_on", pl.Date, "day of the first article with this name", required=False, merge="min"),
        Column("last_seen_on", pl.Date, "day of the last article with this name", required=False, merge="max"),
        Column("mention_count", pl.Int64, "number of mentions by this name", minimum=1, merge="sum"),
    ),
)  # fmt: skip

TABLES: tuple[Table, ...] = (
    ARTICLES, STATEMENTS, STATEMENT_ACTORS, ACTORS, ACTOR_ALIASES, ORGANIZATIONS, AFFILIATIONS, MENTIONS,
    PROFILES, PROFILE_NAMES, RUNS, FILES, REJECTS, METRICS, CHECKS, ACTOR_CORRECTIONS, SKETCHES,
    STATEMENT_SKETCHES, SOURCES, CONTENTS, VERSIONS,
)  # fmt: skip
BY_NAME = {table.name: table for table in TABLES}
VERSIONED = tuple(table for table in TABLES if table.schema == "main")

# The columns that publishing adds to the tables of a schema: the versions between which a row was valid.
SINCE_VERSION = Column("since_version", pl.Int32, "version of the warehouse since which the row is unchanged")
UNTIL_VERSION = Column("until_version", pl.Int32, "version that changed or removed the row")
VERSION_COLUMNS = {"main": (SINCE_VERSION,), "history": (SINCE_VERSION, UNTIL_VERSION)}
