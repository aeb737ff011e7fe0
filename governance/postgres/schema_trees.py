"""Syntax tree of a schema change → the tables that it creates, alters or drops."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from governance.postgres.parsing import Node
from governance.postgres.statements import Statement, TableWrite

Found = Iterator[Statement]

_TABLE_LIKE = {"OBJECT_TABLE", "OBJECT_VIEW", "OBJECT_MATVIEW", "OBJECT_FOREIGN_TABLE"}
_ON_A_TABLE = {
    "OBJECT_COLUMN",
    "OBJECT_TABCONSTRAINT",
    "OBJECT_TRIGGER",
    "OBJECT_RULE",
    "OBJECT_POLICY",
}
"""Named together with their table, whose name comes first."""
_HANGING = {
    "OBJECT_INDEX": "an index",
    "OBJECT_SEQUENCE": "a sequence",
    "OBJECT_SCHEMA": "a schema",
    "OBJECT_STATISTIC_EXT": "statistics",
}
"""What belongs to a table, or holds tables, without the statement saying which."""


def write(relation: Node | None, operation: str) -> Found:
    """Yield the write of a table; a temporary one is only told of when it is created."""
    if relation is None:
        return
    name, schema = str(relation["relname"]), str(relation.get("schemaname", ""))
    if schema.startswith("pg_temp") or relation.get("relpersistence") == "t":
        if operation == "create":
            yield Statement(temporary=frozenset({name}))
    else:
        yield named([schema, name] if schema else [name], operation)


def named(names: list[str], operation: str) -> Statement:
    """Return the write of a table that is given by the parts of its name."""
    return Statement(writes=(TableWrite(table=".".join(names[-2:]), operation=operation),))


def strings(nodes: Iterable[Mapping[str, Node]]) -> list[str]:
    """Return the parts of a name."""
    return [str(node["String"]["sval"]) for node in nodes if "String" in node]


def _alters(key: str = "relation") -> Callable[[Node], Found]:
    return lambda node: write(node.get(key), "alter")


def _elsewhere(what: str) -> Callable[[Node], Found]:
    return lambda _: iter((Statement(unreadable=f"{what} that are not named here"),))


def _unresolved(verb: str, kind: str) -> Statement:
    return Statement(unreadable=f"{verb} {_HANGING[kind]}, whose table is not known here")


def _create(node: Node) -> Found:
    """A new partition belongs to whoever owns the partitioned table, a child makes it a parent."""
    if "partbound" not in node:
        yield from write(node["relation"], "create")
    for parent in node.get("inhRelations", ()):
        yield from write(parent["RangeVar"], "alter")


def _create_schema(node: Any) -> Found:
    """What is created along with a schema stands in it, without saying so."""
    for element in node.get("schemaElts", ()):
        for value in element.values():
            for key in ("relation", "view"):
                if key in value:
                    value[key].setdefault("schemaname", node.get("schemaname", ""))
    return iter(())


def _alter(node: Node) -> Found:
    """ATTACH, DETACH and INHERIT alter the second table as well."""
    kind = node.get("objtype", "OBJECT_TABLE")
    if kind in _TABLE_LIKE:
        yield from write(node["relation"], "alter")
        for command in node.get("cmds", ()):
            definition = command["AlterTableCmd"].get("def", {})
            other = definition.get("RangeVar") or definition.get("PartitionCmd", {}).get("name")
            yield from write(other, "alter")
    elif kind in _HANGING:
        yield _unresolved("alters", kind)


def _sequence(node: Node) -> Found:
    """A sequence is its table's, but only CREATE and ALTER with OWNED BY name that table."""
    for option in node.get("options", ()):
        definition = option["DefElem"]
        if definition["defname"] == "owned_by":
            names = strings(definition["arg"]["List"]["items"])
            if len(names) > 1:
                yield named(names[:-1], "alter")


def _statistics(node: Node) -> Found:
    for entry in node.get("relations", ()):
        yield from write(entry.get("RangeVar"), "alter")


def _labelled(node: Node) -> Found:
    """COMMENT, SECURITY LABEL, and what an extension takes in."""
    names = strings(node["object"].get("List", {}).get("items", ()))
    if node["objtype"] in _ON_A_TABLE:
        yield named(names[:-1], "alter")
    elif node["objtype"] in _TABLE_LIKE:
        yield named(names, "alter")


def _rename(node: Node) -> Found:
    kind = node.get("renameType", "")
    if kind in _HANGING:
        yield _unresolved("renames", kind)
    elif kind in _TABLE_LIKE | _ON_A_TABLE:
        yield from write(node.get("relation"), "alter")


def _move(node: Node) -> Found:
    kind = node.get("objectType", "OBJECT_TABLE")
    if kind in _HANGING:
        yield _unresolved("moves", kind)
    elif kind in _TABLE_LIKE:
        yield from write(node.get("relation"), "alter")


def _drop(node: Node) -> Found:
    kind = node["removeType"]
    if kind in _HANGING:
        yield _unresolved("drops", kind)
    elif kind in _TABLE_LIKE | _ON_A_TABLE:
        for entry in node["objects"]:
            names = strings(entry["List"]["items"])
            names = names if kind in _TABLE_LIKE else names[:-1]
            if not names[-2:-1] or not names[-2].startswith("pg_temp"):
                yield named(names, "drop" if kind in _TABLE_LIKE else "alter")
    elif node.get("behavior") == "DROP_CASCADE":
        yield Statement(unreadable="drops with CASCADE what depends on it and is not named here")


def _grant(node: Node) -> Found:
    kind = node.get("objtype", "")
    if node.get("targtype") == "ACL_TARGET_ALL_IN_SCHEMA" and kind in _TABLE_LIKE:
        yield Statement(unreadable="grants or revokes on tables that are not named here")
    for entry in node.get("objects", ()) if kind in _TABLE_LIKE else ():
        yield from write(entry.get("RangeVar"), "alter")


SCHEMA_READERS: dict[str, Callable[[Node], Found]] = {
    "CreateStmt": _create,
    "CreateForeignTableStmt": lambda node: _create(node["base"]),
    "CreateSchemaStmt": _create_schema,
    "ViewStmt": lambda node: write(node["view"], "create"),
    "RefreshMatViewStmt": _alters(),
    "AlterTableStmt": _alter,
    "RenameStmt": _rename,
    "AlterObjectSchemaStmt": _move,
    "DropStmt": _drop,
    "IndexStmt": _alters(),
    "CreateTrigStmt": _alters(),
    "RuleStmt": _alters(),
    "CreatePolicyStmt": _alters("table"),
    "AlterPolicyStmt": _alters("table"),
    "GrantStmt": _grant,
    "CommentStmt": _labelled,
    "SecLabelStmt": _labelled,
    "AlterExtensionContentsStmt": _labelled,
    "ClusterStmt": _alters(),
    "CreateStatsStmt": _statistics,
    "CreateSeqStmt": _sequence,
    "AlterSeqStmt": _sequence,
    "AlterTableMoveAllStmt": _elsewhere("moves tables"),
    "DropOwnedStmt": _elsewhere("drops tables"),
    "ReassignOwnedStmt": _elsewhere("gives away tables"),
    "ImportForeignSchemaStmt": _elsewhere("creates foreign tables"),
}
