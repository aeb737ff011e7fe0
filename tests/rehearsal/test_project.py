"""The migrations of the demonstration, and our own, pass their rehearsal."""

import json
import os
import subprocess
import sys

import pytest

from tests.monolith import CHECKOUT


@pytest.mark.parametrize(
    ("label", "names"),
    {
        "": {"core.0001_initial", "dev.0002_usage_sample", "finance.0004_daily_totals"},
        "governance": {"governance.0001_initial", "governance.0002_violation"},
    }.items(),
)
def test_every_migration_goes_both_ways(label: str, names: set[str]) -> None:
    arguments = ["schema_rehearse", *filter(None, [label]), "--all", "--format", "json"]
    ran = subprocess.run(
        [sys.executable, "manage.py", *arguments, "--fail-level", "info"],
        cwd=CHECKOUT,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "project.settings"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert (ran.returncode, ran.stderr) == (0, "")
    rehearsals = json.loads(ran.stdout)["rehearsals"]
    assert names <= {rehearsal["migration"] for rehearsal in rehearsals}
    assert all(all(rehearsal["stages"].values()) for rehearsal in rehearsals)
