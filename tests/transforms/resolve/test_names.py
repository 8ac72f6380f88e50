"""Find the names in a text and their kinds; the tests supply the name finder's spans, and all people are invented."""

from __future__ import annotations

import pytest

from transforms.resolve.article_text import Text
from transforms.resolve.names import find_names

PERSON, ORG, GPE, NORP = "PERSON", "ORG", "GPE", "NORP"


def found(body: str, spans: dict[str, str]) -> dict[str, str]:
    """Map the names in the body to their kinds; every occurrence of the `spans` is labelled."""
    places = [
        (i, i + len(words), label)
        for words, label in spans.items()
        for i in range(len(body))
        if body.startswith(words, i)
    ]
    return {name.text: name.kind for name in find_names(Text(body), places)}


NAMES = [
    # Nobody's given name is Fort.
    ("Fort Dorne is named after Jan Dorne.", {"Fort Dorne": PERSON, "Jan Dorne": PERSON},
     {"Fort Dorne": "place", "Jan Dorne": "person"}),
    # Words before a title are no organization; a district attorney works for no district.
    ("Former Cabinet minister Jan Visser left.", {"Jan Visser": PERSON}, {"Jan Visser": "person"}),
    ("Interior Cabinet Secretary Jan Visser left.", {"Jan Visser": PERSON}, {"Jan Visser": "person"}),
    ("Dorne County District Attorney Jan Visser left.", {"Dorne County District": ORG, "Jan Visser": PERSON},
     {"Dorne County": "organization", "Jan Visser": "person"}),
    # After an office, capitals are initials; MK is also a member of the Knesset.
    ("The chief minister MK Visser left.", {"MK Visser": PERSON}, {"MK Visser": "person"}),
    ("MK Visser left.", {"MK Visser": PERSON}, {"Visser": "person"}),
    # Official names of states.
    ("The Republic of Kenya and the Islamic Republic of Mauritania met the Kingdom of Norway.",
     {"Republic of Kenya": ORG, "Islamic Republic of Mauritania": ORG, "Kingdom of Norway": GPE},
     {"Republic of Kenya": "country", "Islamic Republic of Mauritania": "country", "Kingdom of Norway": "country"}),
    ("The Football Republic of Dorne met the Widget Federation of Kenya.",
     {"Football Republic of Dorne": ORG, "Widget Federation of Kenya": ORG},
     {"Football Republic of Dorne": "organization", "Widget Federation of Kenya": "organization"}),
    # After a title, the last word is a family name; 'An' inside a sentence is no article.
    ("The actress Marla Union left. She led the Widget Union.", {"Marla Union": PERSON, "Widget Union": ORG},
     {"Marla Union": "person", "Widget Union": "organization"}),
    ("The actress Marla Union left. “No,” Union wrote. The Union met.", {"Marla Union": PERSON, "Union": ORG},
     {"Marla Union": "person", "Union": "person"}),
    ("An Roe left, said An Berg.", {"An Roe": PERSON, "An Berg": PERSON}, {"Roe": "person", "An Berg": "person"}),
    # A title before a particle is a given name.
    ("Sultan Al Roe and Sultan Al-Berg met Sultan Jan.", {"Sultan Al Roe": PERSON, "Al-Berg": PERSON, "Jan": PERSON},
     {"Sultan Al Roe": "person", "Sultan Al-Berg": "person", "Jan": "person"}),
    # The name finder cut a company's name.
    ("The chief of Dorne Oil Company Ann Roe left.", {"Dorne Oil": ORG, "Ann Roe": PERSON},
     {"Dorne Oil Company": "organization", "Ann Roe": "person"}),
    ("Voters Like Acme Partners With Dorne Now\n\nAcme paid.", {"Acme": ORG},
     {"Acme": "organization"}),
    # The first word of a quotation may have a capital only because of its place.
    ('Ann Roe smiled: "When Jan was two, I left. However Jan stayed."', {"Ann Roe": PERSON, "Jan": PERSON},
     {"Ann Roe": "person", "Jan": "person"}),
    # Of these, only the last 'American' means the United States.
    ("Latin American firms and the Copa America are known to American fans.", {"Latin American": NORP},
     {"American": "country"}),
    # Authors of cited works are people; the years of films are no citations.
    ("Roe and Berg (2011) agree; see also (Visser et al., 2015). Kay (1999) does not.",
     {"Roe": ORG, "Kay": ORG},
     {"Roe": "person", "Berg": "person", "Visser": "person", "Kay": "person"}),
    ("Ann Kay liked Roe and Berg (1996) and Visser (1997).", {"Ann Kay": PERSON}, {"Ann Kay": "person"}),
    ("Roe and Berg (²⁰¹¹) agree with Ann Kay.", {"Ann Kay": PERSON}, {"Ann Kay": "person"}),  # no decimal digits
    # A title with an article is nobody's name, and titles in the plural belong to no name.
    ("The Duke wrote to the Duke.", {"Duke": ORG}, {}),
    ("It passed under Presidents Roe and Berg.", {"Roe": PERSON, "Berg": PERSON}, {"Roe": "person", "Berg": "person"}),
    # A country in the name of a company is not what the company's acronym stands for.
    ("ACM (United Kingdom) Ltd fell.", {"ACM": ORG}, {"ACM": "organization", "United Kingdom": "country"}),
    # A rank or count in a table does not belong to a name.
    ("Jan Visser 3 of 12 votes.", {"Jan Visser 3": PERSON}, {"Jan Visser": "person"}),
    # In a headline, every long word has a capital.
    ("Voters Will Soon Beat Visser Again\n\nJan Visser said no.", {"Beat Visser": PERSON, "Jan Visser": PERSON},
     {"Visser": "person", "Jan Visser": "person"}),
    ("Voters Want Visser Out This Year\n\nJan Visser said no.", {"Visser Out": PERSON, "Jan Visser": PERSON},
     {"Visser": "person", "Jan Visser": "person"}),
    ("Voters Will Soon Like Ann Visser\n\nJan Visser said no.", {"Ann Visser": PERSON, "Jan Visser": PERSON},
     {"Ann Visser": "person", "Jan Visser": "person"}),
    # Bodies that the name finder missed or cut short.
    ("The World Widget Council (WWC) met.", {}, {"World Widget Council": "organization", "WWC": "organization"}),
    ("The Union of Rational Widgets and Gadgets (UGRW) met.", {},
     {"Union of Rational Widgets and Gadgets": "organization", "UGRW": "organization"}),
    ("Movimento 5 Lune (M5L) won.", {}, {"Movimento 5 Lune": "organization", "M5L": "organization"}),
    ("The head of CGW (World Widget Conference) left.", {},
     {"CGW": "organization", "World Widget Conference": "organization"}),
    ("He asked the Municipality of Dorne to pay.", {"Dorne": GPE}, {"Municipality of Dorne": "organization"}),
    ("A lab at the University of Dorne of the UK closed.", {},
     {"University of Dorne": "organization", "UK": "country"}),
    ("She ran the Widget Research Laboratory in May.", {}, {"Widget Research Laboratory": "organization"}),
    ("Dornenews asked him.", {}, {"Dornenews": "organization"}),
    ("She writes for The Widget on Sundays.", {}, {"Widget": "organization"}),
    ("Ann Roe of DXB and DYB's Jan Visser won.", {"Ann Roe": PERSON, "Jan Visser": PERSON},
     {"Ann Roe": "person", "DXB": "organization", "DYB": "organization", "Jan Visser": "person"}),
    ("Ann Roe of Dorne Union won. Dorne Union cheered.", {"Ann Roe": PERSON, "Dorne Union": PERSON},
     {"Ann Roe": "person", "Dorne Union": "organization"}),
    ("They told the General Assembly of the United Nations.", {"General Assembly of the United Nations": ORG},
     {"General Assembly of the United Nations": "organization"}),
    ("They rely on Microsoft for it.", {}, {"Microsoft": "organization"}),
    # Bodies in small letters, of a country, a place or a person.
    ("The Dutch police and the Dutch trade ministry met Dutch voters.", {"Dutch": NORP},
     {"Dutch police": "organization", "Dutch trade ministry": "organization", "Dutch": "country"}),
    ("The Dorne government met in Dorne.", {"Dorne": GPE}, {"Dorne government": "organization", "Dorne": "place"}),
    ("The Roe administration sued. Ann Roe left.", {"Roe": PERSON, "Ann Roe": PERSON},
     {"Roe administration": "organization", "Ann Roe": "person"}),
    ("The President Ann Roe campaign paid.", {"Ann Roe": PERSON}, {"Ann Roe": "person"}),
    ("The UK government paid.", {"UK government": GPE}, {"UK": "country"}),
    ("Norvia said it would pay.", {"Norvia": GPE}, {"Norvia": "organization"}),
    ("Acme <ACM> Corp fell.", {"Acme": ORG, "ACM": ORG, "Corp": ORG}, {"Acme": "organization", "ACM": "organization"}),
    ("Elon took to Twitter to complain.", {"Twitter": ORG}, {}),
    # A list inside the name of an organization.
    ("He left the Bureau of Widgets, Gadgets and Gizmos for another job.", {"Bureau of Widgets": ORG, "Gizmos": ORG},
     {"Bureau of Widgets, Gadgets and Gizmos": "organization"}),
    ("They asked the Economic, Widget and Gadget Planning Council for more money.",
     {"Economic": ORG, "Gadget Planning Council": ORG},
     {"Economic, Widget and Gadget Planning Council": "organization"}),
    ("He called Dorne, Ellerby and Marsk Council about the wardens.",
     {"Dorne": GPE, "Ellerby": GPE, "Marsk Council": ORG},
     {"Dorne": "place", "Ellerby": "place", "Marsk Council": "organization"}),
    # A noun next to the name says that it is an organization.
    ("He told the newspaper Ellerbya about it.", {"Ellerbya": PERSON}, {"Ellerbya": "organization"}),
    ("Marskola, a company from Dorne, closed.", {"Marskola": GPE, "Dorne": GPE},
     {"Marskola": "organization", "Dorne": "place"}),
    ("Berg, the company's chief executive, left.", {"Berg": PERSON}, {"Berg": "person"}),
    ("The company Roe founded closed. Ann Roe wept.", {"Roe": PERSON, "Ann Roe": PERSON},
     {"Roe": "person", "Ann Roe": "person"}),
    # Members of a party in a chamber or a state.
    ("The bill of Senate Republicans failed.", {"Senate Republicans": ORG},
     {"Republicans": "organization"}),
    ("The vote of Ohio Democrats counts.", {"Ohio Democrats": ORG}, {"Democrats": "organization"}),
    # The rest of an organization's name.
    ("Widgetry Canada said no.", {"Widgetry": ORG, "Canada": GPE}, {"Widgetry Canada": "organization"}),
    ("They met at Widgetry Norway, a firm.", {"Widgetry": ORG, "Norway": GPE}, {"Widgetry Norway": "organization"}),
    ("The Widgetry Canada talks failed.", {"Widgetry": ORG, "Canada": GPE},
     {"Widgetry": "organization", "Canada": "country"}),
    ("The Ombudsman's Office said no.", {"Ombudsman": ORG}, {"Ombudsman's Office": "organization"}),
    ("Superior Court Judge Ann Roe left.", {"Superior": ORG, "Ann Roe": PERSON},
     {"Superior Court": "organization", "Ann Roe": "person"}),
    # Where a person's name ends and begins.
    ("Pro-Dorne DXB's Ann Roe won. DXB won.", {"Pro-Dorne DXB": PERSON, "Ann Roe": PERSON, "DXB": ORG},
     {"DXB": "organization", "Ann Roe": "person"}),
    ("the Ann Roe Justice in Schools Act passed", {"the Ann Roe Justice": ORG}, {"Ann Roe": "person"}),
    ("They elected Ann Roe In Dorne.", {"Ann Roe In": PERSON}, {"Ann Roe": "person"}),
    ("They chose Arkansas Senator Bill Roe.", {"Arkansas": GPE, "Bill Roe": PERSON},
     {"Arkansas": "place", "Bill Roe": "person"}),
    ("Jude Law spoke and Nathan Day agreed.", {"Jude Law": PERSON}, {"Jude Law": "person", "Nathan Day": "person"}),
    ("Mr. Chief Justice, may it please the court.", {"Chief": PERSON}, {}),
    ("Photo: ACME\n\nAnn Roe Image: ACME", {"Ann Roe Image": PERSON}, {"Ann Roe": "person"}),
    ("Telling Ann Roe Is Hard Work For Clinton Donors. Few work with donors.", {"Telling Ann Roe Is": PERSON},
     {"Ann Roe": "person"}),
    ("We met Acme's Ann Roe there.", {"Acme's Ann Roe": PERSON}, {"Ann Roe": "person"}),
    ("They met Lam Siu-lai there.", {"Lam Siu-lai": ORG}, {"Lam Siu-lai": "person"}),
    ("Ann Roe, QC, spoke.", {"Ann Roe": PERSON, "QC": ORG}, {"Ann Roe": "person"}),
    ("Thank you, Mr. President. The Senators left.", {"President": PERSON, "Senators": PERSON}, {}),
    ("A man who gave his name only as Roe left.", {}, {"Roe": "person"}),
    ("Ann Bayer spoke. Bayer left.", {"Ann Bayer": PERSON, "Bayer": ORG}, {"Ann Bayer": "person", "Bayer": "person"}),
    ("Mr. Bayer left.", {"Bayer": PERSON}, {"Bayer": "person"}),
    ("They met Ann Roe, Blocker Berg and Jan Visser.", {"Ann Roe": PERSON, "Blocker Berg": ORG, "Jan Visser": PERSON},
     {"Ann Roe": "person", "Blocker Berg": "person", "Jan Visser": "person"}),
    ("Roe, Ann. A Life in Widgets\n\nBerg, Peter Hans. More Widgets", {},
     {"Ann Roe": "person", "Peter Hans Berg": "person"}),
    ("They met at Widget Expo Canada in May.", {"Widget Expo Canada": ORG}, {"Canada": "country"}),
    ("The UN High Commissioner for Refugees left.", {"UN": ORG}, {"UN": "organization"}),
    ("Ann Jane Roe Berg (AJRB) spoke.", {}, {"Ann Jane Roe Berg": "person", "AJRB": "person"}),
    # Things.
    ("Widget gizmo fever (WGF) spread. Doctors fear WGF.", {"WGF": ORG}, {}),
    ("The widget gizmo committee (WGC) met.", {"WGC": ORG}, {"WGC": "organization"}),
    ("Shares in the S&P 500 and the S&P index fell.", {"S&P": ORG}, {}),
    ("The WHO met. STARS WHO GIVE LOVE met.", {"WHO": ORG}, {"WHO": "organization"}),
    ("The Minister for Education left.", {"Education": ORG}, {}),
    ("He left the Institute for Trade Law after the Trade Law passed.",
     {"Institute for Trade Law": ORG, "the Trade Law": ORG}, {"Institute for Trade Law": "organization"}),
    ("They praised the Democratic Congress.", {"Democratic Congress": ORG}, {"Congress": "organization"}),
    ("Acme-backed rebels and Acme-supporting groups met.", {"Acme-supporting": ORG, "Acme-backed": ORG}, {}),
    ("Cyclone Roe hit. Roe then weakened.", {"Roe": PERSON}, {}),
    ("Roe is a space capsule that fell. They caught Roe.", {"Roe": PERSON}, {}),
    ("Ann Roe drank a cocktail called Roe.", {"Ann Roe": PERSON, "Roe": ORG}, {"Ann Roe": "person"}),
    ("The Roe cost little. They bought a Roe.", {"Roe": PERSON}, {}),
    ("The Roe government fell. Roe left. Roe wept.", {"Roe": PERSON}, {"Roe": "person"}),
    ("The news site Roe.com said no.", {"Roe.com": ORG}, {"Roe.com": "organization"}),
    ("It fell, according to the ship Roe, Roe said.", {"Roe": ORG}, {"Roe": "organization"}),
    ("They read roe.com at home.", {"roe.com": ORG}, {}),
    ("Thank you. Browsing helps. We thank you.", {"Thank": PERSON, "Browsing": PERSON}, {}),
    ("It is only in English or Dutch.", {"English": "LANGUAGE"}, {"Dutch": "country"}),
]  # fmt: skip


@pytest.mark.parametrize(("body", "spans", "names"), NAMES, ids=[body for body, _, _ in NAMES])
def test_names_and_their_kinds(body: str, spans: dict[str, str], names: dict[str, str]):
    assert found(body, spans) == names


HONORIFICS = (
    "Tan Sri|Puan Sri|Dato' Sri|Dato’ Sri|Datuk Seri|Datuk|Encik|Shri|Smt|Haji|Alhaji|Hajiya|Maulana|Mullah|Ustaz|"
    "Engr.|Adv|Thiru|Señora|Mme|Rt Hon|Mr Justice|Sheikha|Dame|Dr"
).split("|")


@pytest.mark.parametrize("honorific", HONORIFICS)
def test_honorific_of_any_country_is_no_part_of_a_name(honorific: str):
    body = f"{honorific} Omar Berg said the bridge was safe. {honorific} Berg left."
    spans = {f"{honorific} Omar Berg": "PERSON", f"{honorific} Berg": "PERSON"}
    assert found(body, spans) == {"Omar Berg": "person", "Berg": "person"}


MATCH = "The coach praised the team after the match: the players scored two goals in the final game of the season. "
TEAMS = [
    ("The win over Norway was the best.", {"Norway": "organization"}),
    ("Norway captain Ann Roe was hurt.", {"Norway": "organization", "Ann Roe": "person"}),
    (
        "Denmark beat Norway in Sweden.",
        {"Denmark": "organization", "Norway": "organization", "Sweden": "country"},
    ),
    ("They played against Norway's weather.", {"Norway": "country"}),
    ("They lost to Norway. Norway said so, after a win over Norway.", {"Norway": "country"}),
    ("They celebrated the win over Ellerby.", {"Ellerby": "organization"}),
]


@pytest.mark.parametrize(("body", "names"), TEAMS, ids=[body for body, _ in TEAMS])
def test_country_or_town_is_a_team_in_the_report_on_a_match(body: str, names: dict[str, str]):
    spans = {"Norway": GPE, "Sweden": GPE, "Denmark": GPE, "Ellerby": GPE, "Ann Roe": PERSON}
    assert found(MATCH + body, spans) == names


def test_country_that_beats_another_outside_sport_is_a_country():
    assert found("Denmark beat Norway to the oil.", {"Denmark": GPE, "Norway": GPE}) == {
        "Denmark": "country", "Norway": "country",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("body", "spans", "names"),
    [
        ("Terravale Ltd fell. Terravale denied it.", {"Terravale Ltd": ORG, "Terravale": GPE},
         ["Terravale Ltd", "Terravale"]),
        ("Terravale Ltd fell. It hurt Terravale.", {"Terravale Ltd": ORG}, ["Terravale Ltd", "Terravale"]),
        ("Roeder Corp fell. Roeder denied it.", {"Roeder Corp": ORG, "Roeder": PERSON}, ["Roeder Corp", "Roeder"]),
        # Here the first word also names a person, a town, or nothing.
        ("Roeder Corp fell. Mr. Roeder denied it.", {"Roeder Corp": ORG, "Roeder": PERSON}, ["Roeder Corp"]),
        ("Ada Roeder left Roeder Corp. Roeder denied it.", {"Ada Roeder": PERSON, "Roeder Corp": ORG, "Roeder": PERSON},
         ["Roeder Corp"]),
        ("Lisbon Foods fell. It left Lisbon.", {"Lisbon Foods": ORG, "Lisbon": GPE}, ["Lisbon Foods"]),
        ("Common Foods fell. It was common. Common it was.", {"Common Foods": ORG}, ["Common Foods"]),
    ],
)  # fmt: skip
def test_company_is_also_called_by_its_first_word(body: str, spans: dict[str, str], names: list[str]):
    assert [name for name, kind in found(body, spans).items() if kind == "organization"] == names
