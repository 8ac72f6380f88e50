"""Start a Prefect server for users who have none.

The server ends when the process that started it ends, even if that process is killed, because this closes a pipe on
which the server waits. It requires a key (user and password of Prefect's basic authentication), listens only on this
machine, and answers only its own pages, see `flows/prefect/hostguard.py`.
"""

from __future__ import annotations

import atexit
import gc
import os
import secrets
import signal
import socket
import subprocess
import sys
import threading
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO, Literal

from flows.prefect.database import provide_database
from flows.prefect.hostguard import HostGuard, own_hosts
from flows.run.server_kind import note_server
from schema.errors import UNAVAILABLE, OnRecordError

Services = Literal["temporary", "all"]
_settings = ExitStack()  # Prefect's settings for this process, kept until it ends
START_SECONDS = 300  # a loaded machine with a slow disk takes minutes, an idle one about 12 s
STOP_SECONDS = 5
RETRIES = 2  # of a request; they take 6 s


class ServerError(OnRecordError):
    """Prefect's server did not start."""

    exit_code = UNAVAILABLE


def prepare_prefect(state: Path) -> None:
    """Provide a server for flows of this process: the user's server, or a temporary one that ends with the process.

    Unless the environment says otherwise, Prefect's database is in `state` and its log is not shown in the terminal.
    """
    for name in ("HANDLERS_CONSOLE_LEVEL", "INTERNAL_LEVEL"):
        os.environ.setdefault(f"PREFECT_LOGGING_{name}", "CRITICAL")
    use_server(state)


def use_server(state: Path, *, port: int = 0, services: Services = "temporary") -> str:
    """Return the API address of the user's server; if there is none, start a server and return its address."""
    if not os.environ.keys() & {"PREFECT_API_URL", "PREFECT_HOME"}:
        os.environ["PREFECT_HOME"] = str(state / "prefect")
    if configured := configured_api():
        return configured
    home = Path(os.environ["PREFECT_HOME"]).expanduser()
    key = make_key() if services == "temporary" else keep_key(key_file(state))
    server = _Server(home, port, services, key)
    note_server(is_temporary=services == "temporary")
    ours = {"PREFECT_API_URL": server.api, "PREFECT_API_AUTH_STRING": key}
    before = {name: os.environ.get(name) for name in ours}
    os.environ.update(ours)
    try:
        _refresh_prefect(services)
        server.wait()
    except BaseException:
        for name, value in before.items():
            os.environ.pop(name) if value is None else os.environ.update({name: value})
        raise
    return server.api


def key_file(state: Path) -> Path:
    """The file with the key of the server that `onrecord serve` starts; only the file's owner can read it."""
    return state / "prefect-key"


def make_key() -> str:
    """A random key in Prefect's format: user and password."""
    return f"onrecord:{secrets.token_urlsafe(32)}"


def keep_key(file: Path) -> str:
    """Read the key in `file`; create the file if it is missing. The key stays the same, so browsers ask for it once.

    Raises ServerError if the file cannot be read or written.
    """
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        if not file.exists():
            descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w", encoding="ascii") as new:
                new.write(f"{make_key()}\n")
        file.chmod(0o600)
        key = file.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ServerError(f"the key file {file} cannot be read or written: {error}") from error
    if len(key) < 32 or not key.startswith("onrecord:"):
        raise ServerError(f"{file} has no valid key; remove the file, and the next start creates one")
    return key


def configured_api() -> str | None:
    """The address of the API that the environment or a Prefect profile sets; None if neither sets an address."""
    if "PREFECT_API_URL" in os.environ or "PREFECT_HOME" not in os.environ:
        return os.environ.get("PREFECT_API_URL") or None
    if not (Path(os.environ["PREFECT_HOME"]).expanduser() / "profiles.toml").exists():
        return None
    from prefect.settings import get_current_settings

    return get_current_settings().api.url


def _refresh_prefect(services: Services) -> None:
    """Make Prefect read its settings again if it is already imported, because it reads them only on import."""
    is_late = "prefect" in sys.modules
    from prefect.context import refresh_global_settings_context  # takes seconds, while the server starts
    from prefect.settings import (
        PREFECT_CLIENT_MAX_RETRIES,
        PREFECT_FLOWS_HEARTBEAT_FREQUENCY,
        temporary_settings,
    )

    if is_late:
        refresh_global_settings_context()
    if services == "temporary":
        # Heartbeats show when a run is killed. Nobody watches them here, and they delay the end of a flow by a second.
        # Without the limit of retries, each request to a temporary server that died would take a minute.
        retries = int(os.environ.get("PREFECT_CLIENT_MAX_RETRIES", RETRIES))
        changes = {PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None, PREFECT_CLIENT_MAX_RETRIES: retries}
        _settings.enter_context(temporary_settings(changes))
    import flows.run.tasks  # noqa: F401  # most flows need it; the import takes another second


class _Server:
    """The server's process. It inherits a bound socket, so that no other program can take the port meanwhile."""

    def __init__(self, home: Path, port: int, services: Services, key: str) -> None:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.log = home / "server.log"
        with self._listen(port) as listener, self.log.open("ab") as log:
            number = listener.getsockname()[1]
            self.api = f"http://127.0.0.1:{number}/api"
            variables = {
                "PREFECT_HOME": str(home),
                "PREFECT_SERVER_UI_API_URL": self.api,
                "PREFECT_SERVER_API_AUTH_STRING": key,
                "PREFECT_SERVER_CORS_ALLOWED_ORIGINS": ",".join(
                    f"http://{host}" for host in own_hosts(number)
                ),
            }
            self.process = subprocess.Popen(
                [sys.executable, "-P", "-m", "flows.prefect.server", str(listener.fileno()), services],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                pass_fds=[listener.fileno()],
                env=os.environ | variables,
                start_new_session=True,  # so that Ctrl-C in the terminal does not end it before this process
            )
        atexit.register(self.stop)

    def _listen(self, port: int) -> socket.socket:
        try:
            return socket.create_server(("127.0.0.1", port), backlog=128)
        except OSError as error:
            raise ServerError(f"port {port} cannot be used: {error.strerror}; choose another port") from error

    def wait(self) -> None:
        """Wait until the server answers; ServerError if it does not start."""
        import httpx

        try:
            httpx.get(f"{self.api}/health", timeout=START_SECONDS).raise_for_status()
        except httpx.HTTPError as error:
            self.stop()
            raise ServerError(f"Prefect's server did not start: {error}; its log: {self.log}") from error

    def stop(self) -> None:
        """End the server; it has STOP_SECONDS to close its database."""
        if self.process.stdin:
            self.process.stdin.close()
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def main() -> None:
    """The main function of the server's process: serve the inherited socket until the parent process ends."""
    descriptor, services = int(sys.argv[1]), sys.argv[2]
    threading.Thread(target=_end_with, args=(sys.stdin.buffer,), daemon=True).start()
    gc.disable()  # garbage collection during the imports takes a fifth of the start and frees nothing
    import uvicorn
    from prefect.server.api.server import create_app

    from flows.prefect.impatience import ImpatientProtocol

    gc.enable()
    provide_database(Path(os.environ["PREFECT_HOME"]))
    app = create_app(ephemeral=services == "temporary", final=True)
    listener = socket.socket(fileno=descriptor)
    guarded = HostGuard(app, own_hosts(listener.getsockname()[1]))
    config = uvicorn.Config(
        guarded,
        http=ImpatientProtocol,
        log_level="error",
        lifespan="on",
        timeout_graceful_shutdown=STOP_SECONDS - 2,
    )
    uvicorn.Server(config).run(sockets=[listener])


def _end_with(pipe: BinaryIO) -> None:
    """End this process when the other end of `pipe` closes, which happens when the parent ends or is killed."""
    pipe.read()
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    main()
