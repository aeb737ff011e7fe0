"""shop registers models of ledger in the admin."""

from django.contrib import admin
from ledger.models import Account, Entry, Step


class StepInline(admin.TabularInline):
    model = Step
    extra = 0


@admin.action
def zero(modeladmin, request, queryset):
    queryset.update(amount=0)


@admin.register(Entry)
class EntryAdmin(admin.ModelAdmin):
    actions = [zero]


@admin.register(Account)
class AccountAdmin(admin.ModelAdmin):
    inlines = [StepInline]
    fields = ["name"]
