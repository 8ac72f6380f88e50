"""Find the names in an article: clean and complete the spans of the name finder, and correct their kinds.

Takes a `Text` and the spans found in it (start, end, OntoNotes label); returns `Name`s in the order of the text,
without overlaps, articles, possessives and titles ("the US's" -> "US", "President Ann Roe" -> "Ann Roe").
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from transforms.resolve import lexicon
from transforms.resolve.article_text import Text
from transforms.resolve.citations import find_cited
from transforms.resolve.doubtful_names import NameScores, settle_doubtful
from transforms.resolve.gazetteer import country_of_place
from transforms.resolve.model import Name
from transforms.resolve.name_gaps import (
    find_given_by_people,
    find_given_names,
    find_inverted_names,
    find_known_names,
    find_nicknamed,
    find_repeated_names,
    find_titled_names,
)
from transforms.resolve.name_spans import (
    Span,
    WordSpan,
    clean_span,
    complete_spans,
    find_rejected,
)
from transforms.resolve.non_actors import drop_non_actors
from transforms.resolve.organization_names import (
    extend_to_bodies,
    find_articled_names,
    find_bodies_before_roles,
    find_bodies_by_ending,
    find_bodies_next_to_people,
    find_bodies_of_place,
    find_bracketed_acronyms,
    find_defined_acronyms,
    find_listed_fields,
)
from transforms.resolve.other_names import find_other_names
from transforms.resolve.short_names import call_by_short_name, short_names
from transforms.resolve.stated_types import stated_type
from transforms.resolve.teams import find_teams, is_where
from transforms.resolve.title_parts import before_dot
from transforms.resolve.turns import find_initials, find_turns
from transforms.resolve.word_lists import CONNECTORS, DETERMINERS, SPEAKS

# After these words, 'America' and 'American' do not mean the United States.
BEFORE_AMERICA = frozenset("latin south central north copa".split())
SITES = frozenset(("Fort", "Mount"))  # given names of nobody
ADDRESSED = frozenset("mr mrs ms miss".split())

# Words before a name that show that it is the credit of a picture.
STATE_TYPES = ("agency", "government", "police", "military", "court")
CREDITS = frozenset("photo photograph image picture source credit getty".split())


def find_names(text: Text, spans: Iterable[Span], scores: NameScores | None = None) -> list[Name]:
    """Return the names of an article, in the order of the text and without overlaps.

    Without the tagger's `scores`, no name counts as doubtful.
    """
    names = find_candidates(text, spans)
    return (
        settle_doubtful(text, names, scores) if scores else [name for name in names if not name.is_rejected]
    )


def find_candidates(text: Text, spans: Iterable[Span]) -> list[Name]:
    """Return the names of an article, including names that a rule rejects."""
    taken = [False] * text.size
    names: list[Name] = []

    def take(new: Iterable[Name]) -> None:
        for name in new:
            if name.first < name.last and not any(taken[name.first : name.last]):
                taken[name.first : name.last] = [True] * (name.last - name.first)
                names.append(name)

    ranges = complete_spans(text, ((*text.word_range(start, end), label) for start, end, label in spans))
    take(find_turns(text))
    take(find_inverted_names(text))
    take(find_nicknamed(text))
    take(find_cited(text))
    take(find_defined_acronyms(text))
    take(find_known_names(text, taken, shortest=3))
    take(find_listed_fields(text, _labelled(ranges, ("PERSON", "GPE", "LOC"))))
    take(find_bodies_of_place(text, _labelled(ranges, ("ORG",))))
    open_ranges = (span for span in ranges if not all(taken[span[0] : span[1]]))
    take(name for span in open_ranges for name in clean_span(text, *span))
    take(find_known_names(text, taken))
    extend_to_bodies(text, taken, names)
    take(find_bodies_before_roles(text, taken))
    take(find_given_by_people(text, taken))
    take(find_titled_names(text, taken))
    take(find_given_names(text, taken))
    take(find_bodies_by_ending(text, taken))
    take(find_articled_names(text, taken))
    take(find_bodies_next_to_people(text, taken, names))
    take(find_bracketed_acronyms(text, taken, names))
    _cut_in_headlines(text, names)
    _agree_on_kinds(text, names)
    short = short_names(text, names)
    call_by_short_name(text, names, short)
    _doubt_short_names(text, names)
    _find_places(text, names)
    _find_called_bodies(text, names)
    _doubt_national_bodies(names)
    _doubt_parts(names)
    find_teams(text, names)
    names += find_other_names(text, taken, names)
    take(find_initials(text, taken, names))
    take(find_repeated_names(text, taken, names, short))
    kept = {id(name) for name in drop_non_actors(text, names)}
    for name in names:
        name.is_rejected = id(name) not in kept
    people = [name for name in names if name.kind == "person" and not name.is_rejected]
    rejected = list(find_rejected(text, ranges, taken))
    _accept_family_names(text, rejected, people)
    take(rejected)
    names.sort(key=lambda name: name.first)
    return [name for name in names if not _is_namesake(text, name)]


def _accept_family_names(text: Text, names: Sequence[Name], people: Sequence[Name]) -> None:
    """Accept rejected names that are family names of `people`: 'Union' after 'actress Marla Union'."""
    family_names = {name.text.split()[-1] for name in people if " " in name.text}
    for name in names:
        follows_article = name.first > 0 and text.lower[name.first - 1] in DETERMINERS
        if name.text in family_names and not follows_article:
            name.kind, name.is_rejected = "person", False


def _labelled(spans: Sequence[WordSpan], labels: Sequence[str]) -> set[int]:
    """Return the indices of the words in spans with these labels."""
    return {i for first, last, label in spans if label in labels for i in range(first, last)}


def _cut_in_headlines(text: Text, names: Sequence[Name]) -> None:
    """Cut a person's name in a headline to the family name if the body has the full name: 'Beat Roe' -> 'Roe'."""
    given = lexicon.given_names()
    people = [name for name in names if name.kind == "person" and name.last - name.first == 2]
    headed = {id(name) for name in people if text.is_headline(name.first)}
    full = {name.text for name in people if id(name) not in headed}
    families = {name.split()[-1] for name in full if name.split()[0].lower() in given}
    for name in people:
        if id(name) not in headed or name.text in full:
            continue
        before, after = text.words[name.first : name.last]
        if after in families and before.lower() not in given:
            name.first, name.text = name.first + 1, after
        elif before in families and after not in families and not after.endswith("s"):
            name.last, name.text = name.last - 1, before


def _find_places(text: Text, names: Sequence[Name]) -> None:
    """Change people to places if a known place has the name, and no word shows a person: 'in Dorne', 'San Dorne'.

    A name that begins with one of SITES is a place, too."""
    family_names = {name.text.split()[-1] for name in names if name.kind == "person" and " " in name.text}
    people = [n for n in names if n.kind == "person" and not n.known and n.text not in family_names]
    unlikely = {n.text for n in people if not _may_be_place(text, n)}
    where = {n.text for n in people if is_where(text, n) or " " in n.text} - unlikely
    for name in people:
        is_site = " " in name.text and name.text.split()[0] in SITES
        if is_site or (name.text in where and country_of_place(name.text)):
            name.kind = "place"


def _find_called_bodies(text: Text, names: Sequence[Name]) -> None:
    """Change people and places to organizations if a noun next to the name says so: 'the newspaper Roe'."""
    given = lexicon.given_names()
    people = {
        word for name in names if name.kind == "person" and " " in name.text for word in name.text.split()
    }
    for name in names:
        if name.kind not in ("person", "place") or name.known or name.last - name.first > 2:
            continue
        plain = name.text not in people or name.kind == "place"
        titled = name.first > 0 and before_dot(text, name.first) in lexicon.before_names()
        if (
            plain
            and not titled
            and text.lower[name.first] not in given
            and stated_type(text, name.first, name.last)
        ):
            name.kind = "organization"


def _may_be_place(text: Text, name: Name) -> bool:
    """Whether a person's name may name a place instead: no word in it or next to it shows a person."""
    given = text.lower[name.first] in lexicon.given_names() and " " in name.text
    titled = name.first > 0 and before_dot(text, name.first) in lexicon.before_names()
    speaks = name.last < text.size and text.lower[name.last] in SPEAKS
    return not (given or titled or speaks)


def _is_namesake(text: Text, name: Name) -> bool:
    """Whether a country's name means another place: Georgia, the state of the USA, or 'Latin America'."""
    before = text.lower[name.first - 1] if name.first else ""
    if before in BEFORE_AMERICA and text.lower[name.first].startswith("america"):
        return True
    beside = lexicon.words_beside_countries().get(name.known.country_code or "") if name.known else None
    return beside is not None and beside.isdisjoint(text.counts)


# ---- one kind for one name ---------------------------------------------------------------------------------


def _agree_on_kinds(text: Text, names: list[Name]) -> None:
    """Give each name one kind per article: person for the family name of a person, else the most frequent kind."""
    for name in names:
        _drop_honorific(text, name)
    parts = {name.text.split()[-1] for name in names if name.kind == "person" and " " in name.text}
    parts |= {name.text for name in names if name.kind == "person" and name.stands_for}
    _agree_in_lists(text, names)
    bodies = _bodies_of_people(text, names)
    parts |= {part.upper() for part in parts}  # speakers in an interview: "ROE: No."
    votes: defaultdict[str, list[str]] = defaultdict(list)
    for name in names:
        if name.known and name.kind == "organization" and _is_somebody(text, name, parts):
            name.kind, name.known, name.form = "person", None, "name"
        if not name.known:
            votes[name.text].append(name.kind)
    disputed = {written: Counter(kinds) for written, kinds in votes.items() if len(set(kinds)) > 1}
    for name in names:
        if name.kind in ("group", "country") and name.text in parts and _is_family_name(text, name):
            name.kind, name.known, name.form = "person", None, "name"
        elif name.known or name.kind == "group":
            continue
        elif name.text in bodies:
            name.kind = "organization"
        elif name.text in parts and name.kind != "person":
            name.kind = "person"
        elif name.text in disputed and name.text not in parts:
            name.kind = min(disputed[name.text].items(), key=lambda vote: (-vote[1], vote[0]))[0]


def _drop_honorific(text: Text, name: Name) -> None:
    """Turn an organization whose name begins with 'Mr' or another honorific into a person."""
    first = name.first + (name.last - name.first > 2 and text.words[name.first + 1] == ".")
    titled = text.lower[name.first] in ADDRESSED and first + 1 < name.last
    if name.kind in ("organization", "group") and name.known is None and titled:
        name.first, name.kind = first + 1, "person"
        name.text = " ".join(text.slice(name.first, name.last).split())


def _is_somebody(text: Text, name: Name, family_names: set[str]) -> bool:
    """Whether the name of a well-known organization means a person: 'Mr. Bayer', or 'Bayer' if 'Ann Bayer' is named."""
    if name.last - name.first > 1 or text.words[name.first].isupper():
        return False
    return name.text in family_names or (
        name.first > 0 and before_dot(text, name.first) in lexicon.honorifics()
    )


def _is_family_name(text: Text, name: Name) -> bool:
    """Whether the name of a group means a person here: 'Mr Irish', or 'Roe' if 'Ann Roe' is named."""
    titled = name.first > 0 and before_dot(text, name.first) in lexicon.honorifics()
    return titled or (name.known is None and text.words[name.first - 1].lower() not in DETERMINERS)


def _agree_in_lists(text: Text, names: list[Name]) -> None:
    """Turn a name between people in a list into a person: 'Ann Roe, Walker Berg, Jan Visser and others'."""
    ordered = sorted(names, key=lambda name: name.first)
    for before, name, after in zip(ordered, ordered[1:], ordered[2:], strict=False):
        if name.kind != "organization" or name.known or not before.kind == after.kind == "person":
            continue
        listed = _follows_in_list(text, before, name) and _follows_in_list(text, name, after)
        people = " " in before.text and " " in after.text
        words = name.text.lower().split()
        plain = len(words) == 2 and words[1] not in lexicon.organization_words()
        if listed and people and plain:
            name.kind = "person"


def _follows_in_list(text: Text, before: Name, after: Name) -> bool:
    between = text.lower[before.last : after.first]
    return between in ([","], ["and"], [",", "and"])


def _bodies_of_people(text: Text, names: Sequence[Name]) -> set[str]:
    """Find organizations that were taken for people, after the name of somebody who belongs to them.

    In 'Ann Roe of Dorne Union', Dorne Union becomes an organization.
    """
    people = {name.last: name for name in names if name.kind == "person" and name.last - name.first > 1}
    return {
        name.text
        for name in names
        if name.kind == "person"
        and name.first - 1 in people
        and text.lower[name.first - 1] == "of"
        and text.lower[name.first] not in lexicon.given_names()
    }


# ---- short names in the seeds ------------------------------------------------------------------------------


def _doubt_short_names(text: Text, names: Sequence[Name]) -> None:
    """Drop the known meaning of a short name if the article uses the name for something else.

    'RSA' is not the country if 'RSA Widgets' is named; 'EPA' in 'Photo: EPA' is not a government agency. 'RBI' is not
    the Reserve Bank of India in an article that does not name India.
    """
    longer = [n.text for n in names if n.kind == "organization" and not n.known and " " in n.text]
    owned = {written.split(" ", 1)[0] for written in longer if _is_own_name(written)}
    short = [n for n in names if n.known and n.text != n.known.name and _is_short(n.text)]
    foreign = {id(name) for name in short if _is_local(name)}
    codes = {_country_of(name) for name in names if id(name) not in foreign} if foreign else set()
    for name in short:
        is_elsewhere = id(name) in foreign and name.known and name.known.country_code not in codes
        if is_elsewhere or name.text in owned or _is_credit(text, name):
            name.kind, name.known, name.form = "organization", None, "name"


def _doubt_national_bodies(names: Sequence[Name]) -> None:
    """Drop the known meaning of 'Congress' or 'Justice Department' if the article names only other countries."""
    doubtful = [name for name in names if name.known and _is_of_any_state(name)]
    if not doubtful:
        return
    unclear = {id(name) for name in doubtful}
    codes = {_country_of(name) for name in names if id(name) not in unclear} - {None}
    for name in doubtful:
        if codes and name.known and name.known.country_code not in codes:
            name.known, name.form = None, "name"


def _doubt_parts(names: Sequence[Name]) -> None:
    """Drop the known meaning of 'General Assembly' if the article does not name the United Nations."""
    whole = {name.known.name for name in names if name.known}
    for name in names:
        parent = lexicon.parents().get(name.known.name) if name.known else None
        if not parent or parent in whole:
            continue
        words = [word for word in name.text.lower().split() if word not in CONNECTORS]
        plain = all(word in lexicon.organization_words() or word in lexicon.title_words() for word in words)
        if plain:
            name.known, name.form = None, "name"


def _is_of_any_state(name: Name) -> bool:
    """Whether other states may have a body of this name, though the seeds list it for one state."""
    known = name.known
    if known is None or known.org_type != "government" or known.country_code is None:
        return False
    words = [word for word in name.text.lower().split() if word not in CONNECTORS]
    return bool(words) and all(
        word in lexicon.organization_words() or word in lexicon.title_words() for word in words
    )


def _country_of(name: Name) -> str | None:
    if name.known:
        return name.known.country_code
    return country_of_place(name.text) if name.kind == "place" else None


def _is_short(written: str) -> bool:
    return 3 <= len(written) <= 4 and written.isalpha() and written.isupper()


def _is_local(name: Name) -> bool:
    """Whether a name means a state body that articles of other countries rarely call by its initials."""
    known = name.known
    if known is None or known.kind != "organization" or known.org_type not in STATE_TYPES:
        return False
    return known.country_code not in (None, "US", "GB")


def _is_own_name(written: str) -> bool:
    """Whether a name as a whole gives its first word another meaning: 'RSA Widgets' is a company, so RSA is no country.

    'UAE Police' is police of a country, so UAE keeps its meaning, as does FBI in 'FBI Office of Inspection'.
    """
    if lexicon.is_unit(written.split()):
        return False
    return lexicon.organization_words().get(written.split()[-1].lower(), "company") in (
        "company",
        "media",
        "other",
    )


def _is_credit(text: Text, name: Name) -> bool:
    """Whether a name is in the credit of a picture: 'Photo: EPA', 'EPA/Ann Roe'."""
    before = text.lower[max(0, name.first - 3) : name.first]
    after = text.words[name.last] if name.last < text.size else ""
    return not CREDITS.isdisjoint(before) or after.startswith("/") or before[-1:] == ["/"]
