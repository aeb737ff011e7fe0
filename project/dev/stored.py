"""A function that dev keeps in the database. It writes a table of finance, and no text says so."""

from django.db import connection

FUNCTION = """
    CREATE OR REPLACE FUNCTION dev_tidy_memos() RETURNS void LANGUAGE sql AS
    $$ UPDATE finance_transaction SET memo = trim(memo) $$
"""


def tidy_memos() -> None:
    """Wrong: the statement that Python sends is a `SELECT`. Only PostgreSQL sees the write."""
    with connection.cursor() as cursor:
        cursor.execute(FUNCTION)
        cursor.execute("SELECT dev_tidy_memos()")
