"""The commands of ALTER TABLE."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from governance.postgres.ddl.actions import (
    Action,
    AddColumn,
    AddConstraint,
    AlterConstraint,
    AlterType,
    AttachPartition,
    ChangeGeneration,
    DetachPartition,
    DropColumn,
    DropConstraint,
    DropDefault,
    DropNotNull,
    Expression,
    SetDefault,
    SetNotNull,
    SetOption,
    Unreadable,
    ValidateConstraint,
)
from governance.postgres.ddl.expressions import volatility, walk
from governance.postgres.ddl.reading.columns import collation, column
from governance.postgres.ddl.reading.constraints import constraint, is_constraint
from governance.postgres.ddl.reading.naming import cascades, key
from governance.postgres.ddl.reading.sources import Source
from governance.postgres.ddl.typenames import printed
from governance.postgres.parsing import Node

Found = Iterator[Action]

OPTIONS = {
    "AT_SetStatistics": "statistics",
    "AT_SetOptions": "statistics",
    "AT_ResetOptions": "statistics",
    "AT_SetStorage": "storage",
    "AT_SetCompression": "compression",
    "AT_ChangeOwner": "owner",
    "AT_ClusterOn": "cluster",
    "AT_DropCluster": "cluster",
    "AT_SetLogged": "logged",
    "AT_SetUnLogged": "unlogged",
    "AT_SetAccessMethod": "access method",
    "AT_SetTableSpace": "tablespace",
    "AT_SetRelOptions": "storage parameters",
    "AT_ResetRelOptions": "storage parameters",
    "AT_ReplaceRelOptions": "storage parameters",
    "AT_AddInherit": "inherit",
    "AT_DropInherit": "no inherit",
    "AT_AddOf": "of type",
    "AT_DropOf": "of type",
    "AT_ReplicaIdentity": "replica identity",
    "AT_EnableRowSecurity": "row security",
    "AT_DisableRowSecurity": "row security",
    "AT_ForceRowSecurity": "row security",
    "AT_NoForceRowSecurity": "row security",
    "AT_EnableRule": "rule",
    "AT_EnableAlwaysRule": "rule",
    "AT_EnableReplicaRule": "rule",
    "AT_DisableRule": "rule",
    "AT_EnableTrig": "enable trigger",
    "AT_EnableAlwaysTrig": "enable trigger",
    "AT_EnableReplicaTrig": "enable trigger",
    "AT_EnableTrigAll": "enable trigger",
    "AT_EnableTrigUser": "enable trigger",
    "AT_DisableTrig": "disable trigger",
    "AT_DisableTrigAll": "disable trigger",
    "AT_DisableTrigUser": "disable trigger",
    "AT_DropOids": "storage parameters",
    "AT_GenericOptions": "storage parameters",
    "AT_AlterColumnGenericOptions": "storage parameters",
}
_ON_A_COLUMN = {"AT_SetStatistics", "AT_SetOptions", "AT_ResetOptions", "AT_SetStorage"} | {
    "AT_SetCompression",
    "AT_AlterColumnGenericOptions",
}


def alter_table(node: Node, source: Source) -> Found:
    """Yield one action for each command."""
    table = key(node["relation"])
    for entry in node.get("cmds", ()):
        command = entry["AlterTableCmd"]
        kind = command["subtype"]
        read = _COMMANDS.get(kind)
        if read is not None:
            yield from read(table, command, source)
        elif kind in OPTIONS:
            yield _option(table, kind, command)
        else:
            yield Unreadable(table=table, why=f"alters {table} in a way that is not known here")


def _option(table: str, kind: str, command: Node) -> Action:
    name, definition = str(command.get("name", "")), command.get("def", {})
    other = "" if kind in _ON_A_COLUMN else name
    if "RangeVar" in definition:
        other = key(definition["RangeVar"])
    elif "newowner" in command:
        other = str(command["newowner"].get("rolename", ""))
    elif kind in {"AT_EnableTrigAll", "AT_DisableTrigAll"}:
        other = "all"
    elif kind in {"AT_EnableTrigUser", "AT_DisableTrigUser"}:
        other = "user"
    column_name = name if kind in _ON_A_COLUMN else ""
    return SetOption(table=table, option=OPTIONS[kind], column=column_name, other=other)


def _add_column(table: str, command: Node, source: Source) -> Found:
    yield AddColumn(
        table=table,
        column=column(command["def"]["ColumnDef"], source),
        if_not_exists=bool(command.get("missing_ok", False)),
    )


def _drop_column(table: str, command: Node, _: Source) -> Found:
    yield DropColumn(
        table=table,
        column=command["name"],
        cascade=cascades(command),
        if_exists=bool(command.get("missing_ok", False)),
    )


def _default(table: str, command: Node, source: Source) -> Found:
    name, tree = command["name"], command.get("def")
    if not tree or "isnull" in tree.get("A_Const", {}):
        yield DropDefault(table=table, column=name)
        return
    text = source.until_end(source.after_last_word("default", _first_place(tree)))
    value = Expression(text=text, volatility=volatility(tree))
    yield SetDefault(table=table, column=name, default=value)


def _first_place(tree: Node) -> int:
    """Return where an expression begins, or shortly behind."""
    places = [node["location"] for _, node in walk(tree) if node.get("location", -1) > 0]
    return min(places, default=0)


def _type(table: str, command: Node, source: Source) -> Found:
    definition = command["def"]["ColumnDef"]
    using = ""
    if "raw_default" in definition:
        place = definition["typeName"].get("location", 0)
        using = source.until_end(source.after_word("using", place))
    yield AlterType(
        table=table,
        column=command["name"],
        type=printed(definition["typeName"]),
        using=using,
        collation=collation(definition),
    )


def _on_column(action: Callable[..., Action]) -> Callable[[str, Node, Source], Found]:
    return lambda table, command, _: iter((action(table=table, column=command["name"]),))


def _generation(change: str) -> Callable[[str, Node, Source], Found]:
    return lambda table, command, _: iter(
        (ChangeGeneration(table=table, column=command["name"], change=change),)
    )


def _add_constraint(table: str, command: Node, source: Source) -> Found:
    node = command["def"]["Constraint"]
    if is_constraint(node):
        yield AddConstraint(table=table, constraint=constraint(node, source))
    else:
        yield Unreadable(table=table, why=f"adds to {table} a constraint that is not known here")


def _alter_constraint(table: str, command: Node, _: Source) -> Found:
    node: Any = command["def"]["Constraint"]
    change = (
        node.get("governance_mark") or ("" if node.get("deferrable") else "not ") + "deferrable"
    )
    if node.get("initdeferred"):
        change += " initially deferred"
    yield AlterConstraint(table=table, name=node["conname"], change=change)


def _validate(table: str, command: Node, _: Source) -> Found:
    yield ValidateConstraint(table=table, name=command["name"])


def _drop_constraint(table: str, command: Node, _: Source) -> Found:
    yield DropConstraint(
        table=table,
        name=command["name"],
        cascade=cascades(command),
        if_exists=bool(command.get("missing_ok", False)),
    )


def _attach(table: str, command: Node, source: Source) -> Found:
    node = command["def"]["PartitionCmd"]
    bound = node.get("bound", {})
    default = bool(bound.get("is_default", False))
    text = "" if default else source.until_end(source.place(bound.get("location", 0)))
    yield AttachPartition(table=table, partition=key(node["name"]), default=default, bound=text)


def _detach(table: str, command: Node, _: Source) -> Found:
    node = command["def"]["PartitionCmd"]
    concurrently = bool(node.get("concurrent", False)) or command["subtype"].endswith("Finalize")
    yield DetachPartition(table=table, partition=key(node["name"]), concurrently=concurrently)


_COMMANDS: dict[str, Callable[[str, Node, Source], Found]] = {
    "AT_AddColumn": _add_column,
    "AT_DropColumn": _drop_column,
    "AT_ColumnDefault": _default,
    "AT_AlterColumnType": _type,
    "AT_SetNotNull": _on_column(SetNotNull),
    "AT_DropNotNull": _on_column(DropNotNull),
    "AT_SetExpression": _generation("set expression"),
    "AT_DropExpression": _generation("drop expression"),
    "AT_AddIdentity": _generation("add identity"),
    "AT_SetIdentity": _generation("set identity"),
    "AT_DropIdentity": _generation("drop identity"),
    "AT_AddConstraint": _add_constraint,
    "AT_AlterConstraint": _alter_constraint,
    "AT_ValidateConstraint": _validate,
    "AT_DropConstraint": _drop_constraint,
    "AT_AttachPartition": _attach,
    "AT_DetachPartition": _detach,
    "AT_DetachPartitionFinalize": _detach,
}
