"""Join the lines of printed pages to paragraphs, without running heads and page numbers.

On a printed page, a line breaks when it is full. A paragraph ends if the next word would have fitted on its last
line, if the space to the next line is larger than usual, or if the next line is indented or in another size. Hyphenated
words are joined at line breaks, and paragraphs at page breaks.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median, median_low

from transforms.readers.fields.dates import read_date

CUT = "\ufffe"  # replaces a hyphen at the end of a line that may only mark a word break

_COLUMN = 20.0  # points by which the left edges of a column's lines may differ
_EDGE_LINES = 3  # at the top and at the bottom of a page, this many lines may be running heads
_EDGE = 0.12  # share of the page height at the top and at the bottom in which running heads are
_SHARE = 0.3  # share of the pages on which a running head repeats
_LARGER = 1.2  # a line of this many times the text size is a headline, which running heads of other pages may repeat
_PAGE_NUMBER = re.compile(
    r"[\s\-–—|•·]*(?:(?:page|seite|p\.)\s*)?#+(?:\s*(?:of|/|von)\s*#+)?[\s\-–—|•·]*", re.IGNORECASE
)
_DIGITS = re.compile(r"[0-9]+")
_DIVIDER = re.compile(r"\s*[|•·–—]\s*|\s{3,}")
_END = re.compile(r"[.!?:…][\"'”’)\]]*$")
_LAST_WORD = re.compile(r"[^\W\d_]+$")
_FIRST_WORD = re.compile(r"[^\W\d_]+")
_HYPHENATED = re.compile(r"\b[^\W\d_]+-[^\W\d_]+\b")
_TENS = frozenset("twenty thirty forty fifty sixty seventy eighty ninety".split())
_UNITS = frozenset(
    "one two three four five six seven eight nine first second third fourth fifth sixth seventh eighth ninth".split()
)
# First parts of words that always keep their hyphen.
_PREFIXES = frozenset("self ex vice half well much all cross long short high low full part so".split())
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\xad\ufeff\ufffe\uffff]")
_LIGATURES = str.maketrans({"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"})


@dataclass(frozen=True)
class Line:
    """One line of a page: its text, box and letter size, in points; `top` and `bottom` count from the lower edge."""

    text: str
    left: float
    right: float
    top: float
    bottom: float
    size: float

    @property
    def letter(self) -> float:
        """The average width of a letter."""
        return (self.right - self.left) / max(len(self.text), 1)


@dataclass(frozen=True)
class Page:
    """One page: its height in points, and its lines in reading order."""

    height: float
    lines: Sequence[Line]


def page_text(pages: Sequence[Page]) -> tuple[str, list[str]]:
    """Return the text of the pages, with blank lines between paragraphs, and the running heads, which it leaves out."""
    running = _find_running(pages)
    heads = [line.text for page in pages for line in page.lines if id(line) in running]
    known = _hyphenated_words(line.text for page in pages for line in page.lines)
    text = ""
    for page in pages:
        lines = [line for line in page.lines if id(line) not in running]
        for number, paragraph in enumerate(_split(lines)):
            piece = _join_lines([line.text for line in paragraph], known)
            goes_on = number == 0 and text and _goes_on(text, piece)
            text = _join_words(text, piece, known) if goes_on else f"{text}\n\n{piece}" if text else piece
    return _CONTROL.sub("", text), heads


def head_date(heads: Iterable[str]) -> str | None:
    """Return the date, written in words, in the running heads; None if they have no such date, or several.

    Numeric dates do not count, because programs write the time of printing into running heads.
    """
    pieces = {piece.strip() for head in heads for piece in _DIVIDER.split(head)}
    dates = {piece for piece in pieces if re.search(r"[^\W\d_]{3}", piece) and read_date(piece)}
    days = {found.day for piece in dates if (found := read_date(piece))}
    return min(dates, key=len) if len(days) == 1 and not any(":" in piece for piece in dates) else None


def clean_line(text: str) -> str:
    """Remove control characters from a line, except CUT at its end, and replace ligatures by letters."""
    end = CUT if text.rstrip().endswith((CUT, "\xad", "\x02")) else ""
    return _CONTROL.sub("", text.translate(_LIGATURES)).strip() + end


# --- Running heads --------------------------------------------------------------------------------------------


def _find_running(pages: Sequence[Page]) -> set[int]:
    """Return the ids of page numbers, and of lines that repeat at the edges of pages."""
    edges = [(page, _edge_lines(page)) for page in pages]
    times = Counter(key for _, lines in edges for key in {_key(line) for line in lines})
    fewest = max(2, _SHARE * len(pages))
    body = median([line.size for page in pages for line in page.lines] or [0])
    return {
        id(line)
        for page, lines in edges
        for line in lines
        if (times[_key(line)] >= fewest and line.size <= _LARGER * body)
        or _PAGE_NUMBER.fullmatch(_key(line))
        or (len(pages) == 1 and _stands_apart(line, page, body))
    }


def _key(line: Line) -> str:
    """Return the text of a line without the parts that change from page to page."""
    return _DIGITS.sub("#", " ".join(line.text.casefold().split()))


def _edge_lines(page: Page) -> list[Line]:
    """Return the first and last lines that are near the edges of the page."""
    lines = sorted(page.lines, key=lambda line: -line.top)
    near = _EDGE * page.height
    heads = [line for line in lines[:_EDGE_LINES] if line.top >= page.height - near]
    feet = [line for line in lines[-_EDGE_LINES:] if line.bottom <= near]
    return heads + [line for line in feet if line not in heads]


def _stands_apart(line: Line, page: Page, body: float) -> bool:
    """Whether a line is smaller than the text and separate from it, in a document of one page."""
    others = [other for other in page.lines if other.size > 0.9 * body]
    if line.size > 0.85 * body or not others:
        return False
    gap = min(max(other.bottom - line.top, line.bottom - other.top) for other in others)
    return gap > 1.5 * body


# --- Paragraphs -----------------------------------------------------------------------------------------------


def _split(lines: Sequence[Line]) -> list[list[Line]]:
    """Group the lines of one page into paragraphs."""
    if not lines:
        return []
    room, margins = _usual_room(lines), _right_margins(lines)
    paragraphs = [[lines[0]]]
    for line, after in pairwise(lines):
        if _ends_paragraph(line, after, margins, room):
            paragraphs.append([after])
        else:
            paragraphs[-1].append(after)
    return paragraphs


def _usual_room(lines: Sequence[Line]) -> float:
    """Return the usual distance between the lines of a paragraph, from baseline to baseline."""
    steps = [line.bottom - after.bottom for line, after in pairwise(lines) if line.bottom > after.bottom]
    return median_low(steps) if steps else 0.0


def _right_margins(lines: Iterable[Line]) -> dict[int, float]:
    """Map the left edge of each column to the end of its longest line, which is the right margin."""
    margins: dict[int, float] = {}
    for line in lines:
        for near in (-1, 0, 1):
            place = int(line.left // _COLUMN) + near
            margins[place] = max(margins.get(place, 0.0), line.right)
    return margins


def _ends_paragraph(line: Line, after: Line, margins: dict[int, float], room: float) -> bool:
    if line.text.endswith(CUT):
        return False
    step = line.bottom - after.bottom
    is_below = step > 0
    if is_below and (
        step > 1.4 * room + 1 or abs(line.size - after.size) > 0.12 * max(line.size, after.size)
    ):
        return True
    if is_below and after.left - line.left > 0.8 * after.size and after.left - line.left < 6 * after.size:
        return True  # indented
    return _would_fit(line, after, margins)


def _would_fit(line: Line, after: Line, margins: dict[int, float]) -> bool:
    """Whether the next word would have fitted on the line, within its column."""
    word = after.text.split(maxsplit=1)[0] if after.text.strip() else ""
    return line.right + (len(word) + 2) * line.letter <= margins[int(line.left // _COLUMN)]


def _goes_on(text: str, piece: str) -> bool:
    """Whether the first paragraph of a page continues the last paragraph of the previous page."""
    return text.endswith(CUT) or piece[:1].islower() or not _END.search(text)


# --- Words ----------------------------------------------------------------------------------------------------


def _hyphenated_words(lines: Iterable[str]) -> frozenset[str]:
    """Return the hyphenated words within lines, in lower case."""
    return frozenset(word.lower() for line in lines for word in _HYPHENATED.findall(line))


def _join_lines(lines: Sequence[str], known: frozenset[str]) -> str:
    text = ""
    for line in lines:
        text = _join_words(text, line, known) if text else line
    return text


def _join_words(text: str, line: str, known: frozenset[str]) -> str:
    """Append a line to a text; join a word that is hyphenated at the line break."""
    is_cut = text.endswith(CUT)
    if not is_cut and not (text.endswith("-") and line[:1].islower() and not text.endswith(" -")):
        return f"{text} {line}"
    text = text.rstrip(CUT).removesuffix("-")
    first, second = _LAST_WORD.search(text), _FIRST_WORD.match(line)
    keeps = not first or not second or _keeps_hyphen(first.group(), second.group(), known)
    return f"{text}-{line}" if keeps else text + line


def _keeps_hyphen(first: str, second: str, known: frozenset[str]) -> bool:
    """Whether a word is always hyphenated ("twenty-two", "Anglo-Saxon"), so that joining lines keeps its hyphen."""
    before, after = first.lower(), second.lower()
    return (
        f"{before}-{after}" in known
        or (before in _TENS and after in _UNITS)
        or before in _PREFIXES
        or second[0].isupper()
    )
