"""Constraints, as a syntax tree has them."""

from __future__ import annotations

from governance.postgres.ddl.actions import Constraint, ConstraintKind, Reference
from governance.postgres.ddl.reading.indexes import elements
from governance.postgres.ddl.reading.naming import key, strings
from governance.postgres.ddl.reading.sources import Source
from governance.postgres.parsing import Node

MARK = "governance_mark"
"""Where newer syntax was taken out of a text, the node says so here."""

_KINDS = {
    "CONSTR_CHECK": ConstraintKind.CHECK,
    "CONSTR_FOREIGN": ConstraintKind.FOREIGN_KEY,
    "CONSTR_UNIQUE": ConstraintKind.UNIQUE,
    "CONSTR_PRIMARY": ConstraintKind.PRIMARY_KEY,
    "CONSTR_EXCLUSION": ConstraintKind.EXCLUDE,
}
_ON_DELETE = {"c": "CASCADE", "n": "SET NULL", "d": "SET DEFAULT", "r": "RESTRICT"}


def is_constraint(node: Node) -> bool:
    """Tell whether a node is one that a table keeps by name."""
    return node.get("contype") in _KINDS


def constraint(node: Node, source: Source, *, columns: tuple[str, ...] = ()) -> Constraint:
    """Read a constraint; ``columns`` is the one that it was written with."""
    kind, mark = _KINDS[node["contype"]], str(node.get(MARK, ""))
    not_null = _not_null(node)
    keys = tuple(strings(node.get("keys", ()) or node.get("fk_attrs", ()))) or columns
    expression = ""
    if kind is ConstraintKind.CHECK:
        expression = source.bracketed(source.after_word("check", node.get("location", 0)))
        keys = (not_null,) if not_null else ()
    elif kind is ConstraintKind.EXCLUDE:
        keys, expression = _excluded(node, source)
    if mark == "not null":
        kind, expression = ConstraintKind.NOT_NULL, ""
    return Constraint(
        kind=kind,
        name=str(node.get("conname", "")),
        columns=keys,
        expression=expression,
        not_null_of=not_null,
        reference=_reference(node),
        valid=not node.get("skip_validation", False) and mark != "not enforced",
        enforced=mark != "not enforced",
        deferrable=bool(node.get("deferrable", False)),
        using_index=str(node.get("indexname", "")),
    )


def _not_null(node: Node) -> str:
    """Return the column, when the condition is ``column IS NOT NULL``."""
    test = node.get("raw_expr", {}).get("NullTest", {})
    fields = test.get("arg", {}).get("ColumnRef", {}).get("fields", ())
    names = strings(fields)
    return names[-1] if names and test.get("nulltesttype") == "IS_NOT_NULL" else ""


def _reference(node: Node) -> Reference | None:
    if "pktable" not in node:
        return None
    return Reference(
        table=key(node["pktable"]),
        columns=tuple(strings(node.get("pk_attrs", ()))),
        on_delete=_ON_DELETE.get(node.get("fk_del_action", ""), ""),
    )


def _excluded(node: Node, source: Source) -> tuple[tuple[str, ...], str]:
    """Return the keys, and the whole of what follows EXCLUDE."""
    start = source.after_word("exclude", node.get("location", 0))
    written = source.parts(start)
    terms = [entry["List"]["items"][0]["IndexElem"] for entry in node["exclusions"]]
    return elements(terms, written), source.until_end(start)
