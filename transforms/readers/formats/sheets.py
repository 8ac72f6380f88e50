"""Read the rows of an Excel sheet one by one; an unreadable cell becomes empty and does not affect other cells."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from typing import Any

_MOST_COLUMNS = 1_000  # columns of a sheet; all cells further to the right go into the last column


def read_rows(sheet: Any) -> Iterator[tuple[int, tuple[Any, ...]]]:
    """Yield each row in the file with its number, from 1, and its cells.

    `sheet` belongs to a workbook opened read-only by openpyxl. The size of the sheet that the file states is ignored.
    """
    book = sheet.parent
    with sheet._get_source() as source, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a date beyond the calendar
        parser = _parser_class()(
            source,
            sheet._shared_strings,
            data_only=True,
            epoch=book.epoch,
            date_formats=book._date_formats,
            timedelta_formats=book._timedelta_formats,
        )
        for number, cells in parser.parse():
            placed = {min(cell["column"], _MOST_COLUMNS): cell["value"] for cell in cells}
            yield number, tuple(placed.get(column) for column in range(1, max(placed, default=0) + 1))


def _parser_class() -> Any:
    from openpyxl.worksheet._reader import WorkSheetParser

    class Parser(WorkSheetParser):  # type: ignore[misc]  # openpyxl has no types
        def parse_cell(self, element: Any) -> dict[str, Any]:
            """Return the cell, or an empty one if its date, number, position or shared string is damaged."""
            try:
                return dict(super().parse_cell(element))
            except (ValueError, TypeError, IndexError, OverflowError, KeyError, AttributeError):
                return {"row": self.row_counter, "column": self.col_counter, "value": None}

    return Parser
