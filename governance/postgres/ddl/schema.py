"""The structure of a database: what actions change, and what their cost depends on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from governance.postgres.ddl.actions import Action
from governance.postgres.ddl.applying import Draft, applied
from governance.postgres.ddl.table import Table

__all__ = ["Schema", "Table"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Schema:
    """The tables of a database, and the types and functions that their cost depends on."""

    tables: Mapping[str, Table] = field(default_factory=dict)
    domains: Mapping[str, bool] = field(default_factory=dict)
    """Name → whether it has a constraint."""
    triggers: Mapping[str, str] = field(default_factory=dict)
    """``table.trigger`` → the function it calls."""
    functions: Mapping[str, str] = field(default_factory=dict)
    """Function of triggers → ``parts.GOES_ON`` or ``parts.REFUSES``, empty where not known."""
    time_zone: str = "UTC"
    """Of the session that applies the actions: timestamp ↔ timestamptz is free in UTC only."""

    def after(self, action: Action) -> Schema:
        """Return the structure once the action was applied; never fails, whatever the action."""
        draft = Draft(
            tables=dict(self.tables),
            domains=dict(self.domains),
            triggers=dict(self.triggers),
            functions=dict(self.functions),
            time_zone=self.time_zone,
        )
        applied(draft, action)
        return Schema(
            tables=draft.tables,
            domains=draft.domains,
            triggers=draft.triggers,
            functions=draft.functions,
            time_zone=draft.time_zone,
        )
