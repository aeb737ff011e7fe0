"""Rehearsals need the server of the tests, but no test database."""

from collections.abc import Iterator

import pytest
from pytest_django.plugin import DjangoDbBlocker

from tests.rehearsal import stagehand


@pytest.fixture(autouse=True)
def unblocked(django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    with django_db_blocker.unblock():
        yield


@pytest.fixture(autouse=True, scope="session")
def closed_at_the_end() -> Iterator[None]:
    yield
    stagehand.close()
