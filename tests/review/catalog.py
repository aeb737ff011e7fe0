"""Schemas, ours and PostgreSQL's, in one form: columns, constraints and indexes by table."""

from __future__ import annotations

from typing import Any

from governance.postgres.ddl.actions import ConstraintKind
from governance.postgres.ddl.schema import Schema

_COLUMNS = """
SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
       a.atthasdef AND a.attgenerated = '', a.attidentity <> ''
FROM pg_class c
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace
"""
_CONSTRAINTS = """
SELECT c.relname, o.conname, o.contype::text FROM pg_constraint o
JOIN pg_class c ON c.oid = o.conrelid
WHERE c.relnamespace = 'public'::regnamespace AND o.contype IN ('f', 'c', 'u', 'p', 'x')
"""
_INDEXES = """
SELECT tablename, indexname FROM pg_indexes WHERE schemaname = 'public'
"""
_TYPES = {
    ConstraintKind.FOREIGN_KEY: "f",
    ConstraintKind.CHECK: "c",
    ConstraintKind.UNIQUE: "u",
    ConstraintKind.PRIMARY_KEY: "p",
    ConstraintKind.EXCLUDE: "x",
}

Described = dict[str, tuple[set[Any], set[Any], set[Any]]]


def catalogued(connection: Any) -> Described:
    found: Described = {}
    with connection.cursor() as cursor:
        for place, query in enumerate((_COLUMNS, _CONSTRAINTS, _INDEXES)):
            cursor.execute(query)
            for table, *facts in cursor.fetchall():
                found.setdefault(table, (set(), set(), set()))[place].add(tuple(facts))
    return found


def described(schema: Schema) -> Described:
    found: Described = {}
    for name, table in schema.tables.items():
        if table.kind != "table":
            continue
        keys = {
            column
            for constraint in table.constraints.values()
            if constraint.kind is ConstraintKind.PRIMARY_KEY
            for column in constraint.columns
        }
        columns = {
            (
                c.name,
                c.type,
                c.not_null or c.name in keys,
                bool(c.serial or (c.default and not c.generated)),
                c.identity,
            )
            for c in table.columns.values()
        }
        constraints = {
            (n, _TYPES[c.kind]) for n, c in table.constraints.items() if c.kind in _TYPES
        }
        found[name] = (columns, constraints, {(n,) for n in table.indexes})
    return found
