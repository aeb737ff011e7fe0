"""Each sequence is applied by PostgreSQL and by us; then all names, types and keys are equal."""

from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from governance.postgres.ddl.actions import Unreadable
from governance.postgres.ddl.reading import actions_of
from governance.postgres.ddl.schema import Schema
from tests.postgres.ddl import catalog

SEQUENCES = (Path(__file__).parent / "sequences.sql").read_text().split("\n\n")[1:]


@pytest.mark.parametrize("sql", SEQUENCES, ids=range(len(SEQUENCES)))
def test_the_structure_is_that_of_postgresql(postgres: psycopg.Connection[Any], sql: str) -> None:
    before = catalog.known(postgres)
    postgres.execute(sql)
    schema = Schema()
    for action in actions_of(sql):
        assert not isinstance(action, Unreadable), action
        schema = schema.after(action)
    assert catalog.ours(schema) == catalog.real(postgres, before)


def test_the_migrations_of_a_project(postgres: psycopg.Connection[Any]) -> None:
    """The SQL of all migrations that are installed here leads to the database of the tests."""
    loader = MigrationLoader(connection, replace_migrations=False)
    plan = loader.graph._generate_plan(loader.graph.leaf_nodes(), at_end=True)
    schema = Schema()
    for sql in loader.collect_sql([(loader.graph.nodes[key], False) for key in plan]):
        for action in actions_of(sql):
            assert not isinstance(action, Unreadable), action
            schema = schema.after(action)
    real, ours = catalog.real(postgres, set()), catalog.ours(schema)
    assert len(ours) > 30
    assert ours == {name: real[name] for name in ours}


def test_a_table_that_nobody_made_is_known_in_part() -> None:
    schema = Schema()
    for action in actions_of("alter table q add a int unique; alter table q alter b type text"):
        schema = schema.after(action)
    table = schema.tables["q"]
    assert not table.complete
    assert {name: column.type for name, column in table.columns.items()} == {
        "a": "integer",
        "b": "text",
    }
    assert list(table.indexes) == ["q_a_key"]


def test_a_structure_does_not_change() -> None:
    before = Schema().after(actions_of("create table q(a int)")[0])
    after = before.after(actions_of("alter table q add b int")[0])
    assert (list(before.tables["q"].columns), list(after.tables["q"].columns)) == (
        ["a"],
        ["a", "b"],
    )
