"""Choose one value for each field, and its evidence, from the values found in several places.

1. A value from the format (a JSON key, a column, an element), outside the text, takes precedence.
2. Otherwise the first place in the text counts, from top to bottom: `Key: value` lines, headline, byline, dateline.
3. Of several dates in the text, the first valid date counts: the full date of a dateline is preferred to an ambiguous
   `03/04/2019` above it. A date from the format counts even if it is invalid, because the text may contradict it.
4. The evidence is a span of the text that equals the value exactly. If the text differs, even only in capitals, there
   is no span. If the text has the value twice, the span is the second occurrence, which is inside the body.
5. The day of publication has a span only if it was read from that span; `published_in` must name the same place.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from transforms.readers.fields.field import Field, Value

Spans = tuple[tuple[str, int, int], ...]


def settle(given: Mapping[str, str], fields: Sequence[Field]) -> tuple[dict[str, Value], Spans]:
    """Return the value of each field of Record, and the spans of the values found in the text, in text order.

    `given` has the values from the format, by field; `fields` has the values read in the text, from top to bottom.
    """
    values: dict[str, Value] = dict(given)
    spans: dict[str, tuple[int, int]] = {}
    readable = [field for field in fields if field.value is not None and field.name != "published_on"]
    for field in readable:
        if values.setdefault(field.name, field.value) == field.value:
            spans[field.name] = field.start, field.end
    if "published" not in given and (day := _choose_date(fields)):
        values |= {"published": day.written or str(day.value), "published_on": day.value}
        values["published_in"] = "header" if day.written else "dateline"
        if day.value:
            spans["published_on"] = day.start, day.end
    placed = sorted(spans.items(), key=lambda item: item[1])
    return values, tuple((name, start, end) for name, (start, end) in placed)


def _choose_date(fields: Sequence[Field]) -> Field | None:
    """Return the first valid date; if none is valid, the first date."""
    dates = [field for field in fields if field.name == "published_on"]
    return next((field for field in dates if field.value), dates[0] if dates else None)
