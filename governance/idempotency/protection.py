"""The mark by which checks know a protected view."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http.response import HttpResponseBase

from governance.idempotency.options import Options

MARK = "_governance_idempotent"


@dataclass(frozen=True, slots=True, kw_only=True)
class Protection:
    """How a view is protected."""

    options: Options
    kind: str = "view"
    """``view``, ``drf``, ``ninja``, ``staged`` or ``async``."""
    view: Callable[..., Any] | None = None
    """What is protected, for a look at its code."""
    resume: Callable[[Any], HttpResponseBase] | None = None
    """How an operation in phases goes on without its request."""
    lease: float = 0
    """Seconds for which a worker of an operation in phases counts as alive."""


def mark(wrapper: Any, protection: Protection) -> None:
    setattr(wrapper, MARK, protection)


def protection_of(view: Any) -> Protection | None:
    found = getattr(view, MARK, None)
    return found if isinstance(found, Protection) else None
