"""One labelled migration, and the shop that all of them change."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import migrations, models
from django.db.migrations.operations.base import Operation
from django.db.models.functions import Now

from governance.review.reviewed import Phase, Reversal

EXPAND, MIGRATE, CONTRACT, NONE = Phase.EXPAND, Phase.MIGRATE, Phase.CONTRACT, Phase.NONE
CLEAN, FAILS, LOSES, NEVER, UNKNOWN = (
    Reversal.CLEAN,
    Reversal.FAILS_WITH_ROWS,
    Reversal.LOSES_DATA,
    Reversal.IMPOSSIBLE,
    Reversal.UNKNOWN,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """Labels of tables are lists, «order insert update; tag select», without ``shop_``."""

    name: str
    do: tuple[Operation, ...]
    phase: Phase
    why: str
    before: tuple[Operation, ...] = ()
    or_else: Phase | None = None
    """A phase that the definitions allow as well."""
    undo: Reversal = CLEAN
    loses_data: bool = False
    old: str = ""
    """What the old release can certainly no longer do."""
    old_rows: str = ""
    """What it can no longer do with some values."""
    new: str = ""
    atomic: bool = True


def key(name: str = "id") -> tuple[str, models.Field]:
    return name, models.BigAutoField(primary_key=True)


def add(name: str, field: models.Field, model: str = "Order") -> migrations.AddField:
    return migrations.AddField(model, name, field)


def alter(name: str, field: models.Field, model: str = "Order") -> migrations.AlterField:
    return migrations.AlterField(model, name, field)


def remove(name: str, model: str = "Order") -> migrations.RemoveField:
    return migrations.RemoveField(model, name)


def sql(text: str, back: str | None = None, state: tuple[Operation, ...] = ()) -> migrations.RunSQL:
    return migrations.RunSQL(text, back, state_operations=list(state))


def separate(
    database: tuple[Operation, ...] = (), state: tuple[Operation, ...] = ()
) -> migrations.SeparateDatabaseAndState:
    return migrations.SeparateDatabaseAndState(list(database), list(state))


SHOP: tuple[Operation, ...] = (
    migrations.CreateModel(
        "Customer",
        [
            key(),
            ("name", models.CharField(max_length=50)),
            ("email", models.CharField(max_length=80, unique=True)),
            ("vip", models.BooleanField(default=False)),
        ],
    ),
    migrations.CreateModel(
        "Order",
        [
            key(),
            ("customer", models.ForeignKey("shop.Customer", models.CASCADE)),
            ("code", models.CharField(max_length=20, db_index=True)),
            ("amount", models.IntegerField()),
            ("note", models.TextField(null=True)),
            ("state", models.CharField(max_length=10, db_default="new")),
            ("placed", models.DateTimeField(db_default=Now())),
            ("total", models.DecimalField(max_digits=10, decimal_places=2, null=True)),
            ("rank", models.SmallIntegerField(null=True)),
            ("width", models.IntegerField(default=1)),
        ],
    ),
    migrations.CreateModel("Tag", [key(), ("name", models.CharField(max_length=30))]),
    add("tags", models.ManyToManyField("shop.Tag")),
    migrations.CreateModel(
        "Invoice", [key(), ("order", models.ForeignKey("shop.Order", models.CASCADE))]
    ),
    migrations.CreateModel("VipCustomer", [], options={"proxy": True}, bases=("shop.customer",)),
)
