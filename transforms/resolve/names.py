"""Names: spans of the name finder, cleaned, completed and given the right kind.

In: a `Text` and the spans found in it (start, end, OntoNotes label). Out: `Name`s in the order of the text, not
overlapping, without articles, possessives and titles ("the US's" -> "US", "President Ann Roe" -> "Ann Roe").
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from transforms.resolve import lexicon
from transforms.resolve.lexicon import Known
from transforms.resolve.model import Name
from transforms.resolve.text import Text

Span = tuple[int, int, str]

DETERMINERS = frozenset(("the", "a", "an", "this", "that", "his", "her", "their", "its", "our"))
CONNECTORS = frozenset(("of", "for", "and", "the", "on", "in", "to", "&", "de", "du", "des", "la"))
SUFFIXES = frozenset(("jr", "sr", "ii", "iii", "iv"))
PARTICLES = frozenset("van von de der den del della di da dos la le bin ibn al el ten ter".split())
# What the name finder takes for organizations and people, though it is something made, held or passed.
NOT_ACTORS = frozenset(
    "act treaty agreement accord accords deal constitution award awards prize cup olympics games war day week "
    "hurricane typhoon cyclone storm festival championship championships bill amendment protocol convention plan "
    "summit election elections referendum article section highway street road avenue river lake ocean sea island "
    "islands mountain mount airport stadium bridge tower square park valley building hall theatre theater palace "
    "monday tuesday wednesday thursday friday saturday sunday january february march april june july august "
    "september october november december mission telescope rule code law laws list report survey index "
    "doctrine theory effect syndrome disease virus covid covid-19 coronavirus internet web bible quran koran god "
    "jesus gmt utc est christmas easter gdp ceo dna id q a".split()
)
LANGUAGE_VERBS = frozenset("in into speak speaks spoke speaking from learn learning".split())
NAMES_A_THING = frozenset("hurricane cyclone typhoon storm operation project mission".split())
BARE_WORDS = frozenset(  # capitalised or not, they point at a body that is named elsewhere
    "court department committee commission council party government ministry agency board union group company fund "
    "office state states embassy university college school police service bank centre center campaign house "
    "association society foundation institute press media army navy church museum club league section".split()
)
UNUSUAL = ("FAC", "PRODUCT", "EVENT", "WORK_OF_ART", "LAW")
# The possessive, and verbs of headlines, where every word has a capital: "Roe Says".
TRAILING = frozenset(
    "'s ’s says say said calls slams blasts urges wants hits vows warns tells asks backs".split()
)
MARKS = frozenset(',;:()[]"“”')
LABELLED = {"PERSON": "person", "ORG": "organization", "GPE": "place", "LOC": "place", "NORP": "group"}


def find_names(text: Text, spans: Iterable[Span]) -> list[Name]:
    """The names of an article; see the module's docstring."""
    taken = [False] * len(text)
    names: list[Name] = []

    def take(new: Iterable[Name]) -> None:
        for name in new:
            if name.first < name.last and not any(taken[name.first : name.last]):
                taken[name.first : name.last] = [True] * (name.last - name.first)
                names.append(name)

    take(_defined_acronyms(text))
    take(name for span in spans for name in _clean(text, span))
    take(_known_names(text, taken))
    take(_titled_names(text, taken))
    take(_given_names(text, taken))
    _agree_on_kinds(names)
    take(_repeated_names(text, taken, names))
    names.sort(key=lambda name: name.first)
    return [name for name in names if name.kind != "place" or name.known]


def _make(text: Text, first: int, last: int, kind: str, known: Known | None = None) -> Name:
    written = " ".join(text.slice(first, last).split())
    if known is None:
        return Name(first, last, written, kind)
    kind = "place" if known.form == "metonym" else known.kind
    return Name(first, last, written, kind, known, known.form)


# ---- the name finder's spans -------------------------------------------------------------------------------


def _clean(text: Text, span: Span) -> list[Name]:
    """The names in one span: usually one, none when it names no actor."""
    start, end, label = span
    if label not in LABELLED and label not in UNUSUAL:
        return []
    first, last = _trim(text, *text.word_range(start, end))
    middle = next((i for i in range(first + 1, last - 1) if text.lower[i] == "at"), None)
    if label == "ORG" and middle:  # "Roe Museum of Art at Acme University"
        parts = [_trim(text, first, middle), _trim(text, middle + 1, last)]
        return [name for part in parts for name in _clean_words(text, *part, label)]
    return _clean_words(text, first, last, label)


def _clean_words(text: Text, first: int, last: int, label: str) -> list[Name]:
    if label == "PERSON":
        first = _skip_titles(text, first, last)
    elif label == "ORG":
        first, last = _cut_roles(text, first, last)
    if first >= last or _is_title_part(text, first, last):
        return []
    known = lexicon.known_names().get(" ".join(text.slice(first, last).split()))
    if known and not (label == "PERSON" and text.lower[first] in lexicon.given_names()):
        return [_make(text, first, last, known.kind, known)]
    kind = _kind_of(text, first, last, label)
    if kind == "person":
        first, last = _widen_person(text, _skip_titles(text, first, last), last)
    return [_make(text, first, last, kind)] if kind else []


def _cut_roles(text: Text, first: int, last: int) -> tuple[int, int]:
    """An organization without the role at either end: 'Chair of the Trade Committee', 'Trade Office Spokesman'."""
    nouns = lexicon.role_nouns() - {"general", "justice", "president", "major", "chief", "guard", "speaker"}
    if last - first > 2 and text.lower[first] in nouns and text.lower[first + 1] in ("of", "for"):
        return _trim(text, first + 2, last)
    while last - first > 1 and text.lower[last - 1] in nouns:
        last -= 1
    if last - first > 1 and text.lower[first].startswith(("pro-", "anti-", "non-", "ex-", "pan-")):
        first += 1
    return first, last


def _trim(text: Text, first: int, last: int) -> tuple[int, int]:
    """Without leading articles, trailing possessives, punctuation at both ends, and what follows a comma or a break."""
    while first < last and (text.lower[first] in DETERMINERS or not text.words[first][0].isalnum()):
        first += 1
    for i in range(first, last):
        if text.words[i] in MARKS or text.paragraphs[i] != text.paragraphs[first]:
            last = i
            break
    while first < last and (text.lower[last - 1] in TRAILING or not text.words[last - 1][-1].isalnum()):
        if text.words[last - 1][-1] == "." and len(text.words[last - 1]) > 1:
            break  # "U.S."
        last -= 1
    return first, last


def _skip_titles(text: Text, first: int, last: int) -> int:
    """First word after the titles and countries that stand before a person's name in the same span."""
    vocabulary, known = lexicon.title_words(), lexicon.known_names()
    i = first
    while i < last and (text.lower[i] in vocabulary or text.words[i] == "." or text.words[i] in known):
        if text.lower[i] in lexicon.given_names() and text.lower[i] not in lexicon.titles():
            break
        i += 1
    if i == last:  # "Justice" alone, but also "Prime" or "Major" as a family name after a given name
        titled = first and _before_dot(text, first) in lexicon.honorifics()
        return last if last - first == 1 and text.lower[first] in vocabulary and not titled else first
    return i


def _widen_person(text: Text, first: int, last: int) -> tuple[int, int]:
    """With the word just before that the name finder left out: 'André' of 'André Lafontaine'."""
    before = first - 1
    if before < 0 or text.body[text.ends[before] : text.starts[first]] != " ":
        return first, last
    word, lower = text.words[before], text.lower[before]
    common = lower in lexicon.title_words() or lower in DETERMINERS or word in lexicon.known_names()
    if (
        not word[0].isupper()
        or not word[-1].isalnum()
        and word.isascii()
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


def _is_title_part(text: Text, first: int, last: int) -> bool:
    """Whether the span is part of a title: 'State' in 'Secretary of State', 'Foreign' in 'Foreign Minister'."""
    vocabulary, nouns = lexicon.title_words(), lexicon.role_nouns()
    if first >= 2 and text.lower[first - 1] == "of" and text.lower[first - 2] == "secretary":
        return text.lower[first] == "state"
    if first and _before_dot(text, first) in lexicon.honorifics():  # "Mr. King"
        return False
    inside = all(text.lower[i] in vocabulary for i in range(first, last))
    return inside and (text.lower[last - 1] in nouns or (last < len(text) and text.lower[last] in nouns))


def _before_dot(text: Text, first: int) -> str:
    """The word before, in lower case, a full stop skipped."""
    i = first - 2 if first > 1 and text.words[first - 1] == "." else first - 1
    return text.lower[i]


def _kind_of(text: Text, first: int, last: int, label: str) -> str | None:
    words = text.lower[first:last]
    if words[-1] in NOT_ACTORS or words[0] in NOT_ACTORS or "-" in words[-1] and _is_compound(words[-1]):
        return None
    if first and text.lower[first - 1] in NAMES_A_THING or last - first == 1 and words[0] in BARE_WORDS:
        return None
    if label != "NORP" and len(words) > 1 and words[-1] in lexicon.organization_words():
        return "organization"
    if label == "NORP":
        return "group" if words[-1].endswith("s") else None
    if label == "ORG" and (_looks_like_person(words) or _has_job_title(text, first, last)):
        return "person"
    if label == "PERSON" and len(words) == 1 and text.words[first].isupper() and 1 < len(words[0]) < 6:
        return "organization"
    if not any(word[0].isupper() for word in text.words[first:last]):
        return None
    return LABELLED.get(label)


def _is_compound(word: str) -> bool:
    """'EU-wide', 'US-led', 'Roe-like': made of a name, but none."""
    return word.rsplit("-", 1)[1] in (
        "wide",
        "led",
        "backed",
        "based",
        "born",
        "style",
        "like",
        "era",
        "type",
        "owned",
    )


def _has_job_title(text: Text, first: int, last: int) -> bool:
    """Whether a job stands at the beginning or before: 'Chef Jo Roe', 'nurse Jo Roe'."""
    kinds, before = lexicon.titles(), text.lower[first - 1] if first else ""
    inside = kinds.get(text.lower[first]) == "job" and last - first in (2, 3)
    outside = kinds.get(before) in ("job", "honorific") and last - first == 2
    plain = text.lower[last - 1] not in lexicon.organization_words() and text.words[last - 1].istitle()
    return (inside or outside) and plain


def _looks_like_person(words: Sequence[str]) -> bool:
    """Two or three words that begin with a given name: 'Ann Roe' labelled as an organization."""
    known_as = lexicon.given_names().get(words[0])
    plain = not any(word in CONNECTORS or word in lexicon.organization_words() for word in words)
    return known_as in ("m", "f") and 2 <= len(words) <= 3 and plain


# ---- names that the name finder missed ---------------------------------------------------------------------


def _defined_acronyms(text: Text) -> list[Name]:
    """Both names of "World Widget Council (WWC)": the long one and the acronym that stands for it."""
    found: list[Name] = []
    for i, word in enumerate(text.words):
        if word == "(" and i + 2 < len(text) and text.words[i + 2] == ")" and i > 1:
            acronym = text.words[i + 1].replace(".", "")
            if 2 <= len(acronym) <= 8 and acronym.isalpha() and acronym[:2].isupper():
                first = _start_of_long_form(text, i, acronym.upper())
                if first is not None:
                    found += _long_and_short(text, first, i)
    return found


def _long_and_short(text: Text, first: int, bracket: int) -> list[Name]:
    long_form = " ".join(text.slice(first, bracket).split())
    known = lexicon.known_names().get(long_form)
    kind = known.kind if known else "organization"
    long_name = _make(text, first, bracket, kind, known)
    short = Name(bracket + 1, bracket + 2, text.words[bracket + 1], kind, known, "acronym", long_form)
    return [long_name, short]


def _start_of_long_form(text: Text, end: int, acronym: str) -> int | None:
    """First word of the capitalised words before `end` whose initials spell the acronym."""
    i, initials = end - 1, ""
    while i >= 0 and end - i <= len(acronym) + 5:
        word = text.words[i]
        if word[0].isupper():
            initials = "".join(part[0] for part in word.split("-") if part).upper() + initials
            if initials == acronym or (len(initials) > 1 and initials == acronym.rstrip("S")):
                return i
        elif text.lower[i] not in CONNECTORS:
            return None
        i -= 1
    return None


def _known_names(text: Text, taken: list[bool]) -> list[Name]:
    """Countries, nationalities and well-known bodies outside the names found so far."""
    index, found = lexicon.known_by_first_word(), []
    for i, word in enumerate(text.words):
        if taken[i] or not (word[0].isupper()) or word not in index:
            continue
        for words, known in index[word]:
            last = i + len(words)
            if tuple(text.words[i:last]) == words and not any(taken[i:last]):
                if _stands_alone(text, i, last, known):
                    found.append(_make(text, i, last, known.kind, known))
                break
    return found


def _stands_alone(text: Text, first: int, last: int, known: Known) -> bool:
    """Whether a known name is not a part of a longer one: not Chad in 'Chad Roe', not Post in 'Post Office'."""
    if known.kind == "country" and known.form == "adjective":
        return not _is_language(text, first)
    if last - first > 1:
        return True
    if text.lower[first] in lexicon.given_names() or known.form == "metonym":
        return False
    if known.kind == "organization":
        return text.words[first].isupper()
    following = text.words[last] if last < len(text) else ""
    return not following[:1].isupper() or text.lower[last] in lexicon.title_words()


def _is_language(text: Text, i: int) -> bool:
    """'in English', 'speak Dutch', but not 'in Dutch waters'."""
    following = text.words[i + 1] if i + 1 < len(text) else "."
    return i > 0 and text.lower[i - 1] in LANGUAGE_VERBS and not following.isalpha()


def _titled_names(text: Text, taken: list[bool]) -> list[Name]:
    """People named after a title, as in 'Minister Roe', 'Mr. Roe' and 'nurse Ann Roe'."""
    found, before_names = [], lexicon.honorifics() | lexicon.role_nouns()
    for i in range(len(text) - 1):
        if text.lower[i] not in before_names or taken[i]:
            continue
        first = i + 2 if text.words[i + 1] == "." else i + 1
        last = _end_of_name(text, first, taken)
        if last == first < len(text) and text.lower[i] in ("mr", "mrs", "ms") and text.words[first].istitle():
            last += not taken[first]
        if last - first > text.words[i].islower() and text.lower[first] not in NOT_ACTORS:
            found.append(_make(text, first, last, "person"))
    return found


def _given_names(text: Text, taken: list[bool]) -> list[Name]:
    """People whose given name is known: 'Ann Roe'."""
    known, found = lexicon.given_names(), []
    for i in range(len(text) - 1):
        if (
            text.lower[i] in known
            and not taken[i]
            and text.words[i][0].isupper()
            and not text.words[i].isupper()
        ):
            last = _end_of_name(text, i + 1, taken)
            common = text.lower[i + 1] in NOT_ACTORS or text.lower[i] in (
                "may",
                "april",
                "june",
                "will",
                "mark",
            )
            if last > i + 1 and not common and _begins_name(text, i):
                found.append(_make(text, i, last, "person"))
    return found


def _begins_name(text: Text, i: int) -> bool:
    """Whether no capitalised word stands before word i in its paragraph."""
    return i == 0 or text.paragraphs[i - 1] != text.paragraphs[i] or not text.words[i - 1][0].isupper()


def _end_of_name(text: Text, first: int, taken: list[bool]) -> int:
    last = first
    while last < len(text) and last - first < 3:
        particle = text.lower[last] in PARTICLES and last + 1 < len(text)
        if not _may_continue_name(text, last + particle, taken):
            break
        last += 1 + particle
    return last


def _may_continue_name(text: Text, i: int, taken: list[bool]) -> bool:
    word = text.words[i]
    plain = word[0].isupper() and not word.isupper() and len(word) > 1
    same_line = "\n" not in text.body[text.ends[i - 1] : text.starts[i]]
    common = text.lower[i] in lexicon.title_words() or text.lower[i] in lexicon.organization_words()
    common = common or text.lower[i] in NOT_ACTORS
    return plain and same_line and not taken[i] and not common and word not in lexicon.known_names()


def _repeated_names(text: Text, taken: list[bool], names: Sequence[Name]) -> list[Name]:
    """Names of people and organizations found elsewhere in the article, whole or by one word."""
    forms = _forms_to_look_for(text, names)
    found, done = [], 0
    for i, word in enumerate(text.words):
        if i < done or taken[i] or word not in forms:
            continue
        for form, kind in forms[word]:
            last = i + len(form)
            if tuple(text.words[i:last]) == form and (len(form) > 1 or _is_single(text, i)):
                first, last = _widen_person(text, i, last) if kind == "person" else (i, last)
                found.append(_make(text, first, last, kind))
                done = last
                break
    return found


def _forms_to_look_for(text: Text, names: Sequence[Name]) -> dict[str, list[tuple[tuple[str, ...], str]]]:
    """First word of a form to the forms that begin with it, longest first, each with its kind."""
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
    everyday = {word for word in text.words if word.islower()}
    forms: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    for words, kind in sorted(kinds.items(), key=lambda item: (-len(item[0]), item)):
        if len(words) > 1 or _is_distinctive(words[0], everyday, words[0] in family_names):
            forms.setdefault(words[0], []).append((words, kind))
    return forms


def _is_distinctive(word: str, everyday: set[str], is_family_name: bool) -> bool:
    lower = word.lower()
    common = lower in everyday or lower in NOT_ACTORS or lower in BARE_WORDS
    common = common or (lower in lexicon.title_words() and not is_family_name)
    return len(word) > 2 and word[0].isupper() and not common


def _is_single(text: Text, i: int) -> bool:
    """Whether no capitalised word adjoins, as in 'Roe Street'; titles before it are no matter."""
    after = text.words[i + 1] if i + 1 < len(text) else ""
    return not after[:1].isupper() or text.lower[i + 1] in lexicon.title_words()


# ---- one kind for one name ---------------------------------------------------------------------------------


def _agree_on_kinds(names: list[Name]) -> None:
    """One name, one kind in an article: a family name of a person stays a person's, else most occurrences win."""
    parts = {name.text.split()[-1] for name in names if name.kind == "person" and " " in name.text}
    parts |= {part.upper() for part in parts}  # the turns of an interview: "ROE: No."
    votes: dict[str, Counter[str]] = {}
    for name in names:
        if not name.known:
            votes.setdefault(name.text, Counter())[name.kind] += 1
    for name in names:
        if name.known or name.kind == "group":
            continue
        if name.text in parts and name.kind != "person":
            name.kind = "person"
        elif len(votes[name.text]) > 1 and name.text not in parts:
            name.kind = min(votes[name.text].items(), key=lambda vote: (-vote[1], vote[0]))[0]
