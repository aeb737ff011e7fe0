"""What is told of constraints, and when nothing is."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.operations import (
    AddConstraintNotValid,
    ValidateConstraint,
)
from django.db import migrations, models
from django.db.models import Q

from tests.review.policy.building import LARGE, SMALL, judged, key, only, sql

m = migrations

FIRES: list[tuple[str, list[Any], dict[str, Any], str, str]] = [
    (
        "foreign-key-validated-at-once",
        [
            sql(
                "alter table shop_item add constraint fk foreign key (kind_id) references shop_kind (id)"
            )
        ],
        {"sizes": LARGE},
        (
            "operation 1 (RunSQL) checks kind_id of every row of shop_item (about "
            "2,000,000 rows) against shop_kind under SHARE ROW EXCLUSIVE on both: nobody "
            "can write either table meanwhile."
        ),
        (
            "Add it without looking at the rows, and look at them in the next migration, "
            "while work goes on:\n"
            "ALTER TABLE shop_item ADD CONSTRAINT fk FOREIGN KEY (kind_id) REFERENCES "
            "shop_kind (id) NOT VALID\n"
            "ALTER TABLE shop_item VALIDATE CONSTRAINT fk"
        ),
    ),
    (
        "foreign-key-locks-both-tables",
        [
            sql(
                "alter table shop_item add constraint fk foreign key (kind_id) references shop_kind (id) not valid"
            )
        ],
        {},
        (
            "operation 1 (RunSQL) takes SHARE ROW EXCLUSIVE on shop_kind for a moment, "
            "because shop_item comes to point to it: writes of it wait."
        ),
        ("Run it with a lock_timeout of a few seconds, and repeat it when that runs out."),
    ),
    (
        "foreign-key-locks-both-tables",
        [m.CreateModel("Line", [key(), ("item", models.ForeignKey("shop.Item", models.CASCADE))])],
        {},
        (
            "operation 1 (CreateModel) takes SHARE ROW EXCLUSIVE on shop_item for a "
            "moment, because shop_line comes to point to it: writes of it wait."
        ),
        ("Run it with a lock_timeout of a few seconds, and repeat it when that runs out."),
    ),
    (
        "check-validated-at-once",
        [
            m.AddConstraint(
                "item", models.CheckConstraint(condition=Q(stock__gte=0), name="stock_pos")
            )
        ],
        {},
        (
            'operation 1 (AddConstraint) checks every row of shop_item against "stock" >= '
            "0 under ACCESS EXCLUSIVE: nobody can read or write the table meanwhile."
        ),
        (
            "Two migrations, with django.contrib.postgres.operations:\n"
            'AddConstraintNotValid("item", '
            "models.CheckConstraint(condition=models.Q(('stock__gte', 0)), "
            "name='stock_pos'))\n"
            'ValidateConstraint("item", "stock_pos")'
        ),
    ),
    (
        "check-validated-at-once",
        [sql("alter table shop_item add constraint c check (stock >= 0)")],
        {},
        (
            "operation 1 (RunSQL) checks every row of shop_item against stock >= 0 under "
            "ACCESS EXCLUSIVE: nobody can read or write the table meanwhile."
        ),
        (
            "Two migrations:\n"
            "ALTER TABLE shop_item ADD CONSTRAINT c CHECK (stock >= 0) NOT VALID\n"
            "ALTER TABLE shop_item VALIDATE CONSTRAINT c"
        ),
    ),
    (
        "constraint-refuses-the-running-release",
        [
            AddConstraintNotValid(
                "item", models.CheckConstraint(condition=Q(stock__gte=0), name="stock_pos")
            )
        ],
        {},
        (
            'operation 1 (AddConstraintNotValid) lets shop_item demand "stock" >= 0 of '
            "every write from now on, and the running release does not know that."
        ),
        ("Release code that keeps to it first, and look for rows that do not."),
    ),
    (
        "validated-in-the-same-transaction",
        [
            sql(
                "alter table shop_item add constraint fk foreign key (kind_id) references shop_kind (id) not valid"
            ),
            sql("alter table shop_item validate constraint fk"),
        ],
        {},
        (
            "operation 2 (RunSQL) validates fk of shop_item in the transaction that added "
            "it: the lock of ADD CONSTRAINT is held until all rows were read."
        ),
        ("Move it to the next migration:\nALTER TABLE shop_item VALIDATE CONSTRAINT fk"),
    ),
    (
        "unique-built-under-lock",
        [m.AddConstraint("item", models.UniqueConstraint(fields=["code"], name="u"))],
        {"sizes": LARGE},
        (
            "operation 1 (AddConstraint) builds the index of UNIQUE (code) on shop_item "
            "(about 2,000,000 rows) under ACCESS EXCLUSIVE: nobody can read or write the "
            "table meanwhile."
        ),
        (
            "Build the index while work goes on (a migration with atomic = False), then "
            "make it the constraint in the next one:\n"
            "CREATE UNIQUE INDEX CONCURRENTLY u ON shop_item (code)\n"
            "ALTER TABLE shop_item ADD CONSTRAINT u UNIQUE USING INDEX u\n"
            "and for Django, on the last RunSQL: "
            "state_operations=[migrations.AddConstraint(model_name='item', "
            "constraint=models.UniqueConstraint(fields=('code',), name='u'))]"
        ),
    ),
    (
        "unique-built-under-lock",
        [m.AddField("item", "x", models.IntegerField(null=True, unique=True))],
        {},
        (
            "operation 1 (AddField) builds the index of UNIQUE (x) on shop_item under "
            "ACCESS EXCLUSIVE: nobody can read or write the table meanwhile."
        ),
        (
            "Build the index while work goes on (a migration with atomic = False), then "
            "make it the constraint in the next one:\n"
            "CREATE UNIQUE INDEX CONCURRENTLY x_uniq ON shop_item (x)\n"
            "ALTER TABLE shop_item ADD CONSTRAINT x_uniq UNIQUE USING INDEX x_uniq\n"
            "and for Django, on the last RunSQL: "
            "state_operations=[migrations.AddField(model_name='item', name='x', "
            "field=models.IntegerField(null=True, unique=True))]"
        ),
    ),
    (
        "primary-key-built-under-lock",
        [
            sql("alter table shop_item drop constraint shop_item_pkey"),
            sql("alter table shop_item add primary key (code)"),
        ],
        {},
        (
            "operation 2 (RunSQL) builds the index of PRIMARY KEY (code) on shop_item "
            "under ACCESS EXCLUSIVE: nobody can read or write the table meanwhile."
        ),
        (
            "Build the index while work goes on (a migration with atomic = False), then "
            "make it the constraint in the next one:\n"
            "CREATE UNIQUE INDEX CONCURRENTLY code_pk ON shop_item (code)\n"
            "ALTER TABLE shop_item ADD CONSTRAINT code_pk PRIMARY KEY USING INDEX code_pk"
        ),
    ),
    (
        "primary-key-on-nullable-columns",
        [sql("alter table shop_item add primary key using index u")],
        {
            "start": [
                sql("create unique index u on shop_item (code)"),
                sql("alter table shop_item drop constraint shop_item_pkey"),
            ]
        },
        (
            "operation 1 (RunSQL) looks for NULLs in every row of shop_item under ACCESS "
            "EXCLUSIVE: nobody can read or write the table meanwhile."
        ),
        (
            "Make the columns NOT NULL first, each statement a migration of its own:\n"
            "ALTER TABLE shop_item ADD CONSTRAINT code_set CHECK (code IS NOT NULL) NOT "
            "VALID\n"
            "ALTER TABLE shop_item VALIDATE CONSTRAINT code_set\n"
            "ALTER TABLE shop_item ALTER COLUMN code SET NOT NULL"
        ),
    ),
    (
        "exclusion-built-under-lock",
        [m.AddConstraint("item", ExclusionConstraint(name="e", expressions=[("code", "=")]))],
        {},
        (
            "operation 1 (AddConstraint) builds the index of EXCLUDE (code) on shop_item "
            "under ACCESS EXCLUSIVE: nobody can read or write the table meanwhile."
        ),
        (
            "PostgreSQL has no way to build it while work goes on. Put it on a new table "
            "and move the rows of shop_item there, or run it in an hour without users, "
            "with a lock_timeout."
        ),
    ),
    (
        "foreign-key-drop-locks-both-tables",
        [m.RemoveField("item", "kind")],
        {},
        (
            "operation 1 (RemoveField) drops the foreign key "
            "shop_item_kind_id_9c6c6f80_fk_shop_kind_id and takes ACCESS EXCLUSIVE on "
            "shop_kind as well as on shop_item."
        ),
        ("Run it with a lock_timeout, as the only operation of its migration."),
    ),
    (
        "constraint-dropped-with-cascade",
        [sql("alter table shop_item drop constraint shop_item_pkey cascade")],
        {},
        (
            "operation 1 (RunSQL) drops shop_item_pkey of shop_item with CASCADE, and with "
            "it each foreign key that needs it (shop_box_items)."
        ),
        (
            "Drop these foreign keys by name first, in migrations of their owners; then "
            "drop shop_item_pkey without CASCADE."
        ),
    ),
    (
        "constraint-altered",
        [sql("alter table shop_item rename constraint shop_item_pkey to pk")],
        {},
        (
            "operation 1 (RunSQL) renames shop_item_pkey to pk on shop_item, under ACCESS "
            "EXCLUSIVE for a moment."
        ),
        ("Search the code for shop_item_pkey, and run it with a lock_timeout."),
    ),
    (
        "constraint-altered",
        [sql("alter table shop_item alter constraint fk deferrable")],
        {
            "start": [
                sql(
                    "alter table shop_item add constraint fk foreign key (kind_id) references shop_kind (id) not valid"
                )
            ]
        },
        (
            "operation 1 (RunSQL) alters fk (deferrable) on shop_item, under ACCESS "
            "EXCLUSIVE for a moment."
        ),
        ("Search the code for fk, and run it with a lock_timeout."),
    ),
    (
        "domain-constraint-validated-at-once",
        [sql("alter domain email add constraint has_at check (value ~ '@')")],
        {
            "start": [
                sql("create domain email as text"),
                sql("alter table shop_item add mail email"),
            ]
        },
        (
            "operation 1 (RunSQL) checks every row of shop_item against the new constraint "
            "of the domain email, and nobody can write there meanwhile (SHARE)."
        ),
        ("Add it NOT VALID, and in the next migration:\nALTER DOMAIN email VALIDATE CONSTRAINT …"),
    ),
    (
        "domain-constraint-validated-at-once",
        [sql("alter domain email add constraint has_at check (value ~ '@')")],
        {},
        (
            "operation 1 (RunSQL) checks every row of every table that has a column of email "
            "against the new constraint of the domain email, and nobody can write there "
            "meanwhile (SHARE)."
        ),
        ("Add it NOT VALID, and in the next migration:\nALTER DOMAIN email VALIDATE CONSTRAINT …"),
    ),
    (
        "domain-with-check",
        [sql("create domain email as text check (value ~ '@')")],
        {},
        (
            "operation 1 (RunSQL) creates the domain email with a CHECK: a column of it "
            "with a default rewrites its table when it is added."
        ),
        ("Put the CHECK on the table that needs it."),
    ),
    (
        "constraint-dropped",
        [m.RemoveConstraint("item", "u")],
        {"start": [m.AddConstraint("item", models.UniqueConstraint(fields=["code"], name="u"))]},
        (
            "operation 1 (RemoveConstraint) drops u: shop_item then accepts rows that it "
            "refused so far, and with such rows it can't be added again."
        ),
        ("Say on the review card how to find these rows before going back."),
    ),
    (
        "primary-key-replaced",
        [sql("alter table shop_item drop constraint shop_item_pkey")],
        {},
        (
            "operation 1 (RunSQL) drops the primary key of shop_item, by which the running "
            "release finds its rows."
        ),
        (
            "Add a unique index on the new columns beside it, and drop the key when no "
            "release and no foreign key needs it any more."
        ),
    ),
]

QUIET: list[tuple[str, list[Any], dict[str, Any]]] = [
    (
        "foreign-key-validated-at-once",
        [
            sql(
                "alter table shop_item add constraint fk foreign key (kind_id) references shop_kind (id) not valid"
            )
        ],
        {},
    ),
    (
        "foreign-key-validated-at-once",
        [
            sql(
                "alter table shop_item add constraint fk foreign key (kind_id) references shop_kind (id)"
            )
        ],
        {"sizes": SMALL},
    ),
    (
        "foreign-key-validated-at-once",
        [m.AddField("item", "box", models.ForeignKey("shop.Box", models.CASCADE, null=True))],
        {},
    ),
    (
        "foreign-key-validated-at-once",
        [m.CreateModel("Line", [key(), ("item", models.ForeignKey("shop.Item", models.CASCADE))])],
        {},
    ),
    ("foreign-key-locks-both-tables", [m.CreateModel("Line", [key()])], {}),
    (
        "check-validated-at-once",
        [
            AddConstraintNotValid(
                "item", models.CheckConstraint(condition=Q(stock__gte=0), name="stock_pos")
            )
        ],
        {},
    ),
    (
        "check-validated-at-once",
        [
            m.AddConstraint(
                "item", models.CheckConstraint(condition=Q(stock__gte=0), name="stock_pos")
            )
        ],
        {"sizes": SMALL},
    ),
    (
        "constraint-refuses-the-running-release",
        [
            m.CreateModel("Line", [key(), ("stock", models.IntegerField())]),
            m.AddConstraint(
                "line", models.CheckConstraint(condition=Q(stock__gte=0), name="stock_pos")
            ),
        ],
        {},
    ),
    (
        "validated-in-the-same-transaction",
        [sql("alter table shop_item validate constraint fk")],
        {
            "start": [
                sql(
                    "alter table shop_item add constraint fk foreign key (kind_id) references shop_kind (id) not valid"
                )
            ]
        },
    ),
    (
        "validated-in-the-same-transaction",
        [ValidateConstraint("item", "stock_pos")],
        {
            "start": [
                AddConstraintNotValid(
                    "item", models.CheckConstraint(condition=Q(stock__gte=0), name="stock_pos")
                )
            ]
        },
    ),
    (
        "unique-built-under-lock",
        [sql("alter table shop_item add constraint u unique using index u")],
        {"start": [sql("create unique index u on shop_item (code)")]},
    ),
    (
        "unique-built-under-lock",
        [m.AddConstraint("item", models.UniqueConstraint(fields=["code"], name="u"))],
        {"sizes": SMALL},
    ),
    (
        "primary-key-built-under-lock",
        [sql("alter table shop_item add primary key using index u")],
        {
            "start": [
                sql("create unique index u on shop_item (stock)"),
                sql("alter table shop_item drop constraint shop_item_pkey"),
            ]
        },
    ),
    (
        "primary-key-on-nullable-columns",
        [sql("alter table people add primary key using index u")],
        {},
    ),
    (
        "primary-key-on-nullable-columns",
        [sql("alter table shop_item add primary key using index u")],
        {
            "start": [
                sql("create unique index u on shop_item (stock)"),
                sql("alter table shop_item drop constraint shop_item_pkey"),
            ]
        },
    ),
    (
        "exclusion-built-under-lock",
        [
            m.CreateModel("Line", [key(), ("code", models.TextField())]),
            m.AddConstraint("line", ExclusionConstraint(name="e", expressions=[("code", "=")])),
        ],
        {},
    ),
    ("foreign-key-drop-locks-both-tables", [m.RemoveField("item", "code")], {}),
    (
        "constraint-dropped-with-cascade",
        [sql("alter table shop_item drop constraint u cascade")],
        {
            "start": [
                m.AddConstraint("item", models.CheckConstraint(condition=Q(stock__gte=0), name="u"))
            ]
        },
    ),
    (
        "constraint-altered",
        [sql("alter table shop_item validate constraint fk")],
        {
            "start": [
                sql(
                    "alter table shop_item add constraint fk foreign key (kind_id) references shop_kind (id) not valid"
                )
            ]
        },
    ),
    (
        "domain-constraint-validated-at-once",
        [sql("alter domain email add constraint has_at check (value ~ '@') not valid")],
        {
            "start": [
                sql("create domain email as text"),
                sql("alter table shop_item add mail email"),
            ]
        },
    ),
    (
        "domain-constraint-validated-at-once",
        [sql("alter domain email add constraint has_at check (value ~ '@') not valid")],
        {},
    ),
    (
        "domain-constraint-validated-at-once",
        [sql("alter domain email add constraint has_at check (value ~ '@')")],
        {"start": [sql("create domain email as text")]},
    ),
    ("domain-with-check", [sql("create domain email as text")], {}),
    (
        "constraint-dropped",
        [sql("alter table shop_item drop constraint fk")],
        {
            "start": [
                sql(
                    "alter table shop_item add constraint fk foreign key (kind_id) references shop_kind (id) not valid"
                )
            ]
        },
    ),
    (
        "primary-key-replaced",
        [
            m.CreateModel("Line", [key()]),
            sql("alter table shop_line drop constraint shop_line_pkey"),
        ],
        {},
    ),
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
