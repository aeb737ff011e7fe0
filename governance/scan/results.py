"""What a scan gives back."""

from __future__ import annotations

from dataclasses import dataclass

from governance.findings import Finding, Location


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """One place in the code that writes, or reads, one table."""

    actor: str
    """Module in whose name the code runs; ``unknown`` for code of no module."""
    caller: str
    """Dotted: module of the code and qualified name of the function or class."""
    table: str
    column: str = ""
    """Empty for the whole row, and for writes."""
    owner: str
    operation: str
    location: Location


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolution:
    """Of how many calls that look like a write it is known what they write, or that they don't."""

    resolved: int
    total: int

    @property
    def percent(self) -> float:
        return 100.0 * self.resolved / self.total if self.total else 100.0

    def __add__(self, other: Resolution) -> Resolution:
        return Resolution(resolved=self.resolved + other.resolved, total=self.total + other.total)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unresolved:
    """A call that looks like a write, on something of which nothing is known."""

    text: str
    location: Location


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """Everything that one scan found, in the order of files and lines."""

    findings: tuple[Finding, ...]
    writes: tuple[Access, ...]
    """Every resolved write of first-party code, permitted ones too."""
    reads: tuple[Access, ...]
    resolution: Resolution
    unresolved: tuple[Unresolved, ...]
    files: int
    complete: bool
    """False when only some paths were looked at."""


def identity(finding: Finding) -> tuple[str, str, int]:
    """Two findings with the same are one: two files may save the form of a third."""
    place = finding.location
    return (finding.fingerprint, place.file, place.line) if place else (finding.fingerprint, "", 0)
