"""A program that knows nothing of Django: it brings a connection of its own."""

import psycopg
from django.db import connection


def another_program():
    details = connection.settings_dict
    with psycopg.connect(
        host=details["HOST"], user=details["USER"], dbname=details["NAME"]
    ) as other:
        other.execute("UPDATE ledger_entry SET amount = 11")
