"""Both ways to be called: in a transaction of Django's (ATOMIC_REQUESTS), and without one."""

from typing import Any

import pytest
from django.db import transaction


@pytest.fixture(params=["alone", "inside a transaction"])
def database(request: pytest.FixtureRequest) -> Any:
    if request.param == "alone":
        request.getfixturevalue("transactional_db")
        yield request.param
        return
    request.getfixturevalue("transactional_db")
    with transaction.atomic():
        yield request.param
