"""Migrations written in tests, and rehearsed on the server of the tests."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from django.conf import settings
from django.db import connections, migrations, models
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

from governance.rehearsal.result import Rehearsal
from governance.rehearsal.running import rehearse
from governance.rehearsal.scene import Scene
from governance.rehearsal.server import Server
from governance.rehearsal.stage import forwards, on_stage

ID = ("id", models.BigAutoField(primary_key=True))


def shop() -> list[Operation]:
    """Two tables: customers, and orders of customers."""
    return [
        migrations.CreateModel("Customer", [ID, ("name", models.CharField(max_length=50))]),
        migrations.CreateModel(
            "Order",
            [
                ID,
                ("number", models.IntegerField()),
                ("note", models.CharField(max_length=20)),
                ("remark", models.TextField(null=True)),
                ("total", models.DecimalField(max_digits=8, decimal_places=2)),
                ("customer", models.ForeignKey("shop.Customer", models.CASCADE)),
            ],
        ),
    ]


def server() -> Server:
    entry = {**settings.DATABASES["default"], "NAME": "postgres"}
    return Server(entry=entry, embedded=True)


def migration(name: str, operations: Sequence[Operation], *, atomic: bool = True) -> Any:
    attributes = {"operations": list(operations), "atomic": atomic}
    return type("Migration", (migrations.Migration,), attributes)(name, "shop")


def rehearsed(
    *operations: Operation,
    parent: Sequence[Operation] | None = None,
    atomic: bool = True,
    rows: int = 20,
    keep: bool = False,
) -> Rehearsal:
    """Rehearse operations as ``shop.0002_change`` on what ``parent`` makes."""
    template, before = _the_shop() if parent is None else _template(parent)
    try:
        return rehearse(
            Scene(
                server=server(),
                template=template,
                alias="default",
                like=dict(connections["default"].settings_dict),
                migration=migration("0002_change", operations, atomic=atomic),
                before=before.clone(),
                rows=rows,
                keep=keep,
            )
        )
    finally:
        if parent is not None:
            server().drop(template)


@cache
def _the_shop() -> tuple[str, ProjectState]:
    """What most tests begin with; it stays until ``close``."""
    return _template(shop())


def _template(parent: Sequence[Operation]) -> tuple[str, ProjectState]:
    place, like = server(), dict(connections["default"].settings_dict)
    name = place.create()
    with on_stage("default", place.settings_for(name, like)) as stage:
        return name, forwards(stage, migration("0001_initial", parent), ProjectState())


def close() -> None:
    """Drop what was kept for all tests."""
    if _the_shop.cache_info().currsize:
        server().drop(_the_shop()[0])
        _the_shop.cache_clear()


def told(rehearsal: Rehearsal) -> list[str]:
    """Verdicts as ``slug: message``, in their order."""
    return [f"{verdict.slug}: {verdict.message}" for verdict in rehearsal.verdicts]
