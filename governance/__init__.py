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
from governance.ownership.declarations import Module, Share
from governance.ownership.discovery import owner_of
from governance.writes.actor import acting_as, current_actor

__all__ = [
    "ConfigurationError",
    "EmbeddedPostgresUnavailable",
    "Finding",
    "GovernanceError",
    "Location",
    "Module",
    "SchemaChangeRefused",
    "Severity",
    "Share",
    "WriteRefused",
    "acting_as",
    "current_actor",
    "owner_of",
]
