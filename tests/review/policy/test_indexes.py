"""What is told of indexes, and when nothing is."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.postgres.operations import (
    AddIndexConcurrently,
    RemoveIndexConcurrently,
)
from django.db import migrations, models
from django.db.models import Q

from tests.review.policy.building import LARGE, SMALL, judged, key, only, sql

m = migrations

FIRES: list[tuple[str, list[Any], dict[str, Any], str, str]] = [
    (
        "index-built-under-lock",
        [m.AddIndex("item", models.Index(fields=["code"], name="i"))],
        {"sizes": LARGE},
        (
            "operation 1 (AddIndex) builds an index (code) on shop_item (about 2,000,000 "
            "rows) under SHARE: nobody can write the table meanwhile."
        ),
        (
            "Build it while work goes on, in a migration of its own:\n"
            "from django.contrib.postgres.operations import AddIndexConcurrently\n"
            "AddIndexConcurrently(\"item\", models.Index(fields=['code'], name='i'))\n"
            "with atomic = False on the migration"
        ),
    ),
    (
        "index-built-under-lock",
        [m.AlterField("item", "stock", models.IntegerField(db_default=0, db_index=True))],
        {},
        (
            "operation 1 (AlterField) builds an index (stock) on shop_item under SHARE: "
            "nobody can write the table meanwhile."
        ),
        (
            "Build it while work goes on, in a migration of its own:\n"
            "CREATE INDEX CONCURRENTLY shop_item_stock_af6f8fc6 ON shop_item (stock)\n"
            "with atomic = False on the migration"
        ),
    ),
    (
        "index-built-under-lock",
        [sql("create index i on shop_item (lower(code)) where stock > 0")],
        {},
        (
            "operation 1 (RunSQL) builds an index ((lower(code))) on shop_item under "
            "SHARE: nobody can write the table meanwhile."
        ),
        (
            "Build it while work goes on, in a migration of its own:\n"
            "CREATE INDEX CONCURRENTLY i ON shop_item ((lower(code))) WHERE stock > 0\n"
            "with atomic = False on the migration"
        ),
    ),
    (
        "index-built-under-lock",
        [
            m.AddField("item", "x", models.IntegerField(null=True)),
            m.AddIndex("item", models.Index(fields=["code"], name="i")),
        ],
        {},
        (
            "operation 2 (AddIndex) builds an index (code) on shop_item under SHARE while "
            "an earlier operation holds ACCESS EXCLUSIVE: nobody can read or write the "
            "table meanwhile."
        ),
        (
            "Build it while work goes on, in a migration of its own:\n"
            "from django.contrib.postgres.operations import AddIndexConcurrently\n"
            "AddIndexConcurrently(\"item\", models.Index(fields=['code'], name='i'))\n"
            "with atomic = False on the migration"
        ),
    ),
    (
        "index-built-with-the-column",
        [m.AddField("item", "x", models.IntegerField(null=True, db_index=True))],
        {},
        (
            "operation 1 (AddField) builds an index (x) on shop_item in the transaction "
            "that adds x and holds ACCESS EXCLUSIVE: nobody can read or write the table "
            "meanwhile."
        ),
        (
            "Add x with db_index=False, and in the next migration:\n"
            "CREATE INDEX CONCURRENTLY shop_item_x_dfaee273 ON shop_item (x)\n"
            "with atomic = False on the migration"
        ),
    ),
    (
        "concurrently-in-a-transaction",
        [AddIndexConcurrently("item", models.Index(fields=["code"], name="i"))],
        {},
        (
            "operation 1 (AddIndexConcurrently) builds the index i concurrently, which "
            "PostgreSQL refuses in a transaction (25001)."
        ),
        ("Set atomic = False on the migration."),
    ),
    (
        "concurrently-in-a-transaction",
        [sql("begin; create index concurrently i on shop_item (code); commit")],
        {"atomic": False},
        (
            "operation 1 (RunSQL) builds the index i concurrently, which PostgreSQL "
            "refuses in a transaction (25001)."
        ),
        ("Put it behind COMMIT, in a RunSQL of its own."),
    ),
    (
        "invalid-index-stays-hidden",
        [sql("create index concurrently if not exists i on shop_item (code)")],
        {"atomic": False},
        (
            "operation 1 (RunSQL) creates i on shop_item IF NOT EXISTS: after a build that "
            "broke off it is content with the INVALID index."
        ),
        ("Put before it:\nDROP INDEX CONCURRENTLY IF EXISTS i"),
    ),
    (
        "concurrently-on-a-partitioned-table",
        [sql("create index concurrently i on events (at)")],
        {
            "start": [
                sql("create table events (at int) partition by range (at)"),
                sql("create table events_1 partition of events for values from (1) to (2)"),
            ],
            "atomic": False,
        },
        (
            "operation 1 (RunSQL) builds an index of events concurrently, which PostgreSQL "
            "refuses for partitioned tables (0A000)."
        ),
        (
            "An empty index on the parent, then each partition's concurrently:\n"
            "CREATE INDEX i ON ONLY events (at)\n"
            "CREATE INDEX CONCURRENTLY i_1 ON events_1 (at)\n"
            "ALTER INDEX i ATTACH PARTITION i_1"
        ),
    ),
    (
        "index-on-all-partitions",
        [sql("create index i on events (at)")],
        {
            "start": [
                sql("create table events (at int) partition by range (at)"),
                sql("create table events_1 partition of events for values from (1) to (2)"),
            ]
        },
        (
            "operation 1 (RunSQL) builds an index (at) on all 1 partitions of events under "
            "SHARE: nobody can write any of them meanwhile."
        ),
        (
            "An empty index on the parent, then each partition's concurrently:\n"
            "CREATE INDEX i ON ONLY events (at)\n"
            "CREATE INDEX CONCURRENTLY i_1 ON events_1 (at)\n"
            "ALTER INDEX i ATTACH PARTITION i_1"
        ),
    ),
    (
        "index-dropped-under-lock",
        [m.RemoveIndex("item", "i")],
        {"start": [m.AddIndex("item", models.Index(fields=["code"], name="i"))]},
        (
            "operation 1 (RemoveIndex) drops the index i of shop_item under ACCESS "
            "EXCLUSIVE, for a moment."
        ),
        ("In a migration with atomic = False:\nDROP INDEX CONCURRENTLY i"),
    ),
    (
        "reindexed-under-lock",
        [sql("reindex table shop_item")],
        {"atomic": False},
        (
            "operation 1 (RunSQL) rebuilds the table shop_item under SHARE on the table "
            "and ACCESS EXCLUSIVE on the index: writes wait, and reads that would use it."
        ),
        ("In a migration with atomic = False:\nREINDEX TABLE CONCURRENTLY shop_item"),
    ),
    (
        "index-twice",
        [AddIndexConcurrently("item", models.Index(fields=["kind"], name="i"))],
        {"atomic": False},
        (
            "operation 1 (AddIndexConcurrently) adds an index (kind_id) to shop_item, "
            "where shop_item_kind_id_9c6c6f80 (kind_id) serves the same queries."
        ),
        ("Leave it out, or drop shop_item_kind_id_9c6c6f80."),
    ),
    (
        "index-renamed",
        [m.RenameIndex("item", new_name="j", old_name="i")],
        {"start": [m.AddIndex("item", models.Index(fields=["code"], name="i"))]},
        ("operation 1 (RenameIndex) renames the index i to j."),
        ("Search scripts and dashboards for i."),
    ),
    (
        "wide-index",
        [
            AddIndexConcurrently(
                "item", models.Index(fields=["code", "stock", "price", "note"], name="i")
            )
        ],
        {"atomic": False},
        ("operation 1 (AddIndexConcurrently) adds an index with 4 columns to shop_item."),
        ("Keep the columns that queries filter by; put others in include=."),
    ),
    (
        "unique-needs-unique-rows",
        [sql("create unique index concurrently i on shop_item (code)")],
        {"atomic": False, "sizes": LARGE},
        (
            "operation 1 (RunSQL) demands that code be unique in shop_item (about "
            "2,000,000 rows): it fails on rows that are equal already (23505)."
        ),
        ("Look first:\nSELECT code, count(*) FROM shop_item GROUP BY code HAVING count(*) > 1"),
    ),
]

QUIET: list[tuple[str, list[Any], dict[str, Any]]] = [
    (
        "index-built-under-lock",
        [AddIndexConcurrently("item", models.Index(fields=["code"], name="i"))],
        {"atomic": False},
    ),
    (
        "index-built-under-lock",
        [m.AddIndex("item", models.Index(fields=["code"], name="i"))],
        {"sizes": SMALL},
    ),
    (
        "index-built-under-lock",
        [m.CreateModel("Line", [key(), ("code", models.TextField(db_index=True))])],
        {},
    ),
    (
        "index-built-under-lock",
        [m.AlterField("item", "code", models.CharField(max_length=80, null=True))],
        {},
    ),
    ("index-built-with-the-column", [m.AddField("item", "x", models.IntegerField(null=True))], {}),
    (
        "index-built-with-the-column",
        [m.AddField("item", "x", models.IntegerField(null=True, db_index=True))],
        {"sizes": SMALL},
    ),
    (
        "concurrently-in-a-transaction",
        [AddIndexConcurrently("item", models.Index(fields=["code"], name="i"))],
        {"atomic": False},
    ),
    (
        "concurrently-in-a-transaction",
        [sql("begin; select 1; commit; create index concurrently i on shop_item (code)")],
        {"atomic": False},
    ),
    (
        "invalid-index-stays-hidden",
        [sql("create index concurrently i on shop_item (code)")],
        {"atomic": False},
    ),
    (
        "concurrently-on-a-partitioned-table",
        [sql("create index concurrently i on events_1 (at)")],
        {
            "start": [
                sql("create table events (at int) partition by range (at)"),
                sql("create table events_1 partition of events for values from (1) to (2)"),
            ],
            "atomic": False,
        },
    ),
    (
        "index-on-all-partitions",
        [sql("create index i on only events (at)")],
        {
            "start": [
                sql("create table events (at int) partition by range (at)"),
                sql("create table events_1 partition of events for values from (1) to (2)"),
            ]
        },
    ),
    (
        "index-dropped-under-lock",
        [RemoveIndexConcurrently("item", "i")],
        {"start": [m.AddIndex("item", models.Index(fields=["code"], name="i"))], "atomic": False},
    ),
    ("reindexed-under-lock", [sql("reindex table concurrently shop_item")], {"atomic": False}),
    (
        "index-twice",
        [AddIndexConcurrently("item", models.Index(fields=["code"], name="i"))],
        {"atomic": False},
    ),
    (
        "index-twice",
        [
            AddIndexConcurrently(
                "item", models.Index(fields=["kind"], condition=Q(stock=0), name="i")
            )
        ],
        {"atomic": False},
    ),
    (
        "index-renamed",
        [AddIndexConcurrently("item", models.Index(fields=["code"], name="i"))],
        {"atomic": False},
    ),
    (
        "wide-index",
        [AddIndexConcurrently("item", models.Index(fields=["code"], name="i"))],
        {"atomic": False},
    ),
    (
        "unique-needs-unique-rows",
        [sql("create index concurrently i on shop_item (code)")],
        {"atomic": False},
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
