"""A connection beside Django's, so that no guard stands between a test and PostgreSQL."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.db import connection


@pytest.fixture
def postgres(db: None) -> Iterator[psycopg.Connection[Any]]:
    """A connection in a transaction that is rolled back."""
    parameters = connection.get_connection_params()
    parameters = {k: v for k, v in parameters.items() if k not in {"cursor_factory", "context"}}
    with psycopg.connect(**parameters) as own:
        yield own
        own.rollback()
