"""`onrecord annotate`: open articles in the browser and correct their statements, speakers and actors."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.text import Text

from flows.commands.common import USAGE, WarehouseOption, fail, read_settings
from flows.commands.explore import MEMORY
from flows.display.quantities import count

if TYPE_CHECKING:
    from report.annotations import Annotations

LOCAL = "127.0.0.1"  # only this machine may write


def annotate(
    articles: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="ARTICLE",
            help="Id, path, file name, URL or part of the headline; or id of a statement.",
            show_default=False,
        ),
    ] = None,
    warehouse: WarehouseOption = None,
    shows_list: Annotated[bool, typer.Option("--list", help="Print the annotated articles.")] = False,
    export: Annotated[
        Path | None,
        typer.Option("--export", metavar="FILE", help="Write finished articles for benchmarks and training."),
    ] = None,
    port: Annotated[
        int, typer.Option(min=0, max=65535, metavar="N", help="Port; 0 means any free port.")
    ] = 0,
    browser: Annotated[
        bool, typer.Option("--browser/--no-browser", help="Open the page in the browser.")
    ] = True,
) -> None:
    """Correct what was found in articles, in the browser.

    You can correct statements, speakers and actors; the next run applies the corrections.
    """
    from report.annotations import Annotations

    settings = read_settings({"warehouse": warehouse})
    if bool(articles) + shows_list + (export is not None) != 1:
        fail("name the articles to annotate, or give --list or --export FILE", USAGE)
    annotations = Annotations(settings.annotations_file)
    if shows_list:
        _print_list(annotations)
    elif export is not None:
        _export(annotations, export)
    else:
        from flows.correct import write_line
        from flows.explore import listening, serve_explorer
        from report.article_page import find_article

        ids = list(dict.fromkeys(find_article(settings.warehouse, article) for article in articles or ()))
        annotations.read()  # fails here, before the server starts, if the file cannot be read
        memory = settings.query_memory if "query_memory" in settings.model_fields_set else MEMORY
        with listening(LOCAL, port) as listener, suppress(KeyboardInterrupt):
            serve_explorer(
                settings.warehouse, listener, None, memory,
                lambda cells: write_line(settings, cells)[0],
                lambda address: print(f"annotating {settings.warehouse} at {address}  (Ctrl-C ends it)", flush=True),
                watchlist=settings.watchlist_file, annotations=annotations.path, opens_browser=browser,
                article_ids=ids,
            )  # fmt: skip


def _print_list(annotations: Annotations) -> None:
    from flows.display.summary import plain

    saved = annotations.read()
    for annotation in saved:
        state = "finished" if annotation.get("is_finished") else "not finished"
        statements = count(len(annotation["statements"]), "statement")
        corrections = count(len(annotation.get("corrections", [])), "correction")
        first_line = plain(annotation["text"][:200].strip().partition("\n")[0])[:80]
        line = f"{annotation['article'][:12]}  {state:12}  {statements}, {corrections}  {first_line}"
        Console().print(Text(line), soft_wrap=True)
    if not saved:
        print(f"{annotations.path} has no annotated article; annotate one with: onrecord annotate ARTICLE")


def _export(annotations: Annotations, out: Path) -> None:
    from report.annotations import finished, write_lines
    from warehouse.files.write_whole import write_whole

    saved = annotations.read()
    rows = finished(saved)
    if not rows:
        fail(f"nothing was written: no article in {annotations.path} is marked as finished", USAGE)
    if not out.parent.is_dir():
        fail(f"nothing was written: the folder {out.parent} does not exist", USAGE)
    write_whole(out, lambda part: write_lines(part, rows))
    statements = count(sum(len(row["statements"]) for row in rows), "statement")
    unfinished = len(saved) - len(rows)
    more = f"; {count(unfinished, 'unfinished article')} left out" if unfinished else ""
    print(f"{out}: {count(len(rows), 'article')}, {statements}{more}")
