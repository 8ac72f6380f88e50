"""Split a text into tokens (words, marks and line breaks), and find the tokens inside quotation marks.

Training and run time use the same tokens: after a change here, train the model again.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

_LETTERS = r"(?:[^\W_]+|[\u0300-\u036f\u200d\ufe0f]+)+"  # combining accents belong to the letter before them
_POSSESSIVE = r"['’]s\b"
_TOKEN = re.compile(
    r"[A-Za-z]++(?=[ ,])"  # most words; the letters below would match the same word in more time
    # A match starts only at the first space; matches from each space of a long run would take quadratic time.
    rf"|(?:(?<!\s)\s*[\r\n\x0b\x0c\x85\u2028\u2029]\s*)"
    r"|(?:[A-Za-z]\.){2,}"  # U.S., a.m.
    rf"|{_POSSESSIVE}"
    rf"|{_LETTERS}(?:(?!{_POSSESSIVE})['’.\-]{_LETTERS})*"
    r"|\.{2,}|-{2,}|``|''"
    r"|\S",
    re.UNICODE,
)
LINE_BREAK = "\n\n"  # one token for any number of line breaks

_OPENING = frozenset('"“„«〝') | {"``"}
_CLOSING = frozenset('"”»〞') | {"''"}
_SINGLE = frozenset("'‘’")
_MARKS = _OPENING | _CLOSING | _SINGLE | {LINE_BREAK}
UNQUOTED, DOUBLE, SINGLE = 0, 1, 2
SHORT_TEXT = 10_000  # code points; the tokens of longer texts are not cached


@dataclass(frozen=True)
class Tokens:
    """The tokens of a text: `words[i]` is `text[starts[i]:ends[i]]`, but LINE_BREAK for line breaks."""

    words: list[str]
    starts: list[int]
    ends: list[int]
    quoted: list[int]  # UNQUOTED, or inside DOUBLE or SINGLE quotation marks; the marks count as inside

    def __len__(self) -> int:
        return len(self.words)


def tokenize_again(text: str) -> Tokens:
    """Tokenize a text that several steps read; the tokens of the last short texts are cached."""
    return _kept_tokens(text) if len(text) <= SHORT_TEXT else tokenize(text)


@lru_cache(maxsize=64)
def _kept_tokens(text: str) -> Tokens:
    return tokenize(text)


def tokenize(text: str) -> Tokens:
    """Split `text` into tokens with offsets in code points. White space within a line is left out."""
    words: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    known: dict[str, str] = {}  # a long text repeats most of its words; each distinct word is stored once
    for match in _TOKEN.finditer(text):
        word = match.group()
        words.append(LINE_BREAK if word.isspace() else known.setdefault(word, word))
        starts.append(match.start())
        ends.append(match.end())
    return Tokens(words, starts, ends, mark_quoted(words, starts, ends))


def mark_quoted(words: list[str], starts: list[int], ends: list[int]) -> list[int]:
    """Return for each token UNQUOTED, or the kind of quotation marks around it: DOUBLE or SINGLE.

    A line break ends every quotation, because writers open each paragraph of a long quotation again and close only the
    last paragraph. A straight mark opens a quotation if none is open, else it closes the quotation. Inside a quotation,
    a mark that clearly opens begins the next paragraph of the quotation ('"One. "Two," he said', without a line
    break). Outside, a mark that clearly closes is ignored. A closing mark before a word is taken for an opening mark.
    Single marks count only outside double marks, and only if a mark before a word has a counterpart after a word on
    the same line: '90s opens nothing.
    """
    quoted = [UNQUOTED] * len(words)
    double = single = None  # index of the opening mark
    for i in [i for i, word in enumerate(words) if word in _MARKS]:
        word = words[i]
        if word == LINE_BREAK:
            _quote(quoted, double, i)
            double = single = None
        elif double is not None:
            if word in _CLOSING and not (word == '"' and _stands_before_word(i, words, starts, ends)):
                _quote(quoted, double, i + 1)
                double = None
        elif (word in _OPENING and not (word == '"' and _stands_after_word(i, words, starts, ends))) or (
            word in _CLOSING and _stands_before_word(i, words, starts, ends)
        ):
            double = i
        elif word == "‘" or (word == "'" and _stands_before_word(i, words, starts, ends)):
            single = i
        elif word in _SINGLE and single is not None and ends[i - 1] == starts[i]:
            quoted[single : i + 1] = [mark or SINGLE for mark in quoted[single : i + 1]]
            single = None
    _quote(quoted, double, len(words))
    return quoted


def _quote(quoted: list[int], start: int | None, end: int) -> None:
    if start is not None:
        quoted[start:end] = [DOUBLE] * (end - start)


def _stands_before_word(i: int, words: list[str], starts: list[int], ends: list[int]) -> bool:
    before = i == 0 or ends[i - 1] < starts[i] or words[i - 1] == LINE_BREAK
    after = i + 1 < len(starts) and starts[i + 1] == ends[i]
    return before and after


def _stands_after_word(i: int, words: list[str], starts: list[int], ends: list[int]) -> bool:
    before = i > 0 and ends[i - 1] == starts[i] and words[i - 1] != LINE_BREAK
    after = i + 1 == len(starts) or ends[i] < starts[i + 1] or words[i + 1] == LINE_BREAK
    return before and after
