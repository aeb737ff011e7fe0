"""Triggers and functions as SQL, each with the digest of its definition in its comment. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from governance.enforcement.permits import Permit
from governance.postgres.guards import FOLLOW, GUARD, Guarded, Routine
from governance.postgres.identifiers import literal, quoted_parts

_EVENTS = "INSERT OR UPDATE OR DELETE"
_BITS = 2 | 4 | 8 | 16
"""BEFORE, INSERT, DELETE, UPDATE, for each statement: ``pg_trigger.tgtype``."""
_TRUNCATE = 32
_QUOTE = "$governance$"
_SETTINGS = "search_path=pg_catalog"
_ALWAYS = ", always"
_LEAST_FOR_FOREIGN_TRUNCATE = 160_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """The trigger that a table should have."""

    relation: Guarded
    permit: Permit
    function: str
    """Quoted, with its schema."""
    always: bool
    """Whether it also runs where ``session_replication_role`` is ``replica``."""
    truncates: bool

    @property
    def events(self) -> int:
        return _BITS | (_TRUNCATE if self.truncates else 0)

    @property
    def digest(self) -> str:
        """The same for a partition and its root, so that a trigger may be copied."""
        return digest(str(self.events), self.function, self.condition, *self.permit.arguments)

    @property
    def condition(self) -> str:
        """The owner's own writes don't even call the function: that spares most of the cost.

        In a background process there may be no query: that is no permission.
        """
        return f"starts_with(current_query(), {self._signature}) IS NOT TRUE"

    @property
    def condition_as_shown(self) -> str:
        """The same as PostgreSQL writes it."""
        return f"(starts_with(current_query(), {self._signature}::text) IS NOT TRUE)"

    @property
    def _signature(self) -> str:
        return literal(f"/*own:{self.permit.owner}*/")

    @property
    def comment(self) -> str:
        return f"schema_enforce {self.digest}"

    @property
    def statements(self) -> tuple[str, ...]:
        """Replace what is there without a gap; needs only the lock that a writer waits for."""
        table = quoted_parts(self.relation.schema, self.relation.relation)
        events = _EVENTS + (" OR TRUNCATE" if self.truncates else "")
        arguments = ", ".join(literal(text) for text in self.permit.arguments)
        always = [f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {GUARD};"] if self.always else []
        create = (
            f"CREATE OR REPLACE TRIGGER {GUARD} BEFORE {events} ON {table} FOR EACH STATEMENT "
            f"WHEN ({self.condition}) EXECUTE FUNCTION {self.function}({arguments});"
        )
        return (
            create,
            f"COMMENT ON TRIGGER {GUARD} ON {table} IS {literal(self.comment)};",
            *always,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Function:
    """One of our functions as it should be."""

    name: str
    schema: str
    text: str
    """``CREATE OR REPLACE FUNCTION …`` with everything filled in."""
    always: bool = False

    @property
    def quoted(self) -> str:
        return quoted_parts(self.schema, self.name)

    @property
    def comment(self) -> str:
        return f"schema_enforce {digest(self.text)}{_ALWAYS if self.always else ''}"

    @property
    def statements(self) -> tuple[str, ...]:
        return (
            self.text,
            f"COMMENT ON FUNCTION {self.quoted}() IS {literal(self.comment)};",
        )

    def equals(self, found: Routine) -> bool:
        """Compare the code itself as well: a comment survives a change by hand."""
        source = self.text.split(_QUOTE)[1]
        return (found.comment, found.source, found.settings) == (
            self.comment,
            source,
            _SETTINGS,
        ) and not found.is_definer


def guard_function(schema: str, outsiders: Mapping[str, str], *, always: bool) -> Function:
    known = literal(json.dumps(dict(sorted(outsiders.items())), ensure_ascii=False))
    text = _text("guard").replace("{{outsiders}}", known)
    return Function(name=GUARD, schema=schema, text=_named(text, schema, GUARD), always=always)


def follow_function(schema: str) -> Function:
    return Function(name=FOLLOW, schema=schema, text=_named(_text("follow"), schema, FOLLOW))


def definition(
    relation: Guarded, permit: Permit, *, function: str, always: bool, server: int
) -> Definition:
    """Return the trigger for a table; ``server`` is PostgreSQL's version, such as 160004."""
    return Definition(
        relation=relation,
        permit=permit,
        function=function,
        always=always,
        truncates=not relation.is_foreign or server >= _LEAST_FOR_FOREIGN_TRUNCATE,
    )


def is_always(found: Routine) -> bool:
    """Tell whether the triggers of this database were asked to run on replicas too."""
    return found.comment.endswith(_ALWAYS)


def digest(*parts: str) -> str:
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:16]


def _named(text: str, schema: str, name: str) -> str:
    return text.replace("{{function}}", quoted_parts(schema, name))


@cache
def _text(name: str) -> str:
    file = files("governance.enforcement") / "sql" / f"{name}.sql"
    text = file.read_text(encoding="utf-8")
    return text[text.index("CREATE ") :].rstrip()
