"""Correct tagged statements so that they agree with grammar and quotation marks.

The rules are general; none depends on the words of a particular text.
"""

from __future__ import annotations

from transforms.extract.statement import Span, TokenStatement
from transforms.extract.tokens import LINE_BREAK, UNQUOTED, Tokens

CLOSING_MARKS = frozenset('"”') | {"''"}
SPEAKER_AS_OBJECT = frozenset(
    ("quoted", "cited", "heard", "overheard", "recorded", "filmed")
)  # participles in passives whose subject is the speaker: "Ada Walden was quoted as saying"
LOOSE_ENDS = frozenset(
    "a an the his her its their this and during after before while when amid since until".split()
)
SENTENCE_BORDERS = frozenset((".", "?", "!", LINE_BREAK, "—", "–", "-", ",", ":"))
LONGEST_SUBJECT = 10  # tokens of a subject
PLACES = frozenset(("in", "at", "on"))
SAYING = frozenset(
    "say says said saying tell tells told telling add adds added adding write writes wrote".split()
)
# Words before the colon of a headline that say what kind of text follows, and not who speaks.
LABELS = frozenset(
    "q&a exclusive analysis opinion comment explainer interview video watch listen live breaking update updated".split()
)
PAUSES = frozenset((",", "?", "!", "—", "–", "--", "…", "..."))


def repair(tokens: Tokens, statement: TokenStatement) -> TokenStatement:
    """Apply all rules to a statement, and return the result."""
    statement = _whole_cue(tokens, _subject_is_source(tokens, _without_label(tokens, statement)))
    return _end_at_closing_mark(tokens, _source_outside_content(tokens, statement))


def _without_label(tokens: Tokens, statement: TokenStatement) -> TokenStatement:
    """Remove a source that is the label of a headline: 'Exclusive: “We were robbed”'."""
    if not statement.source:
        return statement
    first, last = statement.source
    opens_line = first == 0 or tokens.words[first - 1] == LINE_BREAK
    label = "".join(tokens.words[first:last]).lower().rstrip(":")
    precedes_colon = ":" in tokens.words[last - 1 : last + 1]
    return statement._replace(source=None) if opens_line and precedes_colon and label in LABELS else statement


def _whole_cue(tokens: Tokens, statement: TokenStatement) -> TokenStatement:
    """Cut the beginning of another phrase off the end of a cue: 'said | during', 'scoffed at | the'."""
    if not statement.cue:
        return statement
    start, end = statement.cue
    words = [tokens.words[i].lower() for i in range(start, end)]
    loose = LOOSE_ENDS | PLACES if words[0] in SAYING else LOOSE_ENDS
    while len(words) > 1 and words[-1] in loose:
        words.pop()
    return statement._replace(cue=(start, start + len(words)))


def _subject_is_source(tokens: Tokens, statement: TokenStatement) -> TokenStatement:
    """Make the subject of 'was quoted as saying' the source, if the statement has no source.

    'Director Ada Walden | was quoted as saying | that the tunnel is safe'.
    """
    if (
        statement.source
        or not statement.cue
        or SPEAKER_AS_OBJECT.isdisjoint(_from_cue(tokens, statement.cue))
    ):
        return statement
    if len(statement.contents) < 2:
        return statement._replace(source=_subject(tokens, statement))
    before = [span for span in statement.contents if span[1] == statement.cue[0]]
    if not before or any(tokens.quoted[i] != UNQUOTED for i in range(*before[0])):
        return statement
    others = [span for span in statement.contents if span != before[0]]
    return statement._replace(contents=others, source=before[0])


def _from_cue(tokens: Tokens, cue: Span) -> list[str]:
    """Return the words of a cue and the word after it: 'was | quoted'."""
    return tokens.words[cue[0] : cue[1] + 1]


def _subject(tokens: Tokens, statement: TokenStatement) -> Span | None:
    """Return the words before a passive cue, down to a punctuation mark; None if a word is content or quoted."""
    assert statement.cue
    end = start = statement.cue[0]
    content = {i for span in statement.contents for i in range(*span)}
    while start > 0 and tokens.words[start - 1] not in SENTENCE_BORDERS and end - start <= LONGEST_SUBJECT:
        start -= 1
    inside = range(start, end)
    is_free = content.isdisjoint(inside) and all(tokens.quoted[i] == UNQUOTED for i in inside)
    return (start, end) if is_free and 0 < len(inside) <= LONGEST_SUBJECT else None


def _source_outside_content(tokens: Tokens, statement: TokenStatement) -> TokenStatement:
    """Separate a source from a content that overlaps it.

    The source ends where a quotation starts; any other content starts where the source ends."""
    if not statement.source:
        return statement
    contents, (first, last) = [], statement.source
    for start, end in statement.contents:
        if first < start < last and tokens.quoted[start] != UNQUOTED:
            last = start
        elif first <= start < last < end:
            start = last
        contents.append((start, end))
    return statement._replace(contents=contents, source=(first, last))


def _end_at_closing_mark(tokens: Tokens, statement: TokenStatement) -> TokenStatement:
    """End a quotation at its closing mark if a comma stands before the mark, since the next words belong to the source.

    '“We are open,” the owner, | Ada Walden, | said'.
    """
    contents, source = [], statement.source
    for start, end in statement.contents:
        close = _closing_mark(tokens, start, end)
        if close is None or not source or _breaks(tokens, close, max(close, source[0])):
            contents.append((start, end))
        elif source[0] - end in (0, 1):
            contents.append((start, close + 1))
            source = (close + 1, source[1])
        elif close < source[0] < end:
            contents.append((start, close + 1))
        else:
            contents.append((start, end))
    return statement._replace(contents=contents, source=source)


def _closing_mark(tokens: Tokens, start: int, end: int) -> int | None:
    """Return the closing mark after a pause, if a quotation begins the span and only unquoted words follow."""
    if tokens.quoted[start] == UNQUOTED:
        return None
    close = next((i - 1 for i in range(start, end) if tokens.quoted[i] == UNQUOTED), end - 1)
    if close + 1 >= end or tokens.words[close] not in CLOSING_MARKS or tokens.words[close - 1] not in PAUSES:
        return None
    return close if all(tokens.quoted[i] == UNQUOTED for i in range(close + 1, end)) else None


def _breaks(tokens: Tokens, start: int, end: int) -> bool:
    return any(tokens.words[i] == LINE_BREAK for i in range(start, end))
