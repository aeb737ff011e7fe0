"""Was this a run of all tests? Only then does it say something that a write was not seen."""

from __future__ import annotations

import pytest

_NARROWING = ("keyword", "markexpr", "lf", "stepwise", "deselect", "ignore", "ignore_glob")


def is_complete(session: pytest.Session) -> bool:
    """Tell whether no test was left out, and all have passed: no paths, no selection, no early end.

    A test that fails may not have come to the write that it would have shown.
    """
    config = session.config
    everything = config.args_source is not pytest.Config.ArgsSource.ARGS
    narrowed = any(getattr(config.option, name, None) for name in _NARROWING)
    stopped = bool(session.shouldstop or session.shouldfail)
    passed = session.exitstatus == pytest.ExitCode.OK and not session.testsfailed
    return everything and passed and not narrowed and not stopped
