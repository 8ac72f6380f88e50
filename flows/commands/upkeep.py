"""`onrecord maintain`, `backup` and `restore`: compact a warehouse, back it up, and restore a backup."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from flows.commands.common import USAGE, WarehouseOption, fail, print_set_aside, read_settings
from flows.display import quantities

if TYPE_CHECKING:
    from flows.replicas.backup import Backup
    from warehouse.files.compaction import Compacted

Place = Annotated[
    str | None,
    typer.Argument(metavar="PLACE", help="Folder or address (s3://...).", show_default="$ONRECORD_BACKUP"),
]
KeepOption = Annotated[
    int | None,
    typer.Option("--keep", min=1, metavar="N", help="Keep the N newest backups.", show_default="7"),
]


def maintain(
    warehouse: WarehouseOption = None,
    backup: Annotated[
        str | None, typer.Option(metavar="PLACE", help="Back up to this folder or address.")
    ] = None,
    keep_backups: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="Keep the N newest backups.", show_default="7")
    ] = None,
    keep_days: Annotated[
        int | None,
        typer.Option(min=1, metavar="N", help="Keep all run data of the last N days.", show_default="90"),
    ] = None,
    keep_versions: Annotated[
        int | None,
        typer.Option(min=0, metavar="N", help="Keep the last N previous versions.", show_default="2"),
    ] = None,
) -> None:
    """Delete old versions and old run data, compact, back up."""
    from flows.prefect.server import prepare_prefect
    from warehouse.files.connect import require_usable

    given: dict[str, object] = {
        "warehouse": warehouse, "backup": backup, "keep_backups": keep_backups, "keep_days": keep_days,
        "keep_versions": keep_versions,
    }  # fmt: skip
    settings = read_settings(given)
    require_usable(settings.warehouse)
    prepare_prefect(settings.state)
    from flows.maintain import maintain as maintain_flow

    done = maintain_flow(settings)
    _print_removed(done.versions_removed)
    _print_compacted(done.compacted)
    if done.backup:
        _print_backup(done.backup)


def backup(place: Place = None, warehouse: WarehouseOption = None, keep: KeepOption = None) -> None:
    """Back up the warehouse, and verify the backup."""
    settings = read_settings({"warehouse": warehouse, "backup": place, "keep_backups": keep})
    if not settings.backup:
        fail("no place for the backup: name a folder or an address, or set ONRECORD_BACKUP", USAGE)
    from flows.replicas.backup import back_up

    _print_backup(back_up(settings, settings.backup))


def restore(
    backup: Annotated[
        str,
        typer.Argument(
            metavar="BACKUP", help="Backup to restore, or a folder of backups: the newest one is restored."
        ),
    ],
    warehouse: WarehouseOption = None,
) -> None:
    """Replace the warehouse with a verified backup."""
    from flows.replicas.backup import restore as restore_backup

    settings = read_settings({"warehouse": warehouse})
    restored = restore_backup(settings, backup)
    print(
        f"restored version {restored.restored_from} as version {restored.version_no} of {settings.warehouse}; "
        f"to write its report: onrecord report"
    )
    print_set_aside(restored.aside)


def _print_compacted(compacted: Compacted) -> None:
    pruned = ", ".join(
        f"{quantities.count(rows, 'row')} of {table}" for table, rows in compacted.rows_pruned.items()
    )
    print(f"pruned     {pruned or 'nothing'}")
    print(f"compacted  {quantities.size(compacted.bytes_before)} -> {quantities.size(compacted.bytes_after)}")


def _print_backup(made: Backup) -> None:
    print(f"backup     {made.address}")
    print(
        f"           version {made.version_no}, {quantities.size(made.size)}, verified: "
        f"{quantities.count(made.rows, 'row is', 'rows are')} equal"
    )
    _print_removed(made.removed)


def _print_removed(names: list[str]) -> None:
    for name in names:
        print(f"removed    {name}")
