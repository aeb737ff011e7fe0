"""What is told of operations and migrations as a whole, and when nothing is."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.postgres.operations import (
    AddIndexConcurrently,
)
from django.db import migrations, models

from tests.review.policy.building import judged, only, sql

m = migrations

FIRES: list[tuple[str, list[Any], dict[str, Any], str, str]] = [
    (
        "no-way-back",
        [m.RunSQL("create sequence numbers")],
        {},
        ("operation 1 (RunSQL) can't be undone, and with it no migration before it."),
        ("Give reverse_sql; where nothing has to be undone: reverse_sql=migrations.RunSQL.noop"),
    ),
    (
        "way-back-needs-care",
        [m.AlterField("item", "code", models.CharField(max_length=90, null=True))],
        {},
        (
            "operation 1 (AlterField) makes shop_item.code character varying(90): once a "
            "value is there that does not fit character varying(50), this can't be undone."
        ),
        ("Say on the review card what to do with these rows before going back."),
    ),
    (
        "several-tables-locked",
        [
            m.AddField("item", "x", models.IntegerField(null=True)),
            m.AddField("kind", "x", models.IntegerField(null=True)),
            m.AddField("box", "x", models.IntegerField(null=True)),
        ],
        {},
        ("shop.0009_change locks 3 tables in one transaction: shop_item, shop_kind, shop_box."),
        ("One table for each migration."),
    ),
    (
        "not-repeatable",
        [
            m.AddField("item", "x", models.IntegerField(null=True)),
            AddIndexConcurrently("item", models.Index(fields=["code"], name="i")),
        ],
        {"atomic": False},
        (
            "shop.0009_change has 2 operations without a transaction: when one fails, "
            "those before it stay done, and the next run fails on them."
        ),
        ("One operation for each migration with atomic = False."),
    ),
    (
        "automatic-name",
        [m.AddField("item", "x", models.IntegerField(null=True))],
        {"name": "0009_auto_20261125_1012"},
        (
            "shop.0009_auto_20261125_1012 has the name that Django made up, which tells "
            "nobody what it does."
        ),
        ("git mv it to 0009_<what it does>.py before it is applied."),
    ),
    (
        "operations-to-merge",
        [
            m.AlterField("item", "stock", models.BigIntegerField(db_default=0)),
            m.AlterField("item", "price", models.DecimalField(max_digits=12, decimal_places=4)),
        ],
        {},
        ("shop.0009_change reads or rewrites shop_item once for each of its operations 1, 2."),
        ("Write them as one ALTER TABLE in a RunSQL with state_operations."),
    ),
]

QUIET: list[tuple[str, list[Any], dict[str, Any]]] = [
    ("no-way-back", [sql("create sequence numbers")], {}),
    ("way-back-needs-care", [m.AddField("item", "x", models.IntegerField(null=True))], {}),
    (
        "way-back-needs-care",
        [m.AlterField("item", "stock", models.IntegerField(null=True, db_default=0))],
        {},
    ),
    (
        "several-tables-locked",
        [
            m.AddField("item", "x", models.IntegerField(null=True)),
            m.AddField("item", "y", models.IntegerField(null=True)),
        ],
        {},
    ),
    (
        "not-repeatable",
        [AddIndexConcurrently("item", models.Index(fields=["code"], name="i"))],
        {"atomic": False},
    ),
    ("automatic-name", [m.AddField("item", "x", models.IntegerField(null=True))], {}),
    (
        "operations-to-merge",
        [m.AlterField("item", "stock", models.BigIntegerField(db_default=0))],
        {},
    ),
]


@pytest.mark.parametrize(("slug", "operations", "history", "message", "hint"), FIRES)
def test_fires(
    slug: str, operations: list[Any], history: dict[str, Any], message: str, hint: str
) -> None:
    assert only(slug, *operations, **history) == (message, hint)


@pytest.mark.parametrize(("slug", "operations", "history"), QUIET)
def test_silent(slug: str, operations: list[Any], history: dict[str, Any]) -> None:
    assert slug not in [f.rule.slug for f in judged(*operations, **history)]


def test_each_rule_fires_and_is_silent() -> None:
    assert {case[0] for case in FIRES} == {case[0] for case in QUIET}
