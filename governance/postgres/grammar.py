"""Read statements with PostgreSQL's own grammar (the library libpg_query, through pgparse)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from governance.postgres.statements import READ, Statement, TableWrite

try:
    import pgparse
except ImportError:  # no wheel for this platform
    pgparse = None

Node = Mapping[str, Any]
Found = Iterator[Statement]

_PLACEHOLDER = re.compile(r"%(?:(%)|(?:\(\w+\))?[sbt])")
_STAND_INS = ("$1", "'0'", "(NULL)")
"""A parameter as the grammar may want it: any value, ``INTERVAL %s``, psycopg2's ``IN %s``."""
_WHOLE_STATEMENT = 0
"""Parse mode of a query in PL/pgSQL that is a statement; others are expressions."""
_BODY = "CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $governance${}$governance$"


def read(sql: str) -> Statement:
    """Tell which tables any text writes. Text that the grammar refuses is unreadable."""
    if pgparse is None:
        return Statement(unreadable="can't be read without the package pgparse")
    tree = parse(sql)
    if isinstance(tree, str):
        return Statement(unreadable=f"can't be read: {tree}")
    return _joined(part for entry in tree for part in _walk(entry))


def parse(sql: str) -> list[Node] | str:
    """Return the syntax tree of each statement, or the grammar's complaint."""
    try:
        return list(pgparse.parse(sql))
    except pgparse.PGQueryError as error:
        complaint = error.message
    for stand_in in _STAND_INS if "%" in sql else ():
        try:
            return list(pgparse.parse(_PLACEHOLDER.sub(lambda m: m[1] or stand_in, sql)))  # noqa: B023
        except pgparse.PGQueryError as error:
            complaint = error.message if stand_in == _STAND_INS[0] else complaint
    return str(complaint)


def normalized(sql: str) -> str:
    """Return a text on one line with its literals taken out, so that equal calls look equal."""
    try:
        text = str(pgparse.normalize(_PLACEHOLDER.sub("$1", sql))) if pgparse else sql
    except pgparse.PGQueryError:
        text = sql
    return " ".join(text.split())


def _walk(node: object) -> Found:
    """Find writes wherever they stand: at the top, in a WITH, below EXPLAIN ANALYZE."""
    if isinstance(node, list):
        for entry in node:
            yield from _walk(entry)
    elif isinstance(node, dict):
        for kind, value in node.items():
            if kind == "ExplainStmt" and not _runs(value):
                continue
            read_node = _READERS.get(kind)
            if read_node is not None:
                yield from read_node(value)
            yield from _walk(value)


def _rows(operation: str) -> Callable[[Node], Found]:
    return lambda node: _write(node.get("relation"), operation)


def _schema(operation: str, key: str = "relation") -> Callable[[Node], Found]:
    return lambda node: _write(node.get(key), operation)


def _write(relation: Node | None, operation: str) -> Found:
    if relation is None:
        return
    table = _name(relation)
    if _is_temporary(relation):
        yield Statement(temporary=frozenset({str(relation["relname"])}))
    else:
        yield Statement(writes=(TableWrite(table=table, operation=operation),))


def _name(relation: Node) -> str:
    schema = relation.get("schemaname")
    return f"{schema}.{relation['relname']}" if schema else str(relation["relname"])


def _is_temporary(relation: Node) -> bool:
    schema = str(relation.get("schemaname", ""))
    return relation.get("relpersistence") == "t" or schema.startswith("pg_temp")


def _truncate(node: Node) -> Found:
    for entry in node["relations"]:
        yield from _write(entry["RangeVar"], "truncate")


def _copy(node: Node) -> Found:
    if node.get("is_from"):
        yield from _write(node.get("relation"), "copy")


def _into(node: Node) -> Found:
    into = node.get("intoClause") or node.get("into")
    if into:
        yield from _write(into["rel"], "create")


def _create(node: Node) -> Found:
    """A new partition belongs to whoever owns the partitioned table, a child makes it a parent."""
    if "partbound" not in node:
        yield from _write(node["relation"], "create")
    for parent in node.get("inhRelations", ()):
        yield from _write(parent["RangeVar"], "alter")


def _alter(node: Node) -> Found:
    """ATTACH, DETACH and INHERIT alter the second table as well."""
    kind = node.get("objtype", "OBJECT_TABLE")
    if kind in _TABLE_LIKE:
        yield from _write(node["relation"], "alter")
        for command in node.get("cmds", ()):
            definition = command["AlterTableCmd"].get("def", {})
            other = definition.get("RangeVar") or definition.get("PartitionCmd", {}).get("name")
            yield from _write(other, "alter")
    elif kind in _HANGING:
        yield _unresolved("alters", kind)


def _sequence(node: Node) -> Found:
    """A sequence is its table's, but only CREATE and ALTER with OWNED BY name that table."""
    for option in node.get("options", ()):
        definition = option["DefElem"]
        if definition["defname"] == "owned_by":
            items = definition["arg"]["List"]["items"]
            names = [part["String"]["sval"] for part in items]
            if len(names) > 1:
                yield _named(names[:-1], "alter")


def _statistics(node: Node) -> Found:
    for entry in node.get("relations", ()):
        yield from _write(entry.get("RangeVar"), "alter")


def _comment(node: Node) -> Found:
    names = [part["String"]["sval"] for part in node["object"].get("List", {}).get("items", ())]
    if node["objtype"] == "OBJECT_COLUMN":
        yield _named(names[:-1], "alter")
    elif node["objtype"] in _TABLE_LIKE:
        yield _named(names, "alter")


def _unresolved(verb: str, kind: str) -> Statement:
    return Statement(unreadable=f"{verb} {_HANGING[kind]}, whose table is not known here")


def _rename(node: Node) -> Found:
    kind = node.get("renameType", "")
    if node.get("relationType") in _TABLE_LIKE or kind in _TABLE_LIKE:
        yield from _write(node.get("relation"), "alter")
    elif kind in _HANGING:
        yield _unresolved("renames", kind)


def _drop(node: Node) -> Found:
    kind = node["removeType"]
    for entry in node["objects"]:
        names = [part["String"]["sval"] for part in entry.get("List", {}).get("items", ())]
        if kind in _TABLE_LIKE:
            yield _named(names, "drop")
        elif kind in _ON_A_TABLE:
            yield _named(names[:-1], "alter")
        elif kind in _HANGING:
            yield _unresolved("drops", kind)


def _named(names: list[str], operation: str) -> Statement:
    return Statement(writes=(TableWrite(table=".".join(names[-2:]), operation=operation),))


def _grant(node: Node) -> Found:
    for entry in node.get("objects", ()):
        yield from _write(entry.get("RangeVar"), "alter")


def _call(node: Node) -> Found:
    name = ".".join(part["String"]["sval"] for part in node["funccall"]["funcname"])
    yield Statement(unreadable=f"calls the procedure {name}, whose body is not known here")


def _do(node: Node) -> Found:
    options = {entry["DefElem"]["defname"]: entry["DefElem"]["arg"] for entry in node["args"]}
    language = options.get("language", {}).get("String", {}).get("sval", "plpgsql")
    if language != "plpgsql":
        yield Statement(unreadable=f"runs an anonymous block in {language}")
        return
    yield from _block(options["as"]["String"]["sval"])


def _block(body: str) -> Found:
    for text in (body, body.replace("%%", "%")):
        try:
            yield from _block_statements(pgparse.parse_pgsql(_BODY.replace("{}", text)))
        except pgparse.PGQueryError as error:
            complaint = error
        else:
            return
    yield Statement(unreadable=f"runs an anonymous block that can't be read: {complaint}")


def _block_statements(node: object) -> Found:
    if isinstance(node, list):
        for entry in node:
            yield from _block_statements(entry)
    elif isinstance(node, dict):
        for kind, value in node.items():
            if kind.startswith("PLpgSQL_stmt_dyn"):
                yield Statement(unreadable="runs an anonymous block that composes its SQL")
            elif kind == "PLpgSQL_expr" and value.get("parseMode", 0) == _WHOLE_STATEMENT:
                yield read(value["query"])
            else:
                yield from _block_statements(value)


def _runs(node: Node) -> bool:
    """EXPLAIN runs its statement only with ANALYZE that is not switched off."""
    for entry in node.get("options", ()):
        option = entry["DefElem"]
        if option["defname"] == "analyze":
            value = option.get("arg", {})
            text = value.get("String", {}).get("sval", "true").lower()
            number = value.get("Integer", {"ival": 1}).get("ival", 0)
            return text in {"true", "on", "1"} and number != 0
    return False


def _joined(parts: Iterator[Statement]) -> Statement:
    found = list(parts)
    if not found:
        return READ
    return Statement(
        writes=tuple(dict.fromkeys(write for part in found for write in part.writes)),
        temporary=frozenset().union(*(part.temporary for part in found)),
        unreadable=next((part.unreadable for part in found if part.unreadable), ""),
    )


_TABLE_LIKE = {
    "OBJECT_TABLE",
    "OBJECT_VIEW",
    "OBJECT_MATVIEW",
    "OBJECT_FOREIGN_TABLE",
    "OBJECT_COLUMN",
    "OBJECT_TABCONSTRAINT",
}
_HANGING = {
    "OBJECT_INDEX": "an index",
    "OBJECT_SEQUENCE": "a sequence",
    "OBJECT_SCHEMA": "a schema",
}
"""What belongs to a table, or holds tables, without the statement saying which."""
_ON_A_TABLE = {"OBJECT_TRIGGER", "OBJECT_RULE", "OBJECT_POLICY"}
_READERS: dict[str, Callable[[Node], Found]] = {
    "InsertStmt": _rows("insert"),
    "UpdateStmt": _rows("update"),
    "DeleteStmt": _rows("delete"),
    "MergeStmt": _rows("merge"),
    "TruncateStmt": _truncate,
    "CopyStmt": _copy,
    "SelectStmt": _into,
    "CreateTableAsStmt": _into,
    "CreateStmt": _create,
    "ViewStmt": _schema("create", "view"),
    "RefreshMatViewStmt": _schema("alter"),
    "AlterTableStmt": _alter,
    "RenameStmt": _rename,
    "AlterObjectSchemaStmt": _schema("alter"),
    "AlterOwnerStmt": _schema("alter"),
    "DropStmt": _drop,
    "IndexStmt": _schema("alter"),
    "CreateTrigStmt": _schema("alter"),
    "RuleStmt": _schema("alter"),
    "CreatePolicyStmt": _schema("alter", "table"),
    "AlterPolicyStmt": _schema("alter", "table"),
    "GrantStmt": _grant,
    "CommentStmt": _comment,
    "ClusterStmt": _schema("alter"),
    "CreateStatsStmt": _statistics,
    "CreateSeqStmt": _sequence,
    "AlterSeqStmt": _sequence,
    "CallStmt": _call,
    "DoStmt": _do,
}
