"""Names: spans of the name finder, cleaned, completed and given the right kind.

In: a `Text` and the spans found in it (start, end, OntoNotes label). Out: `Name`s in the order of the text,
not overlapping, without articles, possessives and titles ("the US's" -> "US", "President Ann Roe" -> "Ann
Roe").
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from transforms.resolve import lexicon
from transforms.resolve.article_text import Text
from transforms.resolve.model import Name
from transforms.resolve.name_gaps import (
    find_given_by_people,
    find_given_names,
    find_inverted_names,
    find_known_names,
    find_repeated_names,
    find_titled_names,
)
from transforms.resolve.name_spans import Span, before_dot, clean_span
from transforms.resolve.non_actors import drop_non_actors
from transforms.resolve.organization_names import (
    find_articled_names,
    find_bodies_by_ending,
    find_bodies_of,
    find_bodies_of_people,
    find_defined_acronyms,
)


def find_names(text: Text, spans: Iterable[Span]) -> list[Name]:
    """The names of an article; see the module's docstring."""
    taken = [False] * len(text)
    names: list[Name] = []

    def take(new: Iterable[Name]) -> None:
        for name in new:
            if name.first < name.last and not any(taken[name.first : name.last]):
                taken[name.first : name.last] = [True] * (name.last - name.first)
                names.append(name)

    spans = list(spans)
    take(find_inverted_names(text))
    take(find_defined_acronyms(text))
    take(find_known_names(text, taken, shortest=3))
    take(find_bodies_of(text, _labelled(text, spans)))
    take(name for span in spans for name in clean_span(text, span))
    take(find_known_names(text, taken))
    take(find_given_by_people(text, taken))
    take(find_titled_names(text, taken))
    take(find_given_names(text, taken))
    take(find_bodies_by_ending(text, taken))
    take(find_articled_names(text, taken))
    take(find_bodies_of_people(text, taken, names))
    _agree_on_kinds(text, names)
    take(find_repeated_names(text, taken, names))
    names.sort(key=lambda name: name.first)
    return [
        name
        for name in drop_non_actors(text, names)
        if (name.kind != "place" or name.known) and not _is_namesake(text, name)
    ]


def _labelled(text: Text, spans: Sequence[Span]) -> set[int]:
    """The words of the spans that are organizations."""
    ranges = (text.word_range(start, end) for start, end, label in spans if label == "ORG")
    return {i for first, last in ranges for i in range(first, last)}


def _is_namesake(text: Text, name: Name) -> bool:
    """Whether a country's name means another place: Georgia, the state of the USA."""
    company = lexicon.company_of_countries().get(name.known.country_code or "") if name.known else None
    return company is not None and company.isdisjoint(text.words)


# ---- one kind for one name ---------------------------------------------------------------------------------


def _agree_on_kinds(text: Text, names: list[Name]) -> None:
    """One name, one kind in an article: that of a person who has it as family name, else the most frequent."""
    parts = {name.text.split()[-1] for name in names if name.kind == "person" and " " in name.text}
    _agree_in_lists(text, names)
    bodies = _bodies_of_people(text, names)
    parts |= {part.upper() for part in parts}  # the turns of an interview: "ROE: No."
    votes: dict[str, Counter[str]] = {}
    for name in names:
        if name.known and name.kind == "organization" and _is_somebody(text, name, parts):
            name.kind, name.known, name.form = "person", None, "name"
        if not name.known:
            votes.setdefault(name.text, Counter())[name.kind] += 1
    for name in names:
        if name.known or name.kind == "group":
            continue
        if name.text in bodies:
            name.kind = "organization"
        elif name.text in parts and name.kind != "person":
            name.kind = "person"
        elif len(votes[name.text]) > 1 and name.text not in parts:
            name.kind = min(votes[name.text].items(), key=lambda vote: (-vote[1], vote[0]))[0]


def _is_somebody(text: Text, name: Name, family_names: set[str]) -> bool:
    """Whether a well-known body's name is a person's here: 'Mr. Bayer', or 'Bayer' beside 'Ann Bayer'."""
    if name.last - name.first > 1 or text.words[name.first].isupper():
        return False
    return name.text in family_names or (
        name.first > 0 and before_dot(text, name.first) in lexicon.honorifics()
    )


def _agree_in_lists(text: Text, names: list[Name]) -> None:
    """Makes a person of what stands between people in a list: 'Ann Roe, Walker Berg, Jan Visser and others'."""
    ordered = sorted(names, key=lambda name: name.first)
    for before, name, after in zip(ordered, ordered[1:], ordered[2:], strict=False):
        listed = _follows_in_list(text, before, name) and _follows_in_list(text, name, after)
        people = before.kind == after.kind == "person" and " " in before.text and " " in after.text
        words = name.text.lower().split()
        plain = len(words) == 2 and not name.known and words[1] not in lexicon.organization_words()
        if listed and people and plain and name.kind == "organization":
            name.kind = "person"


def _follows_in_list(text: Text, before: Name, after: Name) -> bool:
    between = text.lower[before.last : after.first]
    return between in ([","], ["and"], [",", "and"])


def _bodies_of_people(text: Text, names: Sequence[Name]) -> set[str]:
    """Names taken for people that other people are of: Dorne Union in 'Ann Roe of Dorne Union'."""
    people = {name.last: name for name in names if name.kind == "person" and name.last - name.first > 1}
    return {
        name.text
        for name in names
        if name.kind == "person"
        and name.first - 1 in people
        and text.lower[name.first - 1] == "of"
        and text.lower[name.first] not in lexicon.given_names()
    }
