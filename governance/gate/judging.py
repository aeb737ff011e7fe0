"""Migrations and the registry → findings."""

from __future__ import annotations

from dataclasses import dataclass

from django.apps import apps
from django.db.migrations import Migration
from django.db.migrations.state import ProjectState

from governance.findings import Finding
from governance.ownership import current
from governance.ownership.names import PLATFORM, is_unknown, table_key
from governance.ownership.registry import Registry
from governance.review.changes import Change, changes_of
from governance.review.places import location_of
from governance.rules import rule

_VERBS = {"insert": "inserts into", "copy": "copies into", "delete": "deletes from"}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Case:
    """One change of one migration, and the module that the migration belongs to."""

    change: Change
    migration: Migration
    module: str
    registry: Registry

    def finding(self, slug: str, fact: str, hint: str, *, owner: str, actor: str = "") -> Finding:
        change, migration = self.change, self.migration
        name = f"{migration.app_label}.{migration.name}"
        return Finding(
            rule=rule(slug),
            message=f"{name}: operation {change.number} ({change.kind}) {fact}.",
            hint=hint,
            subject=f"{name}#{change.number}",
            actor=actor or self.module,
            owner=owner,
            location=location_of(migration, change.number),
            details={"operation": change.operation, "table": change.table, "kind": change.kind},
        )


def judge_migration(migration: Migration, before: ProjectState) -> list[Finding]:
    """Return what a migration does to tables that its module does not own."""
    registry = current.ownership().registry
    module = registry.owner_of(migration.app_label)
    findings: list[Finding] = []
    for change in changes_of(migration, before):
        case = _Case(change=change, migration=migration, module=module, registry=registry)
        finding = _judge(case, before)
        if finding is not None and finding not in findings:
            findings.append(finding)
    return findings


def judge_app(app_label: str) -> list[Finding]:
    """Return a finding when an app belongs to no module."""
    registry = current.ownership().registry
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


def _judge(case: _Case, before: ProjectState) -> Finding | None:
    change, module, registry = case.change, case.module, case.registry
    if change.unreadable:
        hint = "Split it into operations that can be read, or have the owners look at it."
        return case.finding("unreadable-operation", change.unreadable, hint, owner="")
    rival = _rival(change, case.migration, before)
    if rival:
        return _two_models(case, rival)
    stranger = _written_elsewhere(change, module, registry)
    if stranger:
        return _from_outside(case, stranger)
    owner = registry.owner_of_table(change.table)
    if registry.table(change.table) is None or owner in {module, PLATFORM}:
        return None
    if not change.of_schema and module in registry.sharers_of(change.table):
        return None
    return _foreign(case, owner)


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


def _foreign(case: _Case, owner: str) -> Finding:
    change = case.change
    slug = "cross-module-schema-change" if change.of_schema else "cross-module-data-change"
    verb = _VERBS.get(change.operation, f"{change.operation}s")
    through = f" (its column {change.model})" if change.model.count(".") == 2 else ""
    fact = f"{verb} {change.table}{through}, a table of {case.registry.described(owner)}"
    return case.finding(slug, fact, _hint(change, owner), owner=owner)


def _hint(change: Change, owner: str) -> str:
    """What Django alters along with another change can't be moved elsewhere."""
    if change.model.count(".") == 2:
        return (
            "Django retypes it together with the key. Add a new key beside the old one, let "
            f"{owner} move its references, then remove the old key."
        )
    match change.kind:
        case "RenameModel":
            return (
                f"Django renames a column of it together with the model. Agree on it with {owner}."
            )
        case "AlterModelTable":
            return f"To hand the table over, rename it in a migration of {owner} (RunSQL)."
    return f"Write it as a migration of {owner}."


def _two_models(case: _Case, rival: str) -> Finding:
    owner = case.registry.owner_of(rival.split(".", maxsplit=1)[0])
    model, table = case.change.model, case.change.table
    fact = f"creates {table} for {model}, but it is the table of {rival} ({owner})"
    hint = f"Give {model} a table of its own, or read {rival} through a model with managed = False."
    return case.finding("two-models-on-one-table", fact, hint, owner=owner)


def _from_outside(case: _Case, stranger: str) -> Finding:
    model, module = case.change.model, case.module
    place = apps.get_model(model).__module__
    fact = f"creates {case.change.table} in {module}, but {model} is written in {place}"
    hint = f"Move the model to a package of {module}, or remove its app_label."
    slug = "cross-module-schema-change"
    return case.finding(slug, f"{fact} ({stranger})", hint, owner=module, actor=stranger)
