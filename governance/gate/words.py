"""What the gate says around its findings: what is the matter, and which way leads on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from governance.findings import Finding

OF_OWNERS = frozenset(
    {
        "cross-module-schema-change",
        "cross-module-data-change",
        "two-models-on-one-table",
        "migration-without-module",
    }
)
"""What the owner of a table has to agree to. All else is for the reviewer of the migration."""

_OF_CARDS = frozenset(
    {
        "missing-review-card",
        "outdated-review-card",
        "incomplete-review-card",
        "reviewed-by-author",
        "two-review-cards",
        "unreadable-review-card",
    }
)
"""Their hints tell the way on."""


_BEYOND = "reach beyond their module"


def trouble(findings: Iterable[Finding]) -> str:
    """Return the predicate: «reach beyond their module», or for anything else the general one."""
    if all(finding.rule.slug in OF_OWNERS for finding in findings):
        return _BEYOND
    return "can't go ahead like this"


def trouble_reported(findings: Iterable[Finding]) -> str:
    """Return the predicate where they go ahead all the same."""
    told = trouble(findings)
    return told if told == _BEYOND else "would be refused in enforce mode"


def ways_on(findings: Sequence[Finding], agreed: str, risky: str) -> list[str]:
    """Return what can be done: ``agreed`` with the owners, ``risky`` with a review card."""
    ways = []
    if any(finding.rule.slug in OF_OWNERS for finding in findings):
        ways.append(agreed)
    names = _names(f for f in findings if f.rule.acceptable and f.rule.slug not in OF_OWNERS)
    carded = _names(f for f in findings if f.rule.slug in _OF_CARDS)
    lines = [f"manage.py schema_review {name.replace('.', ' ')} --card" for name in names - carded]
    if lines:
        ways.append("\n".join([risky, *sorted(lines)]))
    return ways


def _names(findings: Iterable[Finding]) -> set[str]:
    """Return the migrations that findings are about."""
    return {finding.subject.partition("#")[0] for finding in findings}
