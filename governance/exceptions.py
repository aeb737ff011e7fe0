"""Every error this package raises; each docstring says what it means for the reader."""

from collections.abc import Callable
from functools import partial

from governance.findings import Location


class GovernanceError(Exception):
    """Base of all errors raised by this package."""


class ConfigurationError(GovernanceError):
    """A setting or declaration can't be used as written; the message says which and how."""


class BaselineRefused(GovernanceError):
    """The baseline may not be written like this, or not here; nothing was changed."""


class EmbeddedPostgresUnavailable(GovernanceError):
    """No PostgreSQL binaries can be run here; set DATABASE_URL to use a server of your own."""


class RehearsalImpossible(GovernanceError):
    """A rehearsal could not begin: no server, or migrations before it that can't be applied."""


class MigrationBeforeFails(RehearsalImpossible):
    """A migration that comes before the one to be rehearsed can't be applied."""

    def __init__(self, key: tuple[str, str], message: str) -> None:
        super().__init__(message)
        self.key = key


class SchemaChangeRefused(GovernanceError):
    """A migration reaches into a table of another module."""


class WriteRefused(GovernanceError):
    """Code of one module tried to write a table of another.

    Nothing was written: it is raised before the statement is sent, or for a trigger's refusal,
    whose error is its ``__cause__``. It is no ``DatabaseError``, so that code which retries
    database errors does not swallow it. If you
    meet it, call the owner's interface instead; don't catch it: an ORM method that was in an
    atomic block of its own has marked the transaction for rollback, as any exception does.
    """

    def __init__(
        self,
        message: str,
        *,
        actor: str,
        owner: str,
        table: str,
        statement: str,
        location: Location | None = None,
    ) -> None:
        super().__init__(message)
        self.actor = actor
        """Module that tried to write; ``unknown`` when no module could be made out."""
        self.owner = owner
        """Module that owns the table."""
        self.table = table
        """Table as registered: bare name, or ``schema.name`` outside the search path."""
        self.statement = statement
        """Text of the statement, placeholders unfilled, shortened to 500 characters."""
        self.location = location
        """Line of first-party code that caused the write, where one was found."""
        for listener in tuple(refusal_listeners):
            listener(self)

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle with the keyword-only facts, as task queues and test runners do with errors."""
        return partial(WriteRefused, **vars(self)), (str(self),)


refusal_listeners: list[Callable[[WriteRefused], None]] = []
"""Called with each refusal as it is made. A test run wants to know who catches it."""
