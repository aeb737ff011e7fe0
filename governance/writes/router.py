"""A database router that refuses early, and never chooses a database."""

from __future__ import annotations

import sys
from types import FrameType
from typing import Any

from django.db import connections
from django.db.models import Model

from governance import conf
from governance.acceptance.settling import is_accepted
from governance.conf import Mode
from governance.exceptions import SchemaChangeRefused
from governance.ownership import current
from governance.ownership.names import PLATFORM, table_key
from governance.postgres.statements import Statement, TableWrite
from governance.writes import recorder
from governance.writes.attribution import acts_for
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

    _frame: int = 0
    _model: type[Model] | None = None
    """Identity of the latest frame, and model, that were permitted. Frames are made anew in old
    places, and then the guard alone judges."""

    def db_for_read(self, model: type[Model], **hints: Any) -> None:  # noqa: ARG002
        return None

    def db_for_write(
        self,
        model: type[Model],
        instance: Model | None = None,
        **hints: Any,  # noqa: ARG002
    ) -> None:
        """Refuse in enforce mode what the statement guard would refuse a moment later.

        Raises ``WriteRefused``. Django does not ask on every write, so the guard is what protects.
        With an instance as hint the model asked for need not be the one that is written, and on
        another vendor's database nothing is refused.
        """
        if instance is not None:
            return
        try:  # bulk_create() asks once more for each row
            if model is self._model and id(sys._getframe(3)) == self._frame:
                return
        except ValueError:
            pass
        method = _method(sys._getframe(1))
        operation = _OPERATIONS.get(method.f_code.co_name, "") if method else ""
        if operation:
            _judge(model, operation, sys._getframe(1))
            self._frame, self._model = id(method), model

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


def _judge(model: type[Model], operation: str, frame: FrameType) -> None:
    table = table_key(model._meta.db_table)
    registry = current.ownership().registry
    owner = registry.owner_of_table(table)
    if current.mode_for(owner) is not Mode.ENFORCE or acts_for(owner, frame):
        return
    if any(connection.vendor != "postgresql" for connection in connections.all()):
        return
    write = TableWrite(table=table, operation=operation)
    sql = f"{operation} of {model._meta.label}"
    attempt = Attempt(statement=Statement(writes=(write,)), sql=sql, frame=frame, layer="router")
    refused = [f for f in judge(attempt).findings if not is_accepted(f)]
    if refused:
        recorder.record(refused[:1], announce=False)
        refuse(refused[0], sql)


def _method(frame: FrameType | None) -> FrameType | None:
    """Return the ORM method that asks; the router's own frames lie in between."""
    while frame is not None and frame.f_code.co_name in {"_route_db", "db", "db_for_write"}:
        frame = frame.f_back
    return frame
