"""A migration made of operations, read by the real front ends and judged.

``START`` is what every migration meets unless a test says otherwise: a shop whose tables are
large. Operations are Django's, or SQL through ``sql``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import migrations, models
from django.db.migrations.operations.base import Operation

from governance.findings import Finding
from governance.postgres.ddl.schema import Schema
from governance.review import history
from governance.review.policy import judge
from governance.review.reviewed import ReviewedMigration
from governance.review.sizes import NO_SIZES, Sizes


def key() -> tuple[str, models.Field]:
    return "id", models.BigAutoField(primary_key=True)


START: tuple[Operation, ...] = (
    migrations.CreateModel("Kind", [key(), ("name", models.CharField(max_length=20))]),
    migrations.CreateModel(
        "Item",
        [
            key(),
            ("code", models.CharField(max_length=50, null=True)),
            ("note", models.TextField(default="")),
            ("stock", models.IntegerField(db_default=0)),
            ("price", models.DecimalField(max_digits=10, decimal_places=2)),
            ("sold_at", models.DateTimeField(null=True)),
            ("kind", models.ForeignKey("shop.Kind", models.CASCADE)),
        ],
    ),
    migrations.CreateModel("Box", [key(), ("items", models.ManyToManyField("shop.Item"))]),
)
SMALL = Sizes(rows=dict.fromkeys(("shop_item", "shop_kind", "shop_box"), 200))
LARGE = Sizes(rows={"shop_item": 2_000_000, "shop_kind": 200})


def sql(text: str, **options: Any) -> migrations.RunSQL:
    """SQL that can be undone, so that nothing is told of the way back."""
    return migrations.RunSQL(text, migrations.RunSQL.noop, **options)


def state_only(*operations: Operation) -> migrations.SeparateDatabaseAndState:
    return migrations.SeparateDatabaseAndState(state_operations=list(operations))


def database_only(*operations: Operation) -> migrations.SeparateDatabaseAndState:
    return migrations.SeparateDatabaseAndState(database_operations=list(operations))


def reviewed(
    *operations: Operation,
    start: Sequence[Operation | Sequence[Operation]] = (),
    atomic: bool = True,
    time_zone: str = "UTC",
    name: str = "0009_change",
    initial: bool = False,
) -> ReviewedMigration:
    """Return the last migration of a history.

    ``start`` stands behind ``START`` in a migration of its own; where it holds lists, in one for
    each list.
    """
    steps = [list(step) if isinstance(step, list | tuple) else step for step in start]
    earlier = steps if steps and all(isinstance(s, list) for s in steps) else [steps]
    plan = [_migration(f"000{n}_start", ops) for n, ops in enumerate([START, *earlier], start=1)]
    last = _migration(name, operations)
    last.atomic, last.initial = atomic, initial or None
    wanted = {("shop", name)}
    schema = Schema(time_zone=time_zone)
    return next(iter(history.review([*plan, last], schema=schema, wanted=wanted)))


def judged(*operations: Operation, sizes: Sizes = NO_SIZES, **history: Any) -> list[Finding]:
    """Return what is told of a migration; see ``reviewed`` for what it meets."""
    return judge(reviewed(*operations, **history), sizes)


def slugs(*operations: Operation, sizes: Sizes = NO_SIZES, **history: Any) -> list[str]:
    return [finding.rule.slug for finding in judged(*operations, sizes=sizes, **history)]


def only(slug: str, *operations: Operation, **history: Any) -> tuple[str, str]:
    """Return message and hint of the one finding of a rule, the message without its beginning."""
    found = [f for f in judged(*operations, **history) if f.rule.slug == slug]
    assert len(found) == 1, [f.rule.slug for f in judged(*operations, **history)]
    return found[0].message.removeprefix("shop.0009_change: "), found[0].hint


def silent(slug: str, *operations: Operation, **history: Any) -> None:
    """Assert that a rule says nothing."""
    assert slug not in slugs(*operations, **history)


def _migration(name: str, operations: Sequence[Operation]) -> migrations.Migration:
    migration = migrations.Migration(name, "shop")
    migration.operations = list(operations)
    return migration
