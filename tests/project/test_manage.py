"""``manage.py`` of the demonstration says what is wrong without a traceback."""

import os
import subprocess
import sys

import pytest

from tests.monolith import CHECKOUT


@pytest.mark.parametrize(
    ("environment", "words"),
    [
        ({"DATABASE_URL": "nonsense:x"}, "DATABASE_URL is not a PostgreSQL connection URL."),
        ({"DATABASE_URL": "", "POSTGRES_VERSION": "9"}, "PostgreSQL 9"),
    ],
)
def test_mistakes_in_the_environment(environment: dict[str, str], words: str) -> None:
    result = subprocess.run(
        [sys.executable, "manage.py", "check"],
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "project.settings", **environment},
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 1
    assert words in result.stderr
    assert "Traceback" not in result.stderr
