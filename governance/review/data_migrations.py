"""Read the SQL of a RunSQL and the source of a RunPython function, without running either."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from django.apps import apps as live_apps
from django.core.exceptions import FieldDoesNotExist
from django.db import migrations
from django.db.models import Model

from governance.ownership.names import table_key
from governance.postgres.classification import classify

_OPERATIONS = {
    "create": "insert",
    "bulk_create": "insert",
    "get_or_create": "insert",
    "update_or_create": "insert",
    "update": "update",
    "bulk_update": "update",
    "save": "update",
    "delete": "delete",
    "add": "insert",
    "set": "update",
    "remove": "delete",
    "clear": "delete",
}
_RELATED = frozenset({"add", "set", "remove", "clear"})
_EXECUTE = frozenset({"execute", "executemany"})
_NOOPS = (migrations.RunPython.noop,)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A write in the source of a data migration: by model, by table, or not readable."""

    app_label: str = ""
    model: str = ""
    table: str = ""
    operation: str = ""
    unreadable: str = ""


def sql_texts(sql: Any) -> Iterator[str]:
    """Yield the statements of a RunSQL: a text, or a list of texts and (text, parameters)."""
    if isinstance(sql, str):
        yield sql
        return
    for entry in sql or ():
        text = entry[0] if isinstance(entry, list | tuple) else entry
        if isinstance(text, str):
            yield text


def writes_of(function: Callable[..., Any]) -> list[Found]:
    """Return what a RunPython function writes, including functions of its file that it calls."""
    if function in _NOOPS:
        return []
    found: dict[Found, None] = {}
    waiting, seen = [function], set()
    while waiting:
        current = waiting.pop()
        seen.add(current)
        reader = _Reader(current)
        if reader.tree is None:
            name = getattr(current, "__qualname__", repr(current))
            found[Found(unreadable=f"runs {name}, whose source can't be read")] = None
            continue
        reader.visit(reader.tree)
        found |= dict.fromkeys(reader.found)
        waiting += [called for called in reader.called if called not in seen]
    return list(found)


class _Reader(ast.NodeVisitor):
    """Follows models from ``apps.get_model`` and imports through variables to write methods."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self.function = inspect.unwrap(function)
        self.globals = getattr(self.function, "__globals__", {})
        self.models: dict[str, tuple[str, str]] = {}
        self.texts: dict[str, str] = {}
        self.found: list[Found] = []
        self.called: list[Callable[..., Any]] = []
        self.tree = _tree_of(self.function)

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        package = self.globals.get("__package__") or ""
        try:
            module = import_module("." * node.level + (node.module or ""), package)
        except ImportError:
            return
        for alias in node.names:
            value = getattr(module, alias.name, None)
            if _is_model(value):
                self.models[alias.asname or alias.name] = _label(value)

    def visit_Assign(self, node: ast.Assign) -> None:
        for target in node.targets:
            self._bind(target, node.value)
        self.generic_visit(node)

    def visit_For(self, node: ast.For) -> None:
        self._bind(node.target, node.iter)
        self.generic_visit(node)

    def generic_visit(self, node: ast.AST) -> None:
        """In a comprehension the variable is bound behind the place that uses it."""
        for part in getattr(node, "generators", ()):
            self._bind(part.target, part.iter)
        super().generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        match node.func:
            case ast.Attribute(attr=method) if method in _EXECUTE:
                self._execute(node)
            case ast.Attribute(value=receiver, attr=method) if method in _OPERATIONS:
                self._write(receiver, method)
            case ast.Name(id=name):
                value = self.globals.get(name)
                same_file = getattr(value, "__module__", None) == self.function.__module__
                if inspect.isfunction(value) and same_file:
                    self.called.append(value)
        self.generic_visit(node)

    def _bind(self, target: ast.expr, value: ast.expr) -> None:
        if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
            for one, its in zip(target.elts, value.elts, strict=False):
                self._bind(one, its)
        elif isinstance(target, ast.Name):
            model = self._model(value)
            if model:
                self.models[target.id] = model
            elif isinstance(value, ast.Constant) and isinstance(value.value, str):
                self.texts[target.id] = value.value

    def _model(self, node: ast.expr) -> tuple[str, str] | None:
        """Return the model that an expression starts from."""
        match node:
            case ast.Call(func=ast.Attribute(attr="get_model")):
                return _named_model(node)
            case ast.Call(func=func):
                return self._model(func)
            case ast.Attribute(value=value) | ast.Subscript(value=value) | ast.Starred(value=value):
                return self._model(value)
            case ast.Name(id=name):
                known = self.globals.get(name)
                return self.models.get(name) or (_label(known) if _is_model(known) else None)
        return None

    def _write(self, receiver: ast.expr, method: str) -> None:
        model = self._model(receiver)
        if model is None:
            return
        label, name = model
        if method in _RELATED and isinstance(receiver, ast.Attribute):
            table = _related_table(label, name, receiver.attr)
            if table:
                self.found.append(Found(table=table, operation=_OPERATIONS[method]))
                return
        self.found.append(Found(app_label=label, model=name, operation=_OPERATIONS[method]))

    def _execute(self, node: ast.Call) -> None:
        text = self._text(node.args[0]) if node.args else None
        if text is None:
            self.found.append(Found(unreadable="composes the SQL that it executes"))
            return
        statement = classify(text)
        self.found += [
            Found(table=write.table, operation=write.operation) for write in statement.writes
        ]
        if statement.unreadable:
            self.found.append(Found(unreadable=f"executes SQL that {statement.unreadable}"))

    def _text(self, node: ast.expr) -> str | None:
        match node:
            case ast.Constant(value=str(text)):
                return text
            case ast.Name(id=name):
                value = self.texts.get(name, self.globals.get(name))
                return value if isinstance(value, str) else None
        return None


def _tree_of(function: Callable[..., Any]) -> ast.AST | None:
    try:
        return ast.parse(textwrap.dedent(inspect.getsource(function)))
    except (OSError, TypeError, SyntaxError):
        return None


def _named_model(node: ast.Call) -> tuple[str, str] | None:
    """Read ``get_model("app", "Model")`` and ``get_model("app.Model")``."""
    values = [*node.args, *(keyword.value for keyword in node.keywords)]
    names = [v.value for v in values if isinstance(v, ast.Constant) and isinstance(v.value, str)]
    parts = ".".join(names[:2]).split(".")
    return (parts[0], parts[1].lower()) if len(parts) == 2 else None


def _is_model(value: object) -> bool:
    return inspect.isclass(value) and issubclass(value, Model) and value is not Model


def _label(model: Any) -> tuple[str, str]:
    return model._meta.app_label, model._meta.model_name


def _related_table(app_label: str, model: str, attribute: str) -> str:
    """Return the table behind ``row.<attribute>``: an M2M's through, or the related model's."""
    try:
        field = live_apps.get_model(app_label, model)._meta.get_field(attribute)
    except (LookupError, FieldDoesNotExist):
        return ""
    through = getattr(getattr(field, "remote_field", None), "through", None)
    through = through or getattr(field, "through", None)
    return table_key(through._meta.db_table) if through else ""
