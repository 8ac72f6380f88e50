"""Which words near a name are marked as its annotated roles."""

from __future__ import annotations

from typing import Any

from training.role_examples import Example, read_annotated, read_free

TEXT = (
    "Helena Marsk, the former chief of Acme Bank, arrived in Ohio on Monday. Oskar Lindqvist, a farmer, met her.\n\n"
    "Marsk said that no chief was chosen. She praised the farmer who had waited for several hours in the rain."
)


def person(name: str, *roles: tuple[str, str | None], aliases: tuple[str, ...] = ()) -> dict[str, Any]:
    told = [{"role": role, "at": at} for role, at in roles]
    return {"name": name, "kind": "person", "aliases": [*aliases], "roles": told}


MARSK = person("Helena Marsk", ("former chief", "Acme Bank"), aliases=("Marsk",))
LINDQVIST = person("Oskar Lindqvist", ("farmer", None))


def read(*actors: dict[str, Any], text: str = TEXT) -> list[Example]:
    return list(read_annotated([{"text": text, "actors": [*actors]}]))


def words(example: Example, marked: set[int]) -> list[str]:
    return [example.text.words[i] for i in sorted(marked)]


def test_words_of_a_role_and_of_its_owner_are_marked():
    first, *_ = read(MARSK)
    assert words(first, first.role) == ["former", "chief"]
    assert words(first, first.place) == ["Acme", "Bank"]


def test_role_in_another_sentence_is_doubtful():
    (example,) = read(LINDQVIST)
    assert words(example, example.role) == ["farmer"]
    (other,) = read(person("Oskar Lindqvist", ("chief", None)))
    assert words(other, other.role) == []
    assert words(other, other.doubtful) == ["chief"]


def test_words_of_a_role_may_surround_its_owner():
    text = "The former Acme Bank chief Helena Marsk said on Monday that the bridge would open in spring."
    (example,) = read(MARSK, text=text)
    assert words(example, example.role) == ["former", "chief"]
    assert words(example, example.place) == ["Acme", "Bank"]


def test_people_who_are_not_annotated_are_left_out():
    assert {example.mention.actor.name for example in read(LINDQVIST)} == {"Oskar Lindqvist"}


def test_articles_without_annotation_give_mentions_without_marks():
    found = list(read_free([{"text": TEXT}]))
    assert {example.mention.actor.name for example in found} == {"Helena Marsk", "Oskar Lindqvist"}
    assert not any(example.role or example.place or example.doubtful for example in found)
