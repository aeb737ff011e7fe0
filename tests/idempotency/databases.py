"""PgBouncer in front of a database, and a PostgreSQL server that may be stopped."""

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from governance.exceptions import EmbeddedPostgresUnavailable
from governance.postgres import embedded
from governance.postgres.programs import find_programs, succeeds
from tests.idempotency.serving import connect


@contextmanager
def bouncing(database: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The same database through PgBouncer in transaction mode, as many as threads."""
    program = shutil.which("pgbouncer")
    if program is None:
        pytest.skip("pgbouncer is not installed; .ci/run installs it")
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    folder = Path(tempfile.mkdtemp(dir="/var/tmp"))
    folder.chmod(0o777)
    password = f" password={database['PASSWORD']}" if database["PASSWORD"] else ""
    place = f"host={database['HOST'] or '/tmp'} port={database['PORT'] or 5432}"
    ini = folder / "pgbouncer.ini"
    ini.write_text(
        f"[databases]\n* = {place} user={database['USER']}{password}\n"
        "[pgbouncer]\npool_mode = transaction\nauth_type = any\nlisten_addr = 127.0.0.1\n"
        f"listen_port = {port}\nunix_socket_dir =\ndefault_pool_size = 32\n"
    )
    as_nobody = ["-u", "nobody"] if os.geteuid() == 0 else []
    process = subprocess.Popen([program, "-q", str(ini), *as_nobody])
    try:
        _wait_for(port)
        yield {
            **database,
            "HOST": "127.0.0.1",
            "PORT": str(port),
            "DISABLE_SERVER_SIDE_CURSORS": True,
        }
    finally:
        process.terminate()
        process.wait()
        shutil.rmtree(folder)


def _wait_for(port: int) -> None:
    for _ in range(100):
        with closing(socket.socket()) as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError("pgbouncer does not answer")


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnServer:
    """A server that nobody else uses."""

    folder: Path
    data: Path
    database: dict[str, Any]
    version: str

    def restart_at_once(self) -> None:
        """Stop without a checkpoint, as a crash would, and start with the same options."""
        program = find_programs(self.version) / "pg_ctl"
        log = self.folder / "restart.log"
        how = ("-D", self.data, "-m", "immediate", "-w", "restart")
        assert succeeds(program, *how, log=log), log.read_text()


@contextmanager
def own_server() -> Iterator[OwnServer]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        try:
            find_programs(os.environ.get("POSTGRES_VERSION") or embedded.DEFAULT_VERSION)
        except EmbeddedPostgresUnavailable as error:
            pytest.skip(str(error))
        with embedded.running(folder / "postgres") as server:
            database = server.database("site")
            with connect({**database, "NAME": "postgres"}):
                yield OwnServer(
                    folder=folder, data=server.data, database=database, version=server.version
                )
