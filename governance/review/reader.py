"""Follow models and rows through the source of a function of a data migration."""

from __future__ import annotations

import ast
import inspect
from functools import partial
from typing import Any

from django.apps import apps as live_apps
from django.conf import settings
from django.contrib.auth import get_user_model

from governance.postgres.ddl.actions import Action, Unreadable
from governance.postgres.ddl.reading import actions_of
from governance.review import callees, chains
from governance.review.callees import Call
from governance.review.relations import is_model, joining_table, label_of, related_model
from governance.review.script import Edit, Loop, Write

_OPERATIONS = {
    "create": "insert",
    "bulk_create": "insert",
    "get_or_create": "insert",
    "update_or_create": "insert",
    "update": "update",
    "bulk_update": "update",
    "save": "update",
    "delete": "delete",
    "_raw_delete": "delete",
    "add": "insert",
    "set": "update",
    "remove": "delete",
    "clear": "delete",
}
_RELATED = frozenset({"add", "set", "remove", "clear"})
_ONLY_OF_ROWS = frozenset({"bulk_create", "bulk_update", "get_or_create", "update_or_create"})
_WITH_A_FLAG = frozenset({"get_or_create", "update_or_create"})
_EXECUTE = frozenset({"execute", "executemany"})
_EDITING = frozenset(
    """
    create_model delete_model add_field remove_field alter_field alter_db_table add_index
    remove_index rename_index add_constraint remove_constraint alter_unique_together
    alter_index_together alter_db_table_comment alter_db_tablespace
    """.split()  # noqa: SIM905
)
_SAVING = frozenset({"save", "delete"})
_SINGLE = frozenset({"create", "get_or_create", "update_or_create"})


class Reader(ast.NodeVisitor):
    """Follows models from ``apps.get_model`` and imports through variables to write methods.

    ``peeks``: it looks into functions of other apps, to leave those alone that only compute.
    """

    def __init__(self, call: Call, *, peeks: bool = True) -> None:
        self.peeks = peeks
        self.function: Any = inspect.unwrap(call.function)
        self.name = getattr(call.function, "__qualname__", repr(call.function))
        self.globals: dict[str, Any] = getattr(self.function, "__globals__", {})
        self.locals: dict[str, Any] = {}
        self.values: dict[str, ast.expr] = dict(call.values)
        self.texts: dict[str, str] = {}
        self.made: dict[str, bool] = {}
        self.looping = 0
        self.steps: list[Write | Edit | Action] = []
        self.loops: list[Loop] = []
        self.live: set[str] = set()
        self.editing: list[str] = []
        self.unread_editing: list[str] = []
        self.unknown: list[str] = []
        self.composed = False
        self.uses_alias = False
        self.called: list[Call] = []
        self.tree = callees.tree_of(self.function)
        self.arguments = callees.arguments_of(self.tree)
        self.editor = call.editor or next(iter(self.arguments[1:2]), "")

    def read(self) -> None:
        for statement in self.tree.body if self.tree else ():
            self.visit(statement)

    # Names

    def visit_Import(self, node: ast.Import) -> None:
        self.locals |= callees.imported(node, "")

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        found = callees.imported(node, self.globals.get("__package__") or "")
        self.locals |= found
        self.live |= {value._meta.label for value in found.values() if is_model(value)}

    def visit_Name(self, node: ast.Name) -> None:
        value = self.globals.get(node.id)
        if isinstance(node.ctx, ast.Load) and node.id not in self.values and is_model(value):
            self.live.add(value._meta.label)

    def visit_Attribute(self, node: ast.Attribute) -> None:
        value = callees.resolved(node, self.globals)
        if is_model(value):
            self.live.add(value._meta.label)
        self.uses_alias |= node.attr in {"using", "alias", "db_manager"}
        self.generic_visit(node)

    def visit_Assign(self, node: ast.Assign) -> None:
        self.generic_visit(node)
        for target in node.targets:
            self._bind(target, node.value)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        self.generic_visit(node)
        if node.value is not None:
            self._bind(node.target, node.value)

    def visit_NamedExpr(self, node: ast.NamedExpr) -> None:
        self._bind(node.target, node.value)
        self.generic_visit(node)

    def visit_For(self, node: ast.For) -> None:
        target, given = _looped(node.target, node.iter)
        rows = chains.expanded(given, self.values)
        self._bind(target, chains.one_of(given))
        model = self._model(rows)
        if model and chains.is_loaded(rows):
            saves = any(
                isinstance(part, ast.Attribute) and part.attr in _SAVING
                for inner in node.body
                for part in ast.walk(inner)
            )
            label, name = model
            self.loops.append(Loop(app_label=label, model=name, line=node.lineno, saves=saves))
        self._go_through(node, [node.iter])

    def visit_While(self, node: ast.While) -> None:
        self._go_through(node, [node.test])

    def generic_visit(self, node: ast.AST) -> None:
        """In a comprehension the variable is bound behind the place that uses it."""
        generators = getattr(node, "generators", ())
        for part in generators:
            target, rows = _looped(part.target, part.iter)
            self._bind(target, chains.one_of(rows))
        self._go_through(node, [part.iter for part in generators])

    def _go_through(self, node: ast.AST, sources: list[ast.expr]) -> None:
        often = any(not chains.is_written_out(source) for source in sources)
        self.looping += often
        super().generic_visit(node)
        self.looping -= often

    def _bind(self, target: ast.expr, value: ast.expr) -> None:
        if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
            for one, its in zip(target.elts, value.elts, strict=False):
                self._bind(one, its)
        elif isinstance(target, ast.Tuple) and chains.methods(value) & _WITH_A_FLAG:
            self._bind(target.elts[0], chains.one_of(value))
        elif isinstance(target, ast.Name):
            rows = chains.expanded(value, self.values)
            self.made[target.id] = self.made.get(target.id, True) and self._is_new(value)
            self.values.pop(target.id, None)
            self.texts.pop(target.id, None)
            if self._model(rows) is not None or chains.is_of_rows(rows):
                self.values[target.id] = rows
            elif isinstance(value, ast.Constant) and isinstance(value.value, str):
                self.texts[target.id] = value.value

    def _known(self, name: str) -> Any:
        return self.locals.get(name, self.globals.get(name))

    def _model(self, node: ast.expr) -> tuple[str, str] | None:
        """Return the model whose rows a chain is about, with its variables replaced."""
        match node:
            case ast.Call(func=ast.Attribute(attr="get_model")):
                return chains.named_model(node)
            case ast.Call(func=ast.Name(id=name)) if self._known(name) is get_user_model:
                self.live.add(settings.AUTH_USER_MODEL)
                return label_of(live_apps.get_model(settings.AUTH_USER_MODEL))
            case ast.Call(func=func):
                return self._model(func)
            case ast.Attribute(value=value, attr=attribute):
                model = self._model(value)
                return (related_model(*model, attribute) or model) if model else None
            case ast.Subscript(value=value) | ast.Starred(value=value):
                return self._model(value)
            case ast.Name(id=name):
                known = self._known(name)
                return label_of(known) if is_model(known) else None
        return None

    # Calls

    def visit_Call(self, node: ast.Call) -> None:
        match node.func:
            case ast.Attribute(attr=method) if method in _EXECUTE:
                self._execute(node)
            case ast.Attribute(value=ast.Name(id=name), attr=method) if (
                name == self.editor and method in _EDITING
            ):
                self._edit(method, node)
            case ast.Attribute(value=receiver, attr=method) if method in _OPERATIONS:
                self._write(receiver, method, node)
            case ast.Attribute(value=ast.Name(id=name), attr="get_model"):
                model = chains.named_model(node)
                if model and name not in self.arguments and self._known(name) is live_apps:
                    self.live.add(".".join(model))
            case ast.Name() | ast.Attribute():
                self._call(node)
        for argument in node.args:
            self._refer(argument)
        self.generic_visit(node)

    def _refer(self, node: ast.expr) -> None:
        """A function that is handed on is called by somebody, with values not known here."""
        value = callees.resolved(node, {**self.globals, **self.locals})
        if callees.is_followed(value, self.function):
            self.called.append(Call(function=value))
        elif isinstance(value, callees.Unseen) and callees.may_write(value, handed=False):
            self.unknown.append(f"hands on {callees.described(value)}, which is not read")

    def _call(self, node: ast.Call) -> None:
        value = callees.resolved(node.func, {**self.globals, **self.locals})
        if value is None or is_model(value):
            return
        if isinstance(value, partial):
            value, node = value.func, ast.Call(func=node.func, args=[], keywords=[])
        if callees.is_followed(value, self.function):
            self.called.append(self._given(value, node))
            return
        handed = self._hands(node)
        unread = callees.may_write(value, handed=handed)
        if unread and (handed or not self.peeks or not _is_plain(value)):
            self.unknown.append(f"calls {callees.described(value)}, which is not read")

    def _hands(self, node: ast.Call) -> bool:
        """Tell whether a call is given something that rows can be written with."""
        values = [*node.args, *(keyword.value for keyword in node.keywords)]
        names = {v.id for v in values if isinstance(v, ast.Name)}
        return bool(names & {*self.values, *self.arguments[:2]})

    def _given(self, function: Any, node: ast.Call) -> Call:
        """Return a call with the models and rows that it is given."""
        parameters = callees.arguments_of(callees.tree_of(function))
        pairs = [
            *zip(parameters, node.args, strict=False),
            *((keyword.arg, keyword.value) for keyword in node.keywords if keyword.arg),
        ]
        rows = {name: chains.expanded(value, self.values) for name, value in pairs}
        known = {name: value for name, value in rows.items() if self._model(value) is not None}
        handed = (n for n, v in pairs if isinstance(v, ast.Name) and v.id == self.editor)
        return Call(function=function, values=known, editor=next(handed, ""))

    def _write(self, receiver: ast.expr, method: str, node: ast.Call) -> None:
        rows = chains.expanded(receiver, self.values)
        model = self._model(rows)
        if model is None:
            saves = method in _SAVING and not node.args
            if method in _ONLY_OF_ROWS or saves or chains.is_of_rows(rows):
                self.unknown.append(f"calls {method}() of rows whose model is not known here")
            return
        operation, line = _OPERATIONS[method], node.lineno
        new = method in _SAVING and self._is_new(receiver)
        if new and method == "delete":
            return  # nothing is gone that was there before
        if method in _RELATED:
            table = joining_table(self._model(getattr(rows, "value", rows)), rows)
            if table:
                self.steps.append(Write(table=table, operation=operation, line=line))
                return
        whole = method in {"update", "delete", "_raw_delete"} and chains.is_whole(rows)
        label, name = model
        self.steps.append(
            Write(
                app_label=label,
                model=name,
                operation="insert" if new else operation,
                whole_table=whole,
                listed=not self.looping and (new or method in _SINGLE),
                line=line,
            )
        )

    def _is_new(self, node: ast.expr) -> bool:
        """Tell whether an expression is a row that the function makes, whichever way it took."""
        if isinstance(node, ast.Name):
            return self.made.get(node.id, False)
        match chains.expanded(node, self.values):
            case ast.Call(func=ast.Attribute(attr="create")) as made:
                return self._model(made) is not None
            case ast.Call(func=ast.Call(func=ast.Attribute(attr="get_model")) | ast.Name()) as made:
                return self._model(made) is not None
        return False

    def _edit(self, method: str, node: ast.Call) -> None:
        """``remove_field(Model, Model._meta.get_field("name"))`` and the like."""
        self.editing.append(method)
        model = self._model(chains.expanded(node.args[0], self.values)) if node.args else None
        match method, node.args[1:]:
            case "delete_model", [] if model:
                self.steps.append(Edit(method=method, app_label=model[0], model=model[1]))
            case (
                "remove_field",
                [
                    ast.Call(
                        func=ast.Attribute(attr="get_field"), args=[ast.Constant(value=str(it))]
                    )
                ],
            ) if model:
                self.steps.append(Edit(method=method, app_label=model[0], model=model[1], field=it))
            case _:
                self.unread_editing.append(method)

    def _execute(self, node: ast.Call) -> None:
        text = self._text(node.args[0]) if node.args else None
        if text is None:
            self.composed |= bool(node.args) and not isinstance(node.args[0], ast.Name)
            self.steps.append(Unreadable(why="composes the SQL that it executes"))
            return
        for found in actions_of(text):
            why = f"executes SQL that {found.why}" if isinstance(found, Unreadable) else ""
            self.steps.append(Unreadable(why=why) if why else found)

    def _text(self, node: ast.expr) -> str | None:
        match node:
            case ast.Constant(value=str(text)):
                return text
            case ast.Name(id=name):
                value = self.texts.get(name, self._known(name))
                return value if isinstance(value, str) else None
        return None


def _is_plain(function: Any) -> bool:
    """Tell whether a function of another app, that is given no rows, does nothing of note."""
    if not inspect.isfunction(function):
        return False
    reader = Reader(Call(function=function), peeks=False)
    reader.read()
    told = reader.steps or reader.unknown or reader.called or reader.editing
    return reader.tree is not None and not told


def _looped(target: ast.expr, rows: ast.expr) -> tuple[ast.expr, ast.expr]:
    """Return variable and rows of a loop, also through enumerate()."""
    match target, rows:
        case ast.Tuple(elts=[_, row]), ast.Call(func=ast.Name(id="enumerate"), args=[given, *_]):
            return row, given
    return target, rows
