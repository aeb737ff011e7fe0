"""Constraints that are added, validated or dropped."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from governance.findings import Finding
from governance.postgres.ddl.actions import (
    AddColumn,
    AddConstraint,
    AlterConstraint,
    ChangeObject,
    Constraint,
    ConstraintKind,
    DropConstraint,
    RenameConstraint,
    ValidateConstraint,
)
from governance.postgres.locks import Lock
from governance.review.policy.cases import ActionRules, Case
from governance.review.policy.writing import keeping_state, value_code

_AT_ONCE = {
    ConstraintKind.FOREIGN_KEY: "foreign-key-validated-at-once",
    ConstraintKind.CHECK: "check-validated-at-once",
    ConstraintKind.UNIQUE: "unique-built-under-lock",
    ConstraintKind.PRIMARY_KEY: "primary-key-built-under-lock",
    ConstraintKind.EXCLUDE: "exclusion-built-under-lock",
}
_DEMANDING = {ConstraintKind.CHECK, ConstraintKind.UNIQUE, ConstraintKind.EXCLUDE}


def _added(case: Case, action: AddConstraint) -> Iterator[Finding]:
    yield from _checked_at_once(case, action.constraint)
    yield from _new_demand(case, action.constraint)


def _added_with_column(case: Case, action: AddColumn) -> Iterator[Finding]:
    """UNIQUE, CHECK, REFERENCES and PRIMARY KEY as part of ADD COLUMN."""
    column = action.column
    valued = column.default is not None or column.serial or column.identity
    for constraint in column.constraints:
        columns = constraint.columns or (column.name,)
        if constraint.kind is ConstraintKind.FOREIGN_KEY and not valued:
            yield from _locks_referenced(case, constraint, columns)
        else:
            yield from _checked_at_once(case, constraint, columns)


def _checked_at_once(
    case: Case, constraint: Constraint, columns: tuple[str, ...] = ()
) -> Iterator[Finding]:
    columns = columns or constraint.columns
    key = constraint.kind is ConstraintKind.PRIMARY_KEY
    if not case.effect().scan or case.is_quiet() or constraint.kind not in _AT_ONCE:
        if constraint.kind is ConstraintKind.FOREIGN_KEY:
            yield from _locks_referenced(case, constraint, columns)
        return
    slug = _AT_ONCE[constraint.kind]
    if key and constraint.using_index:
        slug = "primary-key-on-nullable-columns"
    lock = (
        "SHARE ROW EXCLUSIVE"
        if case.effect().lock is Lock.SHARE_ROW_EXCLUSIVE
        else ("ACCESS EXCLUSIVE")
    )
    yield case.finding(
        slug,
        _fact(case, constraint, columns, lock),
        _INSTEAD[slug](case, constraint, columns),
        part=_named(constraint, columns),
    )


def _fact(case: Case, constraint: Constraint, columns: tuple[str, ...], lock: str) -> str:
    table, listed = f"{case.table}{case.size()}", ", ".join(columns)
    match constraint.kind:
        case ConstraintKind.FOREIGN_KEY:
            referenced = constraint.reference.table if constraint.reference else "another table"
            return (
                f"checks {listed} of every row of {table} against {referenced} under {lock} on "
                "both: nobody can write either table meanwhile"
            )
        case ConstraintKind.CHECK:
            said = constraint.expression or constraint.name
            return f"checks every row of {table} against {said} under {lock}: {_STOPPED}"
        case ConstraintKind.PRIMARY_KEY if constraint.using_index:
            return f"looks for NULLs in every row of {table} under {lock}: {_STOPPED}"
    kind = constraint.kind.value.upper()
    return f"builds the index of {kind} ({listed}) on {table} under {lock}: {_STOPPED}"


_STOPPED = "nobody can read or write the table meanwhile"


def _foreign_key_instead(case: Case, constraint: Constraint, columns: tuple[str, ...]) -> str:
    reference = constraint.reference
    name = _named(constraint, columns)
    target = f"{reference.table}" if reference else "…"
    key = f" ({', '.join(reference.columns)})" if reference and reference.columns else ""
    return (
        "Add it without looking at the rows, and look at them in the next migration, while work "
        "goes on:\n"
        f"ALTER TABLE {case.table} ADD CONSTRAINT {name} FOREIGN KEY ({', '.join(columns)}) "
        f"REFERENCES {target}{key} NOT VALID\n"
        f"ALTER TABLE {case.table} VALIDATE CONSTRAINT {name}"
        f"{keeping_state(case)}"
    )


def _check_instead(case: Case, constraint: Constraint, columns: tuple[str, ...]) -> str:
    name = _named(constraint, columns)
    if case.operation.kind == "AddConstraint":
        operation: Any = case.operation.operation
        model, code = operation.model_name, value_code(operation.constraint)
        return (
            "Two migrations, with django.contrib.postgres.operations:\n"
            f'AddConstraintNotValid("{model}", {code})\n'
            f'ValidateConstraint("{model}", "{name}")'
        )
    return (
        "Two migrations:\n"
        f"ALTER TABLE {case.table} ADD CONSTRAINT {name} CHECK ({constraint.expression}) NOT VALID"
        f"\nALTER TABLE {case.table} VALIDATE CONSTRAINT {name}"
    )


def _unique_instead(case: Case, constraint: Constraint, columns: tuple[str, ...]) -> str:
    name, kind = _named(constraint, columns), constraint.kind.value.upper()
    return (
        "Build the index while work goes on (a migration with atomic = False), then make it the "
        "constraint in the next one:\n"
        f"CREATE UNIQUE INDEX CONCURRENTLY {name} ON {case.table} ({', '.join(columns)})\n"
        f"ALTER TABLE {case.table} ADD CONSTRAINT {name} {kind} USING INDEX {name}"
        f"{keeping_state(case)}"
    )


def _nullable_key_instead(case: Case, constraint: Constraint, columns: tuple[str, ...]) -> str:
    known = case.known()
    index = known.indexes.get(constraint.using_index) if known else None
    column = next(iter(columns or (index.columns if index else ())), "id")
    return (
        "Make the columns NOT NULL first, each statement a migration of its own:\n"
        f"ALTER TABLE {case.table} ADD CONSTRAINT {column}_set CHECK ({column} IS NOT NULL) NOT "
        "VALID\n"
        f"ALTER TABLE {case.table} VALIDATE CONSTRAINT {column}_set\n"
        f"ALTER TABLE {case.table} ALTER COLUMN {column} SET NOT NULL"
    )


def _exclusion_instead(case: Case, constraint: Constraint, columns: tuple[str, ...]) -> str:
    del constraint, columns
    return (
        "PostgreSQL has no way to build it while work goes on. Put it on a new table and move the "
        f"rows of {case.table} there, or run it in an hour without users, with a lock_timeout."
    )


_INSTEAD = {
    "foreign-key-validated-at-once": _foreign_key_instead,
    "check-validated-at-once": _check_instead,
    "unique-built-under-lock": _unique_instead,
    "primary-key-built-under-lock": _unique_instead,
    "primary-key-on-nullable-columns": _nullable_key_instead,
    "exclusion-built-under-lock": _exclusion_instead,
}


def _locks_referenced(
    case: Case, constraint: Constraint, columns: tuple[str, ...]
) -> Iterator[Finding]:
    """The rows are not checked now, but both tables are locked for a moment."""
    for other in case.others(Lock.SHARE_ROW_EXCLUSIVE):
        yield case.finding(
            "foreign-key-locks-both-tables",
            f"takes {other.lock} on {other.relation} for a moment, because {case.table} comes to "
            "point to it: writes of it wait",
            "Run it with a lock_timeout of a few seconds, and repeat it when that runs out.",
            part=f"{_named(constraint, columns)} {other.relation}",
        )


def _new_demand(case: Case, constraint: Constraint) -> Iterator[Finding]:
    if constraint.kind not in _DEMANDING or case.is_fresh() or not constraint.enforced:
        return
    demand = constraint.expression or f"unique {', '.join(constraint.columns)}"
    yield case.finding(
        "constraint-refuses-the-running-release",
        f"lets {case.table} demand {demand} of every write from now on, and the running release "
        "does not know that",
        "Release code that keeps to it first, and look for rows that do not.",
        part=f"{_named(constraint, constraint.columns)} demand",
    )


def _validated(case: Case, action: ValidateConstraint) -> Iterator[Finding]:
    """In a transaction that also added it, the stronger lock is still held."""
    if not case.step.in_transaction or case.is_quiet():
        return
    before, known = case.migration.before.tables.get(case.table), case.known()
    if known is None or action.name not in known.constraints:
        return
    if before is not None and action.name in before.constraints:
        return
    yield case.finding(
        "validated-in-the-same-transaction",
        f"validates {action.name} of {case.table}{case.size()} in the transaction that added it: "
        "the lock of ADD CONSTRAINT is held until all rows were read",
        f"Move it to the next migration:\nALTER TABLE {case.table} VALIDATE CONSTRAINT "
        f"{action.name}",
        part=action.name,
    )


def _dropped(case: Case, action: DropConstraint) -> Iterator[Finding]:
    if case.is_fresh():
        return
    known = case.known()
    constraint = known.constraints.get(action.name) if known else None
    if action.cascade and (constraint is None or constraint.kind in _KEYS):
        yield case.finding(
            "constraint-dropped-with-cascade",
            f"drops {action.name} of {case.table} with CASCADE, and with it each foreign key that "
            f"needs it{_listed(case)}",
            "Drop these foreign keys by name first, in migrations of their owners; then drop "
            f"{action.name} without CASCADE.",
            part=action.name,
        )
        return
    if constraint is not None and constraint.kind is ConstraintKind.PRIMARY_KEY:
        yield case.finding(
            "primary-key-replaced",
            f"drops the primary key of {case.table}{case.size()}, by which the running release "
            "finds its rows",
            "Add a unique index on the new columns beside it, and drop the key when no release "
            "and no foreign key needs it any more.",
            part=action.name,
        )
        return
    others = case.others(Lock.ACCESS_EXCLUSIVE)
    for other in others:
        yield case.finding(
            "foreign-key-drop-locks-both-tables",
            f"drops the foreign key {action.name} and takes ACCESS EXCLUSIVE on {other.relation} "
            f"as well as on {case.table}",
            "Run it with a lock_timeout, as the only operation of its migration.",
            part=action.name,
        )
    if not others and constraint is not None and constraint.kind in _DEMANDING:
        yield case.finding(
            "constraint-dropped",
            f"drops {action.name}: {case.table} then accepts rows that it refused so far, and "
            "with such rows it can't be added again",
            "Say on the review card how to find these rows before going back.",
            part=action.name,
        )


_KEYS = {ConstraintKind.PRIMARY_KEY, ConstraintKind.UNIQUE}


def _listed(case: Case) -> str:
    tables = [effect.relation for effect in case.others(Lock.ACCESS_EXCLUSIVE)]
    return f" ({', '.join(tables)})" if tables else ""


def _altered(case: Case, action: AlterConstraint | RenameConstraint) -> Iterator[Finding]:
    if case.is_fresh():
        return
    verb = (
        f"renames {action.name} to {action.to}"
        if isinstance(action, RenameConstraint)
        else (f"alters {action.name} ({action.change})")
    )
    yield case.finding(
        "constraint-altered",
        f"{verb} on {case.table}, under ACCESS EXCLUSIVE for a moment",
        f"Search the code for {action.name}, and run it with a lock_timeout.",
        part=action.name,
    )


def _domain(case: Case, action: ChangeObject) -> Iterator[Finding]:
    if action.kind == "domain" and action.verb == "create" and action.detail:
        yield case.finding(
            "domain-with-check",
            f"creates the domain {action.name} with a CHECK: a column of it with a default "
            "rewrites its table when it is added",
            "Put the CHECK on the table that needs it.",
            part=action.name,
        )
    if action.kind == "domain constraint" and action.verb == "create":
        yield from _domain_constraint(case, action)


def _domain_constraint(case: Case, action: ChangeObject) -> Iterator[Finding]:
    """Which columns are of a domain that no migration has created is not known."""
    users = [e.relation for e in case.step.effects.relations if e.scan]
    tables = ", ".join(table for table in users if not case.is_quiet(table))
    if action.name not in case.step.before.domains and "not valid" not in action.detail:
        tables = f"every table that has a column of {action.name}"
    if tables:
        yield case.finding(
            "domain-constraint-validated-at-once",
            f"checks every row of {tables} against the new constraint of the domain "
            f"{action.name}, and nobody can write there meanwhile (SHARE)",
            f"Add it NOT VALID, and in the next migration:\nALTER DOMAIN {action.name} VALIDATE "
            "CONSTRAINT …",
            part=action.name,
        )


def _named(constraint: Constraint, columns: tuple[str, ...]) -> str:
    ending = {"foreign key": "fk", "primary key": "pk", "unique": "uniq"}
    kind = constraint.kind.value
    return constraint.name or "_".join((*columns, ending.get(kind, kind)))


CONSTRAINT_RULES: ActionRules = {
    AddConstraint: (_added,),
    AddColumn: (_added_with_column,),
    ValidateConstraint: (_validated,),
    DropConstraint: (_dropped,),
    RenameConstraint: (_altered,),
    AlterConstraint: (_altered,),
    ChangeObject: (_domain,),
}
