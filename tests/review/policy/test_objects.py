"""What is told of types, functions, views, triggers and rights, and when nothing is."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import migrations

from tests.review.policy.building import judged, only, sql

m = migrations

FIRES: list[tuple[str, list[Any], dict[str, Any], str, str]] = [
    (
        "enum-value-used-at-once",
        [
            sql("alter type mood add value 'calm'"),
            sql("update shop_item set note = 'calm' where id < 5"),
        ],
        {},
        (
            "operation 1 (RunSQL) adds the value 'calm' to the enum mood, and a later "
            "operation of the same transaction uses it, which PostgreSQL refuses (55P04)."
        ),
        ("Move the use to the next migration."),
    ),
    (
        "enum-value-without-place",
        [sql("alter type mood add value 'calm'")],
        {},
        ("operation 1 (RunSQL) adds a value (calm) to the end of the enum mood."),
        ("Say where it belongs:\nALTER TYPE mood ADD VALUE 'calm' BEFORE '…'"),
    ),
    (
        "enum-value-renamed",
        [sql("alter type mood rename value 'glad' to 'happy'")],
        {},
        (
            "operation 1 (RunSQL) renames a value of the enum mood to 'happy': the running "
            "release still writes and compares the old one, and fails (22P02)."
        ),
        (
            "Add the new value, let the code write it, and update the rows in batches:\n"
            "ALTER TYPE mood ADD VALUE …"
        ),
    ),
    (
        "enum-type-created",
        [sql("create type mood as enum ('glad')")],
        {},
        ("operation 1 (RunSQL) creates the enum mood, from which no value can ever be removed."),
        ("A text column with choices and a CHECK can be changed in both directions."),
    ),
    (
        "type-changed",
        [sql("alter type address drop attribute city")],
        {},
        (
            "operation 1 (RunSQL) changes the attributes of the type address, which the "
            "running release reads and writes in its old shape."
        ),
        ("Create a new type beside address, and move the columns to it."),
    ),
    (
        "object-dropped-with-cascade",
        [sql("drop type mood cascade")],
        {},
        (
            "operation 1 (RunSQL) drops the type mood with CASCADE, and with it all that "
            "depends on it."
        ),
        ("Drop the dependants by name, then:\nDROP TYPE mood"),
    ),
    (
        "object-dropped-with-cascade",
        [sql("drop database old")],
        {"atomic": False},
        ("operation 1 (RunSQL) drops the database old, and with it all that is in it."),
        ("Leave that to whoever runs the server, with a backup at hand."),
    ),
    (
        "view-dropped",
        [sql("drop view sales")],
        {},
        ("operation 1 (RunSQL) drops the view sales: whoever reads it fails."),
        ("Drop it one release after the last reader; look in pg_stat_statements."),
    ),
    (
        "view-dropped",
        [sql("drop view sales; create view sales as select id from shop_item")],
        {"start": [sql("create view sales (id, price) as select id, price from shop_item")]},
        (
            "operation 1 (RunSQL) drops the view sales and makes it again without price: "
            "whoever reads that fails (42703)."
        ),
        ("Leave it out one release after the last reader."),
    ),
    (
        "view-dropped",
        [sql("drop view sales"), sql("create view sales as select id from shop_item")],
        {"atomic": False},
        ("operation 1 (RunSQL) drops the view sales: whoever reads it fails."),
        ("Drop it one release after the last reader; look in pg_stat_statements."),
    ),
    (
        "function-replaced",
        [
            sql("drop view sales"),
            sql("create view sales as select price as price, lower(note), i.id from shop_item i"),
        ],
        {"start": [sql("create view sales as select id, price, lower(note) from shop_item")]},
        (
            "operation 1 (RunSQL) replaces the view sales, which the running release calls from "
            "now on."
        ),
        ("Keep the old text as reverse_sql."),
    ),
    (
        "function-dropped",
        [sql("drop function price_of(bigint)")],
        {},
        (
            "operation 1 (RunSQL) drops the function price_of: statements, defaults and "
            "triggers that call it fail (42883)."
        ),
        ("Drop it one release after the last call; search the code and pg_depend."),
    ),
    (
        "materialized-view-refreshed-under-lock",
        [sql("refresh materialized view sales")],
        {},
        (
            "operation 1 (RunSQL) refreshes sales under ACCESS EXCLUSIVE: nobody can read "
            "it meanwhile."
        ),
        ("It needs a unique index:\nREFRESH MATERIALIZED VIEW CONCURRENTLY sales"),
    ),
    (
        "extension-changed",
        [sql("drop extension hstore")],
        {},
        (
            "operation 1 (RunSQL) drops the extension hstore: what it brought changes for "
            "all who use it."
        ),
        ("Make it a migration of its own, and rehearse it."),
    ),
    (
        "sequence-changed",
        [sql("alter sequence shop_item_id_seq restart")],
        {},
        (
            "operation 1 (RunSQL) restarts the sequence shop_item_id_seq: it may give "
            "numbers that exist already."
        ),
        ("Set it to the greatest number in use:\nSELECT setval('shop_item_id_seq', …)"),
    ),
    (
        "sequence-changed",
        [sql("drop sequence numbers")],
        {},
        ("operation 1 (RunSQL) drops the sequence numbers: INSERTs that use it fail."),
        ("Set it to the greatest number in use:\nSELECT setval('numbers', …)"),
    ),
    (
        "trigger-created",
        [
            sql(
                "create function f() returns trigger language plpgsql as $$ begin  return new; end $$"
            ),
            sql("create trigger t before insert on shop_item for each row execute function f()"),
        ],
        {},
        (
            "operation 2 (RunSQL) creates the trigger t on shop_item: writes wait for a "
            "moment (SHARE ROW EXCLUSIVE), and each runs its function from now on."
        ),
        ("Run it with a lock_timeout, and measure what the function costs."),
    ),
    (
        "trigger-refuses-writes",
        [
            sql(
                "create function f() returns trigger language plpgsql as $$ begin raise exception 'no'; return new; end $$"
            ),
            sql("create trigger t before insert on shop_item for each row execute function f()"),
        ],
        {},
        (
            "operation 2 (RunSQL) creates the trigger t on shop_item, whose function f "
            "raises an exception: writes of the running release may be refused."
        ),
        ("Release code that keeps to the new demand first, then the trigger."),
    ),
    (
        "trigger-switched-off",
        [sql("drop trigger t on shop_item")],
        {},
        (
            "operation 1 (RunSQL) drops the trigger t of shop_item: what it kept in step, "
            "logged or refused is no longer."
        ),
        ("Say on the review card why it is not needed, and keep its text as reverse_sql."),
    ),
    (
        "trigger-switched-off",
        [sql("alter table shop_item disable trigger all")],
        {},
        (
            "operation 1 (RunSQL) switches off all triggers of shop_item: what it kept in "
            "step, logged or refused is no longer."
        ),
        ("Switch it on again in the same transaction, and name one trigger only."),
    ),
    (
        "row-security-changed",
        [sql("alter table shop_item enable row level security")],
        {},
        (
            "operation 1 (RunSQL) changes row level security of shop_item: the application "
            "sees other rows than before, without an error."
        ),
        ("Create the policies first, and look with the role of the application."),
    ),
    (
        "replication-changed",
        [sql("alter table shop_item replica identity nothing")],
        {},
        (
            "operation 1 (RunSQL) changes the replica identity of shop_item: UPDATE and "
            "DELETE of a published table fail without one."
        ),
        ("Do it together with whoever runs the subscribers."),
    ),
    (
        "replication-changed",
        [sql("create rule r as on insert to shop_item do nothing")],
        {},
        ("operation 1 (RunSQL) creates the rule r on shop_item."),
        ("Do it together with whoever reads the other end; use a trigger, not a rule."),
    ),
    (
        "rights-changed",
        [sql("revoke all on shop_item from public")],
        {},
        (
            "operation 1 (RunSQL) revokes rights on shop_item: whoever works with them "
            "fails at once (42501)."
        ),
        ("Look who uses them first."),
    ),
    (
        "rights-changed",
        [sql("alter table shop_item owner to bob")],
        {},
        (
            "operation 1 (RunSQL) gives shop_item to another role (bob): the old one can "
            "no longer alter it."
        ),
        ("Look who alters the table first, migrations among them."),
    ),
    (
        "function-replaced",
        [sql("create or replace function f() returns int language sql as 'select 1'")],
        {},
        (
            "operation 1 (RunSQL) replaces the function f, which the running release calls "
            "from now on."
        ),
        ("Keep the old text as reverse_sql."),
    ),
]

QUIET: list[tuple[str, list[Any], dict[str, Any]]] = [
    (
        "enum-value-used-at-once",
        [
            sql("alter type mood add value 'calm'"),
            sql("update shop_item set note = 'glad' where id < 5"),
        ],
        {},
    ),
    (
        "enum-value-used-at-once",
        [
            sql("alter type mood add value 'calm'"),
            sql("update shop_item set note = 'calm' where id < 5"),
        ],
        {"atomic": False},
    ),
    ("enum-value-without-place", [sql("alter type mood add value 'calm' before 'glad'")], {}),
    ("enum-value-renamed", [sql("alter type mood add value 'happy' after 'glad'")], {}),
    ("enum-type-created", [sql("create type address as (city text)")], {}),
    ("type-changed", [sql("create type address as (city text)")], {}),
    ("object-dropped-with-cascade", [sql("drop type mood")], {}),
    ("view-dropped", [sql("create view sales as select 1 as one")], {}),
    (
        "view-dropped",
        [sql("drop view sales; create view sales as select * from shop_item")],
        {"start": [sql("create view sales as select id from shop_item")]},
    ),
    (
        "trigger-switched-off",
        [
            sql(
                "drop trigger if exists t on shop_item; "
                "create trigger t before insert on shop_item for each row execute function f()"
            ),
        ],
        {},
    ),
    ("function-dropped", [sql("create function f() returns int language sql as 'select 1'")], {}),
    (
        "materialized-view-refreshed-under-lock",
        [sql("refresh materialized view concurrently sales")],
        {"atomic": False},
    ),
    ("extension-changed", [sql("create extension if not exists hstore")], {}),
    ("sequence-changed", [sql("create sequence numbers")], {}),
    ("trigger-created", [sql("create function f() returns int language sql as 'select 1'")], {}),
    (
        "trigger-refuses-writes",
        [
            sql(
                "create function f() returns trigger language plpgsql as $$ begin  return new; end $$"
            ),
            sql("create trigger t before insert on shop_item for each row execute function f()"),
        ],
        {},
    ),
    ("trigger-switched-off", [sql("alter table shop_item enable trigger t")], {}),
    ("row-security-changed", [sql("create policy everyone on shop_item using (true)")], {}),
    ("replication-changed", [sql("alter table shop_item set (fillfactor = 90)")], {}),
    ("rights-changed", [sql("grant select on shop_item to bob")], {}),
    ("function-replaced", [sql("create function f() returns int language sql as 'select 1'")], {}),
]


@pytest.mark.parametrize(("slug", "operations", "history", "message", "hint"), FIRES)
def test_fires(
    slug: str, operations: list[Any], history: dict[str, Any], message: str, hint: str
) -> None:
    assert only(slug, *operations, **history) == (message, hint)


@pytest.mark.parametrize(("slug", "operations", "history"), QUIET)
def test_silent(slug: str, operations: list[Any], history: dict[str, Any]) -> None:
    assert slug not in [f.rule.slug for f in judged(*operations, **history)]


def test_each_rule_fires_and_is_silent() -> None:
    assert {case[0] for case in FIRES} == {case[0] for case in QUIET}
