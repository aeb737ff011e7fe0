"""Thin layer above cursors."""

from django.db import connection


def run(sql, params=None):
    with connection.cursor() as cursor:
        cursor.execute(sql, params)  # ?: the text comes from outside
        return cursor.rowcount


def rows(sql, params=None):
    with connection.cursor() as cursor:
        cursor.execute(sql, params)  # ?: the text comes from outside
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def truncate(model):
    run(f"TRUNCATE {model._meta.db_table}")  # ?: any model


def scalar(sql, params=None):
    with connection.cursor() as cursor:
        cursor.execute(sql, params)  # ?: the text comes from outside
        return cursor.fetchone()[0]


def now():
    with connection.cursor() as cursor:
        cursor.execute("SELECT now() -- not UPDATE orders_order SET x = 1")  # ok: reads
        return cursor.fetchone()[0]
