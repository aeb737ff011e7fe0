"""What the static scan returns, as far as the review and ``schema_check`` look at it."""

from dataclasses import dataclass

from governance.findings import Finding, Location

_SOMEWHERE = Location(file="x.py", line=1)


@dataclass(frozen=True, kw_only=True)
class Access:
    actor: str
    caller: str
    table: str
    column: str = ""
    owner: str
    operation: str = "read"
    location: Location = _SOMEWHERE


@dataclass(frozen=True, kw_only=True)
class Resolution:
    resolved: int = 90
    total: int = 100


@dataclass(frozen=True, kw_only=True)
class Scan:
    findings: tuple[Finding, ...] = ()
    writes: tuple[Access, ...] = ()
    reads: tuple[Access, ...] = ()
    resolution: Resolution = Resolution()
    files: int = 3
    complete: bool = True
