"""State and database told apart."""

from django.db import migrations, models

from tests.review.phases.case import (
    CONTRACT,
    EXPAND,
    FAILS,
    LOSES,
    MIGRATE,
    NONE,
    Case,
    add,
    alter,
    key,
    remove,
    separate,
    sql,
)

FEE = models.IntegerField(null=True)
SEPARATED = (
    Case(
        name="state-only removal of nullable",
        do=(separate(state=(remove("note"),)),),
        phase=NONE,
        why="The column stays; nobody has to fill it.",
    ),
    Case(
        name="state-only removal of NOT NULL",
        do=(separate(state=(remove("amount"),)),),
        phase=NONE,
        new="order insert",
        why="The new release has no value for the column.",
    ),
    Case(
        name="state-only removal with Python default",
        do=(separate(state=(remove("width"),)),),
        phase=NONE,
        new="order insert",
        why="The default was Python's; the column has none.",
    ),
    Case(
        name="state-only removal with db_default",
        do=(separate(state=(remove("state"),)),),
        phase=NONE,
        why="PostgreSQL fills it.",
    ),
    Case(
        name="relaxed, then removed from the state",
        do=(alter("amount", models.IntegerField(null=True)), separate(state=(remove("amount"),))),
        phase=EXPAND,
        undo=FAILS,
        why="First relaxed: the new release may leave it out.",
    ),
    Case(
        name="state-only removal of many-to-many",
        do=(separate(state=(remove("tags"),)),),
        phase=NONE,
        why="The table stays.",
    ),
    Case(
        name="state-only deletion",
        do=(separate(state=(migrations.DeleteModel("Invoice"),)),),
        phase=NONE,
        why="The table stays; rows of it still point to orders.",
    ),
    Case(
        name="state-only addition",
        do=(separate(state=(add("fee", FEE),)),),
        phase=NONE,
        new="order select insert update",
        why="The new release names a column that is not there.",
    ),
    Case(
        name="state-only creation",
        do=(separate(state=(migrations.CreateModel("Note", [key()]),)),),
        phase=NONE,
        new="note select insert update delete",
        why="There is no such table.",
    ),
    Case(
        name="model taken over with its table",
        do=(
            separate(
                state=(
                    migrations.CreateModel(
                        "Bill",
                        [
                            key(),
                            (
                                "order",
                                models.ForeignKey("shop.Order", models.CASCADE, related_name="+"),
                            ),
                        ],
                        options={"db_table": "shop_invoice"},
                    ),
                    migrations.DeleteModel("Invoice"),
                )
            ),
        ),
        phase=NONE,
        why="Another name in the state for the same table.",
    ),
    Case(
        name="state-only rename with column kept",
        do=(
            separate(
                state=(
                    migrations.RenameField("Order", "amount", "cents"),
                    alter("cents", models.IntegerField(db_column="amount")),
                )
            ),
        ),
        phase=NONE,
        why="The recommended rename: no statement changes.",
    ),
    Case(
        name="state-only rename",
        do=(separate(state=(migrations.RenameField("Order", "amount", "cents"),)),),
        phase=NONE,
        new="order select insert update",
        why="Nobody renames the column.",
    ),
    Case(
        name="state-only type",
        do=(separate(state=(alter("amount", models.BigIntegerField()),)),),
        phase=NONE,
        why="Big values do not fit the column that is still there.",
    ),
    Case(
        name="state-only null",
        do=(separate(state=(alter("amount", models.IntegerField(null=True)),)),),
        phase=NONE,
        why="The column still refuses NULL.",
    ),
    Case(
        name="database-only drop of a removed field",
        before=(
            alter("amount", models.IntegerField(null=True)),
            separate(state=(remove("amount"),)),
        ),
        do=(
            separate(
                database=(
                    sql(
                        "ALTER TABLE shop_order DROP COLUMN amount",
                        "ALTER TABLE shop_order ADD COLUMN amount integer",
                    ),
                )
            ),
        ),
        phase=CONTRACT,
        loses_data=True,
        undo=LOSES,
        why="The release before does not know the column any more.",
    ),
    Case(
        name="database-only drop, state left",
        do=(separate(database=(remove("note"),)),),
        phase=CONTRACT,
        loses_data=True,
        undo=LOSES,
        old="order select insert update",
        new="order select insert update",
        why="The model still has the field.",
    ),
    Case(
        name="drop of table after state-only deletion",
        before=(separate(state=(migrations.DeleteModel("Invoice"),)),),
        do=(sql("DROP TABLE shop_invoice", migrations.RunSQL.noop),),
        phase=CONTRACT,
        loses_data=True,
        undo=LOSES,
        why="No release knows the table; its rows go.",
    ),
    Case(
        name="column by SQL and state",
        do=(
            separate(
                database=(
                    sql(
                        "ALTER TABLE shop_order ADD COLUMN fee integer",
                        "ALTER TABLE shop_order DROP COLUMN fee",
                    ),
                ),
                state=(add("fee", FEE),),
            ),
        ),
        phase=EXPAND,
        undo=LOSES,
        why="As AddField.",
    ),
    Case(
        name="RunSQL with state operations",
        do=(
            sql(
                "ALTER TABLE shop_order ADD COLUMN fee integer",
                "ALTER TABLE shop_order DROP COLUMN fee",
                state=(add("fee", FEE),),
            ),
        ),
        phase=EXPAND,
        undo=LOSES,
        why="As AddField.",
    ),
    Case(
        name="NOT NULL by SQL in the right order",
        before=(
            sql(
                "ALTER TABLE shop_order ADD CONSTRAINT nn CHECK (amount IS NOT NULL) NOT VALID",
                "ALTER TABLE shop_order DROP CONSTRAINT nn",
            ),
            alter("rank", models.SmallIntegerField(null=True)),
            sql("UPDATE shop_order SET rank = 1 WHERE rank IS NULL", ""),
            sql(
                "ALTER TABLE shop_order ADD CONSTRAINT rnn CHECK (rank IS NOT NULL) NOT VALID",
                "ALTER TABLE shop_order DROP CONSTRAINT rnn",
            ),
        ),
        do=(sql("ALTER TABLE shop_order VALIDATE CONSTRAINT nn", ""),),
        phase=EXPAND,
        why="A proof of what writers have met before.",
    ),
    Case(
        name="set NOT NULL after a proved check",
        before=(
            sql("ALTER TABLE shop_invoice ALTER order_id DROP NOT NULL", ""),
            sql(
                "ALTER TABLE shop_invoice ADD CONSTRAINT nn CHECK (order_id IS NOT NULL)",
                "ALTER TABLE shop_invoice DROP CONSTRAINT nn",
            ),
        ),
        do=(
            sql(
                "ALTER TABLE shop_invoice ALTER order_id SET NOT NULL",
                "ALTER TABLE shop_invoice ALTER order_id DROP NOT NULL",
            ),
        ),
        phase=CONTRACT,
        or_else=EXPAND,
        why="Nothing is read; the CHECK demanded it already.",
    ),
    Case(
        name="nested separation",
        do=(
            separate(
                database=(separate(database=(add("fee", FEE),), state=()),),
                state=(add("fee", FEE),),
            ),
        ),
        phase=EXPAND,
        undo=LOSES,
        why="As AddField.",
    ),
    Case(
        name="index by SQL and state",
        do=(
            separate(
                database=(
                    sql(
                        "CREATE INDEX CONCURRENTLY by_a ON shop_order (amount)",
                        "DROP INDEX CONCURRENTLY by_a",
                    ),
                ),
                state=(migrations.AddIndex("Order", models.Index(fields=["amount"], name="by_a")),),
            ),
        ),
        atomic=False,
        phase=EXPAND,
        why="Nobody waits.",
    ),
    Case(
        name="unique by way of an index",
        before=(sql("CREATE UNIQUE INDEX one ON shop_invoice (order_id)", "DROP INDEX one"),),
        do=(
            separate(
                database=(
                    sql(
                        "ALTER TABLE shop_invoice ADD CONSTRAINT one_key UNIQUE USING INDEX one",
                        "ALTER TABLE shop_invoice DROP CONSTRAINT one_key",
                    ),
                ),
                state=(),
            ),
        ),
        phase=CONTRACT,
        or_else=EXPAND,
        why="The index refused duplicates before already.",
    ),
    Case(
        name="through model for a many-to-many",
        do=(
            separate(
                state=(
                    migrations.CreateModel(
                        "OrderTag",
                        [
                            key(),
                            ("order", models.ForeignKey("shop.Order", models.CASCADE)),
                            ("tag", models.ForeignKey("shop.Tag", models.CASCADE)),
                        ],
                        options={"db_table": "shop_order_tags"},
                    ),
                    alter("tags", models.ManyToManyField("shop.Tag", through="shop.OrderTag")),
                )
            ),
        ),
        phase=NONE,
        why="The table has the same columns.",
    ),
    Case(
        name="column moved by copying",
        do=(
            add("fee", FEE),
            sql("UPDATE shop_order SET fee = amount", ""),
        ),
        phase=MIGRATE,
        or_else=EXPAND,
        undo=LOSES,
        why="Rows are changed in the transaction that holds the lock of the new column.",
    ),
)
