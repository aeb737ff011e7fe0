"""What PostgreSQL's catalogue knows of roles and of what they may do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.backends.base.base import BaseDatabaseWrapper

from governance.postgres.catalog import ask, query
from governance.postgres.identifiers import quoted


@dataclass(frozen=True, slots=True, order=True)
class Privilege:
    """One thing that one role may do."""

    role: str
    kind: str
    """SCHEMA, TABLE (views too) or SEQUENCE; TABLES or SEQUENCES for those yet to be created."""
    schema: str
    name: str
    """Empty for schemas and for what is yet to be created."""
    privilege: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """A role whose name begins with the prefix."""

    name: str
    can_login: bool
    inherits: bool
    is_superuser: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a table or view is, and the role that owns it."""

    name: str
    """``name`` when the search path finds it, else ``schema.name``."""
    schema: str
    relation: str
    is_view: bool
    owner: str


def module_roles(connection: BaseDatabaseWrapper, prefix: str) -> list[Role]:
    """Return the roles whose name begins with the prefix."""
    connection.ensure_connection()
    return [
        Role(name=name, can_login=can_login, inherits=inherits, is_superuser=is_superuser)
        for name, can_login, inherits, is_superuser in ask(
            connection.connection, query("module_roles"), (prefix,)
        )
    ]


def held(connection: BaseDatabaseWrapper, prefix: str) -> set[Privilege]:
    """Return what these roles may do now, and with what the current role will create."""
    connection.ensure_connection()
    now = {Privilege(*row) for row in ask(connection.connection, query("privileges"), (prefix,))}
    later = ask(connection.connection, query("default_privileges"), (prefix,))
    return now | {Privilege(role, kind, schema, "", what) for role, kind, schema, what in later}


def places(connection: BaseDatabaseWrapper) -> list[Place]:
    """Return every table and view."""
    connection.ensure_connection()
    return [
        Place(name=name, schema=schema, relation=relation, is_view=is_view, owner=owner)
        for name, schema, relation, is_view, owner in ask(connection.connection, query("places"))
    ]


def serials(connection: BaseDatabaseWrapper) -> list[tuple[str, str, str]]:
    """Return (table, schema, sequence) for each serial column."""
    connection.ensure_connection()
    return [tuple(row) for row in ask(connection.connection, query("serials"))]


def definer_views(connection: BaseDatabaseWrapper) -> list[tuple[str, str]]:
    """Return (view, relation below it) for each view that is checked as its owner."""
    connection.ensure_connection()
    return [tuple(row) for row in ask(connection.connection, query("definer_views"))]


def inheritors(connection: BaseDatabaseWrapper, prefix: str) -> list[tuple[str, list[str]]]:
    """Return login roles with the roles of several modules in force at once."""
    connection.ensure_connection()
    return [
        (login, list(roles))
        for login, roles in ask(connection.connection, query("inheritors"), (prefix,))
    ]


def unbound(connection: BaseDatabaseWrapper, tables: Sequence[str]) -> list[tuple[str, bool, int]]:
    """Return login roles that own some of the tables: (name, whether superuser, how many)."""
    connection.ensure_connection()
    names = [quoted(table) for table in tables]
    return [tuple(row) for row in ask(connection.connection, query("unbound"), (names,))]
