"""What an expression may stand for. Several alternatives are a tuple; an empty one is unknown."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from governance.scan.classes import Klass
    from governance.scan.syntax import Scope


@dataclass(frozen=True, slots=True)
class ModelClass:
    """A model, as a class."""

    model: Any


@dataclass(frozen=True, slots=True)
class Row:
    """An instance of a model."""

    model: Any


@dataclass(frozen=True, slots=True)
class Rows:
    """A manager or a queryset of a model."""

    model: Any
    kind: Any = None
    """Its class, where that is the project's own."""
    plain: bool = False
    """Whether its items are values, not instances: ``values()``."""


@dataclass(frozen=True, slots=True)
class Related:
    """The manager of a relation, seen from an instance."""

    model: Any
    kind: Any = None
    through: Any = None
    """Model of the table in between; None for the reverse side of a foreign key."""


@dataclass(frozen=True, slots=True)
class FileOf:
    """The file of an instance: saving or deleting it saves the instance as well."""

    model: Any


@dataclass(frozen=True, slots=True)
class Meta:
    """``Model._meta``."""

    model: Any


@dataclass(frozen=True, slots=True)
class Many:
    """A list, set or iterator of such items."""

    item: Values


@dataclass(frozen=True, slots=True)
class Parts:
    """A tuple."""

    items: tuple[Values, ...]


@dataclass(frozen=True, slots=True)
class Keyed:
    """A dictionary with such values."""

    item: Values
    known: tuple[tuple[str, Values], ...] = ()
    """By key, where the keys are written out."""


@dataclass(frozen=True, slots=True)
class ClassOf:
    """A class that is no model."""

    klass: Klass


@dataclass(frozen=True, slots=True)
class Object:
    """An instance of a class that is no model."""

    klass: Klass


@dataclass(frozen=True, slots=True)
class Super:
    """``super()`` in a method of a class."""

    klass: Klass
    self_value: Values


@dataclass(frozen=True, slots=True)
class Function:
    """A function, or an unbound method."""

    scope: Scope


@dataclass(frozen=True, slots=True)
class Method:
    """A function bound to its object."""

    scope: Scope
    self_value: Value


@dataclass(frozen=True, slots=True)
class Bound:
    """A method of Django's, bound to a model, rows or the like."""

    receiver: Value
    name: str


@dataclass(frozen=True, slots=True)
class Known:
    """A function or class of a library, by its dotted name."""

    dotted: str


@dataclass(frozen=True, slots=True)
class Package:
    """A Python module."""

    name: str


@dataclass(frozen=True, slots=True)
class MadeForm:
    """A form or formset class that a factory of Django made for a model."""

    model: Any
    is_set: bool
    made: bool = False
    """Whether this is an instance of that class."""


@dataclass(frozen=True, slots=True)
class Cleaned:
    """The cleaned or validated data of a form or serializer."""

    klass: Klass


@dataclass(frozen=True, slots=True)
class Text:
    """A known text; parts that are not known are a ``HOLE``."""

    text: str


@dataclass(frozen=True, slots=True)
class Plain:
    """Known to be no model and no rows."""

    what: str = ""


@dataclass(frozen=True, slots=True)
class Partial:
    """``functools.partial`` and wrappers of the kind: what calling it will call."""

    target: Values
    arguments: tuple[ast.expr, ...] = ()


Value: TypeAlias = (
    ModelClass
    | Row
    | Rows
    | Related
    | Meta
    | FileOf
    | Many
    | Parts
    | Keyed
    | ClassOf
    | Object
    | Super
    | Function
    | Method
    | Bound
    | Known
    | Package
    | MadeForm
    | Cleaned
    | Text
    | Plain
    | Partial
)
Values: TypeAlias = tuple[Value, ...]

UNKNOWN: Values = ()
PLAIN: Values = (Plain(),)
CURSOR = Plain("cursor")
HOLE = "governance_hole"
"""Stands in a text for what is not known."""
MOST = 40
"""So many alternatives are kept."""


def joined(*several: Values) -> Values:
    """Return all alternatives, each once."""
    filled = [values for values in several if values]
    if len(filled) <= 1:
        return filled[0] if filled else UNKNOWN
    return tuple(dict.fromkeys(v for values in filled for v in values))[:MOST]


@dataclass(frozen=True, slots=True)
class Env:
    """What the parameters of one call of a function are."""

    scope: Scope
    values: tuple[tuple[str, Values], ...]

    def get(self, name: str) -> Values:
        return next((values for known, values in self.values if known == name), UNKNOWN)
