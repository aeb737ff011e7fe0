"""SQL in the code: literal, composed, and what can't be told."""

from pathlib import Path

import pytest

from tests.scan.planted import body, scan_of, written_by

T = "finance_transaction"
CURSOR = "with connection.cursor() as cursor:\n    "

WRITES = {
    "literal": ("cursor.execute('UPDATE finance_transaction SET memo = 1')", [f"{T} update"]),
    "many": (
        "cursor.executemany('DELETE FROM finance_transaction WHERE id = %s', [])",
        [f"{T} delete"],
    ),
    "copy": ("cursor.copy('COPY finance_transaction FROM STDIN')", [f"{T} copy"]),
    "bytes": ("cursor.execute(b'DELETE FROM finance_transaction')", [f"{T} delete"]),
    "joined": ("cursor.execute('DELETE FROM ' + 'finance_transaction')", [f"{T} delete"]),
    "constant": ("cursor.execute(SQL)", [f"{T} delete"]),
    "f-string": ("cursor.execute(f'DELETE FROM {TABLE} WHERE id = {order}')", [f"{T} delete"]),
    "table of a model": (
        "cursor.execute(f'DELETE FROM {Transaction._meta.db_table}')",
        [f"{T} delete"],
    ),
    "percent": ("cursor.execute('DELETE FROM %s' % TABLE)", [f"{T} delete"]),
    "percent with names": (
        "cursor.execute('DELETE FROM %(t)s WHERE a = %%s' % {'t': TABLE})",
        [f"{T} delete"],
    ),
    "format": ("cursor.execute('DELETE FROM {}'.format(TABLE))", [f"{T} delete"]),
    "format with names": ("cursor.execute('DELETE FROM {t}'.format(t=TABLE))", [f"{T} delete"]),
    "join": ("cursor.execute(' '.join(['DELETE', 'FROM', TABLE]))", [f"{T} delete"]),
    "several tables": (
        "for name in ('finance_tag', 'finance_account'):\n"
        "        cursor.execute(f'DELETE FROM {name}')",
        ["finance_account delete"],
    ),
    "psycopg": (
        "from psycopg import sql\n    cursor.execute(sql.SQL('DELETE FROM {}').format("
        "sql.Identifier(TABLE)))",
        [f"{T} delete"],
    ),
    "grown": ("q = 'DELETE FROM '\n    q += TABLE\n    cursor.execute(q)", [f"{T} delete"]),
    "in a WITH": (
        "cursor.execute('WITH x AS (DELETE FROM finance_transaction RETURNING 1) SELECT 1')",
        [f"{T} delete"],
    ),
    "altered": ("cursor.execute('ALTER TABLE finance_transaction ADD x int')", [f"{T} alter"]),
    "raw": ("Transaction.objects.raw('DELETE FROM finance_transaction')", [f"{T} delete"]),
    "table of nobody": ("cursor.execute('DELETE FROM nowhere')", ["nowhere delete"]),
    "only the table's name is composed": (
        "cursor.execute(f'DELETE FROM {order}')",
        ["DELETE FROM governance_hole unknown"],
    ),
    "procedure": ("cursor.execute('CALL pay_all()')", ["CALL pay_all() unknown"]),
}


@pytest.mark.parametrize("case", WRITES.values(), ids=WRITES)
def test_found(case: tuple[str, list[str]], tmp_path: Path) -> None:
    code, expected = case
    text = "TABLE = 'finance_transaction'\nSQL = 'DELETE FROM finance_transaction'\n"
    assert written_by(tmp_path, text + body(CURSOR + code)) == expected


INNOCENT = {
    "read": "cursor.execute('SELECT * FROM finance_transaction')",
    "own table": "cursor.execute('DELETE FROM dev_project')",
    "shared table": "cursor.execute('DELETE FROM finance_tag')",
    "composed read": "cursor.execute(f'SELECT * FROM {order} WHERE a = {order}')",
    "composed value": "cursor.execute(f'UPDATE dev_project SET name = {order}')",
    "temporary": (
        "cursor.execute('CREATE TEMP TABLE x (a int)')\n"
        "    cursor.execute('INSERT INTO x VALUES (1)')"
    ),
    "no cursor": "order.executor.execute('DELETE this')",
    "answered for": (
        "with acting_as('dev', reason='checked'):\n        cursor.execute('CALL pay_all()')"
    ),
}


@pytest.mark.parametrize("code", INNOCENT.values(), ids=INNOCENT)
def test_silent(code: str, tmp_path: Path) -> None:
    assert written_by(tmp_path, body(CURSOR + code)) == []


def test_unknown_text_counts_against_the_resolution(tmp_path: Path) -> None:
    found = scan_of(tmp_path, {"dev/planted.py": body(CURSOR + "cursor.execute(order)")})
    assert found.findings == ()
    assert (found.resolution.resolved, found.resolution.total) == (0, 1)
    assert [entry.text for entry in found.unresolved] == ["cursor.execute(…)"]


def test_messages(tmp_path: Path) -> None:
    code = body(CURSOR + "cursor.execute(f'DELETE FROM {order}')\n    cursor.execute('CALL pay()')")
    composed, called = scan_of(tmp_path, {"dev/planted.py": code}).findings
    assert composed.message == (
        "dev composes SQL that writes, and the scan can't tell which table."
    )
    assert composed.rule.id == "governance.W212"
    assert called.message == (
        "A statement of dev calls the procedure pay, whose body is not known here, so nobody "
        "knows which tables it writes."
    )
    assert called.rule.id == "governance.E202"


def test_sql_of_a_migration_acts_for_its_app(tmp_path: Path) -> None:
    code = """
    from django.db import migrations
    class Migration(migrations.Migration):
        operations = [
            migrations.RunSQL(
                [
                    "UPDATE finance_transaction SET memo = ''",
                    ("UPDATE dev_project SET name = ''", []),
                ],
                reverse_sql="DELETE FROM finance_account",
            ),
        ]
    """
    (finding,) = scan_of(tmp_path, {"dev/migrations/0009_x.py": code}).findings
    assert (finding.subject, finding.details["operation"]) == (T, "update")
    assert finding.hint == "instead  write it as a migration of finance"
