"""Read-only facts in Django's admin."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from governance.idempotency import resolving
from governance.idempotency.recording import readable
from governance.models import IdempotencyKey, OwnershipRecord, Violation

if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[Any]
else:
    ModelAdmin = admin.ModelAdmin


class ReadOnlyAdmin(ModelAdmin):
    """To be looked at: code writes these rows, people read them."""

    list_per_page = 200

    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        return False


class StateFilter(admin.SimpleListFilter):
    """Current owners unless history is asked for."""

    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:  # noqa: ARG002
        return [
            ("all", _("with history")),
            ("transferred", _("transferred")),
            ("dropped", _("dropped")),
        ]

    def choices(self, changelist: Any) -> Any:
        yield {
            "selected": self.value() is None,
            "query_string": changelist.get_query_string(remove=[self.parameter_name]),
            "display": _("current"),
        }
        for value, title in self.lookup_choices:
            yield {
                "selected": self.value() == value,
                "query_string": changelist.get_query_string({self.parameter_name: value}),
                "display": title,
            }

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:  # noqa: ARG002
        match self.value():
            case "all":
                return queryset
            case "transferred" | "dropped" as ended:
                return queryset.filter(ended=ended)
        return queryset.filter(until__isnull=True)


@admin.register(OwnershipRecord)
class OwnershipRecordAdmin(ReadOnlyAdmin):
    """Who owns each table since when; ``migrate`` writes it, people read it."""

    list_display = ("table", "owner", "team", "since", "until", "ended")
    list_filter = (StateFilter, "owner")
    search_fields = ("table", "model", "owner", "team")
    date_hierarchy = "since"
    ordering = ("owner", "table", "-since")
    fields = ("table", "owner", "team", "model", "since", "until", "ended", "history")
    readonly_fields = ("history",)

    @admin.display(description=_("history"))
    def history(self, record: OwnershipRecord) -> Any:
        """Every owner that the table had, the present one first."""
        from django.utils.html import format_html_join

        entries = OwnershipRecord.objects.filter(table=record.table).order_by("-since")
        rows = ((e.owner, e.since.date(), e.until.date() if e.until else "…") for e in entries)
        return format_html_join("\n", "<p>{}: {} – {}</p>", rows)


@admin.register(Violation)
class ViolationAdmin(ReadOnlyAdmin):
    """What was seen while the project ran, one row for each kind."""

    list_display = (
        "what",
        "owner",
        "actor",
        "count",
        "caller",
        "last_seen",
        "accepted",
        "first_seen",
    )
    list_filter = ("accepted", "owner", "actor", "slug")
    search_fields = ("table", "caller", "owner", "actor", "location", "fingerprint")
    date_hierarchy = "last_seen"
    ordering = ("-last_seen",)
    fields = (
        "message",
        "slug",
        "table",
        "operation",
        "owner",
        "actor",
        "caller",
        "location",
        "count",
        "first_seen",
        "last_seen",
        "accepted",
        "fingerprint",
    )

    @admin.display(description=_("violation"), ordering="table")
    def what(self, violation: Violation) -> str:
        return " ".join(filter(None, (violation.slug, violation.operation, violation.table)))


@admin.register(IdempotencyKey)
class IdempotencyKeyAdmin(ReadOnlyAdmin):
    """Operations that clients have named; the answers are for those who may see them."""

    list_display = (
        "operation",
        "key_suffix",
        "outcome",
        "status",
        "actor",
        "module",
        "created_at",
        "expires_at",
    )
    list_filter = ("outcome", "module", "route", "method")
    search_fields = ("route", "actor", "key_suffix")
    date_hierarchy = "created_at"
    ordering = ("-created_at",)
    fields = (
        "operation",
        "key_suffix",
        "key_digest",
        "actor",
        "module",
        "outcome",
        "status",
        "answer",
        "phase",
        "attempt",
        "leased_until",
        "created_at",
        "expires_at",
    )
    readonly_fields = ("operation", "key_digest", "answer", "headers", "body_text")
    show_full_result_count = False
    actions = ("say_done", "say_not_done")

    def get_queryset(self, request: HttpRequest) -> Any:
        """The answers of many keys are never fetched at once."""
        return super().get_queryset(request).defer("body", "headers", "results")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:  # noqa: ARG002
        """Show an answer to who has the permission for it, and to others that it is there."""
        if not request.user.has_perm("governance.view_idempotency_body"):
            return self.fields
        at = self.fields.index("answer")
        return (*self.fields[:at], "headers", "body_text", *self.fields[at + 1 :])

    @admin.display(description=_("operation"), ordering="route")
    def operation(self, key: IdempotencyKey) -> str:
        return f"{key.method} {key.route}"

    @admin.display(description=_("hash of the key"))
    def key_digest(self, key: IdempotencyKey) -> str:
        return bytes(key.key_hash).hex()

    def has_resolve_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("governance.resolve_idempotency")

    @admin.action(description=_("Unknown outcome: it was done"), permissions=["resolve"])
    def say_done(self, request: HttpRequest, queryset: Any) -> None:
        self._resolve(request, queryset, done=True)

    @admin.action(description=_("Unknown outcome: it was not done"), permissions=["resolve"])
    def say_not_done(self, request: HttpRequest, queryset: Any) -> None:
        self._resolve(request, queryset, done=False)

    def _resolve(self, request: HttpRequest, queryset: Any, *, done: bool) -> None:
        """Only unknown ones are resolved; each leaves an entry in the history of the admin."""
        rows = list(queryset.filter(outcome="unknown").defer("body"))
        for row in rows:
            resolving.resolve(queryset.db, row.pk, done=done)
            self.log_change(request, row, "done" if done else "not done")
        self.message_user(request, _("%(count)d resolved.") % {"count": len(rows)})

    @admin.display(description=_("answer"))
    def answer(self, key: IdempotencyKey) -> Any:
        kept = key.outcome == IdempotencyKey.Outcome.COMPLETED
        return _("kept, and not shown to you") if kept else _("not kept")

    @admin.display(description=_("body"))
    def body_text(self, key: IdempotencyKey) -> str:
        if key.body is None:
            return ""
        body = readable(bytes(key.body), key.encrypted)
        return str(_("can't be decrypted")) if body is None else body.decode(errors="replace")
