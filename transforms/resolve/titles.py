"""Read the titles before a name: "Dutch Foreign Minister Stephanus Blok", "committee chairman Rep. Ann Roe".

Takes a `Text`, its `Clusters` and the first word of a name; returns where the titles begin, and the role they state.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from transforms.resolve import lexicon, offices
from transforms.resolve.article_text import Text
from transforms.resolve.clusters import Clusters
from transforms.resolve.lexicon import is_role
from transforms.resolve.model import Actor, Mention, Name, Role
from transforms.resolve.owners import Held, held_at, make_role
from transforms.resolve.role_phrases import (
    MINISTERS,
    NO_MODIFIERS,
    before_name,
    is_plural_by_sense,
    less_plural,
    names_roles,
)
from transforms.resolve.role_words import may_be_role, sense_of_role
from transforms.resolve.vague_sources import REVERED
from transforms.resolve.word_lists import (
    ABBREVIATIONS,
    CALLED,
    DETERMINERS,
    LOOSE,
    PAIRED_HONORIFICS,
    POSSESSIVES,
)

DAYS = frozenset("monday tuesday wednesday thursday friday saturday sunday yesterday today".split())
MAX_PHRASE = 9  # words before a name that are read as its titles
# Titles directly before a name; another role may precede them: 'Chairman Rep. Roe'.
TITLES = frozenset("rep. sen. gov. rep sen gov councillor cllr senator".split())
# Ranks that are also posts: 'Commander Brigadier General Roe'.
POSTS = frozenset("commander commandant".split())
LESSER = frozenset("chief deputy vice assistant associate".split())  # parts of one title: 'deputy Mayor'
NO_PART = frozenset("fellow current own appointed elected named".split())  # words that are no part of a role
LEAST_SENSE = -2.0  # score of a word that may be a role before 'and' and a title: 'icon', but not 'sales'
MODIFIERS = 4  # words between an article and the role: 'the party's long-serving deputy leader'


def role_before(text: Text, clusters: Clusters, first: int) -> tuple[int, Role | None]:
    """Return the start of the titles before word `first`, and their role; `(first, None)` if there are no titles."""
    end = _skip_acronym(text, clusters, first)
    start = _walk_back(text, clusters, end)
    role = _read_role(text, clusters, start, end)
    return (start, role) if role or end == first else (first, None)


def joined_title(text: Text, clusters: Clusters, start: int) -> Role | None:
    """Return the role before 'and' in front of a title: 'actress' in 'actress and activist Ann Roe'.

    `start` is the first word of the title. The role may be that of another person: 'the mayor and Senator Ann Roe'.
    """
    joint = start - 1
    while joint > 0 and start - joint <= MODIFIERS and _may_modify(text, joint):
        joint -= 1  # "Councillor and committee chair"
    noun = joint - 1
    if noun < 0 or text.lower[joint] != "and" or text.sentences[noun] != text.sentences[start]:
        return None
    owner = _name_ending_at(clusters, noun)
    last = noun
    if owner:  # "head of Acme and"
        i = owner.first - 1 - (text.lower[owner.first - 1] in DETERMINERS)
        if i < 1 or text.lower[i] not in ("of", "for", "at"):
            return None
        last = noun = i - 1
    elif not may_be_role(text.lower[noun]):  # "head of sales and", "head of Acme sales and"
        owner = _name_ending_at(clusters, noun - 1)
        i = (owner.first if owner else noun) - 1
        if i > 0 and text.lower[i] in ("of", "for"):
            noun = i - 1
    if noun in clusters.at or not (
        is_role(text.lower[noun]) or sense_of_role(text.lower[noun]) > LEAST_SENSE
    ):
        return None
    first = noun
    while (
        first and noun - first < MODIFIERS and _may_modify(text, first - 1) and first - 1 not in clusters.at
    ):
        first -= 1
    before = first - 1 - (text.lower[first - 1] in POSSESSIVES) if first else -1
    owner = owner or _name_ending_at(clusters, before)
    held = held_at(clusters, owner.first) if owner else None
    former = owner is not None and owner.first < first and text.lower[owner.first - 1] == "former"
    written = text.slice(first, last + 1)
    if owner and former:
        written = f"{text.words[owner.first - 1]} {written}"
    return make_role(written, [held] if held else [])


def _name_ending_at(clusters: Clusters, i: int) -> Mention | Name | None:
    """Return the organization, country or place whose name ends at word i."""
    name = clusters.at.get(i) or clusters.places.get(i)
    is_person = isinstance(name, Mention) and name.actor.kind == "person"
    return name if name and name.last == i + 1 and not is_person else None


def _skip_acronym(text: Text, clusters: Clusters, first: int) -> int:
    """Return the start of the brackets before a name, with the acronym of an organization, else `first`.

    The name in 'head of the Trade Council (TC) Ann Roe' has such brackets."""
    if first < 4 or text.words[first - 1] != ")" or text.words[first - 3] != "(":
        return first
    owner = clusters.at.get(first - 4)
    return first - 3 if owner and owner.actor.kind == "organization" else first


def _walk_back(text: Text, clusters: Clusters, first: int) -> int:
    """Return the first word of the unbroken run of titles, countries, places and organizations before `first`."""
    i, seen_role = _skip_field(text, clusters, first), False
    if i == first - 1 and i >= 0 and i not in clusters.at and before_name(text, i):
        i, seen_role = i - 1, True
    while i >= 0 and first - i <= MAX_PHRASE and text.paragraphs[i] == text.paragraphs[first]:
        mention, word, place = clusters.at.get(i), text.lower[i], clusters.places.get(i)
        if mention is not None:
            if mention.actor.kind == "person" or not seen_role:
                break
            i = mention.first - 1
        elif word.removeprefix("then-") in lexicon.title_words() or is_role(word) or names_roles(word):
            seen_role, i = seen_role or is_role(word) or names_roles(word), i - 1
        elif place is not None and seen_role:
            i = place.first - 1
        elif word == ")" and seen_role and (body := _before_brackets(text, clusters, i)):
            i = body.first - 1
        elif _links(text, clusters, i, seen_role, seen_words=i < first - 1):
            i -= 1
        else:
            break
    start = _skip_joints(text, i + 1, first)
    return _up_to_article(text, clusters, start) if seen_role else start


def _is_posted(text: Text, clusters: Clusters, i: int) -> bool:
    """Whether a posting begins at word i: 'to Norland' or 'in Dorne' after 'ambassador'."""
    k = i + 1 + (text.lower[i + 1] in DETERMINERS)
    return text.lower[i] in ("in", "to") and (k in clusters.at or k in clusters.places)


def _before_brackets(text: Text, clusters: Clusters, close: int) -> Mention | None:
    """Return the organization in front of its acronym in brackets: 'Norland Football Union (NFU)'."""
    if close < 3 or text.words[close - 2] != "(":
        return None
    mention = clusters.at.get(close - 3)
    return mention if mention and mention.actor.kind == "organization" else None


def _skip_field(text: Text, clusters: Clusters, first: int) -> int:
    """Return the last word of the role before a name: 'head' in 'head of sales Ann Roe', 'head of Acme Ann Roe'.

    If another title directly precedes the name, that title counts: in 'chair of President Ann Roe's council', Roe is
    not the chair.
    """
    i = first - 1
    if i >= 0 and (
        is_role(text.lower[i]) or text.lower[i] in lexicon.honorifics() or text.lower[i] in CALLED
    ):
        return i
    while i > 0 and first - i < MAX_PHRASE and text.paragraphs[i] == text.paragraphs[first]:
        mention, place = clusters.at.get(i), clusters.places.get(i)
        if mention and mention.actor.kind == "person":
            break
        if mention or place:
            i = (mention or place).first - 1  # type: ignore[union-attr]
        elif i < first - 1 and (text.lower[i] in ("of", "for", "at") or _is_posted(text, clusters, i)):
            return i - 1 if is_role(text.lower[i - 1]) else first - 1
        elif (
            text.words[i][0].isupper()
            or text.lower[i] in ("the", "and", "&", *POSSESSIVES)
            or _may_modify(text, i)
        ):
            i -= 1
        else:
            break
    return first - 1


def _up_to_article(text: Text, clusters: Clusters, start: int) -> int:
    """Move the start of a title back over lower-case words before it: 'water board' in 'the water board chief'."""
    word = text.words[start]
    is_plain = word.islower() or (word.isupper() and len(word) < 4)  # "the water board CEO"
    for i in range(start - 1, max(start - 1 - MODIFIERS, -1), -1):
        word = text.lower[i]
        if word in POSSESSIVES:  # "Norway's double Olympic champion"
            owner = clusters.at.get(i - 1) or clusters.places.get(i - 1)
            is_held = isinstance(owner, Name) or (owner is not None and owner.actor.kind != "person")
            return owner.first if owner and is_held else i + 1 if is_plain else start
        if not is_plain:
            if not _may_modify(text, i):
                return start
            continue
        if word in DETERMINERS:
            return i + 1
        if (i in clusters.at and clusters.at[i].actor.kind != "person") or i in clusters.places:
            owner = clusters.at.get(i) or clusters.places[i]
            return owner.first if i + 1 < start else start
        is_joint = i == start - 1 and is_role(text.lower[start])
        if (
            word == "and"
            and i
            and not is_joint
            and _may_modify(text, i - 1)
            and not is_role(text.lower[i - 1])
        ):
            continue  # "the planning and science manager"
        if i in clusters.at or not _may_modify(text, i):
            break
    return start


def _may_modify(text: Text, i: int) -> bool:
    word = text.lower[i]
    return word.replace("-", "").isalpha() and text.words[i].islower() and word not in NO_MODIFIERS


def _links(text: Text, clusters: Clusters, i: int, seen_role: bool, *, seen_words: bool) -> bool:
    """Whether word i connects parts of a title: the full stop of 'Gov.', 'of' in 'Secretary of State', a possessive."""
    word, left = text.lower[i], text.lower[i - 1] if i else ""
    if word == ".":
        left = left.rsplit("-", 1)[-1].rstrip("s")
        short = left in ABBREVIATIONS or text.sentences[i] == text.sentences[i + 1]
        return short and left in lexicon.title_words() and len(left) < 5
    if word in ("of", "for"):
        named = is_role(left) or names_roles(left)
        own = seen_words and text.lower[i + 1] not in lexicon.honorifics()  # not "lawyer for Mr. Roe"
        is_field = (
            left in MINISTERS and text.lower[i + 1] in lexicon.title_words()
        )  # "Secretary of Defense General"
        return own and (is_field or not seen_role) and named and i - 1 not in clusters.at
    if word in POSSESSIVES:
        before = clusters.at.get(i - 1)
        return seen_role and (
            (before is not None and before.actor.kind != "person") or i - 1 in clusters.places
        )
    if word in ("and", "&"):
        is_other = text.lower[i + 1] in LOOSE or _owner_follows(text, clusters, i + 1)
        return seen_role and is_role(left) and not is_other
    amid = not text.opens_sentence(i) or offices.is_body_noun(word)
    return seen_role and text.words[i][0].isupper() and amid and word not in DETERMINERS and word not in DAYS


def _owner_follows(text: Text, clusters: Clusters, i: int) -> bool:
    """Whether an organization, country or place begins at word i: the role after 'and' has an owner of its own."""
    return held_at(clusters, i) is not None


def _skip_joints(text: Text, start: int, first: int) -> int:
    while start < first and text.lower[start] in (".", "of", "for", "and", "&", *POSSESSIVES):
        start += 1
    return start


def _read_role(text: Text, clusters: Clusters, start: int, first: int) -> Role | None:
    """Return the role in the words [start, first); its text leaves out country, organization, place and honorifics."""
    posting = (i for i in range(start + 1, first) if text.lower[i] == "to" and is_role(text.lower[i - 1]))
    end = next(posting, first)  # "Dutch ambassador to Norway"
    owners = _held_in(clusters, start, end)
    named = {i for i in range(start, end) if i in clusters.at or i in clusters.places}
    words = [i for i in range(start, first) if i not in named and text.lower[i] not in POSSESSIVES]
    while (words and text.lower[words[-1]] == ".") or (
        words and text.lower[words[-1]] in lexicon.honorifics()
    ):
        words.pop()
    while words and _is_no_part(text, words):
        words.pop(0)
    sensed = bool(words) and words[-1] == first - 1 and before_name(text, first - 1)
    if not sensed and not any(is_role(text.lower[i]) or names_roles(text.lower[i]) for i in words):
        return None
    last = words[-1] + 1
    if last < first and text.words[last] == ".":  # "Gov."
        words.append(last)
    if len(owners) > 1 and text.lower[words[-1]].rstrip(".") in offices.OFFICES - {"leader"}:
        owners = [held for held in owners if not (held.actor and held.actor.org_type == "party")]
    possessor = None
    if not any(held.actor and held.actor.kind == "organization" for held in owners):
        possessor = offices.body_of_possessor(text, clusters, start)
    # "the company's spokesman in Norway" is the company's.
    role = make_role(_singular(_join(text, words)), [] if possessor else owners)
    role.organization = role.organization or possessor
    if not has_owner(role):
        role.organization = _body_of_noun(text, clusters, start, words)
    return role


def _is_no_part(text: Text, words: list[int]) -> bool:
    """Whether the first of the words is no part of a role: 'Sir', 'Royal' of 'Royal Highness', 'Rt' of 'Rt Hon'."""
    first, second = text.lower[words[0]], text.lower[words[1]] if len(words) > 1 else ""
    is_style = first in REVERED or second in REVERED or (first, second) in PAIRED_HONORIFICS
    return is_style or first in lexicon.honorifics() or first in NO_PART or not first[0].isalnum()


def _singular(written: str) -> str:
    """Return a role in the singular: 'judge' for 'judges' in 'judges Ann Roe and Jan Berg'."""
    *before, last = written.split(" ")
    stop = "." if last.endswith(".") else ""
    noun = last.removesuffix(".")
    return (
        " ".join([*before, less_plural(noun) + stop])
        if names_roles(noun.lower()) or is_plural_by_sense(noun)
        else written
    )


def _body_of_noun(text: Text, clusters: Clusters, start: int, words: list[int]) -> Actor | None:
    """Return the organization that a noun in a title means: 'committee chairman Roe', "the group's president Roe"."""
    nouns = [
        i
        for i in words
        if offices.is_body_noun(text.lower[i])
        and not is_role(text.lower[i])
        and " ".join(text.lower[i : i + 2]) not in lexicon.titles()  # "Press Secretary" is of no agency
    ]
    if start > 1 and text.lower[start - 1] in POSSESSIVES and offices.is_body_noun(text.lower[start - 2]):
        nouns.append(start - 2)
    if start and text.words[start - 1].islower() and offices.is_body_noun(text.lower[start - 1]):
        nouns.append(start - 1)  # "with committee chairman Roe"
    for i in nouns:
        body = offices.body_of_noun(clusters, text.lower[i], start, clusters.bodies)
        if body:
            return body
    return None


def _held_in(clusters: Clusters, start: int, first: int) -> list[Held]:
    found, i = [], start
    while i < first:
        held = held_at(clusters, i)
        if held and not (held.actor and held.actor.kind == "person"):
            found.append(held)
        i = max(i + 1, held.end) if held else i + 1
    return found


def _join(text: Text, words: list[int]) -> str:
    """Join the words with the given indices, as written: 'former Acme chief' -> 'former chief'."""
    while len(words) > 1 and text.lower[words[-1]] in ("of", "for", "at", "in", "the", "and"):
        words = words[:-1]
    written = text.words[words[0]]
    for before, i in pairwise(words):
        touches = before == i - 1 and text.ends[before] == text.starts[i]
        written += text.words[i] if touches else " " + text.words[i]
    return written


def split_titles(role: Role) -> list[Role]:
    """Split 'Committee Chairman Rep.', 'candidate Mayor' and 'Acme Commander Brigadier General' into two roles.

    The first keeps the organization. Other roles stay whole."""
    words = (role.text or "").split()
    for k in range(1, len(words)):
        before = less_plural(words[k - 1].lower())
        is_whole = k > 2 and words[k - 2] == "of" and is_role(words[k - 3].lower())  # "Secretary of Defense"
        if not (is_role(before) or is_whole) or before in offices.PARTISANS:
            continue
        if words[k].lower() in TITLES:
            first = replace(role, text=_singular(" ".join(words[:k])))
            return [first, Role(" ".join(words[k:]), None, role.country_code)]
        if _begins_title(words, k):
            text, title = " ".join(words[:k]), " ".join(words[k:])
            return [replace(role, text=text), replace(role, text=title, organization=None)]
        is_post = (
            is_whole or before in POSTS or not (_is_rank([before]) or words[k:] in (["General"], ["general"]))
        )
        if is_post and _is_rank(words[k:]) and not _is_one_title(words[k - 1 : k + 1]):
            return [replace(role, text=" ".join(words[:k])), Role(" ".join(words[k:]), None, None)]
    return [role]


def _begins_title(words: list[str], k: int) -> bool:
    """Whether word k begins another title: 'Mayor' in 'candidate Mayor', 'former' in 'candidate former Mayor'."""
    before, title = words[k - 1], words[k:]
    if not before.islower() or before in LESSER:
        return False
    is_marked = title[0] in LOOSE or all(word[0].isupper() for word in title)
    return is_marked and is_role(title[-1].lower())


def _is_rank(words: list[str]) -> bool:
    """Whether words are a military rank: 'Brigadier General', 'Captain'."""
    kinds, plain = lexicon.titles(), [word.lower().rstrip(".") for word in words]
    return kinds.get(" ".join(plain)) == "military" or all(kinds.get(word) == "military" for word in plain)


def _is_one_title(words: list[str]) -> bool:
    """Whether two words are one title: 'Attorney General'."""
    return " ".join(word.rstrip(".") for word in words).lower() in lexicon.titles()


def has_owner(role: Role) -> bool:
    return bool(role.organization or role.country_code or role.place)
