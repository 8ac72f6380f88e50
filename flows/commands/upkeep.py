"""`onrecord maintain`, `backup` and `restore`: a warehouse in, the same in less space, or a copy of it elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from flows.commands.common import (
    USAGE,
    WarehouseOption,
    exit_on_failure,
    fail,
    print_set_aside,
    read_settings,
)

if TYPE_CHECKING:
    from flows.replicas.backup import Backup
    from flows.settings import Settings
    from warehouse.files.compaction import Compacted

Place = Annotated[
    str | None,
    typer.Argument(metavar="PLACE", help="Folder or address (s3://...); default: $ONRECORD_BACKUP"),
]
KeepOption = Annotated[
    int | None, typer.Option("--keep", min=1, metavar="N", help="Leave the N newest there; default: 7.")
]


def maintain(
    warehouse: WarehouseOption = None,
    backup: Annotated[
        str | None, typer.Option(metavar="PLACE", help="Back up to this folder or address (s3://...).")
    ] = None,
    keep_backups: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="Leave the N newest backups there; default: 7.")
    ] = None,
    keep_days: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="Keep all data of runs of N days; default: 90.")
    ] = None,
    keep_versions: Annotated[
        int | None, typer.Option(min=0, metavar="N", help="Leave the last N former versions; default: 2.")
    ] = None,
) -> None:
    """Drop old versions and run data, compact the file, back it up, and read the backup back."""
    from flows.prefect.server import prepare_prefect
    from warehouse.files.connect import require_usable

    given: dict[str, object] = {
        "warehouse": warehouse, "backup": backup, "keep_backups": keep_backups, "keep_days": keep_days,
        "keep_versions": keep_versions,
    }  # fmt: skip
    settings = _settings(given)
    with exit_on_failure(settings):
        require_usable(settings.warehouse)
        prepare_prefect(settings.state)
        from flows.maintain import maintain as maintain_flow

        done = maintain_flow(settings)
    _tell_removed(done.versions_removed)
    _tell_compacted(done.compacted)
    if done.backup:
        _tell_backup(done.backup)


def backup(place: Place = None, warehouse: WarehouseOption = None, keep: KeepOption = None) -> None:
    """Back the warehouse up, and read the backup back to see that it is good."""
    settings = _settings({"warehouse": warehouse, "backup": place, "keep_backups": keep})
    if not settings.backup:
        fail("where to? Name a folder or an address, or set ONRECORD_BACKUP", USAGE)
    from flows.replicas.backup import back_up

    with exit_on_failure(settings):
        _tell_backup(back_up(settings, settings.backup))


def restore(
    backup: Annotated[
        str, typer.Argument(metavar="BACKUP", help="A backup; or a folder of them: then the newest.")
    ],
    warehouse: WarehouseOption = None,
) -> None:
    """Put a backup in the place of the warehouse, in one step, once it has been found whole."""
    from flows.replicas.backup import restore as restore_backup

    settings = _settings({"warehouse": warehouse})
    with exit_on_failure(settings):
        restored = restore_backup(settings, backup)
    print(
        f"restored version {restored.restored_from} as version {restored.version_no} of {settings.warehouse}; "
        f"for its report: onrecord report"
    )
    print_set_aside(restored.aside)


def _settings(given: dict[str, object]) -> Settings:
    return read_settings({name: value for name, value in given.items() if value is not None})


def _tell_compacted(compacted: Compacted) -> None:
    pruned = ", ".join(f"{rows:,} rows of {table}" for table, rows in compacted.rows_pruned.items())
    print(f"pruned     {pruned or 'nothing'}")
    print(f"compacted  {_megabytes(compacted.bytes_before)} -> {_megabytes(compacted.bytes_after)}")


def _tell_backup(made: Backup) -> None:
    print(f"backup     {made.address}")
    print(
        f"           version {made.version_no}, {_megabytes(made.size)}, read back: {made.rows:,} rows are equal"
    )
    _tell_removed(made.removed)


def _tell_removed(names: list[str]) -> None:
    for name in names:
        print(f"removed    {name}")


def _megabytes(size: int) -> str:
    return f"{size / 1e6:,.1f} MB"
