"""Drop names of things (storms, ships, films, drinks, web sites) that the name finder took for people or organizations.

Takes a `Text` and its `Name`s; returns the names, except names of things, which the words around a name reveal.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from transforms.resolve import lexicon
from transforms.resolve.article_text import Text
from transforms.resolve.model import Name
from transforms.resolve.word_lists import (
    ARTICLES,
    CALLED,
    CONNECTORS,
    DOMAINS,
    LEADING_THINGS,
    PLATFORMS,
    POSTED_AFTER,
    POSTED_BEFORE,
    SMALL_WORDS,
    SPEAKS,
    STOPS,
    THINGS,
)

REACH = 7
INDEXES = frozenset("index indices futures".split())
INDEX_SIZES = frozenset("30 35 40 50 100 200 225 250 300 350 400 500 600 1000 1500 2000".split())


def drop_non_actors(text: Text, names: Sequence[Name]) -> list[Name]:
    """Return the names, without names of things.

    If the text shows in one place that a name means a thing, its other occurrences are dropped too, unless the name is
    used as a speaker or is a family name.
    """
    family_names = _find_family_names(names)
    speakers = {name.text for name in names if _speaks(text, name)}
    open_names = [name for name in names if name.text not in speakers and _may_be_non_actor(name)]
    shortened = find_shortened_terms(text)
    shown = [name for name in open_names if _is_non_actor(text, name, family_names, shortened)]
    dropped = {id(name) for name in shown}
    everywhere = ({name.text for name in shown} | _with_articles(text, open_names)) - family_names
    dropped |= {id(name) for name in open_names if name.text in everywhere}
    return [name for name in names if id(name) not in dropped and not _is_no_actor_here(text, name)]


def _is_no_actor_here(text: Text, name: Name) -> bool:
    """Whether the name of an organization means something else in this one place."""
    return name.kind == "organization" and (
        _is_means(text, name) or _is_index(text, name) or _is_shouted(text, name)
    )


def _is_index(text: Text, name: Name) -> bool:
    """Whether the name is part of the name of a share index: 'Widget 500', 'the Widget index'."""
    after = text.lower[name.last : name.last + 2]
    return after[:1] != [] and (
        after[0] in INDEX_SIZES or after[0] in INDEXES or after == ["industrial", "average"]
    )


def _is_shouted(text: Text, name: Name) -> bool:
    """Whether a short word is in capitals only because its neighbours are: 'STARS WHO GIVE'."""
    around = [text.words[i] for i in (name.first - 1, name.last) if 0 <= i < text.size]
    capitals = len(around) == 2 and all(word.isupper() and len(word) > 1 for word in around)
    return capitals and len(name.text) < 5 and name.text.lower() in SMALL_WORDS


def _is_means(text: Text, name: Name) -> bool:
    """Whether the name of a platform only says where people post: 'on Facebook', 'a Twitter post'."""
    if name.text.lower() not in PLATFORMS:
        return False
    before = text.lower[name.first - 1] if name.first else ""
    after = text.lower[name.last] if name.last < text.size else ""
    listed = before in ("and", "or", ",") and name.first > 1 and text.lower[name.first - 2] in PLATFORMS
    taken = (
        before == "to" and name.first > 1 and text.lower[name.first - 2] in ("took", "take", "takes", "taken")
    )
    return before in POSTED_BEFORE or after in POSTED_AFTER or listed or taken


def _find_family_names(names: Sequence[Name]) -> set[str]:
    """Return the last word of each full name, but skip names that begin with a family name, such as 'Roe Widget'."""
    full = [name.text.split() for name in names if name.kind == "person" and " " in name.text]
    sure = {words[-1] for words in full if words[0].lower() in lexicon.given_names()}
    likely = [w for w in full if len(w[0]) > 1 and w[0] not in sure and w[0].lower() not in LEADING_THINGS]
    return sure | {words[-1] for words in likely}


def _speaks(text: Text, name: Name) -> bool:
    """Whether a name is used as a speaker: 'Roe said', 'according to roe.com'."""
    after = text.lower[name.last] if name.last < text.size else ""
    return after in SPEAKS or text.lower[max(0, name.first - 2) : name.first] == ["according", "to"]


def _may_be_non_actor(name: Name) -> bool:
    if name.known or name.kind not in ("person", "organization"):
        return False
    words = name.text.lower().split()
    named_person = name.kind == "person" and len(words) > 1 and words[0] in lexicon.given_names()
    return not (named_person or words[-1] in lexicon.organization_words())


def _is_non_actor(text: Text, name: Name, family_names: set[str], shortened: set[str]) -> bool:
    if (
        name.text in shortened
        or text.lower[name.last - 1].endswith(DOMAINS)
        or text.lower[name.first] in LEADING_THINGS
    ):
        return True
    if name.text not in family_names and (
        _follows_thing(text, name.first) or _is_said_to_be(text, name.last)
    ):
        return True
    return _is_called(text, name.first)


def find_shortened_terms(text: Text) -> set[str]:
    """Return the acronyms of terms that are not names of organizations: ASF in 'African swine fever (ASF)'.

    The acronym is in brackets after words with its letters as initials; the last word begins with a small letter.
    """
    found, nouns, words = set(), lexicon.organization_nouns(), lexicon.organization_words()
    for i in text.places.get("(", ()):
        if not 2 <= i < text.size - 2 or text.words[i + 2] != ")":
            continue
        acronym = text.words[i + 1]
        if acronym.isupper() and len(acronym) > 1:
            term = [k for k in range(max(0, i - 2 * len(acronym)), i) if text.lower[k] not in CONNECTORS]
            term = term[-len(acronym) :]
            before = text.lower[i - 1]
            small = text.words[i - 1].islower() and before not in nouns and before not in words
            if small and "".join(text.words[k][0] for k in term).upper() == acronym:
                found.add(acronym)
    return found


def _with_articles(text: Text, names: Sequence[Name]) -> set[str]:
    """Return the one-word names, tagged as people, that often follow 'the' or 'a': 'the Roe', 'a Roe'."""
    alone = [n for n in names if n.kind == "person" and n.last - n.first == 1 and n.first]
    alone = [n for n in alone if text.lower[n.first] not in lexicon.given_names()]
    articled = Counter(n.text for n in alone if text.words[n.first - 1] in ARTICLES)
    total = Counter(n.text for n in alone)
    return {word for word, count in articled.items() if 2 * count >= total[word]}


def _follows_thing(text: Text, first: int) -> bool:
    """Whether a name follows a noun for a thing: 'the novel Dark Roe', 'Cyclone Roe', 'the ship "Roe"'."""
    i = first - 1
    while i >= 0 and text.words[i] in ("“", '"', "‘", "'"):
        i -= 1
    return i >= 0 and text.lower[i] in THINGS and text.paragraphs[i] == text.paragraphs[first]


def _is_said_to_be(text: Text, i: int) -> bool:
    """Whether the phrase at word i ends with a noun for a thing: ', a cargo ship,' and 'is the film that'."""
    if (
        i + 2 >= text.size
        or text.lower[i] not in (",", "is", "was")
        or text.lower[i + 1] not in ("a", "an", "the")
    ):
        return False
    for k in range(i + 2, min(i + 2 + REACH, text.size - 1)):
        if text.lower[k] in THINGS:
            following = text.lower[k + 1]
            return not following[0].isalpha() or following in STOPS
        if text.lower[k] in STOPS or not text.words[k][0].isalnum():
            return False
    return False


def _is_called(text: Text, first: int) -> bool:
    """Whether a name follows "called": 'a drink called Roe', 'The project is called Roe'."""
    i = first - 1
    if i > 0 and text.words[i] in ("“", '"', "‘", "'"):
        i -= 1
    if i < 1 or text.lower[i] not in CALLED:
        return False
    return any(word in THINGS for word in text.lower[max(0, i - 4) : i])
