"""Plant faults in published rows: the next run must refuse to publish, and name the fault.

    python -m tests.flows.planted [--first N] [--limit N] [--runs 12]

One warehouse is built, and each fault is planted in a copy of it with plain DuckDB. The step that checks the whole
warehouse before publishing must refuse each copy. For every twelfth fault, a complete run with a new file must refuse.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import duckdb

from expectations.audit import find_faults, rules_of_the_whole
from expectations.rule import Rule
from expectations.rulebook import open_rulebook
from flows.doctor.installation import find_faults_inside
from flows.outcome import RunStopped
from flows.run.sound import PublishedUnsound, require_sound
from flows.settings import Settings
from schema.derive import quoted
from schema.tables import BY_NAME, Column
from tests.flows.histories import HEADS, TEXTS
from tests.flows.runs import ingest
from warehouse.files.checked import is_checked

NEW = "The ferry is late, captain Dan Oakes said on Monday."
ONE = "rowid = (SELECT min(rowid) FROM {table} WHERE {having})"


class Planted(NamedTuple):
    """SQL that plants a fault, and the rule that finds it."""

    table: str
    rule: str
    sql: str


def _set(table: str, rule: str, values: str, having: str = "true") -> Planted:
    name = BY_NAME[table].qualified
    return Planted(table, rule, f"UPDATE {name} SET {values} WHERE {ONE.format(table=name, having=having)}")


def _delete(table: str, rule: str, gone: str, having: str = "true") -> Planted:
    name = BY_NAME[gone].qualified
    return Planted(table, rule, f"DELETE FROM {name} WHERE {ONE.format(table=name, having=having)}")


IN_TEXT = "len(list_filter(header_spans, p -> p.field = '{}' AND p.start >= body_start)) > 0"
WRITTEN = [
    # slices
    _set("statements", "content_is_its_slices", "content = 'It will snow.'"),
    _set("statements", "content_spans_are_in_order", "content_spans = []"),
    _set("statements", "cue_is_its_slice", "cue = 'sang'"),
    _set("statements", "source_is_its_slice", "source_start = source_start + 1", "source IS NOT NULL"),
    _set("mentions", "text_is_its_slice", "text = 'Bob'"),
    _set("articles", "headline_is_its_slice", "headline = 'Lakes', header_spans = [{'field': 'headline', "
         "'start': body_start, 'end': body_start + 5}]"),
    _set("articles", "fields_are_their_slices", "byline = 'Bo', header_spans = [{'field': 'byline', "
         "'start': body_start, 'end': body_start + 5}]"),
    # numbers and counts
    _set("statements", "seq_no_counts_from_1", "seq_no = seq_no + 7"),
    _set("profiles", "counts_are_those_of_mentions", "article_count = article_count + 1"),
    _set("profile_names", "counts_are_those_of_mentions", "mention_count = mention_count + 1"),
    _set("actor_aliases", "counts_are_those_of_profiles", "mention_count = mention_count + 1"),
    _set("affiliations", "counts_are_within_its_actors", "article_count = 1000"),
    _set("files", "articles_balance", "articles_found = articles_found + 1"),
    _set("sketches", "is_its_articles", "word_count = word_count + 1"),
    # days
    _set("statements", "published_on_is_the_articles", "published_on = DATE '1999-01-01'"),
    _set("actors", "days_are_those_of_profiles", "first_seen_on = DATE '1999-01-01', last_seen_on = DATE '1999-01-01'"),
    _set("sketches", "is_its_articles", "published_on = DATE '1999-01-01'"),
    # who is meant
    _set("statements", "actor_id_is_the_profiles", "actor_id = (SELECT max(actor_id) FROM actors)",
         "actor_id <> (SELECT max(actor_id) FROM actors)"),
    _set("statements", "organization_id_is_the_profiles", "organization_id = (SELECT max(actor_id) FROM actors)"),
    _set("statements", "one_speaker_each", "actor_id = NULL", "actor_id IS NOT NULL"),
    _set("mentions", "actor_id_is_the_profiles", "actor_id = (SELECT max(actor_id) FROM actors)",
         "actor_id <> (SELECT max(actor_id) FROM actors)"),
    _set("statement_actors", "actor_id_is_the_profiles", "actor_id = (SELECT max(actor_id) FROM actors)",
         "actor_id <> (SELECT max(actor_id) FROM actors)"),
    _set("actors", "kind_is_that_of_a_profile", "kind = 'group'", "kind = 'person'"),
    _set("organizations", "is_its_actor", "name = 'Some Other Body'"),
    # lineage
    _set("articles", "a_story_has_one_latest", "is_latest = false"),
    _set("profiles", "evidence_mentions_it", "evidence_article_id = (SELECT max(article_id) FROM articles)",
         "evidence_article_id <> (SELECT max(article_id) FROM articles) AND article_count = 1"),
    _set("affiliations", "evidence_mentions_the_person",
         "evidence_article_id = (SELECT article_id FROM articles WHERE article_id NOT IN "
         "(SELECT article_id FROM mentions AS m WHERE m.actor_id = affiliations.actor_id) LIMIT 1)"),
    _delete("statements", "article_comes_along", "articles", "article_id IN (SELECT article_id FROM statements)"),
    _delete("mentions", "article_comes_along", "articles", "article_id IN (SELECT article_id FROM mentions)"),
    _delete("files", "articles_come_from_it", "files", "(run_id, path) IN (SELECT run_id, path FROM articles)"),
    _delete("files", "rejected_articles_are_recorded", "rejects"),
    _set("statements", "run_id_is_the_articles_or_later", "run_id = '1999'"),
    _set("files", "loss_has_a_reason", "reason = NULL", "outcome = 'rejected'"),
]  # fmt: skip


def list_faults() -> list[Planted]:
    """Return a fault for each critical rule on published rows: the faults listed here, and one per declared rule."""
    declared = [
        fault
        for rule in rules_of_the_whole(open_rulebook())
        if rule.severity == "critical" and rule.is_declared
        for fault in _plant_declared(rule)
    ]
    return [*WRITTEN, *declared]


def _plant_declared(rule: Rule) -> Iterator[Planted]:
    table = BY_NAME[rule.table]
    if rule.name == "key_is_unique":
        name = table.qualified
        yield Planted(rule.table, rule.name, f"INSERT INTO {name} SELECT * FROM {name} LIMIT 1")
    elif rule.name == "days_are_in_order":
        yield _set(
            rule.table, rule.name, "first_seen_on = DATE '2030-01-02', last_seen_on = DATE '2030-01-01'"
        )
    for column in table.columns:
        if value := _wrong_value(column, rule.name):
            yield _set(table.name, rule.name, f"{quoted(column.name)} = {value}", "true")


def _wrong_value(column: Column, rule: str) -> str | None:
    """Return a value of the column that breaks the rule of that name; None if the rule is about something else."""
    values = {
        f"{column.name}_is_a_declared_value": "'no such value'",
        f"{column.name}_is_in_range": "-1" if column.minimum is not None else "1000000",
        f"{column.name}_has_its_form": "'?!'",
        f"{column.name}_is_known": "'nobody'",
    }
    return values.get(rule)


def build(folder: Path) -> Settings:
    """Build a warehouse by one run, with rows in each table; return its settings."""
    inbox = folder / "in"
    inbox.mkdir(parents=True)
    for number, text in enumerate(TEXTS):
        (inbox / f"{number}.txt").write_text(f"{HEADS[number % len(HEADS)]}{text}\n", encoding="utf-8")
    (inbox / "bad.txt").write_bytes(b"\x00\x01\x02")
    settings = Settings(warehouse=folder / "data" / "w.duckdb", processes=1)
    ingest([str(inbox)], settings)
    return settings


def copy_with(fault: Planted, built: Settings, folder: Path) -> Settings:
    """Copy the warehouse and plant the fault in the copy; AssertionError if no row can have the fault."""
    (folder / "data").mkdir(parents=True)
    warehouse = folder / "data" / "w.duckdb"
    for end in ("", ".lock"):
        shutil.copy(f"{built.warehouse}{end}", f"{warehouse}{end}")
    with duckdb.connect(str(warehouse)) as connection:
        [(rows,)] = connection.execute(fault.sql).fetchall()
    assert rows == 1, f"{fault.sql}: {rows} rows"
    return built.model_copy(update={"warehouse": warehouse})


def refuse(fault: Planted, settings: Settings, folder: Path) -> str:
    """Require that a run with one more file refuses and names the fault; return the message of `doctor`."""
    before = settings.warehouse.read_bytes()
    try:
        run_new(settings, folder)
    except (PublishedUnsound, RunStopped) as error:
        names = {
            fault.rule,
            fault.rule.replace("_is_known", "_stays_known"),
        }  # of what is staged, and of the whole
        assert any(f"{fault.table}.{name}" in str(error) for name in names) or " more;" in str(error), error
    else:
        raise AssertionError(f"published on top of {fault}")
    assert settings.warehouse.read_bytes() == before
    finding = find_faults_inside(settings)
    assert not finding.is_well and "onrecord rebuild" in finding.advice, finding
    return finding.found


def run_new(settings: Settings, folder: Path) -> None:
    """A run with one more file."""
    (folder / "new.txt").write_text(NEW, encoding="utf-8")
    os.utime(folder / "new.txt", (1, 1))
    ingest([str(folder / "new.txt")], settings)


def find(fault: Planted, settings: Settings) -> str:
    """Require that the step before publishing refuses the warehouse; return its message, which names the fault."""
    assert not is_checked(settings.warehouse), "it seems as On Record left it"
    found = {(found.table, found.name) for found in find_faults(settings.warehouse)}
    assert (fault.table, fault.rule) in found, found
    try:
        require_sound(settings.warehouse, settings)
    except PublishedUnsound as error:
        return str(error)
    raise AssertionError("taken for sound")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.flows.planted", description=__doc__)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--limit", type=int)
    parser.add_argument("--runs", type=int, default=12, help="make a whole run for each fault of so many")
    options = parser.parse_args()
    bad = 0
    with tempfile.TemporaryDirectory(prefix="planted-") as place:
        built = build(Path(place) / "built")
        faults = list_faults()[options.first :][: options.limit]
        for number, fault in enumerate(faults, options.first):
            folder = Path(place) / str(number)
            try:
                settings = copy_with(fault, built, folder)
                is_run = number % options.runs == 0
                said = refuse(fault, settings, folder) if is_run else find(fault, settings)
                print(number, fault.table, fault.rule, "by a run ->" if is_run else "->", said)
            except Exception as error:
                bad += 1
                print(number, fault.table, fault.rule, "NOT REFUSED:", repr(error)[:600])
            sys.stdout.flush()
            shutil.rmtree(folder, ignore_errors=True)
    print(f"{len(faults) - bad} of {len(faults)} faults refused and named")
    sys.exit(bool(bad))


if __name__ == "__main__":
    main()
