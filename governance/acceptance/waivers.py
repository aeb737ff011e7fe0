"""Which waiver of the declarations accepts a finding?"""

from __future__ import annotations

from datetime import date

from governance.findings import Finding
from governance.ownership.declarations import Waiver
from governance.ownership.registry import Registry


def waiver_for(finding: Finding, registry: Registry, day: date) -> Waiver | None:
    """Return the waiver that accepts a finding on a day.

    It is declared by the owner. Where nobody's table is concerned, the module that acts answers
    for itself.
    """
    module = registry.modules.get(finding.owner or finding.actor)
    if module is None or not module.waivers or not finding.rule.acceptable:
        return None
    fitting = (w for w in module.waivers if w.until >= day and matches(w, finding, registry))
    return next(fitting, None)


def matches(waiver: Waiver, finding: Finding, registry: Registry) -> bool:
    """Tell whether a waiver is about a finding; an actor or caller left out means any."""
    return (
        waiver.slug == finding.rule.slug
        and waiver.actor in {"", finding.actor}
        and waiver.caller in {"", finding.caller}
        and _same_subject(waiver.subject, finding.subject, registry)
    )


def _same_subject(named: str, subject: str, registry: Registry) -> bool:
    if named == subject:
        return True
    table = registry.table(named)
    return table is not None and table.name == subject
