"""Columns: what goes along when one is added, dropped, renamed or changed."""

from __future__ import annotations

import re
from dataclasses import replace

from governance.postgres.ddl.actions import (
    AddColumn,
    AlterType,
    ChangeGeneration,
    Column,
    Constraint,
    ConstraintKind,
    DropColumn,
    DropDefault,
    DropNotNull,
    Index,
    RenameColumn,
    SetDefault,
    SetNotNull,
)
from governance.postgres.ddl.applying.constraints import add_all, remove, set_column
from governance.postgres.ddl.applying.draft import Draft
from governance.postgres.ddl.applying.names import name_of_sequence
from governance.postgres.ddl.depending import constraint_uses, index_uses
from governance.postgres.ddl.expressions import columns_in
from governance.postgres.ddl.relations import family, incoming
from governance.postgres.ddl.table import Table


def add_column(draft: Draft, action: AddColumn) -> None:
    for member in family(draft.tables, action.table):
        if action.column.name not in draft.table(member).columns:
            put_column(draft, member, action.column)
            add_all(draft, member, list(action.column.constraints))


def put_column(draft: Draft, table: str, column: Column) -> None:
    """Add a column without its constraints, and its sequence if it has one."""
    before = draft.table(table)
    bare = replace(column, constraints=())
    fields: dict[str, object] = {"columns": {**before.columns, column.name: bare}}
    if column.serial or column.identity:
        sequence = name_of_sequence(draft, table, column.name)
        fields["sequences"] = {**before.sequences, column.name: sequence}
    draft.change(table, **fields)


def drop_column(draft: Draft, action: DropColumn) -> None:
    for member in family(draft.tables, action.table):
        take_column(draft, member, action.column, cascade=action.cascade)


def take_column(draft: Draft, table: str, column: str, *, cascade: bool) -> None:
    """Drop a column with the indexes and constraints that need it."""
    for constraint in list(draft.table(table).constraints.values()):
        if constraint_uses(constraint, column):
            remove(draft, table, constraint.name, cascade=cascade)
    before = draft.table(table)
    draft.change(
        table,
        columns={n: c for n, c in before.columns.items() if n != column},
        indexes={n: i for n, i in before.indexes.items() if not index_uses(i, column)},
        sequences={n: s for n, s in before.sequences.items() if n != column},
    )
    if cascade:
        _take_dependants(draft, before, column)


def _take_dependants(draft: Draft, table: Table, column: str) -> None:
    for name in table.views:
        if draft.table(name).columns_read & {column, "*"}:
            take_view(draft, name)
    for other in table.columns.values():
        if other.generated and other.default and column in columns_in(other.default.text):
            take_column(draft, table.name, other.name, cascade=True)


def take_view(draft: Draft, name: str) -> None:
    """Drop a view with the views that read it."""
    view = draft.tables.pop(name, None)
    if view is None:
        return
    for read in view.reads:
        if read in draft.tables:
            views = tuple(v for v in draft.table(read).views if v != name)
            draft.change(read, views=views)
    for above in view.views:
        take_view(draft, above)


def rename_column(draft: Draft, action: RenameColumn) -> None:
    for member in family(draft.tables, action.table):
        _rename(draft, member, action.column, action.to)
    for other, constraint in list(incoming(draft.tables, action.table)):
        reference = constraint.reference
        if reference is not None:
            names = _swapped(reference.columns, action.column, action.to)
            changed = replace(constraint, reference=replace(reference, columns=names))
            constraints = {**other.constraints, constraint.name: changed}
            draft.change(other.name, constraints=constraints)


def _rename(draft: Draft, table: str, old: str, new: str) -> None:
    before = draft.table(table)
    columns = {
        (new if name == old else name): (replace(column, name=new) if name == old else column)
        for name, column in before.columns.items()
    }
    if old not in before.columns and not before.complete:
        columns[new] = Column(name=new)
    draft.change(
        table,
        columns=columns,
        constraints={n: _renamed(c, old, new) for n, c in before.constraints.items()},
        indexes={n: _renamed_index(i, old, new) for n, i in before.indexes.items()},
        sequences={new if n == old else n: s for n, s in before.sequences.items()},
    )


def _renamed(constraint: Constraint, old: str, new: str) -> Constraint:
    return replace(
        constraint,
        columns=_swapped(constraint.columns, old, new),
        expression=_swapped_in(constraint.expression, old, new),
        not_null_of=new if constraint.not_null_of == old else constraint.not_null_of,
    )


def _renamed_index(index: Index, old: str, new: str) -> Index:
    return replace(
        index,
        columns=_swapped(index.columns, old, new),
        include=_swapped(index.include, old, new),
        condition=_swapped_in(index.condition, old, new),
    )


def _swapped(names: tuple[str, ...], old: str, new: str) -> tuple[str, ...]:
    return tuple(
        new if name == old else _swapped_in(name, old, new) if name[:1] == "(" else name
        for name in names
    )


def _swapped_in(text: str, old: str, new: str) -> str:
    """Replace a column in the text of an expression, if it is there at all."""
    if not text or old not in text or old not in columns_in(text):
        return text
    written = '"' + new.replace('"', '""') + '"'
    plain = new if re.fullmatch(r"[a-z_][a-z0-9_]*", new) else written
    pattern = rf'(?<![\w"\'$])(?:{re.escape(old)}|"{re.escape(old)}")(?![\w"\'$(])'
    return re.sub(pattern, lambda _: plain, text)


def alter_type(draft: Draft, action: AlterType) -> None:
    for member in family(draft.tables, action.table):
        column = draft.table(member).columns.get(action.column)
        collation = action.collation or (column.collation if column else "")
        set_column(draft, member, action.column, type=action.type, collation=collation)


def set_not_null(draft: Draft, action: SetNotNull) -> None:
    for member in family(draft.tables, action.table):
        set_column(draft, member, action.column, not_null=True)


def drop_not_null(draft: Draft, action: DropNotNull) -> None:
    for member in family(draft.tables, action.table):
        set_column(draft, member, action.column, not_null=False)
        for constraint in list(draft.table(member).constraints.values()):
            if constraint.kind is ConstraintKind.NOT_NULL and action.column in constraint.columns:
                remove(draft, member, constraint.name)


def set_default(draft: Draft, action: SetDefault) -> None:
    for member in family(draft.tables, action.table):
        set_column(draft, member, action.column, default=action.default)


def drop_default(draft: Draft, action: DropDefault) -> None:
    for member in family(draft.tables, action.table):
        set_column(draft, member, action.column, default=None, serial=False)


def change_generation(draft: Draft, action: ChangeGeneration) -> None:
    """Identity brings a sequence with it and takes it away again."""
    table, column = action.table, action.column
    if action.change == "drop expression":
        for member in family(draft.tables, table):
            set_column(draft, member, column, generated="", default=None)
    elif action.change == "add identity":
        set_column(draft, table, column, identity=True)
        sequence = name_of_sequence(draft, table, column)
        draft.change(table, sequences={**draft.table(table).sequences, column: sequence})
    elif action.change == "drop identity":
        set_column(draft, table, column, identity=False)
        kept = {n: s for n, s in draft.table(table).sequences.items() if n != column}
        draft.change(table, sequences=kept)
