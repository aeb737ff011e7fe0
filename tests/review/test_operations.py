"""Django itself is the judge: its SQL, read by PostgreSQL's grammar, has to be our actions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import fields, is_dataclass, replace
from typing import Any

import pytest
from django.db import connection, migrations, transaction
from django.db.migrations.state import ProjectState
from django.test.utils import CaptureQueriesContext
from pytest_django.plugin import DjangoDbBlocker

from governance.postgres.ddl import actions as a
from governance.postgres.ddl.reading import actions_of
from governance.postgres.ddl.schema import Schema
from governance.review.releases import Releases
from governance.review.walking import Walk
from tests.review.shop import APP, BASE, VARIANTS

pytestmark = pytest.mark.django_db


def migration(*operations: Any, name: str = "0001") -> migrations.Migration:
    made = migrations.Migration(name, APP)
    made.operations = list(operations)
    return made


@pytest.fixture(scope="module")
def base() -> Walk:
    """The history before each variant, walked by us."""
    return walk(ProjectState(), Schema(), *BASE)


def walk(state: ProjectState, schema: Schema, *operations: Any) -> Walk:
    return Walk(migration(*operations), state, schema, connection, Releases(connection))


@pytest.fixture(scope="module")
def tables(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[ProjectState]:
    """The same history, applied by Django, once for all."""
    with django_db_blocker.unblock(), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("CREATE SCHEMA IF NOT EXISTS other")
            cursor.execute("CREATE EXTENSION IF NOT EXISTS hstore")
            cursor.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
            cursor.execute('CREATE COLLATION IF NOT EXISTS "kept" FROM "C"')
        with connection.schema_editor(atomic=False) as editor:
            state = migration(*deepcopy(BASE)).apply(ProjectState(), editor)
        yield state
        transaction.set_rollback(True)


@pytest.mark.parametrize("name", VARIANTS)
def test_actions_are_what_django_sends(name: str, base: Walk, tables: ProjectState) -> None:
    operations = VARIANTS[name]
    ours = walk(base.state_after, base.schema_after, *operations)
    theirs = list(sent(copied(tables), deepcopy(operations)))
    assert not ours.mistakes
    pair = [shown(t.action for t in ours.taken), shown(theirs)]
    if name.startswith("rename "):  # Django takes the keys in the order its classes were made in
        pair = ["\n".join(sorted(text.splitlines())) for text in pair]
    assert pair[0] == pair[1]


def copied(state: ProjectState) -> ProjectState:
    """Django renames fields in place, in every state that shares them."""
    state = state.clone()
    for known in state.models.values():
        known.fields = {name: field.clone() for name, field in known.fields.items()}
    return state


def sent(state: ProjectState, operations: list[Any]) -> Iterator[a.Action]:
    """Let Django do it, and read what it sent; what needs to be alone is only written."""
    alone = any("Concurrently" in type(operation).__name__ for operation in operations)
    made = migration(*operations)
    with transaction.atomic(), CaptureQueriesContext(connection) as captured:
        connection.in_atomic_block = not alone
        try:
            with connection.schema_editor(collect_sql=alone, atomic=False) as editor:
                made.apply(state, editor)
        finally:
            connection.in_atomic_block = True
        transaction.set_rollback(True)
    texts = editor.collected_sql if alone else [q["sql"] for q in captured.captured_queries]
    for text in texts:
        yield from actions_of(text)


def shown(actions: Any) -> str:
    """Print actions, without what SQL can't tell and what is no change."""
    return "\n".join(written(plain(action)) for action in actions if not is_aside(action))


def is_aside(action: a.Action) -> bool:
    """SET CONSTRAINTS, which Django sends around foreign keys, and what the test itself needs."""
    match action:
        case a.ChangeObject(kind="other", detail="ConstraintsSet"):
            return True
    return isinstance(action, a.SetSession | a.Transaction)


def plain(action: a.Action) -> a.Action:
    match action:
        case a.DropIndex() | a.RenameIndex():
            return replace(action, table="")
        case a.AddColumn(column=column):
            return replace(action, column=plain_column(column))
        case a.CreateTable(columns=columns):
            return replace(action, columns=tuple(map(plain_column, columns)))
        case a.AddConstraint(constraint=constraint):
            return replace(action, constraint=plain_constraint(constraint))
        case a.SetDefault(default=default):
            return replace(action, default=plain_default(default))
    return action


def plain_column(column: a.Column) -> a.Column:
    constraints = tuple(map(plain_constraint, column.constraints))
    default = column.default and plain_default(column.default)
    return replace(column, constraints=constraints, default=default)


def plain_constraint(constraint: a.Constraint) -> a.Constraint:
    """The grammar does not say which columns a condition is about."""
    if constraint.kind is a.ConstraintKind.CHECK:
        return replace(constraint, columns=())
    return constraint


def plain_default(default: a.Expression) -> a.Expression:
    """What a callable returned: an identifier or a moment."""
    return replace(default, text=RETURNED.sub("'…'", default.text))


RETURNED = re.compile(
    r"'(?:[0-9a-f]{32}|\d{4}-\d\d-\d\d \d\d:\d\d:\d\d[.\d]*\+00:00|\w+\(\))'(?:::\w+)?"
)


def written(value: Any) -> str:
    """Print what differs from the defaults."""
    if is_dataclass(value) and not isinstance(value, type):
        found = []
        for field in fields(value):
            content = getattr(value, field.name)
            if content not in ("", (), None, False) and content != field.default:
                found.append(f"{field.name}={written(content)}")
        return f"{type(value).__name__}({', '.join(found)})"
    if isinstance(value, tuple):
        return f"({', '.join(map(written, value))})"
    return repr(value)
