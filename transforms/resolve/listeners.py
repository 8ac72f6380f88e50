"""Find addressees: the noun phrase after a cue such as "told" or "urged", or the audience of a speech or letter.

Takes a `Text` and the word range of a cue; returns the word range of the noun phrase.
"""

from __future__ import annotations

from collections.abc import Sequence

from transforms.resolve import lexicon
from transforms.resolve.article_text import Text
from transforms.resolve.lexicon import is_role
from transforms.resolve.phrases import BREAKS, PREPOSITIONS, is_plural, singular
from transforms.resolve.role_phrases import names_roles
from transforms.resolve.role_words import may_be_role
from transforms.resolve.telling_verbs import ANSWERING, CALLING, MESSAGES, QUIZZING, STRICT, TELLING, WANTING
from transforms.resolve.word_lists import (
    ABBREVIATIONS,
    ADDRESSED,
    DETERMINERS,
    FINITE,
    POSSESSIVES,
    SMALL_WORDS,
)

OBJECTS = frozenset("him her them me us".split())
SUBJECTS = frozenset("he she they".split())
CLAUSES = SUBJECTS | {"that", "but", "as", "who", "which"}  # these begin another clause
ARTICLES = (DETERMINERS - {"that"}) | {"an", "my", "those", "these", "all", "other"}
ADDING = frozenset("adding noting saying stressing insisting warning arguing explaining".split())
# ... with Acme
WITH = frozenset(
    "interview interviews speaking spoke speaks briefing conversation talking talked session filing filings "
    "call".split()
)
DAYS = frozenset("monday tuesday wednesday thursday friday saturday sunday".split())
WHEN = DAYS | frozenset(
    "yesterday today tomorrow earlier later last separately again recently this next alongside she he they we it i you "
    "there".split()
)
NUMBERS = frozenset("a an one two three four five six seven eight nine ten several many".split())
UNITS = frozenset(
    "second seconds minute minutes hour hours day days week weeks month months year years times occasions".split()
)
# ... a call with Acme
AROUND = frozenset("after before following since until ahead cancelled canceled".split())
TALKS, IN_TALK = frozenset("call session filing filings".split()), frozenset("in on during at".split())
PUBLISHED = frozenset("published broadcast aired printed".split())  # an interview published by the Gazette
# Between a speech or letter and its audience: 'interview on Friday with Acme', 'speaking by phone to Acme'.
BETWEEN = DAYS | PUBLISHED | frozenset(
    "given made sent released exclusively recorded conducted on by via phone telephone email video link earlier late "
    "this last week month yesterday today".split()
)  # fmt: skip
ADDRESSING = frozenset(("addressing", "addressed"))  # ... the nation
INVITING = ADDRESSING | ADDRESSED  # words after which an audience may follow
BEFORE = frozenset(
    "testifying testified testimony speech presentation appearing".split()
)  # ... before a court
HEARERS = frozenset("bench panel jury audience crowd congregation nation people public press media".split())
# Where people listen.
OCCASIONS = frozenset(
    "conference meeting session hearing inquest inquiry rally gathering summit event forum seminar podcast programme "
    "program show website".split()
)
ASKED = frozenset("asked pressed questioned quizzed interviewed challenged".split())  # ... by a reporter
ANSWERS = frozenset("responding replying answering response reply answer".split())  # ... to a reporter
QUESTIONS = frozenset(
    "question questions query queries request requests inquiry inquiries enquiry enquiries complaint letter "
    "appeal".split()
)
ASKING = ASKED | ANSWERS | QUESTIONS  # words after which somebody who asks may follow
# These end a noun phrase, like PREPOSITIONS.
ENDS = frozenset(
    "outside inside after before during since until via through over around across amid when while because following "
    "whether if how why what much most back".split()
)
# After whom somebody asks or orders: 'asked voters which', 'ordered the crew not to'.
GOES_ON = frozenset("to not which who whether if how what why when where that".split())
ON_TOPIC = GOES_ON | {"about", "over", "on", "for"}
QUOTES = frozenset(('"', "“", "‘", "”", "’"))
WHERE = frozenset("at of in from".split())  # between a noun and the place that belongs to it
# Between "was" and the verb of a passive: 'was later told'.
PASSIVES = frozenset("was were been being is are".split())
LONGEST, REACH = 8, 40  # words of an addressee; words before a cue to search for an audience
FARTHEST = 8  # words after a cue to search for an audience


def find_listener(text: Text, first: int, last: int) -> tuple[int, int] | None:
    """Return the words of the addressee of the cue [first, last), if any: 'the court' in 'told the court'."""
    if text.lower[last - 1] == "by":  # "The jury was told by"
        return _passive_subject(text, first, last)
    start = _start_of_listener(text, first, last)
    if start is None:
        return _passive_subject(text, first, last)
    i = start
    while i < text.size and text.words[i] in QUOTES:
        i += 1
    end = _end_of_phrase(text, i)
    is_quotation = i > start and QUOTES.isdisjoint(text.words[end : end + 3])
    if end > i and _is_phrase(text, i, end) and not is_quotation:  # unlike 'warned “Roe must”'
        return None if _is_wanted(text, text.lower[first:last], i, end) else (i, end)
    return _passive_subject(text, first, last)


def _start_of_listener(text: Text, first: int, last: int) -> int | None:
    """Return the word after the verb of a cue, and after the 'on' or 'to' that the verb needs: 'the' in 'told the'."""
    verb = next((i for i in range(last - 1, first - 1, -1) if text.lower[i] in TELLING), None)
    noun = next((i for i in range(last - 1, first, -1) if text.lower[i] in MESSAGES), None)
    if noun is not None and (verb is None or noun >= verb) and text.lower[noun + 1 : noun + 2] == ["to"]:
        end = _end_of_phrase(text, noun + 2)
        return noun + 2 if _hears(text, noun + 2, end) or text.words[end - 1][0].isupper() else None
    called = next((i for i in range(first, last) if text.lower[i] in CALLING), text.size)
    for i in range(called + 1, text.size):
        if text.lower[i] in CALLING[text.lower[called]]:
            return i + 1 if _may_hear(text, called, i, _end_of_phrase(text, i + 1)) else None
        if not text.lower[i].endswith("ly") and text.lower[i] not in WHEN:
            break
    if verb is None:
        return None
    i = verb + 1
    while i < last and text.lower[i].endswith("ly"):
        i += 1
    return i


def _may_hear(text: Text, called: int, link: int, end: int) -> bool:
    """Whether the words from `link` to `end` may mean the addressee of the verb at `called`: 'to Ann Roe'."""
    if text.lower[link] == "before":
        return _hears(text, link + 1, end)
    if text.lower[called] in ANSWERING:
        return _is_named(text, link + 1, end) or _is_hearer(text.lower[end - 1])
    return True


def _is_wanted(text: Text, cue: list[str], first: int, end: int) -> bool:
    """Whether the object of a cue is what somebody wants, and nobody's name: 'a limit' in 'urged a limit on vans'."""
    head = text.lower[end - 1]
    following = text.lower[end : end + 1]
    if (
        following
        and following[0] in FINITE
        and ("warn" in cue[-1] or not _is_hearer(head))
        and head.islower()
    ):
        return True  # "warned the plans would fail"
    if WANTING.isdisjoint(cue):
        return False
    is_hearer = (
        text.words[end - 1][0].isupper() or head in OBJECTS or (_is_hearer(head) and head not in OCCASIONS)
    )
    if not STRICT.isdisjoint(cue):
        return not is_hearer or not _goes_on(text, end, ON_TOPIC if not QUIZZING.isdisjoint(cue) else GOES_ON)
    if is_hearer:
        return False
    near = text.lower[end : end + (1 if "order" in cue[-1] or not is_plural(head) else LONGEST)]
    verb = next((k for k, word in enumerate(near) if word in FINITE), len(near))
    return bool(near) and GOES_ON.isdisjoint(near[: verb or 1])


def _goes_on(text: Text, end: int, words: frozenset[str]) -> bool:
    """Whether one of the words, or what is said, follows at word `end` or behind a comma."""
    end += text.words[end : end + 1] == [","]
    return end < text.size and (
        text.lower[end] in words or text.words[end] in QUOTES or text.words[end] == ":"
    )


def _is_hearer(word: str) -> bool:
    """Whether a lower-case noun means people or an organization."""
    is_body = word in lexicon.organization_nouns() or word in lexicon.organization_words()
    if is_body or word in HEARERS or word in OCCASIONS or may_be_role(word) or names_roles(word):
        return True
    return is_plural(word) and may_be_role(singular(word))


def _hears(text: Text, first: int, end: int) -> bool:
    """Whether somebody can be heard by whom the words [first, end) mean: 'the High Court', but not 'the vote'."""
    return any(_is_hearer(text.lower[i]) for i in range(first, end))


def _is_named(text: Text, first: int, end: int) -> bool:
    """Whether the words [first, end) are a pronoun, or end with a name: 'the Gazette', but not "Roe's vote"."""
    return end > first and (text.words[end - 1][0].isupper() or text.lower[end - 1] in OBJECTS)


def _passive_subject(text: Text, first: int, last: int) -> tuple[int, int] | None:
    """Return who is told in the passive: 'The jury' in 'The jury was told'; 'told' is in the cue [first, last)."""
    told = (
        i for i in range(first, last) if text.lower[i] in TELLING and text.lower[i].endswith(("ed", "told"))
    )
    verb = next(told, None)
    if verb is None:
        return None
    i = verb - 1
    while i > 0 and (text.lower[i].endswith("ly") or text.lower[i] in ("also", "later", "then", "not")):
        i -= 1
    if i < 1 or text.lower[i] not in PASSIVES:
        return None
    end = i - (text.lower[i - 1] in ("has", "have", "had"))
    begin = _start_of_subject(text, end)
    if text.lower[begin] in OBJECTS:  # "some of us were told"
        return None
    while begin > 2 and text.lower[begin - 1] in WHERE and _may_end_noun(text, begin - 2, end - 1):
        end = begin - 1  # "the jury at the court"
        begin = _start_of_subject(text, end)
    is_pronoun = end - begin == 1 and text.lower[begin] in SUBJECTS
    if text.lower[end - 1] in QUESTIONS or not end > begin:
        return None
    return (begin, end) if is_pronoun or _is_phrase(text, begin, end) else None


def _start_of_subject(text: Text, end: int) -> int:
    """Return the first word of the noun phrase that ends before word `end`."""
    begin = end
    while begin > 0 and end - begin < LONGEST and text.sentences[begin - 1] == text.sentences[end]:
        word = text.lower[begin - 1]
        if word in BREAKS or word in PREPOSITIONS or word in FINITE:
            break
        if not (word[0].isalnum() or word in POSSESSIVES):
            break
        begin -= 1
        if word in ARTICLES:
            break
    return begin


def _may_end_noun(text: Text, i: int, verb: int) -> bool:
    """Whether word i, in the sentence of the verb, may be the last word of a noun phrase."""
    word = text.lower[i]
    if text.sentences[i] != text.sentences[verb] or not word[0].isalnum():
        return False
    return is_plural(word) or _is_hearer(word) or text.words[i][0].isupper()


def _end_of_phrase(text: Text, first: int) -> int:
    """Return the end of the noun phrase that begins at word `first`: a verb, a preposition or punctuation ends it."""
    if first < text.size and text.lower[first] in OBJECTS:
        following = text.lower[first + 1] if first + 1 < text.size else "."
        if text.lower[first] != "her" or not following[0].isalpha() or following in SMALL_WORDS:
            return first + 1
    i = first
    while i < text.size and i - first < LONGEST and not _ends_phrase(text, i, first):
        i += 1
    return i


def _ends_phrase(text: Text, i: int, first: int) -> bool:
    word = text.lower[i]
    if not word[0].isalnum() and word not in ("'s", "’s", "&"):
        return not _is_in_title(text, i, first)
    if word in BREAKS or word in PREPOSITIONS or word in FINITE or text.quoted[i] != text.quoted[first]:
        return True
    if word in ENDS or (word in WHEN and not _is_titled(text, i) and (i > first or _tells_day(text, i))):
        return True
    if i > first and _begins_clause(text, i):
        return True
    if _begins_time(text, i):
        return True
    if word in ARTICLES:
        return i > first and text.lower[i - 1] not in ARTICLES
    return word in SMALL_WORDS


def _begins_time(text: Text, i: int) -> bool:
    """Whether words i and on say how long ago: 'told Acme two years ago', 'told Acme days before'."""
    unit = i + (text.lower[i] in NUMBERS or text.words[i].isdigit())
    if unit + 1 >= text.size or text.lower[unit] not in UNITS:
        return False
    if text.lower[unit] in ("times", "occasions"):
        return unit > i  # "warned several times"
    return text.lower[unit + 1] in ("ago", "before", "after", "earlier", "later")


def _is_in_title(text: Text, i: int, first: int) -> bool:
    """Whether word i is the full stop of a title before a name: 'told Rep. Ann Roe', 'told Mr. Roe'."""
    if text.words[i] != "." or i == first or i + 1 == text.size or not text.words[i + 1][0].isupper():
        return False
    title = text.lower[i - 1]
    is_title = title in lexicon.full_titles() or title in ABBREVIATIONS
    if text.paragraphs[i] != text.paragraphs[i + 1]:
        return False
    return is_title and text.words[i - 1][0].isupper() and text.ends[i - 1] == text.starts[i]


def _tells_day(text: Text, i: int) -> bool:
    """Whether word i says when something was said: 'warned Friday that', but not "told Friday's meeting"."""
    return text.lower[i] in DAYS and text.lower[i + 1 : i + 2] not in (["'s"], ["’s"])


def _is_titled(text: Text, i: int) -> bool:
    """Whether word i begins a title and tells no day: 'the Sunday Gazette', "the BBC's Today programme"."""
    return text.words[i][0].isupper() and (text.lower[i - 1] in ARTICLES or text.lower[i - 1] in POSSESSIVES)


def _begins_clause(text: Text, i: int) -> bool:
    """Whether the content begins at word i, which the addressee does not include: 'told jurors Ann Roe left'.

    After a word for one person or medium, a name belongs to the addressee: 'told colleague Ann Roe'. A participle after
    a name does not: 'wrote to Ann Roe demanding'."""
    before, word = text.lower[i - 1], text.words[i]
    if before == "first" and text.lower[i] == "lady":
        return False
    if not word[0].isupper() or before in ARTICLES or not text.words[i - 1].islower():
        return _is_participle(text, i) or (text.lower[i] in lexicon.honorifics() and before not in ARTICLES)
    is_open = before in POSSESSIVES or "-" in before or before in lexicon.title_words()
    is_open = is_open or before[0].isdigit()  # "the 5th Dorne Summit"
    is_open = (
        is_open
        or before
        in ("counterpart", "outlet", "affiliate", "programme", "program", "podcast", "show", "station")
        or lexicon.organization_nouns().get(before) == "media"
    )
    return not (is_open or is_role(before))


def _is_participle(text: Text, i: int) -> bool:
    """Whether a participle begins at word i: 'Ann Roe | demanding', 'reporters | travelling', 'Roe | released by'."""
    word, before = text.lower[i], text.words[i - 1]
    if word.endswith("ing"):
        return text.words[i].islower() and (before[0].isupper() or is_plural(before))
    by = text.lower[i + 1 : i + 2] == ["by"]
    return word.endswith("ed") and by and before[0].isupper()


def find_audience(
    text: Text, first: int, last: int, spoken: Sequence[tuple[int, int]] = ()
) -> tuple[int, int] | None:
    """Return the audience in the sentence of the cue [first, last): 'Acme' in 'In an interview with Acme, Roe said'.

    `spoken` has the ranges of words that belong to what is said; they name no audience.
    """
    begin = max(text.firsts[text.sentences[first]], first - REACH)
    after = max((end for _, end in spoken), default=last)
    after += after < text.size and text.words[after] == ","  # "he said no, in a letter to Acme"
    near = text.find_between(INVITING, begin, _end_of_clause(text, last))
    for i in (*reversed(near), *text.find_between(INVITING, after, _end_of_clause(text, after))):
        word = text.lower[i]
        if _is_inside(i, spoken):
            continue
        if word in ADDRESSING:
            end = _end_of_phrase(text, i + 1)
            is_one_phrase = not any(w.endswith("ing") for w in text.lower[i + 1 : end])
            if (
                _is_hearer(text.lower[end - 1])
                and text.lower[end - 1] != "news"
                and is_one_phrase
                and _is_phrase(text, i + 1, end)
            ):
                return i + 1, end
        if word in ADDRESSED:
            to = _link_to_audience(text, i)
            if to is None or text.sentences[to] != text.sentences[i]:
                continue
            end = _end_of_phrase(text, to + 1)
            if text.lower[to] == "before" and not _hears(text, to + 1, end):
                continue
            if word in ANSWERING and not _may_hear(text, i, to, end):
                continue  # "spoke to this issue"
            if end > to + 1 and _is_phrase(text, to + 1, end):
                return to + 1, end
    return None


def _end_of_clause(text: Text, last: int) -> int:
    """Return the end of the words after a cue that may name an audience: 'in an interview with' after 'said'."""
    i = last
    limit = min(last + FARTHEST, text.size - 2)
    while i < limit and text.words[i][0].isalnum() and text.lower[i] not in CLAUSES:
        i += 1
    return i


def _link_to_audience(text: Text, i: int) -> int | None:
    """Return the word between a speech or letter at word i and its audience: 'with' in 'interview on Friday with'."""
    for k in range(i + 1, min(i + 6, text.size - 1)):
        word = text.lower[k]
        is_published = word == "by" and not PUBLISHED.isdisjoint(text.lower[i:k])
        with_audience = word == "with" and text.lower[i] in WITH and _is_under_way(text, i)
        if word == "to" or with_audience or is_published or (word == "before" and text.lower[i] in BEFORE):
            return k
        if word not in BETWEEN:
            return None
    return None


def _is_under_way(text: Text, i: int) -> bool:
    """Whether something is said in the talk that word i names: 'in a call with Acme', but not 'after a call with'."""
    before = text.lower[max(0, i - 4) : i]
    return AROUND.isdisjoint(before) and (text.lower[i] not in TALKS or not IN_TALK.isdisjoint(before))


def _is_inside(i: int, ranges: Sequence[tuple[int, int]]) -> bool:
    return any(first <= i < last for first, last in ranges)


def find_asker(text: Text, first: int, spoken: Sequence[tuple[int, int]] = ()) -> tuple[int, int] | None:
    """Return who asked what somebody answers with the cue at word `first`: 'Dr Roe' in 'Asked by Dr Roe, Berg said'.

    If the words follow the cue, 'when' precedes them: 'Berg said when asked by Dr Roe'. They may also name what is
    answered, as in 'responding to the flood'. `spoken`: see `find_audience`.
    """
    begin = max(text.firsts[text.sentences[first]], first - REACH)
    before = text.find_between(ASKING, begin, first - 1)
    after = text.find_between(ASKING, first + 1, min(first + REACH, text.size - 2))
    for i in (*reversed(before), *(i for i in after if text.lower[i - 1] == "when")):
        if text.sentences[i] != text.sentences[first] or not _precedes_asker(
            text.lower[i], text.lower[i + 1]
        ):
            continue
        if text.quoted[i] != text.quoted[first] or _is_inside(i, spoken):
            continue
        start = i + 2
        end = _end_of_phrase(text, start)
        owner = next((k for k in range(start, end - 1) if text.lower[k] in POSSESSIVES), None)
        if owner is not None and text.lower[end - 1] in QUESTIONS:
            end = owner
        elif text.lower[end] in POSSESSIVES and text.lower[end + 1] not in QUESTIONS:
            return None  # "responding to voters' anger"
        return (start, end) if end > start and _is_phrase(text, start, end) else None
    return None


def _precedes_asker(word: str, following: str) -> bool:
    """Whether two words precede who asked: 'asked by', 'responding to', 'question from'."""
    if following == "to":
        return word in ANSWERS
    return (following == "by" and word in ASKED) or (following in ("by", "from") and word in QUESTIONS)


def _is_phrase(text: Text, first: int, end: int) -> bool:
    """Whether the words [first, end) may be an object: they have an article, a name, a pronoun, or a plural."""
    head, lower = text.words[end - 1], text.lower[end - 1]
    if first + 1 == end and text.lower[first] in OBJECTS:
        return True
    if lower == "lot" or lower.endswith(("self", "selves")):
        return False
    named = head[0].isupper() or text.words[first][0].isupper() or "." in head  # "told dorne.tv"
    if first + 1 == end and (lower in lexicon.organization_nouns() or lower in lexicon.organization_words()):
        return True  # "told parliament"
    return (
        (text.lower[first] in ARTICLES and end - first > 1)
        or named
        or (is_plural(lower) and end - first < 4 and not _has_number(text, first + 1, end))
    )


def _has_number(text: Text, first: int, end: int) -> bool:
    """Whether a number is among the words, as in 'said to wait 12 hours'."""
    return any(word[0].isdigit() for word in text.words[first:end])
