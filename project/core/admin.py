from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from project.admin_types import ModelAdmin, ReadOnlyAdmin, TabularInline
from project.core.models import AuditEvent, Membership, Person, Team


class MembershipInline(TabularInline):
    model = Membership
    extra = 0
    autocomplete_fields = ["person"]


@admin.register(Team)
class TeamAdmin(ModelAdmin):
    list_display = ["name", "slug"]
    search_fields = ["name", "slug"]
    inlines = [MembershipInline]


@admin.register(Person)
class PersonAdmin(ModelAdmin):
    list_display = ["name", "email", "team"]
    list_filter = ["team"]
    list_select_related = ["team"]
    search_fields = ["name", "email"]
    autocomplete_fields = ["team"]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        """People stay: dev's projects are watched by them, and those rows are not core's."""
        return False


@admin.register(AuditEvent)
class AuditEventAdmin(ReadOnlyAdmin):
    list_display = ["at", "module", "action", "subject"]
    list_filter = ["module", "action"]
    date_hierarchy = "at"
