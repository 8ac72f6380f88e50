"""Define column types and allowed values for the declarations in `schema/tables.py`."""

from __future__ import annotations

import polars as pl

SPAN = pl.Struct({"start": pl.Int32, "end": pl.Int32})
SPANS = pl.List(SPAN)
UTC = pl.Datetime("us", "UTC")


ID = r"^[0-9a-f]{16,64}$"
ACTOR_ID = r"^(country:[A-Z]{2}|[0-9a-f]{16,64})$"
COUNTRY = r"^[A-Z]{2}$"

STATEMENT_KINDS = ("direct", "indirect", "mixed")
SPEAKER_RESOLUTIONS = ("named", "pronoun", "nominal", "role", "unnamed", "none")
CUE_CLASSES = (
    "neutral", "distancing", "factive", "accusing", "denying", "demanding", "promising",
    "praising", "criticising", "declining", "opining", "asking", "other",
)  # fmt: skip
MODALITIES = ("asserted", "possible", "expected", "conditional")
STANCES = ("for", "against", "neither")
RELATIONS = ("speaker", "co_speaker", "on_behalf_of", "addressee", "mentioned")
ACTOR_KINDS = ("person", "organization", "country", "group", "unnamed")
NO_SPEAKER = "none"  # value of a correction: nobody who can be named made the statement
NOBODY = "nobody"  # the kind of an "actor" that a correction marks as not an actor
ORG_TYPES = (
    "company", "government", "intergovernmental", "party", "agency", "media", "ngo", "other",
    "court", "police", "military", "education", "sports",
)  # fmt: skip
PRECISIONS = ("instant", "day", "month", "year")
LANGUAGE_SOURCES = ("text", "file", "assumed")
WITHDRAWALS = ("kill_note", "hold_note", "canceled", "withheld")
MENTION_KINDS = ("name", "nominal", "pronoun")
ALIAS_RULES = (
    "name", "surname", "nickname", "spelling", "acronym", "seed", "title", "nominal", "adjective", "metonym",
    "short", "role", "correction",
)  # fmt: skip
PROFILE_RULES = ("name", "seed", "nickname", "short", "role", "acronym", "correction")
CORRECTIONS = (
    "merge", "split", "rename", "kind", "type", "country", "role", "not_an_actor", "speaker", "content", "delete",
    "add",
)  # fmt: skip
CORRECTION_OUTCOMES = ("applied", "not_met", "met_several", "not_in_text", "contradicted")
CORRECTED = ("speaker", "role", "content", "deleted")
ROLE_EVIDENCE = pl.Struct(
    {
        "text": pl.String,
        "country_code": pl.String,
        "body": pl.String,
        "body_type": pl.String,
        "body_profile": pl.String,
    }
)
ROLE_FACT = pl.Struct(
    {"place": pl.String, "country_code": pl.String, "country_from": pl.String, "body_profile": pl.String}
)
COUNTRY_SOURCES = ("text", "seed", "place", "context")
SOURCE_TYPES = ("person", "organization", "document", "collective", "anonymous person", "none")
OUTCOMES = ("loaded", "unchanged", "duplicate", "rejected")
SEVERITIES = ("critical", "warning", "info")
