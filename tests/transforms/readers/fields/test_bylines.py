"""Bylines, and lines that only begin like one."""

import time

import pytest

from transforms.readers.fields.bylines import find_byline, find_signature, is_contact, is_person


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("By Ada Example", "Ada Example"),
        ("By Ada Example, Bo Sample and Cy Foo", "Ada Example, Bo Sample and Cy Foo"),
        ("Reporting by Ada Example and Bo Sample", "Ada Example and Bo Sample"),
        ("Words by Ada Example", "Ada Example"),
        ("Written by: Ada Example", "Ada Example"),
        ("By Ada Example ada@post.example", "Ada Example"),
        ("By Ada Example (@adaexample)", "Ada Example"),
        ("By ADA EXAMPLE / ada.example@post.example", "ADA EXAMPLE"),
        ("By Ada Example, Pictures: Bo Sample", "Ada Example"),
    ],
)
def test_names_stand_alone_without_addresses_and_photographers(line, names):
    start, end = find_byline(line)
    assert line[start:end] == names


@pytest.mark.parametrize(
    "line", ["By Monday", "By Land and Sea", "By winning the vote, she kept it.", "By ", "Ada"]
)
def test_other_lines_are_not_bylines(line):
    assert find_byline(line) is None


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("(Reporting by Ada Example in Port Ada; Editing by Bo Sample)", "Ada Example"),
        ("(Reporting by Ada Example and Cy Foo; additional reporting by Di Bar)", "Ada Example and Cy Foo"),
        ("Reporting by Ada Example. Editing by Bo Sample", "Ada Example"),
        ("Reporting by Ada Example, editing by Bo Sample", "Ada Example"),
        ("(Writing by Ada Example)", "Ada Example"),
    ],
)
def test_the_last_line_of_a_story_may_be_signed(line, names):
    start, end = find_signature(line)
    assert line[start:end] == names


@pytest.mark.parametrize(
    "line", ["Editing by Bo Sample", "Reporting by the council was late.", "He began writing by hand."]
)
def test_other_last_lines_sign_nothing(line):
    assert find_signature(line) is None


def test_a_name_alone_is_that_of_a_person_when_its_first_word_is_a_given_name():
    assert all(map(is_person, ["Maria Lorne", "Maria van Lorne", "Peter J. Lorne"]))
    assert not any(
        map(is_person, ["Evening News", "Old Lock Reopens", "Maria", "Maria came home", "Maria " * 40])
    )


def test_addresses_alone_are_contacts():
    assert all(map(is_contact, ["ada@post.example", " @adaexample ", "E-mail: ada@post.example"]))
    assert not any(map(is_contact, ["Write to ada@post.example today", "ada", ""]))


def test_blanks_in_a_signature_cost_little():
    start = time.process_time()
    assert find_signature("Reporting by Ada Roe" + " " * 450 + "!") is None
    assert time.process_time() - start < 0.1
