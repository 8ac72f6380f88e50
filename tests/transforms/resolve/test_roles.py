"""The roles that an article gives people, in every word order."""

from __future__ import annotations

import pytest

from transforms.resolve.article import resolve_article
from transforms.resolve.lexicon import is_role
from transforms.resolve.model import Actor, Attribution

PERSON, ORG, GPE = "PERSON", "ORG", "GPE"
SPANS = {
    "Ann Roe": PERSON, "Jan Berg": PERSON, "Eva Kern": PERSON, "Acme Widgets": ORG, "Norway": GPE, "Dutch": "NORP",
    "Dorne University": ORG, "Trade Committee": ORG, "Dorne City Council": ORG, "Norland": GPE, "Ohio": GPE,
    "High Court": ORG, "Liberal Democrat": ORG,
}  # fmt: skip


def resolve(body: str, dateline: str | None = None) -> dict[str, Actor]:
    spans = [
        (i, i + len(words), label)
        for words, label in SPANS.items()
        for i in range(len(body))
        if body.startswith(words, i)
    ]
    return {actor.name: actor for actor in resolve_article("a", body, sorted(spans), (), dateline).actors}


def roles(body: str, person: str = "Ann Roe") -> list[tuple[str | None, str | None]]:
    """Return each role with its organization, country or place."""
    told = resolve(body)[person].roles
    return [(r.text, r.organization.name if r.organization else r.country_code or r.place) for r in told]


ORDERS = [
    ("Norway's prime minister Ann Roe left.", ("prime minister", "NO")),
    ("Norway's prime minister, Ann Roe, left.", ("prime minister", "NO")),
    ("Ann Roe, prime minister of Norway, left.", ("prime minister", "NO")),
    ("Ann Roe, the prime minister of Norway, left.", ("prime minister", "NO")),
    ("The Dutch prime minister Ann Roe left.", ("prime minister", "NL")),
    ("Ann Roe, who heads Acme Widgets, left.", ("head", "Acme Widgets")),
    ("Ann Roe, who heads Norway's Widget Board, left.", ("head", "Widget Board")),
    ("Ann Roe, head of the Dutch desk at Norway's Widget Bank, left.", ("head of the Dutch desk", "Widget Bank")),
    ("Ann Roe, who is the chief executive of Acme Widgets, left.", ("chief executive", "Acme Widgets")),
    ("Acme Widgets chief executive Ann Roe left.", ("chief executive", "Acme Widgets")),
    ("The chief executive of Acme Widgets, Ann Roe, left.", ("chief executive", "Acme Widgets")),
    ("Ann Roe, an Acme Widgets spokeswoman, left.", ("spokeswoman", "Acme Widgets")),
    ("Ann Roe of Acme Widgets left.", (None, "Acme Widgets")),
    ("Ann Roe, head of research and sales at Acme Widgets, left.", ("head of research and sales", "Acme Widgets")),
    ("Ann Roe, 54, chief global strategist at Acme Widgets, left.", ("chief global strategist", "Acme Widgets")),
    ("Ann Roe, a professor at the Dutch Dorne University, left.", ("professor", "Dorne University")),
    ("Then President Ann Roe of Norway left.", ("Then President", "NO")),
    ("Acme Widgets grew. Ann Roe, the company's president, left.", ("president", "Acme Widgets")),
    ("Acme Widgets and its chairman, Ann Roe, left.", ("chairman", "Acme Widgets")),
    ("The Trade Committee met. Committee chair Ann Roe left.", ("chair", "Trade Committee")),
    ("Sen. Ann Roe, D-Ohio, left.", ("Sen.", "Ohio")),
    ("Sen. Ann Roe of Ohio left.", ("Sen.", "Ohio")),
    ("Rep. Ann Roe (D-OH) left.", ("Rep.", "Ohio")),
    ("Ann Roe, chief Dutch economist at Acme Widgets, left.", ("chief Dutch economist", "Acme Widgets")),
    ("Acme Widgets (AWI) President Ann Roe left Norway.", ("President", "Acme Widgets")),
    ("Norway's double Olympic champion Ann Roe left.", ("double Olympic champion", "NO")),
    ("Norway's defending champion Ann Roe left.", ("defending champion", "NO")),
    ("(Dutch prime minister) Ann Roe left.", ("prime minister", "NL")),
    ("A former Dutch prime minister, Ann Roe, left.", ("former prime minister", "NL")),
    ("A former Ohio treasurer named Ann Roe left.", ("former treasurer", "Ohio")),
    ("The Superintendent of Police (Rural), Ann Roe, left.", ("Superintendent of Police", None)),
    ('"No," said National Secretary of Energy, Ann Roe.', ("National Secretary of Energy", None)),
    ("Ann Roe, who has led Acme Widgets since 2010, left.", ("leader", "Acme Widgets")),
    ("Ann Roe leads Acme Widgets.", ("leader", "Acme Widgets")),
    ("Acme Widgets planning and science manager Ann Roe left.", ("planning and science manager", "Acme Widgets")),
    ("Then-Foreign Minister Ann Roe left.", ("Then-Foreign Minister", None)),
    ("Ann Roe is one of the founders of Acme Widgets.", ("founder", "Acme Widgets")),
    ("They met the head of the Trade Committee (TC), Ann Roe.", ("head", "Trade Committee")),
    ("They met the head of the Trade Committee (TC) Ann Roe.", ("head", "Trade Committee")),
    ("Ann Roe, head of farm and HIV policy with the large Acme Widgets, left.",
     ("head of farm and HIV policy", "Acme Widgets")),
    ("The officer surnamed Ann Roe left.", ("officer", None)),
    ("He met a former secretary of state named Ann Roe.", ("former secretary of state", None)),
    ("The Dutch ambassador to the Trade Committee Ann Roe left.", ("ambassador to the Trade Committee", "NL")),
    ("As Finance Minister, Ann Roe left.", ("Finance Minister", None)),
    ("Ann Roe, Minister of Tourism, left.", ("Minister of Tourism", None)),
    ("Former Dutch Ambassador to Norway Ann Roe left.", ("Former Ambassador to Norway", "NL")),
    ("He met the Tory leader Ann Roe.", ("leader", "Conservative Party")),
    ("Liberal Democrat leader Ann Roe left.", ("leader", "Liberal Democrats")),
    ("They met in the House. Speaker Ann Roe left.", ("Speaker", None)),
    ("The Dutch special envoy to Norway, Ann Roe, left.", ("special envoy to Norway", "NL")),
    ("Ann Roe is Senior Editor-at-Large at Acme Widgets.", ("Senior Editor-at-Large", "Acme Widgets")),
    ("Jan Berg, who explains the pilot Ann Roe, left.", ("pilot", None)),
    ("A health ministry spokeswoman, Ann Roe, left.", ("spokeswoman", "health ministry")),
    ("The Acme Widgets chief, Dr Ann Roe, left.", ("chief", "Acme Widgets")),
    ("He met an accountant surnamed Ann Roe (left).", ("accountant", None)),
    ("He met Ann Roe MP, who left.", ("MP", None)),
    ("On Monday Acme Widgets Senior Director Ann Roe left.", ("Senior Director", "Acme Widgets")),
    ("Ann Roe, chair of President Jan Berg's Trade Committee, left.", ("chair", "Trade Committee")),
    ("Goalkeepers: Ann Roe (Acme Widgets), Jan Berg (Dorne University)", ("goalkeeper", "Acme Widgets")),
    ("Former ex-Rep. Ann Roe left.", ("Former ex-Rep.", None)),
    ("Lt. Ann Roe of Acme Widgets left.", ("Lt.", "Acme Widgets")),
    ("Director Ann Roe, of Acme Widgets, left.", ("Director", "Acme Widgets")),
    ("The director, Ann Roe, sat. Later Ann Roe of Acme Widgets left.", ("director", "Acme Widgets")),
    ("Acme Press met. Press Secretary Ann Roe left.", ("Press Secretary", None)),
    ("Ann Roe was appointed as the head of Acme Widgets.", ("head", "Acme Widgets")),
    ("Ann Roe, who stepped down as head of Acme Widgets, left.", ("former head", "Acme Widgets")),
    ("Ann Roe chairs Acme Widgets.", ("chair", "Acme Widgets")),
    ("Ann Roe of Ohio, a member of the Trade Committee, left.", ("member", "Trade Committee")),
    ("They met with committee chairman Ann Roe of the Trade Committee.", ("chairman", "Trade Committee")),
]  # fmt: skip


@pytest.mark.parametrize(("body", "role"), ORDERS, ids=[body for body, _ in ORDERS])
def test_role_is_whole_and_has_its_body(body: str, role: tuple[str | None, str | None]):
    assert [(text and text.removeprefix("Committee "), at) for text, at in roles(body)] == [role]


@pytest.mark.parametrize(
    ("body", "role"),
    [
        ("Ann Roe, a former Acme Widgets operative who left, spoke.", ("former operative", "Acme Widgets")),
        ("Ann Roe, a Dutch-born food writer whose books sell, left.", ("Dutch-born food writer", None)),
        ("Ann Roe (former Acme Widgets coach) left.", ("former coach", "Acme Widgets")),
        (
            "Since 1978 Ann Roe has been the top lawyer at Acme Widgets for years.",
            ("top lawyer", "Acme Widgets"),
        ),
    ],
)
def test_model_finds_roles_that_no_rule_is_sure_of(body: str, role: tuple[str, str | None]):
    assert roles(body) == [role]


@pytest.mark.parametrize(
    "body",
    [
        "Ann Roe, a week later and a mile away, left.",
        "According to the law firm Ann Roe, Berg and Kern, the case is closed.",
        "Ann Roe was last seen in Dorne.",
        "They left the bridge, Ann Roe said.",
    ],
)
def test_model_takes_no_other_phrase_for_a_role(body: str):
    assert not roles(body)


def test_person_without_a_role_has_that_of_the_description():
    body = "Norway voted. Ann Roe sat down. “We won,” the finance minister said."
    source = (body.find("the finance"), body.find(" said"))
    spans = [(0, 6, GPE), (14, 21, PERSON)]
    said = Attribution(((body.find("“"), body.find("”")),), (source[1] + 1, source[1] + 5), source)
    (role,) = next(a for a in resolve_article("a", body, spans, [said]).actors if a.name == "Ann Roe").roles
    assert (role.text, role.context_country) == ("finance minister", "NO")


def test_plural_title_goes_for_each_of_a_list():
    body = "They met judges Ann Roe, Jan Berg and Eva Kern."
    assert [roles(body, name) for name in ("Ann Roe", "Jan Berg", "Eva Kern")] == [[("judge", None)]] * 3


@pytest.mark.parametrize(
    "body",
    [
        "The trial against President Ann Roe began.",
        "Ann Roe, Acme Widgets chief Jan Berg and others left.",
        "Members of Ann Roe's family left.",
    ],
)
def test_ordinary_words_of_the_sentence_are_not_a_role(body: str):
    assert all(text == "President" for text, _ in roles(body))


def test_office_of_a_state_gets_its_country_only_from_the_context():
    (role,) = resolve("Norway votes. Norway's voters met. Finance minister Ann Roe left.", "OSLO")[
        "Ann Roe"
    ].roles
    assert (role.country_code, role.context_country, role.country_from) == (None, "NO", "context")


def test_office_of_a_state_gets_the_country_of_the_people_and_bodies_named():
    body = "Norway met Norland. Ohio's Ann Roe left. The Dutch met Dutch voters. Interior minister Jan Berg left."
    assert resolve(body)["Jan Berg"].roles[0].context_country == "NL"


@pytest.mark.parametrize(
    ("before", "role", "body", "country"),
    [
        ("Dorne University opened.", "Student", "Dorne University", None),
        ("Dorne University opened. It rained. It snowed. It poured.", "Student", "Dorne University", None),
        ("Norway beat Acme Widgets.", "Goalkeeper", None, "NO"),
        ("The High Court heard Acme Widgets and", "chief executive", "Acme Widgets", None),
        ("Acme Widgets grew. Acme Widgets paid. Acme Widgets hired. It rained. It snowed.", "Chief executive",
         "Acme Widgets", None),
        ("Acme Widgets grew. It rained. It snowed.", "Chief executive", None, None),
        ("Acme Widgets grew.", "Associate director of research", "Acme Widgets", None),
        ("Acme Widgets grew.", "Farmer", None, None),
    ],
)  # fmt: skip
def test_role_without_a_body_is_held_where_such_people_are(
    before: str, role: str, body: str | None, country: str | None
):
    (found,) = resolve(f"{before} {role} Ann Roe left.")["Ann Roe"].roles
    held = found.context_organization
    assert (held and held.name, found.context_country) == (body, country)


def test_joint_roles_are_two_roles_of_one_body():
    told = roles("Ann Roe, former chairman and chief executive of Acme Widgets, left.")
    assert told == [("former chairman", "Acme Widgets"), ("former chief executive", "Acme Widgets")]


def test_long_chains_of_roles_are_no_trouble():
    chain = " who is a lawyer" * 3000 + " and chief" * 300
    assert ("lawyer", None) in roles(f"Ann Roe, a lawyer{chain}, left.")


def test_role_goes_on_in_a_clause():
    told = roles("Ann Roe, a lawyer who heads Acme Widgets, left.")
    assert told == [("lawyer", None), ("head", "Acme Widgets")]


def test_manager_gets_no_country():
    (role,) = resolve("Norway votes. Norway's voters met. Manager Ann Roe left.", "OSLO")["Ann Roe"].roles
    assert role.context_country is None


def test_judge_belongs_to_the_only_court():
    (role,) = resolve("The High Court met. Judge Ann Roe ruled.")["Ann Roe"].roles
    assert role.organization is None
    assert role.context_organization and role.context_organization.name == "High Court"


@pytest.mark.parametrize(
    ("body", "held"),
    [
        ("The White House sat. The Senate met the Trade Assembly. Speaker Ann Roe left.", "Trade Assembly"),
        ("The Senate met the White House. Ann Roe, the majority leader, left.", "Senate"),
        ("The White House called. Rep. Ann Roe left.", None),
    ],
)
def test_office_of_a_chamber_is_held_in_the_one_that_is_named(body: str, held: str | None):
    found = {"White House": ORG, "Senate": ORG, "Trade Assembly": ORG, "Ann Roe": PERSON}
    spans = [(i, i + len(name), label) for name, label in found.items() if (i := body.find(name)) >= 0]
    (role,) = next(a for a in resolve_article("a", body, sorted(spans)).actors if a.name == "Ann Roe").roles
    assert (role.context_organization and role.context_organization.name) == held


@pytest.mark.parametrize("word", ["stuntwoman", "glaciologist", "supremacist", "beekeeper", "carver"])
def test_word_of_no_list_is_a_role_by_its_sense(word: str):
    assert not is_role(word)
    assert roles(f"He met local {word} Ann Roe there.") == [(f"local {word}", None)]
    assert roles(f"Ann Roe, a {word} from Ohio, left.") == [(word, "Ohio")]


@pytest.mark.parametrize("word", ["yesterday", "because", "telling", "bridge", "against", "quickly"])
def test_other_word_before_a_name_is_not_a_role(word: str):
    assert not roles(f"The town left {word} Ann Roe there.")


def test_second_role_is_held_where_the_first_one_is():
    told = roles("Ann Roe, Acme Widgets' founder and a board member, left.")
    assert told == [("founder", "Acme Widgets"), ("board member", "Acme Widgets")]


def test_two_of_a_list_are_held_where_its_first_one_is_unless_each_is_placed():
    both = "Dorne City Council members Ann Roe and Jan Berg left."
    assert roles(both) == roles(both, "Jan Berg") == [("member", "Dorne City Council")]
    each = "Sens. Ann Roe of Ohio and Jan Berg of Maine left."
    assert roles(each) == [("Sen.", "Ohio")]
    assert roles(each, "Jan Berg")[0] != ("Sen.", "Ohio")


def test_a_portfolio_may_contain_and():
    body = "Attorney General and Minister of Farms and Acme Widgets, Mr Ann Roe, left."
    assert roles(body) == [("Attorney General", None), ("Minister of Farms and Acme Widgets", None)]


def test_two_roles_joined_by_and_each_keep_their_own_place():
    body = "Ann Roe, an Ohio farmer and member of the Trade Committee, left."
    assert roles(body) == [("farmer", "Ohio"), ("member", "Trade Committee")]


def test_a_second_role_may_follow_later():
    body = "Ann Roe, who was Norway's defence minister, and later prime minister, left."
    assert roles(body) == [("defence minister", "NO"), ("prime minister", "NO")]


def test_who_leads_a_team_to_victory_is_not_its_leader():
    assert roles("Ann Roe leads Acme Widgets to victory.") == []


def test_a_counterpart_holds_the_same_office_in_another_country():
    body = "Prime Minister Jan Berg of Norway met his Dutch counterpart Ann Roe."
    assert roles(body) == [("Prime Minister", "NL")]
    assert roles("Nurse Jan Berg met her Dutch counterpart Ann Roe.") == []


def test_one_of_several_may_hold_another_role():
    body = "Ann Roe, one of the bank's founders and the chair of the Trade Committee, left."
    assert roles(body) == [("founder", None), ("chair", "Trade Committee")]


def test_a_second_role_may_follow_an_acronym_in_brackets():
    body = "Ann Roe, director of the Trade Committee (TC) and deputy chair of Acme Widgets, left."
    assert roles(body) == [("director", "Trade Committee"), ("deputy chair", "Acme Widgets")]


def test_a_verb_after_to_is_no_posting():
    assert roles("She is the candidate to beat Ann Roe.") == []


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("Acme Widgets' director, Jan Berg, and deputy director, Ann Roe, left.", "deputy director"),
        ("Ann Roe, a member of Mr. Berg's party and author of a book, left.", "member"),
    ],
)
def test_role_has_no_loose_words_at_its_ends(body: str, found: str):
    assert found in [text for text, _ in roles(body)]


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("Another lawyer, Ann Roe, left.", ["lawyer"]),
        ("They met other former ministers. One of those champions, Ann Roe, left.", ["champion"]),
        ("Even former mayor Ann Roe left.", ["former mayor"]),
        ("One woman, Ann Roe, left.", []),
        ("JD(S) leader Ann Roe left.", ["leader"]),
    ],
)
def test_role_does_not_say_who_else_has_it(body: str, found: list[str]):
    assert [role for role, _ in roles(body)] == found


def test_role_before_while_is_not_that_of_the_person_after_it():
    assert roles("She left as administrator of Acme Widgets while Ann Roe stayed.") == []


@pytest.mark.parametrize("title", ["Republican Sen.", "Republican senator"])
def test_politician_of_a_party_of_one_country_is_from_there(title: str):
    actor = resolve(f"Norland votes. Norland waits. Norland is calm. {title} Ann Roe met Norland's king.")[
        "Ann Roe"
    ]
    assert (actor.country_code, actor.context_country) == (None, "US")


def test_senator_is_from_the_united_states_if_the_article_has_their_bodies():
    body = "Norway votes. Norway waits. Norway is calm. The FBI waits. Sen. Ann Roe spoke about Norway."
    assert resolve(body)["Ann Roe"].context_country == "US"
    assert resolve(body.replace("The FBI waits. ", ""))["Ann Roe"].context_country != "US"


def test_place_of_an_office_is_no_team():
    assert "Ohio" not in resolve("The mayor of Ohio said no.")


def test_role_between_two_names_of_a_list_belongs_to_the_first():
    body = "Ann Roe, head of Acme Widgets, Jan Berg, governor of Ohio, and Eva Kern, a farmer, met in Norway."
    assert roles(body, "Ann Roe") == [("head", "Acme Widgets")]
    assert roles(body, "Jan Berg") == [("governor", "Ohio")]
    assert roles(body, "Eva Kern") == [("farmer", None)]


def test_label_of_a_party_gives_its_state_to_the_seat_of_the_person():
    roe = resolve("Rep. Ann Roe, an Ohio Republican hoping to win, left. The House met.")["Ann Roe"]
    assert [(role.text, role.place) for role in roe.roles] == [("Rep.", "Ohio")]


def test_label_of_a_party_is_a_role_if_there_is_no_other():
    assert [text for text, _ in roles("Ann Roe, a Republican, left.")] == ["Republican"]


def test_governor_belongs_to_a_state_and_not_to_the_nearest_city():
    (role,) = resolve("Ohio burnt. Dorne burnt. Gov. Ann Roe left.")["Ann Roe"].roles
    assert role.place == "Ohio"


def test_title_of_the_next_name_is_not_a_role_of_the_person_before():
    body = "They met Ann Roe, acting Acme Widgets chief of staff Jan Berg and others. Ann Roe left."
    assert resolve(body)["Ann Roe"].roles == []


def test_plural_in_men_is_the_role_of_each_of_a_list():
    people = resolve("The businessmen Ann Roe, Jan Berg and Eva Kern left.")
    assert [person.roles[0].text for person in people.values()] == ["businessman"] * 3


@pytest.mark.parametrize(
    "body",
    [
        "GOP Sen. Ann Roe of Ohio left. Republicans stayed.",
        "GOP Sen. Ann Roe (R-Ohio) left. Republicans stayed.",
    ],
)
def test_seat_is_held_for_a_place_and_not_in_a_party(body: str):
    names = [(i, i + len(name), label) for name, label in {**SPANS, "GOP": ORG}.items()
             for i in range(len(body)) if body.startswith(name, i)]  # fmt: skip
    person = next(a for a in resolve_article("a", body, sorted(names)).actors if a.name == "Ann Roe")
    assert [(role.text, role.organization, role.place) for role in person.roles] == [("Sen.", None, "Ohio")]


def test_who_appoints_somebody_does_not_hold_the_office():
    assert roles("Jan Berg was appointed by Ann Roe as justice secretary.") == []
    assert roles("Jan Berg appointed Ann Roe as justice secretary.") == [("justice secretary", None)]


def test_owner_is_the_organization_after_its_description():
    body = "Ann Roe, a spokeswoman for the Liberal Democrat charity Acme Widgets, left."
    assert roles(body) == [("spokeswoman", "Acme Widgets")]


def test_short_title_of_the_next_name_is_not_a_role_of_the_person_before():
    body = "They met Norland Sen. Ann Roe, Ohio Sen. Jan Berg and others."
    assert roles(body) == [("Sen.", "Norland")]
    assert roles(body, "Jan Berg") == [("Sen.", "Ohio")]


def test_minister_of_a_party_belongs_to_the_place():
    body = "The Labour former Norland secretary Ann Roe left."
    names = [(4, 10, ORG), (18, 25, GPE), (36, 43, PERSON)]
    person = next(a for a in resolve_article("a", body, names).actors if a.name == "Ann Roe")
    assert [(role.text, role.organization, role.place) for role in person.roles] == [
        ("former secretary", None, "Norland")
    ]


@pytest.mark.parametrize(
    "body",
    [
        "Acme Widgets grew. The company's spokesman in Norway, Ann Roe, left.",
        "Acme Widgets grew. The company's spokesman in Norway Ann Roe left.",
        "Acme Widgets grew. Ann Roe, the company's spokesman in Norway, left.",
    ],
)
def test_the_company_in_a_country_is_the_company(body):
    assert [owner for _, owner in roles(body)] == ["Acme Widgets"]


def test_state_secretary_belongs_to_no_company():
    body = "In Norway, Acme Widgets grew, State Secretary for Trade Ann Roe said."
    role = resolve(body)["Ann Roe"].roles[0]
    assert (role.organization, role.context_organization) == (None, None)


def test_minister_belongs_to_no_body_of_another_field():
    body = "In Norway, Trade Minister Ann Roe presented a report with the High Court."
    role = resolve(body)["Ann Roe"].roles[0]
    assert (role.organization, role.context_organization) == (None, None)


def test_no_newspaper_and_no_agency_is_meant_by_the_group():
    spans = {**SPANS, "Dorne Gazette": ORG}
    body = "Acme Widgets grew. The Dorne Gazette wrote about Ann Roe, the group's president."
    names = sorted((i, i + len(n), label) for n, label in spans.items() for i in [body.find(n)] if i >= 0)
    person = next(a for a in resolve_article("a", body, names).actors if a.name == "Ann Roe")
    assert [role.organization and role.organization.name for role in person.roles] == ["Acme Widgets"]


@pytest.mark.parametrize("title", ["Harbour master", "Port director", "Station master"])
def test_title_may_begin_with_the_first_word_of_a_sentence(title: str):
    assert roles(f"{title} Ann Roe said on Thursday the tunnel would open.") == [(title, None)]


@pytest.mark.parametrize("title", ["Yesterday director", "Meanwhile director"])
def test_title_may_begin_after_the_first_word_of_a_sentence(title: str):
    assert roles(f"{title} Ann Roe said on Thursday the tunnel would open.") == [("director", None)]


def test_minister_who_also_has_a_company_is_no_minister_of_the_company():
    body = "Ann Roe, Minister of Trade and Managing Director of Acme Widgets, left."
    assert roles(body) == [("Minister of Trade", None), ("Managing Director", "Acme Widgets")]
