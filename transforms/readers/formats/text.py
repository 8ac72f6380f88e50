"""Read plain text: one article in one file becomes one record.

The body is one slice of the file without the white space around it. These parts above it are not part of the body:
front matter, `Key: value` lines, `date 2019-06-03`, lines with only a byline or a date, and the dateline
(`WASHINGTON, June 3 (Reuters) - `). The headline is part of the body, and so is everything below it: a byline or
dateline there is read as a field but stays in the body.

`published_on` is the day in a header or, without one, the day of the dateline. A dateline without a
year ("June 3") counts only if a header has the year; no date comes from the clock or the file's timestamps.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType

from transforms.readers.content import Content
from transforms.readers.decode import find_markup
from transforms.readers.fields.bylines import are_names, find_signature, is_contact, is_person, may_be_signed
from transforms.readers.fields.choose_value import settle
from transforms.readers.fields.datelines import Dateline, read_dateline
from transforms.readers.fields.dates import read_date, read_day, read_month_of_day
from transforms.readers.fields.field import Field
from transforms.readers.fields.headers import (
    find_year,
    is_affiliation,
    read_front_matter,
    read_header_line,
    read_machine_date,
)
from transforms.readers.fields.headlines import (
    MAX_LINES,
    MAX_WIDTH,
    is_above,
    is_headline,
    is_kicker,
    is_note,
    is_one_title,
)
from transforms.readers.format import Format
from transforms.readers.limits import Refused
from transforms.readers.markup import refuse_entities, root_name
from transforms.readers.records import Record, Reject

Span = tuple[int, int]

_NOTHING: Mapping[str, str] = MappingProxyType({})

_LINE = re.compile(r"(?P<words>[^\r\n]*)(?:\r\n?|\n|\Z)")
_MARKS = "\ufeff\u200b\x1a"  # byte order mark, zero-width space, end of DOS files
_OUTER = rf"[\s{_MARKS}]"
_LEADING = re.compile(rf"{_OUTER}*")
_TOP_LINES = 200  # lines that may be headers and headlines
_FIRST_LINES = 30  # enough for files without many headers
_LOOK_AHEAD = 8  # non-blank lines between a headline and its dateline
_LAST_LINES = 5
_SIGNATURE = 500  # code points at the end of the text in which these lines must be
_SHORT = 200  # code points; a longer line above a dateline is a paragraph
_TITLE_LINES = 4  # non-blank lines in which the title from a field may be repeated
_TITLE_LENGTH = 1_000  # code points of a title or line to compare


def recognises(content: Content) -> bool:
    """Return True for plain text. Raises Refused for markup, whose tags would be in the body, and for other bytes."""
    if root := root_name(content):
        refuse_entities(content.data)
        raise Refused(
            "unsupported_format", f"is XML with the root element <{root}>; this format is not supported"
        )
    markup = find_markup(content.text)
    if markup:
        raise Refused("unsupported_format", f"looks like {markup}; this format is not supported")
    return True


def read(content: Content) -> Iterator[Record | Reject]:
    """Yield the article in a plain text file."""
    yield read_article(content.text)


def read_article(text: str, given: Mapping[str, str] = _NOTHING) -> Record | Reject:
    """Read an article in plain text, with the fields in its headers and first lines.

    `given` has the fields that the format provides besides the text; `settle` chooses between the values of a field.
    """
    fields, start = _read_opening(text, given.get("headline"))
    end = _find_end(text, start)
    if not any(map(str.isalnum, text[start:end])):
        what = "headers but no text below them" if fields else "no words"
        return Reject(None, "no_body", f"contains {what}")
    if "byline" not in given and not any(field.name == "byline" for field in fields):
        fields += _read_signature(text, start, end)
    values, spans = settle(given, fields)
    return Record(text[start:end], start, header_spans=spans, **values)  # type: ignore[arg-type]


FORMAT = Format(
    "text",
    "one article per file, in any encoding: `Key: value` lines, headline, byline, date, dateline, text",
    "articles/2024-03-05-harbour.txt",
    recognises,
    read,
)


def _read_opening(text: str, title: str | None) -> tuple[list[Field], int]:
    """Return the fields found in the header and in the first lines, and the offset at which the body starts.

    `title` is the headline that the format provides besides the text, if any.
    """
    first = _skip_outer(text, 0)
    lines = _split_lines(text, first, _TOP_LINES if text.startswith("---", first) else _FIRST_LINES)
    fields, index = _read_top(text, lines)
    if len(lines) == _FIRST_LINES and 2 * index > _FIRST_LINES:  # many headers
        lines = _split_lines(text, first, _TOP_LINES)
        fields, index = _read_top(text, lines)
    start = lines[index][0] if index < len(lines) else _skip_outer(text, lines[-1][1] if lines else 0)
    if machine_date := read_machine_date(text, start):
        fields.append(machine_date[0])
        start = machine_date[1]
        lines, index = _split_lines(text, start, _FIRST_LINES), 0
    title = title or next((str(field.value) for field in fields if field.name == "headline"), None)
    if title and (titled := _find_title(text, lines[index:], title)):
        return fields + _read_below(text, *titled, fields), start
    if dateline := read_dateline(text, start):
        return fields + _dateline_fields(text, dateline, fields), dateline.end
    return fields + _read_headline(text, lines[index:], fields), start


def _skip_outer(text: str, start: int) -> int:
    return _LEADING.match(text, start).end()  # type: ignore[union-attr]


def _split_lines(text: str, start: int, most: int) -> list[Span]:
    """Return the spans of the first lines without surrounding white space; a blank line is an empty span."""
    spans: list[Span] = []
    for match in _LINE.finditer(text, start):
        if len(spans) == most or match.start() == len(text):
            break
        spans.append(_strip(text, *match.span("words")))
    return spans


def _strip(text: str, start: int, end: int) -> Span:
    line = text[start:end].rstrip()
    first = end - len(text[start:end].lstrip()) if line[:1].isspace() else start
    if text[first : first + 1] in _MARKS:
        first = min(_skip_outer(text, first), end)
    return first, max(first, start + len(line))


def _read_top(text: str, lines: list[Span]) -> tuple[list[Field], int]:
    """Return the fields of the header lines, and the index of the first line below them."""
    fields: list[Field] = []
    index = _skip_blank(lines, 0)
    if closing := _find_front_matter(text, lines, index):
        fields += read_front_matter(text, lines[index + 1 : closing])
        index = closing + 1
    found, index = _read_header_lines(text, lines, index)
    return fields + found, index


def _find_front_matter(text: str, lines: list[Span], index: int) -> int | None:
    """Return the index of the `---` that closes the front matter; `index` is the `---` that opens it."""
    if index == len(lines) or text[slice(*lines[index])] != "---":
        return None
    below = range(index + 1, len(lines))
    return next((number for number in below if text[slice(*lines[number])] == "---"), None)


def _skip_blank(lines: list[Span], index: int) -> int:
    while index < len(lines) and lines[index][0] == lines[index][1]:
        index += 1
    return index


def _read_header_lines(
    text: str, lines: list[Span], index: int, *, below_headline: bool = False
) -> tuple[list[Field], int]:
    """Return the fields of the header lines from `index` on, and the index of the first line below them."""
    fields: list[Field] = []
    while (index := _skip_blank(lines, index)) < len(lines):
        found = _read_line(text, lines, index, below_headline=below_headline)
        if found is None:
            break
        if index + 1 < len(lines) and (longer := _read_names_on(text, found, lines[index + 1])):
            found, index = longer, index + 1
        fields += found
        index += 1
        has_byline = any(field.name == "byline" for field in found)
        while has_byline and index < len(lines) and is_affiliation(text[slice(*lines[index])]):
            index += 1
    return fields, index


def _read_names_on(text: str, found: list[Field], line: Span) -> list[Field] | None:
    """Join a byline with its second line: "By Ada Example and / Bo Sample"; None if `line` does not continue it."""
    if len(found) != 1 or found[0].name != "byline" or not str(found[0].value).endswith((" and", " &")):
        return None
    start, end = found[0].start, line[1]
    return [Field("byline", text[start:end], start, end)] if are_names(text[slice(*line)]) else None


def _read_line(text: str, lines: list[Span], index: int, *, below_headline: bool) -> list[Field] | None:
    """Read a header line; below a headline, a bare name is the author if a date or an address follows it."""
    start, end = lines[index]
    found = read_header_line(text, start, end)
    if found is not None or not below_headline or not is_person(text[start:end]):
        return found
    following = _skip_blank(lines, index + 1)
    if following == len(lines):
        return None
    below = read_header_line(text, *lines[following]) or []
    is_author = any(field.name == "published_on" for field in below) or is_contact(
        text[slice(*lines[following])]
    )
    return [Field("byline", text[start:end], start, end)] if is_author else None


def _find_end(text: str, start: int) -> int:
    """Return the end of the body, before the white space at the end of the file."""
    end = len(text)
    while end > start and _LEADING.fullmatch(text, end - 1, end):
        end -= 1
    return end


def _find_title(text: str, lines: list[Span], title: str) -> tuple[list[Span], int] | None:
    """Return the lines from `title` on, and the number of lines of the title; None if the text does not have it.

    A kicker or the name of a newspaper column may precede the title.
    """
    words = _words(title)
    filled = [number for number, (start, end) in enumerate(lines) if start < end][:_TITLE_LINES]
    for number in filled if words else ():
        for height in range(1, MAX_LINES + 1):
            line_words = _words(text[lines[number][0] : lines[min(number + height, len(lines)) - 1][1]])
            if line_words == words:
                return lines[number:], height
            if line_words != words[: len(line_words)]:
                break
    return None


def _words(text: str) -> list[str]:
    return text[:_TITLE_LENGTH].casefold().split()


def _read_below(text: str, lines: list[Span], height: int, known: Sequence[Field]) -> list[Field]:
    """Read the headline (the first `height` lines), and the headers and the dateline below it."""
    headline = Field("headline", text[lines[0][0] : lines[height - 1][1]], lines[0][0], lines[height - 1][1])
    below = _read_down_to_dateline(text, lines[height - 1 :], known)
    if below is None:
        below = _read_header_lines(text, lines, height, below_headline=True)[0]
    return [headline, *below]


def _read_signature(text: str, start: int, end: int) -> list[Field]:
    """Read the authors in one of the last lines: "(Reporting by Ada Example; Editing by Bo Sample)"."""
    tail = max(start, end - _SIGNATURE)
    if not may_be_signed(text, tail, end):
        return []
    for line in reversed(list(_LINE.finditer(text, tail, end))[-_LAST_LINES:]):
        first, last = _strip(text, *line.span("words"))
        if span := find_signature(text[first:last]):
            return [
                Field("byline", text[first + span[0] : first + span[1]], first + span[0], first + span[1])
            ]
    return []


def _read_headline(text: str, lines: list[Span], known: list[Field]) -> list[Field]:
    """Read the headline at the start of `lines`, if they have one, and the headers and the dateline below it."""
    if not lines:
        return []
    if (above := _read_below_first_line(text, lines, known)) is not None:
        return above
    height = _measure_headline(text, lines)
    start, end = lines[0][0], lines[height - 1][1]
    below = _read_down_to_dateline(text, lines, known)
    if below is None:
        below, index = _read_header_lines(text, lines, height, below_headline=True)
        has_header = index > _skip_blank(lines, height)
        following = [
            text[slice(*line)] for line in lines[index if has_header else height : index + _LOOK_AHEAD]
        ]
        if not is_headline(text[start:end], following, has_header=has_header):
            return []
    elif not is_one_title(text[start:end]):
        return below
    return [Field("headline", text[start:end], start, end), *below]


def _read_below_first_line(text: str, lines: list[Span], known: list[Field]) -> list[Field] | None:
    """Read the headline below a first line that is a note to editors or a kicker; None for any other first line."""
    first = text[slice(*lines[0])]
    is_for_editors = is_note(first)
    if not (is_for_editors or is_kicker(first)):
        return None
    rest = lines[_skip_blank(lines, 1) :]
    if not rest or (not is_for_editors and _read_line(text, rest, 0, below_headline=True) is not None):
        return None
    if is_for_editors and (dateline := read_dateline(text, rest[0][0])):
        return _dateline_fields(text, dateline, known)
    fields = _read_headline(text, rest, known)
    if is_for_editors:
        return fields
    headline = next((str(field.value) for field in fields if field.name == "headline"), "")
    return fields if is_above(first, headline) else None


def _measure_headline(text: str, lines: list[Span]) -> int:
    """Count the lines of the headline: short lines down to a blank line, a note, a header or a dateline, else one."""
    for height, (start, end) in enumerate(lines[1 : MAX_LINES + 1], 1):
        if start == end or is_note(text[start:end]) or read_dateline(text, start):
            return height
        if _read_line(text, lines, height, below_headline=True) is not None:
            return height
        if end - start > MAX_WIDTH:
            break
    return 1


def _read_down_to_dateline(text: str, lines: list[Span], known: Sequence[Field]) -> list[Field] | None:
    """Read the fields from below the headline to the dateline; None if no dateline follows before a paragraph."""
    fields: list[Field] = []
    filled = [line for line in lines if line[0] < line[1]]
    for index, (start, end) in enumerate(filled[1 : _LOOK_AHEAD + 1], 1):
        found = _read_line(text, filled, index, below_headline=True)
        if found is None and (dateline := read_dateline(text, start)):
            short = filled[0][1] - filled[0][0] <= _SHORT
            return fields + _dateline_fields(text, dateline, [*known, *fields]) if short else None
        if found is None and end - start > _SHORT:
            return None
        fields += found or []
    return None


def _dateline_fields(text: str, dateline: Dateline, known: list[Field]) -> list[Field]:
    fields = [
        Field(name, text[slice(*span)], *span)
        for name, span in (
            ("dateline_place", dateline.place),
            ("dateline_date", dateline.date),
            ("agency", dateline.agency),
            ("byline", dateline.byline),
        )
        if span
    ]
    day = _dateline_day(text, dateline.date, known) if dateline.date else None
    return [*fields, day] if day else fields


def _dateline_day(text: str, span: Span, known: Iterable[Field]) -> Field | None:
    written = text[slice(*span)]
    found = read_date(written)
    if found is None and (month := read_month_of_day(written)):
        year = find_year(known, text, month)
        found = read_day(written, year) if year else None
    return Field("published_on", found.day, *span) if found else None
