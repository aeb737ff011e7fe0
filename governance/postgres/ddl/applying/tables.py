"""Tables: created, dropped, renamed, attached to others."""

from __future__ import annotations

from dataclasses import replace

from governance.postgres.ddl.actions import (
    AttachPartition,
    Column,
    Constraint,
    ConstraintKind,
    CreateTable,
    DetachPartition,
    DropTable,
    Expression,
    Like,
    RenameTable,
    SetOption,
    SetSchema,
    Volatility,
)
from governance.postgres.ddl.applying.columns import put_column, take_view
from governance.postgres.ddl.applying.constraints import add, add_all, remove
from governance.postgres.ddl.applying.draft import Draft
from governance.postgres.ddl.applying.indexes import put_index
from governance.postgres.ddl.relations import WITH_INDEX, bare, incoming, schema_of
from governance.postgres.ddl.table import Table


def create_table(draft: Draft, action: CreateTable) -> None:
    if action.if_not_exists and action.table in draft.tables:
        return
    sources = [*action.inherits, *filter(None, [action.partition_of])]
    known = [source in draft.tables and draft.table(source).complete for source in sources]
    copied = [
        like.table in draft.tables and draft.table(like.table).complete for like in action.like
    ]
    draft.put(
        Table(
            name=action.table,
            partition_of=action.partition_of,
            partitioned=action.partitioned,
            partition_key=action.partition_key,
            temporary=action.temporary,
            complete=not action.from_query and all(known) and all(copied),
        )
    )
    for source in sources:
        for column in draft.table(source).columns.values():
            inherited = replace(
                column, identity=False, default=_default(draft.table(source), column)
            )
            put_column(draft, action.table, replace(inherited, serial=False))
    _copy_columns(draft, action)
    for column in action.columns:
        known_column = draft.table(action.table).columns.get(column.name)
        put_column(draft, action.table, _merged(column, known_column))
    _add_constraints(draft, action)
    for source in sources:
        _bind(draft, source, action)


def _default(table: Table, column: Column) -> Expression | None:
    """Return the default of a column; that of a serial calls the sequence of its table."""
    if not column.serial:
        return column.default
    sequence = table.sequences.get(column.name, "")
    return Expression(text=f"nextval('{sequence}')", volatility=Volatility.VOLATILE)


def _merged(column: Column, known: Column | None) -> Column:
    """A column that was inherited may be named again, with or without its type."""
    if known is None:
        return column
    return replace(
        column,
        type=column.type or known.type,
        not_null=column.not_null or known.not_null,
        default=column.default or known.default,
        generated=column.generated or known.generated,
    )


def _copy_columns(draft: Draft, action: CreateTable) -> None:
    for like in action.like:
        for column in draft.table(like.table).columns.values():
            default = _default(draft.table(like.table), column)
            put_column(draft, action.table, _copied(replace(column, default=default), like))


def _copied(column: Column, like: Like) -> Column:
    """LIKE copies names, types and NOT NULL; the rest where it is said to be included."""
    generated = column.generated if "generated" in like.including else ""
    keeps_default = "defaults" in like.including if not column.generated else bool(generated)
    return replace(
        column,
        default=column.default if keeps_default else None,
        generated=generated,
        identity=column.identity and "identity" in like.including,
        serial=False,
    )


def _add_constraints(draft: Draft, action: CreateTable) -> None:
    constraints = [c for column in action.columns for c in column.constraints]
    constraints += action.constraints
    for parent in action.inherits:
        add_all(draft, action.table, [c for c in _of(draft, parent) if _is_check(c)])
    for like in action.like:
        if "constraints" in like.including:
            add_all(draft, action.table, [c for c in _of(draft, like.table) if _is_check(c)])
    add_all(draft, action.table, constraints)
    for like in action.like:
        if "indexes" in like.including:
            copy_indexes(draft, like.table, action.table)
    if action.partition_of:
        inherit(draft, action.partition_of, action.table)


def _of(draft: Draft, table: str) -> list[Constraint]:
    return list(draft.table(table).constraints.values())


def _is_check(constraint: Constraint) -> bool:
    return constraint.kind is ConstraintKind.CHECK


def copy_indexes(draft: Draft, source: str, target: str) -> None:
    """Give a table the indexes of another one that it lacks, under names of its own."""
    table = draft.table(source)
    for index in table.indexes.values():
        constraint = table.constraints.get(index.name)
        twin = replace(index, name="")
        if any(replace(i, name="") == twin for i in draft.table(target).indexes.values()):
            continue
        if constraint is not None and constraint.kind in WITH_INDEX:
            add(draft, target, replace(constraint, name="", using_index=""))
        else:
            put_index(draft, target, twin)


def inherit(draft: Draft, parent: str, partition: str) -> None:
    """Give a partition what its partitioned table has."""
    for constraint in _of(draft, parent):
        known = constraint.name in draft.table(partition).constraints
        if constraint.kind not in WITH_INDEX and not known:
            add(draft, partition, constraint)
    copy_indexes(draft, parent, partition)
    for below in draft.table(partition).partitions:
        inherit(draft, partition, below)


def _bind(draft: Draft, source: str, action: CreateTable) -> None:
    table = draft.table(source)
    if action.partition_of:
        _become_partition(draft, source, action.table, default=action.default)
    else:
        draft.change(source, children=(*table.children, action.table))


def _become_partition(draft: Draft, parent: str, partition: str, *, default: bool) -> None:
    table = draft.table(parent)
    draft.change(
        parent,
        partitioned=True,
        partitions=(*(p for p in table.partitions if p != partition), partition),
        default_partition=partition if default else table.default_partition,
    )
    draft.change(partition, partition_of=parent)


def attach_partition(draft: Draft, action: AttachPartition) -> None:
    inherit(draft, action.table, action.partition)
    _become_partition(draft, action.table, action.partition, default=action.default)


def detach_partition(draft: Draft, action: DetachPartition) -> None:
    table = draft.table(action.table)
    default = table.default_partition
    draft.change(
        action.table,
        partitions=tuple(p for p in table.partitions if p != action.partition),
        default_partition="" if default == action.partition else default,
    )
    draft.change(action.partition, partition_of="")


def drop_table(draft: Draft, action: DropTable) -> None:
    take_table(draft, action.table)


def take_table(draft: Draft, name: str) -> None:
    """Drop a table with what can't be without it."""
    table = draft.tables.get(name)
    if table is None:
        return
    for other, constraint in list(incoming(draft.tables, name)):
        remove(draft, other.name, constraint.name)
    del draft.tables[name]
    for view in table.views:
        take_view(draft, view)
    for below in (*table.partitions, *table.children):
        take_table(draft, below)
    parent = draft.tables.get(table.partition_of)
    if parent is not None:
        detach_partition(draft, DetachPartition(table=parent.name, partition=name))
        draft.tables.pop(name, None)
    for trigger in [t for t in draft.triggers if t.startswith(f"{name}.")]:
        del draft.triggers[trigger]


def rename_table(draft: Draft, action: RenameTable) -> None:
    move(draft, action.table, action.to)


def set_schema(draft: Draft, action: SetSchema) -> None:
    """The sequences of a table's columns go along with it."""
    schema = schema_of(action.to)
    sequences = draft.table(action.table).sequences
    move(draft, action.table, action.to)
    draft.change(action.to, sequences={c: f"{schema}{bare(s)}" for c, s in sequences.items()})


def move(draft: Draft, old: str, new: str) -> None:
    """Give a table another key, wherever it is named."""
    moved = replace(draft.table(old), name=new)
    draft.tables = {
        (new if name == old else name): (moved if name == old else _pointing(table, old, new))
        for name, table in draft.tables.items()
    }
    draft.tables[new] = _pointing(moved, old, new)
    draft.triggers = {
        (new + name[len(old) :] if name.startswith(f"{old}.") else name): function
        for name, function in draft.triggers.items()
    }


def _pointing(table: Table, old: str, new: str) -> Table:
    """Return a table that names the new key where it named the old one."""

    def swapped(names: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(new if name == old else name for name in names)

    constraints = {
        name: _pointing_constraint(constraint, old, new)
        for name, constraint in table.constraints.items()
    }
    return replace(
        table,
        constraints=constraints,
        partitions=swapped(table.partitions),
        children=swapped(table.children),
        views=swapped(table.views),
        reads=swapped(table.reads),
        partition_of=new if table.partition_of == old else table.partition_of,
        default_partition=new if table.default_partition == old else table.default_partition,
    )


def _pointing_constraint(constraint: Constraint, old: str, new: str) -> Constraint:
    reference = constraint.reference
    if reference is None or reference.table != old:
        return constraint
    return replace(constraint, reference=replace(reference, table=new))


def set_option(draft: Draft, action: SetOption) -> None:
    """INHERIT and NO INHERIT are the only options that the structure knows."""
    if action.option == "inherit":
        children = draft.table(action.other).children
        draft.change(action.other, children=(*children, action.table))
    elif action.option == "no inherit":
        kept = tuple(c for c in draft.table(action.other).children if c != action.table)
        draft.change(action.other, children=kept)
