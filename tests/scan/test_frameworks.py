"""Views, forms, serializers, admin classes, signals and migrations."""

from pathlib import Path

import pytest

from tests.scan.planted import body, scan_of, written_by

T = "finance_transaction"
TAGS = "finance_transaction_tags"
IMPORTS = """
from django import forms
from django.contrib import admin
from django.core.management.base import BaseCommand
from django.db import migrations
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver
from django.shortcuts import get_object_or_404
from django.views import View, generic
"""
FORM = """
class RowForm(forms.ModelForm):
    class Meta:
        model = Transaction
        fields = ["memo"]
"""
OWN_FORM = FORM.replace("Transaction", "Project")
ADMIN_OFF = """
    def has_add_permission(self, request):
        return False
    def has_change_permission(self, request, obj=None):
        return False
    def has_delete_permission(self, request, obj=None):
        return False
"""

WRITES = {
    "form that is saved": (
        FORM + body("form = RowForm(order.POST)\nform.save()"),
        [f"{T} save", f"{T} save"],
    ),
    "instance of a form": (
        FORM + body("form = RowForm(order.POST)\nrow = form.save(commit=False)\nrow.save()"),
        [f"{T} save"],
    ),
    "form of a factory": (
        body("forms.modelform_factory(Transaction, fields=['memo'])(order.POST).save()"),
        [f"{T} save"],
    ),
    "formset": (
        body(
            "Rows = forms.inlineformset_factory(Account, Transaction, fields=['memo'])\n"
            "Rows(order.POST).save()"
        ),
        [f"{T} save"],
    ),
    "formset that inherits a factory's": (
        "Made = forms.modelformset_factory(Transaction, fields=['memo'])\n"
        "class Rows(Made):\n    pass\n" + body("Rows(order.POST).save()"),
        [f"{T} save", f"{T} save"],
    ),
    "view whose rows are not of its model": (
        "class Drop(generic.DeleteView):\n    model = Project\n    def get_queryset(self):\n"
        "        return Transaction.objects.filter(memo='x')\n",
        [f"{T} delete"],
    ),
    "create view": ("class Make(generic.CreateView):\n    model = Transaction\n", [f"{T} save"]),
    "update view, by queryset": (
        "class Change(generic.UpdateView):\n    queryset = Transaction.objects.all()\n",
        [f"{T} save"],
    ),
    "update view, by method": (
        "class Change(generic.UpdateView):\n    def get_queryset(self):\n"
        "        return Transaction.objects.filter(memo='x')\n",
        [f"{T} save"],
    ),
    "delete view": ("class Drop(generic.DeleteView):\n    model = Transaction\n", [f"{T} delete"]),
    "view with a form": (
        FORM + "class Make(generic.CreateView):\n    form_class = RowForm\n",
        [f"{T} save"],
    ),
    "object of a view": (
        "class Show(generic.DetailView):\n    model = Transaction\n"
        "    def post(self, request, pk):\n        self.get_object().save()\n"
        "        self.object.tags.clear()\n",
        [f"{T} save", f"{TAGS} delete"],
    ),
    "set in dispatch": (
        "class Show(View):\n    def dispatch(self, request, pk):\n"
        "        self.row = get_object_or_404(Transaction, pk=pk)\n"
        "        return super().dispatch(request, pk)\n"
        "    def post(self, request, pk):\n        self.row.delete()\n",
        [f"{T} delete"],
    ),
    "mixin": (
        "class Closing:\n    model = None\n    def close(self):\n"
        "        self.model.objects.update(memo='x')\n"
        "class Show(Closing, View):\n    model = Transaction\n",
        [f"{T} update"],
    ),
    "cached property": (
        "from functools import cached_property\nclass Show(View):\n    @cached_property\n"
        "    def row(self):\n        return Transaction.objects.first()\n"
        "    def post(self, request):\n        self.row.save()\n",
        [f"{T} save"],
    ),
    "admin": (
        "@admin.register(Transaction)\nclass Rows(admin.ModelAdmin):\n    pass\n",
        [f"{T} save", f"{T} delete"],
    ),
    "admin without deleting": (
        "class Rows(admin.ModelAdmin):\n    def has_delete_permission(self, request, obj=None):\n"
        "        return False\nadmin.site.register(Transaction, Rows)\n",
        [f"{T} save"],
    ),
    "admin action": (
        "class Rows(admin.ModelAdmin):\n    actions = ['close']\n"
        "    def close(self, request, queryset):\n        queryset.update(memo='x')\n"
        + ADMIN_OFF
        + "admin.site.register(Transaction, Rows)\n",
        [f"{T} update"],
    ),
    "inline": (
        "class Lines(admin.TabularInline):\n    model = Transaction\n"
        "@admin.register(Project)\nclass Own(admin.ModelAdmin):\n    inlines = [Lines]\n",
        [f"{T} save"],
    ),
    "receiver": (
        "@receiver(post_save, sender=Transaction)\ndef saved(sender, instance, **kwargs):\n"
        "    instance.tags.clear()\n    sender.objects.update(memo='x')\n",
        [f"{TAGS} delete", f"{T} update"],
    ),
    "receiver that is connected": (
        "def gone(instance, **kwargs):\n    instance.account.delete()\n"
        "post_delete.connect(gone, sender=Transaction)\n",
        ["finance_account delete"],
    ),
    "command": (
        "class Command(BaseCommand):\n    def handle(self, *args, **options):\n"
        "        Transaction.objects.all().delete()\n",
        [f"{T} delete"],
    ),
    "migration": (
        "def forwards(apps, schema_editor):\n"
        "    Row = apps.get_model('finance', 'Transaction')\n    Row.objects.update(memo='x')\n"
        "def backwards(apps, schema_editor):\n"
        "    apps.get_model('finance', 'Transaction').objects.all().delete()\n"
        "class Migration(migrations.Migration):\n"
        "    operations = [migrations.RunPython(forwards, backwards)]\n",
        [f"{T} update"],
    ),
}


@pytest.mark.parametrize("case", WRITES.values(), ids=WRITES)
def test_found(case: tuple[str, list[str]], tmp_path: Path) -> None:
    code, expected = case
    assert written_by(tmp_path, IMPORTS + code) == expected


INNOCENT = {
    "form that is not saved": FORM + body("form = RowForm(order.POST)\nform.is_valid()"),
    "form without commit": FORM + body("RowForm(order.POST).save(commit=False)"),
    "own form": OWN_FORM + body("RowForm(order.POST).save()"),
    "form that calls the owner": (
        FORM
        + "    def save(self):\n        from project.finance import services\n"
        + "        return services.tag_transaction('x', [])\n"
        + body("RowForm(order.POST).save()")
    ),
    "plain form": (
        "class Ask(forms.Form):\n    row = forms.ModelChoiceField(Transaction.objects.all())\n"
        "    def save(self):\n        return self.cleaned_data\n" + body("Ask(order.POST).save()")
    ),
    "reading views": (
        "class Rows(generic.ListView):\n    model = Transaction\n"
        "class Row(generic.DetailView):\n    model = Transaction\n"
    ),
    "view that hands over": (
        "class Make(generic.CreateView):\n    model = Transaction\n    fields = ['memo']\n"
        "    def form_valid(self, form):\n        from project.finance import services\n"
        "        services.tag_transaction('x', [])\n        return None\n"
    ),
    "view that only shows": (
        "class Show(generic.UpdateView):\n    model = Transaction\n"
        "    http_method_names = ['get']\n"
    ),
    "read-only admin": (
        "@admin.register(Transaction)\nclass Rows(admin.ModelAdmin):\n" + ADMIN_OFF
    ),
    "admin that inherits it": (
        "from project.admin_types import ReadOnlyAdmin\n"
        "@admin.register(Transaction)\nclass Rows(ReadOnlyAdmin):\n    pass\n"
    ),
    "own admin": (
        "class Rows(admin.ModelAdmin):\n    def save_model(self, request, obj, form, change):\n"
        "        obj.save()\nadmin.site.register(Deployment, Rows)\n"
    ),
    "context of a view": (
        "class Rows(generic.ListView):\n    model = Transaction\n"
        "    def get_context_data(self, **kwargs):\n"
        "        context = super().get_context_data(**kwargs)\n        context.update(a=1)\n"
        "        return context\n"
    ),
    "cleaned data": (
        FORM + "    def clean(self):\n        data = super().clean()\n        data.update(a=1)\n"
        "        self.cleaned_data.update(b=1)\n        return data\n"
    ),
}


@pytest.mark.parametrize("code", INNOCENT.values(), ids=INNOCENT)
def test_silent(code: str, tmp_path: Path) -> None:
    assert written_by(tmp_path, IMPORTS + code) == []


def test_a_file_without_a_word_of_writing(tmp_path: Path) -> None:
    """What its class inherits from another file writes."""
    files = {
        "dev/base.py": IMPORTS + "class Make(generic.CreateView):\n    fields = ['memo']\n",
        "dev/planted.py": "#plain\nfrom project.finance.models import Transaction\n"
        "from .base import Make\nclass MakeRow(Make):\n    model = Transaction\n",
    }
    found = scan_of(tmp_path, files, reads=False)
    assert [(f.subject, f.caller.rpartition(".")[2]) for f in found.findings] == [(T, "MakeRow")]
