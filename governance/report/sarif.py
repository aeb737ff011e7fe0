"""Findings as SARIF 2.1.0, for code scanning services."""

import json as codec
import os
from collections.abc import Sequence
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from governance.acceptance.settling import Settled
from governance.findings import Finding, Rule, Severity
from governance.report.summary import summary

_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def sarif(findings: Sequence[Finding], settled: Settled | None = None) -> str:
    """Return one run with the rules that occur and a result for each finding.

    What the baseline or a waiver accepts comes along as suppressed, so that a service that
    follows results over time does not take it for solved.
    """
    waived, baselined = (settled.waived, settled.baselined) if settled else ((), ())
    every = [*findings, *baselined, *waived]
    rules = list({finding.rule.id: finding.rule for finding in every}.values())
    ids = [rule.id for rule in rules]
    driver = {"name": "django-schema-governance", "rules": [_rule(rule) for rule in rules]}
    results = [_result(f, ids.index(f.rule.id)) for f in findings]
    results += [_suppressed(f, ids.index(f.rule.id), "external") for f in baselined]
    results += [_suppressed(f, ids.index(f.rule.id), "inSource") for f in waived]
    run = {
        "tool": {"driver": driver},
        "columnKind": "utf16CodeUnits",
        "results": results,
        "properties": {"summary": summary(findings, settled)},
    }
    return codec.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2)


def _rule(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.id,
        "name": "".join(word.capitalize() for word in rule.slug.split("-")),
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": rule.meaning},
        "help": {"text": rule.remedy},
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
    }


def _suppressed(finding: Finding, index: int, kind: str) -> dict[str, Any]:
    return {**_result(finding, index), "suppressions": [{"kind": kind, "status": "accepted"}]}


def _result(finding: Finding, index: int) -> dict[str, Any]:
    text = f"{finding.message}\n{finding.hint}" if finding.hint else finding.message
    result: dict[str, Any] = {
        "ruleId": finding.rule.id,
        "ruleIndex": index,
        "level": _LEVELS[finding.severity],
        "message": {"text": text},
        "partialFingerprints": {"governance/v1": finding.fingerprint},
    }
    if finding.location and finding.location.file:
        physical: dict[str, Any] = {"artifactLocation": {"uri": _uri(finding.location.file)}}
        if finding.location.line > 0:
            physical["region"] = {"startLine": finding.location.line}
        result["locations"] = [{"physicalLocation": physical}]
    return result


def _uri(file: str) -> str:
    """Return a relative reference, or a URI for a path outside of the working directory."""
    path = PurePath(file)
    escaped = quote(os.fsencode(path.as_posix()))
    return f"file://{escaped}" if path.is_absolute() else escaped
