"""What is foretold of a statement is what PostgreSQL does."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

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


@pytest.fixture(scope="module")
def foundation(django_db_setup: None, django_db_blocker: Any) -> Iterator[str]:
    """A database with the structure that the statements meet."""
    name = "governance_facts"
    with django_db_blocker.unblock(), server() as own:
        own.execute(f"DROP DATABASE IF EXISTS {name}")
        own.execute(f"CREATE DATABASE {name}")
        with server(name) as inside:
            inside.execute(FOUNDATION)
        yield name
        own.execute(f"DROP DATABASE IF EXISTS {name}_case")
        own.execute(f"DROP DATABASE {name}")


@contextmanager
def prepared(foundation: str, setup: str) -> Iterator[psycopg.Connection[Any]]:
    """A connection to the structure after a set-up, of which no lock is left."""
    name = foundation
    if setup:
        name = f"{foundation}_case"
        with server() as own:
            own.execute(f"DROP DATABASE IF EXISTS {name}")
            own.execute(f"CREATE DATABASE {name} TEMPLATE {foundation}")
        with server(name) as inside:
            inside.execute(setup)
    with server(name) as inside:  # anew, for a session counts what it read before
        yield inside


def built(*texts: str) -> Schema:
    schema = Schema()
    for action in (action for text in texts for action in actions_of(text)):
        schema = schema.after(action)
    return schema


SCHEMA = built(FOUNDATION)


def foretold(setup: str, sql: str) -> Observed:
    schema = built(FOUNDATION, setup)
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
def test_what_is_foretold_happens(foundation: str, line: str, release: int) -> None:
    if connection.pg_version // 10_000 < release:
        pytest.skip(f"needs PostgreSQL {release}")
    setup, _, sql = line.rpartition("=>")
    with prepared(foundation, setup.strip()) as own:
        real = observed(own, sql)
    assert foretold(setup, sql) == real
