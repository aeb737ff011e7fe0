"""The order of migrations, and what comes before each."""

from __future__ import annotations

from collections.abc import Collection, Container, Iterator
from dataclasses import dataclass

from django.db.migrations import Migration
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState

from governance.exceptions import RehearsalImpossible

Key = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """All migrations in the order in which ``migrate`` takes them."""

    loader: MigrationLoader
    plan: tuple[Key, ...]

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


def history(loader: MigrationLoader, *, last: Collection[Key] = ()) -> History:
    """Put the migrations that were read into an order.

    ``last`` are new: all that does not depend on them comes before them.
    """
    graph = loader.graph
    leaves = graph.leaf_nodes()
    plan = dict.fromkeys(key for leaf in leaves for key in graph.forwards_plan(leaf))
    late = {later for key in last if key in plan for later in graph.backwards_plan(key)}
    return History(loader=loader, plan=tuple(sorted(plan, key=lambda key: key in late)))


def chain(
    found: History, keys: Collection[Key], without: Container[Key] = ()
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
