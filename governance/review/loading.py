"""Every migration that can be loaded, and a finding for each that can't."""

from __future__ import annotations

import pkgutil
from collections.abc import Iterator
from importlib import import_module
from types import ModuleType
from typing import Any

from django.apps import apps
from django.db.migrations import Migration
from django.db.migrations.exceptions import CircularDependencyError, NodeNotFoundError
from django.db.migrations.loader import MIGRATIONS_MODULE_NAME, MigrationLoader
from django.db.migrations.operations.base import Operation

from governance.findings import Finding
from governance.review import broken

Key = tuple[str, str]
"""App label and name."""

_SPECIAL = {"__first__", "__latest__"}


class TolerantLoader(MigrationLoader):
    """Django's loader stops at the first mistake; this one leaves it out, with what depends on it.

    ``findings`` tells what was left out and why. The graph is that of the rest.
    """

    def __init__(self, connection: Any = None) -> None:
        self.findings: list[Finding] = []
        self.left_out: set[Key] = set()
        self._read: dict[Key, Migration] | None = None
        super().__init__(connection, ignore_no_migrations=True)

    def load_disk(self) -> None:
        """Read the files once, however often the graph is built."""
        if self._read is None:
            self.unmigrated_apps: set[str] = set()
            self.migrated_apps: set[str] = set()
            self._read = dict(self._load_apps())
            self._leave_out_orphans()
        self.disk_migrations = {k: m for k, m in self._read.items() if k not in self.left_out}

    def build_graph(self) -> None:
        """Leave out one culprit after the other until the rest fits together."""
        while True:
            try:
                super().build_graph()
            except NodeNotFoundError as error:
                child = error.origin or self._child_of(error.node)
                waiting = self._leave_out((child.app_label, child.name))
                self.findings.append(broken.orphan(child, error.node, waiting))
            except CircularDependencyError as error:
                names = str(error).split(", ")
                circle = [(label, name) for label, _, name in (n.partition(".") for n in names)]
                members = [self.disk_migrations[key] for key in dict.fromkeys(circle)]
                waiting = set().union(*map(self._leave_out, circle)) - set(circle)
                self.findings.append(broken.circle(members, waiting))
            else:
                return

    @property
    def unloadable(self) -> set[Key]:
        """The migrations that are there and were left out."""
        names = (finding.subject.partition("#")[0] for finding in self.findings)
        broken_ones = {(label, name) for label, _, name in (n.partition(".") for n in names)}
        return self.left_out | broken_ones

    def conflicts(self) -> list[Finding]:
        """Find apps with several newest migrations."""
        return [
            broken.conflict(label, [self.graph.nodes[label, name] for name in sorted(names)])
            for label, names in sorted(self.detect_conflicts().items())
        ]

    def unapplied_parents(self) -> list[Finding]:
        """Find applied migrations whose parents are not; none without a database."""
        applied = self.applied_migrations
        return [
            broken.unapplied_parent(self.graph.nodes[key], self.graph.nodes[parent.key])
            for key in sorted(applied)
            if key in self.graph.nodes
            for parent in sorted(self.graph.node_map[key].parents)
            if parent.key not in applied and not self._is_replaced(parent.key)
        ]

    def _child_of(self, missing: Any) -> Migration:
        """Django does not tell who depends on a replaced migration that is gone."""
        return next(m for m in self.disk_migrations.values() if missing in m.dependencies)

    def _is_replaced(self, key: Key) -> bool:
        squash = self.replacements.get(key)
        return squash is not None and all(k in self.applied_migrations for k in squash.replaces)

    def _load_apps(self) -> Iterator[tuple[Key, Migration]]:
        for config in apps.get_app_configs():
            name, explicit = self.migrations_module(config.label)
            package = self._package(config.label, name, explicit=explicit) if name else None
            if package is None:
                self.unmigrated_apps.add(config.label)
                continue
            self.migrated_apps.add(config.label)
            for _, each, is_package in pkgutil.iter_modules(package.__path__):
                if not is_package and each[0] not in "_~":
                    migration = self._load(f"{name}.{each}", config.label, each)
                    if migration is not None:
                        yield (config.label, each), migration

    def _package(self, label: str, name: str, *, explicit: bool) -> ModuleType | None:
        try:
            module = import_module(name)
        except ModuleNotFoundError as error:
            if explicit or MIGRATIONS_MODULE_NAME in str(error.name).split("."):
                return None
            self.findings.append(
                broken.unreadable(f"{label}.{MIGRATIONS_MODULE_NAME}", name, error)
            )
            return None
        except (Exception, SystemExit) as error:
            self.findings.append(
                broken.unreadable(f"{label}.{MIGRATIONS_MODULE_NAME}", name, error)
            )
            return None
        is_namespace = getattr(module, "__file__", None) is None
        usable = hasattr(module, "__path__") and not (
            is_namespace and not isinstance(module.__path__, list)
        )
        return module if usable else None

    def _load(self, path: str, label: str, name: str) -> Migration | None:
        try:
            module = import_module(path)
            migration: Migration = module.Migration(name, label)
            _demand_operations(migration)
        except (Exception, SystemExit) as error:
            self.findings.append(broken.unreadable(f"{label}.{name}", path, error))
            return None
        return migration

    def _leave_out_orphans(self) -> None:
        """What depends on nothing known is found here, so that the graph need not stumble."""
        read = self._read or {}
        known = {*read, *(key for migration in read.values() for key in migration.replaces)}
        for key, migration in list(read.items()):
            wanted = [*migration.dependencies, *migration.run_before]
            missing = [other for other in map(tuple, wanted) if not self._exists(other, known)]
            if missing and key not in self.left_out:
                waiting = self._leave_out(key)
                self.findings.append(broken.orphan(migration, missing[0], waiting))

    def _exists(self, key: Any, known: set[Key]) -> bool:
        label, name = key
        if name in _SPECIAL:
            return label in self.migrated_apps | self.unmigrated_apps
        return key in known

    def _leave_out(self, culprit: Key) -> set[Key]:
        """Leave out a migration and all that depend on it; returns those."""
        waiting = {culprit}
        rest = set(self._read or ()) - self.left_out - waiting
        while True:
            more = {k for k in rest - waiting if waiting & set(self._parents(k))}
            if not more:
                break
            waiting |= more
        self.left_out |= waiting
        return waiting - {culprit}

    def _parents(self, key: Key) -> list[Any]:
        migration = (self._read or {})[key]
        return [tuple(parent) for parent in migration.dependencies]


def _demand_operations(migration: Migration) -> None:
    for number, operation in enumerate(migration.operations, start=1):
        if not isinstance(operation, Operation):
            raise TypeError(f"operation {number} is {operation!r}, which is no operation")
