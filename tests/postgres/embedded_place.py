"""Somebody who uses an embedded server, and the folder it is in."""

import json
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import psycopg

from governance.postgres import embedded, supervisor

CHECKOUT = Path(embedded.__file__).parents[2]
VERSION = os.environ.get("POSTGRES_VERSION") or embedded.DEFAULT_VERSION
ROOT = os.geteuid() == 0
USE = """
import json, sys
from pathlib import Path
from governance.postgres.embedded import database
print(json.dumps(database(Path(sys.argv[1]), name="demo")), flush=True)
sys.stdin.read()
"""


def eventually(condition: Callable[[], object], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.02)


class Account:
    """Somebody who runs Python: ourselves, or ``nobody`` with a copy of the code."""

    def __init__(self, python: str, path: Path, user: str | None = None) -> None:
        self.python, self.path, self.user = python, path, user

    def identity(self) -> dict[str, object]:
        if not self.user:
            return {}
        import pwd

        entry = pwd.getpwnam(self.user)
        return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}

    def command(self, folder: Path, code: str = USE) -> dict[str, object]:
        hidden = ("DATABASE_URL", "PYTHONPATH")
        environment = {name: text for name, text in os.environ.items() if name not in hidden}
        return {
            "args": [self.python, "-c", code, str(folder)],
            "env": {**environment, "PYTHONPATH": str(self.path), "POSTGRES_VERSION": VERSION},
            "cwd": folder.parent,
            **self.identity(),
        }


class Place:
    """A folder for a server, and the processes that use it."""

    def __init__(self, account: Account) -> None:
        self.account = account
        self.parent = Path(tempfile.mkdtemp(prefix="governance-test-")).resolve()
        self.folder = self.parent / ".postgres"
        self.users: list[subprocess.Popen[str]] = []
        if account.user:
            shutil.chown(self.parent, account.user)

    @property
    def data(self) -> Path:
        return (self.folder / VERSION).resolve() / "data"

    @property
    def postmaster(self) -> int | None:
        return supervisor.postmaster(self.data)

    def start(self) -> subprocess.Popen[str]:
        pipe = subprocess.PIPE
        command = self.account.command(self.folder)
        user = subprocess.Popen(**command, stdin=pipe, stdout=pipe, stderr=pipe, text=True)
        self.users.append(user)
        return user

    def use(self) -> tuple[subprocess.Popen[str], str]:
        """A process that uses the server, and the folder of the socket it was told."""
        user = self.start()
        return user, answer(user)["HOST"]

    def leave(self, user: subprocess.Popen[str]) -> str:
        """End one user in an orderly way; what it wrote to standard error."""
        self.users.remove(user)
        return user.communicate(timeout=60)[1]

    def supervisors(self) -> list[int]:
        """Supervisors by their command line, in which the path of the data folder stands."""
        wanted = [b"supervisor.py", os.fsencode(self.data)]
        found = []
        for path in Path("/proc").glob("[0-9]*/cmdline"):
            try:
                line = path.read_bytes()
            except OSError:
                continue
            found += [int(path.parent.name)] if all(part in line for part in wanted) else []
        return found

    def leave_all(self) -> None:
        for user in self.users:
            user.kill()
            user.communicate()
        self.users.clear()
        self.wait_until_stopped()

    def wait_until_stopped(self) -> None:
        eventually(lambda: self.postmaster is None)
        eventually(lambda: not self.supervisors())

    def clear(self) -> None:
        self.leave_all()
        if (link := self.folder / VERSION).is_symlink():
            shutil.rmtree(link.resolve())
        shutil.rmtree(self.parent)


def answer(user: subprocess.Popen[str]) -> dict[str, str]:
    assert user.stdout
    line = user.stdout.readline()
    assert line, user.stderr and user.stderr.read()
    return json.loads(line)


def connect(host: str, dbname: str = "demo") -> "psycopg.Connection[tuple[int]]":
    return psycopg.connect(host=host, port=5432, user="postgres", dbname=dbname, autocommit=True)


def copy_code(source: Path, folder: Path) -> None:
    if source.is_dir():
        unneeded = shutil.ignore_patterns("__pycache__", "include")
        shutil.copytree(source, folder / source.name, ignore=unneeded)
    elif source.exists():
        shutil.copy(source, folder)
