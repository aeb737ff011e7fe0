"""Stops an embedded PostgreSQL server when nobody uses it any more.

Run as a script of its own, with the standard library alone, so that it starts quickly and
depends neither on the caller's path nor on Django:

    python -I -S supervisor.py <in-use file> <data folder>

Its standard input is the supervisor's lock file, locked already by whoever started it; so
there is never more than one, and never a moment at which it isn't known whether there is one.
"""

import os
import shutil
import signal
import sys
import time
from pathlib import Path

SOCKET_PREFIX = "governance-postgres-socket-"
STOP_SECONDS = 60


def postmaster(data: Path) -> int | None:
    """Process id of the server that runs on ``data``; a stale ``postmaster.pid`` is none."""
    lines = _pid_file(data)
    if not lines or not lines[0].isdigit():
        return None
    pid = int(lines[0])
    return pid if _serves(pid, data) else None


def socket_folder(data: Path) -> Path | None:
    """Where the server of ``data`` listens, or listened before it was killed."""
    lines = _pid_file(data)
    return Path(lines[4]) if len(lines) > 4 and lines[4] else None


def forget(data: Path) -> None:
    """Remove what a server that was killed left behind; call it only when none runs."""
    folder = socket_folder(data)
    if folder and folder.name.startswith(SOCKET_PREFIX):
        shutil.rmtree(folder, ignore_errors=True)
    (data / "postmaster.pid").unlink(missing_ok=True)


def stop(data: Path) -> None:
    """Stop the server as ``pg_ctl stop -m fast`` does, which as root would refuse to run."""
    folder, pid = socket_folder(data), postmaster(data)
    if pid and not _ends(pid, data):
        return
    forget(data)
    if folder:
        _remove_if_empty(folder)


def supervise(in_use: Path, data: Path) -> None:
    """Wait until no process shares the lock on ``in_use``, then stop the server.

    Newcomers wait for the lock meanwhile. The supervisor's own lock (standard input) is given
    up first, so that whoever comes next sees that it needs a new supervisor.
    """
    import fcntl

    descriptor = os.open(in_use, os.O_RDWR)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    if _still_named(in_use, descriptor):
        stop(data)
    os.close(0)
    os.close(descriptor)


def _pid_file(data: Path) -> list[str]:
    try:
        return [line.strip() for line in (data / "postmaster.pid").read_text().splitlines()]
    except OSError:
        return []


def _ends(pid: int, data: Path) -> bool:
    """Ask the server to end, and wait; it removes its ``postmaster.pid`` shortly before."""
    os.kill(pid, signal.SIGINT)
    deadline = time.monotonic() + STOP_SECONDS
    while _serves(pid, data) and time.monotonic() < deadline:
        time.sleep(0.02)
    return not _serves(pid, data)


def _serves(pid: int, data: Path) -> bool:
    """Whether ``pid`` is the server; it may be a zombie or another program's by now."""
    if Path("/proc/self/cmdline").exists():
        return os.fsencode(data) in _command_line(pid)
    try:
        os.kill(pid, 0)
    except OSError:
        return False
    return True


def _command_line(pid: int) -> list[bytes]:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return []


def _still_named(path: Path, descriptor: int) -> bool:
    """Whether ``path`` is the file that was locked, not one of a folder made anew since."""
    try:
        return os.path.samestat(path.stat(), os.fstat(descriptor))
    except OSError:
        return False


def _remove_if_empty(folder: Path) -> None:
    try:
        folder.rmdir()
    except OSError:
        return


def _detach() -> None:
    """Leave the caller's process group and let go of it, so that it need not wait for us."""
    if os.fork():
        os._exit(0)
    os.setsid()


if __name__ == "__main__":
    _detach()
    supervise(Path(sys.argv[1]), Path(sys.argv[2]))
