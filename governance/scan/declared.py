"""Writes that no call shows: what a view, an admin class or a migration does by what it says."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.conf import settings

from governance.findings import Location
from governance.ownership.names import PLATFORM, UNKNOWN
from governance.ownership.places import shown
from governance.ownership.registry import Registry
from governance.postgres.statements import TableWrite
from governance.scan import facts, forms, framework
from governance.scan.attribution import Actor
from governance.scan.classes import (
    ADMIN,
    API_CREATE,
    API_DELETE,
    API_UPDATE,
    CREATE,
    DELETE,
    UPDATE,
    Klass,
)
from governance.scan.engine import Engine
from governance.scan.overrides import calls_super
from governance.scan.syntax import Scope, Unit
from governance.scan.values import ClassOf, MadeForm, Object
from governance.scan.writing import saves_by_itself


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """A class writes a table by being what it is."""

    by: Klass
    """In whose name: the class itself, or its form."""
    shown_at: Klass
    """The class whose statement says so."""
    write: TableWrite


def of_classes(engine: Engine, unit: Unit) -> Iterator[Declared]:
    """Yield what the views and admin classes of a file write without a call of their own."""
    for scope in unit.scopes.values():
        if scope.kind != "class" or not scope.node.bases:
            continue
        value = engine.class_of(scope)
        if not isinstance(value, ClassOf):
            continue
        klass = value.klass
        if framework.is_a(engine, klass, ADMIN):
            yield from _of_admin(engine, klass)
        elif framework.is_a(engine, klass, CREATE, UPDATE, DELETE):
            yield from _of_view(engine, klass)
        elif framework.is_a(engine, klass, API_CREATE, API_UPDATE, API_DELETE):
            yield from _of_api_view(engine, klass)


def _of_view(engine: Engine, klass: Klass) -> Iterator[Declared]:
    if not _own_passes(engine, klass, ("form_valid", "post", "delete")) or _reads_only(
        engine, klass
    ):
        return
    models = framework.models_of(engine, klass)
    if framework.is_a(engine, klass, DELETE):
        yield from _declared(klass, models, "delete")
        return
    saved = forms.called_form_class(engine, klass)
    own = [v for v in saved if isinstance(v, ClassOf)]
    if own:
        for value in own:
            if saves_by_itself(engine, Object(value.klass)):
                given = framework.models_of(engine, value.klass)
                yield from _declared(value.klass, given, "save")
    elif any(isinstance(v, MadeForm) for v in saved) or models:
        yield from _declared(klass, models, "save")


def _of_api_view(engine: Engine, klass: Klass) -> Iterator[Declared]:
    deletes = framework.is_a(engine, klass, API_DELETE) and _allows(engine, klass, "delete")
    if deletes and _own_passes(engine, klass, ("perform_destroy", "destroy")):
        yield from _declared(klass, framework.models_of(engine, klass), "delete")
    for base, method, verbs in (
        (API_CREATE, "create", ("post",)),
        (API_UPDATE, "update", ("put", "patch")),
    ):
        if not framework.is_a(engine, klass, base):
            continue
        if not any(_allows(engine, klass, verb) for verb in verbs):
            continue
        if not _own_passes(engine, klass, (f"perform_{method}", method)):
            continue
        for value in forms.serializers_of(engine, klass):
            if saves_by_itself(engine, Object(value.klass), (method,)):
                yield from _declared(value.klass, framework.models_of(engine, value.klass), "save")


def _of_admin(engine: Engine, klass: Klass) -> Iterator[Declared]:
    models = framework.models_of(engine, klass)
    may = {name: _permits(engine, klass, name) for name in ("add", "change", "delete")}
    if (may["add"] or may["change"]) and _own_passes(engine, klass, ("save_model",)):
        yield from _declared(klass, models, "save")
    if may["delete"] and _own_passes(engine, klass, ("delete_model", "delete_queryset"), most=1):
        yield from _declared(klass, models, "delete")
    for inline in forms.inlines_of(engine, klass):
        allowed = [_permits(engine, inline, name) for name in ("add", "change")]
        if any(allowed) and _own_passes(engine, klass, ("save_formset", "save_related")):
            yield from _declared(klass, framework.models_of(engine, inline), "save", inline)


def _declared(
    klass: Klass, models: tuple[Any, ...], operation: str, shown_at: Klass | None = None
) -> Iterator[Declared]:
    for model in models:
        for written in facts.written_tables(model):
            if not written._meta.abstract and not written._meta.swapped:
                write = TableWrite(table=written._meta.db_table, operation=operation)
                yield Declared(by=klass, shown_at=shown_at or klass, write=write)


def _own_passes(engine: Engine, klass: Klass, names: tuple[str, ...], most: int = 0) -> bool:
    """Tell whether the project's overrides of these methods leave the framework its work."""
    stopped = 0
    for name in names:
        for base in engine.mro(klass):
            bindings = base.scope.bindings.get(name) if base.scope is not None else None
            if not bindings or not engine.is_own(base.module):
                continue
            own = bindings[-1].scope
            if own is not None and not calls_super(own, name) and not _saves(own, name):
                stopped += 1
            break
    return stopped <= most


def _saves(scope: Scope, name: str) -> bool:
    """``save_formset`` may save the formset by itself instead of asking ``super()``."""
    if name not in {"save_formset", "save_related"}:
        return False
    attributes = (n.attr for n in ast.walk(scope.node) if isinstance(n, ast.Attribute))
    return any(attr.startswith("save") for attr in attributes)


def _reads_only(engine: Engine, klass: Klass) -> bool:
    return not any(_allows(engine, klass, verb) for verb in ("post", "put", "delete"))


def _allows(engine: Engine, klass: Klass, verb: str) -> bool:
    """Tell whether ``http_method_names`` leaves a method in."""
    for base in engine.mro(klass):
        bindings = base.scope.bindings.get("http_method_names") if base.scope is not None else None
        if bindings and engine.is_own(base.module):
            node = bindings[-1].node
            if isinstance(node, ast.List | ast.Tuple):
                return verb in {e.value for e in node.elts if isinstance(e, ast.Constant)}
            return True
    return True


def _permits(engine: Engine, klass: Klass, action: str) -> bool:
    """Tell whether an admin class permits something: it does unless it returns False."""
    name = f"has_{action}_permission"
    for base in engine.mro(klass):
        bindings = base.scope.bindings.get(name) if base.scope is not None else None
        if bindings and engine.is_own(base.module):
            scope = bindings[-1].scope
            return scope is None or not _always_false(scope)
    return True


def _always_false(scope: Scope) -> bool:
    return bool(scope.returns) and all(
        isinstance(r, ast.Constant) and not r.value for r in scope.returns
    )


# Migrations


def is_migration(unit: Unit) -> bool:
    """Tell whether a file is a migration: the executor takes its class by this name."""
    return any(b.kind == "class" for b in unit.top.bindings.get("Migration", ()))


def undoing(unit: Unit) -> frozenset[str]:
    """Return the functions of a migration that run only when it is taken back."""
    forwards: set[str] = set()
    backwards: set[str] = set()
    for call in unit.calls if is_migration(unit) else ():
        name = getattr(call.func, "attr", getattr(call.func, "id", ""))
        if name != "RunPython":
            continue
        given = {k.arg: k.value for k in call.keywords}
        given |= dict(zip(("code", "reverse_code"), call.args, strict=False))
        forwards.add(_name(given.get("code")))
        backwards.add(_name(given.get("reverse_code")))
    return frozenset(backwards - forwards - {""})


def actor_of_migration(registry: Registry, unit: Unit, node: ast.Call) -> Actor:
    """A migration's own SQL acts for the module of its app, as the executor runs it."""
    package, _, name = unit.name.rpartition(".")
    label = _label_of(package)
    owner = registry.apps.get(label) or registry.module_of(unit.file) or UNKNOWN
    owner = UNKNOWN if owner == PLATFORM else owner
    location = Location(file=shown(unit.file), line=node.lineno, function=f"{label}.{name}")
    return Actor(module=owner, location=location)


def _label_of(package: str) -> str:
    """Return the app whose migrations a package holds: as it is set, or the app around it."""
    for label, dotted in getattr(settings, "MIGRATION_MODULES", {}).items():
        if dotted == package:
            return str(label)
    around = [c for c in apps.get_app_configs() if package.startswith(f"{c.name}.")]
    return max(around, key=lambda c: len(c.name)).label if around else package.partition(".")[0]


def _name(node: ast.expr | None) -> str:
    return getattr(node, "id", getattr(node, "attr", "")) if node is not None else ""
