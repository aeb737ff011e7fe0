"""The words of a failing test."""

from __future__ import annotations

from collections.abc import Sequence

from governance.findings import Finding

_ONE = "This write is new: it is neither in the baseline nor waived."
_MANY = "These writes are new: they are neither in the baseline nor waived."
_ON_PURPOSE = 'If the test provokes it on purpose: @pytest.mark.governance("off")'


def told(findings: Sequence[Finding]) -> str:
    """Return what a test says that fails for new violations: facts, places, ways on."""
    why = _ONE if len(findings) == 1 else _MANY
    return "\n\n".join([*(_block(finding) for finding in findings), f"{why}\n{_ON_PURPOSE}"])


def _block(finding: Finding) -> str:
    where = finding.location
    place = f"{where}, in {where.function}" if where else "no line of first-party code is known"
    lines = [f"where    {place}", *finding.hint.splitlines()]
    indented = "\n".join(f"  {line}" for line in lines)
    names = f"{finding.rule.id} {finding.rule.slug}, fingerprint {finding.fingerprint}"
    return f"{finding.message}\n{indented}\n  ({names})"
