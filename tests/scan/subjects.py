"""Objects whose methods can be called, and what Django would hand to these."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from tests.scan.rows import form_data, request, value_for


def subject_of_class(kind: Any) -> Any:
    """Return something whose methods can be called."""
    from django.apps import apps
    from django.db import models
    from django.views import View

    bases = {base.__name__ for base in kind.__mro__}
    if issubclass(kind, models.Model):
        if kind._meta.abstract:
            return value_for("customer" if kind.__name__ != "Numbered" else "order")
        found = kind._default_manager.first()
        if found is None and kind._meta.proxy is False and kind._meta.parents:
            found = kind()
        return found or kind()
    if issubclass(kind, models.Manager | models.QuerySet):
        for model in apps.get_models():
            for manager in model._meta.managers:
                if isinstance(manager, kind):
                    return manager
                if getattr(manager, "_queryset_class", None) is kind:
                    return manager.all()
                if isinstance(manager.all(), kind):
                    return manager.all()
    if "ModelSerializer" in bases:
        return kind(kind.Meta.model._default_manager.first())
    if issubclass(kind, View):
        view = kind()
        made = request()
        view.setup(made, pk=pk_for(view))
        if hasattr(view, "initialize_request"):
            view.action_map, view.format_kwarg, view.action = {}, None, "driven"
            view.request = view.initialize_request(made)
        if hasattr(view, "get_object"):
            view.object = _quietly(view.get_object)
        return view
    if "ModelAdmin" in bases:
        from django.contrib import admin

        model = next((m for m, a in admin.site._registry.items() if type(a) is kind), None)
        return kind(model or apps.get_model("accounts.Address"), admin.site)
    if "BaseForm" in bases:
        return form_of(kind)
    if kind.__name__ in {"Email", "Channel"}:
        from shop.notifications import channels

        notes = list(apps.get_model("notifications.Notification").objects.all())
        return channels.Email(value_for("customer"), notes)
    if kind.__name__ == "LastSeen":
        return kind(lambda request: None)
    if kind.__name__ == "Held":
        return kind(value_for("order"))
    if kind.__name__ == "Label":
        return kind(shipment=value_for("shipment"))
    if kind.__name__ == "Batch":
        return kind(value_for("order"), list(apps.get_model("accounts.Address").objects.all()))
    return kind()


def pk_for(view: Any) -> Any:
    model = getattr(view, "model", None)
    if model is None and getattr(view, "queryset", None) is not None:
        model = view.queryset.model
    first = model._default_manager.order_by("pk").first() if model else None
    return first.pk if first else value_for("order").pk


def _quietly(function: Any) -> Any:
    try:
        return function()
    except Exception:
        return None


def form_of(kind: Any) -> Any:
    model = getattr(getattr(kind, "_meta", None), "model", None)
    creates = "Creation" in str(kind.__mro__)
    first = model._default_manager.first() if model and not creates else None
    form = kind(form_data(), instance=first) if first else kind(form_data())
    if hasattr(form, "instance") and form.instance.pk is None:
        form.instance.user = value_for("user") if hasattr(form.instance, "user_id") else None
    form.is_valid()
    return form


def of_owner(subject: Any, name: str) -> Any:
    """Return what a view, serializer or admin would hand to a method of its own."""
    model = getattr(subject, "model", None)
    if name == "request" and hasattr(subject, "initialize_request"):
        return subject.request
    if name == "form" and hasattr(subject, "get_form_class"):
        return form_of(subject.get_form_class())
    if name == "serializer":
        first = subject.get_queryset().first()
        made = subject.get_serializer(first, data=form_data(), partial=True)
        made.is_valid(raise_exception=True)
        return made
    if name == "instance" and hasattr(subject, "get_queryset"):
        return subject.get_queryset().first()
    if name == "validated_data":
        return {"customer": value_for("customer"), "status": "made"}
    if model is not None and name == "queryset":
        return model._default_manager.all()
    if model is not None and name == "obj" and hasattr(subject, "admin_site"):
        return model._default_manager.first()
    if hasattr(subject, "admin_site") and name == "form":
        return SimpleNamespace(instance=model._default_manager.first(), save_m2m=lambda: None)
    if name == "formsets":
        return []
    return None
