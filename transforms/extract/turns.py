"""Find statements that only the layout attributes: turns of an interview, and quotations signed with a name.

WALDEN: Will the bridge open?                   “It opens when it opens.” — Ada Walden, engineer
MINISTER: It opens when it opens.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise

from transforms.extract.statement import Span, TokenStatement
from transforms.extract.tokens import DOUBLE, LINE_BREAK, Tokens
from transforms.language import ENGLISH

LONGEST_LABEL, LONGEST_NAME, LONGEST_SIGNATURE = 20, 5, 24  # in tokens
LONGEST_CREDIT = 14  # tokens of a line such as 'Ada Lorne, The Dorne Gazette'
LONGEST_OUTLET = 4  # tokens of a line that names an outlet only
FEWEST_CREDITS = 2  # least number of such lines after quotations
FEWEST_FIELDS, FEWEST_FILLED = 4, 3  # least numbers of different labels of forms, and of labels in each form
FEWEST_NAMES = 4  # least number of lines with a name before a colon, if the names are not in capitals
LETTER = re.compile(r"[QA]\d{0,2}")  # question and answer: 'Q', 'A', 'Q1', 'A1'
OPENING_MARKS = frozenset('"“') | {"``", "''"}
# Words of headings that nobody speaks: 'RELATED: ', 'READ MORE: ', 'THE FACTS: ', 'FILE PHOTO: ', 'WINNER: '.
HEADING_WORDS = frozenset(
    "also breaking caption claim clarification correction fact facts file image loser losers more news next note photo"
    " read related see story the update video watch winner winners".split()
) | frozenset(  # lists of players: 'GOALKEEPERS: '
    "attackers backs batters booked bowlers defenders forwards goalkeepers goals hookers locks midfielders props"
    " scorers strikers subs substitutes wingers".split()
)
NAME_WORDS = frozenset("de da del van von der bin al of the and &".split())
FIRST_AND_SECOND_PERSON = frozenset(
    "i me my mine we us our ours you your yours i'm i've i'd i'll we're we've".split()
)
DASHES = frozenset(("-", "–", "—", "―", "--", "---"))
CLOSING_MARKS = frozenset('"”') | {"''"}
POSTS = frozenset("tweet post letter statement column comment".split())
# A name in a signature ends before these: '— Ada Lorne on Dorne Radio'.
NAME_ENDS = frozenset((",", "(", ".", "on", "in", "to", "at", "from", "for", "during", "via"))


@dataclass(frozen=True)
class Attributed:
    """Turns and signed quotations in the order of the text, and questions without a speaker."""

    statements: list[TokenStatement]
    questions: list[Span]


def find_attributed(tokens: Tokens) -> Attributed:
    """Find the statements that the layout of a whole text attributes."""
    lines = _lines(tokens)
    turns, questions = _turns(tokens, lines)
    found = sorted([*turns, *_signed(tokens, lines)], key=lambda statement: statement.start)
    return Attributed(found, questions)


def _lines(tokens: Tokens) -> list[Span]:
    breaks = [-1, *(i for i, word in enumerate(tokens.words) if word == LINE_BREAK), len(tokens)]
    return [(before + 1, after) for before, after in pairwise(breaks) if before + 1 < after]


def _turns(tokens: Tokens, lines: list[Span]) -> tuple[list[TokenStatement], list[Span]]:
    """Return the turns, and the questions labelled 'Q', which are not turns. Answers labelled 'A' have no speaker."""
    labels = _find_labels(tokens, lines)
    turns, questions = [], []
    for k, after in pairwise([*sorted(labels), max(labels, default=0) + 1]):
        letter = tokens.words[labels[k][0]][0] if _is_letter(tokens, labels[k]) else None
        start = labels[k][1]
        while not letter and tokens.words[start] != ":":  # a note in brackets
            start += 1
        first = (start + 1, lines[k][1])
        more = [span for span in lines[k + 1 : after] if not _is_narration(tokens, span)]
        contents = [span for span in [first, *more] if not _is_stage_direction(tokens, span)]
        if letter == "Q":
            questions += contents
        elif contents:
            turns.append(TokenStatement(contents, None, None if letter else labels[k], by_layout=True))
    return turns, questions


def _find_labels(tokens: Tokens, lines: list[Span]) -> dict[int, Span]:
    """Map lines to the labels that open them, if there are three labels, or two equal labels.

    Names not in capitals must recur more often and open most lines, because 'Date: ' and 'Place: ' are not speakers.
    """
    labels = {k: label for k, line in enumerate(lines) if (label := _label(tokens, line))}
    times = Counter(" ".join(tokens.words[start:end]) for start, end in labels.values())
    if len(labels) >= 2 and (max(times.values()) >= 2 or len(labels) >= 3):
        return labels
    names = {k: name for k, line in enumerate(lines) if (name := _name_label(tokens, line))}
    times = Counter(" ".join(tokens.words[start:end]) for start, end in names.values())
    often = len(names) >= FEWEST_NAMES and len(times) >= 2 and min(times.values()) >= 2
    dense = often and 2 * len(names) >= max(names) - min(names) + 1
    in_order = [" ".join(tokens.words[start:end]) for start, end in names.values()]
    return names if dense and not _are_fields(in_order) else {}


def _are_fields(labels: list[str]) -> bool:
    """Whether labels recur in the same order, as the fields of a form do: 'Company: ', 'Type: ', 'Stage: '."""
    ranks = {label: rank for rank, label in enumerate(dict.fromkeys(labels))}
    forms = 1 + sum(ranks[after] <= ranks[before] for before, after in pairwise(labels))
    return len(ranks) >= FEWEST_FIELDS and len(labels) >= FEWEST_FILLED * forms


def _label(tokens: Tokens, line: Span) -> Span | None:
    """Return the name in capitals before the first colon of a line, or the letter of 'Q. ' or 'A. '.

    A title or a note in brackets may follow the name: 'BAN: ', 'ADA LORNE, CITY DESK: ', 'ORR (via phone): '.
    """
    start, end = line
    while start < end and tokens.words[start] in OPENING_MARKS:  # the whole transcript is quoted
        start += 1
    if start + 2 < end and LETTER.fullmatch(tokens.words[start]) and tokens.words[start + 1] in (":", "."):
        return start, start + 1
    colon = _colon(tokens, start, end)
    if colon is None:
        return None
    name_end = next((i for i in range(start, colon) if tokens.words[i] in "(["), colon)
    words = [word for word in tokens.words[start:name_end] if word[0].isalpha()]
    marks = [word for word in tokens.words[start:name_end] if not word[0].isalpha()]
    if not words or not all(word.isupper() for word in words) or set(marks) - {".", "’", "'", "-", ",", "&"}:
        return None
    return None if all(word.lower() in HEADING_WORDS for word in words) else (start, name_end)


def _name_label(tokens: Tokens, line: Span) -> Span | None:
    """Return a name not in capitals before the first colon of a line: 'Ada Lorne: '."""
    start, end = line
    colon = _colon(tokens, start, end)
    if colon is None or colon - start > LONGEST_NAME:
        return None
    words = tokens.words[start:colon]
    return (start, colon) if all(word[0].isupper() or word in NAME_WORDS for word in words) else None


def _colon(tokens: Tokens, start: int, end: int) -> int | None:
    """Return the first colon near the start of a line, unless it is the first or the last word of the line."""
    colon = next((i for i in range(start, min(end, start + LONGEST_LABEL)) if tokens.words[i] == ":"), None)
    return colon if colon is not None and start < colon < end - 1 else None


def _is_letter(tokens: Tokens, label: Span) -> bool:
    return label[1] == label[0] + 1 and LETTER.fullmatch(tokens.words[label[0]]) is not None


def _is_stage_direction(tokens: Tokens, span: Span) -> bool:
    """Whether a line is in brackets: '(LAUGHTER)', '[crosstalk]'."""
    words = tokens.words[span[0] : span[1]]
    return not any(w[0].isalnum() for w in words) or (words[0] in "([" and words[-1] in (")", "]", "."))


def _is_narration(tokens: Tokens, span: Span) -> bool:
    """Whether a paragraph between two turns describes the speaker: 'She puts down her cup.'"""
    words = [word.lower().replace("’", "'") for word in tokens.words[span[0] : span[1]]]
    return words[0] in ("he", "she") and FIRST_AND_SECOND_PERSON.isdisjoint(words)


def _signed(tokens: Tokens, lines: list[Span]) -> list[TokenStatement]:
    """Return quotations with a name in the line before, or with a signature after them.

    The quotation begins a line; the signature is on the same or the next line. It is a dash and a name or, if this
    recurs, a line with a name and an outlet."""
    credited = {
        k: name for k, line in enumerate(lines) if k and (name := _credit(tokens, lines[k - 1], line))
    }
    found = []
    for k, (start, end) in enumerate(lines):
        if tokens.quoted[start] != DOUBLE:
            continue
        if k and (name := _heading(tokens, lines[k - 1])) and DOUBLE in tokens.quoted[end - 1 : end]:
            found.append(TokenStatement([(start, end)], None, name, by_layout=True))
            continue
        if len(credited) >= FEWEST_CREDITS and k + 1 in credited:
            contents = [*_earlier_paragraphs(tokens, lines, k), (start, end)]
            found.append(TokenStatement(contents, None, credited[k + 1], by_layout=True))
            continue
        close = next((i for i in range(start, end) if tokens.quoted[i] != DOUBLE), end)
        signature = (close, end) if close < end else lines[k + 1] if k + 1 < len(lines) else (end, end)
        source = _signature(tokens, signature)
        if source and close - start > 2:
            found.append(TokenStatement([(start, close)], None, source, by_layout=True))
    return found


def _credit(tokens: Tokens, before: Span, line: Span) -> Span | None:
    """Return the name in a line such as 'Ada Lorne, The Dorne Gazette' after a line that ends with a quotation."""
    return _outlet_credit(tokens, line) if tokens.words[before[1] - 1] in CLOSING_MARKS else None


def _outlet_credit(tokens: Tokens, span: Span) -> Span | None:
    """Return the name in words such as 'Ada Lorne, The Dorne Gazette' or 'Ada Lorne and Ben Orr, Dorne Post'."""
    start, end = span
    words = tokens.words[start:end]
    if not 0 < len(words) <= LONGEST_CREDIT or words.count(",") != 1:
        return None
    comma = words.index(",")
    named = words[-1] != "." and all(word in (",", ".") or _may_be_in_name(word) for word in words)
    second = words[:comma].index("and") + 1 if "and" in words[:comma] else 0  # the start of a second name
    is_short = max(second - 1, comma - second) <= LONGEST_NAME
    return (start, start + comma) if named and is_short and 2 <= comma < len(words) - 1 else None


def _earlier_paragraphs(tokens: Tokens, lines: list[Span], k: int) -> list[Span]:
    """Return the paragraphs directly before line k that belong to the same quotation: no mark closes them."""
    first = k
    while first and _is_left_open(tokens, lines[first - 1]):
        first -= 1
    return lines[first:k]


def _is_left_open(tokens: Tokens, line: Span) -> bool:
    """Whether a line is one quotation that no mark closes."""
    inside = all(tokens.quoted[i] == DOUBLE for i in range(*line))
    return inside and tokens.words[line[1] - 1] not in CLOSING_MARKS


def _heading(tokens: Tokens, line: Span) -> Span | None:
    """Return the name in a line before a quotation: 'And from Mayor Ada Lorne:', 'From the desk of Ben Orr:'."""
    start, end = line
    words = [word.lower() for word in tokens.words[start:end]]
    if words[-1] != ":" or "from" not in words[:2] or end - start > LONGEST_SIGNATURE:
        return None
    first = start + words.index("from") + 1
    first += 3 if words[first - start :][:3] == ["the", "desk", "of"] else 0
    return (first, end - 1) if first < end - 1 and tokens.words[first][0].isupper() else None


def _signature(tokens: Tokens, span: Span) -> Span | None:
    """Return the name after a dash, or after 'by' if the words before tell what it is: '— May 2 post by Ada Lorne'.

    Return None if the words are not a name. If a long text follows, it must describe the name: '— Ada Lorne, a'."""
    start, end = span
    if end - start < 2 or tokens.words[start] not in DASHES:
        return None
    is_long = end - start > LONGEST_SIGNATURE
    opens_line = start > 0 and tokens.words[start - 1] == LINE_BREAK
    start, end = start + 1, min(end, start + LONGEST_SIGNATURE)
    by = next((i for i in range(start, end) if tokens.words[i] == "by"), end)
    if by < end and tokens.words[by - 1] in POSTS:
        start = by + 1
        while start < end and tokens.words[start].islower():
            start += 1
    name_end = next((i for i in range(start, end) if _ends_name(tokens, i)), end)
    if name_end == start or not all(w == "." or _may_be_in_name(w) for w in tokens.words[start:name_end]):
        return None
    is_described = opens_line and name_end - start > 1 and tokens.words[name_end : name_end + 1] == [","]
    return None if is_long and not is_described else (start, name_end)


def _ends_name(tokens: Tokens, i: int) -> bool:
    """Whether a name ends before token i; the full stop of a title does not end it: '— Sen. Ada Lorne'."""
    if tokens.words[i] not in NAME_ENDS:
        return False
    return tokens.words[i] != "." or tokens.words[i - 1].lower() not in ENGLISH.words.abbreviations


def find_signature(tokens: Tokens, last: int) -> Span | None:
    """Return who signed the words that end before token `last`: '“No.” Ada Lorne, Dorne Post', 'No — Ada Lorne (@ada)'.

    The signature is on the same line or, if it names an outlet, on the next line. A web address may precede it."""
    i = last
    while i < min(len(tokens), last + 2) and tokens.words[i] in CLOSING_MARKS:
        i += 1
    end = _end_of_line(tokens, i)
    dash = next((k for k in range(i, min(end, i + LONGEST_SIGNATURE)) if tokens.words[k] in DASHES), end)
    between = tokens.words[i:dash]
    is_next = not between or between == ["."] or "/" in between  # "https://..."
    name = _signature(tokens, (dash, min(end, dash + LONGEST_SIGNATURE))) if dash < end else None
    if name and is_next and tokens.words[name[1] : name[1] + 2] == ["(", "@"]:
        return name
    start = i if i < end else end + 1
    span = start, _end_of_line(tokens, start)
    if tokens.words[i - 1] not in CLOSING_MARKS:
        return None
    return _outlet_credit(tokens, span) or (_outlet(tokens, span) if start == i else None)


def _outlet(tokens: Tokens, span: Span) -> Span | None:
    """Return a name that is all of the words: 'Dorne Press' after a quotation, on the same line."""
    words = tokens.words[slice(*span)]
    named = words and all(word[0].isupper() for word in words)
    return span if named and len(words) <= LONGEST_OUTLET else None


def _end_of_line(tokens: Tokens, i: int) -> int:
    """Return the end of the line of token i, or of the part of the line that may be a signature."""
    limit = min(len(tokens), i + 2 * LONGEST_SIGNATURE)
    return next((k for k in range(i, limit) if tokens.words[k] == LINE_BREAK), limit)


def _may_be_in_name(word: str) -> bool:
    return word[0].isupper() or word in NAME_WORDS
