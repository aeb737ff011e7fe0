"""Which tables and columns a file reads: as data, never as a finding."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

from governance.postgres.parsing import parse
from governance.scan import facts, statements
from governance.scan.attribution import place
from governance.scan.engine import Engine
from governance.scan.results import Access
from governance.scan.syntax import Unit, spot_of
from governance.scan.values import HOLE, Related, Row, Rows, Text

_BY_KEYWORD = frozenset(["filter", "exclude", "get", "aget", "get_or_create", "update_or_create"])
_BY_NAME = frozenset(
    [
        "order_by",
        "values",
        "values_list",
        "only",
        "defer",
        "select_related",
        "prefetch_related",
        "distinct",
        "dates",
        "datetimes",
        "latest",
        "earliest",
    ]
)
_WHOLE = frozenset(
    [
        "all",
        "first",
        "last",
        "count",
        "exists",
        "aggregate",
        "annotate",
        "in_bulk",
        "iterator",
        "afirst",
        "alast",
        "acount",
        "aexists",
        "aiterator",
        "reverse",
        "using",
    ]
)
_ASKING = _BY_KEYWORD | _BY_NAME | _WHOLE


class Readings:
    """Looks for reads in one file after the other."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._columns: frozenset[str] | None = None
        self._tables: dict[str, tuple[str, str]] = {}

    def of(self, unit: Unit) -> list[Access]:
        """Return what a file reads, each column once for each line."""
        found: dict[Access, None] = {}
        actor = self.engine.actor_of(unit)
        for node in unit.calls:
            for model, column in self._of_call(node):
                found[self._access(unit, actor, node, model._meta.db_table, column)] = None
            for table in self._of_sql(node):
                found[self._access(unit, actor, node, table, "")] = None
        for reference in unit.references:
            for model, column in self._of_attribute(reference):
                found[self._access(unit, actor, reference, model._meta.db_table, column)] = None
        return sorted(found, key=lambda a: (a.location.line, a.table, a.column))

    def _access(self, unit: Unit, actor: str, node: Any, table: str, column: str) -> Access:
        name, owner = self._table(table)
        location = place(unit, spot_of(node).scope, node.lineno)
        return Access(
            actor=actor,
            caller=location.function,
            table=name,
            column=column,
            owner=owner,
            operation="read",
            location=location,
        )

    def _table(self, table: str) -> tuple[str, str]:
        """Return a table's registered name and owner."""
        found = self._tables.get(table)
        if found is None:
            registry = self.engine.registry
            known = registry.table(table)
            name = known.name if known else table
            found = self._tables[table] = (name, registry.owner_of_table(table))
        return found

    def _of_call(self, node: ast.Call) -> Iterator[tuple[Any, str]]:
        if not isinstance(node.func, ast.Attribute) or node.func.attr not in _ASKING:
            return
        for value in self.engine.value(node.func.value):
            if isinstance(value, Rows | Related):
                yield from _lookups(value.model, node, node.func.attr)

    def _of_attribute(self, node: ast.Attribute) -> Iterator[tuple[Any, str]]:
        if not isinstance(node.ctx, ast.Load) or node.attr not in self._all_columns():
            return
        for value in self.engine.value(node.value):
            if isinstance(value, Row):
                yield from _path(value.model, [node.attr], whole=False)

    def _of_sql(self, node: ast.Call) -> Iterator[str]:
        if not isinstance(node.func, ast.Attribute) or node.func.attr not in statements.SENDING:
            return
        if not node.args or not statements.sends(
            self.engine, node, self.engine.value(node.func.value)
        ):
            return
        for value in self.engine.value(node.args[0]):
            if isinstance(value, Text) and HOLE not in value.text:
                yield from _tables_read(value.text)

    def _all_columns(self) -> frozenset[str]:
        if self._columns is None:
            self._columns = facts.all_field_names()
        return self._columns


def _lookups(model: Any, node: ast.Call, method: str) -> Iterator[tuple[Any, str]]:
    yield model, ""
    names = [k.arg for k in node.keywords if k.arg] if method in _BY_KEYWORD else []
    names += [k for part in node.args for k in _lookups_in(part)]
    if method in _BY_NAME:
        given = (a.value for a in node.args if isinstance(a, ast.Constant))
        names += [value for value in given if isinstance(value, str)]
    for keyword in node.keywords if method in {"annotate", "aggregate"} else ():
        names += _lookups_in(keyword.value)
    whole = method in {"select_related", "prefetch_related"}
    for name in names:
        if name not in {"defaults", "?"}:
            yield from _path(model, name.lstrip("-+").split("__"), whole=whole)


def _lookups_in(node: ast.expr) -> list[str]:
    """Names in ``Q(a=1)``, ``F("b")``, ``Sum("c")``."""
    found: list[str] = []
    for part in ast.walk(node):
        if isinstance(part, ast.Call):
            name = getattr(part.func, "attr", getattr(part.func, "id", ""))
            if name == "Q":
                found += [k.arg for k in part.keywords if k.arg]
            elif name[:1].isupper() and name not in {"Value", "Prefetch"}:
                found += [
                    a.value
                    for a in part.args
                    if isinstance(a, ast.Constant) and isinstance(a.value, str)
                ]
    return found


def _path(model: Any, names: list[str], *, whole: bool) -> Iterator[tuple[Any, str]]:
    """Follow a lookup through relations, and yield each column that it reads."""
    for name in names:
        field = facts.field_of(model, name)
        if field is None:
            return
        related = getattr(field, "related_model", None)
        column = getattr(field, "column", None)
        if column and not field.many_to_many and hasattr(field, "model"):
            yield field.model, column
        through = getattr(getattr(field, "remote_field", None), "through", None)
        if through is not None and facts.is_model(through):
            yield through, ""
        if not facts.is_model(related):
            return
        model = related
        if whole or name != names[-1] or column is None:
            yield model, ""


def _tables_read(sql: str) -> Iterator[str]:
    tree = parse(sql)
    if isinstance(tree, str):
        return
    names: list[str] = []
    written: set[str] = set()
    own: set[str] = set()
    _walk(tree, names, written, own)
    yield from dict.fromkeys(name for name in names if name not in own)


def _walk(node: object, names: list[str], written: set[str], own: set[str]) -> None:
    if isinstance(node, list):
        for entry in node:
            _walk(entry, names, written, own)
    elif isinstance(node, dict):
        for kind, value in node.items():
            if kind == "RangeVar":
                schema = value.get("schemaname")
                names.append(f"{schema}.{value['relname']}" if schema else value["relname"])
            elif kind == "CommonTableExpr":
                own.add(value["ctename"])
                _walk(value, names, written, own)
            else:
                _walk(value, names, written, own)
