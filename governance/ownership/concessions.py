"""Can the waivers and cascades in the declarations be used as written?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from governance.conf import did_you_mean
from governance.findings import Finding
from governance.ownership.declarations import Cascade, Declared, Waiver
from governance.ownership.names import UNKNOWN
from governance.ownership.registry import Registry
from governance.rules import RULES, rule

_ACCEPTABLE = [r.slug for r in RULES if r.acceptable]
_ABOUT_TABLES = {"cross-module-write", "unknown-actor", "cross-module-cascade"}
"""Rules whose findings name a table that somebody owns."""

Mistake = tuple[str, str]
"""What is wrong, and what to write instead; both empty when nothing is."""


def judge_waivers(
    declared: Sequence[Declared], registry: Registry, *, today: date | None = None
) -> list[Finding]:
    """Find waivers that accept nothing, or that can't be used as written."""
    day = today or date.today()
    return [
        finding
        for entry in declared
        for waiver in entry.module.waivers
        for finding in _judge_waiver(entry, waiver, registry, day)
    ]


def judge_cascades(declared: Sequence[Declared], registry: Registry) -> list[Finding]:
    """Find cascades that permit nothing, or that can't be used as written."""
    findings = []
    for entry in declared:
        for cascade in entry.module.cascades:
            fact, hint = _cascade_mistake(entry.module.name, cascade, registry)
            if fact:
                findings.append(_cascade_finding(entry, cascade, fact, hint))
    return findings


def usable_waivers(waivers: Iterable[Waiver]) -> list[Waiver]:
    """Return the waivers whose values can be used."""
    return [waiver for waiver in waivers if not _misuse(waiver)[0]]


def usable_cascades(cascades: Iterable[Cascade]) -> list[Cascade]:
    """Return the cascades whose values can be used."""
    return [cascade for cascade in cascades if not _cascade_misuse(cascade)[0]]


def _judge_waiver(entry: Declared, waiver: Waiver, registry: Registry, day: date) -> list[Finding]:
    fact, hint = _waiver_mistake(entry.module.name, waiver, registry)
    if fact:
        return [_waiver_finding(entry, waiver, "invalid-waiver", fact, hint)]
    if waiver.until >= day:
        return []
    fact = f"ended on {waiver.until:%Y-%m-%d}"
    hint = "Remove it, or agree on a new date. Until then it accepts nothing."
    return [_waiver_finding(entry, waiver, "waiver-ended", fact, hint)]


def _misuse(waiver: Waiver) -> Mistake:
    """Judge the values alone: what can't even be compared must not reach a judgement."""
    if not isinstance(waiver, Waiver):
        return (
            f"is {waiver!r}, not a Waiver",
            "Write Waiver(slug=…, subject=…, reason=…, until=…).",
        )
    if not isinstance(waiver.until, date) or isinstance(waiver.until, datetime):
        return f"ends on {waiver.until!r}, which is not a date", "Write until=date(2027, 6, 30)."
    for name in ("slug", "subject", "actor", "caller", "reason"):
        value = getattr(waiver, name)
        if not isinstance(value, str):
            return f"has {name}={value!r}, which is not a text", f'Write {name}="…".'
    if not waiver.reason.strip():
        return "gives no reason", "Say why the finding is accepted."
    return "", ""


def _waiver_mistake(owner: str, waiver: Waiver, registry: Registry) -> Mistake:
    misuse = _misuse(waiver)
    if misuse[0]:
        return misuse
    if waiver.slug not in _ACCEPTABLE:
        return _wrong_slug(waiver.slug)
    if waiver.actor and waiver.actor not in {*registry.modules, UNKNOWN}:
        hint = did_you_mean(waiver.actor, registry.modules)
        return f"names the module {waiver.actor!r}, which does not exist", hint
    if waiver.caller and registry.module_of(waiver.caller) is None:
        hint = did_you_mean(waiver.caller.rpartition(".")[0], registry.packages)
        return f"names {waiver.caller!r}, which lies in no module", hint
    return _wrong_table(owner, waiver.subject, registry) if _is_about_table(waiver) else ("", "")


def _is_about_table(waiver: Waiver) -> bool:
    return waiver.slug in _ABOUT_TABLES


def _wrong_slug(slug: str) -> Mistake:
    if any(r.slug == slug for r in RULES):
        return f"names the rule {slug!r}, which can't be waived", "Correct what it finds instead."
    return f"names the rule {slug!r}, which does not exist", did_you_mean(slug, _ACCEPTABLE)


def _wrong_table(owner: str, name: str, registry: Registry) -> Mistake:
    table = registry.table(name)
    if table is None:
        return "names a table that nobody owns", did_you_mean(name, registry.tables)
    if table.owner != owner:
        return f"names a table of {table.owner}", f"{table.owner} alone can waive it."
    return "", ""


def _cascade_misuse(cascade: Cascade) -> Mistake:
    if not isinstance(cascade, Cascade):
        return f"is {cascade!r}, not a Cascade", "Write Cascade(table=…, of=…, reason=…)."
    for name in ("table", "of", "reason"):
        value = getattr(cascade, name)
        if not isinstance(value, str):
            return f"has {name}={value!r}, which is not a text", f'Write {name}="…".'
    if not cascade.reason.strip():
        return "gives no reason", "Say why its rows may go with those."
    return "", ""


def _cascade_mistake(owner: str, cascade: Cascade, registry: Registry) -> Mistake:
    misuse = _cascade_misuse(cascade)
    if misuse[0]:
        return misuse
    fact, hint = _wrong_table(owner, cascade.table, registry)
    if fact:
        return fact, hint.replace("waive it", "permit it")
    other = registry.table(cascade.of)
    if other is None:
        hint = did_you_mean(cascade.of, registry.tables)
        return f"follows {cascade.of}, which nobody owns", hint
    if other.owner == owner:
        return "follows a table of its own module", "Remove it: inside a module all is permitted."
    return "", ""


def _waiver_finding(entry: Declared, waiver: Waiver, slug: str, fact: str, hint: str) -> Finding:
    what, subject = getattr(waiver, "slug", "?"), getattr(waiver, "subject", "?")
    return Finding(
        rule=rule(slug),
        message=f"The waiver of {what} for {subject} {fact}.",
        hint=hint or "See Waiver in the declarations reference.",
        subject=str(subject),
        actor=str(getattr(waiver, "actor", "")),
        owner=entry.module.name,
        location=entry.location,
    )


def _cascade_finding(entry: Declared, cascade: Cascade, fact: str, hint: str) -> Finding:
    table, of = getattr(cascade, "table", "?"), getattr(cascade, "of", "?")
    return Finding(
        rule=rule("invalid-cascade"),
        message=f"The cascade of {table} with {of} {fact}.",
        hint=hint or "See Cascade in the declarations reference.",
        subject=str(table),
        owner=entry.module.name,
        location=entry.location,
    )
