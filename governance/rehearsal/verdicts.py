"""The words for what came out."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from governance.postgres.locks import Lock
from governance.postgres.tracing import Trace
from governance.rehearsal.comparison import Loss
from governance.rehearsal.probes import Refusal
from governance.rehearsal.releases import Release
from governance.rehearsal.result import Kind, Verdict

_VERBS = {
    "select": "read",
    "insert": "insert into",
    "update": "update",
    "delete": "delete from",
}
_WAYS_ON = {
    "23502": "Fill the NULLs in a migration before, in batches.",
    "23505": "Find the duplicates and merge them in a migration before.",
    "23514": "Find the rows that the constraint refuses and correct them in a migration before.",
    "23503": "Find the rows that refer to nothing and correct them in a migration before.",
    "22001": "Shorten the values in a migration before, or keep the length.",
    "22003": "Find the values that don't fit and correct them in a migration before.",
}


def failure(migration: str, trace: Trace | None, error: BaseException, *, how: str) -> Verdict:
    """How is one of: empty, rows, some rows, again."""
    what = said(trace, error)
    state = trace.error if trace else ""
    kind, slug, message, hint = {
        "empty": (
            Kind.FAILS,
            "rehearsal-fails",
            f"{migration} fails: {what}.",
            _on_extension(what) or "Look at the database as it is then: --keep.",
        ),
        "rows": (
            Kind.FAILS_ON_ROWS,
            "rehearsal-fails-on-rows",
            f"{migration} fails as soon as there are rows: {what}.",
            _addition(state),
        ),
        "some rows": (
            Kind.FAILS_ON_ROWS,
            "rehearsal-fails-on-some-rows",
            f"{migration} fails on rows that are allowed today: {what}.",
            _WAYS_ON.get(state, "Look for such rows in production before."),
        ),
        "again": (
            Kind.FAILS,
            "rehearsal-fails",
            f"{migration}, undone, can't be applied again: {what}.",
            "Let the reverse take away all that the migration makes.",
        ),
    }[how]
    return Verdict(
        kind=kind,
        slug=slug,
        message=message,
        hint=hint,
        statement=shown(trace.sql) if trace else "",
        sqlstate=state,
    )


def irreversible(migration: str, number: int, operation: str) -> Verdict:
    way = {
        "RunPython": "Give it a reverse_code, or migrations.RunPython.noop.",
        "RunSQL": "Give it a reverse_sql, or migrations.RunSQL.noop.",
    }
    return Verdict(
        kind=Kind.IRREVERSIBLE,
        slug="rehearsal-irreversible",
        message=f"{migration} can't be undone: operation {number} ({operation}) has no reverse.",
        hint=way.get(operation, "Write the way back."),
    )


def reverse_failure(
    migration: str, trace: Trace | None, error: BaseException, *, after_use: bool
) -> Verdict:
    what, state = said(trace, error), trace.error if trace else ""
    when = "once the new release has written rows" if after_use else "when there are rows"
    column = state == "23502"
    return Verdict(
        kind=Kind.REVERSE_FAILS,
        slug="rehearsal-reverse-fails-after-use" if after_use else "rehearsal-reverse-fails",
        message=f"{migration} can't be undone {when}: {what}.",
        hint="After the roll-out the way is forwards only; note in the review card what to do."
        if after_use
        else "Let the column be nullable, or give it a db_default, before it is removed."
        if column
        else "Write a reverse that works with rows.",
        statement=shown(trace.sql) if trace else "",
        sqlstate=state,
    )


def losses(migration: str, found: Iterable[Loss], *, undone: bool) -> Iterator[Verdict]:
    """``undone``: after going back; otherwise after going forwards, where no way leads back."""
    for loss in found:
        many = f"{loss.number} of {loss.of} rows"
        name = f"{loss.table}.{loss.column}" if loss.column else loss.table
        if not loss.column:
            fact = f"loses {many} of {name}"
        elif undone:
            fact = f"loses {name} in {many}, such as {loss.example} → {loss.became}"
        else:
            fact = f"drops {name}, which has values in {many}"
        yield Verdict(
            kind=Kind.LOSES_DATA,
            slug="rehearsal-loses-data",
            message=f"{migration}{', undone,' if undone else ''} {fact}.",
            hint="Keep the values: copy them to where they can be read back from, or drop them in "
            "a later release.",
            table=loss.table,
        )


def differences(migration: str, found: Iterable[tuple[str, str]]) -> Iterator[Verdict]:
    for table, fact in found:
        yield Verdict(
            kind=Kind.REVERSE_DIFFERS,
            slug="rehearsal-reverse-differs",
            message=f"{migration}, undone, leaves another structure: {f'{table} {fact}'.strip()}.",
            hint="Let the reverse operation restore it.",
            table=table,
        )


def old_release(migration: str, refused: Sequence[Refusal]) -> Iterator[Verdict]:
    """One for reading a table, one for writing it; a plain row that is refused weighs most."""
    for table, reads, group in _grouped(refused):
        plain = [refusal for refusal in group if refusal.probe.plain and not _is_made_up(refusal)]
        some = not reads and not plain
        told = group if some or reads else plain
        first = told[0]
        kind, slug = _breakage(reads=reads, some=some)
        what = _what(told, f"some rows of {table}" if some else table)
        yield Verdict(
            kind=kind,
            slug=slug,
            message=f"With {migration} applied, the release before it can't {what}: "
            f"{first.message} ({first.sqlstate}).",
            hint=_old_hint(first, reads=reads, some=some),
            table=table,
            statement=shown(first.statement),
            sqlstate=first.sqlstate,
        )


def new_release(migration: str, refused: Sequence[Refusal], release: Release) -> Iterator[Verdict]:
    """One for each table; what is refused for lack of a better row is left out."""
    decisive = [refusal for refusal in refused if _is_decisive(refusal, release)]
    tables = dict.fromkeys(refusal.probe.table for refusal in decisive)
    for table in tables:
        group = [refusal for refusal in decisive if refusal.probe.table == table]
        first = group[0]
        yield Verdict(
            kind=Kind.BREAKS_NEW,
            slug="rehearsal-breaks-new",
            message=f"The release that comes with {migration} can't {_what(group, table)}: "
            f"{first.message} ({first.sqlstate}).",
            hint=_new_hint(first),
            table=table,
            statement=shown(first.statement),
            sqlstate=first.sqlstate,
        )


def work(migration: str, traces: Sequence[Trace], tables: Collection[str]) -> Iterator[Verdict]:
    """Rewrites and scans of tables that were there before, each table once."""
    rewritten: set[str] = set()
    scanned: set[str] = set()
    for trace in traces:
        lock_on = trace.locks
        for table in trace.rewritten:
            if table in tables and table not in rewritten and not _is_truncate(trace):
                rewritten.add(table)
                yield _rewrite(migration, table, trace)
        for table in set(trace.scanned) - set(trace.rewritten) - scanned:
            lock = lock_on.get(table, Lock.NONE)
            if table in tables and lock.blocks_writes:
                scanned.add(table)
                yield _scan(migration, table, lock, trace)


def without_rows(migration: str, reasons: Mapping[str, str]) -> Iterator[Verdict]:
    for table, reason in sorted(reasons.items()):
        yield Verdict(
            kind=Kind.WITHOUT_ROWS,
            slug="rehearsal-without-rows",
            message=f"{migration} was rehearsed without rows in {table}: {reason}.",
            hint="Put rows there by hand and apply it: schema_rehearse --keep.",
            table=table,
        )


def not_rehearsed(migration: str, blocker: str, reason: str) -> Verdict:
    return Verdict(
        kind=Kind.NOT_REHEARSED,
        slug="rehearsal-not-possible",
        message=f"{migration} can't be rehearsed: {reason}",
        hint=f"Correct {blocker}; where it wants something of the server, say --server.",
    )


def said(trace: Trace | None, error: BaseException) -> str:
    """What went wrong, in PostgreSQL's or Python's words, with its code."""
    if trace is not None and trace.error:
        detail = shown(trace.detail.rstrip("."), most=100)
        return f"{trace.message.rstrip('.')}{f': {detail}' if detail else ''} ({trace.error})"
    first = str(error).strip().split("\n", 1)[0].rstrip(".")
    return f"{type(error).__name__}: {first}" if first else type(error).__name__


def shown(sql: str, *, most: int = 300) -> str:
    """One line of SQL, cut where it is long."""
    text = " ".join(sql.split()).rstrip(";")
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _grouped(refused: Sequence[Refusal]) -> Iterator[tuple[str, bool, list[Refusal]]]:
    groups: dict[tuple[str, bool], list[Refusal]] = {}
    for refusal in refused:
        key = (refusal.probe.table, refusal.probe.verb == "select")
        groups.setdefault(key, []).append(refusal)
    for (table, reads), group in groups.items():
        yield table, reads, group


def _breakage(*, reads: bool, some: bool) -> tuple[Kind, str]:
    if reads:
        return Kind.BREAKS_OLD_READ, "rehearsal-breaks-old-read"
    slug = "rehearsal-breaks-some-old-writes" if some else "rehearsal-breaks-old-write"
    return Kind.BREAKS_OLD_WRITE, slug


def _is_made_up(refusal: Refusal) -> bool:
    """A number that was no reference before refers to nothing; those of a project may."""
    return refusal.sqlstate == "23503"


def _what(group: Sequence[Refusal], table: str) -> str:
    """«insert into, update or delete from shop_order»."""
    verbs = [_VERBS[verb] for verb in dict.fromkeys(refusal.probe.verb for refusal in group)]
    several = f"{', '.join(verbs[:-1])} or {verbs[-1]}" if len(verbs) > 1 else verbs[0]
    return f"{several} {table}"


def _is_decisive(refusal: Refusal, release: Release) -> bool:
    if refusal.sqlstate.startswith("42"):
        return True
    known = release.get(refusal.probe.table)
    sent = {c.name for c in known.columns if c.sent and not c.by_database} if known else set()
    return refusal.sqlstate == "23502" and bool(refusal.column) and refusal.column not in sent


def _old_hint(refusal: Refusal, *, reads: bool, some: bool) -> str:
    if reads:
        return "Let the code stop using it in one release, and change it in the next."
    if refusal.sqlstate == "23502" and not some:
        return f"Give {refusal.column} a db_default, so that rows without it are accepted."
    if some:
        return "Let a release that writes no such rows go out first."
    return "Let the code stop writing it in one release, and change it in the next."


def _new_hint(refusal: Refusal) -> str:
    if refusal.sqlstate == "23502":
        return f"Let {refusal.column} be nullable, or give it a default in the database, first."
    return "Make both sides of SeparateDatabaseAndState say the same."


def _on_extension(what: str) -> str:
    missing = "extension" in what and ("not available" in what or "could not open" in what)
    return "Rehearse on a server that has it: --server postgresql://…" if missing else ""


def _addition(state: str) -> str:
    if state == "23502":
        return "Add the column with null=True or with a db_default, and demand values later."
    return "Make the change in steps that hold for rows that are there."


def _is_truncate(trace: Trace) -> bool:
    return trace.sql.lstrip().upper().startswith("TRUNCATE")


def _rewrite(migration: str, table: str, trace: Trace) -> Verdict:
    lock = trace.locks.get(table, Lock.ACCESS_EXCLUSIVE)
    return Verdict(
        kind=Kind.REWRITES,
        slug="rehearsal-rewrites",
        message=f"{migration} rewrites {table} under {lock}: nobody reads or writes it meanwhile.",
        hint="Add a new column, fill it in batches, and change over.",
        table=table,
        statement=shown(trace.sql),
    )


def _scan(migration: str, table: str, lock: Lock, trace: Trace) -> Verdict:
    who = "reads or writes" if lock.blocks_reads else "writes"
    return Verdict(
        kind=Kind.SCANS_UNDER_LOCK,
        slug="rehearsal-scans-under-lock",
        message=f"{migration} reads all rows of {table} under {lock}: nobody {who} it meanwhile.",
        hint=_scan_hint(trace.sql),
        table=table,
        statement=shown(trace.sql),
    )


def _scan_hint(sql: str) -> str:
    text = sql.upper()
    if " INDEX " in text:
        return "Build it concurrently: AddIndexConcurrently, in a migration with atomic = False."
    if "UNIQUE" in text or "PRIMARY KEY" in text:
        return "Build a unique index concurrently, then add the constraint USING INDEX."
    if "SET NOT NULL" in text:
        return "Add a CHECK (… IS NOT NULL) NOT VALID, validate it, and only then SET NOT NULL."
    if "CONSTRAINT" in text or "CHECK" in text or "REFERENCES" in text:
        return "Add the constraint NOT VALID, and validate it in another migration."
    return "Do it in a migration of its own, before or after the one that takes the lock."
