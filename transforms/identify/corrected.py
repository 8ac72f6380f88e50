"""Apply corrections to profiles that entity resolution has given actors.

The profiles themselves never change. Each run applies the current corrections to them again, so a removed correction
leaves no trace.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from schema.annotation import read_addition
from schema.column_values import NO_SPEAKER, NOBODY, SPANS
from schema.tables import ACTOR_CORRECTIONS
from transforms.frames import conform
from transforms.identify.corrections import NO_COUNTRY, OF_STATEMENT, read_parts, read_role
from transforms.identify.rewording import Found, Wording, find_wording
from transforms.keys import content_key

STATEMENT_CORRECTIONS = pl.Schema(
    {"statement_id": pl.String(), "actor_id": pl.String(), "is_deleted": pl.Boolean(), "content": pl.String(),
     "content_spans": SPANS, "kind": pl.String(), "is_unspoken": pl.Boolean()}
)  # fmt: skip
ROLE_CORRECTIONS = pl.Schema({"profile_id": pl.String, "role": pl.String, "corrected": pl.String})
PLACES = pl.Schema({"article_id": pl.String, "profile_id": pl.String})
_OUTCOMES = pl.Schema({"outcome": pl.String, "actor_id": pl.String, "profile_count": pl.Int64})
_COLUMNS = {"rename": "name", "kind": "kind", "type": "org_type", "country": "country_code"}


@dataclass(frozen=True)
class Subjects:
    """What corrections can refer to besides actors: ids of statements, and the profiles in an article (`places`).

    `texts` maps each statement that a correction rewords to its extracted wording. `added` maps the article and the
    value of each `add` line to the id of the statement that the line adds.
    """

    statements: frozenset[str] = frozenset()
    places: pl.DataFrame = field(default_factory=PLACES.to_frame)
    texts: Mapping[str, Found] = field(default_factory=dict)
    added: Mapping[tuple[str, str], str] = field(default_factory=dict)


@dataclass(frozen=True)
class Corrected:
    """The corrected `profiles`, the changes to statements and roles, and the outcomes (`applied`, ACTOR_CORRECTIONS).

    `statements` (STATEMENT_CORRECTIONS) has an `actor_id` where the speaker changes, `is_unspoken` where nobody who can
    be named made the statement, and a `content` where the wording changes. `roles` (ROLE_CORRECTIONS) has a row for
    each changed role of a profile; `corrected` is null for a removed role.
    """

    profiles: pl.DataFrame
    statements: pl.DataFrame
    roles: pl.DataFrame
    applied: pl.DataFrame


@dataclass(frozen=True)
class Change:
    """The effect of one correction: new values for columns of the profiles that match `which`."""

    which: pl.Expr
    values: dict[str, pl.Expr] = field(default_factory=dict)
    actor_id: str | None = None
    sets: tuple[str, Any] | None = None  # column and its new value, which a later line may override


def apply_corrections(
    profiles: pl.DataFrame, corrections: pl.DataFrame, subjects: Subjects | None = None
) -> Corrected:
    """Apply the corrections in order; see `Corrected`."""
    work = _Work(profiles, subjects or Subjects())
    for line in corrections.iter_rows(named=True):
        work.apply(line)
    applied = pl.concat([corrections, pl.DataFrame(work.outcomes, _OUTCOMES)], how="horizontal")
    return Corrected(
        work.profiles,
        work.list_statements(),
        work.list_roles(),
        conform(applied.with_columns(run_id=pl.lit(None, pl.String)), ACTOR_CORRECTIONS),
    )


class _Work:
    """Applies corrections one by one: holds the profiles as corrected so far, and the outcome of each correction."""

    def __init__(self, profiles: pl.DataFrame, subjects: Subjects) -> None:
        self.profiles = profiles
        self.subjects = subjects
        self.outcomes: list[dict[str, Any]] = []
        self.said: dict[str, tuple[str, str | None]] = {}  # statement -> (action, profile of the speaker)
        self.sets: list[tuple[int, str, Any, pl.Series]] = []  # line, column, value, profiles
        self.spoken: dict[str, int] = {}  # statement -> the last line about its speaker
        self.worded: dict[
            str, tuple[Wording, int]
        ] = {}  # statement -> its new wording, and the line that gives it
        self.uncorrected = profiles
        self.roles: dict[tuple[str, str], str | None] = {}  # profile and role as written -> role as corrected

    def apply(self, line: dict[str, Any]) -> None:
        """Apply one correction and record its outcome."""
        if line["action"] in (*OF_STATEMENT, "add"):
            self.outcomes.append(self._correct_statement(line))
            return
        actor_id = self.find(line["actor"])
        change = self._find_change(line, actor_id) if actor_id else None
        profile_ids = (
            self.profiles.filter(change.which)["profile_id"] if change else pl.Series(dtype=pl.String)
        )
        if change is None or profile_ids.is_empty():
            self.outcomes.append(_outcome(self._why_not(line)))
            return
        if change.sets:
            self._note_set(*change.sets, profile_ids)
        if line["action"] == "role":
            self._note_role(profile_ids, *read_role(line["value"]))
        self.outcomes.append(_outcome("applied", change.actor_id or actor_id, profile_ids.len()))
        self.profiles = self.profiles.with_columns(
            pl.when(change.which).then(value).otherwise(name).alias(name)
            for name, value in change.values.items()
        )

    def _find_change(self, line: dict[str, Any], actor_id: str) -> Change | None:
        its = pl.col("actor_id") == actor_id
        make: dict[str, Callable[[pl.Expr, str, str], Change | None]] = {
            "merge": self._merge, "split": self._split, "role": self._correct_role,
        }  # fmt: skip
        if line["action"] in make:
            return make[line["action"]](its, actor_id, line["value"])
        column = _COLUMNS.get(line["action"], "kind")
        value = NOBODY if line["action"] == "not_an_actor" else line["value"]
        value = None if line["action"] == "country" and value == NO_COUNTRY else value
        return Change(its, {column: pl.lit(value, pl.String)}, sets=(column, value))

    def _merge(self, its: pl.Expr, actor_id: str, value: str) -> Change | None:
        other = self.find(value)
        if other in (None, actor_id):
            return None
        kind = self.profiles.filter(actor_id=other)["kind"].min()
        values = {"actor_id": pl.lit(other), "rule": pl.lit("correction"), "kind": pl.lit(kind)}
        return Change(its, values)

    def _split(self, its: pl.Expr, actor_id: str, value: str) -> Change:
        parts = read_parts(value)
        own = content_key(
            "split", actor_id, *sorted(what if by == "profile" else f"{by}={what}" for by, what in parts)
        )
        which = its & pl.any_horizontal(self._part(*part) for part in parts)
        return Change(which, {"actor_id": pl.lit(own), "rule": pl.lit("correction")})

    def _part(self, by: str, what: str) -> pl.Expr:
        """Return a filter for the profiles that match one criterion of a split."""
        roles = pl.col("roles")
        if by == "role":
            texts = roles.list.eval(pl.element().struct.field("text").str.to_lowercase())
            return texts.list.contains(what.lower()).fill_null(False)
        if by == "country":
            in_roles = roles.list.eval(pl.element().struct.field("country_code")).list.contains(what)
            return ((pl.col("country_code") == what) | in_roles).fill_null(False)
        if by == "article":
            places = self.subjects.places
            return pl.col("profile_id").is_in(places.filter(article_id=what)["profile_id"].implode())
        return pl.col("profile_id") == what

    def _correct_role(self, its: pl.Expr, actor_id: str, value: str) -> Change | None:
        old, new = read_role(value)
        is_old = pl.element().struct.field("text").str.to_lowercase() == old.lower()
        has_it = pl.col("roles").list.eval(is_old).list.any().fill_null(False)
        text = (
            pl.when(pl.field("text").str.to_lowercase() == old.lower())
            .then(pl.lit(new))
            .otherwise(pl.field("text"))
        )
        named = pl.element().struct.with_fields(text.alias("text"))
        kept = named if new else pl.element().filter(~is_old.fill_null(False))
        return Change(its & has_it, {"roles": pl.col("roles").list.eval(kept)})

    def _correct_statement(self, line: dict[str, Any]) -> dict[str, Any]:
        action, statement_id, speaker = line["action"], line["actor"], line["value"]
        if action == "add":
            statement_id = self.subjects.added.get((statement_id, line["value"]), "")
            action, speaker = "speaker", read_addition(line["value"]).speaker
        if statement_id not in self.subjects.statements:
            return _outcome("not_met")
        if action == "content":
            return self._reword(statement_id, line["value"])
        if speaker is None:  # an added statement, whose speaker is the one in the article
            return _outcome("applied")
        is_named = action == "speaker" and speaker != NO_SPEAKER
        actor_id = self._find_speaker(speaker) if is_named else None
        if is_named and actor_id is None:
            return _outcome("met_several" if len(self._find_all(speaker)) > 1 else "not_met")
        profile = self.profiles.filter(actor_id=actor_id)["profile_id"].min() if actor_id else None
        made = (action, str(profile) if profile else None)
        if self.said.get(statement_id, made) != made:
            self.outcomes[self.spoken[statement_id]]["outcome"] = "contradicted"
        self.said[statement_id], self.spoken[statement_id] = made, len(self.outcomes)
        return _outcome("applied", actor_id)

    def _reword(self, statement_id: str, value: str) -> dict[str, Any]:
        extracted = self.subjects.texts.get(statement_id)
        wording = find_wording(extracted, value) if extracted else None
        if wording is None:
            return _outcome("not_in_text")
        before, number = self.worded.get(statement_id, (wording, 0))
        if before != wording:
            self.outcomes[number]["outcome"] = "contradicted"
        self.worded[statement_id] = wording, len(self.outcomes)
        return _outcome("applied")

    def _note_set(self, column: str, value: Any, profile_ids: pl.Series) -> None:
        """Record that a line sets a column for profiles; earlier lines that it overrides become `contradicted`."""
        for number, other, before, profiles in self.sets:
            if other == column and before != value and profiles.is_in(profile_ids.implode()).all():
                self.outcomes[number]["outcome"] = "contradicted"
        self.sets.append((len(self.outcomes), column, value, profile_ids))

    def _note_role(self, profile_ids: pl.Series, old: str, new: str | None) -> None:
        before = self.uncorrected.filter(pl.col("profile_id").is_in(profile_ids.implode())).select(
            "profile_id", "roles"
        )
        for profile_id, roles in before.iter_rows():
            for text in {role["text"] for role in roles if role["text"]}:
                now = self.roles.get((profile_id, text), text)
                if now and now.lower() == old.lower():
                    self.roles[profile_id, text] = new

    def list_roles(self) -> pl.DataFrame:
        """Return ROLE_CORRECTIONS: the roles of profiles as the articles write them, with the corrected roles."""
        rows = [(*key, new) for key, new in sorted(self.roles.items()) if key[1] != new]
        return pl.DataFrame(rows, ROLE_CORRECTIONS, orient="row")

    def _why_not(self, line: dict[str, Any]) -> str:
        """Return the outcome of a correction that changes nothing: `met_several` if a name fits several actors."""
        entered = [line["actor"], line["value"]] if line["action"] == "merge" else [line["actor"]]
        return "met_several" if any(len(self._find_all(name)) > 1 for name in entered) else "not_met"

    def find(self, entered: str) -> str | None:
        """Return the actor with this id, or with this name if only one actor has the name."""
        found = self._find_all(entered)
        return found[0] if len(found) == 1 else None

    def _find_speaker(self, entered: str) -> str | None:
        """Return the actor as `find` does, but also for the id of an actor that an earlier correction merged."""
        if self._find_all(entered).len():
            return self.find(entered)
        before = self.uncorrected.filter(actor_id=entered)["profile_id"]
        merged = self.profiles.filter(pl.col("profile_id").is_in(before.implode()))["actor_id"].unique()
        return str(merged.item()) if merged.len() == 1 else None

    def _find_all(self, entered: str) -> pl.Series:
        return self.profiles.filter((pl.col("actor_id") == entered) | (pl.col("name") == entered))[
            "actor_id"
        ].unique()

    def list_statements(self) -> pl.DataFrame:
        """Return STATEMENT_CORRECTIONS; each speaker is the actor that results from all corrections."""
        actors = dict(self.profiles.select("profile_id", "actor_id").iter_rows()) if self.said else {}
        rows = []
        for statement_id in dict.fromkeys([*self.said, *self.worded]):
            action, profile = self.said.get(statement_id, (None, None))
            wording, _ = self.worded.get(statement_id, (None, 0))
            spans = wording and [{"start": start, "end": end} for start, end in wording.spans]
            words = (wording.content, spans, wording.kind) if wording else (None, None, None)
            is_unspoken = action == "speaker" and profile is None
            actor_id = actors[profile] if profile else None
            rows.append((statement_id, actor_id, action == "delete", *words, is_unspoken))
        return pl.DataFrame(rows, STATEMENT_CORRECTIONS, orient="row")


def _outcome(outcome: str, actor_id: str | None = None, profile_count: int = 0) -> dict[str, Any]:
    return {"outcome": outcome, "actor_id": actor_id, "profile_count": profile_count}
