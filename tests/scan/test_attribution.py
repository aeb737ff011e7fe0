"""Who acts: the innermost code, as at run time. Services, overrides, heirs, scopes."""

from pathlib import Path

import pytest

from tests.scan.planted import body, scan_of, written_by

T = "finance_transaction"


def test_model_that_is_registered_late(tmp_path: Path) -> None:
    """Its file loads with the URLs, so Django does not know it yet."""
    late = """
    class Receipt(models.Model):
        class Meta:
            app_label = "finance"
    class Slip(models.Model):
        class Meta:
            app_label = "dev"
            db_table = "slips"
    """
    code = "from ..finance.late import Receipt, Slip\n" + body(
        "Receipt.objects.create()\nSlip().save()\n"
        "for row in Receipt.objects.all():\n    row.delete()"
    )
    found = scan_of(tmp_path, {"finance/late.py": late, "dev/planted.py": code})
    assert [f.message.partition(":")[0] for f in found.findings] == [
        "dev may not insert into finance_receipt",
        "dev may not delete from finance_receipt",
    ]
    assert found.resolution.resolved == found.resolution.total == 3


def test_owner_writes_through_its_own_functions(tmp_path: Path) -> None:
    files = {
        "finance/services.py": body("Transaction.objects.create()", name="pay()"),
        "dev/planted.py": "from ..finance.services import pay\n" + body("pay()"),
    }
    found = scan_of(tmp_path, files)
    assert found.findings == ()
    assert [(w.actor, w.caller.rpartition(".")[2]) for w in found.writes] == [("finance", "pay")]


def test_function_of_another_file_tells_what_it_returns(tmp_path: Path) -> None:
    files = {
        "finance/services.py": body("return Transaction.objects.get(pk=1)", name="find()"),
        "dev/planted.py": "from ..finance.services import find\n" + body("find().save()"),
    }
    (finding,) = scan_of(tmp_path, files).findings
    assert (finding.actor, finding.subject) == ("dev", T)


def test_parameter_is_what_callers_pass(tmp_path: Path) -> None:
    files = {
        "dev/helpers.py": body("thing.save()", name="keep(thing)"),
        "dev/planted.py": "from .helpers import keep\n" + body("keep(Transaction.objects.first())"),
    }
    (finding,) = scan_of(tmp_path, files).findings
    assert (finding.location.file.endswith("helpers.py"), finding.subject) == (True, T)  # type: ignore[union-attr]


def test_parameter_that_could_be_anything_is_nothing(tmp_path: Path) -> None:
    calls = "\n".join(
        f"keep({name}.objects.first())"
        for name in ("Transaction", "Account", "Invoice", "Counterparty", "Person")
    )
    code = body("thing.save()", name="keep(thing)") + body(calls)
    found = scan_of(tmp_path, {"dev/planted.py": code})
    assert found.findings == ()
    assert [entry.text for entry in found.unresolved] == ["thing.save(…)"]


SCOPES = {
    "with": ("with acting_as('finance', reason='x'):\n    Transaction.objects.create()", []),
    "behind it": (
        "with acting_as('finance', reason='x'):\n    pass\nTransaction.objects.create()",
        [f"{T} insert"],
    ),
    "of another": (
        "with acting_as('core', reason='x'):\n    Transaction.objects.create()",
        [f"{T} insert"],
    ),
    "own table in it": (
        "with acting_as('finance', reason='x'):\n    Project.objects.create()",
        ["dev_project insert"],
    ),
    "without a reason": (
        "with acting_as('finance'):\n    Transaction.objects.create()",
        ["dev/planted.py scope"],
    ),
    "in a lambda": (
        "with acting_as('finance', reason='x'):\n"
        "    transaction.on_commit(lambda: Transaction.objects.create())",
        [],
    ),
}


@pytest.mark.parametrize("case", SCOPES.values(), ids=SCOPES)
def test_scopes(case: tuple[str, list[str]], tmp_path: Path) -> None:
    code, expected = case
    found = [entry.rpartition("planted_")[2] for entry in written_by(tmp_path, body(code))]
    assert [entry.partition("/")[2] if "/" in entry else entry for entry in found] == expected


def test_decorator_and_async_with(tmp_path: Path) -> None:
    code = "@acting_as('finance', reason='x')\n" + body("Transaction.objects.create()")
    assert written_by(tmp_path, code) == []
    inside = "async with acting_as('finance', reason='x'):\n    await Transaction.objects.acreate()"
    assert written_by(tmp_path, body(inside, async_=True)) == []


def test_scope_speaks_for_the_functions_that_are_called_in_it(tmp_path: Path) -> None:
    helper = body("Transaction.objects.create()", name="write_row()")
    inside = body("with acting_as('finance', reason='x'):\n    write_row()", name="job()")
    assert written_by(tmp_path, helper + inside) == []
    outside = body("write_row()", name="other()")
    assert written_by(tmp_path, helper + inside + outside) == [f"{T} insert"]


def test_callers_are_named_as_at_run_time(tmp_path: Path) -> None:
    code = """
    class Job:
        def run(self):
            def inner():
                Transaction.objects.create()
            transaction.on_commit(lambda: Transaction.objects.update(memo=""))
            [Transaction.objects.create() for _ in range(2)]
    Transaction.objects.all().delete()
    """
    found = scan_of(tmp_path, {"dev/planted.py": code}).findings
    names = [f.location.function.partition("planted.")[2] for f in found if f.location]
    assert sorted(names) == [
        "<module>",
        "Job.run",
        "Job.run.<locals>.<lambda>",
        "Job.run.<locals>.inner",
    ]


def test_whole_message(tmp_path: Path) -> None:
    (finding,) = scan_of(tmp_path, {"dev/planted.py": body("Transaction().save()")}).findings
    assert finding.message == (
        "dev may not save into finance_transaction: the table belongs to finance "
        "(Payments, #payments)."
    )
    assert finding.rule.id == "governance.E201"
    assert finding.hint.splitlines()[0] == (
        "instead  call project.finance.services.record_transaction"
        "(*, account_code, amount_minor, reference, memo, booked_at)"
    )
    assert finding.details["layer"] == "static"


def test_code_of_no_module(tmp_path: Path) -> None:
    (finding,) = scan_of(tmp_path, {"shared/planted.py": body("Transaction().save()")}).findings
    assert finding.message == (
        "Code of no module may not save into finance_transaction: the table belongs to finance "
        "(Payments, #payments)."
    )
    assert (finding.rule.slug, finding.actor) == ("unknown-actor", "unknown")
    assert finding.hint.splitlines()[-1] == (
        'or       say for whom it runs: with acting_as("finance", reason="…"):'
    )


def test_table_of_nobody(tmp_path: Path) -> None:
    code = body("connection.cursor().execute('INSERT INTO nowhere VALUES (1)')")
    (finding,) = scan_of(tmp_path, {"dev/planted.py": code}).findings
    assert finding.message == "dev may not insert into nowhere: nobody owns the table."
    assert finding.hint == (
        'Name it in the module that writes it: Module(name=…, tables=["nowhere"]).'
    )
    assert finding.rule.slug == "unowned-write"


def test_same_write_twice_has_one_fingerprint(tmp_path: Path) -> None:
    code = body("Transaction.objects.create()\nTransaction.objects.create()")
    first, second = scan_of(tmp_path, {"dev/planted.py": code}).findings
    assert first.fingerprint == second.fingerprint
    assert first.location != second.location
