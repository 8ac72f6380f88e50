"""Parse noun phrases with roles: "the former head of research at Acme", "Acme's chief, a Dutch lawyer".

Takes a `Text`, its `Clusters`, and the word at which a phrase may begin; returns the `Phrase` that begins there: its
end and its roles. The organization, country, person or place where a role is held is called the owner of the role.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

from transforms.resolve import lexicon, offices
from transforms.resolve.article_text import Text
from transforms.resolve.clusters import Clusters
from transforms.resolve.lexicon import is_role
from transforms.resolve.model import Actor, Role
from transforms.resolve.owners import Held, held_after, held_at, make_role
from transforms.resolve.role_words import sounds_like_role
from transforms.resolve.word_lists import (
    AFTER_ROLE,
    BELONGS,
    CALLED,
    DETERMINERS,
    LOOSE,
    POSSESSIVES,
    SMALL_WORDS,
    SPEAKS,
    STOPS,
)

LONGEST_PORTFOLIO = 8  # words of a minister's portfolio
LONGEST = 14  # words before the noun of a role
LONGEST_ACRONYM = 5  # letters of an acronym in the field of a role: 'head of HIV policy'
LONGEST_NOTE = 4  # words from the opening to the closing bracket
MINISTERS = frozenset("minister ministers secretary".split())
FAR = 12  # words between "at" and the name of the organization
MEN = ("men", "MEN")  # the ending of 'businessmen' and 'congresswomen'
# At the beginning of a phrase, these belong to the sentence, not to the role.
ADVERBS = frozenset("also currently previously formerly once now still later itself himself herself".split())

# Never part of a role.
NO_MODIFIERS = (
    STOPS
    | BELONGS
    | SMALL_WORDS
    | frozenset("own against if because while when although such both each every some any all many".split())
)
NO_SENSE = NO_MODIFIERS | CALLED  # words that name no role, whatever their meaning
NO_FIELD = STOPS | BELONGS | CALLED  # words that end the field of a role
NAMED = frozenset("named surnamed called".split())  # between a role and a name: 'an accountant named Roe'


class Phrase(NamedTuple):
    """A phrase with its roles; `end` is the first word after it."""

    roles: list[Role]
    end: int


def names_roles(word: str) -> bool:
    """Whether a lower-case word is the plural of a role: 'judges', 'Sens', 'businessmen'."""
    if word.endswith(MEN):
        return is_role(less_plural(word))
    return word.endswith("s") and not is_role(word) and is_role(word[:-1])


def less_plural(word: str) -> str:
    """Return the singular of a plural role, in upper or lower case: 'judge', 'businessman'."""
    return word[:-2] + "an" if word.endswith(MEN) else word.removesuffix("s")


def before_name(text: Text, i: int) -> bool:
    """Whether the meaning of the word before a name suggests a role: 'strongman Roe', 'skaters Roe and Berg'."""
    word = text.lower[i]
    return word not in NO_SENSE and (sounds_like_role(word) or is_plural_by_sense(word))


def is_plural_by_sense(word: str) -> bool:
    """Whether the meaning of a word suggests the plural of a role: 'skaters'."""
    if word.endswith(MEN):
        return sounds_like_role(less_plural(word))
    return word.endswith("s") and not sounds_like_role(word) and sounds_like_role(word[:-1])


def read_phrase(text: Text, clusters: Clusters, first: int) -> Phrase | None:
    """Return the phrase that begins at word `first`; None if it has no role or is incomplete."""
    begin = first
    if text.lower[first : first + 2] == ["one", "of"]:
        return _read_one_of(text, clusters, first + 2)
    while begin < text.size and (text.lower[begin] in DETERMINERS or text.lower[begin] in ADVERBS):
        begin += 1
    noun, start, before = _find_noun(text, clusters, begin)
    if noun is None:
        return None
    end = skip_note(text, _end_of_text(text, clusters, noun))
    ends = end >= text.size or _may_end(text, end)
    ends = ends or text.lower[end] == "surnamed"
    ends = ends or (text.lower[first] in ("a", "an") and _is_participle(text, end))
    if not ends and _read_after(text, clusters, end)[0] is None:
        return None
    return read_from_noun(text, clusters, begin, start, noun, before)


def _read_one_of(text: Text, clusters: Clusters, first: int) -> Phrase | None:
    """Return the phrase after 'one of', with its role in the singular: 'one of the founders of Acme'."""
    begin = first
    while begin < text.size and text.lower[begin] in DETERMINERS:
        begin += 1
    noun, start, before = _find_noun(
        text, clusters, begin, of=lambda word: names_roles(word) or is_plural_by_sense(word)
    )
    if noun is None:
        return None
    held, end = _read_after(text, clusters, noun + 1)
    if end < text.size and not (_may_end(text, end) or text.lower[end] == "and"):
        return None
    told = held or before
    role = make_role(less_plural(text.slice(start, noun + 1)), [told] if told else [])
    more = _read_another(text, clusters, end)
    return Phrase([role, *more.roles], more.end) if more else Phrase([role], end)


def read_from_noun(
    text: Text, clusters: Clusters, begin: int, start: int, noun: int, before: Held | None
) -> Phrase:
    """Return the phrase from word `begin` on, whose role begins at word `start` and has its noun at word `noun`.

    `before` is the owner that is named before the role, if any: Acme in "Acme's former chief".
    """
    end = _end_of_text(text, clusters, noun)
    held, after = _read_after(text, clusters, skip_note(text, end))
    owner = before if before and _is_body(before) and not (held and _is_body(held)) else held or before
    loose = [word for word in text.words[begin:start] if word in LOOSE]  # "a former Acme chief"
    possessor = None if owner and _is_body(owner) else offices.body_of_possessor(text, clusters, start)
    if possessor:  # "the company's director in Norway"
        owner = None
    role = make_role(" ".join([*loose, text.slice(start, end)]), [owner] if owner else [])
    role.organization = role.organization or possessor
    if owner is None and possessor is None:
        role.organization = _body_of_noun(text, clusters, begin, start, end)
    roles = _split_by_owner(role, before, held)
    more = _read_another(text, clusters, after if held else _end_of_object(text, clusters, after))
    if more and before and before is owner and not held:  # "Acme's founder and a board member"
        _place(more.roles, before)
    return Phrase([*roles, *more.roles], more.end) if more else Phrase(roles, after)


def _end_of_object(text: Text, clusters: Clusters, i: int) -> int:
    """Return the end of the object of a role without an owner, if 'and a' follows; else `i`.

    In 'author of a book about Dorne and a professor', the object ends before 'and'."""
    if i >= text.size or text.lower[i] not in BELONGS:
        return i
    for k in range(i, min(i + FAR, text.size - 1)):
        if text.lower[k] == "and" and text.lower[k + 1] in ("a", "an", "the"):
            return k
        mention = clusters.at.get(k)
        if text.words[k] in (",", ".", ";", ":") or (mention and mention.actor.kind == "person"):
            break
    return i


def _split_by_owner(role: Role, before: Held | None, held: Held | None) -> list[Role]:
    """Split 'an Ohio farmer and member of the board' into the farmer of Ohio and the member of the board."""
    first, joint, second = (role.text or "").rpartition(" and ")
    ends = (part.lower().split(" ")[-1] for part in (first, second))
    if not (before and held and joint and all(map(is_role, ends))):
        return [role]
    return [make_role(first, [before]), make_role(second, [held])]


def skip_note(text: Text, i: int) -> int:
    """Return the word after a short note in brackets at word i: 'Superintendent (Rural)', 'counsel (KC)'; else `i`."""
    if i + 2 < text.size and text.words[i] == "(":
        close = next(
            (k for k in range(i + 1, min(i + LONGEST_NOTE, text.size)) if text.words[k] == ")"), None
        )
        return i if close is None else close + 1
    return i


def _end_of_text(text: Text, clusters: Clusters, noun: int) -> int:
    """Return the end of the text of a role whose noun is word `noun`."""
    end = _end_of_unit(text, clusters, noun + 1)
    return end or _end_of_posting(text, clusters, _end_of_role(text, clusters, noun + 1))


def _end_of_unit(text: Text, clusters: Clusters, i: int) -> int:
    """Return the end of the unit at word i if an organization follows: 'of the Dutch programme at Acme'; else 0."""
    if i + 2 >= text.size or text.lower[i] != "of" or text.lower[i + 1] != "the":
        return 0
    for k in range(i + 2, min(i + 2 + FAR, text.size - 1)):
        if text.lower[k] == "at":
            held = held_after(text, clusters, k + 1)
            return k if held and _is_body(held) and k > i + 2 else 0
        mention = clusters.at.get(k)
        if (
            (mention and mention.actor.kind != "country")
            or not text.words[k][0].isalnum()
            or text.lower[k] in STOPS
            or text.lower[k] in DETERMINERS
        ):
            return 0
    return 0


def _place(roles: Iterable[Role], owner: Held) -> None:
    """Give `owner` to the roles that have none: Acme to the second role in "Acme's founder and a board member"."""
    owned = make_role(None, [owner])
    for role in roles:
        if not (role.organization or role.country_code or role.place):
            role.organization, role.country_code, role.place = (
                owned.organization,
                owned.country_code,
                owned.place,
            )
            role.context_country, role.country_from = owned.context_country, owned.country_from


def _is_body(held: Held) -> bool:
    return held.actor is not None and held.actor.kind == "organization"


def _body_of_noun(text: Text, clusters: Clusters, begin: int, start: int, end: int) -> Actor | None:
    """Return the organization that a noun near a role means: "the group's president", 'spokesman for the ministry'."""
    nouns = [i for i in range(begin, start) if text.lower[i] not in POSSESSIVES]
    if end + 2 < text.size and text.lower[end] in BELONGS:
        nouns += [i for i in range(end + 1, min(end + 4, text.size)) if text.words[i].islower()]
    if begin and text.lower[begin - 1] == "its":
        return offices.body_before(text, clusters, begin)
    for i in nouns:
        if offices.is_body_noun(text.lower[i]):
            body = offices.body_of_noun(clusters, text.lower[i], begin, clusters.bodies)
            if body:
                return body
    return None


def _find_noun(
    text: Text, clusters: Clusters, begin: int, of: Callable[[str], bool] = is_role
) -> tuple[int | None, int, Held | None]:
    """Return the first noun of a role from word `begin` on, the start of the role's text, and the owner before it.

    `of` decides whether a word in lower case is such a noun."""
    i, start, held = begin, begin, None
    while i < min(begin + LONGEST, text.size):
        found = held_at(clusters, i)
        if found:
            if not (found.actor and found.actor.kind == "person"):
                held = closer(held, found)
            elif not _modifies(text, found):
                return None, start, None
            start = i = found.end
        elif i in clusters.at:
            return None, start, None
        elif of(text.lower[i]) or (text.words[i] not in LOOSE and sounds_like_role(text.words[i])):
            return i, start, held
        elif text.lower[i] in POSSESSIVES:
            i = start = i + 1
        elif _opens_another(text, i) or not _may_modify(text, i):
            return None, start, None
        else:
            i += 1
    return None, start, None


def _modifies(text: Text, person: Held) -> bool:
    """Whether a person's name belongs to the role after it: "Roe's lawyer", 'a Roe supporter'."""
    if person.end >= text.size:
        return False
    following = text.words[person.end]
    return following in POSSESSIVES or (
        following.islower() and (is_role(following) or sounds_like_role(following))
    )


def _opens_another(text: Text, i: int) -> bool:
    """Whether word i is an article that begins another phrase, as in 'explains the pilot'.

    After 'and', it continues the phrase: 'a mother and an analyst'.
    """
    return text.lower[i] in DETERMINERS and text.lower[i - 1] not in ("and", ",")


def _may_modify(text: Text, i: int) -> bool:
    word = text.lower[i]
    return word == "and" or (text.words[i][0].isalnum() and word not in STOPS and word not in BELONGS)


def closer(one: Held | None, other: Held) -> Held:
    """Return the more precise of two owners in a chain: the last, unless it is a place after an organization."""
    if one and one.actor and one.actor.kind == "organization" and not other.actor:
        return one
    return other


def _end_of_role(text: Text, clusters: Clusters, i: int) -> int:
    """Return the end of a role that may continue at word i: 'executive officer', 'and founder', 'of state'."""
    while i < text.size and i not in clusters.at:
        end = (
            i + 1
            if is_role(text.lower[i])
            else _role_follows(text, clusters, i + (text.lower[i] in ("and", "&")))
        )
        if not end and " ".join(text.lower[i - 1 : i + 2]) in lexicon.titles():
            end = i + 2  # "president pro tempore"
        if not end and text.lower[i] in ("of", "for"):
            end = _end_of_field(text, clusters, i + 1)
            if text.lower[i - 1] in MINISTERS:
                end = max(end, end_of_portfolio(text, clusters, i + 1))
        if not end:
            break
        i = end
    if i in clusters.at and clusters.at[i].actor.kind == "country":  # "chief UK economist"
        return _role_follows(text, clusters, clusters.at[i].last) or i
    return i


def end_of_portfolio(text: Text, clusters: Clusters, i: int) -> int:
    """Return the end of a minister's portfolio at word i, such as 'Fishing and Food Safety'; 0 if there is none.

    The name finder may take the last part of a portfolio for an organization."""
    first = i
    while i < min(first + LONGEST_PORTFOLIO, text.size):
        mention = clusters.at.get(i)
        if mention and (mention.actor.kind != "organization" or i == first or mention.actor.is_known):
            break
        if i in clusters.places or not (text.words[i][0].isupper() or text.lower[i] in ("and", "&")):
            break
        i += 1
    while i > first and text.lower[i - 1] in ("and", "&"):
        i -= 1
    return i if i > first else 0


def _end_of_posting(text: Text, clusters: Clusters, i: int) -> int:
    """Return the end of the posting at word i, such as 'to Norland' after 'ambassador'; without a posting, `i`."""
    if i + 1 < text.size and text.lower[i] == "to":
        sent = held_at(clusters, i + 1 + (text.lower[i + 1] == "the"))
        if sent and not (sent.actor and sent.actor.kind == "person"):
            ends = sent.end >= text.size or _may_end(text, sent.end)
            return sent.end if ends else i
    return i


def _role_follows(text: Text, clusters: Clusters, i: int) -> int:
    """Return the end of a role of up to three words that begins at word i ('chief investment strategist'); else 0."""
    for k in range(i, min(i + 3, text.size)):
        if k in clusters.at or not text.words[k][0].isalpha():
            return 0
        if is_role(text.lower[k]):
            return k + 1
        word = text.lower[k]
        if word not in lexicon.title_words() and not text.words[k].islower():
            return 0
        if word in DETERMINERS or word in STOPS or word in BELONGS or word in SMALL_WORDS:
            return 0
    return 0


def _end_of_field(text: Text, clusters: Clusters, i: int) -> int:
    """Return the end of the field of a role at word i ('economics and strategy', 'State'); 0 if there is no field."""
    first = i
    while i < min(first + 5, text.size) and i not in clusters.at and i not in clusters.places:
        word = text.lower[i]
        plain = text.words[i].islower() or word in lexicon.title_words() or _is_acronym(text.words[i])
        if word in DETERMINERS or not plain or not word[0].isalpha() or word in NO_FIELD:
            break
        i += 1
    is_title = " ".join(text.lower[first - 2 : i]) in lexicon.titles()  # "chief of staff Ann Roe"
    if i < text.size and (i in clusters.at or i in clusters.places) and not is_title:
        return 0  # "of the Dutch brewer Acme"
    while i > first and text.lower[i - 1] in ("and", "&", "or"):
        i -= 1
    return i if i > first else 0


def _is_acronym(word: str) -> bool:
    return word.isupper() and word.isalpha() and 2 <= len(word) <= LONGEST_ACRONYM


def _read_after(text: Text, clusters: Clusters, i: int) -> tuple[Held | None, int]:
    """Return the owner named at word i, after a role, and its end: 'of Acme', 'for the Dutch news agency Acme'."""
    if i >= text.size or text.lower[i] not in BELONGS or text.lower[i] == "to":
        return None, i
    held, end = None, i
    k = i + 1
    while k < min(i + 1 + FAR, text.size):
        found = held_at(clusters, k)
        if found:
            if found.actor and found.actor.kind == "person":
                if held or found.end >= text.size or text.lower[found.end] not in POSSESSIVES:
                    break
                k = found.end + 1  # "of President Roe's Council of Advisers"
                continue
            if held is None or not _is_body(held) or _names_body(text, clusters, k - 1):
                held, end = found, found.end
            k = found.end
            if (k < text.size and text.lower[k] in POSSESSIVES) or _names_body(text, clusters, k):
                k += 1
            elif held.actor and held.actor.kind == "organization":
                break
        elif (
            k in clusters.at
            or (text.lower[k] in STOPS and text.lower[k] not in BELONGS)
            or not text.words[k][0].isalnum()
            or (text.lower[k] in BELONGS and held)
            or (text.lower[k] == "and" and text.lower[k + 1 : k + 2] in (["a"], ["an"]))
        ):
            break
        else:
            k += 1
    return held, end


def _names_body(text: Text, clusters: Clusters, i: int) -> bool:
    """Whether word i is a noun for the organization that is named next: 'charity' in 'the Catholic charity Acme'."""
    following = clusters.at.get(i + 1)
    is_body = following is not None and following.first == i + 1 and following.actor.kind == "organization"
    return is_body and text.lower[i] in lexicon.organization_nouns()


def _may_end(text: Text, i: int) -> bool:
    return (
        text.lower[i] in AFTER_ROLE or text.lower[i] in SPEAKS or text.paragraphs[i] != text.paragraphs[i - 1]
    )


def _is_participle(text: Text, i: int) -> bool:
    """Whether word i is a participle that begins a clause: 'a nurse working nights', 'an actor known for'."""
    word = text.words[i]
    return word.islower() and (word in ("known", "born") or (len(word) > 4 and word.endswith(("ing", "ed"))))


def _read_another(text: Text, clusters: Clusters, i: int) -> Phrase | None:
    """Return the phrase after 'and', if it has a role: 'head of Acme and a member of the board'."""
    if (
        i + 3 < text.size
        and text.words[i] == ","
        and text.lower[i + 1] == "and"
        and text.lower[i + 2] in ADVERBS
    ):
        i += 1  # "minister, and later president"
    i = skip_note(text, i)
    if i + 2 < text.size and text.lower[i] == "and":
        return read_phrase(text, clusters, i + 1)
    return None
