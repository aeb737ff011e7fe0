"""An app whose first migration is written as several."""

from __future__ import annotations

from django.db import models
from django.db.migrations import AddField, AlterField, CreateModel, RemoveField
from django.db.migrations.operations.base import Operation

from governance.review.policy import judge
from governance.review.policy.unreleased import is_unreleased, without_unreleased
from tests.review.policy.building import key, reviewed, sql

REQUIRED = AddField("Box", "kind", models.ForeignKey("shop.Kind", models.CASCADE))
FIRST = ("shop", "0001_start")


def told(*operations: Operation, initial: bool = True, first: tuple[str, str] = FIRST) -> list[str]:
    migration = reviewed(*operations, initial=initial)
    migration.migration.dependencies = [first, ("auth", "0001_initial")]
    return [f.rule.slug for f in without_unreleased(migration, judge(migration), {FIRST})]


def test_the_second_of_the_first_migrations_is_no_risk() -> None:
    assert told(REQUIRED) == []
    assert told(AlterField("Item", "note", models.CharField(max_length=5))) == []
    assert told(RemoveField("Item", "note")) == []


def test_what_is_released_already_is_told() -> None:
    assert "required-column-without-default" in told(REQUIRED, initial=False)
    assert "required-column-without-default" in told(REQUIRED, first=("shop", "0000_old"))


def test_what_has_nothing_to_do_with_rows_is_told_all_the_same() -> None:
    assert told(sql("alter table shop_item add extra json")) == ["json-column"]


def test_tables_of_others_are_in_use() -> None:
    foreign = sql("alter table people add x integer not null")
    assert told(foreign) == ["required-column-without-default"]


def test_nothing_that_is_in_use_is_acted_on() -> None:
    new = CreateModel("Line", [key(), ("kind", models.ForeignKey("shop.Kind", models.CASCADE))])
    assert is_unreleased(reviewed(REQUIRED, new, initial=True), ())
    assert not is_unreleased(reviewed(REQUIRED), ())
    assert not is_unreleased(reviewed(REQUIRED, sql("drop table people"), initial=True), ())
