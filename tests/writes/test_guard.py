"""What the guard does with statements, whoever sends them."""

import threading
from collections.abc import Callable

import pytest
from asgiref.sync import async_to_sync
from django.db import connection, connections, transaction
from django.db.utils import DEFAULT_DB_ALIAS
from django.test.utils import CaptureQueriesContext
from psycopg import sql

from governance import Finding, WriteRefused, acting_as
from governance.writes import guard as guarding
from governance.writes import installation, recorder
from governance.writes.cursors import GuardedCursor
from project.core.models import Person, Team
from project.dev.models import Project
from project.finance.models import Tag, Transaction
from tests.writes.planted import code_in, function_in


def run_as(module: str, statement: object, params: object = None) -> None:
    with acting_as(module, reason="a test"), connection.cursor() as cursor:
        cursor.execute(statement, params)


REFUSED = {
    "insert": "insert into finance_account (name) values ('x')",
    "update": "UPDATE finance_transaction SET memo = 'x'",
    "quoted": 'UPDATE "finance_transaction" SET "memo" = \'x\'',
    "qualified": "UPDATE public.finance_transaction SET memo = 'x'",
    "cte": "WITH d AS (DELETE FROM finance_transaction RETURNING *) SELECT count(*) FROM d",
    "truncate": "TRUNCATE finance_transaction CASCADE",
    "second statement": "SELECT 1; DELETE FROM finance_transaction",
    "explain analyze": "EXPLAIN ANALYZE DELETE FROM finance_transaction",
    "merge": "MERGE INTO finance_transaction t USING finance_tag s ON t.id = s.id "
    "WHEN MATCHED THEN DELETE",
    "ddl": "ALTER TABLE finance_transaction ADD COLUMN x int",
    "trigger": "CREATE INDEX i ON finance_transaction (memo)",
    "do": "DO $$ BEGIN DELETE FROM finance_transaction; END $$",
    "schema": "DELETE FROM reporting.finance_daily_totals",
    "unmanaged": "DELETE FROM legacy_ledger",
    "comment": "/* route=x */ DELETE FROM finance_transaction",
}


@pytest.mark.parametrize("name", REFUSED)
def test_raw_sql_is_refused(name: str, seeded: None, enforce: None) -> None:
    before = Transaction.objects.count()
    with pytest.raises(WriteRefused) as caught:
        run_as("dev", REFUSED[name])
    assert (caught.value.actor, caught.value.owner) == ("dev", "finance")
    assert Transaction.objects.count() == before


def test_other_forms_of_text(seeded: None, enforce: None) -> None:
    name = sql.Identifier("finance_transaction")
    composed = sql.SQL("DELETE FROM {} WHERE memo = {}").format(name, sql.Literal("x"))
    for text in (composed, b"DELETE FROM finance_transaction", "DELETE FROM finance_transaction"):
        with pytest.raises(WriteRefused):
            run_as("dev", text)


def test_transaction_stays_usable(seeded: None, enforce: None) -> None:
    with transaction.atomic():
        Tag.objects.create(name="kept")
        with pytest.raises(WriteRefused):
            run_as("dev", "DELETE FROM finance_transaction")
        assert Tag.objects.filter(name="kept").exists()


def test_owner_may(seeded: None, enforce: None) -> None:
    run_as("finance", "UPDATE finance_transaction SET memo = memo")


def test_share_may_until_it_ends(seeded: None, enforce: None) -> None:
    run_as("dev", "INSERT INTO finance_tag (name) VALUES ('from-dev')")
    with pytest.raises(WriteRefused):
        run_as("core", "INSERT INTO finance_tag (name) VALUES ('from-core')")


def test_tables_of_the_platform_are_free(seeded: None, enforce: None) -> None:
    run_as("dev", "DELETE FROM django_session")


def test_partition_belongs_to_its_root(seeded: None, enforce: None) -> None:
    with pytest.raises(WriteRefused) as caught:
        run_as("finance", "DELETE FROM dev_usage_sample_2026_h1")
    assert (caught.value.owner, caught.value.table) == ("dev", "dev_usage_sample")
    run_as("dev", "DELETE FROM dev_usage_sample_2026_h1")


def test_what_several_modules_permit_is_signed_for_all(seeded: None, enforce: None) -> None:
    """finance's scope permits one table, the code of dev the other; a comment names one actor."""
    text = (
        "WITH a AS (UPDATE dev_project SET name = name RETURNING 1) "
        "UPDATE finance_account SET name = name RETURNING current_query()"
    )
    namespace = code_in("dev/planted.py", SEVERAL)
    outer = code_in("finance/planted.py", OUTER)["outer"]
    assert outer(namespace["inner"], text).startswith("/*own:system:accepted*/ WITH")


SEVERAL = """
def inner(text):
    with connection.cursor() as cursor:
        cursor.execute(text)
        return cursor.fetchone()[0]
"""
OUTER = """
def outer(inner, text):
    with acting_as("finance", reason="a test"):
        return inner(text)
"""


def test_temporary_tables_are_free(seeded: None, enforce: None) -> None:
    run_as("dev", "CREATE TEMP TABLE scratch (a int)")
    run_as("dev", "INSERT INTO scratch VALUES (1)")
    run_as("dev", "DROP TABLE scratch")


def test_a_temporary_table_hides_no_write_before_it(seeded: None, enforce: None) -> None:
    name = "finance_transaction"
    with pytest.raises(WriteRefused):
        run_as("dev", f"DELETE FROM {name}; CREATE TEMP TABLE {name} (a int)")
    run_as("dev", f"CREATE TEMP TABLE {name} (a int); INSERT INTO {name} VALUES (1)")
    run_as("dev", f"DELETE FROM {name}")


def test_unowned_table_is_not_free(seeded: None, enforce: None) -> None:
    with pytest.raises(WriteRefused) as caught:
        run_as("dev", "CREATE TABLE stray (a int)")
    assert str(caught.value).splitlines()[0] == "dev may not create stray: nobody owns the table."
    assert 'Module(name=…, tables=["stray"])' in str(caught.value)


def test_unreadable_needs_a_reason(seeded: None, enforce: None) -> None:
    call = "DO $$ BEGIN EXECUTE 'select 1'; END $$"
    act = function_in("dev/planted.py", "connection.cursor().execute(args[0])")
    with pytest.raises(WriteRefused) as caught:
        act(call)
    assert str(caught.value) == (
        "A statement of dev runs an anonymous block that composes its SQL, so nobody knows which "
        "tables it writes.\n"
        "  where    project/dev/planted.py:2, in project.dev.planted.act\n"
        '  Write it as plain SQL, or answer for it: with acting_as("dev", reason="…"):\n'
        "The statement was not sent. (governance.E202 unknown-write)"
    )
    run_as("dev", call)


def test_executemany(seeded: None, enforce: None) -> None:
    statement = "UPDATE finance_transaction SET memo = %s"
    body = f"connection.cursor().executemany('{statement}', [['x'], ['y']])"
    act = function_in("dev/planted.py", body)
    with pytest.raises(WriteRefused):
        act()


def test_select_for_update_is_no_write(seeded: None, enforce: None) -> None:
    act = function_in("dev/planted.py", "return len(Transaction.objects.select_for_update())")
    assert act() > 0


def test_multi_table_inheritance_is_judged_table_by_table(
    seeded: None, report: Callable[[], list[Finding]]
) -> None:
    function_in("dev/planted.py", "i = Invoice.objects.all()[0]\ni.status = i.status\ni.save()")()
    assert {f.subject for f in report()} == {"finance_document", "finance_invoice"}


def test_proxy_and_read_model_resolve_to_the_table(
    seeded: None, report: Callable[[], list[Finding]]
) -> None:
    function_in("dev/planted.py", "Refund.objects.update(memo='x')")()
    function_in("dev/planted.py", "LedgerRow.objects.update(currency='EUR')", "other")()
    assert [(f.owner, f.subject) for f in report()] == [("finance", "finance_transaction")] * 2


def test_python_cascade_is_seen(seeded: None, report: Callable[[], list[Finding]]) -> None:
    """core deletes its own row, and Django deletes dev's rows that hang on it."""
    team = Team.objects.all()[0]
    person = Person.objects.create(name="x", email="x@example.com", team=team)
    Project.objects.all()[0].watchers.add(person)
    function_in("core/planted.py", "args[0].delete()")(person)
    assert [(f.actor, f.subject, f.details["operation"]) for f in report()] == [
        ("core", "dev_project_watchers", "delete")
    ]


def test_fingerprint_knows_no_line(seeded: None, report: Callable[[], list[Finding]]) -> None:
    function_in("dev/planted.py", "Transaction.objects.update(memo='x')")()
    function_in("dev/planted.py", "\n\n\nTransaction.objects.update(memo='y')")()
    function_in("dev/planted.py", "Transaction.objects.update(memo='y')", "elsewhere")()
    found = report()
    assert len(found) == 2
    assert [f.location.line for f in found if f.location] == [2, 2]


def test_connections_of_other_threads_are_guarded(seeded_for_good: None, enforce: None) -> None:
    seen: list[BaseException] = []

    def work() -> None:
        try:
            run_as("dev", "UPDATE finance_transaction SET memo = 'x'")
        except WriteRefused as error:
            seen.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert len(seen) == 1


def test_guard_is_installed_once(db: None) -> None:
    current = connections[DEFAULT_DB_ALIAS]
    current.ensure_connection()
    before = current.connection.cursor_factory
    installation.install(current)
    assert current.connection.cursor_factory is before
    assert issubclass(before, GuardedCursor)
    assert not issubclass(before.unguarded, GuardedCursor)
    assert len(current.connection._notice_handlers) == 1


def test_long_texts_are_not_kept(seeded: None, enforce: None) -> None:
    ids = ", ".join(["%s"] * 2_000)
    statement = f'UPDATE "finance_transaction" SET "memo" = \'\' WHERE "id" IN ({ids})'
    with pytest.raises(WriteRefused):
        run_as("dev", statement, [0] * 2_000)
    assert statement not in guarding._state.entries


def test_memory_is_bounded(seeded: None, enforce: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guarding, "MOST_KEPT", 10)
    for number in range(50):
        run_as("finance", f"SELECT {number}")
    assert len(guarding._state.entries) <= 10


def test_changed_settings_take_effect_at_once(
    seeded: None, governance_settings: Callable[..., None]
) -> None:
    governance_settings(MODE="off")
    run_as("dev", "UPDATE finance_transaction SET memo = memo")
    governance_settings(MODE="enforce")
    with pytest.raises(WriteRefused):
        run_as("dev", "UPDATE finance_transaction SET memo = memo")


def test_broken_settings_turn_everything_off(
    seeded: None, governance_settings: Callable[..., None]
) -> None:
    governance_settings(MODE="enforced")
    run_as("dev", "UPDATE finance_transaction SET memo = memo")


SCOPED = """
@acting_as("finance", reason="agreed with finance")
def decorated():
    Transaction.objects.filter(memo="none").update(memo="x")
    helper()
def helper():
    Transaction.objects.filter(memo="none").update(memo="x")
def block():
    with acting_as("finance", reason="agreed with finance"):
        helper()
        [helper() for _ in range(1)]
        connection.cursor().execute("DO $$ BEGIN EXECUTE 'select 1'; END $$")
        run("DO $$ BEGIN EXECUTE 'select 1'; END $$")
def run(sql):
    connection.cursor().execute(sql)
async def awaiting():
    async with acting_as("finance", reason="agreed with finance"):
        await Transaction.objects.filter(memo="none").aupdate(memo="x")
"""


@pytest.mark.parametrize("name", ["decorated", "block", "awaiting"])
def test_scope_permits_in_guard_and_router_alike(name: str, seeded: None, enforce: None) -> None:
    act = code_in("dev/planted.py", SCOPED)[name]
    (async_to_sync(act) if name == "awaiting" else act)()


def test_governance_W205_borrowed_scope(seeded: None, report: Callable[[], list[Finding]]) -> None:
    body = 'with acting_as("finance"):\n    Transaction.objects.filter(memo="-").update(memo="")'
    function_in("dev/planted.py", body)()
    assert [(f.rule.slug, f.message, f.hint) for f in report()] == [
        (
            "borrowed-scope",
            "dev acts as finance in project/dev/planted.py without saying why.",
            'Say why: acting_as("finance", reason="…"), or call the interface of finance.',
        )
    ]


@pytest.mark.parametrize(
    ("place", "scope"),
    [
        ("dev/planted.py", 'acting_as("finance", reason="agreed")'),
        ("finance/planted.py", 'acting_as("finance")'),
        ("shared/planted.py", 'acting_as("finance")'),
    ],
)
def test_governance_W205_silent(
    place: str, scope: str, seeded: None, report: Callable[[], list[Finding]]
) -> None:
    body = f'with {scope}:\n    Transaction.objects.filter(memo="-").update(memo="")'
    function_in(place, body)()
    assert report() == []


def test_temporary_name_ends_with_its_table(seeded: None, enforce: None) -> None:
    """Rolled back or dropped, it hides the real table no longer."""
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        run_as("dev", "CREATE TEMP TABLE finance_account (name text)")
        run_as("dev", "INSERT INTO finance_account VALUES ('scratch')")
        raise ZeroDivisionError
    with pytest.raises(WriteRefused):
        run_as("dev", "INSERT INTO finance_account (name) VALUES ('real')")


def test_what_is_recorded_is_bounded(
    seeded: None, report: Callable[[], list[Finding]], monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(5):
        run_as_dev = function_in("dev/planted.py", "connection.cursor().execute(args[0])")
        run_as_dev(f"DO LANGUAGE plpgsql $$ BEGIN EXECUTE 'select {number}'; END $$")
    assert len(report()) <= 5
    monkeypatch.setattr(recorder, "MOST_KEPT", len(report()))
    function_in("dev/planted.py", "Transaction.objects.filter(memo='-').update(memo='')")()
    assert "cross-module-write" not in {finding.rule.slug for finding in report()}


@pytest.mark.parametrize(
    "statements",
    [
        ["create temp table t1 (a int); insert into t1 select 1"],
        ["do $$ begin create temp table t2 (a int); insert into t2 values (1); end $$"],
        [
            "create temp table t3 (a int)",
            "alter table t3 rename to t4",
            "insert into t4 values (1)",
        ],
        ["create temp table t5 (a int)", "create index on t5 (a)", "drop table t5"],
    ],
)
def test_temporary_tables_however_they_come(
    statements: list[str], seeded: None, enforce: None
) -> None:
    for statement in statements:
        run_as("dev", statement)


def test_failed_transaction_is_told_by_postgresql(seeded: None, enforce: None) -> None:
    from django.db import InternalError

    with pytest.raises(InternalError, match="current transaction is aborted"), transaction.atomic():
        act = function_in("dev/planted.py", "connection.connection.execute(args[0])")
        with pytest.raises(Exception, match="nonsense"):
            act("select nonsense")
        connection.needs_rollback = False
        run_as("dev", "UPDATE finance_transaction SET memo = 'x'")


def test_block_with_parameters(seeded: None, enforce: None) -> None:
    run_as("dev", "do $$ begin raise notice '%%', 1; end $$", [])


def test_the_signature_is_not_shown(seeded: None, enforce: None) -> None:
    """In ``connection.queries``, in ``assertNumQueries`` and in logs people read their own SQL."""
    with CaptureQueriesContext(connection) as captured:
        run_as("finance", "UPDATE finance_transaction SET memo = %s", ["x"])
        run_as("finance", "UPDATE finance_transaction SET memo = %(memo)s", {"memo": "y"})
    assert [query["sql"] for query in captured] == [
        "UPDATE finance_transaction SET memo = 'x'",
        "UPDATE finance_transaction SET memo = 'y'",
    ]
