"""Read the SQL of a RunSQL and the source of a RunPython function, without running either."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Callable, Iterator
from functools import lru_cache, partial
from importlib import import_module
from types import ModuleType
from typing import Any, TypeGuard

from django.apps import apps as live_apps
from django.core.exceptions import FieldDoesNotExist
from django.db import migrations
from django.db.models import Model

from governance.ownership.names import table_key
from governance.postgres.ddl.actions import Action, Unreadable
from governance.postgres.ddl.reading import actions_of
from governance.review.script import Loop, Script, Write
from governance.review.syntax import (
    arguments_of,
    called_by,
    is_sliced,
    is_written_out,
    methods_of,
    name_of,
    named_model,
    tree_of,
)

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
_NARROWING = frozenset({"filter", "exclude", "get", "first", "last", "earliest", "latest", "none"})
_PIECEMEAL = frozenset({"iterator", "values_list", "values", "aiterator"})
_EDITING = re.compile(
    r"(create|delete)_model|(add|remove|alter)_field|(add|remove|rename)_index"
    r"|(add|remove)_constraint|alter_(unique|index)_together|alter_db_table(space|_comment)?"
)
_SAVING = frozenset({"save", "delete"})
_SINGLE = frozenset({"get_or_create", "update_or_create"})


def sql_texts(sql: Any) -> Iterator[str]:
    """Yield the statements of a RunSQL: a text, or a list of texts and (text, parameters)."""
    if isinstance(sql, str):
        yield sql
        return
    for entry in sql or ():
        text = entry[0] if isinstance(entry, list | tuple) else entry
        if isinstance(text, str):
            yield text


def read(function: Any) -> Script:
    """Return what a RunPython function does, including functions of its file that it calls."""
    try:
        return _read(function)
    except TypeError:  # a callable that can't be hashed
        name = type(function).__name__
        return Script(name=name, unreadable=(f"runs a {name}, whose source can't be read",))


@lru_cache(maxsize=1024)
def _read(function: Callable[..., Any]) -> Script:
    name = name_of(function)
    if function is migrations.RunPython.noop:
        return Script(name=name)
    readers: list[_Reader] = []
    waiting, seen = [function], {function}
    unreadable: dict[str, None] = {}
    while waiting:
        reader = _Reader(waiting.pop())
        if reader.tree is None:
            unreadable[f"runs {reader.name}, whose source can't be read"] = None
            continue
        reader.visit(reader.tree)
        readers.append(reader)
        fresh = [called for called in reader.called if called not in seen]
        seen.update(fresh)
        waiting += fresh
    return _put_together(function, name, readers, list(unreadable))


def _put_together(
    function: Callable[..., Any], name: str, readers: list[_Reader], unreadable: list[str]
) -> Script:
    steps = dict.fromkeys(step for reader in readers for step in reader.steps)
    unreadable += [step.why for step in steps if isinstance(step, Unreadable)]
    calls = dict.fromkeys(call for reader in readers for call in reader.editing)
    unreadable += [f"changes tables by schema_editor.{call}" for call in calls]
    return Script(
        name=name,
        arguments=readers[0].arguments if readers else (),
        steps=tuple(step for step in steps if not isinstance(step, Unreadable)),
        loops=tuple(dict.fromkeys(loop for reader in readers for loop in reader.loops)),
        live_models=tuple(sorted({label for reader in readers for label in reader.live})),
        schema_editor_calls=tuple(calls),
        composed_sql=any(reader.composed for reader in readers),
        uses_alias=any(reader.uses_alias for reader in readers),
        unreadable=tuple(dict.fromkeys(unreadable)),
        code=function,
    )


class _Reader(ast.NodeVisitor):
    """Follows models from ``apps.get_model`` and imports through variables to write methods."""

    def __init__(self, function: Callable[..., Any]) -> None:
        given = len(function.args) if isinstance(function, partial) else 0
        self.function = inspect.unwrap(called_by(function))
        self.name = name_of(function)
        self.globals = getattr(self.function, "__globals__", {})
        self.models: dict[str, tuple[str, str]] = {}
        self.texts: dict[str, str] = {}
        self.made: dict[str, bool] = {}
        self.looping = 0
        self.steps: list[Write | Action] = []
        self.loops: list[Loop] = []
        self.live: set[str] = set()
        self.editing: list[str] = []
        self.composed = False
        self.uses_alias = False
        self.called: list[Callable[..., Any]] = []
        self.tree, self.first_line = tree_of(self.function)
        self.arguments = arguments_of(self.tree)[given:]

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
                self.live.add(value._meta.label)

    def visit_Name(self, node: ast.Name) -> None:
        value = self.globals.get(node.id)
        if isinstance(node.ctx, ast.Load) and node.id not in self.models and _is_model(value):
            self.live.add(value._meta.label)

    def visit_Attribute(self, node: ast.Attribute) -> None:
        if isinstance(node.value, ast.Name):
            place = self.globals.get(node.value.id)
            value = getattr(place, node.attr, None) if isinstance(place, ModuleType) else None
            if _is_model(value):
                self.live.add(value._meta.label)
        self.uses_alias |= node.attr in {"using", "alias", "db_manager"}
        self.generic_visit(node)

    def visit_Assign(self, node: ast.Assign) -> None:
        for target in node.targets:
            self._bind(target, node.value)
        self.generic_visit(node)

    def visit_For(self, node: ast.For) -> None:
        self._bind(node.target, node.iter)
        model, methods = self._model(node.iter), methods_of(node.iter)
        if model and not _PIECEMEAL & methods and not is_sliced(node.iter):
            saves = any(
                isinstance(part, ast.Attribute) and part.attr in _SAVING
                for inner in node.body
                for part in ast.walk(inner)
            )
            label, name = model
            line = self._line(node)
            self.loops.append(Loop(app_label=label, model=name, line=line, saves=saves))
        self._go_through(node, [node.iter])

    def visit_While(self, node: ast.While) -> None:
        self._go_through(node, [node.test])

    def generic_visit(self, node: ast.AST) -> None:
        """In a comprehension the variable is bound behind the place that uses it."""
        generators = getattr(node, "generators", ())
        for part in generators:
            self._bind(part.target, part.iter)
        self._go_through(node, [part.iter for part in generators])

    def _go_through(self, node: ast.AST, sources: list[ast.expr]) -> None:
        often = any(not is_written_out(source) for source in sources)
        self.looping += often
        super().generic_visit(node)
        self.looping -= often

    def visit_Call(self, node: ast.Call) -> None:
        match node.func:
            case ast.Attribute(attr=method) if method in _EXECUTE:
                self._execute(node)
            case ast.Attribute(value=ast.Name(id=name), attr=method) if name in self.arguments[
                1:2
            ] and _EDITING.fullmatch(method):
                self.editing.append(method)
            case ast.Attribute(value=receiver, attr=method) if method in _OPERATIONS:
                self._write(receiver, method, node)
            case ast.Attribute(value=ast.Name(id=name), attr="get_model"):
                model = named_model(node)
                if model and name not in self.arguments and self.globals.get(name) is live_apps:
                    self.live.add(".".join(model))
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
        elif isinstance(target, ast.Tuple):
            names = [name.id for name in target.elts if isinstance(name, ast.Name)]
            self.made |= dict.fromkeys(names, False)
            model = self._model(value)
            if model:  # row, created = … .get_or_create(…)
                self.models |= dict.fromkeys(names, model)
        elif isinstance(target, ast.Name):
            self.made[target.id] = self.made.get(target.id, True) and self._makes(value)
            model = self._model(value)
            if model:
                self.models[target.id] = model
            elif isinstance(value, ast.Constant) and isinstance(value.value, str):
                self.texts[target.id] = value.value

    def _model(self, node: ast.expr) -> tuple[str, str] | None:
        """Return the model that an expression starts from."""
        match node:
            case ast.Call(func=ast.Attribute(attr="get_model")):
                return named_model(node)
            case ast.Call(func=func):
                return self._model(func)
            case ast.Attribute(value=value) | ast.Subscript(value=value) | ast.Starred(value=value):
                return self._model(value)
            case ast.Name(id=name):
                known = self.globals.get(name)
                return self.models.get(name) or (_label(known) if _is_model(known) else None)
        return None

    def _makes(self, node: ast.expr) -> bool:
        """Tell whether an expression is a row that is new: of ``create`` or of a model's class."""
        match node:
            case ast.Call(func=ast.Attribute(attr="create")):
                return self._model(node) is not None
            case ast.Call(func=ast.Name() as called):
                return self._model(called) is not None
            case ast.Name(id=name):
                return self.made.get(name, False)
        return False

    def _write(self, receiver: ast.expr, method: str, node: ast.Call) -> None:
        model = self._model(receiver)
        if model is None:
            return
        label, name = model
        operation, line = _OPERATIONS[method], self._line(node)
        is_new = method == "create" or (method in _SAVING and self._makes(receiver))
        if is_new and method == "delete":
            return  # nothing is gone that was there before
        if method in _RELATED and isinstance(receiver, ast.Attribute):
            table = _related_table(label, name, receiver.attr)
            if table:
                self.steps.append(Write(table=table, operation=operation, line=line))
                return
        self.steps.append(
            Write(
                app_label=label,
                model=name,
                operation="insert" if is_new else operation,
                whole_table=method in {"update", "delete"} and self._is_whole(receiver),
                listed=not self.looping and (is_new or method in _SINGLE),
                line=line,
            )
        )

    def _is_whole(self, receiver: ast.expr) -> bool:
        """Tell whether a queryset is one of all rows: it starts at a manager, nothing narrows it.

        A variable may hold a queryset that was narrowed before; it is not taken for a whole one.
        """
        attributes = {n.attr for n in ast.walk(receiver) if isinstance(n, ast.Attribute)}
        starts = any(name.endswith("objects") or name == "_default_manager" for name in attributes)
        return starts and not _NARROWING & attributes and not is_sliced(receiver)

    def _execute(self, node: ast.Call) -> None:
        text = self._text(node.args[0]) if node.args else None
        if text is None:
            self.composed |= bool(node.args) and not isinstance(node.args[0], ast.Name)
            self.steps.append(Unreadable(why="composes the SQL that it executes"))
            return
        for found in actions_of(text):
            unreadable = isinstance(found, Unreadable)
            why = f"executes SQL that {found.why}" if isinstance(found, Unreadable) else ""
            self.steps.append(Unreadable(why=why) if unreadable else found)

    def _text(self, node: ast.expr) -> str | None:
        match node:
            case ast.Constant(value=str(text)):
                return text
            case ast.Name(id=name):
                value = self.texts.get(name, self.globals.get(name))
                return value if isinstance(value, str) else None
        return None

    def _line(self, node: ast.expr | ast.stmt) -> int:
        return self.first_line + node.lineno - 1


def _is_model(value: object) -> TypeGuard[type[Model]]:
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
