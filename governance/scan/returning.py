"""What a function gives back."""

from __future__ import annotations

import ast
from typing import Any

from governance.scan.annotations import annotated
from governance.scan.engine import Engine
from governance.scan.syntax import Scope
from governance.scan.values import (
    PLAIN,
    UNKNOWN,
    Env,
    Keyed,
    Many,
    Plain,
    Values,
    joined,
)


def returned(engine: Engine, scope: Scope, env: Env | None) -> Values:
    """Return what a function says it returns, else what its statements do."""
    node = scope.node
    if not engine.is_own(scope.unit.name):
        return PLAIN
    said = getattr(node, "returns", None)
    found = annotated(engine, said, scope) if said is not None else UNKNOWN
    if found and not _is_vague(found):
        return found
    if scope.yields:
        return (Many(joined(*(engine.value(y, env) for y in scope.yields))),)
    given = joined(*(engine.value(r, env) for r in scope.returns))
    if not scope.returns and not _is_abstract(node):
        return (Plain("None"),)
    return given or found


def _is_vague(values: Values) -> bool:
    """A bare ``list`` or ``dict`` says nothing about what is in it."""
    return all(isinstance(v, Many | Keyed) and not v.item for v in values)


def _is_abstract(node: Any) -> bool:
    """A method that only raises, or has no body, is there to be overridden."""
    body = getattr(node, "body", [])
    last = body[-1] if isinstance(body, list) and body else None
    docstring = isinstance(last, ast.Expr) and isinstance(last.value, ast.Constant)
    return isinstance(last, ast.Raise) or (docstring and len(body) == 1)
