"""Classes that are no models: the project's own, or a library's."""

from __future__ import annotations

from dataclasses import dataclass

from governance.scan.syntax import Scope


@dataclass(slots=True, eq=False, repr=False)
class Klass:
    """A class, as it is loaded, as it is written, or both."""

    module: str
    name: str
    """Qualified name in its module."""
    live: type | None = None
    scope: Scope | None = None
    """Where it is written; None without a source."""

    @property
    def dotted(self) -> str:
        return f"{self.module}.{self.name}"


FORM = "django.forms.forms.BaseForm"
MODEL_FORM = "django.forms.models.BaseModelForm"
FORMSET = "django.forms.formsets.BaseFormSet"
SERIALIZER = "rest_framework.serializers.BaseSerializer"
MODEL_SERIALIZER = "rest_framework.serializers.ModelSerializer"
VIEW = "django.views.generic.base.View"
SINGLE = "django.views.generic.detail.SingleObjectMixin"
MULTIPLE = "django.views.generic.list.MultipleObjectMixin"
FORM_VIEW = "django.views.generic.edit.FormMixin"
CREATE = "django.views.generic.edit.BaseCreateView"
UPDATE = "django.views.generic.edit.BaseUpdateView"
DELETE = "django.views.generic.edit.BaseDeleteView"
MODEL_VIEW = "django.views.generic.edit.ModelFormMixin"
API_VIEW = "rest_framework.generics.GenericAPIView"
API_CREATE = "rest_framework.mixins.CreateModelMixin"
API_UPDATE = "rest_framework.mixins.UpdateModelMixin"
API_DELETE = "rest_framework.mixins.DestroyModelMixin"
ADMIN = "django.contrib.admin.options.ModelAdmin"
INLINE = "django.contrib.admin.options.InlineModelAdmin"
ADMIN_BASE = "django.contrib.admin.options.BaseModelAdmin"
