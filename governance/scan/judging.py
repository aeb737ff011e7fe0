"""Is a write that the scan found permitted? The findings speak as the guard's do at run time."""

from __future__ import annotations

from governance.findings import Finding, Location
from governance.ownership.names import UNKNOWN, is_unknown
from governance.ownership.places import shown
from governance.ownership.registry import Registry
from governance.ownership.remedies import ways_on, ways_on_unknown_actor
from governance.postgres.grammar import normalized
from governance.postgres.statements import TableWrite
from governance.rules import rule
from governance.scan.attribution import Actor

LAYER = "static"
_SCHEMA = frozenset({"create", "alter", "drop"})


def judge(
    actor: Actor, write: TableWrite, registry: Registry, *, migrating: bool = False
) -> Finding | None:
    """Return what is wrong with a write; None when it is permitted."""
    if actor.may_write(registry, write.table):
        return None
    table = registry.table(write.table)
    if table is None:
        hint = f'Name it in the module that writes it: Module(name=…, tables=["{write.table}"]).'
        fact = "nobody owns the table"
        found = _finding(
            "unowned-write", fact=fact, hint=hint, actor=actor, write=write, registry=registry
        )
        return None if migrating else found
    fact = f"the table belongs to {registry.described(table.owner)}"
    if actor.module == UNKNOWN:
        hint = ways_on_unknown_actor(table.name, write.operation, table.owner, registry)
        return _finding(
            "unknown-actor", fact=fact, hint=hint, actor=actor, write=write, registry=registry
        )
    if migrating or write.operation in _SCHEMA:
        hint = f"instead  write it as a migration of {table.owner}"
    else:
        hint = ways_on(table.name, write.operation, actor.module, table.owner, registry)
    return _finding(
        "cross-module-write", fact=fact, hint=hint, actor=actor, write=write, registry=registry
    )


def unreadable(actor: Actor, sql: str, why: str) -> Finding:
    """Return the finding about SQL that is known, and can't be read."""
    module = actor.module if actor.module != UNKNOWN else "module"
    return Finding(
        rule=rule("unknown-write"),
        message=f"A statement of {actor.module} {why}, so nobody knows which tables it writes.",
        hint=f'Write it as plain SQL, or answer for it: with acting_as("{module}", reason="…"):',
        subject=normalized(sql)[:80],
        actor=actor.module,
        location=actor.location,
        details=_details("unknown", actor),
    )


def composed(actor: Actor, text: str) -> Finding:
    """Return the finding about SQL whose table is only known once it runs."""
    who = "Code of no module" if is_unknown(actor.module) else actor.module
    return Finding(
        rule=rule("composed-sql"),
        message=f"{who} composes SQL that writes, and the scan can't tell which table.",
        hint="Name the table in a literal or a constant, or through Model._meta.db_table. "
        "At run time the guard judges it.",
        subject=" ".join(text.split())[:80],
        actor=actor.module,
        location=actor.location,
        details=_details("unknown", actor),
    )


def borrowed(opener: str, module: str, file: str, line: int) -> Finding:
    """Return the finding about a scope in another module's name that gives no reason."""
    return Finding(
        rule=rule("borrowed-scope"),
        message=f"{opener} acts as {module} in {shown(file)} without saying why.",
        hint=f'Say why: acting_as("{module}", reason="…"), or call the interface of {module}.',
        subject=shown(file),
        actor=opener,
        owner=module,
        location=Location(file=shown(file), line=line),
        details={"operation": "scope", "caller": "", "layer": LAYER},
    )


def unreadable_source(file: str, error: Exception) -> Finding:
    """Return the finding about a file that can't be read or parsed."""
    line = getattr(error, "lineno", None) or 1
    known = isinstance(error, SyntaxError | OSError | ValueError)
    reason = getattr(error, "msg", None) or getattr(error, "strerror", None) or str(error)
    reason = reason if known else f"the scan broke off with {type(error).__name__}: {error}"
    return Finding(
        rule=rule("unreadable-source"),
        message=f"{shown(file)} can't be read: {reason}.",
        hint="Correct it, or remove it. Nobody knows what it writes.",
        subject=shown(file),
        location=Location(file=shown(file), line=line),
        details={"operation": "read", "caller": "", "layer": LAYER},
    )


def low_resolution(percent: float, floor: float, unresolved: int) -> Finding:
    """Return the finding about a scan that understood too little."""
    return Finding(
        rule=rule("low-resolution"),
        message=f"The scan resolved {percent:.1f} % of the calls that look like writes; "
        f"{floor:g} % are asked for.",
        hint=f"List the {unresolved} it could not resolve with --unresolved, and annotate "
        "parameters and returns there.",
        subject="resolution",
        details={"operation": "scan", "caller": "", "layer": LAYER},
    )


def _finding(
    slug: str, *, fact: str, hint: str, actor: Actor, write: TableWrite, registry: Registry
) -> Finding:
    who = actor.module if actor.module != UNKNOWN else "Code of no module"
    known = registry.table(write.table)
    table = known.name if known else write.table
    return Finding(
        rule=rule(slug),
        message=f"{who} may not {phrase(write)} {table}: {fact}.",
        hint=hint,
        subject=table,
        actor=actor.module,
        owner=registry.owner_of_table(write.table),
        location=actor.location,
        details=_details(write.operation, actor),
    )


def phrase(write: TableWrite) -> str:
    """The operation as a verb; whether a ``save`` inserts or updates shows only when it runs."""
    return "save into" if write.operation == "save" else write.phrase


def _details(operation: str, actor: Actor) -> dict[str, str]:
    return {"operation": operation, "caller": actor.location.function, "layer": LAYER}
