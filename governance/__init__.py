"""Ownership and safe schema changes for modular Django monoliths on PostgreSQL.

Every table has one owner, only the owner writes it, and every schema change can be
undone until you decide otherwise. Importing this package touches neither settings nor
models, so declarations and settings modules may import it. Names that need Django are
imported at their first use: pytest imports this package in every project it is installed for.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from governance.exceptions import (
    ConfigurationError,
    EmbeddedPostgresUnavailable,
    GovernanceError,
    SchemaChangeRefused,
    WriteRefused,
)
from governance.findings import Finding, Location, Severity
from governance.ownership.declarations import Cascade, Module, Share, Waiver

if TYPE_CHECKING:
    from governance.ownership.current import owner_of
    from governance.writes.attribution import current_actor
    from governance.writes.scopes import acting_as

_LATER = {
    "owner_of": "governance.ownership.current",
    "current_actor": "governance.writes.attribution",
    "acting_as": "governance.writes.scopes",
}
"""Name → the module that has it."""

__all__ = [
    "Cascade",
    "ConfigurationError",
    "EmbeddedPostgresUnavailable",
    "Finding",
    "GovernanceError",
    "Location",
    "Module",
    "SchemaChangeRefused",
    "Severity",
    "Share",
    "Waiver",
    "WriteRefused",
    "acting_as",
    "current_actor",
    "owner_of",
]


def __getattr__(name: str) -> object:
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = globals()[name] = getattr(import_module(_LATER[name]), name)
    return value
