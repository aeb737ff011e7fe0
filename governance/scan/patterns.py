"""Shapes of code that the reader knows: tests of a class, scopes, and functions that only look."""

from __future__ import annotations

import ast


def opens_scope(node: ast.expr) -> bool:
    match node:
        case ast.Call(func=ast.Name(id="acting_as") | ast.Attribute(attr="acting_as")):
            return True
    return False


def is_super(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and getattr(node.func, "id", "") == "super"


def narrowings(test: ast.expr) -> list[tuple[str, list[ast.expr]]]:
    """Names that a condition shows to be instances of classes."""
    match test:
        case ast.Call(func=ast.Name(id="isinstance"), args=[ast.Name(id=name), kind]):
            return [(name, list(kind.elts) if isinstance(kind, ast.Tuple) else [kind])]
        case ast.BoolOp(op=ast.And(), values=parts):
            return [found for part in parts for found in narrowings(part)]
    return []


def narrowings_of_not(test: ast.expr) -> list[tuple[str, list[ast.expr]]]:
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        return narrowings(test.operand)
    return []


def only_looks(function: ast.expr) -> bool:
    """These look at a function and never call it."""
    return isinstance(function, ast.Name) and function.id in {
        "callable",
        "hasattr",
        "isinstance",
        "print",
        "repr",
        "str",
        "type",
    }
