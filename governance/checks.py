"""Findings as messages of Django's check framework, so that every command shows them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.apps import AppConfig
from django.core import checks
from django.core.checks import CheckMessage
from django.db import DatabaseError, connections

from governance import conf
from governance.acceptance.baseline import path_in_force, read
from governance.acceptance.settling import settle_in_force
from governance.findings import Finding
from governance.idempotency import checking
from governance.ownership import current
from governance.ownership.names import table_key
from governance.postgres import catalog
from governance.rules import rule

Check = Callable[..., list[CheckMessage]]


def register() -> None:
    """Register one check for each area."""
    checks.register(check_settings, "governance")
    checks.register(check_ownership, "governance")
    checks.register(check_gate, "governance")
    checks.register(check_idempotency, "governance")
    checks.register(check_database, "governance", checks.Tags.database)


def check_settings(*, app_configs: Sequence[AppConfig] | None, **_: Any) -> list[CheckMessage]:
    """Judge the ``GOVERNANCE`` setting and say once when the database is not PostgreSQL."""
    del app_configs
    settings = conf.settings()
    return messages([*settings.findings, *vendor_findings(conf.settings().DATABASE)])


def check_ownership(*, app_configs: Sequence[AppConfig] | None, **_: Any) -> list[CheckMessage]:
    """Judge the declarations against the installed apps and their models."""
    del app_configs
    if conf.settings().findings:
        return []
    found = [*current.ownership().findings, *_undeclared_findings(), *baseline_findings()]
    return messages(settle_in_force(found).fresh)


def check_gate(*, app_configs: Sequence[AppConfig] | None, **_: Any) -> list[CheckMessage]:
    """Find out whether another app's ``makemigrations`` is used instead of ours."""
    from django.core.management import get_commands

    del app_configs
    provider = get_commands().get("makemigrations")
    name = provider if isinstance(provider, str) else str(getattr(provider, "__module__", ""))
    return [] if name == "governance" else messages([_bypassed(name)])


def check_idempotency(*, app_configs: Sequence[AppConfig] | None, **_: Any) -> list[CheckMessage]:
    """Judge the endpoints that keep idempotency keys, and those that should."""
    del app_configs
    if conf.settings().findings:
        return []
    found = checking.findings(current.ownership().registry)
    return messages(settle_in_force(found).fresh)


def check_database(
    *,
    app_configs: Sequence[AppConfig] | None,
    databases: Sequence[str] | None = None,
    **_: Any,
) -> list[CheckMessage]:
    """Compare the declared tables with those that PostgreSQL has."""
    del app_configs
    alias = conf.settings().DATABASE
    if conf.settings().findings or alias not in (databases or ()):
        return []
    return messages(settle_in_force(database_findings(alias)).fresh)


def messages(findings: Iterable[Finding]) -> list[CheckMessage]:
    """Translate findings, one to one."""
    return [
        CheckMessage(f.severity, f.message, hint=f.hint, obj=f.location, id=f.rule.id)
        for f in findings
    ]


def baseline_findings() -> list[Finding]:
    """Return what is wrong with the baseline file; then it accepts nothing."""
    return list(read(path_in_force()).findings)


def database_findings(alias: str) -> list[Finding]:
    """Return tables in the database that nobody owns, and declared ones that it lacks."""
    connection = connections[alias]
    if connection.vendor != "postgresql":
        return []
    try:
        relations = catalog.relations(connection)
    except DatabaseError as error:
        return [_unreachable(alias, error)]
    return [*_unowned(relations), *([] if _has_others(alias) else _absent(relations))]


def _has_others(alias: str) -> bool:
    """A table that one PostgreSQL database lacks may be in another."""
    return any(c.vendor == "postgresql" and c.alias != alias for c in connections.all())


def _unowned(relations: list[catalog.Relation]) -> list[Finding]:
    registry = current.ownership().registry
    return [
        Finding(
            rule=rule("unowned-table"),
            message=f"The {relation.kind} {relation.name} is in the database, but nobody owns it.",
            hint=f'Name it in the module that writes it: tables=["{relation.name}"].',
            subject=relation.name,
            details={"layer": "database"},
        )
        for relation in relations
        if registry.table(relation.partition_of or relation.name) is None
    ]


def _absent(relations: list[catalog.Relation]) -> list[Finding]:
    present = {table_key(relation.name) for relation in relations}
    if not present:  # before the first migrate
        return []
    registry = current.ownership().registry
    declared = [t for t in registry.tables.values() if not t.model and t.owner in registry.modules]
    return [
        Finding(
            rule=rule("declared-table-absent"),
            message=f"Module {table.owner!r} declares the table {table.name}, which the database "
            "does not have.",
            hint=conf.did_you_mean(table.name, present)
            or f"Run migrate if one creates it; else remove it from Module {table.owner!r}.",
            subject=table.name,
            owner=table.owner,
        )
        for table in declared
        if table.name not in present and table.name.rpartition(".")[2] not in present
    ]


def _undeclared_findings() -> list[Finding]:
    settings = conf.settings()
    key = "MODE" if conf.Mode.ENFORCE in map(settings.mode, conf.AREAS) else "MODULES"
    if key == "MODULES" and conf.Mode.ENFORCE not in settings.MODULES.values():
        return []
    if current.ownership().registry.declared or vendor_findings(conf.settings().DATABASE):
        return []
    return [
        Finding(
            rule=rule("nothing-declared"),
            message=f"GOVERNANCE[{key!r}] is 'enforce', but no module is declared, so nothing is "
            "refused.",
            hint="Write declarations with: manage.py schema_owners --init",
            subject=f"GOVERNANCE[{key!r}]",
        )
    ]


def kind_of(alias: str) -> str:
    """Return the vendor of a database; Django's stand-in for none calls itself unknown."""
    vendor = connections[alias].vendor
    return "not configured" if vendor == "unknown" else vendor


def vendor_findings(alias: str) -> list[Finding]:
    """Return a finding where nothing can be guarded."""
    vendor = kind_of(alias) if alias in connections.settings else "postgresql"
    if vendor == "postgresql":
        return []
    return [
        Finding(
            rule=rule("not-postgresql"),
            message=f"The database {alias!r} is {vendor}, so governance guards nothing.",
            hint="Use the engine django.db.backends.postgresql to have writes guarded.",
            subject=alias,
        )
    ]


def _bypassed(provider: str) -> Finding:
    return Finding(
        rule=rule("gate-bypassed"),
        message=f"makemigrations is provided by {provider}, so cross-module changes pass.",
        hint=f'Put "governance" before "{provider}" in INSTALLED_APPS.',
        subject="makemigrations",
    )


def _unreachable(alias: str, error: Exception) -> Finding:
    first_line = str(error).strip().splitlines()[0]
    return Finding(
        rule=rule("database-unreachable"),
        message=f"The database {alias!r} can't be asked: {first_line}",
        hint="Start PostgreSQL, or correct DATABASES or DATABASE_URL.",
        subject=alias,
    )
