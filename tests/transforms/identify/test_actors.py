"""Identify actors in small texts with invented people; the tests supply the output of the name finder."""

from __future__ import annotations

import json
import os
from pathlib import Path

import polars as pl
import pytest

from schema.derive import polars_schema
from schema.tables import BY_NAME
from tests.steps import build_all
from tests.transforms.samples import ARTICLES, DAY, GPE, NORP, ORG, PERSON, frames
from transforms.frames import FOUND_NAMES, FOUND_STATEMENTS
from transforms.keys import content_key

SHARED = Path(os.environ.get("ONRECORD_SHARED", Path(__file__).resolve().parents[4] / "shared"))


class Built:
    """The tables of some articles, with look-ups by name."""

    def __init__(self, articles: pl.DataFrame, statements: pl.DataFrame, names: pl.DataFrame) -> None:
        self.tables = build_all(articles, statements, names)
        self.names = dict(self.tables["actors"].select("actor_id", "name").iter_rows())

    def statement(self, number: int = 1) -> dict:
        row = self.tables["statements"].filter(pl.col("seq_no") == number).row(0, named=True)
        return row | {
            "speaker": self.names.get(row["actor_id"]),
            "for": self.names.get(row["organization_id"]),
        }

    def related(self, relation: str) -> list[str]:
        rows = self.tables["statement_actors"].filter(pl.col("relation") == relation)
        return sorted(self.names[actor_id] for actor_id in rows["actor_id"])

    def actor(self, name: str) -> dict:
        return self.tables["actors"].filter(pl.col("name") == name).row(0, named=True)

    def meant_by(self, words: str) -> list[str]:
        """Return the names of the actors that mentions with these words refer to, in text order."""
        rows = self.tables["mentions"].filter(pl.col("text") == words).sort("start")
        return [self.names[actor_id] for actor_id in rows["actor_id"]]

    def roles(self) -> list[tuple[str, str | None, str | None, str | None]]:
        return sorted(
            (self.names[person], role, self.names.get(body), country)
            for person, role, body, country in self.tables["affiliations"]
            .select("actor_id", "role", "organization_id", "country_code")
            .iter_rows()
        )


def build(body: str, names: dict[str, str], *said: tuple[str | None, str, str]) -> Built:
    return Built(*frames(body, names, list(said)))


# Source, the names around it, the speaker, how resolved, role, spoken for.
SOURCES = [
    ("Dutch Trade Minister Jan Visser", {"Jan Visser": PERSON}, "Jan Visser", "named", "Trade Minister", "Netherlands"),
    ("former Acme chief executive Ann Roe", {"Ann Roe": PERSON, "Acme": ORG}, "Ann Roe", "named",
     "former chief executive", None),
    ("Ann Roe, a professor at Dorne University,", {"Ann Roe": PERSON, "Dorne University": ORG}, "Ann Roe", "named",
     "professor", "Dorne University"),
    ("Ann Roe, the company's acting finance director,", {"Ann Roe": PERSON}, "Ann Roe", "named",
     "acting finance director", None),
    ("Ann Roe, who heads Acme,", {"Ann Roe": PERSON, "Acme": ORG}, "Ann Roe", "named", "head", "Acme"),
    ("Acme spokeswoman Ann Roe", {"Ann Roe": PERSON, "Acme": ORG}, "Ann Roe", "named", "spokeswoman", "Acme"),
    ("Sen. Ann Roe", {"Ann Roe": PERSON}, "Ann Roe", "named", "Sen.", None),
    ("Mr. King", {"King": PERSON}, "King", "named", None, None),
    ("nurse Jo Berg", {"Jo Berg": ORG}, "Jo Berg", "named", "nurse", None),
    ("the nonpartisan Debate Commission", {"Debate Commission": ORG}, "Debate Commission", "named", None, None),
    ("the Kremlin", {"the Kremlin": ORG}, "Russia", "named", None, None),
    ("Washington", {"Washington": GPE}, "United States", "named", None, None),
    ("the Dutch government", {"Dutch": NORP}, "Netherlands", "nominal", None, None),
    ("the World Health Organisation", {}, "World Health Organization", "named", None, None),
    ("a senior Dutch official", {"Dutch": NORP}, "a senior Dutch official", "unnamed", None, "Netherlands"),
    ("two people familiar with the matter", {}, "two people familiar with the matter", "unnamed", None, None),
    ("the prime minister of Japan", {"Japan": GPE}, "the prime minister of Japan", "role", None, "Japan"),
    ("a spokesman for Acme", {"Acme": ORG}, "a spokesman for Acme", "unnamed", None, "Acme"),
]  # fmt: skip


@pytest.mark.parametrize(("source", "names", "speaker", "resolution", "role", "spoken_for"), SOURCES)
def test_source_gives_speaker_role_and_body(source, names, speaker, resolution, role, spoken_for):
    found = build(f"Prices will rise, {source} said on Monday.", names, (source, "said", "Prices will rise"))
    row = found.statement()
    assert (row["speaker"], row["speaker_resolution"]) == (speaker, resolution)
    assert (row["role"], row["for"]) == (role, spoken_for)


def test_former_stays_in_the_role():
    found = build("Former Trade Minister Ann Roe spoke.", {"Ann Roe": PERSON})
    assert found.roles() == [("Ann Roe", "Former Trade Minister", None, None)]


def test_title_gives_role_and_country():
    body = "He met US Secretary of State Max Mustermann on Monday."
    found = build(body, {"State": ORG, "Max Mustermann": PERSON})
    assert found.roles() == [("Max Mustermann", "Secretary of State", None, "US")]
    assert found.actor("Max Mustermann")["country_code"] == "US"


def test_no_source_gives_no_speaker():
    row = build('"Prices will rise."', {}, (None, '"', "Prices will rise.")).statement()
    assert (row["actor_id"], row["speaker_resolution"], row["source"]) == (None, "none", None)


def test_family_name_and_pronoun_mean_the_person_named_before():
    body = "Minister Jan Visser spoke. Visser said prices rise. He added that wages fall. His aide left."
    found = build(body, {"Jan Visser": PERSON, "Visser": PERSON}, ("He", "added", "wages fall"))
    assert found.meant_by("Visser") == found.meant_by("He") == found.meant_by("His") == ["Jan Visser"]
    assert found.statement()["speaker_resolution"] == "pronoun"


def test_gender_decides_between_two_people():
    body = "Ann Roe met Peter Berg in May. She praised his work, and he thanked her."
    found = build(body, {"Ann Roe": PERSON, "Peter Berg": PERSON})
    assert found.meant_by("She") == found.meant_by("her") == ["Ann Roe"]
    assert found.meant_by("his") == found.meant_by("he") == ["Peter Berg"]


def test_he_in_a_quotation_is_never_its_speaker():
    body = 'Peter Berg met Paul Dorn on Monday. "He lied to us," Berg said.'
    said = ("Berg", "said", "He lied to us,")
    found = build(body, {"Peter Berg": PERSON, "Paul Dorn": PERSON}, said)
    assert found.meant_by("He") == ["Paul Dorn"]


def test_contracted_pronoun_is_the_pronoun_alone():
    found = build("Ann Roe won. She'll speak today.", {"Ann Roe": PERSON})
    assert found.meant_by("She") == ["Ann Roe"]


def test_description_fits_role_and_country():
    body = (
        "Dutch Foreign Minister Jan Visser met German Foreign Minister Eva Kern. "
        "The Dutch minister said prices rise. The German minister left."
    )
    said = ("The Dutch minister", "said", "prices rise")
    found = build(body, {"Jan Visser": PERSON, "Eva Kern": PERSON, "Dutch": NORP, "German": NORP}, said)
    assert (found.statement()["speaker"], found.statement()["speaker_resolution"]) == (
        "Jan Visser",
        "nominal",
    )
    assert found.meant_by("The German minister") == ["Eva Kern"]


def test_short_title_and_full_title_are_one():
    found = build("Sen. Ann Roe spoke. The senator left.", {"Ann Roe": PERSON})
    assert found.meant_by("The senator") == ["Ann Roe"]


def test_description_of_a_body_fits_its_name_or_type():
    body = "The European Commission met Acme Corp. The commission warned the company."
    found = build(body, {"European Commission": ORG, "Acme Corp": ORG})
    assert found.meant_by("The commission") == ["European Commission"]
    assert found.meant_by("the company") == ["Acme Corp"]


def test_description_of_somebody_else_stays_unresolved():
    found = build("President Ann Roe left. The president of Chile stayed.", {"Ann Roe": PERSON, "Chile": GPE})
    assert found.meant_by("The president") == []


def test_acronym_defined_in_the_text_is_the_long_name():
    body = "The World Widget Council (WWC) met. The WWC said prices rise."
    found = build(body, {"WWC": ORG}, ("The WWC", "said", "prices rise"))
    assert found.statement()["speaker"] == "World Widget Council"
    aliases = dict(found.tables["actor_aliases"].select("alias", "rule").iter_rows())
    assert aliases == {"World Widget Council": "name", "WWC": "acronym"}


def test_nationality_means_the_country_and_seat_means_none_unless_it_speaks():
    found = build("Chinese goods left Beijing.", {"Chinese": NORP, "Beijing": GPE})
    assert found.meant_by("Chinese") == ["China"]
    assert found.meant_by("Beijing") == []


def test_name_of_a_country_and_of_another_place_needs_context():
    names = {"Georgia": GPE, "Russia": GPE}
    assert build("Georgia beat Ohio.", names).meant_by("Georgia") == []
    assert build("Georgia warned Russia.", names).meant_by("Georgia") == ["Georgia"]


def test_role_ends_before_a_preposition():
    found = build("The critic of Jan Visser spoke.", {"Jan Visser": PERSON})
    assert found.roles() == []


def test_one_kind_for_one_name():
    found = build("Jan Visser won. Visser cheered.", {"Jan Visser": PERSON, "Visser": GPE})
    assert found.tables["actors"]["kind"].to_list() == ["person"]


def test_coordinated_sources_share_the_statement():
    body = "Prices will rise, Ann Roe and Peter Berg said."
    said = ("Ann Roe and Peter Berg", "said", "Prices will rise")
    found = build(body, {"Ann Roe": PERSON, "Peter Berg": PERSON}, said)
    assert (found.related("speaker"), found.related("co_speaker")) == (["Ann Roe"], ["Peter Berg"])


def test_spokesman_speaks_on_behalf():
    found = build("Acme spokesman Jan Visser said prices rise.", {"Jan Visser": PERSON, "Acme": ORG},
                  ("Acme spokesman Jan Visser", "said", "prices rise"))  # fmt: skip
    assert (found.related("speaker"), found.related("on_behalf_of")) == (["Jan Visser"], ["Acme"])


NAMED = [
    ("A shepherd who gave his name only as Josip said prices rise.", {"Josip": PERSON},
     "A shepherd who gave his name only as Josip", "Josip"),
    ("A witness, Simon Dorn, said prices rise.", {"Simon Dorn": PERSON}, "A witness, Simon Dorn,", "Simon Dorn"),
    ("A witness said prices rise. The witness, Simon Dorn, left.", {"Simon Dorn": PERSON}, "A witness", "Simon Dorn"),
    ("A critic who met Simon Dorn said prices rise.", {"Simon Dorn": PERSON}, "A critic who met Simon Dorn",
     "A critic who met Simon Dorn"),
    ("Acme closed a plant. It said prices rise.", {"Acme": ORG}, "It", "Acme"),
    ("Acme bought a plant of Widget Corp. It said prices rise.", {"Acme": ORG, "Widget Corp": ORG}, "It", "Acme"),
]  # fmt: skip


@pytest.mark.parametrize(("body", "names", "source", "speaker"), NAMED, ids=[body for body, *_ in NAMED])
def test_source_is_who_the_text_names_for_it(body, names, source, speaker):
    found = build(body, names, (source, "said", "prices rise"))
    assert found.statement()["speaker"] == speaker


def test_it_is_the_body_without_a_name_that_spoke_before():
    said = [("The ministry", "said", "prices rise"), ("It", "added", "wages fall")]
    found = build("The ministry said prices rise. It added that wages fall.", {}, *said)
    assert found.statement(2)["speaker"] == found.statement(1)["speaker"] == "ministry"


def test_addressee_and_mentioned_actors():
    body = "Ann Roe told Reuters that Acme had paid Chile."
    said = ("Ann Roe", "told", "Acme had paid Chile")
    found = build(body, {"Ann Roe": PERSON, "Reuters": ORG, "Acme": ORG, "Chile": GPE}, said)
    assert found.related("addressee") == ["Reuters"]
    assert found.related("mentioned") == ["Acme", "Chile"]


@pytest.mark.parametrize(
    ("told", "group"), [("reporters", "reporters"), ("local media on Monday", "local media")]
)
def test_people_without_a_name_are_counted_as_a_group(told: str, group: str):
    body = f"Ann Roe told {told} that prices rise."
    found = build(body, {"Ann Roe": PERSON}, ("Ann Roe", "told", "prices rise"))
    assert found.related("addressee") == [group]
    assert found.actor(group)["kind"] == "group"


def test_description_with_a_country_may_come_before_the_name():
    body = "The Dutch minister said prices rise. Dutch Trade Minister Jan Visser left. Chile stayed."
    found = build(
        body,
        {"Jan Visser": PERSON, "Dutch": NORP, "Chile": GPE},
        ("The Dutch minister", "said", "prices rise"),
    )
    assert found.statement()["speaker"] == "Jan Visser"


def test_organization_has_type_and_country():
    found = build("Chinese tech giant Huawei and the Dutch Trade Ministry met.",
                  {"Huawei": ORG, "Dutch Trade Ministry": ORG})  # fmt: skip
    rows = found.tables["organizations"].select("name", "org_type", "country_code").sort("name").rows()
    assert rows == [("Dutch Trade Ministry", "government", "NL"), ("Huawei", "company", "CN")]


def test_parent_comes_from_the_seeds_whether_an_article_names_it_or_not():
    found = build("Google met Alphabet.", {"Google": ORG, "Alphabet": ORG})
    rows = {row["name"]: row for row in found.tables["organizations"].to_dicts()}
    assert (rows["Google"]["parent"], rows["Google"]["parent_id"]) == (
        "Alphabet",
        rows["Alphabet"]["organization_id"],
    )
    assert rows["Alphabet"]["parent_id"] is None


# ---- ids


def ids(*bodies: str, names: dict[str, str]) -> list[set[str]]:
    built = [Built(*frames(body, names, [], str(number))) for number, body in enumerate(bodies)]
    return [set(found.tables["actors"]["actor_id"]) for found in built]


def test_full_name_is_one_actor_in_two_articles():
    one, two = ids(
        "Ann B. Roe won.", "It was Ann Roe again.", names={"Ann B. Roe": PERSON, "Ann Roe": PERSON}
    )
    assert one == two


def test_bare_family_name_is_never_merged_across_articles():
    one, two = ids("Mr. Roe won.", "Mr. Roe lost.", names={"Roe": PERSON})
    assert one.isdisjoint(two)


def test_source_without_a_name_is_never_merged_across_articles():
    said = [("a senior official", "said", "Prices rise")]
    built = [Built(*frames("Prices rise, a senior official said.", {}, said, key)) for key in ("a", "b")]
    assert built[0].statement()["actor_id"] != built[1].statement()["actor_id"]


def test_generic_body_belongs_to_its_country():
    names = {"Dutch Foreign Ministry": ORG, "German Foreign Ministry": ORG}
    one, two = ids("The Dutch Foreign Ministry spoke.", "The German Foreign Ministry spoke.", names=names)
    assert one.isdisjoint(two)


# ---- tables

STORIES = [
    ("Dutch Trade Minister Jan Visser said prices rise. He left.", [("Jan Visser", "said", "prices rise")]),
    ("Jan Visser, the trade minister, told Acme that wages fall.", [("Jan Visser", "told", "wages fall")]),
    ("Acme Corp said Ann Roe, its chief, had resigned.", [("Acme Corp", "said", "Ann Roe, its chief, had resigned")]),
    ("Visser said nothing. Two officials said prices rise.", [("Two officials", "said", "prices rise")]),
]  # fmt: skip
LABELS = {"Jan Visser": PERSON, "Ann Roe": PERSON, "Acme Corp": ORG, "Acme": ORG, "Dutch": NORP}


def together(stories: list) -> dict[str, pl.DataFrame]:
    parts = [frames(body, LABELS, said) for body, said in stories]
    return Built(*(pl.concat(column) for column in zip(*parts, strict=True))).tables


def test_tables_have_their_declared_schemas_also_when_empty():
    empty = Built(ARTICLES.to_frame(), FOUND_STATEMENTS.to_frame(), FOUND_NAMES.to_frame()).tables
    for tables in (together(STORIES), empty):
        for name, frame in tables.items():
            assert frame.schema == polars_schema(BY_NAME[name]), name


def test_order_of_articles_changes_nothing():
    forward, backward = together(STORIES), together(STORIES[::-1])
    for name, frame in forward.items():
        assert frame.equals(backward[name]), name


def test_no_key_is_an_orphan():
    tables = together(STORIES)
    known = set(tables["actors"]["actor_id"])
    for name, column in [("statements", "actor_id"), ("statements", "organization_id"), ("mentions", "actor_id"),
                         ("statement_actors", "actor_id"), ("affiliations", "actor_id"), ("actor_aliases", "actor_id"),
                         ("organizations", "organization_id")]:  # fmt: skip
        assert set(tables[name][column].drop_nulls()) <= known, (name, column)
    assert set(tables["affiliations"]["organization_id"].drop_nulls()) <= set(
        tables["organizations"]["organization_id"]
    )
    assert set(tables["statement_actors"]["mention_id"].drop_nulls()) <= set(tables["mentions"]["mention_id"])


def test_one_speaker_row_for_each_resolved_statement():
    tables = together(STORIES)
    speakers = tables["statement_actors"].filter(pl.col("relation") == "speaker")
    resolved = tables["statements"].drop_nulls("actor_id").select("statement_id", "actor_id")
    assert (
        speakers.select("statement_id", "actor_id").sort("statement_id").equals(resolved.sort("statement_id"))
    )


def test_texts_are_slices_of_the_body():
    tables, bodies = together(STORIES), {content_key(body): body for body, _ in STORIES}
    for article_id, start, end, text in (
        tables["mentions"].select("article_id", "start", "end", "text").iter_rows()
    ):
        assert bodies[article_id][start:end] == text


def test_many_equal_names_in_one_article_stay_cheap():
    body = "Ann Roe and Acme Corp met Roe. She left. " * 3000
    found = build(body, {"Ann Roe": PERSON, "Acme Corp": ORG})
    assert found.actor("Ann Roe")["kind"] == "person"


# ---- the sample of the issue

SAMPLE = SHARED / "articles" / "2019-06-03-sputnik-5g.txt"


@pytest.fixture(scope="module")
def sample() -> tuple[Built, dict]:
    if not SAMPLE.exists():
        pytest.skip("the shared sample article is not here")
    from transforms.extract import find_names

    text = SAMPLE.read_text("utf-8")
    expected = json.loads(SAMPLE.with_suffix(".expected.json").read_text("utf-8"))
    first = text.index(expected["article"]["body_starts_with"])
    rows = [
        _sample_row(statement, number, first) for number, statement in enumerate(expected["statements"], 1)
    ]
    articles = pl.DataFrame([{"article_id": "sample", "body": text[first:], "published_on": DAY}], ARTICLES)
    return Built(articles, pl.DataFrame(rows, FOUND_STATEMENTS), find_names(articles)), expected


def _sample_row(statement: dict, number: int, first: int) -> dict:
    row = {"article_id": "sample", "seq_no": number, "kind": statement["kind"], "confidence": 0.9}
    row["content_spans"] = [{"start": a - first, "end": b - first} for a, b in statement["content_spans"]]
    for part in ("cue", "source"):
        row[f"{part}_start"], row[f"{part}_end"] = (place - first for place in statement[f"{part}_span"])
    return row


def test_sample_has_its_expected_speakers(sample: tuple[Built, dict]):
    found, expected = sample
    for number, statement in enumerate(expected["statements"], 1):
        speaker = found.actor(found.statement(number)["speaker"])
        assert (speaker["name"], speaker["kind"]) == (statement["speaker"], statement["speaker_kind"])


def test_sample_has_its_expected_people_and_bodies(sample: tuple[Built, dict]):
    found, expected = sample
    people = [(p["name"], p["role"], None, p["country"]) for p in expected["people"]]
    assert found.roles() == sorted(people)
    names = found.tables["organizations"]["name"]
    assert set(expected["organizations"]) <= set(names)
    countries = found.tables["actors"].filter(pl.col("kind") == "country")["country_code"]
    assert set(countries) == set(expected["countries"])
