"""Models that are written somewhere and not registered yet: their file loads with the URLs."""

from __future__ import annotations

import ast
from typing import Any

from django.apps import apps
from django.apps.registry import Apps
from django.db.models import Model

from governance.scan.engine import Engine
from governance.scan.syntax import Scope
from governance.scan.values import ClassOf, ModelClass

_MODEL = f"{Model.__module__}.{Model.__qualname__}"


def late_model(engine: Engine, scope: Scope) -> Any:
    """Return a stand-in for a model that is only written; None for any other class.

    It has the table and owner of the real one, and no fields. A proxy is the model it stands for.
    """
    if not scope.node.bases or scope.parent is None or scope.parent.kind != "module":
        return None
    bases = [value for base in scope.node.bases for value in engine.value(base)]
    parents = [value.model for value in bases if isinstance(value, ModelClass)]
    plain = any(isinstance(v, ClassOf) and v.klass.dotted == _MODEL for v in bases)
    options = _options(scope)
    if not (parents or plain) or options.get("abstract") is True:
        return None
    if options.get("proxy") is True:
        return next((model for model in parents if not model._meta.abstract), None)
    label = options.get("app_label") or _label_around(scope.unit.name)
    return (
        _made(scope, str(label), options.get("db_table")) if label in engine.registry.apps else None
    )


def _made(scope: Scope, label: str, table: object) -> Any:
    """Make the stand-in in a registry of its own, so that Django never sees it."""
    options: dict[str, object] = {"app_label": label, "apps": Apps()}
    if isinstance(table, str):
        options["db_table"] = table
    body = {"__module__": scope.unit.name, "Meta": type("Meta", (), options)}
    return type(scope.node.name, (Model,), body)


def _options(scope: Scope) -> dict[str, object]:
    """The constants of ``class Meta``."""
    meta = [b.scope for b in scope.bindings.get("Meta", ()) if b.scope is not None]
    found: dict[str, object] = {}
    for name, bindings in meta[-1].bindings.items() if meta else ():
        if isinstance(bindings[-1].node, ast.Constant):
            found[name] = bindings[-1].node.value
    return found


def _label_around(module: str) -> str | None:
    around = [c for c in apps.get_app_configs() if f"{module}.".startswith(f"{c.name}.")]
    return max(around, key=lambda c: len(c.name)).label if around else None
