"""Keep the ownership of each table in the database, with history."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import DatabaseError, connections, transaction
from django.utils import timezone

from governance import conf
from governance.models import OwnershipRecord
from governance.ownership import current
from governance.ownership.registry import Registry
from governance.postgres import catalog

_LOCK = 7_306_512_014
"""Key of the advisory lock that makes two ``migrate`` runs record one after the other."""


def after_migrate(*, using: str, **_: Any) -> None:
    """Bring the records up to date; does nothing where our table is not, or not PostgreSQL."""
    settings = conf.settings()
    connection = connections[using]
    if settings.findings or using != settings.DATABASE or connection.vendor != "postgresql":
        return
    here = {relation.name for relation in catalog.relations(connection)}
    if OwnershipRecord._meta.db_table in here:
        others = _elsewhere(using)
        if others is not None:
            record(current.ownership().registry, here | others, using=using)


def _elsewhere(using: str) -> set[str] | None:
    """Return the tables of the other PostgreSQL databases; None when one can't be asked."""
    found: set[str] = set()
    for connection in connections.all():
        if connection.alias != using and connection.vendor == "postgresql":
            try:
                found |= {relation.name for relation in catalog.relations(connection)}
            except DatabaseError:
                return None
    return found


def record(registry: Registry, existing: set[str], *, using: str) -> list[OwnershipRecord]:
    """Write what has changed since the last time; return the records begun or ended.

    A table that ``existing``, the tables of all databases, lacks is recorded as dropped. One that
    exists without anybody declaring it any more keeps its last owner.
    """
    now = timezone.now()
    with transaction.atomic(using=using):
        with connections[using].cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        unended = OwnershipRecord.objects.using(using).filter(until__isnull=True)
        known = {entry.table: entry for entry in unended}
        wanted = {entry.table: entry for entry in _wanted(registry, existing, now)}
        ended = _ended(known, wanted, existing, now)
        begun = [new for name, new in wanted.items() if _differs(known.get(name), new)]
        _refresh(known, wanted, using)
        OwnershipRecord.objects.using(using).bulk_update(ended, ["until", "ended"])
        OwnershipRecord.objects.using(using).bulk_create(begun)
    return [*ended, *begun]


def _wanted(registry: Registry, existing: set[str], now: datetime) -> Iterable[OwnershipRecord]:
    for table in registry.tables.values():
        if table.name in existing:
            module = registry.modules.get(table.owner)
            yield OwnershipRecord(
                table=table.name,
                owner=table.owner,
                team=module.team if module else "",
                model=table.model,
                since=now,
            )


def _ended(
    known: dict[str, OwnershipRecord],
    wanted: dict[str, OwnershipRecord],
    existing: set[str],
    now: datetime,
) -> list[OwnershipRecord]:
    ended = []
    for name, entry in known.items():
        if name not in existing:
            entry.ended = OwnershipRecord.Ended.DROPPED
        elif name in wanted and wanted[name].owner != entry.owner:
            entry.ended = OwnershipRecord.Ended.TRANSFERRED
        else:
            continue
        entry.until = now
        ended.append(entry)
    return ended


def _differs(known: OwnershipRecord | None, new: OwnershipRecord) -> bool:
    return known is None or known.owner != new.owner


def _refresh(
    known: dict[str, OwnershipRecord], wanted: dict[str, OwnershipRecord], using: str
) -> None:
    """A new name of the team or the model is no change of owner."""
    changed = []
    for name, entry in known.items():
        new = wanted.get(name)
        if new is not None and (entry.team, entry.model) != (new.team, new.model):
            entry.team, entry.model = new.team, new.model
            changed.append(entry)
    OwnershipRecord.objects.using(using).bulk_update(changed, ["team", "model"])
