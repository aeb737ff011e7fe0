"""Fixtures that several folders of tests share."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import hypothesis
import pytest
from django.conf import LazySettings
from django.core.management import call_command
from pytest_django.plugin import DjangoDbBlocker

from governance.acceptance import ci
from governance.findings import Finding
from governance.writes import recorder
from tests import oracle
from tests.histories import History, history_at
from tests.monolith import Monolith

pytest_plugins = ["tests.distribution", "tests.oracle_report", "tests.single_run"]

# Tests run as on somebody's machine wherever they run; those about CI say so themselves. pytest
# and our baseline both act differently in CI, also in the children that tests start.
for _variable in (*ci.VARIABLES, "BUILD_NUMBER"):
    os.environ.pop(_variable, None)

# A loaded machine is slow, and no test is about that.
hypothesis.settings.register_profile(
    "patient", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("patient")


@pytest.fixture
def governance_settings(settings: LazySettings) -> Callable[..., None]:
    """Set keys of GOVERNANCE for one test."""

    def change(**changes: object) -> None:
        settings.GOVERNANCE = {**settings.GOVERNANCE, **changes}

    return change


@pytest.fixture
def enforce(governance_settings: Callable[..., None]) -> None:
    governance_settings(MODE="enforce")


@pytest.fixture
def report(governance_settings: Callable[..., None]) -> Iterator[Callable[[], list[Finding]]]:
    """Report mode, and what was recorded in it."""
    governance_settings(MODE="report")
    recorder.clear()
    yield recorder.recorded
    recorder.clear()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    """Seed the test database once; tests in a transaction all see the same rows."""
    with django_db_blocker.unblock():
        call_command("seed", verbosity=0)
        oracle.install()
        oracle.listen()


@pytest.fixture(autouse=True)
def rows_again(
    request: pytest.FixtureRequest, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    """Seed the test database once more behind a test that leaves it empty.

    For every test, so that it begins before any other of its fixtures, and ends after it.
    """
    yield
    if "transactional_db" in request.fixturenames:
        with django_db_blocker.unblock():
            call_command("seed", verbosity=0, reset=True)


@pytest.fixture
def seeded(db: None) -> None:
    """The demonstration's rows, in a transaction that is rolled back."""


@pytest.fixture
def seeded_for_good(transactional_db: None) -> None:
    """Rows that are committed, for tests with several connections or threads."""
    call_command("seed", verbosity=0, reset=True)


@pytest.fixture
def history(tmp_path: Path, settings: LazySettings, monkeypatch: pytest.MonkeyPatch) -> History:
    """Migrations that a test writes for the app ``dev``."""
    return history_at(tmp_path, settings, monkeypatch)


@pytest.fixture
def monolith(tmp_path: Path, db: None) -> Iterator[Monolith]:
    """A project of its own, run in processes of its own on a database of its own."""
    project = Monolith(tmp_path)
    yield project
    project.drop()


@pytest.fixture(scope="module")
def new_monolith(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Callable[[], Monolith]]:
    """Make projects that are prepared once for a module; its tests work on copies of them."""
    made: list[Monolith] = []

    def make() -> Monolith:
        made.append(Monolith(tmp_path_factory.mktemp("prepared")))
        return made[-1]

    yield make
    for project in made:
        project.drop()
