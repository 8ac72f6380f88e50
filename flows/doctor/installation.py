"""Check everything that a run needs, and say what to do if something is wrong.

Changes nothing and runs no flow. Only the findings about the server import Prefect.
"""

from __future__ import annotations

import hashlib
import os
import platform
import shlex
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from typing import Any

import polars as pl
from packaging.requirements import Requirement

from flows.display.quantities import count, size
from flows.display.summary import NOT_APPLIED
from flows.doctor.finding import Finding
from flows.prefect.schedule import find_server
from flows.provenance import SettingsError, find_file, find_unknown
from flows.replicas.backup import list_left_copies
from flows.run.alive import find_deaths
from flows.run.corrections import open_corrections
from flows.settings import Settings
from flows.sources.redact import redact
from report.attempt import read_attempt
from schema.annotation import AnnotationError
from transforms.identify.corrections import CorrectionError
from warehouse.files.backup import fingerprint
from warehouse.files.checked import is_checked
from warehouse.files.connect import WarehouseBusy, WarehouseError, query, require_usable
from warehouse.files.lock import find_holder
from warehouse.files.replace import FOLDER, list_aside, list_leftovers, previous_versions
from warehouse.files.restore import whole_versions
from warehouse.query.changes import latest_version
from warehouse.staging.corrections import LINE

SPARE = 1_000_000_000  # bytes that a run may need in addition to copies of the warehouse
BUSY = "runs wait for that program; the file itself needs no repair"
SHOWN = ("onrecord", "prefect", "duckdb", "polars", "great-expectations", "onnxruntime")


def examine(settings: Settings) -> Iterator[Finding]:
    """Yield all findings, in the order in which the user should act on them."""
    yield find_versions()
    yield find_model()
    yield find_place(settings)
    yield find_disk(settings)
    yield find_lock(settings)
    yield find_leftovers(settings)
    yield find_settings(settings)
    yield find_checks(settings)
    yield find_corrections(settings)
    yield from find_server()
    yield find_zone()
    yield from find_runs(settings)


def find_versions() -> Finding:
    """Whether Python and the packages have the required versions."""
    wrong = [str(need) for need in map(Requirement, requires("onrecord") or []) if not _is_met(need)]
    shown = ", ".join(f"{name} {version(name)}" for name in SHOWN)
    advice = f"reinstall On Record: it needs {', '.join(wrong)}" if wrong else ""
    return Finding("versions", f"Python {platform.python_version()}, {shown}", advice)


def _is_met(need: Requirement) -> bool:
    if need.marker and not need.marker.evaluate({"extra": ""}):
        return True
    try:
        return need.specifier.contains(version(need.name), prereleases=True)
    except PackageNotFoundError:
        return False


def find_model() -> Finding:
    """Whether the model files of each language exist."""
    import models
    from transforms.language import LANGUAGES

    folder = Path(models.__file__).parent
    files = [
        name
        for language in LANGUAGES.values()
        for name in (language.models.tagger_network, language.models.tagger_weights)
    ]
    missing = [name for name in files if not (folder / name).is_file()]
    if missing:
        return Finding("model", f"{', '.join(missing)} is not in {folder}", "reinstall On Record")
    hashes = ", ".join(f"{name} {_hash(folder / name)}" for name in files)
    return Finding("model", f"{hashes} (SHA-256)")


def _hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:16]


def find_place(settings: Settings) -> Finding:
    """Whether runs can write to the folders they need."""
    try:
        require_usable(settings.warehouse, make_folder=False)
    except WarehouseBusy as error:
        return Finding("place", str(error), BUSY)
    except WarehouseError as error:
        return Finding("place", str(error), _advise_return(settings))
    kept = [folder for folder in (settings.report.parent, settings.state) if folder.exists()]
    locked = [str(folder) for folder in kept if not os.access(folder, os.W_OK)]
    advice = f"make {', '.join(locked)} writable for the user who runs onrecord" if locked else ""
    return Finding("place", f"{settings.folder} is writable" if not locked else "not writable", advice)


def find_disk(settings: Settings) -> Finding:
    """Whether a run has room for a copy of the warehouse and for what it stages."""
    folder = next(parent for parent in (settings.folder, *settings.folder.parents) if parent.exists())
    free = shutil.disk_usage(folder).free
    taken = settings.warehouse.stat().st_size if settings.warehouse.exists() else 0
    found = f"{size(free)} free, warehouse {size(taken)}"
    return Finding(
        "disk",
        found,
        "" if free > SPARE + 2 * taken else "free some space with onrecord maintain, or use a larger disk",
    )


def find_lock(settings: Settings) -> Finding:
    """Find the process that is writing to the warehouse, if there is one."""
    holder = find_holder(settings.warehouse)
    return Finding("lock", f"held by {holder}" if holder else "free")


def find_leftovers(settings: Settings) -> Finding:
    """Find leftovers of killed commands, and files that a rollback or restore set aside."""
    published = settings.warehouse.resolve()
    names = [file.name for file in (*list_leftovers(published), *list_left_copies(settings.state))]
    if names and not find_holder(settings.warehouse):
        found = f"a killed command left {', '.join(names)}"
        return Finding("leftovers", found, f"onrecord maintain{_option(settings)} removes the leftovers")
    aside = [f"{FOLDER}/{file.name}" for file in list_aside(published)]
    return Finding("leftovers", f"set aside: {', '.join(aside)}" if aside else "none")


def find_settings(settings: Settings) -> Finding:
    """Report the sources of the settings, and unknown names in these sources."""
    file = find_file(settings.warehouse)
    found = (
        f"{file} and the environment"
        if file.exists()
        else "from the environment; onrecord settings lists them"
    )
    try:
        unknown = list(find_unknown(Settings, settings.warehouse))
    except SettingsError as error:
        unknown = [str(error)]
    return Finding(
        "settings", "; ".join(unknown) or found, "correct the name, or remove it" if unknown else ""
    )


def find_checks(settings: Settings) -> Finding:
    """Whether the user's own checks and thresholds are valid."""
    from expectations.rulebook import CheckError, open_rulebook
    from flows.last_resort import bound_checks

    folder = settings.checks_folder
    try:
        open_rulebook(settings.thresholds, folder, bound_checks(settings))
    except CheckError as error:
        return Finding(
            "checks", str(error), "correct it or move it out of the folder; until then no run can start"
        )
    own = len(list(folder.glob("*.sql")))
    return Finding("checks", f"{own} of your own in {folder}" if own else "none of your own")


def find_corrections(settings: Settings) -> Finding:
    """Whether each correction is valid, and was applied in the last run."""
    try:
        lines = open_corrections(settings)
    except (CorrectionError, AnnotationError) as error:
        return Finding("corrections", str(error), "correct the line; until then no run can start")
    place = f"{settings.corrections_file}" if settings.corrections_file else "shipped with On Record"
    found = f"{count(lines.height, 'line')}, {place}" if lines.height else "none"
    try:
        applied = query(settings.warehouse, APPLIED)
    except Exception:  # the finding on the warehouse reports it
        return Finding("corrections", found)
    if not applied.select(LINE).equals(lines.select(LINE)):
        return Finding("corrections", f"{found}; the next run applies the changes since the last run")
    unapplied = applied.filter(pl.col("outcome") != "applied").to_dicts()
    if not unapplied:
        return Finding("corrections", found)
    first = "; ".join(
        f"correction {row['correction_no']} {NOT_APPLIED[row['outcome']]}" for row in unapplied[:3]
    )
    more = f"; and {len(unapplied) - 3} more" if len(unapplied) > 3 else ""
    sql = f"onrecord sql{_option(settings)} 'from actor_corrections_applied'"
    advice = f"correct or delete these lines; to list them: {sql}"
    return Finding("corrections", f"{found}: {first}{more}", advice)


def find_zone() -> Finding:
    """Report the machine's time zone, which cron uses; the warehouse uses UTC."""
    now = datetime.now().astimezone()
    return Finding("time", f"{now:%Y-%m-%d %H:%M %Z} here, {now.astimezone(UTC):%Y-%m-%d %H:%M} UTC")


def find_runs(settings: Settings) -> Iterator[Finding]:
    """Report the published version, whether all of it can be read, and how the last run ended."""
    if deaths := list(find_deaths(settings.state).values()):
        advice = "repeat the command to resume the run; if memory ran out, see ONRECORD_MEMORY"
        yield Finding("last run", deaths[-1].describe(settings.warehouse), advice)
    if not settings.warehouse.exists():
        is_kept = bool(previous_versions(settings.warehouse.resolve()))
        advice = _advise_return(settings) if is_kept else "onrecord ingest PATH... creates it"
        yield Finding("warehouse", f"none at {settings.warehouse}{'' if is_kept else ' yet'}", advice)
        return
    try:
        fingerprint(settings.warehouse)
        number = latest_version(settings.warehouse)
        last = query(settings.warehouse, LAST_RUN).row(0, named=True)
    except WarehouseBusy as error:
        yield Finding("warehouse", str(error), BUSY)
        return
    except Exception as error:
        place = "" if str(settings.warehouse) in str(error) else f"{settings.warehouse}: "
        yield Finding("warehouse", f"{place}{error}", _advise_return(settings))
        return
    yield Finding("warehouse", f"version {number} of {settings.warehouse}{_extractors(last)}")
    yield find_faults_inside(settings)
    if not deaths:
        yield _judge_last(settings, last)


def find_faults_inside(settings: Settings) -> Finding:
    """Whether published rows break a critical rule; checked only if the file has changed since the last run."""
    if is_checked(settings.warehouse.resolve()):
        return Finding("rows", "checked when they were published")
    from expectations.audit import find_faults
    from flows.run.sound import name_faults

    if faults := find_faults(settings.warehouse):
        advice = f"{_advise_return(settings)}; or onrecord rebuild{_option(settings)}"
        return Finding("rows", f"they break {name_faults(faults)}, so no run can publish", advice)
    return Finding("rows", "checked now, because the file changed after the last run")


def _advise_return(settings: Settings) -> str:
    """The command that restores a damaged or missing warehouse."""
    folder = settings.folder
    if folder.is_dir() and not os.access(folder, os.W_OK):
        return f"make {folder} writable for the user who runs onrecord, or choose another --warehouse"
    option = _option(settings)
    if found := next(whole_versions(settings.warehouse.resolve()), None):
        return f"onrecord rollback {found[0]}{option}"
    place = shlex.quote(redact(settings.backup)) if settings.backup else "BACKUP"
    return f"onrecord restore {place}{option}; without a backup, ingest into a new file"


def _option(settings: Settings) -> str:
    is_default = settings.warehouse == Settings.model_fields["warehouse"].default
    return "" if is_default else f" --warehouse {shlex.quote(str(settings.warehouse))}"


APPLIED = "SELECT * EXCLUDE (run_id) FROM ops.actor_corrections ORDER BY correction_no"
LAST_RUN = """
    SELECT
        run_id,
        ended_at,
        (SELECT count(*) FROM ops.checks AS c WHERE c.run_id = r.run_id AND NOT success AND severity = 'warning')
            AS warnings,
        (SELECT list(DISTINCT extractor_version) FROM main.statements) AS extractors
    FROM ops.runs AS r
    ORDER BY ended_at DESC
    LIMIT 1
"""


def _extractors(last: dict[str, Any]) -> str:
    return f", statements found by {', '.join(sorted(last['extractors'] or []))}"


def _judge_last(settings: Settings, last: dict[str, Any]) -> Finding:
    """Report how the last run ended: a failed run leaves a note, and a stopped run leaves `stopped.duckdb`."""
    if attempt := read_attempt(settings.warehouse):
        why = f": {attempt.why[0]}" if attempt.why else ""
        return Finding("last run", f"{attempt.status} at {attempt.at}{why}", "; ".join(attempt.advice))
    stopped = settings.state / "stopped.duckdb"
    if stopped.exists() and stopped.stat().st_mtime > settings.warehouse.stat().st_mtime:
        advice = (
            f"see which checks failed: onrecord sql --warehouse {stopped} 'from ops.checks where not success'"
        )
        return Finding("last run", "was stopped by a critical check", advice)
    warned = last["warnings"]
    verdict = f"passed with {count(warned, 'warning')}" if warned else "passed"
    when = f", published {last['ended_at']:%Y-%m-%d %H:%M} UTC" if last["ended_at"] else ""
    return Finding("last run", f"{last['run_id']} {verdict}{when}")
