"""Statements about what is no table: views, triggers, functions, types and so on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from governance.postgres.ddl.actions import (
    Action,
    ChangeObject,
    RenameColumn,
    RenameConstraint,
    RenameTable,
    SetSchema,
    Unreadable,
)
from governance.postgres.ddl.expressions import columns
from governance.postgres.ddl.reading.functions import create_function
from governance.postgres.ddl.reading.indexes import drop_indexes, rename_index
from governance.postgres.ddl.reading.naming import (
    cascades,
    joined,
    key,
    object_name,
    object_parts,
    strings,
)
from governance.postgres.ddl.reading.queries import outputs, reads
from governance.postgres.ddl.reading.tables import create_from_query, drop_tables
from governance.postgres.parsing import Node

Found = Iterator[Action]

_WORDS = {
    "OBJECT_MATVIEW": "materialized view",
    "OBJECT_DOMCONSTRAINT": "domain constraint",
    "OBJECT_STATISTIC_EXT": "statistics",
    "OBJECT_ROUTINE": "function",
    "OBJECT_ATTRIBUTE": "type",
}
_KNOWN = frozenset(
    """
    trigger function procedure view sequence type domain extension schema policy rule publication
    subscription event_trigger collation aggregate operator foreign_table role database index
    """.split()  # noqa: SIM905
)
TABLES = frozenset({"OBJECT_TABLE", "OBJECT_FOREIGN_TABLE"})
_ON_A_TABLE = frozenset({"OBJECT_TRIGGER", "OBJECT_RULE", "OBJECT_POLICY"})
_RELATIONS = TABLES | {"OBJECT_VIEW", "OBJECT_MATVIEW", "OBJECT_SEQUENCE", "OBJECT_INDEX"}


def kind_of(constant: str) -> str:
    """Return our word for a kind of object; ``other`` for those that nobody asks for."""
    name = constant.removeprefix("OBJECT_").lower()
    return _WORDS.get(constant) or (name.replace("_", " ") if name in _KNOWN else "other")


def create_view(node: Node) -> Found:
    query = node["query"]
    yield ChangeObject(
        verb="replace" if node.get("replace") else "create",
        kind="view",
        name=key(node["view"]),
        detail=" ".join(strings(node.get("aliases", ())) or outputs(query)),
        reads=reads(query),
        columns=tuple(dict.fromkeys(columns(query))),
        plain=_is_plain(query.get("SelectStmt", {})),
    )


def _is_plain(select: Node) -> bool:
    """Tell whether a query shows columns of one table as they are, in every row of it."""
    shown = [entry["ResTarget"]["val"] for entry in select.get("targetList", ())]
    sources = select.get("fromClause", ())
    return (
        select.keys() <= {"targetList", "fromClause", "limitOption", "op"}
        and select.get("op") == "SETOP_NONE"
        and len(sources) == 1
        and "RangeVar" in sources[0]
        and all("ColumnRef" in value for value in shown)
        and not any("name" in entry["ResTarget"] for entry in select["targetList"])
    )


def create_as(node: Node) -> Found:
    """CREATE TABLE AS, CREATE MATERIALIZED VIEW."""
    into, query = node["into"], node["query"]
    exists = bool(node.get("if_not_exists", False))
    if node.get("objtype") != "OBJECT_MATVIEW":
        yield from create_from_query(into, query, if_not_exists=exists)
        return
    yield ChangeObject(
        verb="create",
        kind="materialized view",
        name=key(into["rel"]),
        if_exists=exists,
        detail=" ".join(strings(into.get("colNames", ())) or outputs(query)),
        reads=reads(query),
        columns=tuple(dict.fromkeys(columns(query))),
    )


def _create_trigger(node: Node) -> Found:
    spoken_of = (*strings(node.get("columns", ())), *columns(node.get("whenClause")))
    yield ChangeObject(
        verb="replace" if node.get("replace") else "create",
        kind="trigger",
        table=key(node["relation"]),
        name=node["trigname"],
        detail=joined(strings(node["funcname"])),
        columns=tuple(dict.fromkeys(spoken_of)),
        reads=(key(node["constrrel"]),) if "constrrel" in node else (),
    )


def _policy(verb: str, node: Node) -> Found:
    yield ChangeObject(
        verb=verb,
        kind="policy",
        table=key(node["table"]),
        name=node["policy_name"],
        detail="permissive" if verb == "create" and node.get("permissive") else "",
        columns=tuple(dict.fromkeys(columns([node.get("qual"), node.get("with_check")]))),
    )


def _rule(node: Node) -> Found:
    verb = "replace" if node.get("replace") else "create"
    yield ChangeObject(verb=verb, kind="rule", table=key(node["relation"]), name=node["rulename"])


def _statistics(node: Node) -> Found:
    name = joined(strings(node.get("defnames", ())) or [""])
    for entry in node.get("relations", ()):
        if "RangeVar" in entry:
            table = key(entry["RangeVar"])
            yield ChangeObject(verb="create", kind="statistics", table=table, name=name)


def _drop(node: Node) -> Found:
    kind = node["removeType"]
    if kind in TABLES:
        yield from drop_tables(node)
    elif kind == "OBJECT_INDEX":
        yield from drop_indexes(node)
    else:
        yield from (_dropped(kind, entry, node) for entry in node["objects"])


def _dropped(kind: str, entry: Node, node: Node) -> Action:
    parts = object_parts(entry) or [""]
    on_table = kind in _ON_A_TABLE
    return ChangeObject(
        verb="drop",
        kind=kind_of(kind),
        table=joined(parts[:-1]) if on_table and parts[:-1] else "",
        name=parts[-1] if on_table else joined(parts),
        cascade=cascades(node),
        if_exists=bool(node.get("missing_ok", False)),
        detail="" if kind_of(kind) != "other" else kind.removeprefix("OBJECT_").lower(),
    )


def _rename(node: Node) -> Found:
    """RENAME of anything; a column or constraint may be one of a view, a type or a domain."""
    kind, to = node["renameType"], str(node["newname"])
    old, relation = str(node.get("subname", "")), node.get("relation")
    if kind == "OBJECT_INDEX":
        yield from rename_index(node)
    elif kind in TABLES and relation:
        yield RenameTable(table=key(relation), to=_beside(key(relation), to))
    elif kind == "OBJECT_COLUMN" and relation:
        yield RenameColumn(table=key(relation), column=old, to=to)
    elif kind == "OBJECT_TABCONSTRAINT" and relation:
        yield RenameConstraint(table=key(relation), name=old, to=to)
    else:
        yield _renamed(node, kind, old, to)


def _renamed(node: Node, kind: str, old: str, to: str) -> Action:
    relation, on_table = node.get("relation"), kind in _ON_A_TABLE
    name = old
    if kind in {"OBJECT_ATTRIBUTE", "OBJECT_VIEW", "OBJECT_MATVIEW", "OBJECT_SEQUENCE"}:
        name = key(relation) if relation else old
    elif "object" in node:
        name = object_name(node["object"])
    return ChangeObject(
        verb="rename",
        kind=kind_of(kind),
        table=key(relation) if relation and on_table else "",
        name=name,
        detail=to,
    )


def _beside(name: str, to: str) -> str:
    """Return the key of a relation that is renamed within its schema."""
    schema, dot, _ = name.rpartition(".")
    return f"{schema}{dot}{to}"


def _move(node: Node) -> Found:
    kind, schema = node["objectType"], str(node["newschema"])
    if kind in TABLES:
        table = key(node["relation"])
        yield SetSchema(table=table, to=joined([schema, table.rpartition(".")[2]]))
        return
    name = key(node["relation"]) if "relation" in node else object_name(node.get("object", {}))
    yield ChangeObject(verb="alter", kind=kind_of(kind), name=name, detail=f"schema {schema}")


def _owner(node: Node) -> Found:
    name = object_name(node.get("object", {})) or key(node.get("relation", {"relname": ""}))
    yield ChangeObject(verb="alter", kind=kind_of(node["objectType"]), name=name, detail="owner")


def _comment(node: Node) -> Found:
    """COMMENT, SECURITY LABEL: ``detail`` says on what; a table or index is locked for it."""
    kind, parts = node["objtype"], object_parts(node["object"]) or [""]
    word = kind.removeprefix("OBJECT_").lower()
    table, name = "", joined(parts)
    if kind in _ON_A_TABLE | {"OBJECT_COLUMN", "OBJECT_TABCONSTRAINT"} and parts[:-1]:
        table, name = joined(parts[:-1]), parts[-1]
    elif kind in _RELATIONS - {"OBJECT_INDEX"}:
        table = joined(parts)
    yield ChangeObject(verb="alter", kind="comment", table=table, name=name, detail=word)


def _grant(node: Node) -> Found:
    verb = "GRANT" if node.get("is_grant") else "REVOKE"
    kind, whole = node.get("objtype", ""), node.get("targtype") != "ACL_TARGET_OBJECT"
    made = partial(ChangeObject, verb="alter", kind="privileges", detail=verb)
    for entry in node.get("objects", ()):
        if "RangeVar" in entry:
            name = key(entry["RangeVar"])
            table = name if kind == "OBJECT_TABLE" else ""
            yield made(table=table, name=name)
        else:
            yield made(name=object_name(entry), table="")
    if whole and not node.get("objects"):
        yield made(name="", table="")


def _elsewhere(why: str) -> Callable[[Node], Found]:
    return lambda _: iter((Unreadable(why=why),))


OBJECT_READERS: dict[str, Callable[[Node], Found]] = {
    "ViewStmt": create_view,
    "CreateTableAsStmt": create_as,
    "CreateTrigStmt": _create_trigger,
    "CreateFunctionStmt": create_function,
    "CreatePolicyStmt": partial(_policy, "create"),
    "AlterPolicyStmt": partial(_policy, "alter"),
    "RuleStmt": _rule,
    "CreateStatsStmt": _statistics,
    "DropStmt": _drop,
    "RenameStmt": _rename,
    "AlterObjectSchemaStmt": _move,
    "AlterOwnerStmt": _owner,
    "CommentStmt": _comment,
    "SecLabelStmt": _comment,
    "GrantStmt": _grant,
    "DropOwnedStmt": _elsewhere("drops what a role owns, which is not named here"),
    "ReassignOwnedStmt": _elsewhere("gives away what a role owns, which is not named here"),
    "AlterTableMoveAllStmt": _elsewhere("moves tables that are not named here"),
    "ImportForeignSchemaStmt": _elsewhere("creates foreign tables that are not named here"),
}
