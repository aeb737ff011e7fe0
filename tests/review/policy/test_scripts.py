"""What is told of RunPython functions, and when nothing is."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import migrations, models

from tests.review.policy.building import LARGE, SMALL, judged, only
from tests.review.policy.functions import (
    composed,
    ddl,
    delete_some,
    editor,
    in_batches,
    live,
    loop,
    update_all,
    update_some,
)

m = migrations

FIRES: list[tuple[str, list[Any], dict[str, Any], str, str]] = [
    (
        "rows-loaded-at-once",
        [m.RunPython(loop, m.RunPython.noop)],
        {"sizes": LARGE},
        (
            "operation 1 (RunPython) loads all rows of shop_item in loop, and saves each "
            "by a statement of its own."
        ),
        (
            "Go through them in batches: .iterator(chunk_size=2000), and bulk_update or "
            "one UPDATE for each batch."
        ),
    ),
    (
        "live-model-in-migration",
        [m.RunPython(live, m.RunPython.noop)],
        {},
        (
            "operation 1 (RunPython) imports finance.Account in live: the class of today, "
            "not the table as it is now."
        ),
        ('Account = apps.get_model("finance", "Account")'),
    ),
    (
        "sql-put-together",
        [m.RunPython(composed, m.RunPython.noop)],
        {},
        (
            "operation 1 (RunPython) puts SQL together from pieces in composed: what it "
            "does can't be reviewed."
        ),
        ("Pass values as parameters: cursor.execute(sql, [value])"),
    ),
    (
        "schema-change-in-python",
        [m.RunPython(ddl, m.RunPython.noop)],
        {},
        (
            "operation 1 (RunPython) changes the schema in ddl (add column on shop_item): "
            "Django's state does not know of it."
        ),
        ("Write it as an operation, or as RunSQL with state_operations=[…]."),
    ),
    (
        "schema-change-in-python",
        [m.RunPython(editor, m.RunPython.noop)],
        {},
        (
            "operation 1 (RunPython) changes the schema in editor "
            "(schema_editor.remove_field): Django's state does not know of it."
        ),
        ("Write it as an operation, or as RunSQL with state_operations=[…]."),
    ),
    (
        "unbatched-write",
        [m.RunPython(update_all, m.RunPython.noop)],
        {},
        (
            "operation 1 (RunPython) updates all rows of shop_item in one statement: each "
            "stays locked until the end."
        ),
        (
            "Write in batches, each in its own transaction:\n"
            "UPDATE shop_item SET … WHERE id > %s AND id <= %s"
        ),
    ),
    (
        "rows-deleted",
        [m.RunPython(delete_some, m.RunPython.noop)],
        {},
        ("operation 1 (RunPython) deletes some rows of shop_item, and no way back brings them."),
        (
            "Keep them first, and say so on the review card:\n"
            "CREATE TABLE shop_item_archive AS SELECT * FROM shop_item WHERE …"
        ),
    ),
    (
        "work-under-a-strong-lock",
        [
            m.AddField("kind", "x", models.IntegerField(null=True)),
            m.RunPython(update_some, m.RunPython.noop),
        ],
        {},
        (
            "operation 2 (RunPython) runs update_some while ACCESS EXCLUSIVE on shop_kind "
            "is held: nobody can read or write it until the function is done."
        ),
        ("Move it to a migration of its own."),
    ),
]

QUIET: list[tuple[str, list[Any], dict[str, Any]]] = [
    ("rows-loaded-at-once", [m.RunPython(in_batches, m.RunPython.noop)], {}),
    ("rows-loaded-at-once", [m.RunPython(loop, m.RunPython.noop)], {"sizes": SMALL}),
    ("live-model-in-migration", [m.RunPython(loop, m.RunPython.noop)], {}),
    ("sql-put-together", [m.RunPython(ddl, m.RunPython.noop)], {}),
    ("schema-change-in-python", [m.RunPython(update_all, m.RunPython.noop)], {}),
    ("unbatched-write", [m.RunPython(update_some, m.RunPython.noop)], {}),
    ("rows-deleted", [m.RunPython(update_all, m.RunPython.noop)], {}),
    (
        "work-under-a-strong-lock",
        [
            m.AddField("kind", "x", models.IntegerField(null=True)),
            m.RunPython(update_some, m.RunPython.noop),
        ],
        {"sizes": SMALL},
    ),
    (
        "work-under-a-strong-lock",
        [
            m.AddField("kind", "x", models.IntegerField(null=True)),
            m.RunPython(update_some, m.RunPython.noop),
        ],
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
