"""Titles before a name: joined ones, and forms of address."""

from __future__ import annotations

import pytest

from tests.steps import build_from_bodies
from tests.transforms.resolve.test_roles import roles


def test_two_titles_before_a_name_are_two_roles():
    told = roles("Trade Committee Chairman Rep. Ann Roe (D-Ohio) left.")
    assert told == [("Chairman", "Trade Committee"), ("Rep.", "Ohio")]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("Actress and activist Ann Roe left.", [("Actress", None), ("activist", None)]),
        ("Councillor and committee chair Ann Roe left.", [("Councillor", None), ("chair", None)]),
        ("Chairman of Acme Widgets and head of the Trade Committee Ann Roe left.",
         [("Chairman", "Acme Widgets"), ("head", "Trade Committee")]),
        ("Planning and science manager Ann Roe left.", [("science manager", None)]),
        ("Acme Widgets Commander Brigadier General Ann Roe left.",
         [("Commander", "Acme Widgets"), ("Brigadier General", None)]),
        ("The presidential candidate Mayor Ann Roe left.", [("presidential candidate", None), ("Mayor", None)]),
        ("Presidential candidate former Mayor Ann Roe left.",
         [("Presidential candidate", None), ("former Mayor", None)]),
        ("Deputy prosecutor general Ann Roe left.", [("Deputy prosecutor general", None)]),
        ("Ann Roe, author of the book Dorne and a nurse at Acme Widgets, left.",
         [("author", None), ("nurse", "Acme Widgets")]),
        ("Senate President Pro Tempore Ann Roe left.", [("President Pro Tempore", "Senate")]),
        ("Detective Sgt. Ann Roe left.", [("Detective Sgt.", None)]),
        ("Ann Roe is the first woman to lead.", []),
        ("The mayor, Ann Roe, accused ministers of waste.", [("mayor", None)]),
    ],
)  # fmt: skip
def test_joined_roles_are_told_apart(body: str, expected: list[tuple[str, str | None]]):
    assert roles(body) == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (
            "Former Ohio governor and Acme Widgets chairman Ann Roe left.",
            {("Former governor", "Ohio"), ("chairman", "Acme Widgets")},
        ),
        (
            "Acme Widgets founder and Dorne University professor Ann Roe left.",
            {("founder", "Acme Widgets"), ("professor", "Dorne University")},
        ),
        (
            "Acme Widgets president and former Norland prime minister Ann Roe left.",
            {("president", "Acme Widgets"), ("former prime minister", "Norland")},
        ),
        ("The military spokesman Lt. Col. Ann Roe left.", {("military spokesman", None), ("Lt. Col.", None)}),
        ("Secretary of Defense General Ann Roe left.", {("Secretary of Defense", None), ("General", None)}),
        ("The committee chairman Senator Ann Roe left.", {("committee chairman", None), ("Senator", None)}),
    ],
)
def test_each_of_two_titles_keeps_its_own_owner(body: str, expected: set[tuple[str, str | None]]):
    assert set(roles(body)) == expected


@pytest.mark.parametrize("style", ["His Majesty", "Her Royal Highness", "His Excellency", "The Rt Hon"])
def test_form_of_address_is_no_part_of_a_role(style: str):
    assert roles(f"{style} Prince Ann Roe left.") == [("Prince", None)]


@pytest.mark.parametrize(
    ("title", "short"),
    [
        ("Cllr", "Cllr"),
        ("Det Insp", "Insp"),
        ("Det Sgt", "Sgt"),
        ("DCI", "DCI"),
        ("Supt", "Supt"),
        ("Ch Supt", "Ch Supt"),
    ],
)
def test_a_short_title_is_a_role_and_no_name(title: str, short: str):
    found = build_from_bodies([f"{title} Ann Roe said it was over. {short} Roe left."]).tables
    assert found["actors"]["name"].to_list() == ["Ann Roe"]
    assert title in found["affiliations"]["role"].to_list()


def test_a_short_title_after_a_longer_one_is_a_second_role():
    assert roles("Trade Committee leader Cllr Ann Roe left.") == [
        ("leader", "Trade Committee"),
        ("Cllr", None),
    ]


def test_words_of_a_title_are_no_organization():
    lead = '"The records do not lie," Venn said in her opening statement.'
    body = "State District Judge Olivia Tran ordered the jury not to read news reports."
    found = build_from_bodies([f"{lead}\n\n{body}"]).tables
    assert found["organizations"]["name"].to_list() == []
    assert found["affiliations"]["role"].to_list() == ["State District Judge"]
