"""Indexes, also those of partitions."""

from __future__ import annotations

from dataclasses import replace

from governance.postgres.ddl.actions import CreateIndex, DropIndex, Index, RenameIndex
from governance.postgres.ddl.applying.constraints import remove
from governance.postgres.ddl.applying.draft import Draft
from governance.postgres.ddl.applying.names import name_of_index
from governance.postgres.ddl.relations import bare, owner_of_index, partition_tree


def create_index(draft: Draft, action: CreateIndex) -> None:
    """An index of a partitioned table is made on its partitions, under names of their own."""
    known = draft.table(action.table).indexes
    if action.if_not_exists and action.index.name in known:
        return
    members = [action.table] if action.only else partition_tree(draft.tables, action.table)
    for member in members:
        index = action.index if member == action.table else replace(action.index, name="")
        put_index(draft, member, index)


def put_index(draft: Draft, table: str, index: Index) -> None:
    named = replace(index, name=name_of_index(draft, table, index))
    draft.change(table, indexes={**draft.table(table).indexes, named.name: named})


def drop_index(draft: Draft, action: DropIndex) -> None:
    owner = owner_of_index(draft.tables, action.name)
    if owner is None and action.table in draft.tables:
        owner = draft.table(action.table)
    if owner is None or bare(action.name) not in owner.indexes:
        return
    gone = owner.indexes[bare(action.name)]
    remove(draft, owner.name, gone.name, cascade=action.cascade)
    for member in partition_tree(draft.tables, owner.name)[1:]:
        twins = [i for i in draft.table(member).indexes.values() if _is_twin(i, gone)]
        if twins:
            remove(draft, member, twins[0].name)


def _is_twin(one: Index, other: Index) -> bool:
    return replace(one, name="") == replace(other, name="")


def rename_index(draft: Draft, action: RenameIndex) -> None:
    """The constraint that an index stands behind is renamed with it."""
    owner = owner_of_index(draft.tables, action.name)
    old = bare(action.name)
    if owner is None:
        if action.name in draft.tables:  # ALTER INDEX renames tables and views as well
            draft.put(replace(draft.tables.pop(action.name), name=action.to))
        return
    indexes = {n: i for n, i in owner.indexes.items() if n != old}
    indexes[action.to] = replace(owner.indexes[old], name=action.to)
    constraints = {n: c for n, c in owner.constraints.items() if n != old}
    if old in owner.constraints:
        constraints[action.to] = replace(owner.constraints[old], name=action.to)
    draft.change(owner.name, indexes=indexes, constraints=constraints)
