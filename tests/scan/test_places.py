"""Where a write is shown that a framework does: at the call that leads to it, else at a class."""

from pathlib import Path

import pytest

from tests.scan.planted import scan_of

T = "finance_transaction"
HEAD = """
from django import forms
from django.contrib import admin
from django.views import generic
from rest_framework import serializers, viewsets
"""
FORM = """
class RowForm(forms.ModelForm):  # here
    class Meta:
        model = Transaction
        fields = ["memo"]
"""
SERIALIZER = """
class RowSerializer(serializers.ModelSerializer):
    class Meta:
        model = Transaction
        fields = ["memo"]
"""
VIEWSET = """
class Rows(viewsets.ModelViewSet):
    http_method_names = ["put"]
    queryset = Transaction.objects.all()
    serializer_class = RowSerializer
"""
CASES = {
    "a form, and who saves it": FORM
    + """
def act(order):
    form = RowForm(order.POST)
    form.save()  # here
""",
    "a form that adds to its saving": FORM.replace("  # here", "")
    + """
    def save(self, commit=True):
        return super().save(commit)  # here
def act(order):
    RowForm(order.POST).save()  # here
""",
    "a view that adds to its saving": FORM
    + """
class Make(generic.CreateView):
    form_class = RowForm
    def form_valid(self, form):
        return super().form_valid(form)  # here
""",
    "a view that adds to its deleting": """
class Drop(generic.DeleteView):
    model = Transaction
    def form_valid(self, form):
        return super().form_valid(form)  # here
""",
    "a view that adds to its deleting, as Django 3 had it": """
class Drop(generic.DeleteView):
    model = Transaction
    def delete(self, request, *args, **kwargs):
        return super().delete(request, *args, **kwargs)  # here
""",
    "a viewset that adds to its destroying": SERIALIZER
    + VIEWSET.replace("put", "delete")
    + """
    def perform_destroy(self, instance):
        super().perform_destroy(instance)  # here
""",
    "through a base class of one's own": """
class Told(viewsets.ModelViewSet):
    def perform_destroy(self, instance):
        super().perform_destroy(instance)
class Rows(Told):
    http_method_names = ["delete"]
    queryset = Transaction.objects.all()
    def perform_destroy(self, instance):
        super().perform_destroy(instance)  # here
""",
    "a serializer, and the viewset that updates with it": SERIALIZER.replace(
        "):\n    class", "):  # here\n    class"
    )
    + VIEWSET
    + """
    def perform_update(self, serializer):
        super().perform_update(serializer)  # here
""",
    "a serializer that adds to its creating": SERIALIZER
    + """
    def create(self, validated_data):
        return super().create(validated_data)  # here
"""
    + VIEWSET.replace("put", "post"),
    "an admin that adds to its saving": """
@admin.register(Transaction)
class Rows(admin.ModelAdmin):
    def has_delete_permission(self, request, obj=None):
        return False
    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)  # here
""",
}


@pytest.mark.parametrize("code", CASES.values(), ids=CASES)
def test_shown(code: str, tmp_path: Path) -> None:
    found = scan_of(tmp_path, {"dev/planted.py": HEAD + code}).findings
    lines = (next(tmp_path.rglob("dev/planted.py"))).read_text().splitlines()
    expected = [number for number, line in enumerate(lines, start=1) if "# here" in line]
    assert sorted(f.location.line for f in found if f.location) == expected
    assert {(f.actor, f.subject) for f in found} == {("dev", T)}


def test_the_function_is_the_class_that_acts(tmp_path: Path) -> None:
    """So it has the fingerprint of the guard's, wherever it is shown."""
    found = scan_of(tmp_path, {"dev/planted.py": HEAD + CASES["a form, and who saves it"]})
    assert {f.caller.rpartition(".")[2] for f in found.findings} == {"RowForm"}
    assert len({f.fingerprint for f in found.findings}) == 1


def test_who_saves_the_form_of_another_module_does_not_act(tmp_path: Path) -> None:
    files = {
        "core/forms.py": HEAD + FORM,
        "dev/planted.py": "from ..core.forms import RowForm\n"
        "def act(order):\n    RowForm(order.POST).save()\n",
        "dev/again.py": "from ..core.forms import RowForm\n"
        "def again(order):\n    RowForm(order.POST).save()\n",
    }
    (finding,) = scan_of(tmp_path, files).findings
    assert (finding.actor, finding.location and finding.location.file.endswith("forms.py")) == (
        "core",
        True,
    )


SILENT = {
    "a hook of a view that only shows": """
class Show(generic.DetailView):
    model = Transaction
    def delete(self, request):
        return super().delete(request)
""",
    "a base class that does the work in its own way": """
class Told(generic.DeleteView):
    def form_valid(self, form):
        return None
class Drop(Told):
    model = Transaction
    def form_valid(self, form):
        return super().form_valid(form)
""",
    "a form that is not saved yet": FORM
    + """
    def save(self, commit=True):
        return super().save(commit=False)
def act(order):
    RowForm(order.POST).save()
""",
    "a serializer for reading": SERIALIZER
    + """
class Rows(viewsets.ReadOnlyModelViewSet):
    queryset = Transaction.objects.all()
    serializer_class = RowSerializer
""",
    "a serializer for lists": SERIALIZER
    + """
class OwnSerializer(serializers.ModelSerializer):
    class Meta:
        model = Project
        fields = ["name"]
class Rows(viewsets.ModelViewSet):
    queryset = Project.objects.all()
    serializer_class = RowSerializer
    def get_serializer_class(self):
        if self.action in ("list", "retrieve"):
            return RowSerializer
        return OwnSerializer
""",
}


@pytest.mark.parametrize("code", SILENT.values(), ids=SILENT)
def test_silent(code: str, tmp_path: Path) -> None:
    assert scan_of(tmp_path, {"dev/planted.py": HEAD + code}).findings == ()


def test_an_override_that_nothing_is_known_of_is_passed_over(tmp_path: Path) -> None:
    code = """
class Found:
    @property
    def row(self):
        return Transaction.objects.first()
class Lazy(Found):
    @property
    def row(self):
        return self.registry.load(self)
def act():
    Lazy().row.save()
"""
    (finding,) = scan_of(tmp_path, {"dev/planted.py": code}).findings
    assert finding.subject == T
