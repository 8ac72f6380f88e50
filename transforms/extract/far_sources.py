"""Give a quotation without a cue to the speaker just before, if its own source is far away or belongs elsewhere.

The tagger sometimes links a quotation that is a paragraph of its own to a source many paragraphs away, although the
speaker of the paragraph before goes on. Or it skips this speaker: it links the quotation to the speaker of an earlier
sentence, or to the speaker of the next one. If a signature follows the quotation, it names the speaker.
"""

from __future__ import annotations

from collections.abc import Sequence

from transforms.extract.repair import SAYING
from transforms.extract.statement import TokenStatement
from transforms.extract.tokens import LINE_BREAK, UNQUOTED, Tokens
from transforms.extract.turns import find_signature

FAR = 3  # line breaks between a quotation and a source that is far away
NEAR = 2  # most line breaks between a quotation and the statement before, whose speaker may go on
FEWEST_TOKENS = 50  # a source that is nearer than this is not far
PRONOUNS = frozenset(("he", "she", "it", "they"))
SENTENCE_ENDS = frozenset((".", "?", "!", LINE_BREAK))
LEAST_APART = 6  # tokens from a quotation to a source in another sentence
RECENT = 8  # statements to look at for the one that ends last before a quotation


def replace_far_sources(tokens: Tokens, statements: Sequence[TokenStatement]) -> list[TokenStatement]:
    """Return the statements; those without a cue get the source of the statement before if their own is far away.

    Those that somebody signed get the signature as their source."""
    if all(statement.cue or not statement.source for statement in statements):
        return list(statements)
    replaced: list[TokenStatement] = []
    speakers = {one.source for one in statements if one.cue and tokens.words[one.cue[0]].lower() in SAYING}
    for statement in sorted(statements, key=lambda one: one.contents[0]):
        first = statement.contents[0][0]
        signature = None if statement.cue else find_signature(tokens, statement.contents[-1][1])
        if signature and tokens.words[max(0, first - 1)] != ":":
            statement = statement._replace(source=signature)
        elif statement.source and not statement.cue and tokens.quoted[first] != UNQUOTED:
            before = _last_before(replaced, first)
            is_far = _may_be_far(statement) and _is_far(tokens, statement)
            goes_on = before and is_far and _goes_on(tokens, before, statement)
            if before and (goes_on or (before.source in speakers and _skips(tokens, before, statement))):
                statement = statement._replace(source=before.source)
        replaced.append(statement)
    return replaced


def _skips(tokens: Tokens, before: TokenStatement, statement: TokenStatement) -> bool:
    """Whether a quotation directly follows a statement, but its source is in a sentence before or after both."""
    if not (before.source and before.cue and statement.source) or before.source == statement.source:
        return False
    first, last = statement.contents[0][0], statement.contents[-1][1]
    ended = max(span[1] for span in before.spans)
    own, other = statement.source, before.source
    if tokens.quoted[other[0]] != UNQUOTED or _has_word(tokens, ended, first):
        return False
    if own[1] <= other[0]:
        return _ends_sentence(tokens, own[1], other[0])
    return own[0] >= last and (own[0] - last >= LEAST_APART or LINE_BREAK in tokens.words[last : own[0]])


def _has_word(tokens: Tokens, first: int, last: int) -> bool:
    return first > last or any(word[0].isalnum() for word in tokens.words[first:last])


def _ends_sentence(tokens: Tokens, first: int, last: int) -> bool:
    return not SENTENCE_ENDS.isdisjoint(tokens.words[first:last])


def _last_before(statements: Sequence[TokenStatement], first: int) -> TokenStatement | None:
    """Return the statement with a source that ends last before token `first`."""
    ended = [one for one in statements[-RECENT:] if one.source and one.contents[-1][1] <= first]
    return max(ended, key=lambda one: one.contents[-1][1], default=None)


def _goes_on(tokens: Tokens, before: TokenStatement, statement: TokenStatement) -> bool:
    """Whether a statement ends near the next one, and the source of the next one is not named in between, too."""
    assert statement.source
    start, end = before.contents[-1][1], statement.contents[0][0]
    source = tokens.words[slice(*statement.source)]
    between = tokens.words[start:end]
    is_name = len(source) > 1 or source[0].lower() not in PRONOUNS
    is_named = is_name and any(between[i : i + len(source)] == source for i in range(len(between)))
    return _count_breaks(tokens, start, end) <= NEAR and not is_named


def _may_be_far(statement: TokenStatement) -> bool:
    source = statement.source
    if statement.cue or not source:
        return False
    first, last = statement.contents[0][0], statement.contents[-1][1]
    return first - source[1] >= FEWEST_TOKENS or source[0] - last >= FEWEST_TOKENS


def _is_far(tokens: Tokens, statement: TokenStatement) -> bool:
    assert statement.source
    first, last = statement.contents[0][0], statement.contents[-1][1]
    start, end = statement.source
    return _count_breaks(tokens, *((end, first) if end <= first else (last, start))) >= FAR


def _count_breaks(tokens: Tokens, first: int, last: int) -> int:
    return tokens.words[first:last].count(LINE_BREAK)
