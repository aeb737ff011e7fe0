"""Types, functions, views, triggers, rights."""

from __future__ import annotations

from collections.abc import Iterator

from governance.findings import Finding
from governance.postgres.ddl.actions import ChangeObject, Maintain, SetOption
from governance.review.policy.cases import ActionRules, Case
from governance.review.policy.texts import text_of, texts_after

_MADE = {"create", "replace"}
_NAMED = {"function", "procedure", "aggregate"}
_NO_TABLE = {"type", "enum", "domain", "function", "procedure", "extension", "schema", "sequence"}


def _enum(case: Case, action: ChangeObject) -> Iterator[Finding]:
    match action.verb, action.kind:
        case "create", "enum":
            yield case.finding(
                "enum-type-created",
                f"creates the enum {action.name}, from which no value can ever be removed",
                "A text column with choices and a CHECK can be changed in both directions.",
                part=action.name,
            )
        case "create", "enum value":
            yield from _enum_value(case, action)
        case "rename", "enum value":
            yield case.finding(
                "enum-value-renamed",
                f"renames a value of the enum {action.name} to '{action.detail}': the running "
                "release still writes and compares the old one, and fails (22P02)",
                f"Add the new value, let the code write it, and update the rows in batches:\n"
                f"ALTER TYPE {action.name} ADD VALUE …",
                part=action.name,
            )
        case "alter", "type":
            yield case.finding(
                "type-changed",
                f"changes the attributes of the type {action.name}, which the running release "
                "reads and writes in its old shape",
                f"Create a new type beside {action.name}, and move the columns to it.",
                part=action.name,
            )


def _enum_value(case: Case, action: ChangeObject) -> Iterator[Finding]:
    value = action.detail.strip("'")
    later = texts_after(case.migration, case.operation) if case.migration.atomic else ()
    twice = text_of(case.operation).count(f"'{value}'") > 1 and case.migration.atomic
    if value and (twice or any(f"'{value}'" in text for text in later)):
        yield case.finding(
            "enum-value-used-at-once",
            f"adds the value '{value}' to the enum {action.name}, and a later operation of the "
            "same transaction uses it, which PostgreSQL refuses (55P04)",
            "Move the use to the next migration.",
            part=f"{action.name} {value}",
        )
    text = text_of(case.operation).lower()
    if not (" before " in text or " after " in text):
        yield case.finding(
            "enum-value-without-place",
            f"adds a value{_told(action)} to the end of the enum {action.name}",
            f"Say where it belongs:\nALTER TYPE {action.name} ADD VALUE '{value}' BEFORE '…'",
            part=f"{action.name} place",
        )


def _dropped(case: Case, action: ChangeObject) -> Iterator[Finding]:
    if action.verb != "drop":
        return
    if action.kind == "database":
        yield case.finding(
            "object-dropped-with-cascade",
            f"drops the database {action.name}, and with it all that is in it",
            "Leave that to whoever runs the server, with a backup at hand.",
            part=action.name,
        )
    elif action.cascade and action.kind in _NO_TABLE | {"view", "materialized view"}:
        yield case.finding(
            "object-dropped-with-cascade",
            f"drops the {action.kind} {action.name} with CASCADE, and with it all that depends on "
            f"it{_tables(case)}",
            f"Drop the dependants by name, then:\nDROP {action.kind.upper()} {action.name}",
            part=action.name,
        )
    elif action.kind in {"view", "materialized view"} and (again := _made_again(case, action)):
        yield from _view_replaced(case, action, again)
    elif action.kind in {"view", "materialized view"}:
        yield case.finding(
            "view-dropped",
            f"drops the {action.kind} {action.name or action.table}: whoever reads it fails",
            "Drop it one release after the last reader; look in pg_stat_statements.",
            part=action.name,
        )
    elif action.kind in _NAMED:
        yield case.finding(
            "function-dropped",
            f"drops the {action.kind} {action.name}: statements, defaults and triggers that call "
            "it fail (42883)",
            "Drop it one release after the last call; search the code and pg_depend.",
            part=action.name,
        )


def _made_again(case: Case, action: ChangeObject) -> ChangeObject | None:
    """Return what makes it anew in the same transaction, so that nobody misses it."""
    wanted = action.kind, action.table, action.name
    operations = case.migration.operations if case.migration.atomic else (case.operation,)
    met = False
    for step in (step for operation in operations for step in operation.steps):
        new = step.action
        met = met or step is case.step
        if not (met and step.in_transaction and isinstance(new, ChangeObject)):
            continue
        if new.verb in _MADE and (new.kind, new.table, new.name) == wanted:
            return new
    return None


def _view_replaced(case: Case, action: ChangeObject, again: ChangeObject) -> Iterator[Finding]:
    known = case.known(action.name)
    missing = set(known.outputs if known else ()) - set(again.detail.split())
    if missing and again.detail:
        yield case.finding(
            "view-dropped",
            f"drops the {action.kind} {action.name} and makes it again without "
            f"{', '.join(sorted(missing))}: whoever reads that fails (42703)",
            "Leave it out one release after the last reader.",
            part=action.name,
        )
    else:
        yield _new_text(case, action)


def _tables(case: Case) -> str:
    known = case.step.before.tables
    tables = [e.relation for e in case.step.effects.relations if e.relation in known]
    return f", on {', '.join(tables)} under ACCESS EXCLUSIVE" if tables else ""


def _replaced(case: Case, action: ChangeObject) -> Iterator[Finding]:
    if action.verb == "replace" and action.kind in _NAMED | {"view"}:
        yield _new_text(case, action)


def _new_text(case: Case, action: ChangeObject) -> Finding:
    return case.finding(
        "function-replaced",
        f"replaces the {action.kind} {action.name}, which the running release calls from now on",
        "Keep the old text as reverse_sql.",
        part=action.name,
    )


def _extension_or_sequence(case: Case, action: ChangeObject) -> Iterator[Finding]:
    if action.kind == "extension" and action.verb in {"drop", "alter"} and not action.cascade:
        verb = "drops" if action.verb == "drop" else "updates or moves"
        yield case.finding(
            "extension-changed",
            f"{verb} the extension {action.name}: what it brought changes for all who use it",
            "Make it a migration of its own, and rehearse it.",
            part=action.name,
        )
    restarts = action.verb == "alter" and "restart" in text_of(case.operation).lower()
    dropped = action.verb == "drop" and not action.cascade
    if action.kind == "sequence" and (restarts or dropped):
        effect = "INSERTs that use it fail" if dropped else "it may give numbers that exist already"
        yield case.finding(
            "sequence-changed",
            f"{'drops' if dropped else 'restarts'} the sequence {action.name}: {effect}",
            f"Set it to the greatest number in use:\nSELECT setval('{action.name}', …)",
            part=action.name,
        )


def _trigger(case: Case, action: ChangeObject) -> Iterator[Finding]:
    if action.kind != "trigger" or case.is_fresh():
        return
    if action.verb == "drop" and _made_again(case, action) is None:
        yield case.finding(
            "trigger-switched-off",
            f"drops the trigger {action.name} of {case.table}: what it kept in step, logged or "
            "refused is no longer",
            "Say on the review card why it is not needed, and keep its text as reverse_sql.",
            part=action.name,
        )
    elif action.verb in {"create", "replace"}:
        yield from _trigger_created(case, action)


def _trigger_created(case: Case, action: ChangeObject) -> Iterator[Finding]:
    function = action.detail.rpartition(".")[2]
    texts = [text_of(o).lower() for o in case.migration.operations]
    raising = [t for t in texts if function and function.lower() in t and "raise exception" in t]
    if raising:
        yield case.finding(
            "trigger-refuses-writes",
            f"creates the trigger {action.name} on {case.table}, whose function {function} raises "
            "an exception: writes of the running release may be refused",
            "Release code that keeps to the new demand first, then the trigger.",
            part=action.name,
        )
    else:
        yield case.finding(
            "trigger-created",
            f"creates the trigger {action.name} on {case.table}: writes wait for a moment (SHARE "
            "ROW EXCLUSIVE), and each runs its function from now on",
            "Run it with a lock_timeout, and measure what the function costs.",
            part=action.name,
        )


def _policy(case: Case, action: ChangeObject) -> Iterator[Finding]:
    if action.kind == "policy" and action.verb in {"alter", "drop"} and not case.is_fresh():
        yield _row_security(case, f"{action.verb}s the policy {action.name}", action.name)


def _row_security(case: Case, what: str, part: str) -> Finding:
    return case.finding(
        "row-security-changed",
        f"{what} of {case.table}: the application sees other rows than before, without an error",
        "Create the policies first, and look with the role of the application.",
        part=part,
    )


def _rights(case: Case, action: ChangeObject) -> Iterator[Finding]:
    revokes = action.kind in {"privileges", "default privileges"} and action.detail == "REVOKE"
    if revokes or (action.kind == "role" and action.verb == "drop"):
        what = "revokes rights" if revokes else f"drops the role {action.name}"
        on = (
            f" on {action.table or action.name}"
            if revokes and (action.table or action.name)
            else ""
        )
        yield case.finding(
            "rights-changed",
            f"{what}{on}: whoever works with them fails at once (42501)",
            "Look who uses them first.",
            part=action.name or action.kind,
        )


def _replication(case: Case, action: ChangeObject) -> Iterator[Finding]:
    changed = action.kind in {"publication", "subscription"} and action.verb in {"alter", "drop"}
    if changed or (action.kind == "rule" and action.verb in {"create", "replace"}):
        yield case.finding(
            "replication-changed",
            f"{action.verb}s the {action.kind} {action.name}{_on(action)}",
            "Do it together with whoever reads the other end; use a trigger, not a rule.",
            part=action.name,
        )


def _option(case: Case, action: SetOption) -> Iterator[Finding]:
    if case.is_fresh():
        return
    match action.option:
        case "row security":
            yield _row_security(case, "changes row level security", "row security")
        case "replica identity":
            yield case.finding(
                "replication-changed",
                f"changes the replica identity of {case.table}: UPDATE and DELETE of a published "
                "table fail without one",
                "Do it together with whoever runs the subscribers.",
                part="replica identity",
            )
        case "disable trigger":
            name = "all triggers" if action.other in {"", "all"} else action.other
            yield case.finding(
                "trigger-switched-off",
                f"switches off {name} of {case.table}: what it kept in step, logged or refused is "
                "no longer",
                "Switch it on again in the same transaction, and name one trigger only.",
                part=action.other or "all",
            )
        case "owner":
            yield case.finding(
                "rights-changed",
                f"gives {case.table} to another role ({action.other}): the old one can no longer "
                "alter it",
                "Look who alters the table first, migrations among them.",
                part="owner",
            )


def _refreshed(case: Case, action: Maintain) -> Iterator[Finding]:
    if action.verb == "refresh" and not case.is_quiet():
        yield case.finding(
            "materialized-view-refreshed-under-lock",
            f"refreshes {case.table} under ACCESS EXCLUSIVE: nobody can read it meanwhile",
            f"It needs a unique index:\nREFRESH MATERIALIZED VIEW CONCURRENTLY {case.table}",
            part="refresh",
        )


def _told(action: ChangeObject) -> str:
    return f" ({action.detail})" if action.detail else ""


def _on(action: ChangeObject) -> str:
    return f" on {action.table}" if action.table else ""


OBJECT_RULES: ActionRules = {
    ChangeObject: (
        _enum,
        _dropped,
        _replaced,
        _extension_or_sequence,
        _trigger,
        _policy,
        _rights,
        _replication,
    ),
    SetOption: (_option,),
    Maintain: (_refreshed,),
}
