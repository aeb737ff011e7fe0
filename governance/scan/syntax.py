"""One file as the scan sees it: its scopes, what each name is bound to, and its calls.

One pass over the syntax tree. Each name that is read keeps a ``Spot``, so that a name used for
two things one after the other is not taken for both.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import Any, TypeAlias

Path: TypeAlias = tuple[tuple[int, str], ...]
"""Blocks around a statement, outermost first: (identity of the statement, its branch)."""
FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda


@dataclass(slots=True, eq=False, repr=False)
class Binding:
    """One way in which a name gets its value."""

    kind: str
    """value, item, enter, parameter, import, function, class, narrow or none."""
    node: Any
    order: float
    path: Path
    index: tuple[int, ...] = ()
    """Position in the value, where it is unpacked; -1 for a starred rest."""
    scope: Scope | None = None
    """Of a function or class: its own; of ``self.x = …``: the method that sets it."""


@dataclass(slots=True, eq=False, repr=False)
class Scope:
    """A module, class, function, lambda or comprehension."""

    unit: Unit
    kind: str
    node: Any
    qualname: str
    parent: Scope | None = None
    bindings: dict[str, list[Binding]] = field(default_factory=dict)
    attributes: dict[str, list[Binding]] = field(default_factory=dict)
    """Of a class: what its methods set on ``self``."""
    grown: dict[str, list[tuple[ast.expr, bool]]] = field(default_factory=dict)
    """What is put into a collection by name, ``self.name`` in a class; True for a whole one."""
    returns: list[ast.expr] = field(default_factory=list)
    yields: list[ast.expr] = field(default_factory=list)
    outside: set[str] = field(default_factory=set)
    """Names declared global or nonlocal."""
    acting: tuple[ast.expr, ...] = ()
    """Scopes of ``acting_as`` around the function, outermost first."""
    around: Spot | None = None
    """Where a lambda or comprehension stands in its parent."""

    @property
    def function(self) -> Scope:
        """The scope in whose name a frame at run time would show."""
        return self.parent.function if self.kind == "comprehension" and self.parent else self

    @property
    def klass(self) -> Scope | None:
        """The class whose method this is, or is nested in."""
        if self.kind == "class":
            return self
        return self.parent.klass if self.parent else None

    @property
    def method(self) -> Scope | None:
        """The method that this scope is, or is nested in."""
        if self.parent is None or self.kind == "class":
            return None
        return self if self.parent.kind == "class" else self.parent.method


@dataclass(slots=True, eq=False, repr=False)
class Spot:
    """Where an expression stands."""

    scope: Scope
    order: float
    path: Path
    acting: tuple[ast.expr, ...] = ()


@dataclass(slots=True, eq=False, repr=False)
class Unit:
    """A file that was read."""

    file: str
    name: str
    """Dotted name of the module."""
    package: str
    shown: str = ""
    """The path as people read it."""
    module: Scope | None = None
    calls: list[ast.Call] = field(default_factory=list)
    references: list[ast.Attribute] = field(default_factory=list)
    """Attributes that are read and not called at once."""
    handed_on: list[ast.Attribute] = field(default_factory=list)
    """Attributes that are an argument of a call."""
    scopes: dict[str, Scope] = field(default_factory=dict)
    """Functions and classes by qualified name; the last one of a name wins."""
    opened: list[tuple[ast.Call, Spot]] = field(default_factory=list)
    """Calls of ``acting_as`` that open a scope."""

    @property
    def top(self) -> Scope:
        assert self.module is not None
        return self.module


def spot_of(node: ast.AST) -> Spot:
    """Return where a name or call stands."""
    spot: Spot = node.spot  # type: ignore[attr-defined]
    return spot
