"""`onrecord formats`: list the file formats and what is recognised in each."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table


def formats(
    markdown: Annotated[
        bool, typer.Option("--markdown", help="Print the page docs/formats.md instead.")
    ] = False,
) -> None:
    """List the file formats that On Record reads."""
    from transforms.readers import FORMATS
    from transforms.readers.formats_page import write_page

    if markdown:
        print(write_page(), end="")
        return
    table = Table("format", "what is recognised", "example", box=None, pad_edge=False, header_style="bold")
    for format_ in FORMATS:
        table.add_row(format_.name, format_.about, f"onrecord ingest {format_.example}")
    Console().print(table)
