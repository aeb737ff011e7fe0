"""Judge every statement before it is sent, and sign it.

A text seen before costs one dictionary look-up; a write in an open scope of the owner costs one
more comparison. Otherwise the frames on the way are held against a way that is known (``trails``),
and only where they differ is the stack walked. Who calls ``admit`` is told in ``cursors`` and
``wrapper``.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from types import FrameType
from typing import Any
from weakref import WeakKeyDictionary

from governance import conf
from governance.acceptance.settling import is_accepted
from governance.conf import Mode
from governance.findings import Finding
from governance.ownership import current
from governance.ownership.names import PLATFORM
from governance.postgres import catalog
from governance.postgres.classification import classify
from governance.postgres.statements import Statement
from governance.writes import journal, recorder
from governance.writes.attribution import Actor, actor_at, acts_for
from governance.writes.files import kinds, learn
from governance.writes.framework import is_migrating
from governance.writes.judging import ACCEPTED, Attempt, Judgement, borrowed, judge
from governance.writes.refusal import refuse
from governance.writes.scopes import SCOPE, Scope
from governance.writes.signature import signature
from governance.writes.trails import Trail, lead_to, trails_to

LONGEST_KEPT = 4_000
"""Texts longer than this, in characters, are classified each time: hashing them costs more."""
MOST_KEPT = 4_096
"""Number of texts remembered per process; all are forgotten when there are more."""
MOST_TRIES = 8
"""Number of times that the way from a text to the owner's code is learned."""


class Entry:
    """A text that was seen before and that writes, or may write."""

    __slots__ = ("free", "owner", "statement", "trails", "tries")

    def __init__(self, statement: Statement, *, owner: str, free: bool) -> None:
        self.statement = statement
        self.owner = owner
        """The module that owns every table it writes; empty when nobody owns them all."""
        self.free = free
        """Whether everybody may send it: it needs no judgement, only an actor to sign with."""
        self.trails: tuple[Trail, ...] = ()
        """Ways from the cursor to code of the owner that sent it."""
        self.tries = MOST_TRIES


class _State:
    __slots__ = ("entries", "off", "sign")

    def __init__(self) -> None:
        self.entries: dict[str, Entry | None] = {}
        self.off: bool | None = None
        self.sign = True


_state = _State()
_temporary: WeakKeyDictionary[Any, set[str]] = WeakKeyDictionary()
_reported: WeakKeyDictionary[Any, frozenset[str]] = WeakKeyDictionary()
_UNSEEN = Entry(Statement(), owner="", free=True)


def admit(query: Any, driver: Any, layer: str) -> str:
    """Judge a query that psycopg's connection ``driver`` is about to send.

    Returns the comment to put in front of it, empty for none. Raises ``WriteRefused`` in enforce
    mode; records the finding in report mode.
    """
    text = query if type(query) is str else _text(query, driver)
    entry = _state.entries.get(text, _UNSEEN) if len(text) <= LONGEST_KEPT else _UNSEEN
    if entry is _UNSEEN:
        if _is_off():
            return ""
        entry = _study(text, driver)
    if entry is None:
        return ""
    scope = SCOPE.get()
    if scope is not None and scope.module == entry.owner:
        if not scope.reason:
            _question(scope)
        speaker = scope.module
    elif entry.free:
        speaker = _free_actor(entry, sys._getframe(1)).module if _state.sign else ""
    else:
        frame = sys._getframe(1)
        known = scope is None and lead_to(entry.owner, frame, entry.trails)
        if not known and not _owner_acts(entry, frame):
            return _judged(entry.statement, text, driver, layer)
        speaker = entry.owner
    if journal.subscribers:
        _note_permitted(entry, sys._getframe(1), layer)
    return signature(speaker) if _state.sign else ""


def _owner_acts(entry: Entry, frame: FrameType) -> bool:
    """Walk the stack to see whether code of the owner of all that is written acts."""
    if not entry.owner or not acts_for(entry.owner, frame):
        return False
    if entry.tries and SCOPE.get() is None:
        entry.tries -= 1
        entry.trails += trails_to(entry.owner, frame)
    return True


def forget_statements() -> None:
    """Classify every text anew: the registry or the settings have changed."""
    _state.entries = {}
    _state.off = None


def was_reported(driver: Any, finding: Finding) -> bool:
    """Tell whether the latest violation on a connection was this one."""
    return finding.fingerprint in _reported.get(driver, ())


def mode_at(frame: FrameType | None, owner: str) -> Mode:
    """Return the mode for a write of an owner's table; what a migration sends has its own."""
    return current.mode("migrations") if is_migrating(frame) else current.mode_for(owner)


def _is_off() -> bool:
    if _state.off is None:
        modes = {current.mode("writes"), *map(current.mode_for, conf.settings().MODULES)}
        if modes != {Mode.OFF}:
            current.ownership()  # raises while declarations are being read: they run no queries
        _state.off = modes == {Mode.OFF}
        _state.sign = conf.settings().SIGN
    return _state.off


def _study(text: str, driver: Any) -> Entry | None:
    """Classify a text; None for one that writes nothing."""
    entries = _state.entries
    statement = classify(text)
    if statement.temporary:
        made = _temporary.setdefault(driver, set())
        if len(made) >= MOST_KEPT:
            made.clear()
        made.update(statement.temporary)
    entry = _entry(statement)
    if len(text) <= LONGEST_KEPT and not statement.temporary:
        if len(entries) >= MOST_KEPT:
            entries.clear()
        entries[text] = entry
    return entry


def _entry(statement: Statement) -> Entry | None:
    if not statement.may_write:
        return None
    registry = current.ownership().registry
    owners = {registry.owner_of_table(write.table) for write in statement.writes} - {PLATFORM}
    readable = not statement.unreadable
    owner = next(iter(owners)) if len(owners) == 1 and readable else ""
    return Entry(statement, owner=owner, free=not owners and readable)


def _text(query: Any, driver: Any) -> str:
    if isinstance(query, bytes):
        return query.decode(errors="replace")
    return query if isinstance(query, str) else str(query.as_string(driver))


def _judged(statement: Statement, text: str, driver: Any, layer: str) -> str:
    """Judge a statement that is not surely permitted; return the signature."""
    frame = sys._getframe(2)
    if ";" not in text and catalog.has_failed(driver):
        return ""  # PostgreSQL refuses everything until the transaction is rolled back
    attempt = Attempt(
        statement=statement,
        sql=text,
        frame=frame,
        layer=layer,
        temporary=_temporary_tables(statement, driver),
        partitions=_unknown_partitions(statement, driver),
    )
    judgement = judge(attempt)
    if journal.subscribers:
        _note(attempt, judgement)
    speaker = judgement.speaker
    if judgement.findings:
        _reported[driver] = frozenset(f.fingerprint for f in judgement.findings)
        speaker = _settle(judgement, frame, text)
    return signature(speaker) if _state.sign else ""


def _settle(judgement: Judgement, frame: FrameType | None, text: str) -> str:
    """Record what was found, refuse what must be; return in whose name the rest is signed."""
    unaccepted = [finding for finding in judgement.findings if not is_accepted(finding)]
    refused: Finding | None = None
    for finding in judgement.findings:
        mode = mode_at(frame, finding.owner)
        if mode is not Mode.OFF:
            recorder.record([finding], announce=mode is Mode.REPORT)
        if mode is Mode.ENFORCE and finding in unaccepted:
            refused = refused or finding
    if refused is not None:
        refuse(refused, text)
    return judgement.speaker if unaccepted else ACCEPTED


def _free_actor(entry: Entry, frame: FrameType) -> Actor:
    """Return who writes a table that everybody may write.

    Sessions are saved by middleware and logins by Django, with no line of the project on the
    stack: then it is the platform's own work.
    """
    actor = actor_at(frame)
    if actor.is_known or not entry.free or not entry.statement.writes:
        return actor
    return replace(actor, module=PLATFORM)


def _note_permitted(entry: Entry, frame: FrameType, layer: str) -> None:
    attempt = Attempt(statement=entry.statement, sql="", frame=frame, layer=layer)
    judgement = Judgement(actor=_free_actor(entry, frame), findings=(), speaker="")
    _note(attempt, judgement)


def _note(attempt: Attempt, judgement: Judgement) -> None:
    """Tell the journal; a statement that can't be read has no table to tell of."""
    registry = current.ownership().registry.including(attempt.partitions)
    blamed = {finding.subject for finding in judgement.findings}
    for write in attempt.statement.writes:
        if write.table in attempt.temporary:
            continue
        known = registry.table(write.table)
        table = known.name if known else write.table
        journal.note(
            journal.Entry(
                actor=judgement.actor,
                table=table,
                owner=registry.owner_of_table(write.table),
                operation=write.operation,
                layer=attempt.layer,
                permitted=table not in blamed,
            )
        )


def _question(scope: Scope) -> None:
    """Record a scope that one module opens in another's name without saying why."""
    opener = kinds.get(scope.file) or learn(scope.file)
    if opener != scope.module and opener in current.ownership().registry.modules:
        recorder.record([borrowed(scope, opener)], announce=True)


def _temporary_tables(statement: Statement, driver: Any) -> frozenset[str]:
    """Ask PostgreSQL which of the written names are temporary tables of this connection."""
    registry = current.ownership().registry
    made = _temporary.get(driver, ())
    names = {w.table for w in statement.writes if w.table in made or not registry.table(w.table)}
    return catalog.temporary_tables(driver, names) if names else frozenset()


def _unknown_partitions(statement: Statement, driver: Any) -> dict[str, str]:
    """Ask PostgreSQL whether an unknown table is a partition of a known one."""
    registry = current.ownership().registry
    unknown = [w.table for w in statement.writes if registry.table(w.table) is None]
    return catalog.partition_roots(driver, unknown) if unknown else {}
