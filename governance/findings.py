"""The one currency: what every detector yields and every report renders."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from functools import lru_cache
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
    acceptable: bool = True
    """Whether the baseline or a waiver may accept it. A mistake in a setting or a declaration is
    corrected instead."""

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
    def caller(self) -> str:
        """Dotted function that acts; empty where none is known."""
        return self.location.function if self.location else ""

    @property
    def kind(self) -> str:
        """Kind of the operation, the same in every layer; empty for what is no operation.

        A ``save()`` is an insert or an update only once it runs, so all operations that leave rows
        behind are one kind, and all that remove rows another.
        """
        operation = self.details.get("operation")
        return "" if operation is None else _KINDS.get(str(operation), str(operation))

    @property
    def fingerprint(self) -> str:
        """Stable identity: rule, actor, caller, subject and kind of operation; no line number."""
        return fingerprint(self.rule.slug, self.actor, self.caller, self.subject, self.kind)


@lru_cache(maxsize=16_384)
def fingerprint(slug: str, actor: str, caller: str, subject: str, kind: str) -> str:
    """Return the identity that these five facts make up, the same in every layer."""
    text = "\x1f".join((slug, actor, caller, subject, kind or "None"))
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()[:16]


_KINDS = {
    **dict.fromkeys(("insert", "update", "copy", "merge", "save"), "write"),
    **dict.fromkeys(("delete", "truncate"), "remove"),
}
"""Operation → its kind in fingerprints; any other operation is a kind of its own."""
