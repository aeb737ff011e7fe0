"""Triggers come back with a dump, and let it in."""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings

from governance.exceptions import EmbeddedPostgresUnavailable
from governance.postgres.programs import find_programs
from tests.enforcement.conftest import Database, install
from tests.enforcement.test_guarding import ROW, as_, count, refusal


@pytest.fixture
def programs() -> Path:
    try:
        return find_programs(os.environ.get("POSTGRES_VERSION") or "18")
    except EmbeddedPostgresUnavailable:
        pytest.skip("no pg_dump and pg_restore here")


@pytest.fixture
def restored(database: Database) -> Any:
    name = f"restored_{uuid4().hex[:12]}"
    with database.connect("postgres") as server:
        server.execute(f'CREATE DATABASE "{name}"')
        yield name
        server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def run(program: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    default = settings.DATABASES["default"]
    where = {"PGHOST": "HOST", "PGPORT": "PORT", "PGUSER": "USER", "PGPASSWORD": "PASSWORD"}
    environment = {k: str(default[v]) for k, v in where.items() if default.get(v)}
    return subprocess.run(
        [str(program), *arguments],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_a_whole_dump(
    guarded: Any, database: Database, programs: Path, restored: str, tmp_path: Path
) -> None:
    guarded.execute(as_("finance", ROW))
    dump = str(tmp_path / "dump")
    assert run(programs / "pg_dump", "-Fc", "-f", dump, database.name).returncode == 0
    assert run(programs / "pg_restore", "-d", restored, dump).returncode == 0
    facts = (
        "SELECT tgrelid::regclass::text, tgargs, tgtype, tgenabled, "
        "obj_description(oid, 'pg_trigger') FROM pg_trigger WHERE tgname = 'governance_guard' "
        "ORDER BY 1"
    )
    with database.connect(restored) as there:
        assert count(there, "finance_transaction") == 1
        assert there.execute(facts).fetchall() == guarded.execute(facts).fetchall()
        refusal(there, as_("dev", ROW))
        there.execute(as_("finance", ROW))


def test_data_only(
    guarded: Any,
    database: Database,
    programs: Path,
    tmp_path: Path,
    set_outsiders: Callable[..., None],
) -> None:
    """Rows go into tables that have triggers already: pg_restore has to be named."""
    guarded.execute(as_("finance", ROW))
    dump = str(tmp_path / "dump")
    only = ("--data-only", "-t", "finance_transaction")
    assert run(programs / "pg_dump", "-Fc", "-f", dump, *only, database.name).returncode == 0
    guarded.execute(as_("finance", "TRUNCATE finance_transaction"))
    refused = run(programs / "pg_restore", "-d", database.name, dump)
    assert "Code of no module may not insert into finance_transaction" in refused.stderr
    set_outsiders({"application_name:pg_restore": "system:restore"})
    install()
    assert run(programs / "pg_restore", "-d", database.name, dump).returncode == 0
    assert count(guarded, "finance_transaction") == 1
