"""Which migrations are rehearsed, and what comes before each."""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass

from django.apps import apps
from django.db import DatabaseError, connections
from django.db.migrations import Migration
from django.db.migrations.exceptions import AmbiguityError
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState

from governance.conf import did_you_mean
from governance.exceptions import RehearsalImpossible
from governance.ownership.building import is_first_party

Key = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """All migrations in the order in which ``migrate`` takes them."""

    loader: MigrationLoader
    plan: tuple[Key, ...]
    applied: frozenset[Key] | None
    """None when the database could not be asked."""

    def before(self, key: Key, without: Container[Key] = ()) -> tuple[Key, ...]:
        """Return what is applied before a migration."""
        return tuple(one for one in self.plan[: self.plan.index(key)] if one not in without)

    def after(self, key: Key) -> frozenset[Key]:
        """Return a migration and those that can't be applied without it."""
        return frozenset(self.loader.graph.backwards_plan(key))

    def migration(self, key: Key) -> Migration:
        found: Migration = self.loader.graph.nodes[key]
        return found

    def empty(self) -> ProjectState:
        """Return the state before the first migration."""
        return ProjectState(real_apps=self.loader.unmigrated_apps)


def history(alias: str) -> History:
    """Read the migrations of the project.

    Raises ``RehearsalImpossible`` for migrations that can't be put in an order.
    """
    try:
        loader = MigrationLoader(connections[alias], ignore_no_migrations=True)
        applied: frozenset[Key] | None = frozenset(loader.applied_migrations)
    except DatabaseError:
        applied = None
        loader = _offline()
    except Exception as error:
        raise _unreadable(error) from error
    done = applied or frozenset()
    leaves = loader.graph.leaf_nodes()
    plan = dict.fromkeys(key for leaf in leaves for key in loader.graph.forwards_plan(leaf))
    return History(
        loader=loader,
        plan=tuple(sorted(plan, key=lambda key: key not in done)),
        applied=applied,
    )


def wanted(
    found: History, app_label: str = "", name: str = "", *, every: bool = False
) -> list[Key]:
    """Return one migration, or those of one app or of the project that are not applied.

    ``every`` takes the applied ones too. Raises ``RehearsalImpossible`` for what does not exist.
    """
    if app_label and app_label not in found.loader.migrated_apps:
        hint = did_you_mean(app_label, found.loader.migrated_apps)
        raise RehearsalImpossible(f"There is no app {app_label!r} with migrations. {hint}".strip())
    if name:
        return [_named(found, app_label, name)]
    if found.applied is None and not every:
        raise RehearsalImpossible(
            "The database can't be asked which migrations are applied. Name the migration, or "
            "take all: --all"
        )
    own = {config.label for config in apps.get_app_configs() if is_first_party(config)}
    labels = {app_label} if app_label else own
    done = frozenset() if every else found.applied or frozenset()
    return [key for key in found.plan if key[0] in labels and key not in done]


def chain(
    found: History, keys: Sequence[Key], without: Container[Key] = ()
) -> Iterator[tuple[Key, ProjectState]]:
    """Pair migrations, in the order of the plan, with the state before each.

    ``without`` are those that can't be applied; more may come to it meanwhile.
    Raises ``RehearsalImpossible`` when one before them does not fit.
    """
    state, left = found.empty(), set(keys)
    for key in found.plan:
        if not left:
            return
        if key in left:
            left.discard(key)
            yield key, state.clone()
        if key in without:
            continue
        try:
            found.migration(key).mutate_state(state, preserve=False)
        except Exception as error:
            reason = f"{type(error).__name__}: {str(error).strip()}"
            raise RehearsalImpossible(
                f"{key[0]}.{key[1]} does not fit the migrations before it: {reason}"
            ) from error


def _named(found: History, app_label: str, name: str) -> Key:
    try:
        migration = found.loader.get_migration_by_prefix(app_label, name)
    except AmbiguityError as error:
        raise RehearsalImpossible(
            f"More than one migration of {app_label!r} begins with {name!r}."
        ) from error
    except KeyError:
        names = [key[1] for key in found.loader.disk_migrations if key[0] == app_label]
        hint = did_you_mean(name, names)
        raise RehearsalImpossible(
            f"{app_label!r} has no migration {name!r}. {hint}".strip()
        ) from None
    key = (app_label, migration.name)
    if key not in found.plan:
        raise RehearsalImpossible(
            f"{app_label}.{migration.name} is not in the plan: a squashed migration stands for it."
        )
    return key


def _offline() -> MigrationLoader:
    try:
        return MigrationLoader(None, ignore_no_migrations=True)
    except Exception as error:
        raise _unreadable(error) from error


def _unreadable(error: Exception) -> RehearsalImpossible:
    """Migrations are Python: they may raise whatever there is."""
    return RehearsalImpossible(
        f"The migrations can't be read: {type(error).__name__}: {str(error).strip()}"
    )
