"""What a way to write finance's tables is: something with a name that can be tried."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One way to change finance's data from dev. Needs seeded data and can be run any number
    of times; each run that is not refused changes at least one row of finance."""

    name: str
    slug: str
    """The same for a wrong way and its right counterpart."""
    run: Callable[[], None]
