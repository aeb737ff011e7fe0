"""Writes that no call shows: what a view, an admin class or a migration does by what it says."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from django.apps import apps
from django.conf import settings

from governance.findings import Location
from governance.ownership.names import PLATFORM, UNKNOWN
from governance.ownership.places import shown
from governance.ownership.registry import Registry
from governance.scan import forms, framework
from governance.scan.attribution import Actor
from governance.scan.classes import (
    ADMIN,
    API_CREATE,
    API_DELETE,
    API_UPDATE,
    CREATE,
    DELETE,
    UPDATE,
    VIEW,
    Klass,
)
from governance.scan.effects import Write, tables
from governance.scan.engine import Engine
from governance.scan.framework import own_scopes
from governance.scan.overrides import calls_super
from governance.scan.saving import DELETING, all_rows, of_api_view, saved_by_view, saves_form
from governance.scan.syntax import Scope, Unit
from governance.scan.values import ClassOf


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """A class writes a table by being what it is."""

    write: Write
    shown_at: Klass | None = None
    """The class whose statement says so, where it is not the one in whose name it happens."""


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
        elif framework.is_a(engine, klass, VIEW):
            yield from map(_as_said, _of_any_view(engine, klass))


def _of_any_view(engine: Engine, klass: Klass) -> Iterator[Write]:
    if framework.is_a(engine, klass, CREATE, UPDATE, DELETE):
        yield from _of_view(engine, klass)
    elif framework.is_a(engine, klass, API_CREATE, API_UPDATE, API_DELETE):
        yield from _of_api_view(engine, klass)
    elif _has_form_class(klass) and _inherits_saving(engine, klass):
        yield from saved_by_view(engine, klass)


def _of_view(engine: Engine, klass: Klass) -> Iterator[Write]:
    if not _own_passes(engine, klass, ("form_valid", "post", "delete")) or _reads_only(
        engine, klass
    ):
        return
    if framework.is_a(engine, klass, DELETE):
        yield from all_rows(engine, klass, "delete", DELETING)
    else:
        yield from saved_by_view(engine, klass)


def _of_api_view(engine: Engine, klass: Klass) -> Iterator[Write]:
    for base, action, verbs in (
        (API_DELETE, "destroy", ("delete",)),
        (API_CREATE, "create", ("post",)),
        (API_UPDATE, "update", ("put", "patch")),
    ):
        allowed = any(_allows(engine, klass, verb) for verb in verbs)
        if not allowed or not framework.is_a(engine, klass, base):
            continue
        if _own_passes(engine, klass, (f"perform_{action}", action)):
            yield from of_api_view(engine, klass, action)


def _of_admin(engine: Engine, klass: Klass) -> Iterator[Declared]:
    may = {name: _permits(engine, klass, name) for name in ("add", "change", "delete")}
    if (may["add"] or may["change"]) and _own_passes(engine, klass, ("save_model",)):
        yield from map(_as_said, all_rows(engine, klass, "save", ("save_model",)))
    deleting = ("delete_model", "delete_queryset")
    if may["delete"] and _own_passes(engine, klass, deleting, most=1):
        yield from map(_as_said, all_rows(engine, klass, "delete", deleting))
    for inline in forms.inlines_of(engine, klass):
        allowed = [_permits(engine, inline, name) for name in ("add", "change")]
        if any(allowed) and _own_passes(engine, klass, ("save_formset", "save_related")):
            for model in framework.models_of(engine, inline):
                for write in tables(model, "save", by=klass):
                    yield Declared(write=write, shown_at=inline)


def _as_said(write: Write) -> Declared:
    return Declared(write=write)


def _has_form_class(klass: Klass) -> bool:
    return klass.scope is not None and "form_class" in klass.scope.bindings


def _inherits_saving(engine: Engine, klass: Klass) -> bool:
    """Tell whether a base class that the project wrote saves the form of a view."""
    own = [k.scope for k in list(engine.mro(klass))[1:] if k.scope and engine.is_own(k.module)]
    bindings = (b for scope in own for several in scope.bindings.values() for b in several)
    return any(b.kind == "function" and b.scope and saves_form(b.scope) for b in bindings)


def _own_passes(engine: Engine, klass: Klass, names: tuple[str, ...], most: int = 0) -> bool:
    """Tell whether the project's overrides of these methods leave the framework its work."""
    stopped = 0
    for name in names:
        for own in own_scopes(engine, klass, name):
            if not calls_super(own, name):
                stopped += not (_saves(own, name) or saves_form(own))
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
