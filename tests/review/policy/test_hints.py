"""What a hint says to write instead is itself told nothing worse than an information."""

import ast
import re
import uuid
from typing import Any

import pytest
from django.contrib.postgres.functions import RandomUUID
from django.contrib.postgres.operations import AddConstraintNotValid, ValidateConstraint
from django.db import connection, migrations, models
from django.db.migrations.operations.base import Operation
from django.db.models.functions import Now
from django.utils import timezone

from governance.findings import Severity
from tests.review.policy.building import judged, only, sql

NAMES = {
    "AddConstraintNotValid": AddConstraintNotValid,
    "Now": Now,
    "RandomUUID": RandomUUID,
    "ValidateConstraint": ValidateConstraint,
    "migrations": migrations,
    "models": models,
    "timezone": timezone,
    "uuid": uuid,
}
m = migrations
DETACH = [
    sql("CREATE TABLE log (k int) PARTITION BY RANGE (k)"),
    sql("CREATE TABLE log_1 PARTITION OF log FOR VALUES FROM (0) TO (10)"),
]


@pytest.mark.parametrize(
    ("slug", "operation", "start"),
    [
        ("default-only-in-python", m.AddField("Item", "x", models.IntegerField(default=0)), []),
        (
            "default-only-in-python",
            m.AddField("Item", "x", models.DateTimeField(default=timezone.now)),
            [],
        ),
        (
            "default-only-in-python",
            m.AddField("Item", "x", models.DateTimeField(auto_now_add=True)),
            [],
        ),
        ("default-only-in-python", m.AddField("Item", "x", models.JSONField(default=dict)), []),
        (
            "volatile-default",
            m.AddField("Item", "x", models.UUIDField(db_default=RandomUUID())),
            [],
        ),
        (
            "volatile-default",
            sql("ALTER TABLE shop_item ADD COLUMN x uuid DEFAULT gen_random_uuid()"),
            [],
        ),
        ("numbering-column", sql("ALTER TABLE shop_item ADD COLUMN x bigserial"), []),
        (
            "type-narrowed",
            m.AlterField("Item", "code", models.CharField(max_length=10, null=True)),
            [],
        ),
        ("not-null-scan", m.AlterField("Item", "code", models.CharField(max_length=50)), []),
        ("not-null-scan", sql("ALTER TABLE shop_item ALTER code SET NOT NULL"), []),
        (
            "foreign-key-rebuilt",
            m.AlterField("Item", "kind", models.ForeignKey("shop.Kind", models.CASCADE, null=True)),
            [],
        ),
        ("column-dropped", m.RemoveField("Item", "note"), []),
        ("column-dropped", m.RemoveField("Item", "kind"), []),
        ("column-renamed", m.RenameField("Item", "note", "remark"), []),
        ("model-renamed", m.RenameModel("Kind", "Sort"), []),
        ("table-dropped", m.DeleteModel("Box"), []),
        ("partition-detach-blocks", sql("ALTER TABLE log DETACH PARTITION log_1"), DETACH),
        ("json-column", sql("ALTER TABLE shop_item ADD COLUMN x json"), []),
    ],
)
def test_hint_is_safe(slug: str, operation: Operation, start: list[Operation]) -> None:
    _, hint = only(slug, operation, start=start)
    before = [start]
    for step in _steps(hint):
        found = judged(*step, start=before, atomic=_may_be_atomic(hint))
        assert [f.message for f in found if f.severity > Severity.INFO] == []
        before.append(step)
    assert len(before) > 1


@pytest.mark.django_db
def test_last_step_to_not_null_reads_nothing() -> None:
    _, hint = only("not-null-scan", sql("ALTER TABLE shop_item ALTER code SET NOT NULL"))
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE shop_item (code text)")
        cursor.execute("INSERT INTO shop_item SELECT 'x' FROM generate_series(1, 100)")
        read = [_rows_read(cursor, step.sql) for (step,) in _steps(hint)]
    assert read == [0, 100, 0]


def _rows_read(cursor: Any, statement: str) -> int:
    query = "SELECT pg_stat_get_xact_tuples_returned('shop_item'::regclass)"
    cursor.execute(query)
    before = cursor.fetchone()[0]
    cursor.execute(statement)
    cursor.execute(query)
    return cursor.fetchone()[0] - before


def _steps(hint: str) -> list[list[Operation]]:
    """Return the operations of each step; what is no code is left out."""
    parts = re.split(r"\n\d\. ", hint) if "\n1. " in hint else hint.split("\n", 1)
    return [list(found) for part in parts[1:] if (found := _operations(part))]


def _operations(part: str) -> list[Operation]:
    text = part.replace("\n   ", "\n")
    if text.startswith(("ALTER ", "CREATE ", "DROP ")):
        return [sql(text.split(", then ")[0])]
    try:
        nodes = ast.parse(text).body
    except SyntaxError:
        return []
    return [_operation(node) for node in nodes if isinstance(node, ast.Expr)]


def _operation(node: ast.Expr) -> Any:
    return eval(compile(ast.Expression(node.value), "hint", "eval"), NAMES)


def _may_be_atomic(hint: str) -> bool:
    return "atomic = False" not in hint
