"""A field found in several places -> its value and its evidence, decided here for every format and every field.

1. What the format says of a field counts: a JSON key, a column, an element. It stands outside the text.
2. Else the first place in the text counts, from top to bottom: `Key: value` lines, a headline, a byline, a dateline.
3. Of dates in the text the first that can be read counts, for `03/04/2019` above says less than the full date of a
   dateline below. A date of the format counts even when it cannot be read: two dates that disagree are no proof.
4. The evidence is a span of the text whose slice says exactly what the value says. Where the text says something
   else, if only in capitals, there is no span. Where it says the same twice, the later one counts, which is the one
   inside the body.
5. A day of publication has a span only when it was read there; `published_in` names the same place.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from transforms.readers.fields.field import Field, Value

Spans = tuple[tuple[str, int, int], ...]


def settle(told: Mapping[str, str], fields: Sequence[Field]) -> tuple[dict[str, Value], Spans]:
    """Values by field of Record, and the span of each value that is in the text, in the order of the text.

    `told` is what the format says, by field; `fields` is what was read in the text, from top to bottom.
    """
    values: dict[str, Value] = dict(told)
    spans: dict[str, tuple[int, int]] = {}
    readable = [field for field in fields if field.value is not None and field.name != "published_on"]
    for field in readable:
        if values.setdefault(field.name, field.value) == field.value:
            spans[field.name] = field.start, field.end
    if "published" not in told and (day := _choose_date(fields)):
        values |= {"published": day.written or str(day.value), "published_on": day.value}
        values["published_in"] = "header" if day.written else "dateline"
        if day.value:
            spans["published_on"] = day.start, day.end
    placed = sorted(spans.items(), key=lambda item: item[1])
    return values, tuple((name, start, end) for name, (start, end) in placed)


def _choose_date(fields: Sequence[Field]) -> Field | None:
    """The first date that could be read, else the first."""
    dates = [field for field in fields if field.name == "published_on"]
    return next((field for field in dates if field.value), dates[0] if dates else None)
