"""What is foretold of a statement is what PostgreSQL does."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from django.db import connection

from governance.postgres.ddl.emptiness import empty_after
from governance.postgres.ddl.facts import effects_of
from governance.postgres.ddl.reading import actions_of
from governance.postgres.ddl.relations import bare
from governance.postgres.ddl.schema import Schema
from governance.postgres.locks import Lock
from tests.postgres.ddl.observing import Observed, observed

HERE = Path(__file__).parent
FOUNDATION = (HERE / "facts_schema.sql").read_text()
_ALL, _, _NEWER = (HERE / "facts.sql").read_text().partition("-- From 18 on:\n")
CASES = [
    pytest.param(line, release, id=line[-90:])
    for text, release in ((_ALL.partition("\n")[2], 15), (_NEWER, 18))
    for line in text.splitlines()
]


@contextmanager
def server(name: str = "") -> Iterator[psycopg.Connection[Any]]:
    parameters = connection.get_connection_params()
    parameters = {k: v for k, v in parameters.items() if k not in {"cursor_factory", "context"}}
    if name:
        parameters["dbname"] = name
    with psycopg.connect(**parameters, autocommit=not name) as own:
        yield own


class Databases:
    """Databases with the structure that the statements meet, one for each set-up."""

    def __init__(self, admin: psycopg.Connection[Any]) -> None:
        self._admin = admin
        self._names: dict[str, str] = {}

    def after(self, setup: str) -> str:
        """Return the name of the database in which a set-up has been done."""
        if setup not in self._names:
            name = f"governance_facts_{uuid4().hex[:12]}"
            template = self.after("") if setup else "template1"
            self._admin.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
            self._names[setup] = name
            with server(name) as inside:
                inside.execute(setup or FOUNDATION)
        return self._names[setup]

    def drop(self) -> None:
        for name in self._names.values():
            self._admin.execute(f"DROP DATABASE {name}")


@pytest.fixture(scope="module")
def databases(django_db_setup: None, django_db_blocker: Any) -> Iterator[Databases]:
    with django_db_blocker.unblock(), server() as admin:
        yield (made := Databases(admin))
        made.drop()


def after(schema: Schema, sql: str) -> Schema:
    for action in actions_of(sql):
        schema = schema.after(action)
    return schema


SCHEMA = after(Schema(), FOUNDATION)


def foretold(setup: str, sql: str) -> Observed:
    schema = after(SCHEMA, setup)
    names = {*schema.tables} | {i for t in schema.tables.values() for i in t.indexes}
    names |= {s for t in schema.tables.values() for s in t.sequences.values()}
    locks: dict[str, Lock] = {}
    rewritten, scanned = set[str](), set[str]()
    known = {bare(name) for name in names}
    empty = frozenset[str]()
    for action in actions_of(sql):
        effects = effects_of(action, schema, in_transaction=True, empty=empty)
        if effects.error:
            return Observed({}, set(), set(), effects.error)
        for effect in effects.relations:
            name = bare(effect.relation)
            if name in known:
                if effect.lock > Lock.ACCESS_SHARE:
                    locks[name] = max(locks.get(name, Lock.NONE), effect.lock)
                rewritten |= {name} if effect.rewrite else set()
                scanned |= {name} if effect.scan else set()
        schema, empty = schema.after(action), empty_after(empty, action)
    return Observed(locks, rewritten, scanned)


@pytest.mark.django_db
@pytest.mark.parametrize(("line", "release"), CASES)
def test_what_is_foretold_happens(databases: Databases, line: str, release: int) -> None:
    if connection.pg_version // 10_000 < release:
        pytest.skip(f"needs PostgreSQL {release}")
    setup, _, sql = line.rpartition("=>")
    with server(databases.after(setup.strip())) as own:  # a new session: it counts what it reads
        real = observed(own, sql)
    assert foretold(setup, sql) == real
