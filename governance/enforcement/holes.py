"""Ways around the roles that grants can't close. Asks PostgreSQL, changes nothing."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.backends.base.base import BaseDatabaseWrapper

from governance.findings import Finding
from governance.ownership.names import PLATFORM, is_unknown
from governance.ownership.registry import Registry
from governance.postgres import guards, privileges
from governance.rules import rule


def holes(connection: BaseDatabaseWrapper, registry: Registry, *, prefix: str) -> list[Finding]:
    """Return one finding for each way around the roles that is open in this database."""
    return [
        *_definer_views(connection, registry),
        *_inheritors(connection, prefix),
        *_unbound(connection, registry),
        *_cascades(connection, registry),
        _row_locks(prefix),
    ]


def _definer_views(connection: BaseDatabaseWrapper, registry: Registry) -> Iterator[Finding]:
    for view, table in privileges.definer_views(connection):
        owner, below = registry.owner_of_table(view), registry.owner_of_table(table)
        if _is_module(below) and owner != below:
            whose = f"of {owner}" if _is_module(owner) else "of nobody"
            yield Finding(
                rule=rule("definer-view"),
                message=f"The view {view} {whose} reads {table} of {below} with the privileges of "
                "its owner, whoever uses it.",
                hint=f"ALTER VIEW {view} SET (security_invoker = true);",
                subject=view,
                actor=owner if _is_module(owner) else "",
                owner=below,
                details={"table": table},
            )


def _inheritors(connection: BaseDatabaseWrapper, prefix: str) -> Iterator[Finding]:
    for login, roles in privileges.inheritors(connection, prefix):
        yield Finding(
            rule=rule("inherited-roles"),
            message=f"The login role {login} has the privileges of {_and(roles)} at once, without "
            "SET ROLE.",
            hint=f"ALTER ROLE {login} NOINHERIT; on PostgreSQL 16 and newer grant each role again "
            "WITH INHERIT FALSE.",
            subject=login,
        )


def _unbound(connection: BaseDatabaseWrapper, registry: Registry) -> Iterator[Finding]:
    tables = [table.name for table in registry.tables.values() if _is_module(table.owner)]
    for login, is_superuser, count in privileges.unbound(connection, tables):
        why = "is a superuser and owns" if is_superuser else "owns"
        yield Finding(
            rule=rule("unbound-login"),
            message=f"Grants do not bind the login role {login}: it {why} {count} of the tables.",
            hint="Let services log in with a role of their own that is a member of their module's "
            "role. The triggers guard what this one does.",
            subject=login,
        )


def _cascades(connection: BaseDatabaseWrapper, registry: Registry) -> Iterator[Finding]:
    for edge in guards.references(connection):
        owner, of = registry.owner_of_table(edge.table), registry.owner_of_table(edge.of)
        if edge.changes_rows and _is_module(owner) and owner != of:
            yield Finding(
                rule=rule("cascade-past-grants"),
                message=f"Who may delete or change rows of {edge.of} changes {edge.table} of "
                f"{owner} along ({edge.name}), whatever is granted.",
                hint="The triggers judge it: manage.py schema_enforce --install",
                subject=edge.table,
                actor=of,
                owner=owner,
            )


def _row_locks(prefix: str) -> Finding:
    return Finding(
        rule=rule("row-locks-need-update"),
        message=f"With the roles {prefix}* a SELECT … FOR UPDATE of another module's table fails: "
        "PostgreSQL asks for UPDATE.",
        hint="Lock rows of your own tables, or use pg_advisory_xact_lock().",
        subject=prefix,
    )


def _is_module(owner: str) -> bool:
    return owner != PLATFORM and not is_unknown(owner)


def _and(names: list[str]) -> str:
    return f"{', '.join(names[:-1])} and {names[-1]}"
