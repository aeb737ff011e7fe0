"""Databases are built once, and grow out of each other."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings
from django.db import connections, migrations, models
from django.db.migrations.state import ProjectState

from governance.exceptions import RehearsalImpossible
from governance.rehearsal.choosing import History
from governance.rehearsal.server import Server
from governance.rehearsal.templates import template
from tests.rehearsal.stagehand import ID, migration, server, shop

FIRST, SECOND, THIRD = (("shop", name) for name in ("0001_a", "0002_b", "0003_c"))


class Past(History):
    """A history out of migrations that are in no file."""

    def empty(self) -> ProjectState:
        return ProjectState()


@pytest.fixture
def place() -> Iterator[Server]:
    found = server()
    before = set(found.databases())
    yield found
    for name in set(found.databases()) - before:
        found.drop(name)


def past(*, third: Any = None) -> History:
    adding = migrations.AddField("order", "extra", models.IntegerField(null=True))
    nodes = {
        FIRST: migration("0001_a", shop()),
        SECOND: migration("0002_b", [adding]),
        THIRD: migration("0003_c", [third or migrations.CreateModel("More", [ID])]),
    }
    loader: Any = SimpleNamespace(graph=SimpleNamespace(nodes=nodes))
    return Past(loader=loader, plan=(FIRST, SECOND, THIRD))


def built(place: Server, history: History, number: int) -> tuple[str, list[str]]:
    """Return the template after some migrations, and which were replayed for it."""
    replayed: list[str] = []
    name = template(
        place,
        history,
        history.plan[:number],
        alias="default",
        like=settings.DATABASES["default"],
        tell=lambda key, place, of: replayed.append(key[1]),
    )
    return name, replayed


def test_a_longer_history_grows_out_of_a_shorter_one(place: Server) -> None:
    first, replayed = built(place, past(), 1)
    assert replayed == ["0001_a"]
    assert built(place, past(), 1) == (first, [])
    third, replayed = built(place, past(), 3)
    assert replayed == ["0002_b", "0003_c"]
    with place.connect(third) as connection:
        names = connection.execute("SELECT name FROM django_migrations ORDER BY id").fetchall()
        connection.execute("SELECT extra FROM shop_order")
    assert names == [("0001_a",), ("0002_b",), ("0003_c",)]
    assert built(place, past(), 2)[1] == ["0002_b"]


def test_nothing_is_left_of_one_that_fails(place: Server) -> None:
    before = set(place.databases())
    history = past(third=migrations.RunSQL("SELECT 1 / 0"))
    with pytest.raises(RehearsalImpossible) as caught:
        built(place, history, 3)
    assert str(caught.value) == (
        "shop.0003_c can't be applied to an empty database: division by zero."
    )
    assert set(place.databases()) == before


def test_the_alias_leads_back_afterwards(place: Server) -> None:
    real = connections["default"]
    built(place, past(), 1)
    assert connections["default"] is real
