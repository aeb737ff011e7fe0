"""The schema at the end of a walked history is what PostgreSQL has at the end of the real one."""

from __future__ import annotations

import pytest
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState

from governance.postgres.ddl.schema import Schema
from governance.review import history
from tests.review.catalog import catalogued, described

pytestmark = pytest.mark.django_db


def walked() -> Schema:
    loader = MigrationLoader(None)
    plan = history.whole_plan(loader)
    found = list(history.review(plan, history.first_state(loader)))
    return found[-1].after


def test_the_end_is_what_postgresql_has() -> None:
    ours = described(walked())
    theirs = catalogued(connection)
    theirs.pop("django_migrations")
    assert {name: ours.get(name) for name in theirs} == theirs


def test_only_what_is_wanted_is_judged() -> None:
    loader = MigrationLoader(None)
    wanted = {("finance", "0002_legacy_ledger")}
    plan = history.whole_plan(loader)
    found = list(history.review(plan, history.first_state(loader), wanted=wanted))
    assert [migration.name for migration in found] == ["finance.0002_legacy_ledger"]
    assert "core_team" in found[0].before.tables


def test_states_are_left_alone() -> None:
    loader = MigrationLoader(None)
    state = history.first_state(loader)
    list(history.review(history.whole_plan(loader), state))
    assert state == ProjectState(real_apps=loader.unmigrated_apps)
