"""The transaction around a view, if there is one."""

from __future__ import annotations

from django.db import connections


def in_request_transaction(alias: str) -> bool:
    """Tell whether somebody else commits: ATOMIC_REQUESTS, or a decorator; tests don't count."""
    outer = connections[alias].atomic_blocks
    return bool(outer) and not getattr(outer[-1], "_from_testcase", False)
