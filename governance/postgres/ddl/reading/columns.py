"""Columns, as a syntax tree has them."""

from __future__ import annotations

from typing import Any

from governance.postgres.ddl.actions import Column, Expression
from governance.postgres.ddl.expressions import volatility
from governance.postgres.ddl.reading.constraints import MARK, constraint, is_constraint
from governance.postgres.ddl.reading.naming import strings
from governance.postgres.ddl.reading.sources import Source
from governance.postgres.ddl.typenames import is_serial, printed
from governance.postgres.parsing import Node


def column(node: Node, source: Source) -> Column:
    """Read a column of CREATE TABLE or ADD COLUMN."""
    name, parts = str(node["colname"]), [e["Constraint"] for e in node.get("constraints", ())]
    kinds = {part["contype"]: part for part in parts}
    serial = "typeName" in node and is_serial(node["typeName"])
    identity = "CONSTR_IDENTITY" in kinds
    demanded = {"CONSTR_NOTNULL", "CONSTR_PRIMARY"}.intersection(kinds)
    return Column(
        name=name,
        type=printed(node["typeName"]) if "typeName" in node else "",
        not_null=bool(demanded) or serial or identity,
        default=_default(kinds, node, source),
        generated=str(kinds.get("CONSTR_GENERATED", {}).get(MARK, "stored"))
        if "CONSTR_GENERATED" in kinds
        else "",
        identity=identity,
        serial=serial,
        collation=collation(node),
        constraints=tuple(
            constraint(part, source, columns=(name,))
            for part in _with_attributes(parts)
            if is_constraint(part)
        ),
    )


def collation(node: Node) -> str:
    return ".".join(strings(node.get("collClause", {}).get("collname", ())))


def _default(kinds: dict[str, Any], node: Node, source: Source) -> Expression | None:
    """Return the default, or the expression that a generated column is computed with."""
    if found := kinds.get("CONSTR_GENERATED"):
        text = source.bracketed(source.after_word("as", found.get("location", 0)))
        return Expression(text=text, volatility=volatility(found.get("raw_expr")))
    found = kinds.get("CONSTR_DEFAULT")
    if found is None or "isnull" in found.get("raw_expr", {}).get("A_Const", {}):
        return None
    start = found.get("location", 0)
    text = source.until_end(source.after_word("default", start), _next(node, start))
    return Expression(text=text, volatility=volatility(found.get("raw_expr")))


def _next(node: Node, location: int) -> int:
    """Return where the next part of a column begins; -1 when none follows."""
    places = [e["Constraint"].get("location", 0) for e in node.get("constraints", ())]
    places.append(node.get("collClause", {}).get("location", 0))
    return min((place for place in places if place > location), default=-1)


def _with_attributes(parts: list[Node]) -> list[Node]:
    """DEFERRABLE stands behind a constraint of a column as a node of its own."""
    found: list[dict[str, Any]] = []
    for part in parts:
        if part["contype"] == "CONSTR_ATTR_DEFERRABLE" and found:
            found[-1]["deferrable"] = True
        found.append(dict(part))
    return list(found)
