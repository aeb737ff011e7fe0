"""Which class a method of a view returns for an action: ``if self.action == "create": …``."""

from __future__ import annotations

import ast

from governance.scan.engine import Engine
from governance.scan.syntax import Scope
from governance.scan.values import Env, Values, joined

_METHODS = {"create": ("POST",), "update": ("PUT", "PATCH"), "destroy": ("DELETE",)}
_ACTIONS = {"update": ("update", "partial_update")}
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def chosen(engine: Engine, scope: Scope, env: Env | None, action: str) -> Values:
    """Return what a method may return while a view does ``create``, ``update`` or ``destroy``."""
    kept, _ = _of_block(scope.node.body, action)
    return joined(*(engine.value(node, env) for node in kept))


def _of_block(body: list[ast.stmt], action: str) -> tuple[list[ast.expr], bool]:
    """Return what statements return, and whether nothing runs behind them."""
    found: list[ast.expr] = []
    for statement in body:
        given, ends = _of_statement(statement, action)
        found += given
        if ends:
            return found, True
    return found, False


def _of_statement(statement: ast.stmt, action: str) -> tuple[list[ast.expr], bool]:
    match statement:
        case ast.Return(value=value):
            return ([value] if value is not None else []), True
        case ast.Raise():
            return [], True
        case ast.If(test=test, body=body, orelse=orelse):
            known = holds(test, action)
            first = _of_block(body, action) if known is not False else ([], True)
            second = _of_block(orelse, action) if known is not True else ([], True)
            return [*first[0], *second[0]], first[1] and second[1]
    inner = (n.value for n in ast.walk(statement) if isinstance(n, ast.Return))
    return [value for value in inner if value is not None], False


def holds(test: ast.expr, action: str) -> bool | None:
    """Tell whether a condition on ``self.action`` or ``request.method`` holds; None: who knows."""
    match test:
        case ast.UnaryOp(op=ast.Not(), operand=inner):
            known = holds(inner, action)
            return None if known is None else not known
        case ast.BoolOp(op=operator, values=parts):
            answers = [holds(part, action) for part in parts]
            decides = isinstance(operator, ast.Or)
            if decides in answers:
                return decides
            return None if None in answers else not decides
        case ast.Compare(left=ast.Attribute(attr=left), ops=[operator], comparators=[right]):
            return _compared(left, operator, right, action)
    return None


def _compared(left: str, operator: ast.cmpop, right: ast.expr, action: str) -> bool | None:
    values = {"action": _ACTIONS.get(action, (action,)), "method": _METHODS.get(action)}.get(left)
    against = _constants(right)
    if values is None or against is None:
        return None
    answers = {value in against for value in values}
    if len(answers) > 1:
        return None
    match operator:
        case ast.Eq() | ast.In():
            return answers.pop()
        case ast.NotEq() | ast.NotIn():
            return not answers.pop()
    return None


def _constants(node: ast.expr) -> frozenset[object] | None:
    match node:
        case ast.Constant(value=value):
            return frozenset([value])
        case ast.Name(id="SAFE_METHODS") | ast.Attribute(attr="SAFE_METHODS"):
            return _SAFE
        case ast.Tuple(elts=parts) | ast.List(elts=parts) | ast.Set(elts=parts):
            if all(isinstance(part, ast.Constant) for part in parts):
                return frozenset(part.value for part in parts if isinstance(part, ast.Constant))
    return None
