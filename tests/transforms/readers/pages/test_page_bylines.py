"""Choose one byline from the authors in several places of a page."""

import pytest

from transforms.readers.pages.page_bylines import (
    Author,
    choose_byline,
    is_person_name,
    read_authors,
    read_names,
)


def places(*names):
    return [[Author(name)] for name in names]


@pytest.mark.parametrize(
    "stand_in",
    [
        "admin",
        "Administrator",
        "Editor",
        "Staff Writer",
        "Harbour Post",
        "Harbour Post Staff",
        "News Desk",
        "Web Desk",
        "harbourpost.example",
    ],
)
def test_a_person_is_preferred_to_a_stand_in(stand_in):
    assert (
        choose_byline(places(stand_in, "Ada Example"), ["Harbour Post", "harbourpost.example"])
        == "Ada Example"
    )


def test_a_stand_in_is_used_when_nothing_better_exists():
    assert choose_byline(places("News Desk"), []) == "News Desk"


@pytest.mark.parametrize(
    "no_name",
    ["https://post.example/people/ada", "@adaexample", "ada@post.example", "[[author]]", "{{ author.name }}",
     "%author%", "undefined", "null", "", "facebook.com/ada", "12345"],
)  # fmt: skip
def test_addresses_handles_and_templates_are_not_names(no_name):
    assert choose_byline(places(no_name), []) is None
    assert choose_byline(places(no_name, "Ada Example"), []) == "Ada Example"


def test_all_authors_of_one_place_are_named_once():
    declared = [[Author("Ada Example"), Author("Ben Sample"), Author("Ada Example"), Author("Harbour Post")]]
    assert choose_byline(declared, ["Harbour Post"]) == "Ada Example, Ben Sample"


def test_names_written_in_one_string_stay_as_they_are():
    names = "RUBY WENTLEY, TOBY GREAVES and ADA EXAMPLE"
    assert choose_byline(places(f"By {names}"), []) == names


def test_a_person_is_preferred_to_an_organization():
    declared = [read_authors({"@type": "Organization", "name": "Lantern Feed"}), [Author("Ada Example")]]
    assert choose_byline(declared, []) == "Ada Example"
    assert choose_byline(declared[:1], []) == "Lantern Feed"


@pytest.mark.parametrize(
    ("value", "names"),
    [
        ("Ada Example", ["Ada Example"]),
        ({"@type": "Person", "name": "Ada Example"}, ["Ada Example"]),
        ([{"name": "Ada Example"}, "Ben Sample"], ["Ada Example", "Ben Sample"]),
        ({"name": ["Ada Example", "Ben Sample"]}, ["Ada Example", "Ben Sample"]),
        ({"@id": "#ada"}, []),
        (None, []),
        (7, []),
        ([None, [], {}], []),
    ],
)
def test_the_forms_of_an_author_in_json_ld(value, names):
    assert [author.name for author in read_authors(value)] == names


def test_the_account_of_an_administrator_is_not_a_person():
    author = {"name": "Post D", "url": "https://harbourpost.example/author/admin/"}
    assert [author.is_person for author in read_authors(author)] == [False]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("By Ada Example", ["Ada Example"]),
        ("By Ada Example and Ben Sample, Post Staff Writers", ["Ada Example", "Ben Sample"]),
        ("BY ADA EXAMPLE | 3 June 2019", ["ADA EXAMPLE"]),
        ("By\nAda Example\nHealth Correspondent\nPublished 3 June", ["Ada Example"]),
        ("Ada Example\nBen van der Sample", ["Ada Example", "Ben van der Sample"]),
        ("By Ada Example, Ben Sample & Cy Zero", ["Ada Example", "Ben Sample", "Cy Zero"]),
        ("Von Ada Beispiel", ["Ada Beispiel"]),
        ("By Zoë O’Neill-Day", ["Zoë O’Neill-Day"]),
        ("Updated 3 June 2019", []),
        ("Share this article", []),
        ("View All Posts", []),
        ("By winning the vote, she made it", []),
        ("", []),
    ],
)
def test_persons_in_a_byline_on_a_page(text, names):
    assert read_names(text) == names


@pytest.mark.parametrize(
    "text", ["The Lock", "Ada", "Lock opens again", "Ada Example said so", "Ada Example 2", "News Desk"]
)
def test_words_that_are_not_names_of_people(text):
    assert not is_person_name(text)
