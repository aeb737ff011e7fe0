"""A database router that refuses early, and never chooses a database."""

from __future__ import annotations

import sys
from types import FrameType
from typing import Any

from django.db import connections
from django.db.models import Model

from governance import conf
from governance.conf import Mode
from governance.exceptions import SchemaChangeRefused
from governance.ownership import current
from governance.ownership.names import PLATFORM
from governance.postgres.statements import Statement, TableWrite
from governance.writes import recorder
from governance.writes.judging import Attempt, judge
from governance.writes.refusal import refuse

_OPERATIONS = {
    "create": "insert",
    "bulk_create": "insert",
    "_batched_insert": "insert",
    "update": "update",
    "bulk_update": "update",
    "delete": "delete",
}
"""QuerySet methods that ask for a database and then surely write. ``select_for_update`` and
``get_or_create`` ask as well, but may write nothing."""


class GovernanceRouter:
    """Add it to ``DATABASE_ROUTERS``, in any place: every other router keeps its say."""

    def db_for_read(self, model: type[Model], **hints: Any) -> None:  # noqa: ARG002
        return None

    def db_for_write(self, model: type[Model], **hints: Any) -> None:
        """Refuse in enforce mode what the statement guard would refuse a moment later.

        Raises ``WriteRefused``. Django does not ask on every write, so the guard is what protects.
        With an instance as hint the model asked for need not be the one that is written, and on
        another vendor's database nothing is refused.
        """
        if hints.get("instance") is not None or current.mode("writes") is not Mode.ENFORCE:
            return
        if any(connection.vendor != "postgresql" for connection in connections.all()):
            return
        operation = _operation(sys._getframe(1))
        if operation:
            write = TableWrite(table=model._meta.db_table, operation=operation)
            sql = f"{operation} of {model._meta.label}"
            attempt = Attempt(statement=Statement(writes=(write,)), sql=sql, frame=sys._getframe(1))
            findings = judge(attempt).findings
            if findings:
                recorder.record(findings, announce=False)
                refuse(findings[0], sql)

    def allow_relation(self, first: Model, second: Model, **hints: Any) -> bool | None:  # noqa: ARG002
        """Forbid relations of two modules across databases: no foreign key can hold them."""
        registry = current.ownership().registry
        databases = {obj._state.db for obj in (first, second)} - {None}
        owners = {registry.owner_of(obj) for obj in (first, second)}
        return False if len(databases) == 2 and len(owners) == 2 else None

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool | None:
        """Keep our own tables on one database; refuse operations that name foreign tables.

        Raises ``SchemaChangeRefused`` in enforce mode when ``hints={"tables": […]}`` of a RunSQL
        or RunPython names a table that another module owns.
        """
        settings = conf.settings()
        if app_label == "governance":
            return None if settings.findings else db == settings.DATABASE
        if current.mode("migrations") is Mode.ENFORCE:
            _refuse_foreign(app_label, hints.get("tables") or ())
        return None


def _refuse_foreign(app_label: str, tables: Any) -> None:
    registry = current.ownership().registry
    own = registry.owner_of(app_label)
    for table in [tables] if isinstance(tables, str) else tables:
        owner = registry.owner_of_table(table)
        if registry.table(table) is not None and owner not in (own, PLATFORM):
            raise SchemaChangeRefused(
                f"A migration of {app_label} ({own}) names {table} in its hints, a table of "
                f"{owner}. Write the operation in a migration of {owner}."
            )


def _operation(frame: FrameType | None) -> str:
    """Return what the ORM method asks for; the router's own frames lie in between."""
    while frame is not None and frame.f_code.co_name in {"_route_db", "db", "db_for_write"}:
        frame = frame.f_back
    return _OPERATIONS.get(frame.f_code.co_name, "") if frame else ""
