"""What each tool says of the migrations of a project: name of a migration → its alarms.

Other people's tools run from the virtual environment that is given, as their users run them; a
tool that is not installed there raises :class:`Absent`.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from review_subjects import WITHOUT_REVERSE, Subject, settings

Alarms = dict[str, set[str]]
TIMEOUT = 7200
ROWS = "200"
NOT_COUNTED = {
    True: {"rehearsal-not-possible", "rehearsal-irreversible"},
    False: {"rehearsal-not-possible"},
}
"""One that it builds on can't be applied; a script has no way back. By whether it is a script."""
HERE = Path(__file__).resolve().parent
STYLE = (
    "prefer-bigint-over-int,prefer-bigint-over-smallint,prefer-identity,prefer-robust-stmts,"
    "prefer-text-field,prefer-timestamptz,require-timeout-settings,ban-char-field"
)


class Absent(Exception):
    """The tool can't be run here; the text says why."""


def ours(subject: Subject, folder: Path, _venv: Path | None) -> Alarms:
    apart = ["--apart"] if subject.apart else []
    alarms: Alarms = {}
    command = [sys.executable, str(HERE / "review_json.py"), *apart]
    for line in _own(subject, folder, command).splitlines():
        name, slug, severity = json.loads(line)
        if severity != "INFO":
            alarms.setdefault(name, set()).add(slug)
    return alarms


def rehearsed(subject: Subject, folder: Path, venv: Path | None) -> Alarms:
    """What the rules say and what a run on a throwaway PostgreSQL shows, together."""
    server = f"postgresql://{os.environ.get('PGUSER', '')}@/{os.environ['PGDATABASE']}"
    server += f"?host={os.environ['PGHOST']}&port={os.environ.get('PGPORT', '5432')}"
    options = ["--all", "--format", "json", "--rows", ROWS, "--server", server]
    command = [sys.executable, "-m", "django", "schema_rehearse", *options]
    alarms, left_out = ours(subject, folder, venv), NOT_COUNTED[subject.apart]
    for project in subject.projects():
        for finding in json.loads(_own(project, folder, command))["findings"]:
            if finding["severity"] != "info" and finding["slug"] not in left_out:
                alarms.setdefault(finding["subject"].split("#")[0], set()).add(finding["slug"])
    return alarms


def _own(project: Subject, folder: Path, command: list[str]) -> str:
    environment = settings(project, folder, ("governance",))
    environment["PYTHONPATH"] += f":{HERE.parent}"
    if "schema_rehearse" in command:
        environment[WITHOUT_REVERSE] = "1"
    done = _run(command, environment)
    if "Traceback" in done.stderr or "CommandError" in done.stderr:
        raise Absent(f"gave no result: {done.stderr.strip()[-300:]}")
    return done.stdout


def migration_linter(subject: Subject, folder: Path, venv: Path | None) -> Alarms:
    done = _django(
        subject,
        folder,
        venv,
        "django_migration_linter",
        "lintmigrations",
        "--no-cache",
        "--ignore-sqlmigrate-errors",
        "--skip-checks",
    )
    lines = re.finditer(r"\((\w+), (\w+)\)\.\.\. (\w+)", done.stdout)
    found = {f"{m[1]}.{m[2]}": {m[3]} if m[3] in ("ERR", "WARNING") else set() for m in lines}
    return found or _nothing(done)


def safe_migrations(subject: Subject, folder: Path, venv: Path | None) -> Alarms:
    done = _django(
        subject, folder, venv, "django_safe_migrations", "check_migrations", "--format", "json"
    )
    start = done.stdout.find("{")
    if start < 0:
        return _nothing(done)
    alarms: Alarms = {}
    for issue in json.loads(done.stdout[start:])["issues"]:
        if str(issue["severity"]).lower() != "info":
            name = f"{issue['app_label']}.{issue['migration_name']}"
            alarms.setdefault(name, set()).add(str(issue["rule_id"]))
    return alarms


def deferred_migrations(subject: Subject, folder: Path, venv: Path | None) -> Alarms:
    done = _django(subject, folder, venv, "deferred_migrations", "check_deploy_safety")
    found = re.finditer(r"^(\w+\.\w+)(?:\[\d+\])? deferred_migrations\.(\w+):", done.stderr, re.M)
    alarms: Alarms = {}
    for match in found:
        alarms.setdefault(match[1], set()).add(match[2])
    if not alarms and done.returncode and "deploy safety error" not in done.stderr:
        return _nothing(done)
    return alarms


def squawk(subject: Subject, folder: Path, venv: Path | None) -> Alarms:
    program = _program(venv, "squawk")
    sql = folder / "sql"
    sql.mkdir(exist_ok=True)
    environment = settings(subject, folder)
    done = _run([str(_program(venv, "python")), str(HERE / "review_sql.py"), str(sql)], environment)
    alarms: Alarms = {}
    for file in sorted(sql.glob("*.sql")):
        command = [str(program), "--reporter", "json", "-e", STYLE, str(file)]
        if "CONCURRENTLY" not in file.read_text().upper():
            command.insert(1, "--assume-in-transaction")
        said = json.loads(_run(command, environment).stdout or "[]")
        alarms[file.stem] = {entry["rule_name"] for entry in said}
    return alarms or _nothing(done)


TOOLS: dict[str, Callable[[Subject, Path, Path | None], Alarms]] = {
    "ours": ours,
    "ours, rehearsed": rehearsed,
    "django-migration-linter": migration_linter,
    "squawk": squawk,
    "django-safe-migrations": safe_migrations,
    "django-deferred-migrations": deferred_migrations,
}


def _django(
    subject: Subject, folder: Path, venv: Path | None, app: str, *command: str
) -> subprocess.CompletedProcess[str]:
    python = _program(venv, "python")
    if _run([str(python), "-c", f"import {app}"], settings(subject, folder)).returncode:
        raise Absent(f"{app} is not installed in {venv}")
    environment = settings(subject, folder, (app,))
    return _run([str(python), "-m", "django", *command], environment)


def _program(venv: Path | None, name: str) -> Path:
    if venv is None or not (venv / "bin" / name).exists():
        raise Absent(f"there is no {name} in {venv}" if venv else "no --peers was given")
    return venv / "bin" / name


def _run(command: list[str], environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    with tempfile.TemporaryDirectory() as empty:  # not beside a folder called tests
        return subprocess.run(
            command,
            env=environment,
            cwd=empty,
            capture_output=True,
            text=True,
            timeout=TIMEOUT,
            check=False,
        )


def _nothing(done: subprocess.CompletedProcess[str]) -> Alarms:
    raise Absent(f"gave no result: {(done.stderr or done.stdout).strip()[-300:]}")
