"""Compare the triggers that should be there with those that are. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from governance.conf import Mode
from governance.enforcement.definitions import Definition
from governance.findings import Finding
from governance.ownership.names import PLATFORM, is_unknown
from governance.postgres.guards import Guarded, Trigger
from governance.rules import rule


class State(StrEnum):
    """How a table stands."""

    CURRENT = "current"
    MISSING = "missing"
    OUTDATED = "outdated"
    DISABLED = "disabled"
    UNKNOWN = "unknown"
    """A trigger on a table that no module owns."""
    OFF = "off"
    """No trigger, and none wanted: the mode of the owner is ``off``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """One table, the trigger it should have, and how it stands."""

    relation: Guarded
    owner: str
    mode: Mode
    state: State
    reason: str = ""
    """What differs."""
    wanted: Definition | None = None

    @property
    def table(self) -> str:
        return self.relation.name

    @property
    def is_well(self) -> bool:
        return self.state in {State.CURRENT, State.OFF}


def standing(
    relation: Guarded, owner: str, wanted: Definition | None, function: int | None
) -> Standing | None:
    """Return how a table stands; None for one that nobody owns and nobody guards.

    ``function`` is the object id of our function, None where it is not.
    """
    found = relation.trigger
    if wanted is None:
        if found is None:
            return None
        reason = _why_unknown(owner)
        state, mode = State.UNKNOWN, Mode.OFF
        return Standing(relation=relation, owner=owner, mode=mode, state=state, reason=reason)
    mode = wanted.permit.mode
    if mode is Mode.OFF:
        state = State.OUTDATED if found else State.OFF
        reason = "the mode of its owner is off" if found else ""
    elif found is None:
        state, reason = State.MISSING, ""
    else:
        state, reason = _compared(found, wanted, function)
    return Standing(
        relation=relation, owner=owner, mode=mode, state=state, reason=reason, wanted=wanted
    )


def findings(standings: Iterable[Standing]) -> list[Finding]:
    """Return one finding for each table that does not stand well."""
    return [_finding(entry) for entry in standings if not entry.is_well]


def _compared(found: Trigger, wanted: Definition, function: int | None) -> tuple[State, str]:
    if found.enabled in {"D", "R"}:
        return State.DISABLED, "it was switched off by hand"
    if reason := _difference(found, wanted, function):
        return State.OUTDATED, reason
    return State.CURRENT, ""


def _difference(found: Trigger, wanted: Definition, function: int | None) -> str:
    if found.function != function:
        return "it runs another function"
    if found.events != wanted.events or not found.on_every_column:
        return "it was changed by hand"
    if found.arguments != wanted.permit.arguments:
        return _arguments_differ(found.arguments, wanted.permit.arguments)
    if found.condition != wanted.condition_as_shown:
        return "it was changed by hand"
    if found.comment != wanted.comment:
        return "its comment does not fit its definition"
    if (found.enabled == "A") != wanted.always:
        return "it does not run on replicas" if wanted.always else "it runs on replicas too"
    return ""


_ARGUMENTS = ("mode", "owner", "team or contact", "table")


def _arguments_differ(found: tuple[str, ...], wanted: tuple[str, ...]) -> str:
    for title, old, new in zip(_ARGUMENTS, found, wanted, strict=False):
        if old != new:
            return f"{title}: {old}, now {new}"
    old, new = (", ".join(names[len(_ARGUMENTS) :]) or "nobody" for names in (found, wanted))
    return f"others that may write: {old}, now {new}"


def _why_unknown(owner: str) -> str:
    if owner == PLATFORM:
        return "the table belongs to platform, and everybody may write it"
    return "nobody owns the table" if is_unknown(owner) else f"{owner} is no module"


_FACTS = {
    State.MISSING: ("trigger-missing", "Table {} has no trigger, so PostgreSQL refuses nothing."),
    State.OUTDATED: ("trigger-outdated", "The trigger of {} is outdated ({})."),
    State.DISABLED: ("trigger-disabled", "The trigger of {} is disabled ({})."),
    State.UNKNOWN: ("trigger-unknown", "Table {} has a trigger of ours, but {}."),
}


def _finding(entry: Standing) -> Finding:
    slug, fact = _FACTS[entry.state]
    remedy = "--prune" if entry.state is State.UNKNOWN else "--install"
    return Finding(
        rule=rule(slug),
        message=fact.format(entry.table, entry.reason),
        hint=f"Run: manage.py schema_enforce {remedy}",
        subject=entry.table,
        owner=entry.owner,
    )
