"""What functions of Python, Django and other libraries give back."""

from __future__ import annotations

import ast
from typing import Any

from django.apps import apps
from django.conf import settings

from governance.scan import facts, texts
from governance.scan.classes import Klass
from governance.scan.engine import Engine
from governance.scan.python import builtin
from governance.scan.querysets import instances_of, rows_of
from governance.scan.syntax import spot_of
from governance.scan.values import (
    CURSOR,
    PLAIN,
    UNKNOWN,
    ClassOf,
    Env,
    Keyed,
    MadeForm,
    Many,
    ModelClass,
    Package,
    Partial,
    Parts,
    Plain,
    Row,
    Super,
    Text,
    Values,
    joined,
)

_PYTHON = frozenset({"builtins", "collections", "itertools", "functools", "copy", "typing"})
_SAME = frozenset(
    [
        "copy",
        "deepcopy",
        "cast",
        "next_or_none",
        "aiter",
        "anext",
        "force_str",
        "mark_safe",
        "evaluate",
        "database_sync_to_async",
    ]
)
_WRAPPERS = frozenset(
    [
        "partial",
        "sync_to_async",
        "async_to_sync",
        "database_sync_to_async",
        "partialmethod",
        "wraps",
    ]
)
_GET = frozenset(["get_object_or_404", "aget_object_or_404"])
_LIST = frozenset(["get_list_or_404", "aget_list_or_404"])
_USERS = frozenset(["get_user", "aget_user", "authenticate", "aauthenticate"])


def special(engine: Engine, node: ast.Call, env: Env | None) -> Values | None:
    """Return what a call gives that is known by its name alone; None for any other."""
    match node.func:
        case ast.Name(id="super"):
            return _super(engine, node)
        case ast.Name(id="getattr") if len(node.args) >= 2:
            return _getattr(engine, node, env)
        case ast.Name(id="cast") | ast.Attribute(attr="cast") if len(node.args) == 2:
            return _cast(engine, node, env)
        case ast.Name(id=name) | ast.Attribute(attr=name):
            if name in {"get_model", "get_registered_model"}:
                return get_model(engine, node, env)
            if name == "import_module" and node.args:
                texts_given = engine.value(node.args[0], env)
                return tuple(Package(v.text) for v in texts_given if isinstance(v, Text))
            if name == "get_user_model":
                return (ModelClass(apps.get_model(settings.AUTH_USER_MODEL)),)
            if name in {"import_string", "load_object", "import_class"}:
                return _import_string(engine, node, env)
            if name in {"get_class", "get_classes"}:
                return _get_class(engine, node, env, several=name == "get_classes")
    return None


def called(engine: Engine, dotted: str, node: ast.Call | None, env: Env | None) -> Values:
    """Return what calling a library's function or class gives."""
    module, _, name = dotted.rpartition(".")
    if node is None:
        return PLAIN if module == "builtins" else UNKNOWN
    first = engine.value(node.args[0], env) if node.args else UNKNOWN
    if name in _GET:
        return instances_of(rows_of(first))
    if name in _LIST:
        return (Many(instances_of(rows_of(first))),)
    if name in _WRAPPERS:
        return (Partial(first, tuple(node.args[1:])),) if first else UNKNOWN
    if name in _USERS and module.startswith("django.contrib.auth"):
        return (Row(apps.get_model(settings.AUTH_USER_MODEL)),)
    if name in {"modelform_factory", "modelformset_factory", "inlineformset_factory"}:
        return _factory(engine, node, env, name)
    if module in _PYTHON:
        return builtin(engine, name, node, first, env)
    if module.startswith(("psycopg", "psycopg2")):
        return _psycopg(engine, dotted, node, env)
    if name in _SAME:
        return first
    if name in {"dedent", "cleandoc"}:
        return texts.dedented(first)
    if name == "Paginator":
        return (Many(engine.items(first)),)
    return UNKNOWN if name == "deserialize" else PLAIN


def instance(engine: Engine, klass: Klass, node: ast.Call | None, env: Env | None) -> Values | None:
    """Return what an instance of some library classes counts as; None for a class like any."""
    name = klass.name
    if engine.is_own(klass.module):
        return None
    if node is not None and klass.module.startswith("psycopg"):
        composed = texts.composed(engine, klass.dotted, node, env)
        if composed is not None:
            return composed
    first = engine.value(node.args[0], env) if node is not None and node.args else UNKNOWN
    if name == "partial":
        return (Partial(first, tuple(node.args[1:]) if node is not None else ()),)
    if name in {"SyncToAsync", "AsyncToSync"}:
        return (Partial(first),)
    if name in {"Paginator", "chain", "map", "filter"}:
        if node is not None and klass.module in {"itertools", "builtins"}:
            return builtin(engine, name, node, first, env)
        return (Many(engine.items(first)),)
    if name in {"defaultdict", "OrderedDict", "Counter", "ChainMap"}:
        return builtin(engine, name, node, first, env) if node is not None else (Keyed(()),)
    if name == "deque":
        return (Many(engine.items(first)),)
    if name == "ForeignKey":
        return PLAIN
    return None


def get_model(engine: Engine, node: ast.Call, env: Env | None) -> Values:
    """Return the model that ``get_model("app", "Model")`` names, whoever offers it."""
    parts = [*node.args, *(k.value for k in node.keywords if k.arg != "require_ready")]
    given = [[v.text for v in engine.value(p, env) if isinstance(v, Text)] for p in parts[:2]]
    if not given or not given[0]:
        if node.args and len(node.args) == 1:
            return UNKNOWN
        return UNKNOWN
    found: list[Any] = []
    for app in given[0]:
        labels = [app] if len(given) == 1 else [f"{app}.{name}" for name in given[1]]
        found += [facts.model_labelled(label) for label in labels]
    models = tuple(ModelClass(model) for model in found if model is not None)
    return models or (PLAIN if found else UNKNOWN)


def _super(engine: Engine, node: ast.Call) -> Values:
    if len(node.args) == 2:
        rows = tuple(v for v in engine.value(node.args[1]) if isinstance(v, Row))
        if rows:
            return rows
    scope = spot_of(node).scope
    method, klass = scope.method, scope.klass
    if method is None or klass is None:
        return UNKNOWN
    value = engine.class_of(klass)
    arguments = method.node.args
    first = [*arguments.posonlyargs, *arguments.args][:1]
    bindings = method.bindings.get(first[0].arg, []) if first else []
    self_value = engine.bound([b for b in bindings if b.kind == "parameter"], method, None)
    if isinstance(value, ClassOf):
        return (Super(value.klass, self_value),)
    if isinstance(value, ModelClass):
        return (Super(engine.klass_of(value.model), self_value),)
    return UNKNOWN


def _getattr(engine: Engine, node: ast.Call, env: Env | None) -> Values:
    names = [v.text for v in engine.value(node.args[1], env) if isinstance(v, Text)]
    holder = engine.value(node.args[0], env)
    given = engine.value(node.args[2], env) if len(node.args) > 2 else UNKNOWN
    found = [engine.attribute(holder, name) for name in names if "governance_hole" not in name]
    given = UNKNOWN if given == (Plain("None"),) else given
    return joined(*found, given)


def _cast(engine: Engine, node: ast.Call, env: Env | None) -> Values:
    from governance.scan.annotations import annotated

    return annotated(engine, node.args[0], spot_of(node).scope) or engine.value(node.args[1], env)


def _import_string(engine: Engine, node: ast.Call, env: Env | None) -> Values:
    found: list[Values] = []
    for value in engine.value(node.args[0], env) if node.args else ():
        if isinstance(value, Text) and "." in value.text:
            module, _, name = value.text.rpartition(".")
            found.append(engine.global_of(module, name))
    return joined(*found)


def _get_class(engine: Engine, node: ast.Call, env: Env | None, *, several: bool) -> Values | None:
    """Return the classes that ``get_class("app.module", "Name")`` names, as Oscar loads them."""
    given = [engine.value(part, env) for part in node.args[:2]]
    if len(given) < 2 or not all(given):
        return None
    labels = [v.text for v in given[0] if isinstance(v, Text)]
    if not labels:
        return None
    if several:
        names = list(given[1])
        inner = [v.items for v in names if isinstance(v, Parts)]
        parts = inner[0] if inner else tuple((v,) for v in engine.items(given[1]))
        return (Parts(tuple(_classes(engine, labels, part) for part in parts)),)
    return _classes(engine, labels, given[1]) or None


def _classes(engine: Engine, labels: list[str], names: Values) -> Values:
    found: list[Values] = []
    for label in labels:
        app, _, rest = label.partition(".")
        configs = [c for c in apps.get_app_configs() if app in {c.label, c.name.rpartition(".")[2]}]
        modules = [f"{config.name}.{rest}" if rest else config.name for config in configs]
        for value in names:
            if isinstance(value, Text):
                found += [engine.global_of(module, value.text) for module in modules]
    return joined(*found)


def _factory(engine: Engine, node: ast.Call, env: Env | None, name: str) -> Values:
    position = 1 if name == "inlineformset_factory" else 0
    named = [k.value for k in node.keywords if k.arg == "model"]
    given = node.args[position : position + 1] or named
    values = engine.value(given[0], env) if given else UNKNOWN
    is_set = name != "modelform_factory"
    return tuple(MadeForm(v.model, is_set) for v in values if isinstance(v, ModelClass))


def _psycopg(engine: Engine, dotted: str, node: ast.Call, env: Env | None) -> Values:
    composed = texts.composed(engine, dotted, node, env)
    if composed is not None:
        return composed
    return (Plain("connection"),) if dotted.endswith("connect") else (CURSOR,)
