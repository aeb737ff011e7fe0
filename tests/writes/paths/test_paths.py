"""Each path on each layer: seen or not, who is blamed, and that enforce lets nothing through."""

import json
import os
import subprocess
import sys
from functools import cache
from pathlib import Path as File
from uuid import uuid4

import django
import psycopg
import pytest
from django.conf import settings

from tests.monolith import CHECKOUT
from tests.writes.paths.catalogue import PATHS, Path

HERE = File(__file__).parent
LAYERS = ("router", "statement", "cursor", "postgres", "all")
ALONE = LAYERS[:-1]
SLUGS = {
    "write": "cross-module-write",
    "remove": "cross-module-write",
    "cascade": "cross-module-cascade",
    "unreadable": "unknown-write",
}
PRESENT = [path for path in PATHS if path.since <= django.VERSION]
IN_BOTH = [
    path
    for path in PRESENT
    if path.kind in {"write", "remove", "cascade"}
    and {"cursor", "postgres"} <= path.layers
    and not path.untranslated
]


@cache
def outcomes(layer: str) -> dict:
    """Walk all paths on one layer, in a process and a database of their own."""
    default = settings.DATABASES["default"]
    name = f"paths_{uuid4().hex[:12]}"
    keys = ("ENGINE", "USER", "PASSWORD", "HOST", "PORT")
    database = {key: default.get(key, "") for key in keys} | {"NAME": name}
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "settings",
        "PYTHONPATH": os.pathsep.join([str(HERE / "project"), str(CHECKOUT)]),
        "TEST_DATABASES": json.dumps({"default": database}),
    }
    with psycopg.connect(
        host=default.get("HOST") or None,
        port=default.get("PORT") or None,
        user=default.get("USER") or None,
        password=default.get("PASSWORD") or None,
        dbname="postgres",
        autocommit=True,
    ) as server:
        server.execute(f'CREATE DATABASE "{name}"')
        try:
            done = subprocess.run(
                [sys.executable, str(HERE / "run.py"), layer],
                env=environment,
                cwd=HERE / "project",
                capture_output=True,
                text=True,
                timeout=900,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            return {"error": f"{error}\n{error.stderr!r}"}
        finally:
            server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
    return json.loads(done.stdout) if done.returncode == 0 else {"error": done.stderr}


def outcome_of(path: Path, layer: str) -> dict:
    every = outcomes(layer)
    assert path.name in every, every.get("error")
    return every[path.name]


@pytest.fixture(autouse=True)
def server(db: None) -> None:
    """Start the embedded PostgreSQL."""


@pytest.mark.parametrize("layer", LAYERS)
@pytest.mark.parametrize("path", PRESENT, ids=lambda p: f"{p.number:02}-{p.name}")
def test_enforce_stops_it(path: Path, layer: str) -> None:
    outcome = outcome_of(path, layer)
    stops = bool(path.layers) if layer == "all" else layer in path.layers
    assert not outcome["written_though_refused"]
    if not stops:
        assert outcome["refused"] is None
    elif path.untranslated and outcome["refused"] is None:
        assert outcome["enforce_error"].startswith("InsufficientPrivilege(")
    else:
        assert outcome["refused"] is not None, outcome
        assert outcome["refused"][0] == path.actor
    if path.kind == "quiet":
        assert outcome["enforce_error"] == ""


@pytest.mark.parametrize("layer", ["statement", "cursor"])
@pytest.mark.parametrize("path", PRESENT, ids=lambda p: f"{p.number:02}-{p.name}")
def test_report_names_the_caller(path: Path, layer: str) -> None:
    outcome = outcome_of(path, layer)
    assert outcome["error"] == ""
    if layer not in path.layers:
        assert outcome["findings"] == []
        return
    slug, actor, table, _, caller, where, _, file = outcome["findings"][0]
    assert file.startswith(("shop/", "audit/"))
    assert (actor, table, caller, where) == (path.actor, path.table, path.blamed, layer)
    assert slug == SLUGS.get(path.kind, slug)


@pytest.mark.parametrize("path", IN_BOTH, ids=lambda p: f"{p.number:02}-{p.name}")
def test_postgresql_gives_it_the_same_fingerprint(path: Path) -> None:
    """Python reports and PostgreSQL refuses: two fingerprints would be two findings."""
    told = {finding[6] for finding in outcome_of(path, "cursor")["findings"]}
    refused = {finding[6] for finding in outcome_of(path, "postgres")["enforce_findings"]}
    assert refused
    assert refused <= told


def test_the_catalogue_names_every_path() -> None:
    walked = set(outcomes("cursor"))
    assert walked == {path.name for path in PATHS}
    assert {path.number for path in PATHS} == set(range(37))
