"""What is told of rows, locks and transactions, and when nothing is."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import migrations

from tests.review.policy.building import LARGE, SMALL, judged, key, only, sql
from tests.review.policy.functions import make_for_each, make_one, update_some

m = migrations

FIRES: list[tuple[str, list[Any], dict[str, Any], str, str]] = [
    (
        "unbatched-write",
        [sql("update shop_item set note = ''")],
        {"sizes": LARGE},
        (
            "operation 1 (RunSQL) updates all rows of shop_item (about 2,000,000 rows) in "
            "one statement: each stays locked until the end."
        ),
        (
            "Write in batches, each in its own transaction:\n"
            "UPDATE shop_item SET … WHERE id > %s AND id <= %s"
        ),
    ),
    (
        "backfill-with-schema-change",
        [sql("alter table shop_item add x int"), sql("update shop_item set x = 1 where id < 5")],
        {},
        (
            "operation 2 (RunSQL) updates rows of shop_item in the transaction that holds "
            "ACCESS EXCLUSIVE: nobody can use it until all rows are written."
        ),
        ("Move it to a migration of its own."),
    ),
    (
        "backfill-with-schema-change",
        [
            sql(
                "begin; alter table shop_item add x int; update shop_item set x = 1 where id < 5; commit"
            )
        ],
        {"atomic": False},
        (
            "operation 1 (RunSQL) updates rows of shop_item in the transaction that holds "
            "ACCESS EXCLUSIVE: nobody can use it until all rows are written."
        ),
        ("Move it to a migration of its own."),
    ),
    (
        "backfill-with-schema-change",
        [sql("alter table shop_item add x int"), m.RunPython(make_for_each, m.RunPython.noop)],
        {},
        (
            "operation 2 (RunPython) inserts rows of shop_item in the transaction that holds "
            "ACCESS EXCLUSIVE: nobody can use it until all rows are written."
        ),
        ("Move it to a migration of its own."),
    ),
    (
        "rows-deleted",
        [sql("delete from shop_item where stock = 0")],
        {},
        ("operation 1 (RunSQL) deletes some rows of shop_item, and no way back brings them."),
        (
            "Keep them first, and say so on the review card:\n"
            "CREATE TABLE shop_item_archive AS SELECT * FROM shop_item WHERE …"
        ),
    ),
    (
        "rows-deleted",
        [sql("truncate shop_item cascade")],
        {},
        (
            "operation 1 (RunSQL) empties shop_item and, by CASCADE, shop_box_items under "
            "ACCESS EXCLUSIVE, and no way back brings them."
        ),
        (
            "Keep them first, and say so on the review card:\n"
            "CREATE TABLE shop_item_archive AS SELECT * FROM shop_item WHERE …"
        ),
    ),
    (
        "table-locked",
        [sql("lock table shop_item")],
        {},
        (
            "operation 1 (RunSQL) locks shop_item in ACCESS EXCLUSIVE MODE: nobody can "
            "read or write it until the transaction ends."
        ),
        ("Leave it out: PostgreSQL takes the lock that each statement needs."),
    ),
    (
        "table-locked",
        [sql("lock table shop_item in share mode")],
        {},
        (
            "operation 1 (RunSQL) locks shop_item in SHARE MODE: nobody can write it until "
            "the transaction ends."
        ),
        ("Leave it out: PostgreSQL takes the lock that each statement needs."),
    ),
    (
        "transaction-in-a-transaction",
        [sql("commit")],
        {},
        ("operation 1 (RunSQL) contains COMMIT, but the migration runs in a transaction already."),
        ("Remove COMMIT, or set atomic = False on the migration."),
    ),
    (
        "transaction-left-open",
        [sql("begin; update shop_item set stock = 1 where id = 1")],
        {"atomic": False},
        (
            "operation 1 (RunSQL) begins a transaction and does not end it: its locks stay "
            "until the connection closes."
        ),
        ("Write BEGIN and COMMIT in one text, or leave both out."),
    ),
    (
        "timeout-switched-off",
        [sql("set lock_timeout = 0")],
        {},
        (
            "operation 1 (RunSQL) switches off lock_timeout (0): it may wait, or make "
            "others wait, without end."
        ),
        ("SET LOCAL lock_timeout = '3s'"),
    ),
    (
        "timeout-switched-off",
        [sql("set local lock_timeout = '10min'")],
        {},
        (
            "operation 1 (RunSQL) raises lock_timeout (10min): it may wait, or make others "
            "wait, without end."
        ),
        ("SET LOCAL lock_timeout = '3s'"),
    ),
]

QUIET: list[tuple[str, list[Any], dict[str, Any]]] = [
    ("unbatched-write", [sql("update shop_item set note = '' where id < 5")], {}),
    ("unbatched-write", [sql("update shop_item set note = ''")], {"sizes": SMALL}),
    ("backfill-with-schema-change", [sql("update shop_item set stock = 1 where id < 5")], {}),
    (
        "backfill-with-schema-change",
        [sql("alter table shop_item add x int"), sql("update shop_item set x = 1 where id < 5")],
        {"atomic": False},
    ),
    (
        "backfill-with-schema-change",
        [
            sql(
                "begin; alter table shop_item add x int; commit; begin; update shop_item set x = 1 where id < 5; commit"
            )
        ],
        {"atomic": False},
    ),
    (
        "backfill-with-schema-change",
        [
            sql("alter table shop_item add x int"),
            m.RunPython(update_some, m.RunPython.noop, atomic=True),
        ],
        {"atomic": False},
    ),
    (
        "backfill-with-schema-change",
        [
            sql("alter table shop_kind add x int; insert into shop_kind (name, x) values ('a', 1)"),
            sql("alter table shop_box add x int; insert into shop_box default values"),
            sql("alter table shop_item add x int"),
            m.RunPython(make_one, m.RunPython.noop),
        ],
        {},
    ),
    ("rows-deleted", [m.RunPython(make_one, m.RunPython.noop)], {}),
    ("rows-deleted", [m.CreateModel("Line", [key()]), sql("delete from shop_line")], {}),
    ("table-locked", [sql("lock table shop_item in row share mode")], {}),
    ("transaction-in-a-transaction", [sql("begin; select 1; commit")], {"atomic": False}),
    ("transaction-left-open", [sql("begin; select 1; commit")], {"atomic": False}),
    ("timeout-switched-off", [sql("set local lock_timeout = '3s'")], {}),
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
