"""`onrecord site`: write the published warehouse as a folder of linked pages."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from flows.commands.common import WarehouseOption, read_settings
from flows.display.quantities import count


def site(
    out: Annotated[Path, typer.Argument(metavar="OUT", help="Folder: new, empty, or with an earlier site.")],
    warehouse: WarehouseOption = None,
    articles: Annotated[int, typer.Option(min=1, metavar="N", help="Write the N newest articles.")] = 1000,
    actors: Annotated[
        int,
        typer.Option(
            min=2, metavar="N", help="Write the N actors with the most statements by or about them."
        ),
    ] = 500,
) -> None:
    """Write all pages as files that need no server.

    Writes linked pages of the report, articles, actors, outlets and stories, with a search. Runs do not delete them.
    """
    from report.site import Bounds, write_site

    settings = read_settings({"warehouse": warehouse})
    files = write_site(settings.warehouse, out, settings.watchlist_file, Bounds(articles, actors))
    print(f"wrote {count(files, 'file')}; open {out / 'index.html'}")
