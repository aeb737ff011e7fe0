from django.contrib import admin

from project.admin_types import ModelAdmin
from project.dev.models import CostEntry, Deployment, Project


@admin.register(Project)
class ProjectAdmin(ModelAdmin):
    list_display = ["name", "team", "budget"]
    list_filter = ["team"]
    list_select_related = ["team", "budget"]
    search_fields = ["name", "slug"]
    autocomplete_fields = ["team", "budget", "watchers"]


@admin.register(Deployment)
class DeploymentAdmin(ModelAdmin):
    list_display = ["project", "revision", "environment", "status", "deployed_by", "finished_at"]
    list_filter = ["status", "environment", "project"]
    list_select_related = ["project", "deployed_by"]
    search_fields = ["revision", "project__name"]
    autocomplete_fields = ["project", "deployed_by"]
    readonly_fields = ["status", "finished_at"]


@admin.register(CostEntry)
class CostEntryAdmin(ModelAdmin):
    list_display = ["incurred_on", "project", "description", "amount_minor", "transaction"]
    list_filter = ["project"]
    list_select_related = ["project", "transaction"]
    search_fields = ["description"]
    autocomplete_fields = ["project", "deployment", "transaction"]
    date_hierarchy = "incurred_on"
