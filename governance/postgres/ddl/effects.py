"""What PostgreSQL does to apply an action."""

from __future__ import annotations

from dataclasses import dataclass

from governance.postgres.locks import Lock


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What happens to one relation that existed before."""

    relation: str
    """A table, or an index by its name."""
    lock: Lock = Lock.NONE
    """The strongest that is held until the end of the transaction."""
    rewrite: bool = False
    scan: bool = False
    """Its rows are read to validate, to fill or to build an index."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Effects:
    """What an action needs, and what is known to stop it."""

    relations: tuple[Effect, ...] = ()
    error: str = ""
    """The SQLSTATE with which it fails, where that is certain."""
    unknown: str = ""
    """Why nothing, or not everything, can be told, as a predicate."""
