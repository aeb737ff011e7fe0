"""Keep what names are bound to while a syntax tree is walked."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from typing import Any

from governance.scan.syntax import Binding, Path, Spot, Unit

GROWING = frozenset(["append", "add", "appendleft", "insert", "extend"])


class Binder:
    """The state of a walk, and what it binds."""

    def __init__(self, unit: Unit) -> None:
        self.unit = unit
        self.scope = unit.top
        self.order = 0.0
        self.path: Path = ()
        self.acting: tuple[ast.expr, ...] = ()
        self.spot = Spot(self.scope, 0, ())
        self.handlers: dict[type, Any] = {}

    def _block(self, statements: Iterable[ast.stmt]) -> None:
        for statement in statements:
            self._here()
            self._visit(statement)

    def _here(self) -> None:
        self.order += 1
        self.spot = Spot(self.scope, self.order, self.path, self.acting)

    def _branch(self, node: ast.AST, branch: str, statements: Iterable[ast.stmt]) -> None:
        before = self.path
        self.path = (*before, (id(node), branch))
        self._block(statements)
        self.path = before

    def _visit(self, node: ast.AST) -> None:
        handler = self.handlers.get(type(node))
        if handler is not None:
            handler(node)
        else:
            self._children(node)

    def _children(self, node: ast.AST) -> None:
        handlers = self.handlers
        for name in node._fields:
            child = getattr(node, name, None)
            for entry in child if isinstance(child, list) else (child,):
                if isinstance(entry, ast.AST):
                    handler = handlers.get(type(entry))
                    if handler is not None:
                        handler(entry)
                    else:
                        self._children(entry)

    def _bind(self, name: str, kind: str, node: Any, *, early: bool = False, **more: Any) -> None:
        order = self.order - 0.5 if early else self.order
        binding = Binding(kind, node, order, self.path, **more)
        self.scope.bindings.setdefault(name, []).append(binding)

    def _target(
        self,
        target: ast.expr,
        kind: str,
        value: Any,
        index: tuple[int, ...] = (),
        early: bool = False,
    ) -> None:
        match target:
            case ast.Name(id=name):
                self._bind(name, kind, value, index=index, early=early)
            case ast.Starred(value=inner):
                self._target(inner, kind, value, (*index[:-1], -1), early)
            case ast.Tuple(elts=parts) | ast.List(elts=parts):
                self._unpack(parts, kind, value, index, early)
            case ast.Attribute(value=ast.Name(id=holder), attr=name):
                self._set_on(holder, name, kind, value, index)
                self._visit(target.value)
            case ast.Subscript(value=collection) if kind == "value" and not index:
                self._grow(collection, value, False)
                self._children(target)
            case _:
                self._children(target)

    def _unpack(
        self, parts: list[ast.expr], kind: str, value: Any, index: tuple[int, ...], early: bool
    ) -> None:
        starred = any(isinstance(part, ast.Starred) for part in parts)
        given = value.elts if kind == "value" and isinstance(value, ast.Tuple | ast.List) else []
        if given and not index and not starred and len(given) == len(parts):
            for part, own in zip(parts, given, strict=True):
                self._target(part, kind, own, (), early)
            return
        for position, part in enumerate(parts):
            self._target(part, kind, value, (*index, position), early)

    def _grow(self, collection: ast.expr, part: ast.expr, whole: bool) -> None:
        """Keep what is appended to a list, or put into a dictionary or into a list in it."""
        match collection:
            case ast.Name(id=name):
                self.scope.function.grown.setdefault(name, []).append((part, whole))
            case ast.Attribute(value=ast.Name(id=holder), attr=name):
                method = self.scope.method
                if method is not None and method.klass is not None and holder == "self":
                    method.klass.grown.setdefault(name, []).append((part, whole))
            case ast.Subscript(value=inner):
                self._grow(inner, part, whole)
            case ast.Call(func=ast.Attribute(value=inner, attr="setdefault")):
                self._grow(inner, part, whole)

    def _set_on(
        self, holder: str, name: str, kind: str, value: Any, index: tuple[int, ...]
    ) -> None:
        """Keep ``self.x = …`` with the class of the method."""
        method = self.scope.method
        if method is None or not isinstance(method.node, ast.FunctionDef | ast.AsyncFunctionDef):
            return
        arguments = method.node.args
        first = [*arguments.posonlyargs, *arguments.args][:1]
        if first and first[0].arg == holder and method.klass is not None:
            binding = Binding(kind, value, self.order, self.path, index, method)
            method.klass.attributes.setdefault(name, []).append(binding)
