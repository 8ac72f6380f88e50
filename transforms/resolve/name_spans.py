"""Clean the spans of the name finder and correct their kinds.

Takes a `Text` and one span (start, end, OntoNotes label); returns the `Name`s in the span, without articles,
possessives and titles: "the US's" -> "US", "President Ann Roe" -> "Ann Roe".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import pairwise

from transforms.extract.name_finder import MAYBE
from transforms.resolve import lexicon
from transforms.resolve.article_text import Text
from transforms.resolve.gazetteer import is_region
from transforms.resolve.lexicon import is_role
from transforms.resolve.model import Name
from transforms.resolve.name_gaps import (
    begins_family_name,
    is_family_name,
    is_plural_role,
    make_name,
    precedes_particle,
    widen_person,
)
from transforms.resolve.role_words import sounds_like_role
from transforms.resolve.title_parts import before_dot, is_title_part
from transforms.resolve.word_lists import (
    AFTER_NAMES,
    BARE_WORDS,
    BELONGS,
    CONNECTORS,
    DETERMINERS,
    FINITE,
    INTERJECTIONS,
    LETTERS_AFTER,
    MADE,
    NOT_ACTORS,
    PAIRED_HONORIFICS,
    PARTICLES,
    PREFIXES,
    SMALL_WORDS,
    SPEAKS,
    SURNAMES_TOO,
    TRAILING,
)

CHAMBERS = frozenset("house senate congressional assembly".split())
MEMBERS = frozenset(
    "Republicans Democrats Conservatives".split()
)  # members of a party, in 'Senate Republicans' and 'Ohio Democrats'
Span = tuple[int, int, str]  # of code points, with a label
WordSpan = tuple[int, int, str]  # of words, with a label

MISTAKEN = ("ORG", "GPE", "LOC", "PRODUCT")  # labels that the name finder sometimes gives to people
UNUSUAL = ("FAC", "PRODUCT", "EVENT", "WORK_OF_ART", "LAW")
COMPOUNDED = frozenset("wide led like era type style born owned wing sized".split())  # 'US-led'
LEADING = DETERMINERS | {"no", "my", "your"}  # before a name, but never part of the name
COMPANY_ENDS = frozenset("corp inc ltd plc llc".split())
LONG = 6  # letters of the shortest word that ends with "news" and names an outlet
MARKS = frozenset(',;:()[]"“”')
OPENING_HONORIFICS = frozenset(first for first, _ in PAIRED_HONORIFICS)
# Two words of one name, which the name finder sometimes cuts: 'Supreme Court', 'Homeland Security'.
FIRST_HALVES = frozenset("Supreme Superior High Crown District Federal Home Homeland".split())
SECOND_HALVES = frozenset("Court Office Security Reserve".split())
OFFICES = (["'s", "office"], ["’s", "office"])
# After the name of an organization that ends with a country: 'Widgetry Canada said'.
AFTER_BODY = SPEAKS | FINITE | BELONGS | frozenset(", . ; : ) found which who".split())
LABELLED = {"PERSON": "person", "ORG": "organization", "GPE": "place", "LOC": "place", "NORP": "group"}


def complete_spans(text: Text, spans: Iterable[WordSpan]) -> list[WordSpan]:
    """Return the spans, where those of organizations have the rest of the name that the name finder left out.

    Such names are 'Supreme | Court' and 'Widgetry | Canada'."""
    return [
        (first, _end_of_body(text, first, last) if label == "ORG" else last, label)
        for first, last, label in spans
    ]


def _end_of_body(text: Text, first: int, last: int) -> int:
    if text.lower[last : last + 2] in OFFICES and (
        is_role(text.lower[last - 1]) or "general" in text.lower[first:last]
    ):
        return last + 2  # "the Ombudsman's Office"
    if last >= text.size or not text.words[last][0].isupper() or text.starts[last] != text.ends[last - 1] + 1:
        return last
    if last - first == 1 and text.words[first].title() in FIRST_HALVES and text.words[last] in SECOND_HALVES:
        return last + 1
    known = lexicon.known_names()
    for end in (last + 2, last + 1):
        country = known.get(text.slice(last, min(end, text.size)))
        if country and country.kind == "country" and country.form == "name":
            body = known.get(text.slice(first, last))
            is_wide = body is not None and body.org_type == "intergovernmental"  # "NATO", "the EU"
            ends = end < text.size and text.lower[end] in AFTER_BODY
            return end if ends and not is_wide else last
    return last


def clean_span(text: Text, first: int, last: int, label: str) -> list[Name]:
    """Return the names in the words of one span, usually one; no names if the span names no actor."""
    if label not in LABELLED and label not in UNUSUAL:
        return []
    first, last = _trim(text, first, last)
    middle = label == "ORG" and next((i for i in range(first + 1, last - 1) if text.lower[i] == "at"), None)
    if middle:  # "Roe Museum of Art at Acme University"
        parts = [_trim(text, first, middle), _trim(text, middle + 1, last)]
        return [name for part in parts for name in _clean_words(text, *part, label)]
    return _clean_words(text, first, last, label)


def find_rejected(text: Text, spans: Iterable[WordSpan], taken: Sequence[bool]) -> Iterator[Name]:
    """Yield a `Name`, marked as rejected, for each span that the name finder takes for a person or an organization.

    Spans with words that are `taken` by accepted names are left out, and so are parts of titles ('State' in 'State
    Judge'). The model of doubtful names judges the others.
    """
    for first, last, label in spans:
        if label in ("PERSON", "ORG", MAYBE) and not all(taken[first:last]):
            first, last = _trim(text, first, last)
            capitals = any(_has_capital(word) for word in text.words[first:last])
            is_party = lexicon.party_called(text.words[first:last]) is not None  # "Republican" before a title
            is_title = is_title_part(text, first, last) and not is_party
            if capitals and not any(taken[first:last]) and not is_title:
                name = make_name(text, first, last, LABELLED.get(label, "organization"))
                name.is_rejected = True
                yield name


def _clean_words(text: Text, first: int, last: int, label: str) -> list[Name]:
    if label == "ORG":
        first += _precedes_party(text, first, last)
        party = lexicon.party_called(text.words[first:last])
        # "Republican" is a word of the party's name, but also describes other things.
        own = party is not None and party.name.startswith(text.slice(first, last))
        if party and (not own or text.lower[last : last + 1] == ["leader"]):
            return [make_name(text, first, last, party.kind, party)]
    given = lexicon.given_names().get(text.lower[first]) if first < last else None
    if label == "PERSON":
        first = _skip_owner(text, first, last)
    if label == "PERSON" or (label in MISTAKEN and given in ("m", "f")):
        last = _cut_person(text, first, last)
    if label == "PERSON":
        while last - first > 2 and text.words[last - 1] in LETTERS_AFTER:
            last -= 1
        first = _skip_titles(text, first, last)
        first += last - first > 1 and _is_no_name(text, first) and not _is_given_an(text, first, last)
    elif label == "ORG":
        first, last = _cut_roles(text, first, last)
        last -= last - first > 1 and text.lower[last - 1 : last + 1] == ["district", "attorney"]
        first += _has_party(text, first, last)
    if first >= last or is_title_part(text, first, last) or _is_legal_form(text, first, last):
        return []
    if _paired_words(text, first) == last - first:
        return []
    known = _find_known(" ".join(text.slice(first, last).split()))
    whole = known is not None and known.kind == "country" and last - first > 1  # "Sri Lanka"
    if known and (whole or not (label == "PERSON" and text.lower[first] in lexicon.given_names())):
        return [make_name(text, first, last, known.kind, known)]
    if label in ("ORG", "GPE") and _is_government(text, first, last):
        return [make_name(text, first, last - 1, "country", lexicon.known_names()[text.words[first]])]
    if _is_made_in(text, first, last):
        return [make_name(text, last - 1, last, "country", lexicon.known_names()[text.words[last - 1]])]
    kind = _kind_of(text, first, last, label)
    if kind == "person":
        last += last - first == 1 and _is_given_name(text, first) and begins_family_name(text, last)
        begin = _skip_titles(text, first, last)
        first, last = widen_person(text, begin, last)
        if _follows_paired_honorific(text, begin):
            first = begin
    return [make_name(text, first, last, kind)] if kind else []


def _is_legal_form(text: Text, first: int, last: int) -> bool:
    """Whether the span is only the end of a company's name: 'Corp' after a ticker symbol."""
    return last - first == 1 and text.lower[first] in COMPANY_ENDS


def _paired_words(text: Text, i: int) -> int:
    """Return how many words the paired honorific at word i has: 2 for 'Tan Sri', 3 for "Dato' Sri", 0 for none."""
    if i >= text.size or text.lower[i] not in OPENING_HONORIFICS:
        return 0
    if tuple(text.lower[i : i + 2]) in PAIRED_HONORIFICS:
        return 2
    parted = text.lower[i + 1 : i + 2] in (["'"], ["’"])
    return 3 if parted and (text.lower[i], *text.lower[i + 2 : i + 3]) in PAIRED_HONORIFICS else 0


def _follows_paired_honorific(text: Text, i: int) -> bool:
    return (i > 1 and _paired_words(text, i - 2) == 2) or (i > 2 and _paired_words(text, i - 3) == 3)


def _find_known(written: str) -> lexicon.Known | None:
    """Return the meaning of a known name, also if it is written in capitals: 'SYRIAN President'."""
    capitals = written.isupper() and len(written) > 4
    return lexicon.find_known(written) or (lexicon.find_known(written.title()) if capitals else None)


@cache
def _roles_at_ends() -> frozenset[str]:
    """Return the role nouns with which no organization's name begins or ends, so that they can be cut off."""
    return lexicon.role_nouns() - {"general", "justice", "president", "major", "chief", "guard", "speaker"}


def _cut_roles(text: Text, first: int, last: int) -> tuple[int, int]:
    """Cut a role off either end of an organization's name: 'Chair of the Trade Committee', 'Trade Office Spokesman'."""
    nouns = _roles_at_ends()
    if last - first > 2 and text.lower[first] in nouns and text.lower[first + 1] in ("of", "for"):
        return _trim(text, first + 2, last)
    while last - first > 1 and text.lower[last - 1] in nouns:
        last -= 1
    return first, last


def _has_party(text: Text, first: int, last: int) -> bool:
    """Whether a party's adjective precedes the name of a well-known organization: 'Democratic Congress'."""
    rest = " ".join(text.slice(first + 1, last).split())
    return text.lower[first : first + 1] in (["democratic"], ["republican"]) and rest in lexicon.known_names()


def _precedes_party(text: Text, first: int, last: int) -> bool:
    """Whether a chamber or a state precedes the members of a party: 'Senate Republicans', 'Ohio Democrats'."""
    if last - first != 2 or text.words[first + 1] not in MEMBERS:
        return False
    return text.lower[first] in CHAMBERS or is_region(text.words[first])


def _skip_owner(text: Text, first: int, last: int) -> int:
    """Return the first word of the name after a possessive: 'Ann Roe' in "Acme's Ann Roe"."""
    owner = next((i for i in range(first, last - 2) if text.lower[i] in ("'s", "’s")), None)
    return first if owner is None else owner + 1


def _cut_person(text: Text, first: int, last: int) -> int:
    """Return the end of a person's name in a span that is too long: 'Ann Roe Justice in Schools Act'."""
    for i in range(first + 1, last):
        if (
            text.lower[i] in ("'s", "’s")
            or text.lower[i][0].isdigit()
            or (i > first + 1 and text.lower[i] in SMALL_WORDS and text.lower[i] not in PARTICLES)
        ):
            return i
        if i > first + 1 and text.lower[i] in text.everyday and text.is_headline(i):
            return i
    if last - first > 2 and text.lower[first] in lexicon.given_names() and _names_act(text, last):
        return first + 2
    return last


def _is_no_name(text: Text, i: int) -> bool:
    """Whether a word before a name has a capital only because of its place: 'Can Roe', 'Telling Ann Roe'."""
    word = text.lower[i]
    everyday = word in SMALL_WORDS or (word in text.everyday and text.is_headline(i))
    everyday = everyday or (word.endswith("ing") and text.lower[i + 1] in lexicon.given_names())
    return everyday and word not in lexicon.given_names() and word not in PARTICLES


def _names_act(text: Text, last: int) -> bool:
    """Whether word `last` continues the title of a thing, such as 'in Schools Act' after 'Ann Roe Justice'."""
    for i in range(last, min(last + 6, text.size)):
        if text.words[i][0].isupper() and text.lower[i] in MADE:
            return True
        if not text.words[i][0].isupper() and text.lower[i] not in CONNECTORS:
            return False
    return False


def _trim(text: Text, first: int, last: int) -> tuple[int, int]:
    """Cut leading articles, trailing possessives, outer punctuation, and everything after a comma or line break."""
    while first < last and (
        (text.lower[first] in LEADING and not _is_given_an(text, first, last))
        or not text.words[first][0].isalnum()
    ):
        first += 1
    if last - first > 1 and text.lower[first].startswith(PREFIXES):
        first += 1
    for i in range(first, last):
        if text.words[i] in MARKS or text.paragraphs[i] != text.paragraphs[first]:
            last = i
            break
    while first < last and _is_trailing(text, last - 1):
        if text.words[last - 1][-1] == "." and len(text.words[last - 1]) > 1:
            break  # "U.S."
        last -= 1
    return first, last


def _is_given_an(text: Text, i: int, last: int) -> bool:
    """Whether 'An' is a name and no article, because it has a capital inside a sentence: 'said An Roe'."""
    is_an = text.words[i] == "An" and i + 1 < last and not text.opens_sentence(i)
    return is_an and text.words[i + 1][0].isupper() and not text.is_headline(i)


def _is_trailing(text: Text, i: int) -> bool:
    word = text.words[i]
    small = word.islower() and (word in SMALL_WORDS or word in CONNECTORS)
    return small or text.lower[i] in TRAILING or not word[-1].isalnum()


def _skip_titles(text: Text, first: int, last: int) -> int:
    """Return the first word after the titles and countries before a person's name in the same span."""
    vocabulary, known = lexicon.title_words(), lexicon.known_names()
    before = next((n for n in (1, 2) if first >= n and _paired_words(text, first - n) == n + 1), 0)
    first += before > 0 and last - first > 1  # the span begins at "Sri" of "Dato' Sri Ann Roe"
    while last - first > 2 and (paired := _paired_words(text, first)):
        first += paired
    i = first + (last - first > 1 and is_plural_role(text.lower[first]))  # "Presidents Roe and Berg"
    while i < last and (text.lower[i] in vocabulary or text.words[i] == "." or text.words[i] in known):
        if text.lower[i] in lexicon.given_names() and text.lower[i] not in lexicon.titles():
            break
        if _are_initials(text, i, last) or precedes_particle(text, i, last):
            break
        i += 1
    if i == last:  # "Justice" alone, but also "Prime" or "Major" as a family name after a given name
        titled = first and before_dot(text, first) in lexicon.honorifics()
        titled = titled and is_family_name(text, first)
        return last if last - first == 1 and text.lower[first] in vocabulary and not titled else first
    return i


def _are_initials(text: Text, i: int, last: int) -> bool:
    """Whether capitals before a family name are initials and not a title: 'MK' in 'Minister MK Roe'."""
    is_single = i == last - 2 and i > 0 and text.words[i].isalpha()
    return is_single and text.words[i].isupper() and text.lower[i - 1] in lexicon.role_nouns()


def _kind_of(text: Text, first: int, last: int, label: str) -> str | None:
    """Return the kind of a name: person, organization, group or place; None if the words name no actor."""
    words = text.lower[first:last]
    if label == "PERSON" and (_has_namesake(words) or _begins_with_given_name(words)):
        return "person"
    if label != "ORG" and is_plural_role(words[-1]):
        return None
    if _is_made(words) or (last - first == 1 and _is_lone_word(text, first)):
        return None
    if last - first == 1 and _stands_in_table(text, first):
        return None
    if label == "NORP":
        return "group" if words[-1].endswith("s") else None
    if len(words) > 1 and words[-1] in lexicon.organization_words():
        return "person" if label == "PERSON" and _follows_title(text, first) else "organization"
    if len(words) == 1 and len(words[0]) > LONG and words[0].endswith("news"):
        return "organization"
    if label in MISTAKEN and _is_mistaken(text, first, last, label):
        return "person"
    if label == "PERSON" and len(words) == 1 and text.words[first].isupper() and 1 < len(words[0]) < 6:
        return "organization"
    return LABELLED.get(label) if any(_has_capital(word) for word in text.words[first:last]) else None


def _has_capital(word: str) -> bool:
    """Whether a word is written like a name: 'Acme', 'eBay', but not 'then-Acme'."""
    return word[0].isupper() or (word[1:3].isalpha() and word[1:2].isupper() and not word[2:].isupper())


def _follows_title(text: Text, first: int) -> bool:
    before = before_dot(text, first) if first else ""
    return before in lexicon.before_names() or (before.isalpha() and sounds_like_role(before))


def _stands_in_table(text: Text, i: int) -> bool:
    """Whether a lone word labels a row in a table of figures: 'Revs 12.5 mln vs 9.9 mln'."""
    following = text.words[i + 1] if i + 1 < text.size else ""
    return following[:1].isdigit() and text.words[i].istitle() and _opens_line(text, i)


def _opens_line(text: Text, i: int) -> bool:
    return i == 0 or "\n" in text.body[text.ends[i - 1] : text.starts[i]] or text.words[i - 1][0].isdigit()


def _has_namesake(words: Sequence[str]) -> bool:
    """Whether a given name precedes a family name that is also a word for a thing: 'Jude Law'."""
    return len(words) == 2 and words[0] in lexicon.given_names() and words[1] in SURNAMES_TOO


def _begins_with_given_name(words: Sequence[str]) -> bool:
    """Whether a given name that is also a word for a thing begins a person's name: 'Bill Roe'."""
    is_given = words[0] in NOT_ACTORS and words[0] in lexicon.given_names()
    return is_given and len(words) > 1 and words[-1] not in NOT_ACTORS


def _is_lone_word(text: Text, i: int) -> bool:
    """Whether a single word is not a name: 'Court', 'Islamism', 'QC' after a name."""
    word = text.lower[i]
    after_name = i > 0 and text.words[i - 1] == "," and word in AFTER_NAMES
    belief = word.endswith(("ism", "phobia"))
    return word in BARE_WORDS or after_name or belief or _is_everyday(text, i)


def _is_mistaken(text: Text, first: int, last: int, label: str) -> bool:
    """Whether a span with a wrong label names a person: 'Ann', 'Ann Roe', 'Lam Siu-lai', 'Chef Jo Roe'."""
    if last - first == 1:
        return label == "ORG" and _is_given_name(text, first)
    words = text.lower[first:last]
    return _is_romanized(text, first, last) or _looks_like_person(words) or _has_job_title(text, first, last)


def _is_made(words: Sequence[str]) -> bool:
    """Whether a name means a thing or is a compound: 'Trade Act', 'US-led', but not 'Institute for Law'."""
    heads = lexicon.organization_words()
    of_field = any(word in heads and after in ("of", "for") for word, after in pairwise(words))
    compound = "-" in words[-1] and _is_compound(words[-1])
    return compound or words[0] in NOT_ACTORS or (words[-1] in NOT_ACTORS and not of_field)


def _is_made_in(text: Text, first: int, last: int) -> bool:
    """Whether the name of a thing ends with a country: 'Widget Expo Canada'."""
    known = lexicon.known_names().get(text.words[last - 1])
    country = known is not None and (known.kind, known.form) == ("country", "name")
    return country and last - first > 1 and text.lower[last - 2] in NOT_ACTORS


def _is_government(text: Text, first: int, last: int) -> bool:
    """Whether the words are a country and 'government': 'UK government'."""
    words = text.words[first:last]
    known = lexicon.known_names().get(words[0])
    state = known is not None and known.kind == "country" and words[0] not in lexicon.part_words()
    return words[1:] == ["government"] and state


def _is_given_name(text: Text, i: int) -> bool:
    """Whether a single word is a given name and, as far as the text shows, nothing else."""
    plain = text.words[i].istitle() and text.lower[i] not in text.everyday
    return plain and lexicon.given_names().get(text.lower[i]) in ("m", "f")


def _is_everyday(text: Text, i: int) -> bool:
    """Whether a single word has a capital only because it opens a sentence: 'Thank you', 'Browsing the shelves'."""
    word = text.lower[i]
    if not text.opens_sentence(i) or word in lexicon.given_names() or text.comes_amid(i):
        return False
    return word in text.everyday or word.endswith("ing") or word in INTERJECTIONS


def _is_compound(word: str) -> bool:
    """Whether a word contains a name but is not a name: 'EU-wide', 'US-led', 'Roe-supporting'."""
    ending = word.rsplit("-", 1)[1]
    return ending in COMPOUNDED or (len(ending) > 4 and ending.endswith(("ed", "ing")))


def _is_romanized(text: Text, first: int, last: int) -> bool:
    """Whether the words are a family name and then a hyphenated given name: 'Lam Siu-lai'."""
    family, _, rest = text.words[last - 1].partition("-")
    return (
        last - first == 2 and family.istitle() and rest.islower() and not _is_compound(text.lower[last - 1])
    )


def _has_job_title(text: Text, first: int, last: int) -> bool:
    """Whether a job is the first word of the span or precedes the span: 'Chef Jo Roe', 'its chief, Jo Roe'."""
    kinds, before = lexicon.titles(), text.lower[first - 1] if first else ""
    inside = kinds.get(text.lower[first]) == "job" and last - first in (2, 3)
    outside = kinds.get(before) in ("job", "honorific") and last - first == 2
    apposed = (
        before == "," and first > 1 and text.lower[first - 2] in lexicon.role_nouns() and last - first == 2
    )
    plain = text.lower[last - 1] not in lexicon.organization_words() and text.words[last - 1].istitle()
    return (inside or outside or apposed) and plain


def _looks_like_person(words: Sequence[str]) -> bool:
    """Whether words look like a person's name, such as 'Ann Roe': two or three words, the first a given name."""
    known_as = lexicon.given_names().get(words[0])
    plain = not any(word in CONNECTORS or word in lexicon.organization_words() for word in words)
    return known_as in ("m", "f") and 2 <= len(words) <= 3 and plain
