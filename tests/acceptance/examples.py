"""Findings and entries that the tests of this folder share."""

from dataclasses import replace
from datetime import date

from governance.acceptance.entries import Entry
from governance.findings import Finding, Location
from governance.ownership.declarations import Module, Waiver
from governance.ownership.registry import Registry, Table
from governance.rules import rule

DAY = date(2026, 11, 24)
LATER = date(2027, 6, 30)

WRITE = Finding(
    rule=rule("cross-module-write"),
    message="dev may not update finance_transaction: the table belongs to finance.",
    hint="instead  call pay()",
    subject="finance_transaction",
    actor="dev",
    owner="finance",
    location=Location(file="dev/jobs.py", line=7, function="dev.jobs.close"),
    details={"operation": "update", "layer": "static"},
)
ENTRY = Entry(
    slug="cross-module-write",
    subject="finance_transaction",
    actor="dev",
    caller="dev.jobs.close",
    operation="write",
    owner="finance",
    reason="Since 2019.",
    until=LATER,
)


def moved(finding: Finding, line: int) -> Finding:
    """The same violation at another line."""
    assert finding.location is not None
    return replace(finding, location=replace(finding.location, line=line))


def by(finding: Finding, layer: str) -> Finding:
    return replace(finding, details={**finding.details, "layer": layer})


def registry(*waivers: Waiver) -> Registry:
    return Registry(
        modules={
            "dev": Module(name="dev", apps=["dev"]),
            "finance": Module(name="finance", apps=["finance"], waivers=waivers),
        },
        tables={
            "finance_transaction": Table(name="finance_transaction", owner="finance"),
            "dev_project": Table(name="dev_project", owner="dev"),
        },
        apps={"dev": "dev", "finance": "finance"},
    )
