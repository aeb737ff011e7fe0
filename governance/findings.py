"""The one currency: what every detector yields and every report renders."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any


class Severity(IntEnum):
    """Severity of a finding; the values are those of Django's check levels."""

    INFO = 20
    WARNING = 30
    ERROR = 40

    @classmethod
    def named(cls, name: str) -> Severity:
        return cls[name.upper()]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """An entry of the catalogue: what can be wrong, what it means, what to do."""

    number: int
    """Never reused, never renumbered; the hundreds name the area."""
    severity: Severity
    slug: str
    title: str
    meaning: str
    remedy: str
    bad: str = ""
    good: str = ""

    @property
    def id(self) -> str:
        """The id of Django's check framework, such as ``governance.E201``."""
        return f"governance.{self.severity.name[0]}{self.number:03}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Location:
    """A line of source code."""

    file: str
    """Path, relative to the working directory where it lies below it."""
    line: int
    function: str = ""
    """Qualified name of the enclosing function, empty at module level."""

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing a human must know."""

    rule: Rule
    message: str
    """One sentence in the present tense with real names: the fact."""
    hint: str
    """The next act, ready to copy."""
    subject: str
    """The thing: ``finance_transaction``, ``finance.Transaction.iban``, ``dev.0007_x#2``."""
    actor: str = ""
    owner: str = ""
    location: Location | None = None
    details: Mapping[str, Any] = field(default_factory=dict)

    @property
    def severity(self) -> Severity:
        return self.rule.severity

    @property
    def fingerprint(self) -> str:
        """Stable identity: rule, actor, caller, subject and kind of operation; no line number.

        It is the same in every layer: a ``save()`` is an insert or an update only once it runs,
        so all operations that leave rows behind are one kind, and all that remove rows another.
        """
        caller = self.location.function if self.location else ""
        operation = str(self.details.get("operation"))
        kind = _KINDS.get(operation, operation)
        parts = (self.rule.slug, self.actor, caller, self.subject, kind)
        text = "\x1f".join(str(part) for part in parts)
        return hashlib.sha256(text.encode()).hexdigest()[:16]


_KINDS = {
    **dict.fromkeys(("insert", "update", "copy", "merge", "save"), "write"),
    **dict.fromkeys(("delete", "truncate"), "remove"),
}
"""Operation → its kind in fingerprints; any other operation is a kind of its own."""
