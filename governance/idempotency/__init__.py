"""Has this request been answered before? A key names an operation that runs once, or not at all.

``@idempotent`` writes the key and the effects of a view in one transaction. ``drf`` and ``ninja``
have the same for those frameworks, ``asynchronous`` for async views, ``staged`` for work that
reaches outside the database, and ``testing`` what adopters test with.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from governance.idempotency.asynchronous import run_idempotent
    from governance.idempotency.context import current_key
    from governance.idempotency.decorating import idempotent
    from governance.idempotency.options import Options
    from governance.idempotency.outcomes import answered

_PLACES = {
    "Options": "options",
    "answered": "outcomes",
    "current_key": "context",
    "idempotent": "decorating",
    "run_idempotent": "asynchronous",
}

__all__ = ["Options", "answered", "current_key", "idempotent", "run_idempotent"]


def __getattr__(name: str) -> object:
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = globals()[name] = getattr(import_module(f"{__name__}.{_PLACES[name]}"), name)
    return value
