"""Which module reads which table and column, and where."""

from pathlib import Path

import pytest

from tests.scan.planted import body, scan_of

READS = {
    "lookup": (
        "Transaction.objects.filter(memo='x')",
        {("finance_transaction", ""), ("finance_transaction", "memo")},
    ),
    "lookup through a relation": (
        "Project.objects.filter(budget__code='x')",
        {
            ("dev_project", ""),
            ("dev_project", "budget_id"),
            ("finance_account", ""),
            ("finance_account", "code"),
        },
    ),
    "order": (
        "Account.objects.order_by('-name')",
        {("finance_account", ""), ("finance_account", "name")},
    ),
    "followed at once": (
        "Project.objects.select_related('budget')",
        {("dev_project", ""), ("dev_project", "budget_id"), ("finance_account", "")},
    ),
    "counted": (
        "from django.db.models import Count\nProject.objects.annotate(n=Count('costs'))",
        {("dev_project", ""), ("dev_costentry", "")},
    ),
    "attribute": (
        "row = Account.objects.all()[0]\nreturn row.currency",
        {("finance_account", ""), ("finance_account", "currency")},
    ),
    "SQL": (
        "connection.cursor().execute('SELECT code FROM finance_account JOIN core_team ON true')",
        {("finance_account", ""), ("core_team", "")},
    ),
}


@pytest.mark.parametrize("case", READS.values(), ids=READS)
def test_reads(case: tuple[str, set[tuple[str, str]]], tmp_path: Path) -> None:
    code, expected = case
    found = scan_of(tmp_path, {"dev/planted.py": body(code)})
    assert {(r.table, r.column) for r in found.reads} >= expected
    assert {(r.actor, r.operation) for r in found.reads} == {("dev", "read")}
    assert found.findings == ()
