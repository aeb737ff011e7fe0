"""What is in lists, tuples and dictionaries, and what ``with`` and ``for`` take out."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from governance.scan import forms
from governance.scan.remembering import Remembering
from governance.scan.values import (
    PLAIN,
    UNKNOWN,
    Bound,
    ClassOf,
    Cleaned,
    Env,
    Keyed,
    MadeForm,
    Many,
    Method,
    ModelClass,
    Object,
    Parts,
    Plain,
    Related,
    Row,
    Rows,
    Text,
    Value,
    Values,
    joined,
)


class Containers(Remembering):
    """The part of the inference that knows collections."""

    def items(self, values: Values) -> Values:
        """Return what iterating gives."""
        return joined(*(self._items(value) for value in values))

    def _items(self, value: Value) -> Values:
        match value:
            case Rows(model, _, plain):
                return PLAIN if plain else (Row(model),)
            case Related(model):
                return (Row(model),)
            case Many(item):
                return item
            case Parts(items):
                return joined(*items)
            case MadeForm(model, True, True):
                return (MadeForm(model, False, True),)
            case Object():
                return forms.iterated(self, value)
        return PLAIN if isinstance(value, Keyed | Text | Plain | Cleaned) else UNKNOWN

    def _drilled(self, values: Values, index: tuple[int, ...]) -> Values:
        for position in index:
            values = joined(*(self._part(value, position) for value in values))
        return values

    def _part(self, value: Value, position: int) -> Values:
        if isinstance(value, Parts):
            if position < 0:
                return (Many(joined(*value.items)),)
            return value.items[position] if position < len(value.items) else UNKNOWN
        return (Many(self._items(value)),) if position < 0 else self._items(value)

    def _entered(self, values: Values) -> Values:
        found: list[Values] = []
        for value in values:
            match value:
                case Many(item):
                    found.append(item)
                case Object():
                    given = list(self.attribute((value,), "__enter__"))
                    methods = [v for v in given if isinstance(v, Method)]
                    found.append(joined(*(self.call(m, None, None) for m in methods)) or (value,))
                case _:
                    found.append((value,))
        return joined(*found)

    def _collection(self, node: ast.List | ast.Set, env: Env | None) -> Values:
        inner = []
        for part in node.elts[:60]:
            values = self.value(part, env)
            inner.append(self.items(values) if isinstance(part, ast.Starred) else values)
        return (Many(joined(*inner)),)

    def _subscript(self, node: ast.Subscript, env: Env | None) -> Values:
        found = [self._taken(value, node) for value in self.value(node.value, env)]
        return joined(*found)

    def _taken(self, value: Value, node: ast.Subscript) -> Values:
        sliced = isinstance(node.slice, ast.Slice)
        key = node.slice.value if isinstance(node.slice, ast.Constant) else None
        match value:
            case Rows() | Many() if sliced:
                return (value,)
            case Related(model, kind) if sliced:
                return (Rows(model, kind),)
            case Parts(items) if isinstance(key, int) and -len(items) <= key < len(items):
                return items[key]
            case Keyed(item, known):
                return dict(known).get(key, item) if isinstance(key, str) else item
            case Cleaned(klass) if isinstance(key, str):
                return forms.cleaned(self, klass, key)
            case Plain("connections"):
                return (Plain("connection"),)
            case ClassOf() | ModelClass():
                return (value,)
            case Plain() | Text():
                return PLAIN
            case Object() if not sliced:
                return self._item_of_object(value)
        return self._items(value)

    def _item_of_object(self, value: Object) -> Values:
        methods = [v for v in self.attribute((value,), "__getitem__") if isinstance(v, Method)]
        return joined(*(self.call(m, None, None) for m in methods)) or UNKNOWN

    def _dictionary(self, node: ast.Dict, env: Env | None) -> Values:
        values = [self.value(v, env) for v in node.values]
        known = tuple(
            (key.value, own)
            for key, own in zip(node.keys, values, strict=True)
            if isinstance(key, ast.Constant) and isinstance(key.value, str) and own
        )
        return (Keyed(joined(*values), known if len(known) <= 30 else ()),)

    def filled(
        self, values: Values, parts: Sequence[tuple[ast.expr, bool]], env: Env | None
    ) -> Values:
        """Return collections with what is put into them elsewhere."""
        if not parts or not any(isinstance(v, Many | Keyed) for v in values):
            return values
        given = [self.value(part, env) for part, _ in parts[:20]]
        inner = [self.items(v) if whole else v for v, (_, whole) in zip(given, parts, strict=False)]
        return tuple(_with_items(value, joined(*inner)) for value in values)


def _with_items(value: Value, more: Values) -> Value:
    """Put items into a list, into a dictionary, or into the lists of a dictionary."""
    match value:
        case Many(item):
            return Many(joined(item, more))
        case Keyed(item, known):
            lists = any(isinstance(v, Many) for v in item)
            inner = tuple(_with_items(v, more) for v in item) if lists else joined(item, more)
            return Keyed(inner, known)
    return value


def by_key(call: Bound, node: ast.Call) -> Values:
    key = node.args[0].value if isinstance(node.args[0], ast.Constant) else None
    known = dict(call.receiver.known) if isinstance(call.receiver, Keyed) else {}
    found = known.get(key, UNKNOWN) if isinstance(key, str) else UNKNOWN
    return found if call.name in {"get", "pop", "setdefault"} else UNKNOWN
