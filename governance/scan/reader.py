"""Read a file: one pass over its syntax tree collects scopes, bindings and calls."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from typing import Any

from governance.scan.binding import GROWING, Binder
from governance.scan.patterns import narrowings, narrowings_of_not, only_looks, opens_scope
from governance.scan.syntax import Scope, Unit

_TERMINAL = (ast.Return, ast.Raise, ast.Continue, ast.Break)


def read_unit(source: bytes, *, file: str, name: str, package: str, shown: str = "") -> Unit:
    """Read a file; raises ``SyntaxError`` or ``ValueError`` when it is no Python."""
    unit = Unit(file=file, name=name, package=package, shown=shown or file)
    tree = ast.parse(source, filename=file)
    unit.module = Scope(unit, "module", tree, "")
    _Reader(unit).read(tree)
    return unit


class _Reader(Binder):
    """Walks the tree once."""

    def __init__(self, unit: Unit) -> None:
        super().__init__(unit)
        self.handlers |= {
            ast.Name: self._name,
            ast.Call: self._call,
            ast.Attribute: self._attribute,
            ast.Constant: _nothing,
            ast.Load: _nothing,
            ast.Store: _nothing,
            ast.Pass: _nothing,
            ast.Expr: lambda node: self._visit(node.value),
            ast.FunctionDef: self._function,
            ast.AsyncFunctionDef: self._function,
            ast.ClassDef: self._class,
            ast.Lambda: self._lambda,
            ast.ListComp: self._comprehension,
            ast.SetComp: self._comprehension,
            ast.GeneratorExp: self._comprehension,
            ast.DictComp: self._comprehension,
            ast.NamedExpr: self._walrus,
            ast.Yield: self._yield,
            ast.YieldFrom: self._yield,
            ast.Assign: self._assign,
            ast.AnnAssign: self._annotated,
            ast.AugAssign: self._augmented,
            ast.For: self._for,
            ast.AsyncFor: self._for,
            ast.While: self._while,
            ast.If: self._if,
            ast.With: self._with,
            ast.AsyncWith: self._with,
            ast.Try: self._try,
            ast.Match: self._match,
            ast.Import: self._import,
            ast.ImportFrom: self._import,
            ast.Global: self._outside,
            ast.Nonlocal: self._outside,
            ast.Return: self._return,
            ast.Assert: self._assert,
        }
        if hasattr(ast, "TryStar"):
            self.handlers[ast.TryStar] = self._try

    def read(self, tree: ast.Module) -> None:
        self._block(tree.body)

    # Statements

    def _assign(self, node: ast.Assign) -> None:
        self._visit(node.value)
        for target in node.targets:
            self._target(target, "value", node.value)

    def _annotated(self, node: ast.AnnAssign) -> None:
        self._visit(node.annotation)
        if node.value is not None:
            self._visit(node.value)
        self._target(node.target, "annotated", node)

    def _augmented(self, node: ast.AugAssign) -> None:
        self._visit(node.value)
        if isinstance(node.target, ast.Name):
            self._bind(node.target.id, "augmented", node)
            node.target.spot = self.spot  # type: ignore[attr-defined]
        else:
            self._visit(node.target)

    def _for(self, node: ast.For | ast.AsyncFor) -> None:
        self._visit(node.iter)
        before = self.path
        self.path = (*before, (id(node), "loop"))
        self._target(node.target, "item", node.iter)
        self._block(node.body)
        self.path = before
        self._branch(node, "else", node.orelse)

    def _while(self, node: ast.While) -> None:
        self._visit(node.test)
        self._branch(node, "loop", node.body)
        self._branch(node, "else", node.orelse)

    def _if(self, node: ast.If) -> None:
        self._visit(node.test)
        before = self.path
        self.path = (*before, (id(node), "if"))
        for name, kind in narrowings(node.test):
            self._bind(name, "narrow", kind)
        self._block(node.body)
        self.path = (*before, (id(node), "else"))
        self._block(node.orelse)
        self.path = before
        if node.body and isinstance(node.body[-1], _TERMINAL) and not node.orelse:
            self._forget(id(node))
            for name, kind in narrowings_of_not(node.test):
                self._bind(name, "narrow", kind)

    def _forget(self, block: int) -> None:
        """What a block that ends the function has bound is not seen behind it."""
        for bindings in self.scope.bindings.values():
            for binding in bindings:
                if (block, "if") in binding.path:
                    binding.path = tuple(
                        (own, "ended") if own == block else (own, branch)
                        for own, branch in binding.path
                    )

    def _assert(self, node: ast.Assert) -> None:
        self._children(node)
        for name, kind in narrowings(node.test):
            self._bind(name, "narrow", kind)

    def _with(self, node: ast.With | ast.AsyncWith) -> None:
        before = self.acting
        for item in node.items:
            self._visit(item.context_expr)
            if opens_scope(item.context_expr):
                self.acting = (*self.acting, item.context_expr)
                self.unit.opened.append((item.context_expr, self.spot))  # type: ignore[arg-type]
            if item.optional_vars is not None:
                self._target(item.optional_vars, "enter", item.context_expr, early=True)
        self._block(node.body)
        self.acting = before

    def _try(self, node: Any) -> None:
        ended = all(h.body and isinstance(h.body[-1], _TERMINAL) for h in node.handlers)
        if ended:
            self._block(node.body)
        else:
            self._branch(node, "try", node.body)
        for number, handler in enumerate(node.handlers):
            if handler.type is not None:
                self._visit(handler.type)
            if handler.name:
                self._bind(handler.name, "none", None)
            self._branch(node, f"except {number}", handler.body)
        if ended:
            self._block(node.orelse)
        else:
            self._branch(node, "try", node.orelse)
        self._block(node.finalbody)

    def _match(self, node: ast.Match) -> None:
        self._visit(node.subject)
        before = self.path
        for number, case in enumerate(node.cases):
            self.path = (*before, (id(node), f"case {number}"))
            self._pattern(case.pattern, node.subject)
            if case.guard is not None:
                self._visit(case.guard)
            self._block(case.body)
        self.path = before

    def _pattern(self, pattern: ast.pattern, subject: ast.expr) -> None:
        match pattern:
            case ast.MatchClass(cls=cls):
                self._visit(cls)
                if isinstance(subject, ast.Name):
                    self._bind(subject.id, "narrow", [cls])
            case ast.MatchAs(pattern=ast.MatchClass(cls=cls), name=str(name)):
                self._visit(cls)
                self._bind(name, "narrow", [cls])
            case ast.MatchAs(name=str(name)):
                self._bind(name, "value", subject)
        self._children(pattern)

    def _import(self, node: ast.Import | ast.ImportFrom) -> None:
        for alias in node.names:
            if isinstance(node, ast.Import):
                name = alias.asname or alias.name.partition(".")[0]
            else:
                name = alias.asname or alias.name
            self._bind(name, "import", (node, alias))

    def _outside(self, node: ast.Global | ast.Nonlocal) -> None:
        self.scope.outside.update(node.names)

    def _return(self, node: ast.Return) -> None:
        if node.value is not None:
            self.scope.returns.append(node.value)
            self._visit(node.value)

    # Definitions

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        for part in (*node.decorator_list, node.args, node.returns):
            if part is not None:
                self._visit(part)
        scope = self._open("function", node, node.name)
        scope.acting = (
            *self.acting,
            *(part for part in node.decorator_list if opens_scope(part)),
        )
        self.unit.opened += [
            (part, self.spot)
            for part in node.decorator_list
            if isinstance(part, ast.Call) and opens_scope(part)
        ]
        self._bind(node.name, "function", node, scope=scope)
        self._inside(scope, node.args, node.body)

    def _lambda(self, node: ast.Lambda) -> None:
        self._visit(node.args)
        scope = self._open("lambda", node, "<lambda>")
        scope.acting, scope.around = self.acting, self.spot
        scope.returns.append(node.body)
        node.own_scope = scope  # type: ignore[attr-defined]
        self._inside(scope, node.args, [node.body])

    def _class(self, node: ast.ClassDef) -> None:
        for part in (*node.decorator_list, *node.bases, *node.keywords):
            self._visit(part)
        scope = self._open("class", node, node.name)
        scope.acting = self.acting
        self._bind(node.name, "class", node, scope=scope)
        self._inside(scope, None, node.body)

    def _open(self, kind: str, node: ast.AST, name: str) -> Scope:
        around = self.scope.function
        prefix = (
            f"{around.qualname}.<locals>."
            if around.kind in {"function", "lambda"}
            else (f"{around.qualname}." if around.qualname else "")
        )
        scope = Scope(self.unit, kind, node, prefix + name, self.scope)
        if kind != "lambda":
            self.unit.scopes[scope.qualname] = scope
        return scope

    def _inside(self, scope: Scope, arguments: ast.arguments | None, body: Iterable[Any]) -> None:
        before = self.scope, self.path, self.acting, self.spot
        self.scope, self.path, self.acting = scope, (), scope.acting
        self._here()
        if arguments is not None:
            self._parameters(arguments)
        self._block(body)
        self.scope, self.path, self.acting, self.spot = before

    def _parameters(self, arguments: ast.arguments) -> None:
        plain = [*arguments.posonlyargs, *arguments.args]
        for position, argument in enumerate(plain):
            self._bind(argument.arg, "parameter", argument, index=(position,))
        for argument in arguments.kwonlyargs:
            self._bind(argument.arg, "parameter", argument)
        if arguments.vararg:
            self._bind(arguments.vararg.arg, "rest", arguments.vararg)
        if arguments.kwarg:
            self._bind(arguments.kwarg.arg, "keywords", arguments.kwarg)

    # Expressions

    def _name(self, node: ast.Name) -> None:
        node.spot = self.spot  # type: ignore[attr-defined]

    def _call(self, node: ast.Call) -> None:
        node.spot = self.spot  # type: ignore[attr-defined]
        self.unit.calls.append(node)
        function = node.func
        if isinstance(function, ast.Attribute):
            if function.attr in GROWING and node.args:
                self._grow(function.value, node.args[-1], function.attr in {"extend", "update"})
            function.spot = self.spot  # type: ignore[attr-defined]
            self._visit(function.value)
        else:
            self._visit(function)
        for argument in (*node.args, *(keyword.value for keyword in node.keywords)):
            if isinstance(argument, ast.Attribute) and not only_looks(function):
                self.unit.handed_on.append(argument)
            elif isinstance(argument, ast.Lambda):
                argument.host = node  # type: ignore[attr-defined]
            self._visit(argument)

    def _attribute(self, node: ast.Attribute) -> None:
        node.spot = self.spot  # type: ignore[attr-defined]
        self.unit.references.append(node)
        self._visit(node.value)

    def _walrus(self, node: ast.NamedExpr) -> None:
        self._visit(node.value)
        self._target(node.target, "value", node.value, early=True)

    def _yield(self, node: ast.Yield | ast.YieldFrom) -> None:
        if node.value is not None:
            self._visit(node.value)
            if isinstance(node, ast.Yield):
                self.scope.function.yields.append(node.value)

    def _comprehension(self, node: Any) -> None:
        scope = Scope(self.unit, "comprehension", node, self.scope.qualname, self.scope)
        scope.acting, scope.around = self.acting, self.spot
        before = self.scope, self.path, self.spot
        for generator in node.generators:
            self._visit(generator.iter)
            self.scope, self.path = scope, ()
            self._here()
            self._target(generator.target, "item", generator.iter, early=True)
            for condition in generator.ifs:
                for name, kind in narrowings(condition):
                    self._bind(name, "narrow", kind, early=True)
                self._visit(condition)
        for part in ("elt", "key", "value"):
            if hasattr(node, part):
                self._visit(getattr(node, part))
        self.scope, self.path, self.spot = before


def _nothing(_: ast.AST) -> None:
    return
