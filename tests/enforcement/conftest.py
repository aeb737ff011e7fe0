"""A database of its own with tables of three modules, guarded by triggers."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from django.conf import settings
from django.db import connections
from django.db.backends.postgresql.base import DatabaseWrapper
from pytest_django.plugin import DjangoDbBlocker

from governance.enforcement import triggers
from governance.enforcement.running import run
from governance.ownership import current
from governance.ownership.current import Ownership
from governance.ownership.declarations import Cascade, Module, Share
from governance.ownership.names import PLATFORM
from governance.ownership.registry import Registry, Table

ALIAS = "guarded"
UNTIL = date.today() + timedelta(days=30)
ENDED = date.today() - timedelta(days=1)

SCHEMA = """
CREATE TABLE auth_user (id int PRIMARY KEY);
CREATE TABLE core_person (id int PRIMARY KEY, name text DEFAULT '');
CREATE TABLE core_audit (id int GENERATED ALWAYS AS IDENTITY, what text);
CREATE TABLE dev_project (id int PRIMARY KEY, person int REFERENCES core_person ON DELETE CASCADE);
CREATE TABLE dev_watch (id int PRIMARY KEY,
    person int REFERENCES core_person ON DELETE CASCADE ON UPDATE CASCADE);
CREATE TABLE dev_note (id int PRIMARY KEY, watch int REFERENCES dev_watch ON DELETE CASCADE);
CREATE TABLE dev_task (id int PRIMARY KEY, person int DEFAULT 0 REFERENCES core_person
    ON DELETE SET NULL, reviewer int DEFAULT 0 REFERENCES core_person ON DELETE SET DEFAULT);
CREATE TABLE dev_profile (id int PRIMARY KEY, account int REFERENCES auth_user ON DELETE CASCADE);
CREATE TABLE finance_transaction (id serial PRIMARY KEY, amount int, memo text);
CREATE VIEW finance_open AS SELECT id, amount FROM finance_transaction;
CREATE TABLE finance_tag (id int PRIMARY KEY, name text);
CREATE TABLE finance_tag_log (name text);
CREATE TABLE finance_old (id int);
CREATE TABLE finance_sample (id int, at date) PARTITION BY RANGE (at);
CREATE TABLE finance_sample_2026 PARTITION OF finance_sample
    FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
CREATE TABLE notes_note (id int);
CREATE SCHEMA reporting;
CREATE TABLE reporting.daily (id int);
CREATE TABLE nobody_knows (id int);
"""
TABLES = {
    "core": ["core_person", "core_audit"],
    "dev": ["dev_project", "dev_watch", "dev_note", "dev_task", "dev_profile"],
    "finance": [
        *("finance_transaction", "finance_tag", "finance_tag_log", "finance_old"),
        *("finance_sample", "reporting.daily"),
    ],
    "notes": ["notes_note"],
    PLATFORM: ["auth_user"],
}
MODULES = [
    Module(name="core", team="Platform", contact="#platform"),
    Module(
        name="dev",
        cascades=[
            Cascade(table="dev_watch", of="core_person", reason="watchers go with people"),
            Cascade(table="dev_profile", of="auth_user", reason="profiles go with users"),
        ],
    ),
    Module(
        name="finance",
        team="Payments",
        contact="#payments",
        shares=[
            Share(table="finance_tag", module="dev", reason="moving", until=UNTIL),
            Share(table="finance_old", module="dev", reason="moved", until=ENDED),
        ],
    ),
    Module(name="notes"),
]
REGISTRY = Registry(
    modules={module.name: module for module in MODULES},
    tables={
        name: Table(name=name, owner=owner) for owner, names in TABLES.items() for name in names
    },
    apps={},
)


class Database:
    """An empty database, known to Django as ``guarded`` too."""

    def __init__(self) -> None:
        self.name = f"guard_{uuid4().hex[:12]}"
        with self.connect("postgres") as server:
            server.execute(f'CREATE DATABASE "{self.name}"')
        entry = {**connections.settings["default"], "NAME": self.name}
        connections.settings[ALIAS] = entry
        connections[ALIAS] = DatabaseWrapper(entry, ALIAS)

    def connect(self, name: str = "", **options: Any) -> "psycopg.Connection[Any]":
        """Open a connection that Django and its guard know nothing of."""
        default = settings.DATABASES["default"]
        return psycopg.connect(
            host=default.get("HOST") or None,
            port=default.get("PORT") or None,
            password=default.get("PASSWORD") or None,
            dbname=name or self.name,
            autocommit=True,
            **{"user": default.get("USER") or None, **options},
        )

    def drop(self) -> None:
        connections[ALIAS].close()
        del connections[ALIAS], connections.settings[ALIAS]
        with self.connect("postgres") as server:
            server.execute(f'DROP DATABASE IF EXISTS "{self.name}" WITH (FORCE)')


@pytest.fixture
def known(governance_settings: Any, monkeypatch: pytest.MonkeyPatch) -> Registry:
    """The registry above in force, everything enforced but notes."""
    governance_settings(MODE="enforce", MODULES={"notes": "report"})
    monkeypatch.setattr(current._state, "known", Ownership(registry=REGISTRY, findings=()))
    return REGISTRY


@pytest.fixture
def database(known: Registry, django_db_blocker: DjangoDbBlocker) -> Iterator[Database]:
    """The tables above without triggers, for one test."""
    with django_db_blocker.unblock():
        made = Database()
        with made.connect() as connection:
            connection.execute(SCHEMA)
        yield made
        made.drop()


@pytest.fixture
def guarded(database: Database) -> Iterator["psycopg.Connection[Any]"]:
    """A plain connection to the tables above, with triggers."""
    install()
    with database.connect() as connection:
        yield connection


def install() -> None:
    """Bring the triggers up to date."""
    assert run(triggers.installation(triggers.look(ALIAS)), using=ALIAS) == []


@pytest.fixture
def set_outsiders(
    known: Any, governance_settings: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., None]:
    kept = current._state.known

    def change(outsiders: dict[str, str]) -> None:
        governance_settings(OUTSIDERS=outsiders)
        monkeypatch.setattr(current._state, "known", kept)

    return change
