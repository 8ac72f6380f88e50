"""Find names that the name finder missed.

Takes a `Text`, and which of its words already belong to names; returns more `Name`s: well-known names, people after
titles and given names, and further occurrences of names found elsewhere in the article.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from transforms.resolve import lexicon
from transforms.resolve.article_text import Text, plain
from transforms.resolve.lexicon import Known
from transforms.resolve.model import Name
from transforms.resolve.word_lists import (
    ABBREVIATIONS,
    AFTER_LANGUAGE,
    ALSO_WORDS,
    BARE_WORDS,
    CONNECTORS,
    DETERMINERS,
    LANGUAGE_VERBS,
    NOT_ACTORS,
    PAIRED_HONORIFICS,
    PARTICLES,
    SMALL_WORDS,
    SUFFIXES,
    SURNAMES_TOO,
    TITLES_TOO,
)

NO_SURNAMES = NOT_ACTORS - SURNAMES_TOO
SURNAMES_AFTER_GIVEN = SURNAMES_TOO | {"to", "so"}


def make_name(text: Text, first: int, last: int, kind: str, known: Known | None = None) -> Name:
    written = text.words[first] if last - first == 1 else " ".join(text.slice(first, last).split())
    if known is None:
        return Name(first, last, written, kind)
    kind = "place" if known.form == "metonym" else known.kind
    return Name(first, last, written, kind, known, known.form)


def widen_person(text: Text, first: int, last: int) -> tuple[int, int]:
    """Widen a name by the word before it, if the name finder left that word out: 'André' of 'André Lafontaine'."""
    before = first - 1
    if before < 0 or text.body[text.ends[before] : text.starts[first]] != " ":
        return first, last
    word, lower = text.words[before], text.lower[before]
    common = lower in lexicon.title_words() and not precedes_particle(text, before, last)
    common = common or lower in DETERMINERS or word in lexicon.known_names()
    common = common or is_plural_role(lower)
    common = common or (lower in SMALL_WORDS and lower not in lexicon.given_names())
    if (
        not word[0].isupper()
        or (not word[-1].isalnum() and word.isascii())
        or common
        or lower in NOT_ACTORS
        or lower in CONNECTORS
    ):
        return first, last
    if lower in lexicon.given_names() or (
        last - first == 1 and not text.opens_sentence(before) and word.istitle()
    ):
        return before, last
    return first, last


def precedes_particle(text: Text, i: int, last: int) -> bool:
    """Whether a title is a given name, because a particle follows: 'Sultan' in 'Sultan Al Roe', 'Sultan Al-Roe'."""
    if i + 1 == last or text.lower[i] not in lexicon.given_names():
        return False
    particle, hyphen, _ = text.lower[i + 1].partition("-")
    return particle in PARTICLES and (hyphen != "" or i + 2 < last)


def find_known_names(text: Text, taken: list[bool], shortest: int = 1) -> list[Name]:
    """Return the countries, nationalities and well-known organizations that are not yet found.

    Their names have at least `shortest` words."""
    index, found = lexicon.known_by_first_word(shortest), []
    for i in text.capitals:
        if taken[i] or text.words[i] not in index:
            continue
        for words, known in index[text.words[i]]:
            last = i + len(words)
            if tuple(text.words[i:last]) == words and not any(taken[i:last]):
                if _stands_alone(text, i, last, known) and (shortest == 1 or _begins_name(text, i)):
                    found.append(make_name(text, i, last, known.kind, known))
                break
    return found


def _stands_alone(text: Text, first: int, last: int, known: Known) -> bool:
    """Whether a known name is not part of a longer name, unlike Chad in 'Chad Roe' or UN in 'UN Plaza'."""
    if known.kind == "country" and known.form == "adjective":
        return not _is_language(text, first)
    if last - first > 1:
        return True
    if text.lower[first] in lexicon.given_names() or known.form == "metonym":
        return False
    following = text.words[last] if last < text.size else ""
    if known.kind == "organization":
        before = text.words[first - 1] if first and not text.opens_sentence(first) else ""
        amid = before.islower() and before not in DETERMINERS and not following[:1].isupper()
        return text.words[first].isupper() or amid
    return not following[:1].isupper() or text.lower[last] in lexicon.title_words()


def _is_language(text: Text, i: int) -> bool:
    """Whether word i names a language: 'in English', 'speak Dutch', but not 'in Dutch waters'."""
    following = text.lower[i + 1] if i + 1 < text.size else "."
    ends = not following.isalpha() or following in AFTER_LANGUAGE
    return i > 0 and text.lower[i - 1] in LANGUAGE_VERBS and ends


def find_titled_names(text: Text, taken: list[bool]) -> list[Name]:
    """Return people whose names follow a title, as in 'Minister Roe', 'Mr. Roe' and 'nurse Ann Roe'."""
    found, before_names = [], lexicon.before_names()
    for i in text.find(before_names):
        if i + 1 == text.size or taken[i] or tuple(text.lower[i : i + 2]) in PAIRED_HONORIFICS:
            continue
        first = i + 2 if text.words[i + 1] == "." and text.lower[i] in ABBREVIATIONS else i + 1
        last = _end_of_name(text, first, taken)
        if last == first and text.lower[i] in ("mr", "mrs", "ms") and is_family_name(text, first):
            last += not taken[first]
        if last - first > text.words[i].islower() and text.lower[first] not in NOT_ACTORS:
            found.append(make_name(text, first, last, "person"))
    return found


def is_family_name(text: Text, i: int) -> bool:
    """Whether the word after an honorific is a name: 'Mr. King', not 'Mr. President' or 'Mr. Chief Justice'."""
    if i >= text.size or not text.words[i].istitle():
        return False
    following = text.lower[i + 1] if i + 1 < text.size else ""
    title = text.lower[i] in lexicon.role_nouns() and text.lower[i] not in TITLES_TOO
    return not title and following not in lexicon.role_nouns()


def find_inverted_names(text: Text) -> list[Name]:
    """Return the authors in a list of works: 'Roe, Ann. A Life' at the beginning of a line."""
    found = []
    for comma in text.places.get(",", ()):
        i = comma - 1
        if not 0 <= i < text.size - 3 or not text.words[i].istitle():
            continue
        opens = i == 0 or "\n" in text.body[text.ends[i - 1] : text.starts[i]]
        if opens and _is_listed(text, i + 2):
            last = i + 3 + (text.words[i + 3].istitle() and text.words[i + 4 : i + 5] == ["."])
            name = make_name(text, i, last, "person")
            name.text = f"{text.slice(i + 2, last)} {text.words[i]}"
            found.append(name)
    return found


def _is_listed(text: Text, i: int) -> bool:
    """Whether word i is the given name in an entry of a list, with the next part of the entry after it."""
    given = lexicon.given_names().get(text.lower[i]) in ("m", "f") and text.words[i].istitle()
    following = text.words[i + 1 : i + 3]
    return given and ("." in following[:1] or following[:1] == ["and"] or (following[-1:] == ["."]))


def begins_family_name(text: Text, i: int) -> bool:
    """Whether word i continues a name that the name finder ended too early: 'Roe' of 'Ann Roe'."""
    adjoins = i < text.size and text.body[text.ends[i - 1] : text.starts[i]] == " "
    if not adjoins or not text.words[i].istitle():
        return False
    also_word = (text.lower[i] in SURNAMES_TOO or text.lower[i] == "to") and not text.is_headline(i)
    return also_word or _may_continue_name(text, i)


def find_given_names(text: Text, taken: list[bool]) -> list[Name]:
    """Return people with a known given name: 'Ann Roe'."""
    known, found = lexicon.given_names(), []
    for i in text.capitals:
        if taken[i] or text.lower[i] not in known or text.words[i].isupper() or i + 1 == text.size:
            continue
        last = _end_of_name(text, i + 1, taken)
        if last == i + 1 and text.lower[last] in SURNAMES_AFTER_GIVEN and text.words[last].istitle():
            last += not taken[last]
        common = text.lower[i + 1] in NO_SURNAMES or text.lower[i] in ALSO_WORDS
        if last > i + 1 and not common and _begins_name(text, i):
            found.append(make_name(text, i, last, "person"))
    return found


def gives_name(text: Text, i: int) -> bool:
    """Whether the words before word i say that a name follows: 'gave his name only as'."""
    if i < 3 or text.lower[i - 1] != "as":
        return False
    before = text.lower[max(0, i - 4) : i - 1]
    return not {"name", "himself", "herself", "identified"}.isdisjoint(before)


def is_plural_role(word: str) -> bool:
    """Whether a word is the plural of a role, such as 'senators', which is not a name."""
    return word.endswith("s") and word.rstrip("s") in lexicon.role_nouns()


def find_given_by_people(text: Text, taken: list[bool]) -> list[Name]:
    """Return the names that people said were their own: 'a man who gave his name only as Roe'."""
    found = []
    for i in text.capitals:
        if not taken[i] and gives_name(text, i) and text.words[i] not in lexicon.known_names():
            last = max(_end_of_name(text, i, taken), i + 1)
            if text.lower[i] not in lexicon.title_words() and text.lower[i] not in NOT_ACTORS:
                found.append(make_name(text, i, last, "person"))
    return found


def _begins_name(text: Text, i: int) -> bool:
    """Whether word i can be the first word of a name: it opens a paragraph, or the word before it has no capital."""
    return i == 0 or text.paragraphs[i - 1] != text.paragraphs[i] or not text.words[i - 1][0].isupper()


def _end_of_name(text: Text, first: int, taken: list[bool]) -> int:
    last = first
    while last < text.size and last - first < 3:
        particle = text.lower[last] in PARTICLES and last + 1 < text.size
        if taken[last + particle] or not _may_continue_name(text, last + particle):
            break
        last += 1 + particle
    return last


def _may_continue_name(text: Text, i: int) -> bool:
    word = text.words[i]
    plain = word[0].isupper() and not word.isupper() and len(word) > 1
    same_line = "\n" not in text.body[text.ends[i - 1] : text.starts[i]]
    common = text.lower[i] in lexicon.title_words() or text.lower[i] in lexicon.organization_words()
    common = common or text.lower[i] in NOT_ACTORS or text.lower[i] in SMALL_WORDS
    common = common or is_plural_role(text.lower[i])
    common = common or (text.lower[i] in text.everyday and text.is_headline(i))
    return plain and same_line and not common and word not in lexicon.known_names()


def find_repeated_names(
    text: Text, taken: list[bool], names: Sequence[Name], short: Iterable[str] = ()
) -> list[Name]:
    """Return further occurrences of the people and organizations in `names`.

    Organizations are found by the whole name, companies also by their `short` names, and people also by their given or
    family name alone.
    """
    forms = _forms_to_look_for(text, names, short)
    found, done = [], 0
    for i in text.find({plain(word) for word in forms}):
        if i < done or taken[i]:
            continue
        for length, kinds in forms.get(text.words[i], ()):
            last = i + length
            kind = kinds.get(tuple(text.words[i:last]))
            if kind and (length > 1 or _ends_name(text, i)):
                first, last = widen_person(text, i, last) if kind == "person" else (i, last)
                found.append(make_name(text, first, last, kind))
                done = last
                break
    return found


def _forms_to_look_for(
    text: Text, names: Sequence[Name], short: Iterable[str]
) -> dict[str, list[tuple[int, dict[tuple[str, ...], str]]]]:
    """Return the forms of names to look for: whole names, `short` names, and people's given and family names alone.

    The result maps each first word to pairs: a number of words, and the forms of that length with their kinds. The pair
    with the longest forms comes first.
    """
    kinds: dict[tuple[str, ...], str] = {}
    family_names: set[str] = set()
    for name in names:
        words = tuple(text.words[name.first : name.last])
        if name.known or name.kind not in ("person", "organization"):
            continue
        kinds.setdefault(words, name.kind)
        if name.kind == "person" and len(words) > 1:
            kinds.setdefault(words[-1:], "person")
            family_names.add(words[-1])
            if lexicon.given_names().get(words[0].lower()) in ("m", "f"):
                kinds.setdefault(words[:1], "person")
    for word in short:
        kinds.setdefault((word,), "organization")
    forms: dict[str, dict[int, dict[tuple[str, ...], str]]] = {}
    for words, kind in kinds.items():
        if len(words) > 1 or _is_distinctive(words[0], text.counts, words[0] in family_names):
            forms.setdefault(words[0], {}).setdefault(len(words), {})[words] = kind
    return {word: sorted(lengths.items(), reverse=True) for word, lengths in forms.items()}


def _is_distinctive(word: str, counts: Counter[str], is_family_name: bool) -> bool:
    lower = word.lower()
    unlike = lower in NOT_ACTORS or lower in BARE_WORDS
    common = 3 * counts[lower] > counts[word] or (unlike and lower not in lexicon.given_names())
    common = common or (lower in lexicon.title_words() and not is_family_name)
    return len(word) > 2 and word[0].isupper() and not common


def _ends_name(text: Text, i: int) -> bool:
    """Whether a name of one word ends at word i; false for 'Roe' in 'Roe Street'.

    The next word shows it: it has no capital, or it is a title.
    """
    after = text.words[i + 1] if i + 1 < text.size else ""
    return not after[:1].isupper() or text.lower[i + 1] in lexicon.title_words()


# ---- nicknames


def find_nicknamed(text: Text) -> list[Name]:
    """Return whole names with a nickname inside, such as 'Ann J. “Nan” Roe III'."""
    found = []
    for i in text.find({"“", '"'}):
        if not 0 < i < text.size - 3 or text.words[i + 2] not in ("”", '"'):
            continue
        first = i - 1
        if text.words[first] == "." and first > 1:
            first -= 1
        first -= len(text.words[first]) == 1 and first > 0
        last = i + 4
        given, nick, family = text.words[first], text.words[i + 1], text.words[i + 3]
        if not (
            given.istitle() and nick.istitle() and family[0].isupper() and text.body[text.ends[i + 2]] == " "
        ):
            continue
        if text.lower[first] not in lexicon.given_names():
            continue
        last += last < text.size and text.lower[last] in SUFFIXES
        found.append(make_name(text, first, last, "person"))
    return found
