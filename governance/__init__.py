"""Ownership and safe schema changes for modular Django monoliths on PostgreSQL.

Every table has one owner, only the owner writes it, and every schema change can be
undone until you decide otherwise. Importing this package touches neither settings nor
models, so declarations and settings modules may import it.
"""

from governance.exceptions import (
    ConfigurationError,
    EmbeddedPostgresUnavailable,
    GovernanceError,
    SchemaChangeRefused,
    WriteRefused,
)
from governance.findings import Finding, Location, Severity
from governance.ownership.current import owner_of
from governance.ownership.declarations import Cascade, Module, Share, Waiver
from governance.writes.attribution import current_actor
from governance.writes.scopes import acting_as

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
