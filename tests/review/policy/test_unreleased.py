"""An app whose first migration is written as several."""

from __future__ import annotations

from django.db import models
from django.db.migrations import AddField, AlterField, CreateModel, RemoveField

from governance.review.policy.unreleased import is_unreleased
from tests.review.policy.building import key, reviewed, slugs, sql

REQUIRED = AddField("Box", "kind", models.ForeignKey("shop.Kind", models.CASCADE))


def test_the_second_of_the_first_migrations_is_no_risk() -> None:
    assert "required-column-without-default" in slugs(REQUIRED)
    assert slugs(REQUIRED, initial=True) == []
    assert slugs(AlterField("Item", "note", models.CharField(max_length=5)), initial=True) == []
    assert slugs(RemoveField("Item", "note"), initial=True) == []


def test_what_has_nothing_to_do_with_rows_is_told_all_the_same() -> None:
    text = sql("alter table shop_item add extra json")
    assert slugs(text, initial=True) == ["json-column"]


def test_tables_of_others_are_in_use() -> None:
    foreign = sql("alter table people add x integer not null")
    assert slugs(foreign, initial=True) == ["required-column-without-default"]


def test_nothing_that_is_in_use_is_acted_on() -> None:
    new = CreateModel("Line", [key(), ("kind", models.ForeignKey("shop.Kind", models.CASCADE))])
    assert is_unreleased(reviewed(REQUIRED, new, initial=True))
    assert not is_unreleased(reviewed(REQUIRED))
    assert not is_unreleased(reviewed(REQUIRED, sql("drop table people"), initial=True))
