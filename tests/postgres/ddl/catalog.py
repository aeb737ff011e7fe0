"""The same facts from PostgreSQL's catalogue and from our structure."""

from typing import Any

import psycopg

from governance.postgres.ddl.actions import ConstraintKind
from governance.postgres.ddl.schema import Schema

_TABLES = """
    SELECT c.oid::int, CASE n.nspname WHEN 'public' THEN '' ELSE n.nspname || '.' END || c.relname
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
"""
_COLUMNS = """
    SELECT attname, format_type(atttypid, atttypmod), attnotnull, attidentity <> '',
           CASE attgenerated WHEN 's' THEN 'stored' WHEN 'v' THEN 'virtual' ELSE '' END,
           atthasdef AND attgenerated = ''
    FROM pg_attribute WHERE attrelid = %s AND attnum > 0 AND NOT attisdropped ORDER BY attnum
"""
_CONSTRAINTS = """
    SELECT conname, contype::text, convalidated FROM pg_constraint
    WHERE conrelid = %s AND contype IN ('f', 'c', 'u', 'p', 'x')
"""
_INDEXES = """
    SELECT c.relname, i.indisunique FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
    WHERE i.indrelid = %s
"""
_KINDS = {
    ConstraintKind.FOREIGN_KEY: "f",
    ConstraintKind.CHECK: "c",
    ConstraintKind.UNIQUE: "u",
    ConstraintKind.PRIMARY_KEY: "p",
    ConstraintKind.EXCLUDE: "x",
}

Facts = dict[str, dict[str, Any]]


def real(connection: psycopg.Connection[Any], without: set[int]) -> Facts:
    """Return what the catalogue says of the tables that were not there before."""
    found = connection.execute(_TABLES).fetchall()
    return {name: _table(connection, oid) for oid, name in found if oid not in without}


def known(connection: psycopg.Connection[Any]) -> set[int]:
    return {oid for oid, _ in connection.execute(_TABLES).fetchall()}


def _table(connection: psycopg.Connection[Any], oid: int) -> dict[str, Any]:
    return {
        "columns": {row[0]: row[1:] for row in connection.execute(_COLUMNS, [oid]).fetchall()},
        "constraints": {row[0]: row[1:] for row in connection.execute(_CONSTRAINTS, [oid])},
        "indexes": dict(connection.execute(_INDEXES, [oid]).fetchall()),
    }


def ours(schema: Schema) -> Facts:
    """Return the same of our structure; a serial has a default that says so no other way."""
    return {
        name: {
            "columns": {
                c.name: (
                    c.type,
                    c.not_null,
                    c.identity,
                    c.generated,
                    (c.default is not None or c.serial) and not c.generated,
                )
                for c in table.columns.values()
            },
            "constraints": {
                c.name: (_KINDS[c.kind], c.valid)
                for c in table.constraints.values()
                if c.kind in _KINDS
            },
            "indexes": {i.name: i.unique for i in table.indexes.values()},
        }
        for name, table in schema.tables.items()
        if table.kind == "table"
    }
