"""Mixins for views of every module."""

from django.http import JsonResponse


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
