"""A model is renamed by Django on PostgreSQL, and the tracer tells what that really did."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.migrations import Migration, RenameModel
from django.db.migrations.state import ProjectState

from governance.postgres.tracing import Trace, Tracer
from governance.review import details, history
from tests.review.phases.case import SHOP

ROWS = """
INSERT INTO shop_customer SELECT g, 'n', 'e' || g, false FROM generate_series(1, 500) g;
INSERT INTO shop_order (id, customer_id, code, amount, width)
    SELECT g, g, 'c', 1, 1 FROM generate_series(1, 500) g;
INSERT INTO shop_tag SELECT g, 'n' FROM generate_series(1, 500) g;
INSERT INTO shop_order_tags (order_id, tag_id) SELECT g, g FROM generate_series(1, 500) g;
INSERT INTO shop_invoice (order_id) SELECT g FROM generate_series(1, 500) g;
SET CONSTRAINTS ALL IMMEDIATE;
ANALYZE;
"""


def migration(name: str, *operations: Any) -> Migration:
    made = Migration(name, "shop")
    made.operations = list(operations)
    return made


@pytest.fixture
def shop(db: None) -> Iterator[ProjectState]:
    with transaction.atomic():
        with connection.schema_editor(atomic=False) as editor:
            state = migration("0001", *SHOP).apply(ProjectState(), editor)
        with connection.cursor() as cursor:
            cursor.execute(ROWS)
        yield state
        transaction.set_rollback(True)


def traced(state: ProjectState, operation: RenameModel) -> list[Trace]:
    tracer = Tracer(connection.connection)
    with connection.schema_editor(atomic=False) as editor:
        send = editor.execute

        def execute(sql: Any, params: Any = ()) -> None:
            tracer.run(str(sql), lambda: send(sql, params))

        editor.execute = execute  # type: ignore[method-assign]
        tracer.prepare()
        migration("0002", operation).apply(state.clone(), editor)
    return tracer.traces


@pytest.mark.parametrize(
    ("old", "new", "read"),
    [
        ("Tag", "Label", {"shop_tag", "shop_order_tags"}),
        ("Order", "Purchase", {"shop_order", "shop_order_tags", "shop_invoice"}),
        ("Invoice", "Bill", set()),
    ],
)
def test_what_a_rename_reads(shop: ProjectState, old: str, new: str, read: set[str]) -> None:
    plan = [migration("0001", *SHOP), migration("0002", RenameModel(old, new))]
    (found,) = history.review(plan, wanted=[("shop", "0002")])
    traces = traced(shop, RenameModel(old, new))
    steps = found.operations[0].steps
    as_met = {e.relation for s in steps for e in s.effects.relations if e.scan}
    assert as_met == {name for trace in traces for name in trace.scanned}
    assert set(details.scanned(found.operations[0])) == read
