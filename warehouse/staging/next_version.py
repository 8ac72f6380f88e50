"""Stage the rows of a run in a file next to the warehouse, `onrecord.duckdb.staging`.

A run reads the published file and never writes to it. On its connection, `main` and `ops` are the published tables
without withdrawn articles, and `staging` holds the run's own rows. `publish.py` merges the two. Each batch is staged
in one transaction, so that a killed run can be resumed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import polars as pl

from schema.column_values import SPANS
from schema.derive import (
    HISTORY,
    amended,
    create_amended,
    create_table,
    ddl,
    literal,
    name_in,
    polars_schema,
    quoted,
    settled_columns,
    sql_type,
    stored_columns,
)
from schema.merge import (
    amend_sql,
    insert_new_sql,
    insert_sql,
    merge_frames,
    merge_sql,
    merges,
    note_amended_sql,
)
from schema.table import Table
from schema.tables import BY_NAME, STATEMENTS, TABLES
from warehouse.files.checked import is_checked
from warehouse.files.connect import WarehouseError, connect_memory, require_usable
from warehouse.files.lock import write_lock
from warehouse.files.replace import CopyAhead, identify, next_path, remove_version, take_in_log
from warehouse.files.upgrade import upgrade

STAGING = "staging"
TAKEN_NAMES = ("ops", STAGING, HISTORY, "search", "system", "temp", "memory", "published", "run")
MEMORY = "500MB"  # memory that DuckDB uses before it writes to disk; enough for a hundred thousand articles
LOG = "128MB"  # size of the write-ahead log before a checkpoint; most runs end before they need one
# Where SQL finds the names `main.x`, `ops.x` and `staging.x`; and where it finds `x` while checks run.
SEARCH_PATH = f"memory.main,memory.ops,run.{STAGING}"
JUDGED_PATH = f"run.{STAGING},memory.main,memory.ops"


class StageError(WarehouseError):
    """A frame does not have the declared schema; the message names the table and the column."""


@dataclass
class NextVersion:
    """The version of the warehouse that a run is building.

    `published` is the file that it will replace or change, and `path` is the staging file; `connection` shows both. If
    `is_resumed`, an interrupted run staged a part of the version, and `run_id` and `started` belong to that run.
    """

    path: Path
    published: Path
    run_id: str
    started: datetime
    is_resumed: bool
    connection: duckdb.DuckDBPyConnection
    _is_within: bool = False
    amended_within: dict[str, str] = field(default_factory=dict)  # conditions given to `amend`, by table name
    copying: CopyAhead | None = None

    def stage(self, *batches: Mapping[str, pl.DataFrame]) -> None:
        """Add the rows of batches (table name -> frame) to the staged tables, in one transaction.

        Tables with `merge` rules (profiles, sources...) are upserted; the others are appended to. StageError if a frame
        does not have exactly the declared schema.
        """
        parts: dict[str, list[pl.DataFrame]] = {}
        for tables in batches:
            for name, frame in tables.items():
                require_schema(name, frame)
                if frame.height:
                    parts.setdefault(name, []).append(frame)
        with self.one_thread(), self.whole():
            for name, frames in parts.items():
                self._add(BY_NAME[name], merge_frames(BY_NAME[name], frames))

    def amend(self, name: str, frame: pl.DataFrame, within: str = "true", others: str = "") -> None:
        """Set the `settled` columns of a table; `frame` has the key and these columns.

        Staged rows are updated at once. Changes to published rows are noted, replacing earlier notes, and applied when
        this version is published. `within` is an SQL condition that holds for these rows. `others` is a query that
        returns more rows like those of `frame`, and can read these as the table `settled`.
        """
        table = BY_NAME[name]
        self.amended_within[name] = within
        rows = f"(FROM settled UNION ALL BY NAME {others})" if others else "settled"
        with self.registered("settled", frame):
            self.connection.execute(amend_sql(table, name_in(table, STAGING), rows))
            self.connection.execute(f"DELETE FROM {amended(table)}; {note_amended_sql(table, rows, within)}")

    def staged(self, name: str, where: str = "true") -> pl.DataFrame:
        """The staged rows of one table; `where` must be trusted SQL."""
        names = ", ".join(quoted(column.name) for column in BY_NAME[name].columns)
        rows = self.connection.sql(f"SELECT {names} FROM {STAGING}.{quoted(name)} WHERE {where}").pl()
        return rows.cast(polars_schema(BY_NAME[name]))

    def staged_count(self, name: str) -> int:
        """How many rows of one table are staged."""
        counted = self.connection.execute(f"SELECT count(*) FROM {STAGING}.{quoted(name)}").fetchall()
        return int(counted[0][0])

    def unstage(self, article_ids: Sequence[str]) -> dict[str, pl.DataFrame]:
        """Remove articles and all their rows from staging; returns the removed rows of FACTS by table.

        `warehouse/staging/unstage_articles.sql` explains how rows that several articles share are updated.
        """
        if not article_ids:
            return {}
        script = Path(__file__).with_name("unstage_articles.sql").read_text(encoding="utf-8")
        with self.registered(
            "incoming", pl.DataFrame({"article_id": article_ids}, {"article_id": pl.String})
        ):
            self.connection.execute("CREATE TEMP TABLE unstaged AS SELECT DISTINCT article_id FROM incoming")
        removed = {name: self.connection.sql(sql).pl() for name, sql in RESTS_ON_ARTICLE.items()}
        with self.whole():
            self.connection.execute(script)
        return removed

    @contextmanager
    def whole(self) -> Iterator[None]:
        """Run the block in one transaction; blocks may be nested."""
        if self._is_within:
            yield
            return
        self._is_within = True
        try:
            with transaction(self.connection):
                yield
        finally:
            self._is_within = False

    @contextmanager
    def one_thread(self, most: int | None = None) -> Iterator[None]:
        """In the block, DuckDB uses one thread, unless more than `most` statements are staged.

        In DuckDB 1.5, the thread that waits for a query polls without a pause until the other threads are done. For
        many short queries, this takes up to half of the CPU time.
        """
        if most is not None and self.staged_count(STATEMENTS.name) > most:
            yield
            return
        [(threads,)] = self.connection.execute("SELECT current_setting('threads')").fetchall()
        self.connection.execute("SET threads = 1")
        try:
            yield
        finally:
            with suppress(duckdb.Error):  # after a full disk, DuckDB refuses every statement
                self.connection.execute(f"SET threads = {threads}")

    @contextmanager
    def memory_lowered(self, share: float) -> Iterator[None]:
        """In the block, DuckDB may use only this share of its memory before it writes to disk."""
        [(most,)] = self.connection.execute("SELECT current_setting('memory_limit')").fetchall()
        size, unit = most.split()  # such as `476.8 MiB`
        self.connection.execute(f"SET memory_limit = '{share * float(size):.1f} {unit}'")
        try:
            yield
        finally:
            self.connection.execute(f"SET memory_limit = '{most}'")

    def reject_in_files(self, rejected: pl.DataFrame) -> None:
        """Count loaded articles as rejected; `rejected` has the `path`, number of `articles` and `reason` per file."""
        with self.registered("rejected", rejected):
            self.connection.execute(REJECT_IN_FILES)

    def reject_files(self, rejected: pl.DataFrame) -> None:
        """Reject whole files (`path`, `reason`) and correct their counts; none of their articles is loaded."""
        with self.registered("rejected", rejected):
            self.connection.execute(REJECT_FILES)

    def note_unanalysed(self, articles: pl.DataFrame) -> None:
        """Note staged articles that must be rejected (`article_id`, `reason_code`, `reason`)."""
        with self.registered("incoming", articles):
            self.connection.execute(f"INSERT INTO {STAGING}.unanalysed BY NAME FROM incoming")

    def note_files(self, files: pl.DataFrame) -> None:
        """Note files (`path`, `size_bytes`, `modified_ns`) before they are read; `open_next` checks for changes."""
        with self.registered("incoming", files):
            self.connection.execute(
                f"INSERT INTO {STAGING}.found_files FROM incoming ANTI JOIN {STAGING}.found_files USING (path)"
            )

    def close(self) -> None:
        """Close the connection; DuckDB writes its log into the file."""
        self.connection.close()

    def _add(self, table: Table, frame: pl.DataFrame) -> None:
        sql = merge_sql if merges(table) else insert_new_sql if table.repeats else insert_sql
        rows = frame.unique(table.key, keep="first", maintain_order=True) if table.repeats else frame
        with self.registered("incoming", rows):
            self.connection.execute(sql(table, f"{STAGING}.{quoted(table.name)}", "incoming"))

    @contextmanager
    def registered(self, name: str, frame: pl.DataFrame) -> Iterator[None]:
        """Within the block, SQL on `connection` can read `frame` as the table `name`."""
        self.connection.register(name, frame.to_arrow())
        try:
            yield
        finally:
            self.connection.unregister(name)


# The rows that leave staging with an article, in the order in which people want to read them.
RESTS_ON_ARTICLE = {
    "articles": "SELECT a.* EXCLUDE (body) FROM staging.articles AS a SEMI JOIN unstaged USING (article_id)",
    "statements": "SELECT s.* FROM staging.statements AS s SEMI JOIN unstaged USING (article_id)",
    "statement_actors": """
        SELECT r.*, s.article_id FROM staging.statement_actors AS r
        JOIN (SELECT DISTINCT statement_id, article_id FROM staging.statements) AS s USING (statement_id)
        SEMI JOIN unstaged USING (article_id)""",
    "mentions": "SELECT m.* FROM staging.mentions AS m SEMI JOIN unstaged USING (article_id)",
}
FACTS = tuple(RESTS_ON_ARTICLE)

# A file all of whose new articles are rejected is itself rejected, unless some of its articles were duplicates.
REJECT_IN_FILES = """
    UPDATE staging.files AS f SET
        articles_loaded = f.articles_loaded - r.articles,
        articles_rejected = f.articles_rejected + r.articles,
        reason = coalesce(f.reason, r.reason),
        outcome = CASE
            WHEN f.articles_loaded > r.articles THEN f.outcome
            WHEN f.articles_duplicate > 0 THEN 'duplicate'
            ELSE 'rejected'
        END
    FROM rejected AS r
    WHERE r.path = f.path"""
REJECT_FILES = """
    DELETE FROM staging.files WHERE path IN (SELECT path FROM rejected)
        AND rowid NOT IN (SELECT min(rowid) FROM staging.files GROUP BY path);
    DELETE FROM staging.sources WHERE path IN (SELECT path FROM rejected);
    UPDATE staging.files AS f SET
        articles_loaded = 0,
        articles_duplicate = greatest(coalesce(f.articles_duplicate, 0), 0),
        articles_rejected = greatest(f.articles_found - f.articles_duplicate, f.articles_rejected, 0),
        reason = coalesce(f.reason, r.reason),
        outcome = 'rejected'
    FROM rejected AS r
    WHERE r.path = f.path;
    UPDATE staging.files AS f SET
        articles_found = f.articles_loaded + f.articles_duplicate + f.articles_rejected
    FROM rejected AS r
    WHERE r.path = f.path"""


@contextmanager
def transaction(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Run the block in a transaction, which an error rolls back."""
    connection.begin()
    try:
        yield
    except BaseException:
        connection.rollback()
        raise
    connection.commit()


@contextmanager
def open_next(
    warehouse: Path | str,
    run_id: str,
    wait: float = 0,
    fingerprint: str | None = None,
    are_still_there: Callable[[pl.DataFrame], bool] = lambda files: True,
    memory: str = MEMORY,
) -> Iterator[NextVersion]:
    """Begin the next version of `warehouse` in an empty staging file, or resume the version of an interrupted run.

    A `fingerprint` is a hash of everything that decides what is staged. A run resumes an interrupted run with the same
    fingerprint, if `are_still_there` is true of the files that the interrupted run noted. The staging file is removed
    at the end, unless the run fails and can be resumed. Raises WarehouseHeld or WarehouseBusy if another process writes
    for more than `wait` seconds, WarehouseError if the published file is damaged or of another shape.
    """
    published = Path(warehouse).expanduser().resolve()
    _require_name(published)
    require_usable(published, wait=wait)
    with write_lock(published, run_id, wait):
        take_in_log(published)
        upgrade(published)
        remove_version(next_path(published))  # a killed run leaves its file behind
        path = staging_path(published)
        if fingerprint is None or not _can_resume(path, published, fingerprint, are_still_there):
            remove_version(path)
        try:
            with _connected(published, path, memory) as connection:
                version = _begin(connection, path, published, run_id, fingerprint)
                try:
                    yield version
                finally:
                    if version.copying:
                        version.copying.stop()
        except BaseException:
            if fingerprint is None:
                remove_version(path)
            raise
        else:
            remove_version(path)
        finally:
            remove_version(next_path(published))


def staging_path(published: Path) -> Path:
    """The staging file of a warehouse."""
    return Path(f"{published}.staging")


def _require_name(published: Path) -> None:
    """Refuse a file name such as `ops.duckdb`: DuckDB would call the database `ops`, which is also a schema's name."""
    if published.name.split(".")[0].lower() in TAKEN_NAMES:
        raise WarehouseError(
            f"a warehouse cannot be called {published.name}: On Record uses that name for a schema or database"
        )


# --- the connection of a run ----------------------------------------------------------------------------------


@contextmanager
def _connected(published: Path, staging: Path, memory: str) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection with the published tables as views and writable staged tables."""
    with connect_memory() as connection:
        connection.execute(_bounded(staging, memory))
        try:
            _attach(connection, published, staging)
        except duckdb.Error as error:
            raise WarehouseError(f"{published}: {error}") from error
        show_published(connection)
        yield connection


def _bounded(staging: Path, memory: str) -> str:
    """SQL that limits the memory of a connection; DuckDB spills other data to a folder next to `staging`."""
    # As a common subplan, DuckDB would materialize all rows of a table that are not withdrawn.
    return (
        f"SET temp_directory = {literal(f'{staging}.tmp')}; SET memory_limit = {literal(memory)}; "
        f"SET preserve_insertion_order = false; SET disabled_optimizers = 'common_subplan'; "
        f"SET wal_autocheckpoint = {literal(LOG)}; PRAGMA disable_checkpoint_on_shutdown"
    )


def _attach(connection: duckdb.DuckDBPyConnection, published: Path, staging: Path) -> None:
    if published.exists():
        connection.execute(f"ATTACH {literal(str(published))} AS published (READ_ONLY)")
    else:
        connection.execute(f"ATTACH ':memory:' AS published; USE published; {ddl()}; USE memory")
    connection.execute(f"ATTACH {literal(str(staging))} AS run; CREATE SCHEMA ops")
    connection.execute(f"CREATE SCHEMA IF NOT EXISTS run.{STAGING}; SET search_path = '{SEARCH_PATH}'")


def show_published(connection: duckdb.DuckDBPyConnection, instead: Mapping[str, str] | None = None) -> None:
    """Create views of the published tables in `main` and `ops`; `instead` has other SQL for some of them."""
    for table in TABLES:
        names = ", ".join(quoted(column.name) for column in stored_columns(table))
        rows = (instead or {}).get(table.name, f"FROM published.{name_in(table)}")
        connection.execute(f"CREATE OR REPLACE VIEW memory.{name_in(table)} AS SELECT {names} {rows}")


def _begin(
    connection: duckdb.DuckDBPyConnection,
    path: Path,
    published: Path,
    run_id: str,
    fingerprint: str | None,
) -> NextVersion:
    """Create missing staging tables; note this run in them, or read from them which run is resumed."""
    with transaction(connection):
        create_staging(connection)
        begun = connection.execute("SELECT run_id, started_at FROM staging.begun").fetchall()
        is_resumed = bool(begun)
        if not is_resumed:
            now = datetime.now(UTC)
            row = ", ".join(map(literal, (run_id, now.isoformat(), fingerprint or "", identify(published))))
            connection.execute(f"INSERT INTO staging.begun VALUES ({row})")
            begun = [(run_id, now)]
        else:
            connection.execute("".join(f"DELETE FROM {STAGING}.{name};" for name in RECOMPUTED_TABLES))
            connection.execute(WITHDRAW_STAGED_AGAIN)
        connection.execute(
            f"DELETE FROM {STAGING}.unchecked; "
            f"INSERT INTO {STAGING}.unchecked SELECT true WHERE {not is_checked(published)}"
        )
    [(run_id, started)] = begun
    return NextVersion(path, published, run_id, started, is_resumed, connection)


def create_staging(connection: duckdb.DuckDBPyConnection) -> None:
    """Create the staging tables that do not exist yet."""
    for table in TABLES:
        connection.execute(create_table(table, STAGING))
        if settled_columns(table):
            connection.execute(create_amended(table))
    connection.execute(OWN_TABLES)


# Tables that every run, even a resumed one, recomputes before it publishes.
RECOMPUTED_TABLES = (
    "runs", "checks", "metrics", "versions", "withdrawn", "superseded", "forgotten", "affected", "reopened", "at_fault",
)  # fmt: skip
# Tables that only staging has: the run, the files it has found, the rows it removes or replaces. `unchecked` is empty
# if all published rows were checked when they were published; otherwise it has one row, and queries that rely on such a
# check read all published rows.
OWN_TABLES = f"""
    CREATE TABLE IF NOT EXISTS {STAGING}.begun (
        run_id VARCHAR, started_at TIMESTAMPTZ, fingerprint VARCHAR, published VARCHAR
    );
    CREATE TABLE IF NOT EXISTS {STAGING}.unchecked AS SELECT true AS is_unchecked;
    CREATE TABLE IF NOT EXISTS {STAGING}.found_files (path VARCHAR, size_bytes BIGINT, modified_ns BIGINT);
    CREATE TABLE IF NOT EXISTS {STAGING}.withdrawn (article_id VARCHAR);
    CREATE TABLE IF NOT EXISTS {STAGING}.superseded (article_id VARCHAR);
    CREATE TABLE IF NOT EXISTS {STAGING}.forgotten (path VARCHAR);
    CREATE TABLE IF NOT EXISTS {STAGING}.affected (profile_id VARCHAR, block VARCHAR, actor_id VARCHAR);
    CREATE TABLE IF NOT EXISTS {STAGING}.reopened (article_id VARCHAR);
    CREATE TABLE IF NOT EXISTS {STAGING}.identities (profile_id VARCHAR, actor_id VARCHAR, rule VARCHAR, kind VARCHAR);
    CREATE TABLE IF NOT EXISTS {STAGING}.moved_identities AS FROM {STAGING}.identities LIMIT 0;
    CREATE TABLE IF NOT EXISTS {STAGING}.staged_again (article_id VARCHAR);
    CREATE TABLE IF NOT EXISTS {STAGING}.overlaid (
        statement_id VARCHAR, profile_id VARCHAR, actor_id VARCHAR, organization_id VARCHAR, role VARCHAR,
        correction VARCHAR, found_role VARCHAR, content VARCHAR, content_spans {sql_type(SPANS)}, kind VARCHAR,
        found_content VARCHAR, found_spans {sql_type(SPANS)}, found_kind VARCHAR
    );
    CREATE TABLE IF NOT EXISTS {STAGING}.given_speakers (
        statement_id VARCHAR, actor_id VARCHAR, relation VARCHAR, mention_id VARCHAR, profile_id VARCHAR
    );
    CREATE TABLE IF NOT EXISTS {STAGING}.stances (
        statement_id VARCHAR, profile_id VARCHAR, stance VARCHAR, stance_confidence FLOAT
    );
    CREATE TABLE IF NOT EXISTS {STAGING}.settled_prints (statement_id VARCHAR, utterance_id VARCHAR);
    CREATE TABLE IF NOT EXISTS {STAGING}.compared_chunks (digest VARCHAR);
    CREATE TABLE IF NOT EXISTS {STAGING}.same_prints (digest VARCHAR, statement_id VARCHAR, other_id VARCHAR);
    CREATE TABLE IF NOT EXISTS {STAGING}.unanalysed (article_id VARCHAR, reason_code VARCHAR, reason VARCHAR);
    CREATE TABLE IF NOT EXISTS {STAGING}.at_fault (
        article_id VARCHAR, path VARCHAR, reason_code VARCHAR, reason VARCHAR
    )"""

# Withdraws published articles that are staged again with the fields of a better copy.
WITHDRAW_STAGED_AGAIN = f"""
    INSERT INTO {STAGING}.withdrawn
    SELECT DISTINCT article_id FROM {STAGING}.staged_again
    SEMI JOIN {STAGING}.articles USING (article_id)
    ANTI JOIN {STAGING}.withdrawn USING (article_id)"""


def _can_resume(
    path: Path, published: Path, fingerprint: str, are_still_there: Callable[[pl.DataFrame], bool]
) -> bool:
    """Whether a run can resume the staging file `path`: it has the same fingerprint and the same published version.

    Once the gate has rejected articles, the file cannot be resumed, because the gate must check all articles together.
    """
    if not path.exists():
        return False
    try:
        with connect_memory() as connection:
            connection.execute(f"ATTACH {literal(str(path))} AS run")
            begun = connection.execute("SELECT fingerprint, published FROM run.staging.begun").fetchall()
            rejected = connection.execute(
                "SELECT count(*) FROM run.staging.rejects WHERE stage = 'gate'"
            ).fetchall()
            files = connection.sql("FROM run.staging.found_files").pl()
    except duckdb.Error:  # the run was killed before it wrote anything
        return False
    return begun == [(fingerprint, identify(published))] and rejected == [(0,)] and are_still_there(files)


def require_schema(name: str, frame: pl.DataFrame) -> None:
    """Raise StageError unless `frame` has exactly the columns and types declared for the table `name`."""
    if name not in BY_NAME:
        raise StageError(f"{name} is not a declared table; see schema/tables.py")
    declared = polars_schema(BY_NAME[name])
    if frame.schema == declared:
        return
    for column in [*declared, *frame.columns]:
        wanted, given = declared.get(column), frame.schema.get(column)
        if wanted != given:
            raise StageError(
                f"{name}.{column} is {given or 'missing'}, but schema/tables.py declares "
                f"{wanted or 'no such column'}"
            )
    raise StageError(f"the columns of {name} are not in declared order: {frame.columns}")
