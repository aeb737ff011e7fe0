"""What keeps a migration from being loaded → findings."""

from __future__ import annotations

import traceback
from collections.abc import Collection, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from django.apps import apps
from django.db.migrations import Migration, operations
from django.db.migrations.operations.base import Operation

from governance.conf import did_you_mean
from governance.findings import Finding, Location
from governance.ownership.places import shown
from governance.review.places import location_of
from governance.review.reviewed import ReviewedMigration
from governance.rules import rule

MISFIT = "does not fit"
"""How the predicate of an operation begins that does not fit the state it meets."""

_Key = tuple[str, str]


def unreadable(name: str, path: str, error: BaseException) -> Finding:
    """A file that has a mistake, or raises when it is imported; ``path`` is its dotted name."""
    file = _file_of(path)
    reason = str(error).partition(" (<")[0] or "no reason given"
    if isinstance(error, SyntaxError) and error.msg:
        reason = error.msg
    return Finding(
        rule=rule("unreadable-migration"),
        message=f"{name} can't be loaded: {type(error).__name__}: {reason}.",
        hint="Correct it. Until then it is not reviewed, nor is anything that depends on it.",
        subject=name,
        location=Location(file=shown(file), line=_line(file, error)) if file else None,
    )


def orphan(migration: Migration, missing: Any, waiting: Collection[_Key]) -> Finding:
    """A dependency that does not exist."""
    label, name = missing
    return Finding(
        rule=rule("missing-dependency"),
        message=f"{_name(migration)} depends on {label}.{name}, which does not exist.",
        hint=f"{_guess(migration, label)}{_not_reviewed(waiting)}",
        subject=_name(migration),
        location=location_of(migration),
    )


def circle(members: Sequence[Migration], waiting: Collection[_Key]) -> Finding:
    """Migrations that depend on each other."""
    names = [_name(migration) for migration in members]
    return Finding(
        rule=rule("migration-cycle"),
        message=f"Migrations depend on each other in a circle: {', '.join(names)}.",
        hint=f"Take one of the dependencies away.{_not_reviewed(waiting)}",
        subject=min(names),
        location=location_of(members[0]),
    )


def conflict(label: str, leaves: Sequence[Migration]) -> Finding:
    """Two newest migrations of one app."""
    names = ", ".join(migration.name for migration in leaves)
    return Finding(
        rule=rule("conflicting-migrations"),
        message=f"App {label!r} has {len(leaves)} newest migrations: {names}.",
        hint="Merge them: manage.py makemigrations --merge, or let one depend on the other.",
        subject=label,
        location=location_of(leaves[-1]),
    )


def unapplied_parent(child: Migration, parent: Migration) -> Finding:
    """An applied migration before its parent."""
    return Finding(
        rule=rule("unapplied-parent"),
        message=f"{_name(child)} is applied, and {_name(parent)}, on which it depends, is not.",
        hint="Take the dependency away, or, if what it does is there already, run: "
        f"manage.py migrate {parent.app_label} {parent.name} --fake",
        subject=_name(child),
        location=location_of(child),
    )


def misfits(reviewed: ReviewedMigration) -> list[Finding]:
    """Operations that do not fit the models as the migrations before left them."""
    migration = reviewed.migration
    return [
        Finding(
            rule=rule("unreadable-migration"),
            message=f"{reviewed.name}: operation {operation.number} ({operation.kind}) {why}.",
            hint="Correct the operation, or the dependencies of the migration.",
            subject=f"{reviewed.name}#{operation.number}",
            location=location_of(migration, operation.number),
        )
        for operation in reviewed.operations
        for why in operation.unreadable
        if why.startswith(MISFIT)
    ]


_EMPTY = "has no SQL", "Remove it, or write what it shall run."


def meaningless_sql(migration: Migration) -> list[Finding]:
    """RunSQL operations that run nothing, or that Django can't run."""
    return [
        Finding(
            rule=rule("empty-sql" if fact == _EMPTY[0] else "meaningless-sql"),
            message=f"{_name(migration)}: operation {number} (RunSQL) {fact}.",
            hint=hint,
            subject=f"{_name(migration)}#{number}",
            location=location_of(migration, number),
        )
        for number, operation in enumerate(migration.operations, start=1)
        for fact, hint in _meaningless(operation)
    ]


def _meaningless(operation: Operation) -> list[tuple[str, str]]:
    match operation:
        case operations.SeparateDatabaseAndState(database_operations=inner):
            return [found for each in inner for found in _meaningless(each)]
        case operations.RunSQL(sql=str(text)):
            undone = operation.reverse_sql not in (None, "")
            if text.strip() or undone or operation.state_operations:
                return []
            return [_EMPTY]
        case operations.RunSQL(sql=list() | tuple() as entries):
            if not entries:
                return [_EMPTY]
            hint = "Write a list of texts and of pairs (text, parameters)."
            wrong = [entry for entry in entries if not _can_run(entry)]
            return [(f"has the entry {_short(e)}, which Django can't run", hint) for e in wrong[:1]]
        case operations.RunSQL():
            return [
                (f"has the SQL {_short(operation.sql)}, which Django can't run", "Write a text.")
            ]
    return []


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:59]}…"


def _can_run(entry: object) -> bool:
    match entry:
        case str():
            return True
        case [str(), _]:
            return True
    return False


def _guess(migration: Migration, label: str) -> str:
    labels = [config.label for config in apps.get_app_configs()]
    if label not in labels:
        return f"There is no app {label!r}. {did_you_mean(label, labels)}".strip()
    if label == migration.app_label:
        return "Take the file from git again, or correct the name in dependencies."
    return "Correct the name in dependencies."


def _not_reviewed(waiting: Collection[_Key]) -> str:
    if not waiting:
        return ""
    number = len(waiting)
    them = "migration that depends" if number == 1 else "migrations that depend"
    return f"\n{number} {them} on it {'was' if number == 1 else 'were'} not reviewed."


def _name(migration: Migration) -> str:
    return f"{migration.app_label}.{migration.name}"


def _file_of(path: str) -> str:
    try:
        spec = find_spec(path)
    except (ImportError, ValueError, AttributeError):
        return ""
    return spec.origin or "" if spec else ""


def _line(file: str, error: BaseException) -> int:
    """Return the line of the file in which it went wrong."""
    if isinstance(error, SyntaxError) and error.filename == file and error.lineno:
        return error.lineno
    frames = traceback.extract_tb(error.__traceback__)
    lines = [frame.lineno for frame in frames if frame.filename == file and frame.lineno]
    return lines[-1] if lines else _undecodable_line(file)


def _undecodable_line(file: str) -> int:
    try:
        data = Path(file).read_bytes()
        data.decode()
    except UnicodeDecodeError as error:
        return data[: error.start].count(b"\n") + 1
    except OSError:
        return 1
    return 1
