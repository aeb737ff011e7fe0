"""What a statement does to tables."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TableWrite:
    """One table that a statement writes or alters."""

    table: str
    """As PostgreSQL reads it: ``name`` or ``schema.name``, unquoted, folded, cut to 63 bytes."""
    operation: str
    """insert, update, delete, merge, copy, truncate (rows); create, alter, drop (schema).

    An insert may update on conflict. A merge inserts or updates; what it deletes is a delete.
    """

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
    """Without its own temporary tables."""
    temporary: frozenset[str] = frozenset()
    """Temporary tables it creates; they belong to whoever creates them."""
    unreadable: str = ""
    """Why some of it can't be read, as the predicate of a sentence; empty when all was read."""
    calls: frozenset[str] = frozenset()
    """Functions it calls that are not PostgreSQL's own. What they do is not known here.

    Looked for where it matters: not in the shapes of the ORM that write anyway.
    """

    @property
    def may_write(self) -> bool:
        """Whether it writes a table, or may: by a function, or by what can't be read."""
        return bool(self.writes or self.calls or self.unreadable)


READ = Statement()
"""A text that writes nothing."""
