"""Text -> tokens: where each word, mark and line break stands, and which of them lie inside quotation marks.

The same tokens are used in training and at run time, so a change here asks for a new training.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_LETTER = r"(?:[^\W_]|[\u0300-\u036f\u200d\ufe0f])"  # combining accents belong to their letter
_POSSESSIVE = r"['’]s\b"
_TOKEN = re.compile(
    rf"(?P<line>\s*[\r\n\x0b\x0c\x85\u2028\u2029]\s*)"
    r"|(?:[A-Za-z]\.){2,}"  # U.S., a.m.
    rf"|{_POSSESSIVE}"
    rf"|{_LETTER}+(?:(?!{_POSSESSIVE})['’.\-]{_LETTER}+)*"
    r"|\.{2,}|-{2,}|``|''"
    r"|\S",
    re.UNICODE,
)
LINE_BREAK = "\n\n"  # stands for any number of breaks

_OPENING = frozenset("“„«〝") | {"``"}
_CLOSING = frozenset("”»〞") | {"''"}
UNQUOTED, DOUBLE, SINGLE = 0, 1, 2


@dataclass(frozen=True)
class Tokens:
    """`words[i]` is `text[starts[i]:ends[i]]`, but for line breaks, which are LINE_BREAK."""

    words: list[str]
    starts: list[int]
    ends: list[int]
    quoted: list[int]  # UNQUOTED, DOUBLE or SINGLE quotation marks; the marks count as inside

    def __len__(self) -> int:
        return len(self.words)


def tokenize(text: str) -> Tokens:
    """Split `text`; offsets are code points. White space that breaks no line is left out."""
    words, starts, ends = [], [], []
    for match in _TOKEN.finditer(text):
        start, end = match.span()
        word = text[start:end]
        if match.lastgroup == "line":
            word = LINE_BREAK
        words.append(word)
        starts.append(start)
        ends.append(end)
    return Tokens(words, starts, ends, mark_quoted(words, starts, ends))


def mark_quoted(words: list[str], starts: list[int], ends: list[int]) -> list[int]:
    """For each token whether it lies inside quotation marks.

    A line break ends every quotation: writers open each paragraph of a running quote anew and close the last one only.
    A straight mark opens unless one is open. Single marks count outside double ones only, and only where one that
    stands before a word is answered by one that stands after a word in the same line ('90s opens nothing).
    """
    quoted = [UNQUOTED] * len(words)
    inside = False
    singles: list[int] = []
    for i, word in enumerate(words):
        if word == LINE_BREAK:
            inside, singles = False, []
            continue
        if word in _OPENING:
            inside = True
        elif word in _CLOSING:
            if not inside and _stands_before_word(i, words, starts, ends):
                inside = True  # a closing mark typed for an opening one
                quoted[i] = DOUBLE
                continue
            quoted[i] = DOUBLE if inside else UNQUOTED
            inside = False
            continue
        elif word == '"':
            quoted[i] = DOUBLE
            inside = not inside
            continue
        elif not inside and word in ("'", "‘", "’"):
            _pair_single_marks(i, words, singles, quoted, starts, ends)
        if inside:
            quoted[i] = DOUBLE
    return quoted


def _stands_before_word(i: int, words: list[str], starts: list[int], ends: list[int]) -> bool:
    before = i == 0 or ends[i - 1] < starts[i] or words[i - 1] == LINE_BREAK
    after = i + 1 < len(starts) and starts[i + 1] == ends[i]
    return before and after


def _pair_single_marks(
    i: int, words: list[str], singles: list[int], quoted: list[int], starts: list[int], ends: list[int]
) -> None:
    if words[i] == "‘" or (words[i] == "'" and _stands_before_word(i, words, starts, ends)):
        singles[:] = [i]
    elif singles and i > 0 and ends[i - 1] == starts[i]:
        for k in range(singles.pop(), i + 1):
            quoted[k] = quoted[k] or SINGLE
