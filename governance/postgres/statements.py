"""What a statement does to tables."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TableWrite:
    """One table that a statement writes or alters."""

    table: str
    """As written, unquoted: ``name`` or ``schema.name``."""
    operation: str
    """insert, update, delete, merge, copy, truncate (rows); create, alter, drop (schema)."""

    @property
    def phrase(self) -> str:
        """The operation as a verb in front of the table: ``insert into``."""
        return _PHRASES.get(self.operation, self.operation)


_PHRASES = {
    "insert": "insert into",
    "copy": "copy into",
    "merge": "merge into",
    "delete": "delete from",
}


@dataclass(frozen=True, slots=True)
class Statement:
    """What a text does to tables."""

    writes: tuple[TableWrite, ...] = ()
    temporary: frozenset[str] = frozenset()
    """Temporary tables it creates; they belong to whoever creates them."""
    unreadable: str = ""
    """Why some of it can't be read, as the predicate of a sentence; empty when all was read."""


READ = Statement()
"""A text that writes nothing."""
