"""Define the settings of a run, from the command line, the environment (`ONRECORD_...`), `.env` and `onrecord.toml`.

They are read once, at the start of a run, and passed on from there; see `flows/provenance.py`.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, PydanticBaseSettingsSource, SettingsConfigDict
from pydantic_settings import SettingsError as NotJson

from flows.provenance import DEFAULT_WAREHOUSE, DotenvSource, FileSource, Origin, SettingsError, name_origin
from flows.sources.reach import Reach
from flows.sources.redact import conceal, redact
from schema.report_files import report_files

FORMER = "versions"  # folder of previous versions, see warehouse/files/replace.py

if TYPE_CHECKING:
    from flows.compute.bounds import Bounds
    from transforms.readers.limits import Options

SIZE = r"^\d+(\.\d+)? ?[KMGT]i?B$"  # the notation of DuckDB
UNITS = "KMGT"

# The settings that a run started through Prefect may set, see `flows/run/admit.py`.
OUTSIDE = {"again", "data_docs", "dry_run", "languages", "limit", "map", "prune", "wait"}


def form_schema(schema: dict[str, Any]) -> None:
    """Remove defaults, and settings that may not be set from outside, from the form that Prefect shows.

    If the form had defaults, it would send them all and override the environment. The descriptions name the defaults
    instead.
    """
    kept = {name: field for name, field in schema["properties"].items() if name in OUTSIDE | {"warehouse"}}
    schema["properties"] = kept
    for name, field in kept.items():
        default = field.pop("default", None)
        otherwise = f" or {default}" if default not in (None, [], {}) else ""
        field["description"] = f"{field['description']}; if not given: $ONRECORD_{name.upper()}{otherwise}"


class Settings(BaseSettings):
    """The settings of a run; a run writes only into the warehouse's folder and the user's cache folder."""

    model_config = SettingsConfigDict(env_prefix="ONRECORD_", frozen=True, json_schema_extra=form_schema)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Return the sources of the settings, in order of precedence."""
        return init_settings, env_settings, DotenvSource(settings_cls), FileSource(settings_cls)

    warehouse: Path = Field(default=DEFAULT_WAREHOUSE, description="DuckDB file to publish")
    sources: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(),
        description="paths that a run started through Prefect may read; if not given: the working folder",
    )
    max_file_bytes: int = Field(
        default=20_000_000,
        ge=1,
        description="bytes of a file in a format that is read as a whole, such as HTML; larger files are rejected",
    )
    max_unpacked_bytes: int = Field(
        default=2_000_000_000,
        ge=1,
        description="bytes in a file after unpacking; a file with more is rejected",
    )
    max_archive_members: int = Field(default=100_000, ge=1, description="files in one archive")
    max_articles_per_file: int = Field(
        default=100_000, ge=1, description="articles in one file; further articles are rejected"
    )
    max_article_characters: int = Field(
        default=1_000_000, ge=1, description="characters of an article; longer articles are rejected"
    )
    max_nesting: int = Field(default=4, ge=0, description="levels of archives within archives")
    max_payload_characters: int = Field(
        default=10_000, ge=0, description="characters of a rejected article that are stored"
    )
    reader_memory: str = Field(
        default="1GB",
        pattern=SIZE,
        description="memory for reading a file; a file that needs more memory is rejected",
    )
    reader_seconds: float = Field(
        default=10,
        gt=0,
        description="CPU seconds allowed for reading a file; a large file gets more (reader_seconds_per_mb)",
    )
    reader_seconds_per_mb: float = Field(
        default=20,
        ge=0,
        description="CPU seconds allowed per megabyte of a file, if the total exceeds reader_seconds",
    )
    analysis_memory: str = Field(
        default="1GB",
        pattern=SIZE,
        description="memory for analysing an article; an article that needs more memory is rejected",
    )
    analysis_seconds: float = Field(
        default=30,
        gt=0,
        description="CPU seconds allowed for analysing an article; a long one gets more (analysis_seconds_per_mb)",
    )
    analysis_seconds_per_mb: float = Field(
        default=300,
        ge=0,
        description="CPU seconds allowed per megabyte of an article, if the total exceeds analysis_seconds",
    )
    map: Annotated[dict[str, str], NoDecode] = Field(
        default={},
        description="for each field, the column or JSON key that holds it: body=FullText,headline=Head",
    )
    dates: Literal["day_first", "month_first"] | None = Field(
        default=None,
        description="order of day and month in dates like 03/04/2019, if no other date in the file shows it",
    )
    again: bool = Field(default=False, description="read unchanged files again")
    files_per_batch: int = Field(
        default=500, ge=1, description="files per batch; a run reads a batch, then analyses its articles"
    )
    articles_per_batch: int = Field(
        default=2000, ge=1, description="articles that are analysed as one batch; fewer if they are long"
    )
    stage_seconds: float = Field(
        default=5,
        ge=0,
        description="interval, in seconds, at which a run stages its work; a killed run loses at most this much of it",
    )
    languages: Annotated[tuple[str, ...], NoDecode] = Field(
        default=("en",),
        min_length=1,
        description="languages (two-letter codes) whose articles are analysed; other articles are only loaded",
    )
    dry_run: bool = Field(default=False, description="run every step except publishing")
    data_docs: bool = Field(default=False, description="also write the pages of Great Expectations")
    limit: int | None = Field(
        default=None, ge=1, description="stop opening files once this number of articles has been found"
    )
    prune: bool = Field(
        default=False, description="withdraw the articles of files that were deleted from the folders"
    )
    processes: int | None = Field(
        default=None, ge=1, description="processes that analyse articles; if not given: one per core"
    )
    executor: str | None = Field(
        default=None,
        pattern=r"^dask(\+tls)?://\S+$",
        description="Dask cluster that analyses articles instead of local processes: dask://host:8786",
    )
    wait: float = Field(
        default=600, ge=0, description="seconds to wait for another run on the same warehouse to end"
    )
    run_seconds: float = Field(
        default=0,
        ge=0,
        description="time limit of a run in seconds; the next run resumes a run that took longer; 0: no limit",
    )
    step_seconds: float = Field(
        default=0,
        ge=0,
        description="time limit in seconds of a step of a run, such as a batch or the checks; 0: no limit",
    )
    retries: int = Field(
        default=3,
        ge=0,
        le=20,
        description="retries after transient errors of the report, lake, backup or notifications",
    )
    retry_seconds: float = Field(
        default=1, ge=0, description="seconds before the first retry; each later wait is four times as long"
    )
    source_retries: int = Field(
        default=2, ge=0, le=10, description="retries after transient errors in reading a remote file"
    )
    follow_links: bool = Field(
        default=False, description="follow symbolic links in folders, even to files outside the folders"
    )
    web_seconds: float = Field(
        default=60, gt=0, description="seconds for reading one web address, all attempts together"
    )
    web_bytes: int = Field(
        default=100_000_000, ge=1, description="bytes of a web page or file; larger ones are rejected"
    )
    web_redirects: int = Field(default=5, ge=0, description="redirects followed from one web address")
    web_hosts: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(),
        description="hosts in the local network that web addresses may lead to: cms.intranet,10.0.0.7",
    )
    query_memory: str = Field(
        default="1GB",
        pattern=SIZE,
        description="memory that a query may use; if it needs more, it writes to a temporary file",
    )
    query_seconds: float = Field(default=600, ge=0, description="seconds that a query may take; 0: no limit")
    publish: Literal["copy", "in_place"] = Field(
        default="copy",
        description="copy: publish a changed copy; in_place: change the file itself (for large warehouses)",
    )
    memory: str = Field(
        default="500MB",
        pattern=SIZE,
        description="memory that DuckDB may use in a run, such as 4GB; if it needs more, it writes to a temporary file",
    )
    keep_versions: int = Field(
        default=2, ge=0, description="number of previous versions of the file that are kept for a rollback"
    )
    keep_version_days: int = Field(
        default=1,
        ge=0,
        description="number of days before today; the last version of each of these days is kept too",
    )
    thresholds: dict[str, float] = Field(
        default={}, description='thresholds of checks, as JSON: {"speakers_are_resolved.min_share": 0.2}'
    )
    checks: Path | None = Field(default=None, description="folder of your own checks, one .sql file each")
    corrections: Path | None = Field(
        default=None,
        description="CSV file of corrections; if not given: corrections.csv next to the warehouse",
    )
    watchlist: Path | None = Field(
        default=None,
        description="CSV file of saved searches; if not given: watchlist.csv next to the warehouse",
    )
    annotations: Path | None = Field(
        default=None,
        description="file of annotated articles; if not given: annotations.jsonl next to the warehouse",
    )
    backup: str | None = Field(
        default=None, description="folder or address for the backups that `onrecord maintain` makes"
    )
    keep_backups: int = Field(default=7, ge=1, description="number of backups to keep")
    keep_days: int = Field(default=90, ge=1, description="days for which all data of a run is kept")
    lake: str | None = Field(
        default=None,
        pattern=r"^ducklake:.",
        description="DuckLake to which each new version is copied: ducklake:postgres:dbname=news host=db",
    )
    lake_data: str | None = Field(
        default=None, description="folder of the lake's Parquet files, as a path on this machine"
    )
    lake_name: str | None = Field(
        default=None, description="name of this warehouse in the lake; if not given: its file name"
    )
    notify: Annotated[list[str], NoDecode] = Field(
        default=[],
        description="Prefect blocks to send notifications to, like slack-webhook/news",
    )
    notify_command: SecretStr | None = Field(
        default=None, description="command that receives notifications as JSON on its standard input"
    )
    explorer: str = Field(
        default="http://127.0.0.1:4280/",
        pattern=r"^https?://[^\s()]+$",
        description="address at which `onrecord explore` is served; Prefect's pages link to it",
    )

    @model_validator(mode="after")
    def _prunes_what_it_has_read(self) -> Settings:
        """Refuse `prune` with `limit`: files that such a run does not open would count as vanished."""
        if self.prune and self.limit:
            raise ValueError("prune cannot be used with limit, because a run that prunes must see all files")
        return self

    @field_validator("languages", "web_hosts", mode="before")
    @classmethod
    def _split(cls, languages: object) -> object:
        """Split a list in an environment variable: `ONRECORD_LANGUAGES=en,de`."""
        return tuple(languages.replace(",", " ").lower().split()) if isinstance(languages, str) else languages

    @field_validator("languages")
    @classmethod
    def _have_models(cls, languages: tuple[str, ...]) -> tuple[str, ...]:
        """Refuse languages without a model, in which the analysis would find false statements."""
        from transforms.language import LANGUAGES

        if missing := [repr(code) for code in languages if code not in LANGUAGES]:
            available = ", ".join(f"{code} ({language.name})" for code, language in LANGUAGES.items())
            raise ValueError(
                f"no model for {', '.join(missing)}; languages with a model: {available}. Articles in other languages "
                "are loaded but not analysed; docs/languages.md says how to add a language"
            )
        return languages

    @field_validator("sources", "notify", mode="before")
    @classmethod
    def _read_list(cls, values: object) -> object:
        """Read one value or a JSON list from an environment variable: `ONRECORD_SOURCES=inbox`."""
        if not isinstance(values, str):
            return values
        return json.loads(values) if values.startswith("[") else [values]

    @field_validator("backup", "lake")
    @classmethod
    def _hide(cls, address: str | None) -> str | None:
        """Remove secrets from addresses, because settings are stored with runs and shown by Prefect."""
        return address and conceal(address)

    @field_validator("map", mode="before")
    @classmethod
    def _pair(cls, pairs: object) -> object:
        """Read `ONRECORD_MAP=body=FullText,headline=Head`; the keys must be text fields of records."""
        if isinstance(pairs, str):
            split = (pair.partition("=") for pair in pairs.split(",") if pair.strip())
            pairs = {ours.strip(): theirs.strip() for ours, _, theirs in split}
        if not isinstance(pairs, dict) or not pairs:
            return pairs
        from transforms.readers.fields.field_names import NAMES

        wrong = [ours for ours, theirs in pairs.items() if not theirs or ours not in NAMES]
        if wrong:
            raise ValueError(
                f"{wrong[0]!r} must have the form OURS=THEIRS, where OURS is one of {', '.join(NAMES)}"
            )
        return pairs

    @property
    def reach(self) -> Reach:
        """Limits on what a run may follow, retry and download when it reads sources."""
        names = (
            "follow_links", "source_retries", "web_seconds", "web_bytes", "web_redirects", "web_hosts",
        )  # fmt: skip
        return Reach(**{name: getattr(self, name) for name in names})

    @property
    def reader_options(self) -> Options:
        """Limits and column names for the readers."""
        from transforms.readers.limits import Limits, Options

        limits = Limits(
            file_bytes=self.max_file_bytes,
            unpacked_bytes=self.max_unpacked_bytes,
            members=self.max_archive_members,
            articles=self.max_articles_per_file,
            characters=self.max_article_characters,
            nesting=self.max_nesting,
            payload_characters=self.max_payload_characters,
        )
        return Options(limits, self.map, self.dates)

    @property
    def reader_bounds(self) -> Bounds:
        """The memory and time of the process that reads files."""
        from flows.compute.bounds import Bounds

        return Bounds(count_bytes(self.reader_memory), self.reader_seconds, self.reader_seconds_per_mb)

    @property
    def analysis_bounds(self) -> Bounds:
        """The memory and time for analysing an article."""
        from flows.compute.bounds import Bounds

        memory = count_bytes(self.analysis_memory)
        return Bounds(memory, self.analysis_seconds, self.analysis_seconds_per_mb)

    @field_validator("warehouse")
    @classmethod
    def _at_home(cls, warehouse: Path) -> Path:
        """Expand `~/news.duckdb`, because cron and systemd do not, unlike a shell."""
        return warehouse.expanduser()

    @property
    def folder(self) -> Path:
        """The folder of the warehouse, absolute."""
        return self.warehouse.absolute().parent

    @property
    def checks_folder(self) -> Path:
        """The folder of the user's own checks: the folder in the settings, else `checks` next to the warehouse."""
        return self.checks or self.folder / "checks"

    @property
    def corrections_file(self) -> Path | None:
        """The file in the settings or, without one, `corrections.csv` next to the warehouse, if it exists."""
        default = self.folder / "corrections.csv"
        return self.corrections or (default if default.exists() else None)

    @property
    def watchlist_file(self) -> Path:
        """The file of saved searches, which may be missing: the file in the settings, else the default file."""
        return self.watchlist or self.folder / "watchlist.csv"

    @property
    def annotations_file(self) -> Path:
        """The file of annotated articles, which may be missing: the file in the settings, else the default file."""
        return self.annotations or self.folder / "annotations.jsonl"

    @property
    def withheld_file(self) -> Path:
        """The file that lists withdrawn articles, which runs leave out."""
        return self.folder / f"{self.warehouse.stem}.withdrawn.csv"

    @property
    def report(self) -> Path:
        """The HTML report on the published version."""
        return self.folder / "report" / "index.html"

    @property
    def data_docs_folder(self) -> Path:
        """The folder for the result pages that Great Expectations writes."""
        return self.report.parent / "data_docs"

    @property
    def state(self) -> Path:
        """The folder of the runs' own files: log, Prefect's database, the last stopped version."""
        return self.folder / "state"

    @property
    def outputs(self) -> list[Path]:
        """All files that runs write or people edit; no run reads them as articles, even in a folder of articles."""
        ends = (
            "",
            ".wal",
            ".lock",
            ".next",
            ".next.wal",
            ".staging",
            ".staging.wal",
            ".staging.tmp",
            ".lake.lock",
        )
        of_warehouse = [Path(f"{self.warehouse}{end}") for end in ends]
        backups = [Path(self.backup)] if self.backup and "://" not in self.backup else []
        named = self.corrections or self.folder / "corrections.csv"
        edited = (named, self.watchlist_file, self.annotations_file)
        own = [Path(f"{file}{end}") for file in edited for end in ("", ".part", ".lock")]
        report = [*report_files(self.report), self.data_docs_folder]
        return [*of_warehouse, *backups, *own, self.withheld_file, self.folder / FORMER, *report, self.state]

    @property
    def log(self) -> Path:
        """The log of failed runs, with tracebacks."""
        return self.state / "onrecord.log"


def load_settings(given: dict[str, Any]) -> Settings:
    """Load the settings; `given` has the values from the command line. SettingsError for an invalid value."""
    try:
        return Settings(**given)
    except NotJson as error:  # its message names the field
        name = next((name for name in Settings.model_fields if f'"{name}"' in str(error)), "settings")
        raise SettingsError(f"ONRECORD_{name.upper()}: the value is not valid JSON") from error
    except ValidationError as error:
        warehouse = given.get("warehouse") or os.environ.get("ONRECORD_WAREHOUSE")
        raise SettingsError("; ".join(_explain(item, given, warehouse) for item in error.errors())) from error


def load_defaults(warehouse: Path | None) -> Settings:
    """The default settings for a warehouse, regardless of the environment and files."""
    return Settings.model_construct(warehouse=warehouse or DEFAULT_WAREHOUSE)


def _explain(item: Any, given: dict[str, Any], warehouse: object) -> str:
    name = str(item["loc"][0]) if item["loc"] else ""
    wrong = str(item["msg"]).removeprefix("Value error, ")  # pydantic's prefix to messages of our validators
    wrong = wrong.partition(", unable to parse")[0]
    if wrong.startswith("Input should be "):
        shown = f", not {_show(item['input'])[:60]!r}"  # but a list or table may contain a secret
        wrong = f"must {wrong[13:]}{shown if isinstance(item['input'], str | int | float) else ''}"
    if name not in Settings.model_fields:
        return wrong
    origin = name_origin(Settings, name, given, warehouse)
    if (origin, name) == ("command line", "map"):  # typer checks the values of all other options
        return f"--map: {wrong}"
    is_variable = origin.startswith(("$", ".env", "command"))
    return f"ONRECORD_{name.upper()}: {wrong}" if is_variable else f"{origin}: {name}: {wrong}"


def trace_settings(settings: Settings, given: dict[str, Any]) -> list[Origin]:
    """Each setting with its value, without secrets, and its origin."""
    shown = settings.model_dump(mode="json")
    return [
        Origin(name, _show(shown[name]), name_origin(Settings, name, given, settings.warehouse))
        for name in Settings.model_fields
    ]


def _show(value: Any) -> str:
    if value in (None, [], {}):
        return ""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return redact(text)


def count_bytes(size: str) -> int:
    """Convert a size to bytes: `1GB` is 10^9, `1GiB` is 2^30."""
    number, unit = size.rstrip("KMGTiB "), size.lstrip("0123456789. ")
    return int(float(number) * (1024 if "i" in unit else 1000) ** (UNITS.index(unit[0]) + 1))
