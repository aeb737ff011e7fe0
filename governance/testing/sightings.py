"""What was seen since the last look, and whether it was a test's own doing."""

from __future__ import annotations

from dataclasses import dataclass, field

from governance.exceptions import WriteRefused
from governance.findings import Finding
from governance.writes.files import kinds, learn
from governance.writes.sites import TESTS

_MOST_ERRORS = 100
"""Errors kept for each violation: they hold the frames that they came through."""


@dataclass(slots=True, kw_only=True)
class Sighting:
    """One violation at one place, until it is known who dealt with it."""

    finding: Finding
    sent: int = 0
    """How often it was not refused, as far as is known."""
    errors: list[WriteRefused] = field(default_factory=list)

    def refused(self, error: WriteRefused) -> None:
        """Note that the latest one was refused."""
        if len(self.errors) < _MOST_ERRORS and self.sent:
            self.errors.append(error)
            self.sent -= 1

    @property
    def count(self) -> int:
        """How often it happened, without those refusals that a test has caught itself."""
        return self.sent + sum(not _is_expected(error) for error in self.errors)


def _is_expected(error: WriteRefused) -> bool:
    """Tell whether test code caught a refusal, as ``pytest.raises`` in a test does.

    A traceback begins with the frame that caught the error. ``assertRaises`` takes it away.
    """
    trace = error.__traceback__
    if trace is None:
        return True
    file = trace.tb_frame.f_code.co_filename
    caught_by_runner = file.endswith("case.py") and "unittest" in file
    return (kinds.get(file) or learn(file)) == TESTS and not caught_by_runner
