"""What the methods of Django's managers, querysets and instances return."""

from __future__ import annotations

from governance.scan.facts import default_rows
from governance.scan.values import (
    CURSOR,
    PLAIN,
    UNKNOWN,
    Bound,
    Cleaned,
    FileOf,
    Keyed,
    MadeForm,
    Many,
    Meta,
    ModelClass,
    Parts,
    Plain,
    Related,
    Row,
    Rows,
    Text,
    Value,
    Values,
)

CHAINED = frozenset(
    [
        "all",
        "filter",
        "exclude",
        "order_by",
        "reverse",
        "distinct",
        "select_related",
        "prefetch_related",
        "annotate",
        "alias",
        "defer",
        "only",
        "using",
        "select_for_update",
        "union",
        "intersection",
        "difference",
        "none",
        "extra",
        "complex_filter",
        "get_queryset",
        "_clone",
        "_chain",
        "db_manager",
        "iterator",
        "aiterator",
        "raw",
    ]
)
ONE = frozenset(["get", "first", "last", "latest", "earliest", "create", "get_or_none"])
COLLECTED = frozenset(["bulk_create"])
PAIRS = frozenset(["get_or_create", "update_or_create"])
VALUES = frozenset(["values", "values_list", "dates", "datetimes"])
USER_WRITES = frozenset(["create_user", "create_superuser"])


def synchronous(name: str) -> str:
    """``acreate`` does what ``create`` does."""
    return name[1:] if name[:1] == "a" and name[1:] in _KNOWN else name


_KNOWN = frozenset(
    [
        "get",
        "first",
        "last",
        "latest",
        "earliest",
        "create",
        "bulk_create",
        "update",
        "bulk_update",
        "get_or_create",
        "update_or_create",
        "delete",
        "save",
        "add",
        "set",
        "remove",
        "clear",
        "in_bulk",
        "iterator",
        "count",
        "exists",
        "aggregate",
        "contains",
        "explain",
        "refresh_from_db",
        "create_user",
        "create_superuser",
    ]
)


def result(call: Bound) -> Values:
    """Return what calling a method of Django's, or of a container, gives."""
    receiver, name = call.receiver, synchronous(call.name)
    match receiver:
        case Rows() | Related():
            return _of_rows(receiver, name)
        case Row(model):
            return PLAIN if name not in {"from_db", "serializable_value"} else UNKNOWN
        case ModelClass(model):
            return (Row(model),) if name == "from_db" else PLAIN
        case Many() | Keyed() | Parts() | Text() | Plain():
            return _of_container(receiver, name)
        case MadeForm(_, _, True):
            return _of_made_form(receiver, name)
        case Meta() | FileOf() | Cleaned():
            return PLAIN
    return UNKNOWN


def _of_rows(receiver: Rows | Related, name: str) -> Values:
    model = receiver.model
    plain = isinstance(receiver, Rows) and receiver.plain
    queryset = receiver if isinstance(receiver, Rows) else Rows(model, receiver.kind)
    if name in CHAINED:
        return (queryset,)
    if name in VALUES:
        return (Rows(model, queryset.kind, True),)
    if name in ONE or name in USER_WRITES:
        return PLAIN if plain else (Row(model),)
    if name in PAIRS:
        return (Parts(((Row(model),), PLAIN)),)
    if name in COLLECTED:
        return (Many((Row(model),)),)
    if name == "in_bulk":
        return (Keyed((Row(model),)),)
    if name in _PLAIN_RESULTS:
        return PLAIN
    if name in {"get_by_natural_key", "get_for_model", "get_for_id", "get_current"}:
        return (Row(model),)
    return UNKNOWN


_PLAIN_RESULTS = frozenset(
    [
        "count",
        "exists",
        "aggregate",
        "update",
        "bulk_update",
        "delete",
        "add",
        "set",
        "remove",
        "clear",
        "explain",
        "contains",
        "check",
        "deconstruct",
        "natural_key",
        "as_sql",
    ]
)


def _of_container(receiver: Value, name: str) -> Values:
    match receiver:
        case Keyed(item):
            if name in {"get", "pop", "setdefault", "__getitem__"}:
                return item or UNKNOWN
            if name == "values":
                return (Many(item),)
            if name == "items":
                return (Many((Parts((PLAIN, item)),)),)
            if name == "keys":
                return (Many(PLAIN),)
            return (receiver,) if name == "copy" else PLAIN
        case Many(item):
            if name in {"pop", "popleft", "__getitem__"}:
                return item or UNKNOWN
            return (receiver,) if name in {"copy", "union", "difference"} else PLAIN
        case Text(text):
            return (Text(text),) if name in _SAME_TEXT else PLAIN
        case Plain(what):
            return (CURSOR,) if what == "connection" and name in _CURSORS else _of_plain(what, name)
    return PLAIN


_SAME_TEXT = frozenset(
    ["strip", "lstrip", "rstrip", "lower", "upper", "encode", "decode", "expandtabs"]
)
_CURSORS = frozenset(["cursor", "chunked_cursor", "execute", "transaction", "__enter__"])


def _of_plain(what: str, name: str) -> Values:
    if what == "cursor":
        return (CURSOR,) if name in {"execute", "executemany", "copy", "__enter__"} else PLAIN
    return PLAIN


def _of_made_form(receiver: MadeForm, name: str) -> Values:
    if name == "save":
        row = (Row(receiver.model),)
        return (Many(row),) if receiver.is_set else row
    return PLAIN


def of_made_form(receiver: MadeForm, name: str) -> Values:
    """Return an attribute of a form, or formset, that a factory made."""
    if name == "instance":
        return (Row(receiver.model),)
    if name in {"forms", "extra_forms", "initial_forms", "deleted_forms"}:
        return (Many((MadeForm(receiver.model, False, True),)),)
    if name in {"new_objects", "deleted_objects"}:
        return (Many((Row(receiver.model),)),)
    if name in {"cleaned_data", "errors", "data"}:
        return (Keyed(()),)
    return (Bound(receiver, name),)


def rows_of(values: Values) -> Values:
    """Return the rows that a class, a manager or a queryset stands for."""
    found: list[Value] = []
    for value in values:
        match value:
            case ModelClass(model) if not model._meta.abstract:
                found.append(default_rows(model))
            case Rows() | Related():
                found.append(value)
    return tuple(found)


def instances_of(values: Values) -> Values:
    """Return an instance of each model that classes, managers and querysets stand for."""
    models = [v.model for v in values if isinstance(v, ModelClass | Rows | Related | Row)]
    return tuple(dict.fromkeys(Row(model) for model in models))
