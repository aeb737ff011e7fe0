"""The answer to «who owns this?», fixed once it is built."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from django.db.models import Model

from governance.ownership.declarations import Module, Share
from governance.ownership.names import PLATFORM, table_key, unknown_owner
from governance.ownership.places import is_platform_file, is_platform_package

_SYSTEM_SCHEMAS = ("pg_catalog", "information_schema", "pg_temp", "pg_toast")


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table or view that somebody owns."""

    name: str
    owner: str
    model: str = ""
    """Label of the model that decides the owner; empty for a table without one."""
    managed: bool = True
    """Whether Django's migrations create and alter it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Registry:
    """Immutable map of modules, tables, apps and code to their owners."""

    modules: Mapping[str, Module]
    tables: Mapping[str, Table]
    apps: Mapping[str, str]
    """App label → module."""
    folders: tuple[tuple[str, str], ...] = ()
    """(folder with a closing separator, module), longest folder first."""
    packages: Mapping[str, str] = field(default_factory=dict)
    """Dotted package → module."""
    partitions: Mapping[str, str] = field(default_factory=dict)
    """Partition → the partitioned table at the root; known once PostgreSQL was asked."""
    declared: bool = True
    """False when the project declares nothing, so that each app is a module of its own."""

    def owner_of(self, subject: type[Model] | Model | str) -> str:
        """Return the owner of a model, a table or an app label, in this order for a text.

        What nobody owns gets a pseudo-owner ``unknown:<name>``, which equals no other.
        """
        if not isinstance(subject, str):
            return self.owner_of_table(subject._meta.db_table)
        table = self.table(subject)
        if table is not None:
            return table.owner
        return self.apps.get(subject) or unknown_owner(table_key(subject))

    def owner_of_table(self, name: str) -> str:
        """Return the owner of a table; never takes the name for an app label."""
        table = self.table(name)
        return table.owner if table else unknown_owner(table_key(name))

    def table(self, name: str) -> Table | None:
        """Return a table by name, also schema-qualified, quoted or the name of a partition.

        A schema that no declaration names (one of a tenant, say) falls back to the bare name.
        """
        key = table_key(name)
        key = self.partitions.get(key, key)
        found = self.tables.get(key)
        if found is not None:
            return found
        schema, _, bare = key.rpartition(".")
        if schema.startswith(_SYSTEM_SCHEMAS):
            return None
        if schema:
            return self.tables.get(self.partitions.get(bare, bare))
        same = [table for known, table in self.tables.items() if known.endswith(f".{key}")]
        return same[0] if len(same) == 1 else None

    def may_write(self, actor: str, table: str, *, on: date | None = None) -> bool:
        """Tell whether a module may write a table: its owner, or through a share on that day.

        Tables of the platform are written through library code by everybody, unless a module
        claims them in its declaration.
        """
        owner = self.owner_of_table(table)
        return owner in {actor, PLATFORM} or actor in self.sharers_of(table, on=on)

    def sharers_of(self, table: str, *, on: date | None = None) -> tuple[str, ...]:
        """Return the modules that a share permits to write a table on that day (today)."""
        day = on or date.today()
        return tuple(share.module for share in self.shares_of(table) if share.until >= day)

    def shares_of(self, table: str) -> tuple[Share, ...]:
        """Return all shares of a table, also those that have ended."""
        known = self.table(table)
        module = self.modules.get(known.owner) if known else None
        if known is None or module is None:
            return ()
        return tuple(share for share in module.shares if self.table(share.table) == known)

    def described(self, owner: str) -> str:
        """Return an owner with its team and where to ask, as messages name it."""
        module = self.modules.get(owner)
        about = [part for part in (module.team, module.contact) if part] if module else []
        return f"{owner} ({', '.join(about)})" if about else owner

    def tables_of(self, module: str) -> tuple[Table, ...]:
        """Return the tables of a module by name."""
        owned = (table for table in self.tables.values() if table.owner == module)
        return tuple(sorted(owned, key=lambda table: table.name))

    def module_of(self, place: str) -> str | None:
        """Return the module of a Python file or dotted name.

        ``platform`` for the standard library and installed packages, None for code of the
        project that lies in no module.
        """
        if place.startswith("<"):
            return self._module_of_file(place)
        if os.sep in place or place.endswith(".py"):
            return self._module_of_file(os.path.abspath(place))  # noqa: PTH100
        parts = place.split(".")
        dotted = (".".join(parts[:end]) for end in range(len(parts), 0, -1))
        found = next((self.packages[name] for name in dotted if name in self.packages), None)
        return found or (PLATFORM if is_platform_package(parts[0]) else None)

    def including(self, partitions: Mapping[str, str]) -> Registry:
        """Return the same registry, knowing also these partitions and their roots."""
        return replace(self, partitions={**self.partitions, **partitions})

    def _module_of_file(self, path: str) -> str | None:
        found = next((module for folder, module in self.folders if path.startswith(folder)), None)
        if found is not None:
            return found
        return PLATFORM if is_platform_file(path) else None
