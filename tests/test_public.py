"""The package imports without Django being set up, and its public names stay."""

import pickle
import subprocess
import sys

import governance
from governance import Location, WriteRefused


def test_imports_without_settings() -> None:
    code = (
        "import governance, sys; from governance.postgres import embedded; "
        "assert 'django.contrib.admin' not in sys.modules; print(sorted(governance.__all__))"
    )
    result = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        env={"PATH": "", "PYTHONPATH": "."},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.stderr == ""
    assert result.returncode == 0


def test_public_names() -> None:
    assert governance.__all__ == [
        "Cascade",
        "ConfigurationError",
        "EmbeddedPostgresUnavailable",
        "Finding",
        "GovernanceError",
        "Location",
        "Module",
        "SchemaChangeRefused",
        "Severity",
        "Share",
        "Waiver",
        "WriteRefused",
        "acting_as",
        "current_actor",
        "owner_of",
    ]


def test_refusal_survives_pickling() -> None:
    """Task queues and parallel test runners send errors between processes."""
    location = Location(file="dev/x.py", line=3, function="dev.x.f")
    error = WriteRefused(
        "no", actor="dev", owner="finance", table="t", statement="INSERT", location=location
    )
    copy = pickle.loads(pickle.dumps(error))
    assert str(copy) == "no"
    assert (copy.actor, copy.owner, copy.table) == ("dev", "finance", "t")
    assert copy.location == location
