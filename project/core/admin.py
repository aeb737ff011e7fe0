from django.contrib import admin

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


@admin.register(AuditEvent)
class AuditEventAdmin(ReadOnlyAdmin):
    list_display = ["at", "module", "action", "subject"]
    list_filter = ["module", "action"]
    date_hierarchy = "at"
