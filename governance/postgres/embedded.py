"""A PostgreSQL server for development and tests that needs no installing and no care.

Settings modules call :func:`database`, so nothing here may touch Django's settings. The server
listens on a Unix socket only and lives as long as a process uses it: each user shares a lock on
``<folder>/<version>.in-use``, which the system releases even when a process is killed, and a
supervisor waits to have that lock for itself.
"""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from subprocess import DEVNULL, run
from typing import TYPE_CHECKING, Any

from governance.exceptions import ConfigurationError, EmbeddedPostgresUnavailable
from governance.postgres import supervisor
from governance.postgres.cluster import (
    PORT,
    START_SECONDS,
    cluster_home,
    create_cluster,
    start_failure,
    start_server,
)
from governance.postgres.programs import EXAMPLE, find_programs

if TYPE_CHECKING:
    import psycopg

DEFAULT_VERSION = "18"
_held: dict[Path, int] = {}  # in-use locks that this process keeps until it ends


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A running server; it stays up while the lock it was joined with is held."""

    version: str
    data: Path
    socket: Path

    def database(self, name: str) -> dict[str, Any]:
        """Entry for ``DATABASES``; creates the database when it is missing."""
        from psycopg import errors, sql

        with closing(_connect(self.socket)) as connection:
            known = "SELECT 1 FROM pg_database WHERE datname = %s"
            if not connection.execute(known, [name]).fetchone():
                with suppress(errors.DuplicateDatabase, errors.UniqueViolation):
                    connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        return _entry(dbname=name, user="postgres", host=str(self.socket), port=PORT)


def database(folder: Path, *, name: str, version: str | None = None) -> dict[str, Any]:
    """Entry for Django's ``DATABASES``: ``DATABASE_URL`` if set, else an embedded server.

    The server is started or joined at once and kept until this process ends. Its major version
    is ``version``, else ``POSTGRES_VERSION``, else 18; its data stays in ``folder``.
    """
    if url := os.environ.get("DATABASE_URL"):
        return entry_from_url(url, default_name=name)
    lock, server = _join(folder, _major(version))
    previous, _held[server.data] = _held.get(server.data), lock
    if previous is not None:
        os.close(previous)
    return server.database(name)


@contextmanager
def running(folder: Path, *, version: str | None = None) -> Iterator[Server]:
    """An embedded server for the length of a ``with`` block, whatever ``DATABASE_URL`` says."""
    lock, server = _join(folder, _major(version))
    try:
        yield server
    finally:
        os.close(lock)


def entry_from_url(url: str, *, default_name: str) -> dict[str, Any]:
    """Entry for ``DATABASES`` of a connection URL; its errors never repeat the password."""
    from psycopg import ProgrammingError
    from psycopg.conninfo import conninfo_to_dict

    try:
        parts = conninfo_to_dict(url)
    except ProgrammingError:  # its text repeats the URL, with the password
        raise _malformed_url() from None
    if "@" in str(parts.get("host", "")):  # the end of a password that needs escapes
        raise _malformed_url()
    if "service" not in parts:
        parts.setdefault("dbname", default_name)
    return _entry(**parts)


def _malformed_url() -> ConfigurationError:
    return ConfigurationError(
        "DATABASE_URL is not a PostgreSQL connection URL. Write it like this, with %-escapes for"
        f" special characters in the password: {EXAMPLE}"
    )


def _entry(**parts: Any) -> dict[str, Any]:
    """Django's names for the parts it has a name for; libpq's for the others."""
    named = {
        django: parts.pop(libpq, "")
        for django, libpq in (
            ("NAME", "dbname"),
            ("USER", "user"),
            ("PASSWORD", "password"),
            ("HOST", "host"),
            ("PORT", "port"),
        )
    }
    return {"ENGINE": "django.db.backends.postgresql", **named, "OPTIONS": parts}


def _major(version: str | None) -> str:
    chosen = version or os.environ.get("POSTGRES_VERSION") or DEFAULT_VERSION
    if chosen.isascii() and chosen.isdigit():
        return chosen
    raise ConfigurationError(
        f"POSTGRES_VERSION is '{chosen}'; give the major version alone, such as {DEFAULT_VERSION}."
    )


def _join(folder: Path, version: str) -> tuple[int, Server]:
    """Start the server unless it runs; the lock that is returned keeps it up."""
    if sys.platform == "win32":
        raise EmbeddedPostgresUnavailable(
            f"The embedded PostgreSQL {version} does not run on Windows. Use WSL, or your own"
            f" server: {EXAMPLE}"
        )
    if find_spec("psycopg") is None:
        raise EmbeddedPostgresUnavailable(
            "The embedded PostgreSQL is asked through psycopg 3. Install it:"
            " python -m pip install 'psycopg[binary]'"
        )
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return _join_shared(folder.resolve(), version)
    except OSError as error:
        raise EmbeddedPostgresUnavailable(
            f"The embedded PostgreSQL {version} in {folder} could not be used: {error}."
            f" Put that right, or use your own server: {EXAMPLE}"
        ) from error


def _join_shared(folder: Path, version: str) -> tuple[int, Server]:
    """Take the shared lock first (a server that is stopping finishes before), then one by one."""
    import fcntl

    programs = find_programs(version)
    lock = _lock(folder / f"{version}.in-use", fcntl.LOCK_SH)
    try:
        mutex = _lock(folder / f"{version}.start", fcntl.LOCK_EX)
        try:
            return lock, _serve(folder, version, programs=programs)
        finally:
            os.close(mutex)
    except BaseException:
        os.close(lock)
        raise


def _serve(folder: Path, version: str, *, programs: Path) -> Server:
    data, log = cluster_home(folder / version) / "data", folder / f"{version}.log"
    _supervise(folder, version, data)
    if not data.exists():
        _announce(folder, version)
        create_cluster(data, programs=programs, log=log)
    if supervisor.postmaster(data) is None:
        start_server(data, programs=programs, log=log)
    return Server(version=version, data=data, socket=_answering_socket(data, log))


def _lock(path: Path, operation: int) -> int:
    """A descriptor that holds the lock; programs we start do not inherit it, forks do."""
    import fcntl

    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, operation)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def _supervise(folder: Path, version: str, data: Path) -> None:
    """Start a supervisor unless there is one; its lock is taken here and handed over."""
    import fcntl

    try:
        lock = _lock(folder / f"{version}.supervisor", fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return
    script = [sys.executable, "-I", "-S", supervisor.__file__]
    arguments = [folder / f"{version}.in-use", data]
    try:
        run([*script, *arguments], stdin=lock, stdout=DEVNULL, stderr=DEVNULL, cwd="/", check=True)  # noqa: S603
    finally:
        os.close(lock)


def _announce(folder: Path, version: str) -> None:
    """The one line we ever print: the first start takes a few seconds."""
    shown = folder.relative_to(Path.cwd()) if folder.is_relative_to(Path.cwd()) else folder
    sys.stderr.write(
        f"Starting an embedded PostgreSQL {version} in {shown} (set DATABASE_URL to use your own)\n"
    )


def _answering_socket(data: Path, log: Path) -> Path:
    """Wait until the server takes connections; after a crash it repairs its data first."""
    from psycopg import OperationalError

    deadline = time.monotonic() + START_SECONDS
    while supervisor.postmaster(data) and time.monotonic() < deadline:
        if socket := supervisor.socket_folder(data):
            with suppress(OperationalError), closing(_connect(socket)):
                return socket
        time.sleep(0.05)
    raise start_failure("does not answer", data=data, log=log)


def _connect(socket: Path) -> "psycopg.Connection[tuple[Any, ...]]":
    import psycopg

    return psycopg.connect(
        host=str(socket), port=PORT, user="postgres", dbname="postgres", autocommit=True
    )
