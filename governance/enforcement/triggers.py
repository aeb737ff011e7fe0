"""The triggers of one database: what there is, what there should be, and what to do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

from governance import conf
from governance.conf import did_you_mean
from governance.enforcement import actions, status
from governance.enforcement.actions import Action
from governance.enforcement.definitions import (
    Definition,
    Function,
    definition,
    follow_function,
    guard_function,
    is_always,
)
from governance.enforcement.permits import Permit, permits
from governance.enforcement.status import Standing
from governance.exceptions import ConfigurationError
from governance.findings import Finding
from governance.models import OwnershipRecord
from governance.ownership import current
from governance.ownership.names import is_unknown
from governance.ownership.registry import Registry
from governance.postgres import guards
from governance.postgres.guards import Guarded, Routine
from governance.rules import rule


@dataclass(frozen=True, slots=True, kw_only=True)
class Triggers:
    """Everything that is known about the triggers of a database."""

    function: Function
    """As it should be."""
    found: Routine | None
    """As it is; None while nothing is installed."""
    standings: tuple[Standing, ...]
    follows: bool
    """Whether PostgreSQL guards new partitions by itself."""
    following: Routine | None
    """The function that does so."""

    @property
    def is_function_current(self) -> bool:
        return self.found is not None and self.function.equals(self.found)


def installed(connection: BaseDatabaseWrapper) -> bool:
    """Tell whether triggers were installed in this database."""
    return guards.routine(connection, guards.GUARD) is not None


def look(using: str, *, module: str | None = None, always: bool | None = None) -> Triggers:
    """Ask PostgreSQL, and compare with the registry; ``module`` limits it to its tables.

    ``always`` None keeps what was chosen when the triggers were installed.
    """
    connection = connections[using]
    registry = current.ownership().registry
    found = guards.routine(connection, guards.GUARD)
    if always is None:
        always = found is not None and is_always(found)
    schema = found.schema if found else _schema(connection)
    function = guard_function(schema, conf.settings().OUTSIDERS, always=always)
    edges = [(edge.table, edge.of) for edge in guards.references(connection)]
    known = permits(registry, edges, current.mode_for)
    entries = []
    for relation in guards.guarded(connection):
        owner = _owner(relation, registry)
        if module is None or owner == module:
            permit = _permit(relation, registry, known)
            wanted = _definition(relation, permit, function, connection) if permit else None
            entries.append(status.standing(relation, owner, wanted, found.oid if found else None))
    return Triggers(
        function=function,
        found=found,
        standings=tuple(entry for entry in entries if entry is not None),
        follows=guards.follows_partitions(connection),
        following=guards.routine(connection, guards.FOLLOW),
    )


def installation(seen: Triggers, *, follow: bool | None = None) -> list[Action]:
    """Return what brings the database up to date; nothing when it is.

    ``follow`` True adds the event trigger for new partitions, False removes it.
    """
    planned = [] if seen.is_function_current else [actions.function_installed(seen.function)]
    planned += actions.installing(seen.standings)
    wanted = follow_function(seen.function.schema)
    is_followed = seen.follows and seen.following is not None and wanted.equals(seen.following)
    if not is_followed and (seen.follows if follow is None else follow):
        planned.append(actions.following(wanted))
    if follow is False and seen.follows:
        planned.append(actions.following_removed(seen.function.schema))
    return planned


def removal(seen: Triggers, *, everything: bool) -> list[Action]:
    """Return what removes the triggers, and with ``everything`` also the functions."""
    planned = actions.removing(seen.standings)
    if everything and seen.found is not None:
        first = [actions.following_removed(seen.found.schema)] if seen.follows else []
        last = actions.function_removed(seen.found.schema, guards.GUARD)
        planned = [*first, *planned, last]
    return planned


def findings(seen: Triggers) -> list[Finding]:
    """Return what is not as it should be; one finding only where nothing is installed."""
    if seen.found is None:
        return [_not_installed(seen)] if seen.standings else []
    found = [] if seen.is_function_current else [_function_outdated()]
    found += status.findings(seen.standings)
    partitioned = [e.table for e in seen.standings if e.wanted and _is_root(e.relation)]
    if partitioned and not seen.follows:
        found += [_not_followed(partitioned)]
    return found


def require_outsiders(registry: Registry) -> None:
    """Raise ``ConfigurationError`` when the setting names a module that does not exist."""
    for who, actor in conf.settings().OUTSIDERS.items():
        if not actor.startswith("system:") and actor not in registry.modules:
            hint = did_you_mean(actor, registry.modules)
            key = f"GOVERNANCE['OUTSIDERS'][{who!r}]"
            raise ConfigurationError(f"{key} names no module: {actor!r}. {hint}".strip())


def _schema(connection: BaseDatabaseWrapper) -> str:
    schema = guards.own_schema(connection, OwnershipRecord._meta.db_table)
    if schema is None:
        raise ConfigurationError(
            f"The search path of the database {connection.alias!r} names no schema that exists, "
            "so there is no place for the trigger function."
        )
    return schema


def _is_root(relation: Guarded) -> bool:
    return relation.is_partitioned and relation.partition_of is None


def _owner(relation: Guarded, registry: Registry) -> str:
    return registry.owner_of_table(relation.partition_of or relation.name)


def _permit(relation: Guarded, registry: Registry, known: dict[str, Permit]) -> Permit | None:
    table = registry.table(relation.partition_of or relation.name)
    return known.get(table.name) if table and not is_unknown(table.owner) else None


def _definition(
    relation: Guarded, permit: Permit, function: Function, connection: BaseDatabaseWrapper
) -> Definition:
    return definition(
        relation,
        permit,
        function=function.quoted,
        always=function.always,
        server=connection.connection.info.server_version,
    )


def _not_installed(seen: Triggers) -> Finding:
    tables = sum(entry.wanted is not None for entry in seen.standings)
    return Finding(
        rule=rule("triggers-not-installed"),
        message=f"PostgreSQL guards none of the {tables} tables: no triggers are installed.",
        hint="Run: manage.py schema_enforce --install",
        subject=guards.GUARD,
    )


def _function_outdated() -> Finding:
    return Finding(
        rule=rule("guard-function-outdated"),
        message=f"The function {guards.GUARD} is not the one of this release and these settings.",
        hint="Run: manage.py schema_enforce --install",
        subject=guards.GUARD,
    )


def _not_followed(partitioned: Sequence[str]) -> Finding:
    first, more = partitioned[0], len(partitioned) - 1
    tables = f"{first} and {more} more" if more else first
    return Finding(
        rule=rule("partitions-not-followed"),
        message=f"A new partition of {tables} has no trigger until the next migrate or --install.",
        hint="As a superuser: manage.py schema_enforce --install --follow-partitions",
        subject=first,
    )
