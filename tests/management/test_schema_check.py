"""``schema_check``: everything at once, and the only way to write the baseline."""

import io
import json
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from governance.acceptance.baseline import dumps, read
from governance.acceptance.entries import Baseline, Entry
from governance.findings import Finding, Location
from governance.management import survey
from governance.models import Violation
from governance.rules import rule
from tests.monolith import Monolith
from tests.report.scans import Scan

WRITE = Finding(
    rule=rule("cross-module-write"),
    message="dev may not update finance_transaction: the table belongs to finance.",
    hint="instead  call pay()",
    subject="finance_transaction",
    actor="dev",
    owner="finance",
    location=Location(file="dev/jobs.py", line=7, function="dev.jobs.close"),
    details={"operation": "update", "caller": "dev.jobs.close", "layer": "static"},
)
SECOND = replace(WRITE, location=Location(file="dev/jobs.py", line=9, function="dev.jobs.close"))
OTHER = replace(WRITE, subject="core_team", owner="core")
ENTRY = Entry(
    slug="cross-module-write",
    subject="finance_transaction",
    actor="dev",
    caller="dev.jobs.close",
    operation="write",
    owner="finance",
    reason="Since 2019.",
    until=timezone.now().date().replace(year=2999),
)


class Scanner:
    """Stands for the static scan: ``found`` is what it finds."""

    def __init__(self) -> None:
        self.found: list[Finding] = []

    def __call__(self, registry: object, paths: object) -> Any:
        return Scan(findings=tuple(self.found), complete=not paths)


@pytest.fixture
def scanner(monkeypatch: pytest.MonkeyPatch) -> Scanner:
    scanner = Scanner()
    monkeypatch.setattr(survey, "static_scan", scanner)
    monkeypatch.setattr(survey, "judge_references", lambda registry: [])
    return scanner


@pytest.fixture
def file(
    tmp_path: Path,
    governance_settings: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
    seeded: None,
    scanner: Scanner,
) -> Path:
    """The baseline file of the demonstration project, absent at first, on somebody's machine."""
    monkeypatch.chdir(tmp_path)
    governance_settings(BASELINE="governance-baseline.toml")
    return tmp_path / "governance-baseline.toml"


def run(*arguments: str, code: int = 0) -> str:
    out = io.StringIO()
    try:
        call_command("schema_check", *arguments, stdout=out, stderr=io.StringIO())
        ended = 0
    except SystemExit as error:
        ended = int(str(error.code))
    assert ended == code, out.getvalue()
    return out.getvalue()


def refused(*arguments: str) -> str:
    with pytest.raises(CommandError) as caught:
        call_command("schema_check", *arguments, stdout=io.StringIO())
    assert caught.value.returncode == 2
    return str(caught.value)


ADOPT = ("--adopt", "--reason", "Since 2019.", "--until", "2999-06-30")


def test_clean(file: Path) -> None:
    assert run() == "No findings.\n"


def test_findings_of_the_scan(file: Path, scanner: Scanner) -> None:
    scanner.found = [WRITE]
    assert run(code=1) == (
        "error: dev may not update finance_transaction: the table belongs to finance. "
        "(governance.E201 cross-module-write)\n"
        "  at dev/jobs.py:7\n"
        "  instead  call pay()\n"
        "\n"
        "1 error.\n"
    )


def test_from_adopting_to_the_last_entry(file: Path, scanner: Scanner) -> None:
    scanner.found = [WRITE, SECOND, OTHER]
    assert run(*ADOPT, "--issue", "https://x/1") == (
        "2 findings accepted until 2999-06-30: governance-baseline.toml has 2 entries, 3 places "
        "now.\n"
    )
    assert [(e.subject, e.count, e.issue) for e in read(file).entries] == [
        ("core_team", 1, "https://x/1"),
        ("finance_transaction", 2, "https://x/1"),
    ]
    assert run() == "No findings; 3 in the baseline.\nBaseline: 2 entries, 3 places.\n"

    scanner.found = [WRITE]
    assert run(code=1) == (
        "error: cross-module-write of core_team (write) by dev.jobs.close is accepted, but the "
        "scan no longer finds it. (governance.E222 stale-baseline)\n"
        "  at governance-baseline.toml:8\n"
        "  Run: manage.py schema_check --shrink\n"
        "\n"
        "error: cross-module-write of finance_transaction (write) by dev.jobs.close is accepted at "
        "2 places and found at 1. (governance.E222 stale-baseline)\n"
        "  at governance-baseline.toml:24\n"
        "  Run: manage.py schema_check --shrink\n"
        "\n"
        "2 errors; 1 in the baseline.\n"
        "Baseline: 2 entries, 3 places.\n"
    )
    assert run("--shrink") == (
        "governance-baseline.toml: 1 entry removed, 1 entry lowered; 1 entry, 1 place left.\n"
    )
    assert run("--shrink") == (
        "governance-baseline.toml: nothing is gone; 1 entry, 1 place left.\n"
    )
    scanner.found = []
    assert run("--shrink") == (
        "governance-baseline.toml: 1 entry removed; 0 entries, 0 places left.\n"
    )
    assert run() == "No findings.\n"


def test_one_place_more_is_told(file: Path, scanner: Scanner) -> None:
    file.write_text(dumps(Baseline.of([ENTRY])))
    scanner.found = [WRITE, SECOND]
    text = run(code=1)
    assert text.count("There are 2 places, the baseline accepts 1.") == 2
    assert text.endswith("2 errors.\nBaseline: 1 entry, 1 place.\n")


def test_partial_runs_judge_nothing_stale(file: Path, scanner: Scanner) -> None:
    file.write_text(dumps(Baseline.of([ENTRY])))
    assert run("dev") == "No findings.\nBaseline: 1 entry, 1 place.\n"
    run("--shrink", "dev")
    assert read(file).entries == (ENTRY,)
    assert "stale-baseline" in run(code=1)


def test_database_that_is_away_judges_nothing_stale(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = Entry(
        slug="unowned-table", subject="stray", reason="x", until=ENTRY.until, seen_by=("database",)
    )
    file.write_text(dumps(Baseline.of([table])))
    assert "stale-baseline" in run(code=1)
    away = Finding(rule=rule("database-unreachable"), message="Away.", hint="", subject="default")
    monkeypatch.setattr(survey, "database_findings", lambda alias: [away])
    assert "stale-baseline" not in run()


def test_table_of_nobody_can_be_adopted(file: Path) -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE stray (a int)")
    run(*ADOPT)
    (entry,) = read(file).entries
    assert (entry.slug, entry.subject, entry.seen_by) == ("unowned-table", "stray", ("database",))
    assert run("--fail-level", "warning").startswith("No findings; 1 in the baseline.\n")
    text = io.StringIO()
    call_command("schema_owners", stdout=text)
    assert text.getvalue().endswith("No findings; 1 in the baseline.\n")


def test_checks_of_django_pass_what_is_accepted(file: Path) -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE stray (a int)")
    arguments = {"databases": ["default"], "stderr": io.StringIO(), "fail_level": "WARNING"}
    with pytest.raises(Exception, match="W110"):
        call_command("check", **arguments)
    run(*ADOPT)
    call_command("check", **arguments)


def test_adopted_for_one_owner(file: Path, scanner: Scanner) -> None:
    scanner.found = [WRITE, OTHER]
    run(*ADOPT, "--owner", "core")
    assert [e.subject for e in read(file).entries] == ["core_team"]


def test_nothing_to_adopt(file: Path) -> None:
    assert run(*ADOPT) == "There is nothing to adopt.\n"
    assert not file.exists()


def test_governance_W223_baseline_ended(file: Path, scanner: Scanner) -> None:
    ended = replace(ENTRY, until=ENTRY.until.replace(year=2020))
    file.write_text(dumps(Baseline.of([ended])))
    scanner.found = [WRITE]
    text = run(code=1)
    assert "(governance.E201 cross-module-write)" in text
    assert (
        "warning: cross-module-write of finance_transaction (write) by dev.jobs.close was accepted "
        f"until {ended.until} (Since 2019.). (governance.W223 baseline-ended)\n" in text
    )
    run(*ADOPT)
    assert run().startswith("No findings; 1 in the baseline.")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ("--adopt",),
            'What is accepted needs a reason and an end: --adopt --reason "…" --until 2027-06-30',
        ),
        (
            ("--adopt", "--reason", "x", "--until", "soon"),
            "--until soon is no date. Write it as 2027-06-30.",
        ),
        (
            ("--adopt", "--reason", "x", "--until", "2020-01-01"),
            "--until 2020-01-01 has passed; name a day to come.",
        ),
        (
            (*ADOPT, "--owner", "finanse"),
            "There is no module 'finanse'. Did you mean 'finance'?",
        ),
        ((*ADOPT, "--shrink"), "Choose one: --adopt or --shrink."),
        ((*ADOPT, "--report", "-"), "--report can't be used with --adopt."),
        (("--shrink", "--since", "main"), "--since can't be used with --shrink."),
        (("--reason", "x"), "--reason needs --adopt."),
        (("--tests", "none.json"), "none.json can't be read: No such file or directory."),
    ],
)
def test_refusals(file: Path, scanner: Scanner, arguments: tuple[str, ...], message: str) -> None:
    scanner.found = [WRITE]
    assert refused(*arguments) == message
    assert not file.exists()


@pytest.mark.parametrize("arguments", [ADOPT, ("--shrink",)])
def test_ci_cannot_write(
    file: Path, arguments: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    assert refused(*arguments) == (
        "governance-baseline.toml is not written in CI (GITHUB_ACTIONS is set): what is accepted "
        "is decided by people. Run the command on your machine and commit the file."
    )


def test_governance_E221_broken_file(file: Path, scanner: Scanner) -> None:
    file.write_text(dumps(Baseline.of([ENTRY])) + "x")
    scanner.found = [WRITE]
    text = run(code=1)
    line = len(file.read_text().splitlines())
    assert f"error: governance-baseline.toml, line {line}, is not TOML: " in text
    assert text.endswith("2 errors.\n"), "nothing is accepted"
    before = file.read_text()
    assert refused("--shrink").startswith(f"governance-baseline.toml, line {line}, is not TOML: ")
    assert file.read_text() == before
    out = io.StringIO()
    with pytest.raises(Exception, match="E221"):
        call_command("check", stdout=out)


def test_json(file: Path, scanner: Scanner) -> None:
    file.write_text(dumps(Baseline.of([ENTRY])))
    scanner.found = [WRITE, OTHER]
    document = json.loads(run("--format", "json", code=1))
    assert document["summary"] == {
        "by_severity": {"error": 1, "warning": 0, "info": 0},
        "waived": 0,
        "baseline": 1,
        "unknown": 0,
    }
    assert document["baseline"] == {
        "entries": 1,
        "places": 1,
        "trend": "Baseline: 1 entry, 1 place.",
    }


def test_other_formats(file: Path, scanner: Scanner) -> None:
    file.write_text(dumps(Baseline.of([ENTRY])))
    scanner.found = [WRITE]
    assert run("--format", "github") == "::notice title=governance::1 in the baseline.\n"
    (sarif,) = json.loads(run("--format", "sarif"))["runs"]
    (result,) = sarif["results"]
    assert result["suppressions"] == [{"kind": "external", "status": "accepted"}]
    assert sarif["properties"]["summary"]["baseline"] == 1


def violation(**changes: Any) -> None:
    now = timezone.now()
    values: dict[str, Any] = {
        "fingerprint": WRITE.fingerprint,
        "slug": "cross-module-write",
        "actor": "dev",
        "caller": "dev.jobs.close",
        "owner": "finance",
        "table": "finance_transaction",
        "operation": "insert",
        "message": WRITE.message,
        "location": "dev/jobs.py:9",
        "count": 1_234,
        "first_seen": now,
        "last_seen": now.replace(year=2026, month=11, day=23),
    }
    Violation.objects.create(**{**values, "first_seen": values["last_seen"], **changes})


def test_observed(file: Path, scanner: Scanner) -> None:
    violation()
    assert run() == "No findings.\n"
    assert run("--observed", code=1).startswith(
        "error: dev may not update finance_transaction: the table belongs to finance. Seen 1,234 "
        "times, last on 2026-11-23. (governance.E201 cross-module-write)\n"
        "  at dev/jobs.py:9\n"
        "  instead  call project.finance.services.record_transaction("
    )
    scanner.found = [WRITE]
    assert run("--observed", code=1).endswith("1 error.\n"), "the scan and production saw one"
    run(*ADOPT, "--observed")
    assert read(file).entries[0].seen_by == ("scan", "observed")


def test_governance_W229_observations_lost(file: Path) -> None:
    violation(
        slug="observations-lost",
        table="governance_violation",
        operation="",
        message="Violations were seen and could not be counted.",
        count=1,
    )
    assert (
        "warning: Violations were seen and could not be counted. Seen 1 time, last on 2026-11-23. "
        "(governance.W229 observations-lost)" in run("--observed")
    )


def test_observed_before_migrate(file: Path) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE governance_violation RENAME TO elsewhere")
    message = refused("--observed")
    assert message.startswith("Observed violations can't be read: relation ")
    assert message.endswith("Run migrate, or leave out --observed.")


def test_observed_without_a_database(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def complain(*arguments: object) -> None:
        raise ImproperlyConfigured("settings.DATABASES is improperly configured.")

    monkeypatch.setattr(Violation.objects, "using", complain)
    assert refused("--observed") == (
        "Observed violations can't be read: settings.DATABASES is improperly configured. "
        "Run migrate, or leave out --observed."
    )


def report_of_tests(file: Path, *findings: Finding) -> str:
    from governance.report.json import json as rendered

    path = file.parent / "tests.json"
    path.write_text(rendered(findings, command="pytest", extra={"complete": True}))
    return path.name


def test_findings_of_the_tests(file: Path, scanner: Scanner) -> None:
    seen = replace(WRITE, details={**WRITE.details, "layer": "cursor", "operation": "insert"})
    remark = Finding(rule=rule("stale-baseline"), message="x", hint="", subject="x")
    report = report_of_tests(file, seen, remark)
    assert run("--tests", report, code=1).endswith("1 error.\n")
    run(*ADOPT, "--tests", report)
    assert read(file).entries[0].seen_by == ("tests",)
    assert run("--tests", report).startswith("No findings; 1 in the baseline.")
    assert run().startswith("No findings."), "the scan says nothing of what only tests see"
    assert run("--tests", report_of_tests(file)).startswith("No findings.")


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"findings": [{}]}', '{"findings": 3}'])
def test_file_that_is_no_report(file: Path, text: str) -> None:
    (file.parent / "x.json").write_text(text)
    assert refused("--tests", "x.json") == (
        "x.json is no report of a test run. Write it with: pytest --governance-report=FILE.json"
    )


def git(folder: Path, *arguments: str) -> None:
    who = ["-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *who, *arguments], cwd=folder, check=True, capture_output=True)


def test_governance_W224_growth_in_review(file: Path, scanner: Scanner) -> None:
    git(file.parent, "init")
    git(file.parent, "commit", "--allow-empty", "-m", "start")
    scanner.found = [WRITE]
    run(*ADOPT, "--issue", "https://x/1")
    git(file.parent, "add", ".")
    git(file.parent, "commit", "-m", "adopt")
    assert run("--since", "HEAD").startswith("No findings; 1 in the baseline.")
    assert run("--since", "HEAD~1").startswith(
        "warning: cross-module-write of finance_transaction (write) by dev.jobs.close is accepted "
        "now and was not at HEAD~1. (governance.W224 baseline-grown)\n"
        "  at governance-baseline.toml:8\n"
        "  Until 2999-06-30, because: Since 2019.\n"
        "  https://x/1\n"
    )
    run("--since", "HEAD~1", "--fail-level", "warning", code=1)
    assert refused("--since", "nowhere").startswith("git knows no commit 'nowhere' here.")


def test_report(file: Path, scanner: Scanner) -> None:
    scanner.found = [WRITE]
    text = run("--report", "-", code=1)
    assert text.startswith("# Data ownership review\n")
    assert "error:" not in text
    assert run("--report", "review.md", code=1).startswith("error: ")
    assert (file.parent / "review.md").read_text() == text.rstrip("\n")
    run("--report", "review.html", code=1)
    assert (file.parent / "review.html").read_text().startswith("<!doctype html>")
    assert refused("--report", "none/review.md") == (
        "none/review.md can't be written: No such file or directory."
    )
    assert refused("--report", "review.pdf") == (
        "--report review.pdf: the name ends with .md or .html, or is - for the terminal."
    )


def test_waivers(monolith: Monolith) -> None:
    """Accepted by the owner's declaration; what it accepts must be there."""
    monolith.app("shop", "class Order(models.Model):\n    pass\n")
    monolith.app("stock", "")
    for app, more in (("stock", ""), ("shop", "waivers=[W, W2]")):
        monolith.write(
            f"{app}/ownership.py",
            f"""
            from datetime import date
            from governance import Module, Waiver
            W = Waiver(slug="cross-module-write", subject="shop_order", actor="stock",
                       reason="Agreed.", until=date(2999, 1, 1))
            W2 = Waiver(slug="cross-module-write", subject="shop_order", caller="stock.jobs.gone",
                        reason="Agreed.", until=date(2999, 1, 1))
            MODULE = Module(name="{app}", apps=["{app}"], {more})
            """,
        )
    monolith.write(
        "fake.py",
        """
        from dataclasses import dataclass
        from governance.findings import Finding, Location
        from governance.management import survey
        from governance.rules import rule
        from tests.report.scans import Scan

        def static_scan(registry, paths):
            place = Location(file="stock/jobs.py", line=3, function="stock.jobs.sell")
            return Scan(findings=(Finding(
                rule=rule("cross-module-write"), message="x.", hint="", subject="shop_order",
                actor="stock", owner="shop", location=place,
                details={"operation": "insert", "layer": "static"}),), complete=not paths)

        survey.static_scan = static_scan
        """,
    )
    assert monolith.manage("makemigrations").returncode == 0
    assert monolith.manage("migrate", "-v0").returncode == 0
    run_it = (
        "import fake\nfrom django.core.management import call_command\ncall_command('schema_check')"
    )
    result = monolith.python(run_it)
    assert result.stdout == (
        "warning: Module 'shop' waives cross-module-write of shop_order by stock.jobs.gone, and "
        "there is no such finding. (governance.W225 unmatched-waiver)\n"
        "  Remove it from Module 'shop', or correct its names.\n"
        "\n"
        "1 warning; 1 waived.\n"
    ), result.stderr
    partial = monolith.python(run_it.replace("'schema_check'", "'schema_check', 'stock'"))
    assert partial.stdout == "No findings; 1 waived.\n"
