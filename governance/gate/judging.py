"""Migrations and the registry → findings."""

from __future__ import annotations

from collections.abc import Iterable

from django.apps import apps
from django.db.migrations import Migration
from django.db.migrations.state import ProjectState

from governance.findings import Finding, Location
from governance.ownership import discovery
from governance.ownership.names import PLATFORM, is_unknown, table_key
from governance.ownership.places import shown
from governance.ownership.registry import Registry
from governance.review.changes import Change, changes_of
from governance.rules import rule

_VERBS = {"insert": "inserts into", "copy": "copies into", "delete": "deletes from"}


def judge_migration(migration: Migration, before: ProjectState) -> list[Finding]:
    """Return what a migration does to tables that its module does not own."""
    registry = discovery.ownership().registry
    module = registry.owner_of(migration.app_label)
    findings = []
    for change in changes_of(migration, before):
        finding = _judge(change, migration, module, registry, before)
        if finding is not None and finding not in findings:
            findings.append(finding)
    return findings


def judge_app(app_label: str) -> list[Finding]:
    """Return a finding when an app belongs to no module."""
    registry = discovery.ownership().registry
    if not is_unknown(registry.owner_of(app_label)):
        return []
    return [
        Finding(
            rule=rule("migration-without-module"),
            message=f"App {app_label!r} belongs to no module, so nobody owns its tables.",
            hint=f"Add {app_label!r} to a Module, or run: manage.py schema_owners --init",
            subject=app_label,
            owner=registry.owner_of(app_label),
        )
    ]


def judge_all(migrations: Iterable[tuple[Migration, ProjectState]]) -> list[Finding]:
    """Judge migrations with the state before each."""
    return [finding for pair in migrations for finding in judge_migration(*pair)]


def _judge(
    change: Change, migration: Migration, module: str, registry: Registry, before: ProjectState
) -> Finding | None:
    if change.unreadable:
        return _finding("unreadable-operation", change, migration, module, "", registry)
    rival = _rival(change, migration, before)
    if rival:
        return _two_models(change, migration, module, rival, registry)
    stranger = _written_elsewhere(change, module, registry)
    if stranger:
        return _from_outside(change, migration, module, stranger)
    owner = registry.owner_of_table(change.table)
    if registry.table(change.table) is None or owner in (module, PLATFORM):
        return None
    if not change.of_schema and module in registry.sharers_of(change.table):
        return None
    slug = "cross-module-schema-change" if change.of_schema else "cross-module-data-change"
    return _finding(slug, change, migration, module, owner, registry)


def _rival(change: Change, migration: Migration, before: ProjectState) -> str:
    """Return the model that has the table already when a migration creates it for another."""
    if change.operation != "create" or not change.model:
        return ""
    for (label, _), known in before.models.items():
        if not known.options.get("managed", True) or known.options.get("proxy"):
            continue
        table = table_key(str(known.options.get("db_table") or f"{label}_{known.name.lower()}"))
        same = f"{label}.{known.name}" == change.model and label == migration.app_label
        if table == change.table and not same:
            return f"{label}.{known.name}"
    return ""


def _written_elsewhere(change: Change, module: str, registry: Registry) -> str:
    """Return the module in whose code a created model stands, if that is not its owner's."""
    if change.operation != "create" or "." not in change.model:
        return ""
    try:
        model = apps.get_model(change.model)
    except LookupError:
        return ""
    place = registry.module_of(model.__module__)
    return "" if place in (None, PLATFORM, module) else str(place)


def _finding(
    slug: str, change: Change, migration: Migration, module: str, owner: str, registry: Registry
) -> Finding:
    if change.unreadable:
        message = f"{_operation(change)} {change.unreadable}."
        hint = "Split it into operations that can be read, or name its tables in hints={'tables': []}."
    else:
        verb = _VERBS.get(change.operation, f"{change.operation}s")
        about = f" (through {change.model})" if _indirect(change, registry) else ""
        message = f"{_operation(change)} {verb} {change.table}{about}, a table of " + _owner(
            owner, registry
        )
        hint = f"Write it as a migration of {owner}."
    return Finding(
        rule=rule(slug),
        message=f"{migration.app_label}.{migration.name}: {message}".rstrip(),
        hint=hint,
        subject=f"{migration.app_label}.{migration.name}#{change.number}",
        actor=module,
        owner=owner,
        location=_location(migration),
        details={"operation": change.operation, "table": change.table, "kind": change.kind},
    )


def _two_models(
    change: Change, migration: Migration, module: str, rival: str, registry: Registry
) -> Finding:
    owner = registry.owner_of(rival.split(".")[0])
    return Finding(
        rule=rule("two-models-on-one-table"),
        message=f"{migration.app_label}.{migration.name}: {_operation(change)} creates "
        f"{change.table} for {change.model}, but it is the table of {rival} ({owner}).",
        hint=f"Give {change.model} a table of its own, or read {rival} through a model with "
        "managed = False.",
        subject=f"{migration.app_label}.{migration.name}#{change.number}",
        actor=module,
        owner=owner,
        location=_location(migration),
        details={"operation": change.operation, "table": change.table, "kind": change.kind},
    )


def _from_outside(change: Change, migration: Migration, module: str, stranger: str) -> Finding:
    place = apps.get_model(change.model).__module__
    return Finding(
        rule=rule("cross-module-schema-change"),
        message=f"{migration.app_label}.{migration.name}: {_operation(change)} creates "
        f"{change.table} in {module}, but {change.model} is written in {place} ({stranger}).",
        hint=f"Move the model to a package of {module}, or remove its app_label.",
        subject=f"{migration.app_label}.{migration.name}#{change.number}",
        actor=stranger,
        owner=module,
        location=_location(migration),
        details={"operation": change.operation, "table": change.table, "kind": change.kind},
    )


def _operation(change: Change) -> str:
    return f"operation {change.number} ({change.kind})"


def _indirect(change: Change, registry: Registry) -> bool:
    """A reference from elsewhere is retyped along: say which."""
    return change.model.count(".") == 2 and bool(registry.tables)


def _owner(owner: str, registry: Registry) -> str:
    module = registry.modules.get(owner)
    about = ", ".join(part for part in (module.team, module.contact) if part) if module else ""
    return f"{owner} ({about})." if about else f"{owner}."


def _location(migration: Migration) -> Location | None:
    """A migration that is not written yet has no place."""
    import sys

    module = sys.modules.get(type(migration).__module__)
    file = getattr(module, "__file__", None)
    if type(migration) is Migration or file is None:
        return None
    return Location(file=shown(file), line=1)
