"""ALTER COLUMN … TYPE."""

from __future__ import annotations

from governance.postgres.ddl.actions import AlterType
from governance.postgres.ddl.depending import constraint_uses, expressions, index_uses
from governance.postgres.ddl.expressions import cast_of
from governance.postgres.ddl.facts.account import Account
from governance.postgres.ddl.facts.columns import generated_from
from governance.postgres.ddl.facts.conversions import Conversion, conversion, is_refused
from governance.postgres.ddl.facts.references import lock_referenced
from governance.postgres.ddl.parts import ConstraintKind
from governance.postgres.ddl.relations import family, incoming, schema_of
from governance.postgres.ddl.typenames import canonical
from governance.postgres.locks import Lock

_NOT_SUPPORTED = "0A000"
_NO_CAST = "42804"


def alter_type(account: Account, action: AlterType) -> None:
    what = _conversion(account, action)
    for member in family(account.tables, action.table):
        if what is Conversion.TABLE:
            account.rewrite(member)
        account.lock(member)
        _convert_indexes(account, member, action, rebuild=what is Conversion.INDEXES)
        _depend(account, member, action.column)
    column = account.column(action.table, action.column)
    if column is not None and column.identity:
        sequence = account.table(action.table).sequences.get(action.column, "")
        account.lock(sequence, Lock.SHARE_ROW_EXCLUSIVE)
    _keys(account, action, what)


def _conversion(account: Account, action: AlterType) -> Conversion:
    column = account.column(action.table, action.column)
    old = canonical(column.type) if column and column.type else ""
    new, domains = canonical(action.type) if action.type else "", account.schema.domains
    if not old or not new:
        account.doubt(f"converts {action.table}.{action.column}, whose type is not known here")
        return Conversion.TABLE
    plain = {(action.column, ""), (action.column, new)}
    if action.using and cast_of(action.using) not in plain:
        return Conversion.TABLE
    if old != new and (domains.get(new) is False or old in domains):
        account.doubt(f"converts {action.table}.{action.column}, which is of a domain")
        return Conversion.TABLE
    what = conversion(old, new, account.schema.time_zone)
    if not action.using and is_refused(old, new):
        account.fail(_NO_CAST)
    other_order = column is not None and action.collation not in {"", column.collation}
    return max(what, Conversion.INDEXES) if other_order else what


def _convert_indexes(account: Account, table: str, action: AlterType, *, rebuild: bool) -> None:
    """Indexes on the column are made again; their files stay where the order is the same.

    One with an expression or a condition is always built anew.
    """
    for name, index in account.table(table).indexes.items():
        if index_uses(index, action.column):
            complex_one = bool(index.condition or expressions(index.columns))
            account.lock(schema_of(table) + name)
            if rebuild or complex_one:
                account.lock(table, scan=True)


def _depend(account: Account, table: str, column: str) -> None:
    """Views and generated columns forbid it."""
    known = account.table(table)
    if any(account.table(v).columns_read & {column, "*"} for v in known.views):
        account.fail(_NOT_SUPPORTED)
    if generated_from(known.columns.values(), column):
        account.fail(_NOT_SUPPORTED)


def _keys(account: Account, action: AlterType, what: Conversion) -> None:
    """Constraints on the column are made again, and with them locks on the other tables."""
    table = account.table(action.table)
    for constraint in table.constraints.values():
        if not constraint_uses(constraint, action.column):
            continue
        if constraint.kind is ConstraintKind.FOREIGN_KEY:
            lock_referenced(
                account, constraint, Lock.ACCESS_EXCLUSIVE, scan=what is Conversion.TABLE
            )
        elif constraint.kind is ConstraintKind.CHECK:
            account.lock(action.table, scan=constraint.valid)
    for other, constraint in incoming(account.tables, action.table):
        columns = constraint.reference.columns if constraint.reference else ()
        primary = next(
            (c.columns for c in table.constraints.values() if c.kind is ConstraintKind.PRIMARY_KEY),
            (),
        )
        if action.column in (columns or primary):
            account.lock(other.name, scan=what is Conversion.TABLE)
