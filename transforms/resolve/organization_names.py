"""Find organizations that the name finder missed or cut short.

Takes a `Text`, and which of its words already belong to names; returns more `Name`s: acronyms defined in the text and
their long forms, "Municipality of Dorne", organizations of people ("Ann Roe of DAB"), names that include an article.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from transforms.resolve import lexicon
from transforms.resolve.article_text import Text
from transforms.resolve.lexicon import is_role
from transforms.resolve.model import Name
from transforms.resolve.name_gaps import make_name
from transforms.resolve.word_lists import CONNECTORS, DETERMINERS, NOT_ACTORS, SMALL_WORDS

LONGEST = 10  # words of the longest name
BRACKETS = {"(": ")", "<": ">"}
DASHES = ("-", "–", "—", ",")
MOST_CAPITALS = 40  # words to go back for the beginning of a name: a longer run is not a name
# After a field of government these name an organization of a state, even in small letters: 'health ministry'.
STATE_BODIES = frozenset("ministry department police".split())
# Words that name an organization alone before a role: 'House Speaker', but not 'Press Secretary'.
ALONE = frozenset("house senate council police".split())
TIMES = frozenset(
    "former acting then current new late outgoing incoming interim deputy vice senior principal ex".split()
)
# Offices of a party: an adjective of a party before one of these words means the party.
PARTY_ROLES = frozenset(
    "leader chair chairman chairwoman vice-chair vice-chairman spokesman spokeswoman spokesperson whip".split()
)
FIELDS = frozenset(
    "ministry department institute school college faculty union board committee centre center".split()
)


# ---- acronyms


def find_defined_acronyms(text: Text) -> list[Name]:
    """Return both names in "World Widget Council (WWC)" and "CEI (Italian Episcopal Conference)"."""
    found: list[Name] = []
    for i in text.places.get("(", ()):
        if i < 1 or i + 2 >= text.size:
            continue
        if text.words[i + 2] == ")" and _is_acronym(text.words[i + 1]):
            first = _start_of_long_form(text, i, text.words[i + 1].replace(".", ""))
            if first is not None and text.lower[i - 1] not in NOT_ACTORS:
                found += _long_and_short(text, (first, i), i + 1)
        elif _is_acronym(text.words[i - 1]):
            last = _end_of_run(text, i + 1)
            is_closed = last < text.size and text.words[last] == ")"
            if is_closed and _is_body(text, i + 1, last) and _may_mean(text, text.words[i - 1], i + 1, last):
                found += _long_and_short(text, (i + 1, last), i - 1)
    return found


def _may_mean(text: Text, acronym: str, first: int, last: int) -> bool:
    """Whether an acronym may stand for the words after it, unlike ACM in 'ACM (United Kingdom) Ltd'."""
    known = lexicon.known_names().get(" ".join(text.slice(first, last).split()))
    initials = "".join(word[0] for word in text.words[first:last])
    return known is None or known.kind != "country" or initials == acronym.replace(".", "")


def _is_acronym(word: str) -> bool:
    plain = word.replace(".", "")
    return 2 <= len(plain) <= 8 and plain.isalnum() and plain[0].isupper() and not plain[1].islower()


def _long_and_short(text: Text, long_range: tuple[int, int], short: int) -> list[Name]:
    long_form = " ".join(text.slice(*long_range).split())
    known = lexicon.known_names().get(long_form)
    kind = known.kind if known else "person" if _is_person(long_form) else "organization"
    long_name = make_name(text, *long_range, kind, known)
    return [long_name, Name(short, short + 1, text.words[short], kind, known, "acronym", long_form)]


def _is_person(written: str) -> bool:
    """Whether initials in brackets stand for a person: 'Ann Jane Roe Berg (AJRB)'."""
    words = written.lower().split()
    bodies = lexicon.organization_words()
    return lexicon.given_names().get(words[0]) in ("m", "f") and not any(
        word in bodies or word in CONNECTORS for word in words
    )


def _start_of_long_form(text: Text, end: int, acronym: str) -> int | None:
    """Return the first word of the long form before word `end`; its initials spell the acronym, at least loosely."""
    i, initials, loosely = end - 1, "", None
    wanted = acronym.upper()
    while i >= 0 and end - i <= len(acronym) + 5:
        word = text.words[i]
        if word[0].isupper() or (word.isdigit() and initials):
            initials = "".join(part[0] for part in word.split("-") if part).upper() + initials
            if initials == wanted or (len(initials) > 1 and initials == wanted.rstrip("S")):
                return i
            if word[0] == wanted[0] and _is_loose_acronym(text, (i, end), wanted):
                loosely = i
        elif text.lower[i] not in CONNECTORS:
            break
        i -= 1
    return loosely


def _is_loose_acronym(text: Text, words: tuple[int, int], acronym: str) -> bool:
    """Whether each letter of the acronym is an initial, in any order: UAAR, Union of Rationalist Atheists and ..."""
    initials = Counter(text.words[i][0].upper() for i in range(*words))
    capitals = sum(text.words[i][0].isupper() for i in range(*words))
    return len(acronym) > 2 and len(acronym) - 1 <= capitals and Counter(acronym) <= initials


def find_bracketed_acronyms(text: Text, taken: Sequence[bool], names: Sequence[Name]) -> list[Name]:
    """Return acronyms in brackets after an organization, whatever their letters: 'Widget Council of Dorne (WRD)'.

    If the name finder took the acronym for another organization, this function marks it as an acronym of the longer
    name. It also marks the symbol in "Acme <ACM>" and both names in "Widget Council (Consejo de Dorne - CDD)".
    """
    at = {name.first: name for name in names if name.kind == "organization"}
    found = []
    for name in names:
        i = name.last + 1  # after the bracket
        if name.kind != "organization" or name.stands_for or i + 1 >= text.size:
            continue
        opening, inside = text.words[i - 1], at.get(i)
        if opening not in BRACKETS or (opening == "(" and name.last - name.first == 1):
            continue
        ending = text.words[inside.last : inside.last + 3] if inside else []
        if inside and not inside.known and ending[:1] == [BRACKETS[opening]]:
            inside.stands_for = name.text
            inside.form = "acronym" if inside.last == i + 1 else inside.form
        elif opening == "<":
            continue
        elif inside and ending[2:] == [")"] and ending[0] in DASHES and _is_acronym(ending[1]):
            inside.stands_for = name.text
            short = at.get(inside.last + 1)
            if short:
                short.stands_for, short.form, short.known = name.text, "acronym", name.known
            else:
                found.append(_short_for(name, inside.last + 1, ending[1]))
        elif text.words[i + 1] == ")" and _is_new_acronym(text.words[i]) and not taken[i]:
            found.append(_short_for(name, i, text.words[i]))
    return found


def _short_for(name: Name, i: int, acronym: str) -> Name:
    """Return the `Name` at word i as the acronym of a longer name."""
    return Name(i, i + 1, acronym, "organization", name.known, "acronym", name.text)


def _is_new_acronym(word: str) -> bool:
    return _is_acronym(word) and word.isalpha() and word not in lexicon.known_names()


# ---- organizations by the form of the name


def find_bodies_of_place(text: Text, labelled: set[int]) -> list[Name]:
    """Return the organizations whose names have the form 'Municipality of Dorne' and which the name finder missed.

    `labelled` has the words that the name finder took for words of organizations.
    """
    heads, found = lexicon.organization_words(), []
    for i in (of - 1 for of in text.find({"of", "for"})):
        if not 0 <= i < text.size - 2 or text.lower[i] not in heads:
            continue
        if text.words[i][0].isupper() and i not in labelled:
            head = text.lower[i]
            last = _end_of_run(text, i + 2 + (text.lower[i + 2] == "the"), joins=head in FIELDS)
            first = _start_of_run(text, i)
            if last > i + 2 + (text.lower[i + 2] == "the"):
                found.append(_make_body(text, first, last))
    return found


def find_listed_fields(text: Text, others: set[int]) -> list[Name]:
    """Return names with a list inside: 'Trade, Fishing and Labour Council', 'Bureau of Trade, Fishing and Labour'.

    `others` are the words of people's and places' names.
    """
    found, done = [], 0
    for i in text.capitals:
        if i < done or i + 1 == text.size or text.words[i + 1] not in (",", "of", "for"):
            continue
        if not _may_be_field(text, i):
            continue
        opens = text.lower[i] in lexicon.organization_words() and text.words[i + 1] != ","
        last = _end_of_list(text, i + 2 * opens)
        if last and (opens or text.lower[last - 1] in lexicon.organization_words()):
            first, done = _start_of_run(text, i), last
            if others.isdisjoint(range(first, last)):
                found.append(_make_body(text, first, last))
    return found


def _end_of_list(text: Text, first: int) -> int | None:
    """Return the end of 'Trade, Fishing and Labour Council'; None if no such list begins at word `first`."""
    i, commas, bodies = first, 0, lexicon.organization_words()
    while (
        i + 2 < text.size and i - first < LONGEST and _may_be_field(text, i) and text.lower[i] not in bodies
    ):
        i += 1
        if text.words[i] == "," and text.words[i + 1] != "and":
            commas, i = commas + 1, i + 1
        elif text.words[i] in ("and", "&") or text.words[i : i + 2] == [",", "and"]:
            last = _end_of_fields(text, i + 1 + (text.words[i] == ","))
            return last if commas and last > i + 1 else None
    return None


def _end_of_fields(text: Text, i: int) -> int:
    first = i
    while i < text.size and i - first < 4 and _may_be_field(text, i):
        i += 1
    return i


def _may_be_field(text: Text, i: int) -> bool:
    """Whether a word with a capital may be a field of work in the name of an organization, and not a name itself."""
    word = text.words[i]
    if not word.istitle() or not word.isalpha() or text.lower[i] in lexicon.given_names():
        return False
    return word not in lexicon.known_names() and not text.is_headline(i)


def _goes_on(text: Text, i: int) -> bool:
    return text.lower[i + 1] in ("of", "for") and not text.is_headline(i)


def _make_body(text: Text, first: int, last: int) -> Name:
    known = lexicon.known_names().get(" ".join(text.slice(first, last).split()))
    return make_name(text, first, last, "organization", known)


def _start_of_run(text: Text, i: int) -> int:
    """Return the start of the run of words with a capital that ends at word i; an article or a title ends the run."""
    end = i
    while i and text.words[i - 1][0].isupper() and text.lower[i - 1] not in DETERMINERS and _adjoins(text, i):
        if text.lower[i - 1] in lexicon.role_nouns() or end - i == MOST_CAPITALS:
            break
        i -= 1
    return i


def _end_of_run(text: Text, first: int, *, joins: bool = True) -> int:
    """Return the end of the run of words with a capital from `first` on, with words such as 'of' between them.

    If `joins` is true, the run continues after 'and' and 'the'."""
    small = ("of", "for", "&", "and", "the") if joins else ("of", "for", "&")
    i = last = first
    while i < text.size and i - first < LONGEST and (i == first or _adjoins(text, i)):
        if text.words[i][0].isupper() and text.words[i][-1].isalnum():
            last = i + 1
        elif text.lower[i] not in small or _opens_another(text, i + 1):
            break
        i += 1
    return last


def _opens_another(text: Text, i: int) -> bool:
    """Whether a country or a person begins at word i: 'and Ann Roe', 'of the UK'."""
    i += i < text.size and text.lower[i] == "the"
    return i < text.size and (
        text.words[i] in lexicon.known_names() or text.lower[i] in lexicon.given_names()
    )


def _adjoins(text: Text, i: int) -> bool:
    return text.body[text.ends[i - 1] : text.starts[i]] in (" ", "\n")


def _is_body(text: Text, first: int, last: int) -> bool:
    words = lexicon.organization_words()
    return last - first > 1 and (text.lower[first] in words or text.lower[last - 1] in words)


def find_articled_names(text: Text, taken: Sequence[bool]) -> list[Name]:
    """Return names that keep a capital "The" inside a sentence: 'a writer for The Widget'."""
    found = []
    for i in text.capitals:
        if text.words[i] != "The" or not 0 < i < text.size - 1:
            continue
        if text.words[i - 1].islower() and not taken[i] and _adjoins(text, i + 1):
            last = _end_of_capitals(text, i + 1, taken)
            if i + 1 < last <= i + 4 and not _is_common(text, i + 1, last):
                found.append(_make_body(text, i + 1, last))
    return found


def _is_common(text: Text, first: int, last: int) -> bool:
    word = text.lower[last - 1]
    return word in lexicon.title_words() or word in NOT_ACTORS or text.lower[first] in lexicon.honorifics()


def find_bodies_by_ending(text: Text, taken: Sequence[bool]) -> list[Name]:
    """Return names that end as an organization's name does: 'Widget Research Lab', 'Widgetnews'."""
    heads, found, done = lexicon.organization_words(), [], 0
    for i in text.capitals:
        if i < done or taken[i]:
            continue
        last = _end_of_capitals(text, i, taken)
        long = last - i > 1 and text.lower[last - 1] in heads and _stands_out(text, i, last)
        single = last - i == 1 and len(text.words[i]) > 6 and text.lower[i].endswith("news")
        if long or single:
            found.append(_make_body(text, i, last))
        done = last + 1
    return found


def _end_of_capitals(text: Text, first: int, taken: Sequence[bool]) -> int:
    last = first
    while last < text.size and text.words[last][0].isupper() and not taken[last]:
        if last > first and not _adjoins(text, last):
            break
        last += 1
    return last


def _stands_out(text: Text, first: int, last: int) -> bool:
    """Whether the words before and after have no capital: in a headline, capitals do not mark names."""
    before = text.words[first - 1] if first and not text.opens_sentence(first) else ""
    after = text.words[last] if last < text.size else "."
    return before.islower() and not after[0].isupper() and text.lower[first] not in lexicon.title_words()


# ---- organizations in small letters after a name

# After an adjective of a country, the name of a place or the name of a person, these words make an organization.
OF_COUNTRIES = frozenset("police parliament army navy".split())
OF_PLACES = frozenset("police parliament government".split())
OF_PEOPLE = frozenset("administration campaign".split())


def extend_to_bodies(text: Text, taken: list[bool], names: Sequence[Name]) -> None:
    """Extend names by the word for an organization after them: 'Dutch police', 'Dorne Oil Company'."""
    for name in names:
        last = _end_of_owned(text, name)
        if last > name.last and not any(taken[name.last : last]):
            taken[name.last : last] = [True] * (last - name.last)
            name.is_certain = name.is_certain or name.kind == "person"
            name.last, name.kind, name.known, name.form = last, "organization", None, "name"
            name.text = " ".join(text.slice(name.first, last).split())


def _end_of_owned(text: Text, name: Name) -> int:
    """Return the end of a name including the word for an organization after it; without such a word, the name's end."""
    i = name.last
    if i >= text.size or not _adjoins(text, i):
        return i
    if text.words[i] != text.lower[i]:
        is_new = name.kind == "organization" and name.known is None and text.words[i].istitle()
        # In a headline, a plural may be a verb: 'Acme Partners With Dorne'.
        is_noun = not (text.lower[i].endswith("s") and text.is_headline(i))
        return i + (is_new and is_noun and text.lower[i] in lexicon.organization_words())
    if name.kind == "person":
        has_title = name.first > 0 and text.lower[name.first - 1] in lexicon.role_nouns()
        return i + (text.lower[i] in OF_PEOPLE and not has_title)
    if name.kind == "place":
        return i + (text.lower[i] in OF_PLACES)
    if name.kind != "country" or name.form != "adjective":
        return i
    if text.lower[i] in OF_COUNTRIES:
        return i + 1
    field = i + 1 < text.size and text.lower[i] in lexicon.title_words() and text.lower[i] not in TIMES
    return i + 2 if field and text.words[i + 1] in ("ministry", "parliament") else i


# ---- organizations of people


def find_bodies_next_to_people(text: Text, taken: Sequence[bool], names: Sequence[Name]) -> list[Name]:
    """Return the organizations next to people's names: DAB in 'Ann Roe of DAB', "DAB's Ann Roe"."""
    found = []
    for name in names:
        if name.kind != "person" or name.last - name.first < 2:
            continue
        i = name.last + 1
        if i < text.size and text.lower[i - 1] == "of" and text.words[i][0].isupper() and not taken[i]:
            last = _end_of_run(text, i, joins=False)
            if not any(taken[i:last]) and (_is_acronym(text.words[i]) or not _is_common(text, i, last)):
                found.append(_make_body(text, i, last))
        i = name.first - 2
        if i >= 0 and text.lower[i + 1] in ("'s", "’s") and not taken[i] and _is_acronym(text.words[i]):
            found.append(_make_body(text, i, i + 1))
    return found


# ---- organizations before roles ------------------------------------------------------------------------------


def find_bodies_before_roles(text: Text, taken: Sequence[bool]) -> list[Name]:
    """Return organizations before roles: 'Dorne Widget chief executive Ann Roe', 'a health ministry spokesman'."""
    found = []
    compounds = {word for word in text.places if "-" in word and is_role(word)}
    for i in sorted([*text.find(lexicon.role_nouns()), *text.find(compounds)]):
        if i and not is_role(text.lower[i - 1]):
            party = _party_before(text, taken, i)
            if party:
                found.append(party)
                continue
            last = _before_modifiers(text, i - _is_two_words(text, i))
            first = _start_of_body(text, taken, last)
            if first < last:
                found.append(_make_body(text, first, last))
    return found


def _party_before(text: Text, taken: Sequence[bool], i: int) -> Name | None:
    """Return the party before the role at word i: 'the Tory leader', 'Lib Dem deregulation spokesman'."""
    if text.lower[i] not in PARTY_ROLES:
        return None
    for words, known in lexicon.party_adjectives().items():
        for last in (i, i - 1):
            first = last - len(words)
            if first >= 0 and tuple(text.words[first:last]) == words and not any(taken[first:last]):
                return make_name(text, first, last, known.kind, known)
    return None


def _is_two_words(text: Text, i: int) -> bool:
    """Whether the role at word i is a title with the word before it, which belongs to no name: 'District Attorney'."""
    return " ".join(text.lower[i - 1 : i + 1]) in lexicon.titles() and text.lower[i - 1] not in ALONE


def _before_modifiers(text: Text, i: int) -> int:
    """Return the first modifier of the role at word i: 'chief' in 'Acme chief executive'."""
    general, bodies, end = lexicon.title_words(), lexicon.organization_words(), i
    while i > 0 and text.lower[i - 1] in general and text.lower[i - 1] not in bodies and _adjoins(text, i):
        if end - i == MOST_CAPITALS:
            break
        i -= 1
    return i


def _start_of_body(text: Text, taken: Sequence[bool], last: int) -> int:
    """Return the first word of the organization's name that ends before word `last`; `last` if no name ends there."""
    first = last
    while first and not taken[first - 1] and _adjoins(text, first) and text.words[first - 1][0].isupper():
        if text.lower[first - 1] in DETERMINERS or text.paragraphs[first - 1] != text.paragraphs[last]:
            break
        if last - first == MOST_CAPITALS:
            return last
        first -= 1
    while first < last and text.lower[first] in TIMES:  # "Former Cabinet minister"
        first += 1
    if first == last:
        return _start_of_plain_body(text, taken, last)
    return first if _may_be_body(text, taken, first, last) else last


def _may_be_body(text: Text, taken: Sequence[bool], first: int, last: int) -> bool:
    """Whether words with a capital before a role are a name: 'Dorne Widget', 'WWC', but not 'Corp' of 'Acme Corp'."""
    word, words = text.words[first], text.lower[first:last]
    if text.is_headline(first) or words[0] in lexicon.given_names() or words[0] in SMALL_WORDS:
        return False
    if (
        words[-1] in lexicon.honorifics()
        or words[-1] == "cabinet"
        or (first and taken[first - 1] and _adjoins(text, first))
    ):
        return False
    known = lexicon.known_names().get(word.title() if word.isupper() else word)
    if last - first == 1:
        is_known = known is not None and known.kind == "organization"
        return is_known or words[0] in ALONE or (_is_acronym(word) and words[0] not in lexicon.title_words())
    return known is None and (words[-1] not in NOT_ACTORS or words[-1] in lexicon.organization_words())


def _start_of_plain_body(text: Text, taken: Sequence[bool], last: int) -> int:
    """Return the first word of a name in small letters before word `last`, such as 'health ministry'; else `last`."""
    first = last - 2
    if first < 0 or any(taken[first:last]) or text.lower[last - 1] not in STATE_BODIES:
        return last
    word = text.lower[first]
    field = word in lexicon.title_words() and word not in TIMES and text.words[first].islower()
    return first if field else last
