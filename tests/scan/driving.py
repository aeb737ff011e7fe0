"""Run the functions of the corpus, and note what the statement guard says of each line.

A script of its own, run inside a copy of the corpus on an empty database, which it migrates. Each
function gets what its parameters are named after, in a transaction that is taken back. The file
named as argument gets JSON: ``findings`` as ``[file, line, function, slug, table, operation,
actor]``, ``lines`` that ran as ``[file, line]``, ``classes`` whose writing was tried, and
``errors`` by function.
"""

from __future__ import annotations

import importlib
import inspect
import json
import os
import sys
import threading
from pathlib import Path
from typing import Any

import django

from tests.scan.rows import arrange, form_data, request, special, value_for
from tests.scan.subjects import form_of, of_owner, pk_for, subject_of_class

FOLDER = os.getcwd() + os.sep  # noqa: PTH109
LINES: set[tuple[str, int]] = set()
FINDINGS: list[list[Any]] = []
ERRORS: dict[str, str] = {}
CLASSES: set[str] = set()
LATE = {
    "shop.billing.plumbing.threaded": "commits on another connection",
    "shop.billing.tasks.in_threads": "commits on another connection",
}
NOT_CALLED = {"dispatch", "add_arguments", "save_formset", "has_add_permission"}
SKIPPED = {
    "shop.billing.tasks.start": "starts a timer",
}


def main() -> None:
    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    from governance.writes import recorder

    recorder.record = note
    arrange()
    leave_dependants()
    sys.settrace(trace)
    threading.settrace(trace)
    for name in modules():
        drive_module(importlib.import_module(name))
    drive_admin()
    attempt_all(LATE)
    sys.settrace(None)
    threading.settrace(None)  # type: ignore[arg-type]
    seen = {"findings": FINDINGS, "lines": sorted(LINES), "errors": ERRORS}
    Path(sys.argv[1]).write_text(json.dumps({**seen, "classes": sorted(CLASSES)}))


def leave_dependants() -> None:
    """Let rows be deleted alone: all is taken back before PostgreSQL looks at foreign keys."""
    from django.apps import apps
    from django.contrib.contenttypes.fields import GenericRelation
    from django.db.models import DO_NOTHING

    GenericRelation.bulk_related_objects = lambda self, objs, using=None: []  # type: ignore

    for model in apps.get_models(include_auto_created=True):
        for field in model._meta.local_fields:
            if field.remote_field is not None:
                field.remote_field.on_delete = DO_NOTHING


def note(findings: Any, *, announce: bool) -> None:
    for f in findings:
        place = f.location
        file, line = (place.file, place.line) if place else ("", 0)
        function = place.function if place else ""
        operation = f.details.get("operation")
        FINDINGS.append([file, line, function, f.rule.slug, f.subject, operation, f.actor])


def attempt_all(names: Any) -> None:
    for name in names:
        module, _, function = name.rpartition(".")
        attempt(name, getattr(importlib.import_module(module), function), late=True)


def trace(frame: Any, event: str, arg: Any) -> Any:
    file = frame.f_code.co_filename
    if not file.startswith(FOLDER):
        return None
    LINES.add((file.removeprefix(FOLDER), frame.f_lineno))
    return trace


def modules() -> list[str]:
    paths = sorted(Path("shop").rglob("*.py"))
    skipped = {"__init__", "conftest", "urls", "apps", "models", "invoices", "snapshots"}
    names = [
        ".".join(p.with_suffix("").parts)
        for p in paths
        if p.stem not in skipped and "tests" not in p.parts
    ]
    return [
        "shop.billing.models.invoices",
        *(f"shop.{n}.models" for n in ("accounts", "catalogue", "orders", "shipping", "lib")),
        "shop.notifications.models",
        *names,
    ]


def drive_module(module: Any) -> None:
    for name, value in list(vars(module).items()):
        function = getattr(value, "function", value)  # tasks
        if inspect.isclass(value) and value.__module__ == module.__name__:
            drive_class(value)
        elif callable(function) and getattr(function, "__module__", "") == module.__name__:
            if inspect.isclass(type(function)) and inspect.isfunction(inspect.unwrap(function)):
                attempt(f"{module.__name__}.{name}", function)
            elif not inspect.isfunction(function) and callable(type(function)):
                bound = function.__call__
                attempt(f"{module.__name__}.{type(function).__name__}.__call__", bound)


def drive_class(kind: type) -> None:
    dotted = f"{kind.__module__}.{kind.__qualname__}"
    drive_framework_class(kind, dotted)
    for name, member in list(vars(kind).items()):
        hidden = (name.startswith("_") and name != "__call__") or name in NOT_CALLED
        if (
            hidden
            or inspect.isclass(member)
            or not (callable(member) or isinstance(member, classmethod | staticmethod))
        ):
            continue
        attempt(f"{dotted}.{name}", lambda name=name: _bound(kind, name), makes_bound=True)


def _bound(kind: type, name: str) -> Any:
    return getattr(subject_of_class(kind), name)


def drive_framework_class(kind: Any, dotted: str) -> None:
    """Let generic views, forms, serializers and admins write without a method of the corpus."""
    from django.views.generic.edit import DeletionMixin, ModelFormMixin

    bases = {base.__name__ for base in kind.__mro__}
    if issubclass(kind, ModelFormMixin) or issubclass(kind, DeletionMixin):
        attempt(dotted, lambda: _post(kind))
    elif "BaseModelForm" in bases:
        attempt(dotted, lambda: _save_form(kind, dotted))
    elif "DestroyModelMixin" in bases:
        attempt(dotted, lambda: _destroy(kind, dotted))
    elif "ModelSerializer" in bases and not hasattr(kind.Meta, "read_only_fields"):
        attempt(dotted, lambda: _serialize(kind))


def _post(kind: Any) -> None:
    CLASSES.add(f"{kind.__module__}.{kind.__qualname__}")
    view = kind()
    view.setup(request(), pk=pk_for(view))
    response = view.post(view.request, pk=view.kwargs["pk"])
    context = getattr(response, "context_data", None)
    if context and context.get("form") is not None:
        raise ValueError(str(context["form"].errors.as_json()))


def _destroy(kind: Any, dotted: str) -> None:
    view = subject_of_class(kind)
    view.kwargs = {"pk": view.queryset.first().pk}
    CLASSES.add(dotted)
    view.destroy(view.request)


def _save_form(kind: Any, dotted: str) -> None:
    form = form_of(kind)
    if not form.is_valid():
        raise ValueError(form.errors.as_json())
    CLASSES.add(dotted)
    form.save()


def _serialize(kind: Any) -> None:
    serializer = kind(kind.Meta.model._default_manager.first(), data=form_data(), partial=True)
    serializer.is_valid(raise_exception=True)
    CLASSES.add(f"{kind.__module__}.{kind.__qualname__}")
    serializer.save()


def drive_admin() -> None:
    from django.contrib import admin

    for model, site in admin.site._registry.items():
        kind = type(site)
        dotted = f"{kind.__module__}.{kind.__qualname__}"
        if not kind.__module__.startswith("shop."):
            continue
        CLASSES.add(dotted)
        instance = model._default_manager.first()
        if instance is None:
            continue
        for inline in site.get_inline_instances(request(), instance):
            attempt(dotted, lambda s=site, i=instance, n=inline: _save_inline(s, i, n))
        if site.has_change_permission(request(), instance):
            attempt(dotted, lambda s=site, i=instance: s.save_model(request(), i, None, True))
        if site.has_delete_permission(request(), instance):
            attempt(dotted, lambda s=site, i=instance: s.delete_model(request(), i))


def _save_inline(site: Any, parent: Any, inline: Any) -> None:
    if not inline.has_change_permission(request(), parent):
        return
    made = inline.get_formset(request(), parent)
    prefix = made.get_default_prefix()
    row = inline.model._default_manager.filter(**{made.fk.name: parent}).first()
    fields = {**form_data(), row._meta.pk.name: row.pk, made.fk.name: parent.pk}
    data = {f"{prefix}-0-{name}": value for name, value in fields.items()}
    data |= {f"{prefix}-TOTAL_FORMS": 1, f"{prefix}-INITIAL_FORMS": 1}
    formset = made(data, instance=parent)
    if not formset.is_valid():
        raise ValueError(str(formset.errors))
    CLASSES.add(f"{type(inline).__module__}.{type(inline).__qualname__}")
    site.save_formset(request(), None, formset, True)


def attempt(name: str, function: Any, *, makes_bound: bool = False, late: bool = False) -> None:
    """Call a function with arguments of its names, also in variants; take back what it did."""
    if name in SKIPPED or (name in LATE and not late):
        return
    for key in (name, f"{name}#2", f"{name}#3"):
        if key == name or key in special("*"):
            _attempt(key, function, makes_bound=makes_bound)


def _attempt(name: str, function: Any, *, makes_bound: bool) -> None:
    from asgiref.sync import async_to_sync
    from django.db import connection, transaction

    try:
        with transaction.atomic():
            try:
                target = function() if makes_bound else function
                arguments = _arguments(name, target)
                made = target(*arguments[0], **arguments[1])
                if inspect.iscoroutine(made):
                    async_to_sync(_await)(made)
                elif hasattr(made, "__enter__") and "Manager" in type(made).__name__:
                    with made:
                        pass
                while connection.run_on_commit:
                    connection.run_on_commit.pop(0)[1]()
            finally:
                connection.run_on_commit = []
                transaction.set_rollback(True)
    except BaseException as error:
        if isinstance(error, KeyboardInterrupt):
            raise
        ERRORS[name] = f"{type(error).__name__}: {str(error)[:160]}"


async def _await(coroutine: Any) -> Any:
    return await coroutine


def _arguments(name: str, function: Any) -> tuple[list[Any], dict[str, Any]]:
    signature = inspect.signature(function)
    given = special(name)
    positional: list[Any] = []
    named: dict[str, Any] = {}
    for parameter in signature.parameters.values():
        if parameter.kind is parameter.VAR_POSITIONAL:
            continue
        if parameter.kind is parameter.VAR_KEYWORD:
            named |= given.get(parameter.name, {})
        elif parameter.name in given:
            named[parameter.name] = given[parameter.name]
        elif parameter.default is parameter.empty or parameter.name in {"carrier", "pk"}:
            own = of_owner(getattr(function, "__self__", None), parameter.name)
            named[parameter.name] = value_for(parameter.name) if own is None else own
    return positional, named


if __name__ == "__main__":
    main()
