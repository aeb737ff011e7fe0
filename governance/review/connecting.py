"""A connection of PostgreSQL's kind, to ask it for types. Nothing is sent over it."""

from __future__ import annotations

from typing import Any

from django.db import connections
from django.db.utils import load_backend

_POSTGRES = "django.db.backends.postgresql"


def postgres_connection(alias: str = "default") -> Any:
    """Return the connection of this alias, or one of PostgreSQL's if it is another's."""
    connection = connections[alias]
    if connection.vendor == "postgresql":
        return connection
    return load_backend(_POSTGRES).DatabaseWrapper(connection.settings_dict, alias)
