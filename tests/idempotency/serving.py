"""The site as a process tree of gunicorn, and what it did."""

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

from governance.idempotency.testing import Reply, post

CHECKOUT = Path(__file__).resolve().parents[2]
DJANGO = "tests.idempotency.site.settings"
BODY = b'{"amount": 10}'


class Site:
    """A running server. ``pay`` sends one request to it."""

    def __init__(self, folder: Path, port: int, database: Mapping[str, Any]) -> None:
        self.folder, self.url = folder, f"http://127.0.0.1:{port}"
        self.database = database

    def pay(self, key: str, *, path: str = "/pay", body: bytes = BODY, **headers: str) -> Reply:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        sent = {"Idempotency-Key": key, "Content-Type": "application/json", **named}
        return post(self.url + path, body, sent)

    def executions(self, key: str) -> int:
        lines = (self.folder / "executions").read_text().splitlines()
        return Counter(lines)[key]

    def rows(self, key: str) -> int:
        with connect(self.database) as connection:
            text = "SELECT count(*) FROM site_payment WHERE reference = %s"
            row = connection.execute(text, [key]).fetchone()
            return int(row[0]) if row else 0


def connect(database: Mapping[str, Any]) -> "psycopg.Connection[Any]":
    return psycopg.connect(
        host=database["HOST"] or None,
        port=database["PORT"] or None,
        user=database["USER"] or None,
        password=database["PASSWORD"] or None,
        dbname=database["NAME"],
        autocommit=True,
    )


def migrate(database: Mapping[str, Any], folder: Path, **more: str) -> None:
    run(database, folder, "-m", "django", "migrate", "--run-syncdb", "-v0", **more)


def run(database: Mapping[str, Any], folder: Path, *arguments: str, **more: str) -> str:
    """Run Python with the settings of the site, and return what it wrote."""
    environment = _environment(database, folder, more)
    command = [more.get("SITE_PYTHON", sys.executable), *arguments]
    done = subprocess.run(
        command, cwd=CHECKOUT, env=environment, check=True, stdout=subprocess.PIPE, text=True
    )
    return done.stdout


LOG_IN = """
import django; django.setup()
from importlib import import_module
from django.contrib.auth.models import User
from django.contrib.sessions.backends.db import SessionStore
user = User.objects.create_user("ann")
session = SessionStore()
session["_auth_user_id"], session["_auth_user_hash"] = str(user.pk), user.get_session_auth_hash()
session["_auth_user_backend"] = "django.contrib.auth.backends.ModelBackend"
session.create()
print(session.session_key)
"""


def log_in(database: Mapping[str, Any], folder: Path, **more: str) -> str:
    """Make a user with a session, and return the session's key."""
    return run(database, folder, "-c", LOG_IN, **more).strip().splitlines()[-1]


@contextmanager
def serving(
    database: Mapping[str, Any], *, workers: int = 4, threads: int = 8, **environment: str
) -> Iterator[Site]:
    """Yield the site once it answers; stop its processes on the way out."""
    with tempfile.TemporaryDirectory() as name:
        folder, port = Path(name), _free_port()
        (folder / "executions").touch()
        command = [
            environment.get("SITE_PYTHON", sys.executable),
            "-m",
            "gunicorn",
            "tests.idempotency.site.wsgi",
        ]
        command += [
            "-w",
            str(workers),
            "--threads",
            str(threads),
            "--preload",
            "--no-control-socket",
        ]
        command += ["-b", f"127.0.0.1:{port}", "--log-level", "critical", "--timeout", "60"]
        with (folder / "log").open("w") as log:
            process = subprocess.Popen(
                command,
                cwd=CHECKOUT,
                env=_environment(database, folder, environment),
                stdout=log,
                stderr=log,
            )
        site = Site(folder, port, database)
        try:
            _wait(site, process)
            yield site
        finally:
            process.terminate()
            process.wait(timeout=40)


def _environment(
    database: Mapping[str, Any], folder: Path, more: Mapping[str, str]
) -> dict[str, str]:
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": DJANGO,
        "SITE_DATABASE": json.dumps(database),
        "SITE_FOLDER": str(folder),
        "PYTHONPATH": str(CHECKOUT),
        **more,
    }


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _wait(site: Site, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + 30
    while post(site.url + "/ping", b"", {}).status != 200:
        if process.poll() is not None or time.monotonic() > deadline:
            raise AssertionError((site.folder / "log").read_text())
        time.sleep(0.05)
