"""Both ways to be called: in a transaction of Django's (ATOMIC_REQUESTS), and without one."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import transaction

from tests.idempotency.serving import connect, migrate


@pytest.fixture(params=["alone", "inside a transaction"])
def database(request: pytest.FixtureRequest, transactional_db: None) -> Any:
    if request.param == "alone":
        yield request.param
        return
    with transaction.atomic():
        yield request.param


@pytest.fixture(scope="session")
def site_database(
    tmp_path_factory: pytest.TempPathFactory, django_db_blocker: Any
) -> Iterator[dict[str, Any]]:
    """A database of its own for the site that real servers run."""
    default = settings.DATABASES["default"]
    keys = ("ENGINE", "USER", "PASSWORD", "HOST", "PORT")
    database = {key: default.get(key, "") for key in keys} | {"NAME": f"site_{uuid4().hex[:12]}"}
    with connect(database | {"NAME": "postgres"}) as server:
        server.execute(f'CREATE DATABASE "{database["NAME"]}"')
    migrate(database, tmp_path_factory.mktemp("site"))
    yield database
    with connect(database | {"NAME": "postgres"}) as server:
        server.execute(f'DROP DATABASE "{database["NAME"]}" WITH (FORCE)')
