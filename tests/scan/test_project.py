"""The demonstration project, its planted ways, and the fingerprints of the run-time layers."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from governance.findings import Finding
from governance.ownership import current
from governance.scan.callers import words_of
from governance.scan.project import scan, telling
from governance.scan.results import Scan
from project.dev.wrong_ways import WRONG_WAYS

PLANTED = {
    ("project/dev/wrong_ways.py", "create_directly", "finance_transaction", "insert"),
    ("project/dev/wrong_ways.py", "update_in_bulk", "finance_transaction", "update"),
    ("project/dev/wrong_ways.py", "write_raw_sql", "finance_transaction", "insert"),
    ("project/dev/wrong_ways.py", "write_raw_sql", "finance_transaction", "update"),
    ("project/dev/wrong_ways.py", "add_m2m_tag", "finance_transaction_tags", "insert"),
    ("project/dev/wrong_ways.py", "create_async", "finance_transaction", "insert"),
    ("project/dev/signals.py", "credit_rolled_back_deployment", "finance_transaction", "insert"),
    (
        "project/dev/proposed_migrations/0003_add_project_to_transactions.py",
        "point_transactions_at_projects",
        "finance_transaction",
        "update",
    ),
    (
        "project/dev/proposed_migrations/0003_add_project_to_transactions.py",
        "0003_add_project_to_transactions",
        "finance_transaction",
        "alter",
    ),
}


@pytest.fixture(scope="module")
def result(django_db_setup: None) -> Scan:
    """Of the demonstration alone; the scripts beside it belong to no module."""
    return scan(current.ownership().registry, paths=["project"])


def test_every_planted_way_is_found_and_nothing_else(result: Scan) -> None:
    found = {
        (
            finding.location.file,
            finding.location.function.rpartition(".")[2],
            finding.subject,
            finding.details["operation"],
        )
        for finding in result.findings
        if finding.location
    }
    assert found == PLANTED


def test_run_time_gives_the_same_fingerprints(
    result: Scan, seeded: None, report: Callable[[], list[Finding]]
) -> None:
    for way in WRONG_WAYS:
        way.run()
    static = {finding.fingerprint for finding in result.findings}
    seen = {finding.fingerprint for finding in report()}
    assert len(seen) >= len(WRONG_WAYS)
    assert seen <= static


def test_what_is_permitted_is_listed_too(result: Scan) -> None:
    own = {(w.actor, w.table, w.operation) for w in result.writes if w.owner == "finance"}
    assert ("finance", "finance_transaction", "insert") in own
    assert ("dev", "finance_tag", "insert") in own


def test_resolution(result: Scan) -> None:
    assert result.resolution.percent >= 95
    assert len(result.unresolved) == result.resolution.total - result.resolution.resolved


def test_paths_limit_the_scan() -> None:
    part = scan(current.ownership().registry, paths=["project/dev/signals.py"])
    assert (part.files, part.complete, len(part.findings)) == (1, False, 1)


def test_order_does_not_depend_on_the_number_of_processes(result: Scan) -> None:
    again = scan(current.ownership().registry, paths=["project"], jobs=2)
    assert again == result


def test_without_reads_it_finds_the_same_writes(result: Scan) -> None:
    fast = scan(current.ownership().registry, paths=["project"], reads=False)
    assert fast == replace(result, reads=())


LOOKED_AT = {
    b"def act(row):\n    row.save()": True,
    b"def act(row):\n    row.asave()": True,
    b"def act(row):\n    row.set_line_order([1])": True,
    b"def act(cursor):\n    cursor.execute(sql)": True,
    b"class Edit(EditView):\n    form_class = RowForm": True,
    b"class Edit:\n    form_class = RowForm": False,
    b"def act(row):\n    return row.memo": False,
    b"def act(rows):\n    rows.append(1)": False,
}


@pytest.mark.parametrize(("code", "expected"), LOOKED_AT.items())
def test_which_files_may_write(code: bytes, expected: bool) -> None:
    assert words_of(code, telling(reads=False)).silent is not expected


def test_which_files_may_read() -> None:
    assert not words_of(b"def act(row):\n    return row.memo", telling(reads=True)).silent


def test_the_whole_project_is_complete() -> None:
    whole = scan(current.ownership().registry)
    assert whole.complete
    assert not [f for f in whole.findings if f.rule.slug == "unreadable-source"]
