"""Statements about rows, locks, sessions and transactions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from governance.postgres.ddl.actions import (
    Action,
    CallFunction,
    ChangeObject,
    LockTable,
    Maintain,
    SetSession,
    Transaction,
    Truncate,
    Unreadable,
    WriteRows,
)
from governance.postgres.ddl.expressions import walk
from governance.postgres.ddl.reading.naming import cascades, joined, key, strings
from governance.postgres.ddl.reading.queries import calls, reads, text
from governance.postgres.ddl.reading.tables import create_from_query
from governance.postgres.locks import Lock
from governance.postgres.parsing import Node

Found = Iterator[Action]

_OPERATIONS = {
    "InsertStmt": "insert",
    "UpdateStmt": "update",
    "DeleteStmt": "delete",
    "MergeStmt": "merge",
    "CopyStmt": "copy",
}
_TRANSACTIONS = {
    "TRANS_STMT_BEGIN": "begin",
    "TRANS_STMT_START": "begin",
    "TRANS_STMT_COMMIT": "commit",
    "TRANS_STMT_PREPARE": "commit",
    "TRANS_STMT_COMMIT_PREPARED": "commit",
    "TRANS_STMT_ROLLBACK": "rollback",
    "TRANS_STMT_ROLLBACK_PREPARED": "rollback",
    "TRANS_STMT_SAVEPOINT": "savepoint",
    "TRANS_STMT_RELEASE": "release",
    "TRANS_STMT_ROLLBACK_TO": "rollback to",
}


def query(statement: Node) -> Found:
    """Yield the writes of a statement, those in its WITH included, and what it calls."""
    for kind, node in walk(statement):
        if kind in _OPERATIONS and (kind != "CopyStmt" or node.get("is_from")):
            yield from _write(kind, node)
        elif kind == "intoClause":
            yield from create_from_query(node, statement, if_not_exists=False)
    yield from calls(statement)


def _write(kind: str, node: Node) -> Found:
    if "relation" not in node:
        return
    sources = reads([value for name, value in node.items() if name != "relation"])
    yield WriteRows(
        table=key(node["relation"]),
        operation=_OPERATIONS[kind],
        whole_table=kind in {"UpdateStmt", "DeleteStmt"} and _is_unlimited(node),
        listed=kind == "InsertStmt" and _is_listed(node),
        columns=tuple(_columns(node)),
        reads=sources,
    )


def _columns(node: Node) -> Iterator[str]:
    """INSERT and UPDATE name their columns; those of a MERGE stand in its arms."""
    for entry in node.get("cols", ()) or node.get("targetList", ()):
        yield str(entry["ResTarget"].get("name", ""))
    yield from strings(node.get("attlist", ()))
    for arm in node.get("mergeWhenClauses", ()):
        yield from _columns(arm["MergeWhenClause"])


def _is_unlimited(node: Node) -> bool:
    condition = node.get("whereClause")
    if condition is None:
        return True
    return bool(condition.get("A_Const", {}).get("boolval", {}).get("boolval", False))


def _is_listed(node: Node) -> bool:
    """VALUES, or DEFAULT VALUES, which is no query at all."""
    source = node.get("selectStmt", {}).get("SelectStmt", {"valuesLists": ()})
    return "valuesLists" in source


def explained(node: Node) -> Found:
    """EXPLAIN runs its statement only with ANALYZE."""
    options = [entry["DefElem"] for entry in node.get("options", ())]
    on = [o for o in options if o["defname"] == "analyze" and _is_on(o)]
    if on:
        yield from query({"query": node["query"]})


def _is_on(option: Node) -> bool:
    value: Any = option.get("arg", {})
    word = str(value.get("String", {}).get("sval", "true")).lower()
    return (
        word not in {"false", "off", "0"} and value.get("Integer", {"ival": 1}).get("ival", 0) != 0
    )


def _truncate(node: Node) -> Found:
    for entry in node["relations"]:
        relation = entry["RangeVar"]
        only = not relation.get("inh", False)
        yield Truncate(table=key(relation), cascade=cascades(node), only=only)


def _lock(node: Node) -> Found:
    for entry in node["relations"]:
        yield LockTable(table=key(entry["RangeVar"]), lock=Lock(node["mode"]))


def _vacuum(node: Node) -> Found:
    options = {e["DefElem"]["defname"] for e in node.get("options", ()) if _is_on(e["DefElem"])}
    verb = "vacuum" if node.get("is_vacuumcmd") else "analyze"
    if verb == "vacuum" and "full" in options:
        verb = "vacuum full"
    relations = [e["VacuumRelation"].get("relation") for e in node.get("rels", ())]
    for relation in relations or [None]:
        yield Maintain(table=key(relation) if relation else "", verb=verb)


def _cluster(node: Node) -> Found:
    yield Maintain(table=key(node["relation"]) if "relation" in node else "", verb="cluster")


def _refresh(node: Node) -> Found:
    verb = "refresh concurrently" if node.get("concurrent") else "refresh"
    yield Maintain(table=key(node["relation"]), verb=verb)


def _set(node: Node) -> Found:
    kind, name = node["kind"], str(node.get("name", ""))
    if kind == "VAR_SET_MULTI":
        name = name.lower()
    values = [text(entry) for entry in node.get("args", ())]
    value = ", ".join(values) if kind == "VAR_SET_VALUE" else "default"
    yield SetSession(name=name or "all", value=value, local=bool(node.get("is_local", False)))


def _transaction(node: Node) -> Found:
    yield Transaction(verb=_TRANSACTIONS[node["kind"]])


def _call(node: Node) -> Found:
    yield CallFunction(name=joined(strings(node["funccall"]["funcname"])))


def _execute(node: Node) -> Found:
    name = node["name"]
    yield Unreadable(why=f"runs the prepared statement {name}, whose text is not known here")


def _notify(node: Node) -> Found:
    name = str(node.get("conditionname", ""))
    yield ChangeObject(verb="alter", kind="other", name=name, detail="notification")


ROW_READERS: dict[str, Callable[[Node], Found]] = {
    "TruncateStmt": _truncate,
    "LockStmt": _lock,
    "VacuumStmt": _vacuum,
    "ClusterStmt": _cluster,
    "RefreshMatViewStmt": _refresh,
    "VariableSetStmt": _set,
    "TransactionStmt": _transaction,
    "CallStmt": _call,
    "ExecuteStmt": _execute,
    "ExplainStmt": explained,
    "NotifyStmt": _notify,
    "ListenStmt": _notify,
    "UnlistenStmt": _notify,
}
