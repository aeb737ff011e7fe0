"""The data folder of an embedded server: making it, and starting PostgreSQL on it.

Everything here expects to be alone: the caller holds the start lock of the folder.
"""

import hashlib
import os
import secrets
import shlex
import shutil
import tempfile
import time
from pathlib import Path

from governance.exceptions import EmbeddedPostgresUnavailable
from governance.postgres.programs import (
    EXAMPLE,
    OPEN_TO_ALL,
    require_owner,
    server_account,
    succeeds,
)
from governance.postgres.supervisor import SOCKET_PREFIX, forget, postmaster

PORT = "5432"  # part of the socket's name; nothing listens on TCP
START_SECONDS = 60
LONGEST_TEMPORARY = 50  # bytes; a socket's whole path may have about 100
SETTINGS = {
    "listen_addresses": "",
    "port": PORT,
    "max_connections": "200",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
}
_SURVIVORS = b"pre-existing shared memory block"  # sessions that outlive a killed server briefly


def cluster_home(link: Path) -> Path:
    """The private folder behind ``link`` (``.postgres/18``), made when it is missing.

    For root it is in a place that the server's account can reach, and ``link`` a symbolic link
    to it. Without that link it is made anew, so removing ``.postgres`` removes the data for
    either kind of user, and a copied checkout never shares the data of its original.
    """
    uid, gid = server_account()
    home = link
    if os.geteuid() == 0:
        home = OPEN_TO_ALL / f"governance-postgres-{_digest(link)}"
        _point(link, home, uid)
    if not home.exists():
        home.mkdir(mode=0o700)
        os.chown(home, uid, gid)
    require_owner(home, uid)
    return home


def create_cluster(data: Path, *, programs: Path, log: Path) -> None:
    """Run ``initdb``; ``data`` appears only when it is complete, whenever we are killed."""
    for leftover in data.parent.glob("initdb-*"):
        shutil.rmtree(leftover, ignore_errors=True)
    for locale in ("C.UTF-8", "C"):  # not every system has the first
        draft = data.parent / f"initdb-{secrets.token_hex(4)}"
        if _initdb(draft, locale, programs=programs, log=log):
            draft.rename(data)
            return
    raise start_failure("could not create its data folder", data=data, log=log)


def start_server(data: Path, *, programs: Path, log: Path) -> None:
    """Start the server of ``data`` in the background, after a crash as well."""
    forget(data)
    socket = _socket_folder()
    deadline = time.monotonic() + START_SECONDS
    while not (_start(data, socket, programs=programs, log=log) or postmaster(data)):
        if _SURVIVORS not in log.read_bytes() or time.monotonic() > deadline:
            shutil.rmtree(socket)
            raise start_failure("did not start", data=data, log=log)
        time.sleep(0.2)


def start_failure(what: str, *, data: Path, log: Path) -> EmbeddedPostgresUnavailable:
    """The error for a server that doesn't come up, with the end of its log."""
    lines = log.read_text(errors="replace").splitlines()[-15:] if log.exists() else []
    return EmbeddedPostgresUnavailable(
        f"The embedded PostgreSQL in {data} {what}. The end of its log, {log}:\n"
        + "\n".join(f"    {line}" for line in lines)
        + f"\nRemove {data.parent} to begin again with empty databases,"
        f" or use your own server: {EXAMPLE}"
    )


def _point(link: Path, home: Path, uid: int) -> None:
    """Make ``link`` lead to ``home``; a home that isn't linked yet is a leftover."""
    if link.is_symlink() and link.readlink() == home and home.exists():
        return
    if os.path.lexists(link) and not link.is_symlink():
        raise EmbeddedPostgresUnavailable(
            f"{link} was made by user {link.lstat().st_uid}; root does not use it. Run this as"
            f" that user, remove the folder, or use your own server: {EXAMPLE}"
        )
    if os.path.lexists(home):
        require_owner(home, uid)
        shutil.rmtree(home)
    link.unlink(missing_ok=True)
    link.symlink_to(home)


def _digest(link: Path) -> str:
    return hashlib.sha256(os.fsencode(link)).hexdigest()[:12]


def _initdb(draft: Path, locale: str, *, programs: Path, log: Path) -> bool:
    options = ("--username=postgres", "--auth=trust", "--encoding=UTF8", "--no-sync")
    return succeeds(programs / "initdb", "-D", draft, f"--locale={locale}", *options, log=log)


def _start(data: Path, socket: Path, *, programs: Path, log: Path) -> bool:
    log.write_bytes(b"")
    settings = SETTINGS | {"unix_socket_directories": str(socket)}
    options = shlex.join([f"-c{name}={value}" for name, value in settings.items()])
    pg_ctl = (programs / "pg_ctl", "-s", "-w", "-t", str(START_SECONDS), "-D", data)
    return succeeds(*pg_ctl, "-o", options, "start", log=log)


def _socket_folder() -> Path:
    """A new private folder; its path is short, unlike that of many a checkout."""
    temporary = Path(tempfile.gettempdir())
    if os.geteuid() == 0 or len(os.fsencode(temporary)) > LONGEST_TEMPORARY:
        temporary = OPEN_TO_ALL
    folder = Path(tempfile.mkdtemp(prefix=SOCKET_PREFIX, dir=temporary))
    os.chown(folder, *server_account())
    return folder
