"""Rehearsals need the server of the tests, but no test database."""

from collections.abc import Iterator

import pytest
from pytest_django.plugin import DjangoDbBlocker

from tests.rehearsal import stagehand


@pytest.fixture(autouse=True)
def unblocked(django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    with django_db_blocker.unblock():
        yield


@pytest.fixture(scope="session", autouse=True)
def stage_cleared() -> Iterator[None]:
    yield
    if stagehand.stage.cache_info().currsize:
        stagehand.server().drop(stagehand.stage()[0])
