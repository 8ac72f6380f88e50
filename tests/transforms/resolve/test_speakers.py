"""Resolve the speaker and the addressee of a statement, and check the queries to the model."""

from __future__ import annotations

import pytest

from transforms.resolve.article import Resolved, resolve_article
from transforms.resolve.features import NAMES, describe_options
from transforms.resolve.model import Attribution, Speaker
from transforms.resolve.ranker import Network, load_ranker

PERSON, ORG, NORP = "PERSON", "ORG", "NORP"
ROE, BERG, ACME = {"Ann Roe": PERSON}, {"Jan Berg": PERSON}, {"Acme": ORG}


def spans_of(body: str, names: dict[str, str]) -> list[tuple[int, int, str]]:
    return sorted(
        (i, i + len(name), label)
        for name, label in names.items()
        for i in range(len(body))
        if body.startswith(name, i)
    )


def attribution(body: str, source: str | None, cue: str | None, content: str) -> Attribution:
    start = body.index(content)
    told = body.index(cue) if cue else 0
    near = [i for i in range(len(body)) if source and body.startswith(source, i)]
    at = min(near, key=lambda i: abs(i - told), default=0)
    return Attribution(
        ((start, start + len(content)),),
        (told, told + len(cue)) if cue else None,
        (at, at + len(source)) if source else None,
    )


def resolve(body: str, names: dict[str, str], *said: tuple[str | None, str | None, str], **more) -> Resolved:
    made = [attribution(body, *one) for one in said]
    return resolve_article("a", body, spans_of(body, names), made, **more)


def speaker(body: str, names: dict[str, str], *said: tuple[str | None, str | None, str]) -> Speaker:
    """Return the speaker of the last statement."""
    return resolve(body, names, *said).speakers[-1]


def who(found: Speaker) -> tuple[str | None, str | None]:
    return (found.actor.kind, found.actor.name) if found.actor else (None, None)


SOURCES = [
    # whose report it is
    ("A report by Ann Roe said prices rise.", ROE, "A report by Ann Roe", ("person", "Ann Roe")),
    ("Ann Roe's letter said prices rise.", ROE, "Ann Roe's letter", ("person", "Ann Roe")),
    ("A letter sent by Ann Roe said prices rise.", ROE, "A letter sent by Ann Roe", ("person", "Ann Roe")),
    ("The Acme report said prices rise.", ACME, "The Acme report", ("organization", "Acme")),
    ("A statement from Acme said prices rise.", ACME, "A statement from Acme", ("organization", "Acme")),
    # a body behind its description
    ("Public broadcaster Acme said prices rise.", ACME, "Public broadcaster Acme", ("organization", "Acme")),
    ("The budget watchdog, the Acme, said prices rise.", ACME, "The budget watchdog, the Acme",
     ("organization", "Acme")),
    ("Walden's parent company Acme said prices rise.", ACME, "Walden's parent company Acme", ("organization", "Acme")),
    # a body without a capital
    ("The health ministry said prices rise.", {}, "The health ministry", ("organization", "health ministry")),
    ("Police said prices rise.", {}, "Police", ("group", "Police")),
    ("A ministry said prices rise.", {}, "A ministry", ("unnamed", "A ministry")),
    ("The ministry said prices rise.", {}, "The ministry", ("organization", "ministry")),
    # "the company" does not say which company
    ("The company said prices rise.", {}, "The company", ("unnamed", "The company")),
    ("Two ministries said prices rise.", {}, "Two ministries", ("group", "Two ministries")),
    # a person described stays without a name, whatever country or body the description tells
    ("The U.S. attorney said prices rise.", {}, "The U.S. attorney", ("unnamed", "The U.S. attorney")),
    ("An aide to Ann Roe said prices rise.", ROE, "An aide to Ann Roe", ("unnamed", "An aide to Ann Roe")),
    ("The Russian said prices rise.", {"Russian": NORP}, "The Russian", ("unnamed", "The Russian")),
    ("Neighbouring Russia said prices rise.", {"Russia": "GPE"}, "Neighbouring Russia", ("country", "Russia")),
    ("Firms across Russia said prices rise.", {"Russia": "GPE"}, "Firms across Russia",
     ("group", "Firms across Russia")),
    ("The Russians said prices rise.", {"Russians": NORP}, "The Russians", ("country", "Russia")),
    ("Acme (AC) officials said prices rise.", ACME, "Acme (AC) officials", ("group", "Acme (AC) officials")),
]  # fmt: skip


@pytest.mark.parametrize(("body", "names", "source", "expected"), SOURCES, ids=[body for body, *_ in SOURCES])
def test_source_means(body, names, source, expected):
    assert who(speaker(body, names, (source, "said", "prices rise"))) == expected


def test_german_ministry_in_small_letters_has_its_country():
    found = speaker(
        "The German foreign ministry said prices rise.",
        {},
        ("The German foreign ministry", "said", "prices rise"),
    )
    assert found.actor is not None
    assert (found.actor.kind, found.actor.country_code) == ("organization", "DE")


STORY = (
    "Trade Minister Ann Roe opened the bridge on Monday. She said the bridge was safe.\n\n"
    "Jan Berg of the Dorne Union disagreed. He warned that the bridge was old.\n\n"
    "The minister replied that it was new."
)


def test_story_of_two_people():
    said = [
        ("She", "said", "the bridge was safe"),
        ("He", "warned", "the bridge was old"),
        ("The minister", "replied", "it was new"),
    ]
    found = resolve(STORY, ROE | BERG | {"Dorne Union": ORG}, *said).speakers
    assert [(who(one)[1], one.resolution, one.form) for one in found] == [
        ("Ann Roe", "pronoun", "pronoun"),
        ("Jan Berg", "pronoun", "pronoun"),
        ("Ann Roe", "nominal", "person"),
    ]


def test_a_plural_pronoun_means_the_speakers_quoted_together():
    body = "Ann Roe and Jan Berg said prices rise. They added that wages fall."
    names = ROE | BERG
    found = speaker(
        body, names, ("Ann Roe and Jan Berg", "said", "prices rise"), ("They", "added", "wages fall")
    )
    assert {who(found)[1], *(m.actor.name for m in found.co_speakers)} == {"Ann Roe", "Jan Berg"}


class First:
    """Chooses the first option of each reference."""

    def choose(self, discourse, query, options):
        return (options[0] if options else None), 1.0


def choose_first(body: str, names: dict[str, str], *said: tuple[str, str, str]) -> str | None:
    """Return the name of the speaker of the last statement if the first option of each reference is chosen."""
    found = resolve(body, names, *said, ranker=First()).speakers[-1]
    return found.actor and found.actor.name


def test_they_is_no_person_who_is_named_alone():
    said = ("They", "said", "it leaks")
    assert choose_first("Ann Roe saw the roof. They said it leaks.", ROE, said) is None
    assert (
        choose_first("Ann Roe and Jan Berg saw the roof. They said it leaks.", ROE | BERG, said) == "Jan Berg"
    )


def test_an_organization_in_the_description_of_a_person_is_not_the_speaker():
    body, names = "The Alder and Eaves minister said prices rise.", {"Alder and Eaves": ORG}
    source = "The Alder and Eaves minister"
    assert choose_first(body, names, (source, "said", "prices rise")) == source


def test_the_company_is_no_unnamed_person():
    body = "Two dealers said prices rise. The company said wages fall."
    said = (("Two dealers", "said", "prices rise"), ("The company", "said", "wages fall"))
    assert choose_first(body, {}, *said) == "The company"


def test_the_head_noun_tells_whom_the_last_description_meant():
    body = "A spokesman for Acme said prices rise. Jan Berg, a driver, left. The spokesman said wages fall."
    asked = Asked()
    said = (("A spokesman for Acme", "said", "prices rise"), ("The spokesman", "said", "wages fall"))
    resolve(body, ACME | BERG, *said, ranker=asked)
    rows = asked.rows["The"]["same noun"]
    assert rows == {"A spokesman for Acme": 1.0, "Jan Berg": 0.0, "Acme": 0.0, None: 0.0}


def test_turns_in_capitals_are_people():
    body = "ANN ROE: Will it open?\nBERG: It will.\nROE: When?\nBERG: In May."
    found = resolve(body, {}, ("BERG", None, "It will."), ("ANN ROE", None, "Will it open?")).speakers
    assert [who(one) for one in found] == [("person", "Berg"), ("person", "Ann Roe")]


LISTENERS = [
    ("Ann Roe told the court that prices rise.", "told", ("organization", "court")),
    ("Ann Roe told Acme that prices rise.", "told", ("organization", "Acme")),
    ("Ann Roe urged residents to note that prices rise.", "urged", ("group", "residents")),
    ("Ann Roe called on Acme to see that prices rise.", "called on", ("organization", "Acme")),
    ("Ann Roe asked whether prices rise.", "asked", None),
    ("Ann Roe said prices rise.", "said", None),
]


@pytest.mark.parametrize(("body", "cue", "told"), LISTENERS, ids=[body for body, *_ in LISTENERS])
def test_told_is_the_phrase_after_the_cue(body, cue, told):
    found = speaker(body, ROE | ACME, ("Ann Roe", cue, "prices rise")).addressee
    assert (found and (found.actor.kind, found.actor.name)) == told


@pytest.mark.parametrize(
    ("body", "source"),
    [
        ("Ann Roe leads the race. Ann Roe won in May. The poll found Roe ahead.", "The poll"),
        ("The Acme Party voted. Opposition parties said it was late.", "Opposition parties"),
    ],
)
def test_surveys_are_no_person_and_bare_plurals_no_single_organization(body, source):
    cue = "found" if "found" in body else "said"
    content = body[body.index(cue) + len(cue) + 1 : -1]
    found = speaker(body, {"Ann Roe": PERSON, "Acme Party": ORG}, (source, cue, content))
    assert found.actor.name == source


def test_the_charity_is_the_only_charity_that_the_article_names():
    body = (
        "A leading charity has said that care must improve. One in four waits, according to a report from {}. "
        "The charity said prices rise."
    )
    said = (("A leading charity", "has said", "care must improve"), ("The charity", "said", "prices rise"))
    one, two = {"Lorne Trust": ORG}, {"Lorne Trust": ORG, "Marsk Trust": ORG}
    assert who(speaker(body.format("Lorne Trust"), one, *said)) == ("organization", "Lorne Trust")
    found = speaker(body.format("Lorne Trust and the Marsk Trust"), two, *said)
    assert found.actor and found.actor.kind == "unnamed"


def test_article_is_resolved_alike_alone_and_after_others():
    said = ("The minister", "replied", "it was new")
    names = ROE | BERG | {"Dorne Union": ORG}
    first = resolve(STORY, names, said)
    resolve("Eva Kern said prices rise.", {"Eva Kern": PERSON}, ("Eva Kern", "said", "prices rise"))
    again = resolve(STORY, names, said)
    assert [profile.profile_id for profile in first.profiles] == [p.profile_id for p in again.profiles]


class Asked:
    """Records the model's input; chooses nobody."""

    def __init__(self):
        self.rows: dict[str, dict] = {}

    def choose(self, discourse, query, options):
        rows = describe_options(discourse, query, options)
        assert rows.shape == (len(options) + 1, len(NAMES))
        pointed = discourse.pointed(query.first, options)
        self.rows[discourse.text.words[query.first]] = {
            "nobody": rows[:, NAMES.index("nobody")],
            "pointed": dict(zip([*(actor.name for actor in options), None], pointed, strict=True)),
            "same noun": dict(
                zip(
                    [*(actor.name for actor in options), None], rows[:, NAMES.index("same noun")], strict=True
                )
            ),
        }
        return None, 1.0


def test_the_networks_pointers_are_summed_by_actor():
    body = "Jan Berg met Ann Roe. She said prices rise."
    asked = Asked()
    pointers = {body.index("She"): {body.index("Roe"): -0.25, body.index("Jan"): -3.0}}
    resolve(body, ROE | BERG, ("She", "said", "prices rise"), ranker=asked, pointers=pointers)
    pointed = asked.rows["She"]["pointed"]
    assert pointed["Ann Roe"] == pytest.approx(-0.25) and pointed["Jan Berg"] == pytest.approx(-3.0)
    assert pointed[None] < pointed["Jan Berg"]
    assert asked.rows["She"]["nobody"].tolist() == [0.0] * (len(pointed) - 1) + [1.0]


def test_a_word_that_points_at_itself_means_nobody():
    body = "Ann Roe left. She said prices rise."
    asked = Asked()
    at = body.index("She")
    resolve(body, ROE, ("She", "said", "prices rise"), ranker=asked, pointers={at: {at: -0.1}})
    pointed = asked.rows["She"]["pointed"]
    assert pointed[None] == pytest.approx(-0.1) and pointed["Ann Roe"] < pointed[None]


def test_an_actor_without_a_name_is_as_likely_as_nobody():
    body = "A driver saw Ann Roe and said prices rise. She said wages fall."
    asked = Asked()
    at = body.index("She")
    said = (("A driver", "said", "prices rise"), ("She", "said", "wages fall"))
    resolve(body, ROE, *said, ranker=asked, pointers={at: {at: -0.1, body.index("Ann"): -2.0}})
    pointed = asked.rows["She"]["pointed"]
    assert pointed["A driver"] == pytest.approx(-0.1) and pointed["Ann Roe"] == pytest.approx(-2.0)


def test_without_the_network_pointer_scores_are_zero():
    asked = Asked()
    resolve("Ann Roe left. She said prices rise.", ROE, ("She", "said", "prices rise"), ranker=asked)
    assert set(asked.rows["She"]["pointed"].values()) == {0.0}


def test_weights_for_other_features_are_refused():
    weights = dict(load_ranker().weights)
    weights["names"] = weights["names"][:-1]
    with pytest.raises(ValueError, match="train-references"):
        Network(weights)


@pytest.mark.parametrize(
    ("body", "source"),
    [
        ("Finance Minister Ann Roe left. The health minister said it rained.", "The health minister"),
        ("President Ann Roe left. The vice president said it rained.", "The vice president"),
        ("Shadow Trade Secretary Ann Roe left. The trade secretary said it rained.", "The trade secretary"),
        ("Mayor Ann Roe left. The city clerk said it rained.", "The city clerk"),
    ],
)
def test_holder_of_one_office_is_not_described_by_another(body: str, source: str):
    assert speaker(body, ROE, (source, "said", "it rained")).resolution == "role"


def test_the_president_is_not_the_vice_president():
    body = "Vice President Ann Roe left. The president said it rained."
    assert speaker(body, ROE, ("The president", "said", "it rained")).resolution == "role"


def test_the_minister_may_be_the_deputy_prime_minister():
    body = "Deputy Prime Minister Ann Roe left. The minister said it rained."
    assert choose_first(body, ROE, ("The minister", "said", "it rained")) == "Ann Roe"


def test_the_leader_of_one_party_does_not_lead_another():
    names = ROE | {"Labour Party": ORG, "Green Party": ORG}
    body = "Labour Party leader Ann Roe left. The Green Party leader said it rained."
    assert choose_first(body, names, ("The Green Party leader", "said", "it rained")) != "Ann Roe"


PRESIDENTS = "Former President Ann Roe met President Jan Berg. {} said it rained."


@pytest.mark.parametrize(
    ("source", "name"), [("The president", "Jan Berg"), ("The former president", "Ann Roe")]
)
def test_the_president_is_not_the_former_president(source: str, name: str):
    body = PRESIDENTS.format(source)
    for ranker in (First(), None):
        found = resolve(body, ROE | BERG, (source, "said", "it rained"), ranker=ranker).speakers[-1]
        assert who(found) == ("person", name)


def test_a_minister_of_one_country_is_not_the_minister_of_another():
    body = "Dutch Finance Minister Ann Roe left. The Swedish finance minister said it rained."
    names = ROE | {"Dutch": NORP, "Swedish": NORP}
    assert who(speaker(body, names, ("The Swedish finance minister", "said", "it rained")))[0] != "person"


def test_one_person_is_not_from_two_countries():
    body = "Coach Jan Berg smiled. “We won,” the Dutchman said. Ann Roe lost. “We tried,” the Swede said."
    said = (("the Dutchman", "said", "We won"), ("the Swede", "said", "We tried"))
    names = ROE | BERG | {"Dutchman": NORP, "Swede": NORP}
    found = resolve(body, names, *said, ranker=First()).speakers
    assert [who(one)[1] for one in found] == ["Jan Berg", "Ann Roe"]


def test_nobody_speaks_in_a_constitution():
    body = "Ann Roe wrote the law. Under the constitution, prices rise."
    assert who(speaker(body, ROE, ("the constitution", "Under", "prices rise")))[0] == "unnamed"


@pytest.mark.parametrize("name", ["Ann Roe, 34,", "Ann Roe (34)", "Ann Roe, aged 34,", "34-year-old Ann Roe"])
def test_a_description_by_age_means_who_has_it(name: str):
    body = f"{name} won. Jan Berg, 43, lost. “I ran,” the 34-year-old said."
    assert choose_first(body, ROE | BERG, ("the 34-year-old", "said", "I ran")) == "Ann Roe"


def test_relatives_and_lawyers_of_a_person_are_different_people():
    body = "Roe's mother said it rained. Roe's lawyer said it snowed."
    said = (("Roe's mother", "said", "it rained"), ("Roe's lawyer", "said", "it snowed"))
    found = resolve(body, {"Roe": PERSON}, *said).speakers
    assert [who(one)[1] for one in found] == ["Roe's mother", "Roe's lawyer"]


def test_the_star_of_a_club_is_not_the_club():
    body = "Acme won. The Acme star said it rained."
    assert choose_first(body, ACME, ("The Acme star", "said", "it rained")) != "Acme"


@pytest.mark.parametrize("source", ["an Acme employee", "another Acme commenter"])
def test_somebody_from_an_organization_is_not_the_organization(source: str):
    body = f"Acme won, and {source} said it rained."
    assert who(speaker(body, ACME, (source, "said", "it rained")))[0] == "unnamed"


def test_the_proposals_of_an_organization_speak_for_it():
    body = "Acme left. Acme's proposals said it rained."
    assert choose_first(body, ACME, ("Acme's proposals", "said", "it rained")) == "Acme"


def test_the_home_secretary_is_who_is_called_so():
    body = "Home Secretary Ann Roe left. Jan Berg stayed. The home secretary said it rained."
    assert choose_first(body, ROE | BERG, ("The home secretary", "said", "it rained")) == "Ann Roe"


def test_the_website_of_a_charity_without_a_name_is_no_organization():
    body = "Ann Roe left. According to the charity's website, it rained."
    found = speaker(body, ROE, ("the charity's website", "According to", "it rained"))
    assert (who(found)[0], found.resolution) == ("unnamed", "unnamed")


class FirstForPronouns(First):
    """Chooses the first option of each pronoun, and nobody for a description."""

    def choose(self, discourse, query, options):
        return super().choose(discourse, query, [] if query.wanted else options)


def test_he_is_no_spokeswoman():
    said = (("A spokeswoman", "said", "it rained"), ("He", "said", "it snowed"))
    body = "Jan Berg left. A spokeswoman said it rained. He said it snowed."
    found = resolve(body, BERG, *said, ranker=FirstForPronouns()).speakers
    assert [who(one)[1] for one in found] == ["A spokeswoman", "Jan Berg"]


def test_its_means_an_organization():
    body = "Acme met Ann Roe. It repeated its call for a new bridge."
    found = speaker(body, ROE | ACME, ("its", "call for", "a new bridge"))
    assert (who(found), found.resolution) == (("organization", "Acme"), "pronoun")


def test_shares_of_a_population_are_different_sources():
    body = "Some 20% of voters said it rained. Half (52%) said it snowed."
    said = (("Some 20% of voters", "said", "it rained"), ("Half (52%)", "said", "it snowed"))
    found = resolve(body, {}, *said, ranker=First()).speakers
    assert [who(one)[1] for one in found] == ["Some 20% of voters", "Half (52%)"]


def test_he_is_no_charity():
    said = (("One charity", "said", "it rained"), ("He", "said", "it snowed"))
    found = resolve("One charity said it rained. He said it snowed.", {}, *said, ranker=First()).speakers
    assert [who(one)[1] for one in found] == ["One charity", None]


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("Emails seen by Acme", ("group", "Emails seen by Acme")),
        ("Experts consulted by Acme", ("group", "Experts consulted by Acme")),
        ("A report published by Acme", ("organization", "Acme")),
    ],
)
def test_whoever_sees_a_document_does_not_write_it(source: str, found: tuple[str, str]):
    told = speaker(f"{source} said it rained.", ACME, (source, "said", "it rained"))
    assert who(told) == found
    assert told.on_behalf_of is None


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("The Donmar", None),
        ("The bill", None),
        ("The Eighth Amendment", None),
        ("The Dorner", "Ann Roe"),
        ("The baker", "Ann Roe"),
    ],
)
def test_a_person_is_no_place_or_law(source: str, name: str | None):
    found = speaker(f"Ann Roe left. {source} said it rained.", ROE, (source, "said", "it rained"))
    assert (who(found)[1] if who(found)[0] == "person" else None) == name


def test_holder_of_an_office_is_described_by_it():
    body = "Finance Minister Ann Roe left. The finance minister said it rained."
    assert who(speaker(body, ROE, ("The finance minister", "said", "it rained"))) == ("person", "Ann Roe")


def test_his_office_has_no_name_and_speaks_for_the_person():
    found = speaker(
        "Mayor Ann Roe left. Her office said it rained.", ROE, ("Her office", "said", "it rained")
    )
    assert who(found) == ("unnamed", "Her office")
    assert found.on_behalf_of is not None and found.on_behalf_of.name == "Ann Roe"


@pytest.mark.parametrize(
    ("source", "employer"),
    [
        ("A spokesman for the German carmaker Acme", "Acme"),
        ("A German spokesman for Acme", "Acme"),
        ("An analyst at the German bank Acme", "Acme"),
        ("A German official at the Acme plant", "Germany"),
        ("A German official with knowledge of the Acme case", "Germany"),
    ],
)
def test_people_speak_for_their_employer_not_for_its_country(source: str, employer: str):
    found = speaker(f"{source} said it rained.", ACME | {"German": NORP}, (source, "said", "it rained"))
    assert found.on_behalf_of is not None and found.on_behalf_of.name == employer


def test_people_of_two_organizations_are_two_sources():
    body = "A spokesman for Acme said it rained. A spokesman for Borem Oil said it snowed."
    said = [("A spokesman for Acme", "said", "it rained"), ("A spokesman for Borem Oil", "said", "it snowed")]
    one, other = resolve(body, ACME | {"Borem Oil": ORG}, *said).speakers
    assert one.actor is not other.actor
