"""The words of a refusal: what to do instead, and the error that carries them."""

from __future__ import annotations

from typing import NoReturn

from governance.exceptions import WriteRefused
from governance.findings import Finding

_LONGEST_STATEMENT = 500
_FATES = {"postgres": "PostgreSQL refused the statement."}


def refuse(finding: Finding, sql: str) -> NoReturn:
    """Raise ``WriteRefused`` with everything a person needs to go on."""
    raise refusal(finding, sql)


def refusal(finding: Finding, sql: str) -> WriteRefused:
    """Return the error for a finding."""
    return WriteRefused(
        refusal_text(finding),
        actor=finding.actor,
        owner=finding.owner,
        table=finding.subject,
        statement=sql[:_LONGEST_STATEMENT],
        location=finding.location,
    )


def refusal_text(finding: Finding) -> str:
    """Render a finding as the message of ``WriteRefused``."""
    where = finding.location
    place = f"{where}, in {where.function}" if where else "no line of first-party code is known"
    lines = [finding.message, f"  where    {place}"]
    lines += [f"  {line}" for line in finding.hint.splitlines()]
    fate = _FATES.get(str(finding.details.get("layer")), "The statement was not sent.")
    lines.append(f"{fate} ({finding.rule.id} {finding.rule.slug})")
    return "\n".join(lines)
