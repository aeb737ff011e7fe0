"""Operations that nobody finishes: finding them, and saying how they ended."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction

from governance.exceptions import GovernanceError
from governance.idempotency.phases import cut_short, without_cut_short


class NothingToResolve(GovernanceError):
    """There is no operation of unknown outcome with this id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reaped:
    """What a look at all operations whose lease is over has led to."""

    unknown: int
    """Now marked as unknown."""
    forgotten: int
    """Expired before they had done anything, and removed."""
    resumable: int
    """Left as they are: the client's next request goes on."""


def reap(alias: str) -> Reaped:
    """Look at every operation whose lease is over; never does any of their work."""
    from django.db.models.functions import Now

    from governance.models import IdempotencyKey

    counts = {"unknown": 0, "forgotten": 0, "resumable": 0}
    with transaction.atomic(using=alias):
        rows = IdempotencyKey.objects.using(alias).filter(outcome="staged", leased_until__lte=Now())
        overdue = set(rows.filter(expires_at__lte=Now()).values_list("pk", flat=True))
        for row in rows.select_for_update(skip_locked=True).defer("body"):
            if row.pk in overdue and not row.results:
                row.delete()
                counts["forgotten"] += 1
            elif row.pk in overdue or cut_short(row.results):
                row.outcome, row.owner = "unknown", None
                row.save(update_fields=["outcome", "owner"])
                counts["unknown"] += 1
            else:
                counts["resumable"] += 1
    return Reaped(**counts)


def resolve(alias: str, id: UUID, *, done: bool, status: int = 200) -> None:  # noqa: A002
    """Say how an operation of unknown outcome ended; raises ``NothingToResolve``.

    Done: its key is used up, and who sends it again is told so. Not done: the client's next
    request goes on, and makes the call again that was cut short.
    """
    from django.db.models import DateTimeField, ExpressionWrapper, F
    from django.db.models.functions import Now

    from governance.models import IdempotencyKey

    values: dict[str, Any]
    with transaction.atomic(using=alias):
        rows = IdempotencyKey.objects.using(alias).select_for_update()
        row = rows.filter(pk=id, outcome="unknown").defer("body").first()
        if row is None:
            raise NothingToResolve(f"No operation {id} has an unknown outcome.")
        if done:
            values = {"outcome": "tombstone", "status": status, "leased_until": None}
            kept_for = F("expires_at") - F("created_at")
            values["expires_at"] = ExpressionWrapper(Now() + kept_for, DateTimeField())
        else:
            results = without_cut_short(row.results)
            values = {"outcome": "staged", "owner": id, "leased_until": Now(), "results": results}
        rows.filter(pk=id).update(**values)
