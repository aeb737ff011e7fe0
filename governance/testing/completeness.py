"""Was this a run of all tests? Only then does it say something that a write was not seen."""

from __future__ import annotations

from typing import Any

import pytest

_NARROWING = ("keyword", "markexpr", "lf", "failedfirst_only", "stepwise", "deselect", "ignore")


def is_complete(reporter: Any) -> bool:
    """Tell whether no test was left out: no paths, no selection, no early end."""
    config: pytest.Config = reporter.config
    session = reporter._session
    everything = config.args_source is not pytest.Config.ArgsSource.ARGS
    narrowed = any(getattr(config.option, name, None) for name in _NARROWING)
    stopped = bool(session.shouldstop or session.shouldfail)
    left_out = reporter.stats.get("deselected") or reporter.stats.get("error")
    return everything and not narrowed and not stopped and not left_out
