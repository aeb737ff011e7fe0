"""One finding in four forms."""

import json

from governance.findings import Finding, Location, Severity
from governance.report.rendering import render
from governance.report.summary import exit_code
from governance.rules import rule

WRITE = Finding(
    rule=rule("cross-module-write"),
    message="dev may not update finance_transaction: 100%, really.",
    hint="instead  call pay()\nor       ask",
    subject="finance_transaction",
    actor="dev",
    owner="finance",
    location=Location(file="dev/a,b.py", line=7, function="dev.a.f"),
    details={"operation": "update"},
)
SHARE = Finding(
    rule=rule("share-ended"), message="It ended.", hint="Remove it.", subject="finance_tag"
)
BOTH = [WRITE, SHARE]


def test_text() -> None:
    assert render(BOTH, form="text", command="x") == (
        "error: dev may not update finance_transaction: 100%, really. "
        "(governance.E201 cross-module-write)\n"
        "  at dev/a,b.py:7\n"
        "  instead  call pay()\n"
        "  or       ask\n"
        "\n"
        "warning: It ended. (governance.W107 share-ended)\n"
        "  Remove it.\n"
        "\n"
        "1 error, 1 warning."
    )
    assert render([], form="text", command="x") == "No findings."


def test_json() -> None:
    document = json.loads(render(BOTH, form="json", command="schema_x", extra={"tables": []}))
    assert document == {
        "version": 1,
        "command": "schema_x",
        "findings": [
            {
                "id": "governance.E201",
                "slug": "cross-module-write",
                "severity": "error",
                "message": WRITE.message,
                "hint": WRITE.hint,
                "subject": "finance_transaction",
                "actor": "dev",
                "owner": "finance",
                "location": {"file": "dev/a,b.py", "line": 7},
                "fingerprint": WRITE.fingerprint,
                "details": {"operation": "update"},
            },
            {
                "id": "governance.W107",
                "slug": "share-ended",
                "severity": "warning",
                "message": "It ended.",
                "hint": "Remove it.",
                "subject": "finance_tag",
                "actor": "",
                "owner": "",
                "location": None,
                "fingerprint": SHARE.fingerprint,
                "details": {},
            },
        ],
        "summary": {
            "by_severity": {"error": 1, "warning": 1, "info": 0},
            "waived": 0,
            "baseline": 0,
            "unknown": 0,
        },
        "tables": [],
    }


def test_github() -> None:
    assert render(BOTH, form="github", command="x") == (
        "::error file=dev/a%2Cb.py,line=7,title=governance.E201 cross-module-write::"
        "dev may not update finance_transaction: 100%25, really."
        "%0Ainstead  call pay()%0Aor       ask\n"
        "::warning title=governance.W107 share-ended::It ended.%0ARemove it."
    )


def test_sarif() -> None:
    document = json.loads(render(BOTH, form="sarif", command="x"))
    assert document["version"] == "2.1.0"
    (run,) = document["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert [r["id"] for r in rules] == ["governance.E201", "governance.W107"]
    first, second = run["results"]
    assert (first["ruleId"], first["ruleIndex"], first["level"]) == ("governance.E201", 0, "error")
    assert first["locations"][0]["physicalLocation"] == {
        "artifactLocation": {"uri": "dev/a%2Cb.py"},
        "region": {"startLine": 7},
    }
    assert first["partialFingerprints"] == {"governance/v1": WRITE.fingerprint}
    assert "locations" not in second


def test_exit_code() -> None:
    assert exit_code(BOTH, Severity.ERROR) == 1
    assert exit_code([SHARE], Severity.ERROR) == 0
    assert exit_code([SHARE], Severity.WARNING) == 1
    assert exit_code([], Severity.INFO) == 0


def test_fingerprint_ignores_line_and_file() -> None:
    from dataclasses import replace

    assert WRITE.location is not None
    moved = replace(WRITE, location=replace(WRITE.location, line=99, file="elsewhere.py"))
    assert moved.fingerprint == WRITE.fingerprint
    other = replace(WRITE, location=replace(WRITE.location, function="dev.a.g"))
    assert other.fingerprint != WRITE.fingerprint
