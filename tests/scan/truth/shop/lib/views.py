"""Mixins for views of every module."""

from django.http import HttpResponse, HttpResponseBadRequest, JsonResponse
from django.views import View


class JsonFormMixin:
    def form_valid(self, form):
        self.object = form.save()  # ?: the form of whoever inherits
        return JsonResponse({"pk": self.object.pk})


class StatusActionMixin:
    status = ""

    def perform(self, request, pk):
        obj = self.get_queryset().get(pk=pk)
        obj.status = self.status
        obj.save(update_fields=["status"])  # ?: the queryset of whoever inherits
        return JsonResponse({"status": obj.status})


class AuditMixin:
    audit = None

    def log(self, text):
        if self.audit is None:
            self.audit = []
        self.audit.append(text)  # ok: a list


SERIALIZERS = {}


def known(serializer):
    SERIALIZERS[serializer.__name__] = serializer
    return serializer


class ChosenSerializerMixin:
    def get_serializer_class(self):
        return SERIALIZERS[self.choose_serializer().__name__]


class EditView(View):
    """A generic view of the shop's own."""

    model = None
    form_class = None

    def get_form(self):
        row = self.model._default_manager.get(pk=self.kwargs["pk"])
        return self.form_class(self.request.POST, instance=row)

    def post(self, request, pk):
        form = self.get_form()
        if not form.is_valid():
            return HttpResponseBadRequest()
        return self.form_valid(form)

    def form_valid(self, form):
        form.save()  # ?: the form of whoever inherits
        return HttpResponse()
