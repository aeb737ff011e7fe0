"""What a rule looks at: one action in its operation and its migration."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from governance.findings import Finding
from governance.postgres.ddl.actions import Action, Column
from governance.postgres.ddl.effects import Effect
from governance.postgres.ddl.schema import Table
from governance.postgres.locks import Lock
from governance.review.details import is_new
from governance.review.places import location_of
from governance.review.reviewed import ReviewedMigration, ReviewedOperation, Step
from governance.review.sizes import Sizes
from governance.rules import rule


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One action, and everything around it that decides whether it is a risk."""

    migration: ReviewedMigration
    operation: ReviewedOperation
    step: Step
    sizes: Sizes

    @property
    def table(self) -> str:
        return self.step.action.table

    def known(self, table: str = "") -> Table | None:
        """Return a table as the action meets it; by default the action's own."""
        return self.step.before.tables.get(table or self.table)

    def column(self, name: str) -> Column | None:
        known = self.known()
        return known.columns.get(name) if known else None

    def is_fresh(self, table: str = "") -> bool:
        """Tell whether this migration creates the table: nobody reads or writes it yet."""
        name = table or self.table
        if self.step.earlier(name) in self.migration.before.tables:
            return False
        return name in self.step.before.tables and is_new(name, self.migration)

    def is_quiet(self, table: str = "") -> bool:
        """Tell whether work on all rows of a table is nothing to worry about."""
        earlier = self.step.earlier(table or self.table)
        return self.is_fresh(table) or self.sizes.is_small(earlier)

    @property
    def held(self) -> Lock:
        """The strongest lock on the table that earlier actions of the same transaction hold."""
        held = Lock.NONE
        for operation in self.migration.operations:
            if not (self.migration.atomic or operation is self.operation):
                continue
            for step in operation.steps:
                if step is self.step:
                    return held if step.in_transaction else Lock.NONE
                locks = (e.lock for e in step.effects.relations if e.relation == self.table)
                held = max(held, *locks, Lock.NONE) if step.in_transaction else Lock.NONE
        return held

    def effect(self, relation: str = "") -> Effect:
        """Return what happens to a relation; by default the action's table."""
        name = relation or self.table
        found = (effect for effect in self.step.effects.relations if effect.relation == name)
        return next(found, Effect(relation=name))

    def others(self, at_least: Lock) -> list[Effect]:
        """Return the further tables that are locked this strongly: referenced ones, partitions."""
        return [
            effect
            for effect in self.step.effects.relations
            if effect.relation != self.table
            and effect.relation in self.step.before.tables
            and effect.lock >= at_least
            and not self.is_fresh(effect.relation)
        ]

    def size(self, table: str = "") -> str:
        """Return ``, about 12,000 rows,`` to stand behind the name of a table, or nothing."""
        phrase = self.sizes.phrase(self.step.earlier(table or self.table))
        return f" ({phrase})" if phrase else ""

    def finding(
        self, slug: str, fact: str, instead: str, *, part: str = "", **details: Any
    ) -> Finding:
        """Return the finding about this action.

        ``fact`` is a predicate with names («rewrites shop_item under ACCESS EXCLUSIVE»).
        ``instead`` is what to write: a sentence, then lines of code where there is code. ``part``
        is the column, constraint or index that tells two findings of one operation apart;
        ``details`` are for machines.
        """
        what = ".".join(filter(None, (self.table, part)))
        where = self.migration, self.operation
        return finding(*where, slug, fact, instead, table=self.table, what=what, details=details)


def finding(
    migration: ReviewedMigration,
    operation: ReviewedOperation,
    slug: str,
    fact: str,
    instead: str,
    *,
    table: str = "",
    what: str = "",
    details: Mapping[str, Any] | None = None,
) -> Finding:
    """Return a finding about one operation of a migration."""
    action = f"{operation.kind} {what}".strip()
    return Finding(
        rule=rule(slug),
        message=f"{migration.name}: operation {operation.number} ({operation.kind}) {fact}.",
        hint=instead,
        subject=f"{migration.name}#{operation.number}",
        location=location_of(migration.migration, operation.number),
        details={"operation": action, "table": table, **(details or {})},
    )


ActionRule = Callable[[Case, Any], Iterator[Finding]]
"""Judges one action; the second argument is the action, of the kind the rule is registered for."""

ActionRules = Mapping[type[Action], tuple[ActionRule, ...]]
