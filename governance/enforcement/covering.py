"""Guard new tables in the migration that makes them, where triggers are installed.

``migrate`` tells nobody between two migrations. So it is given a schema editor that looks, at the
end of each migration and in its transaction, which tables that migration left without a trigger,
and creates it. What was changed in other ways is caught up with after ``migrate``.
"""

from __future__ import annotations

import logging
from functools import cache
from typing import Any

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from governance import conf
from governance.conf import Mode
from governance.enforcement import actions, triggers
from governance.enforcement.actions import Action
from governance.enforcement.running import run
from governance.enforcement.triggers import Triggers
from governance.ownership import current

logger = logging.getLogger("governance.enforcement")


def before_migrate(*, using: str, **_: Any) -> None:
    """Let this connection cover the tables of each migration; receives ``pre_migrate``."""
    connection = connections[using]
    if _is_wanted(connection):
        editor = connection.SchemaEditorClass
        if editor is not None and not hasattr(editor, "governance_uncovered"):
            connection.SchemaEditorClass = _covering(editor)


def after_migrate(*, using: str, **_: Any) -> None:
    """Bring all triggers up to date; receives ``post_migrate``."""
    if _is_wanted(connections[using]):
        seen = triggers.look(using)
        _cover(triggers.installation(seen), using)


def _is_wanted(connection: BaseDatabaseWrapper) -> bool:
    if conf.settings().findings or connection.vendor != "postgresql":
        return False
    modes = {current.mode("writes"), *map(current.mode_for, conf.settings().MODULES)}
    return modes != {Mode.OFF} and triggers.installed(connection)


def _cover(planned: list[Action], using: str) -> None:
    for failure in run(planned, using=using, tell=_tell):
        logger.warning("%s %s", failure.message, failure.hint)


def _tell(action: Action) -> None:
    logger.info("%s: %s", action.subject, action.done)


@cache
def _covering(editor: type[BaseDatabaseSchemaEditor]) -> type[BaseDatabaseSchemaEditor]:
    """Return a subclass of the editor that the database's own backend brings."""

    class CoveringSchemaEditor(editor):  # type: ignore[misc, valid-type]
        governance_uncovered: frozenset[str] | None = None

        def __enter__(self) -> Any:
            entered = super().__enter__()
            seen = None if self.collect_sql else _seen(self.connection)
            self.governance_uncovered = None if seen is None else _uncovered(seen)
            return entered

        def __exit__(self, kind: Any, error: Any, trace: Any) -> None:
            if kind is None and self.governance_uncovered is not None:
                _cover_new(self.connection, self.governance_uncovered)
            super().__exit__(kind, error, trace)

    return CoveringSchemaEditor


def _seen(connection: BaseDatabaseWrapper) -> Triggers | None:
    return triggers.look(connection.alias) if _is_wanted(connection) else None


def _uncovered(seen: Triggers) -> frozenset[str]:
    return frozenset(entry.table for entry in seen.standings if not entry.is_well)


def _cover_new(connection: BaseDatabaseWrapper, before: frozenset[str]) -> None:
    """Only what this migration has made: the locks on that are held already."""
    seen = _seen(connection)
    if seen is not None:
        new = [entry for entry in seen.standings if entry.table not in before]
        _cover(actions.installing(new), connection.alias)
