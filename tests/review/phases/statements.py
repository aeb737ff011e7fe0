"""RunSQL on tables, columns and constraints."""

from django.db import migrations, models

from tests.review.phases.case import (
    CONTRACT,
    EXPAND,
    FAILS,
    LOSES,
    NEVER,
    NONE,
    Case,
    add,
    remove,
    sql,
)

T = "ALTER TABLE shop_order "
ALL = "order select insert update delete"
STATEMENTS = (
    Case(
        name="SQL: add column",
        do=(sql(T + "ADD COLUMN fee int", T + "DROP COLUMN fee"),),
        phase=EXPAND,
        undo=LOSES,
        why="Nobody has to fill it.",
    ),
    Case(
        name="SQL: add column if not exists",
        do=(sql(T + "ADD COLUMN IF NOT EXISTS note text", ""),),
        phase=NONE,
        or_else=EXPAND,
        why="It exists: nothing happens.",
    ),
    Case(
        name="SQL: add column with volatile default",
        do=(sql(T + "ADD COLUMN token uuid DEFAULT gen_random_uuid()", T + "DROP COLUMN token"),),
        phase=EXPAND,
        undo=LOSES,
        why="Written anew.",
    ),
    Case(
        name="SQL: add serial",
        do=(sql(T + "ADD COLUMN no bigserial", T + "DROP COLUMN no"),),
        phase=EXPAND,
        undo=LOSES,
        why="Written anew; PostgreSQL fills it.",
    ),
    Case(
        name="SQL: add identity",
        do=(sql(T + "ADD no int GENERATED ALWAYS AS IDENTITY", T + "DROP COLUMN no"),),
        phase=EXPAND,
        undo=LOSES,
        why="Written anew; PostgreSQL fills it.",
    ),
    Case(
        name="SQL: add NOT NULL column without default",
        do=(sql(T + "ADD COLUMN fee int NOT NULL", T + "DROP COLUMN fee"),),
        phase=CONTRACT,
        undo=LOSES,
        old="order insert",
        new="order insert",
        why="Demands a value that no release gives.",
    ),
    Case(
        name="SQL: drop column",
        do=(
            sql(
                "alter table shop_order drop column note",
                T + "ADD COLUMN note text",
                state=(remove("note"),),
            ),
        ),
        phase=CONTRACT,
        loses_data=True,
        undo=LOSES,
        old="order select insert update",
        why="In lower case as in upper case.",
    ),
    Case(
        name="SQL: drop column that is not there",
        do=(sql(T + "DROP COLUMN IF EXISTS nothing", ""),),
        phase=NONE,
        or_else=CONTRACT,
        why="Nothing happens.",
    ),
    Case(
        name="SQL: rename column",
        do=(
            sql(
                T + "RENAME amount TO cents",
                T + "RENAME cents TO amount",
                state=(migrations.RenameField("Order", "amount", "cents"),),
            ),
        ),
        phase=CONTRACT,
        old="order select insert update",
        why="The old name is gone at once.",
    ),
    Case(
        name="SQL: rename table with a view in its place",
        do=(
            sql(
                "ALTER TABLE shop_invoice RENAME TO bills;"
                "CREATE VIEW shop_invoice AS SELECT * FROM bills",
                "DROP VIEW shop_invoice; ALTER TABLE bills RENAME TO shop_invoice",
                state=(migrations.AlterModelTable("Invoice", "bills"),),
            ),
        ),
        phase=EXPAND,
        or_else=CONTRACT,
        why="The old release goes on through the view.",
    ),
    Case(
        name="SQL: set NOT NULL",
        do=(sql(T + "ALTER rank SET NOT NULL", T + "ALTER rank DROP NOT NULL"),),
        phase=CONTRACT,
        old_rows="order insert update",
        why="Writers may send NULL no longer.",
    ),
    Case(
        name="SQL: NOT NULL NOT VALID",
        do=(
            sql(
                T + "ADD CONSTRAINT rank_nn NOT NULL rank NOT VALID", T + "DROP CONSTRAINT rank_nn"
            ),
        ),
        phase=CONTRACT,
        old_rows="order insert update",
        why="Old rows are left alone (PostgreSQL 18).",
    ),
    Case(
        name="SQL: drop NOT NULL",
        do=(sql(T + "ALTER amount DROP NOT NULL", T + "ALTER amount SET NOT NULL"),),
        phase=EXPAND,
        undo=FAILS,
        why="Demands less; a NULL that came since makes undoing fail.",
    ),
    Case(
        name="SQL: drop default",
        do=(sql(T + "ALTER state DROP DEFAULT", T + "ALTER state SET DEFAULT 'new'"),),
        phase=CONTRACT,
        old="order insert",
        new="order insert",
        why="Releases leave the value to PostgreSQL.",
    ),
    Case(
        name="SQL: set default",
        do=(sql(T + "ALTER amount SET DEFAULT 0", T + "ALTER amount DROP DEFAULT"),),
        phase=EXPAND,
        why="Demands less.",
    ),
    Case(
        name="SQL: type with USING",
        do=(sql(T + "ALTER amount TYPE bigint USING amount::bigint", T + "ALTER amount TYPE int"),),
        phase=EXPAND,
        undo=FAILS,
        why="Takes all that it took; big values can't go back.",
    ),
    Case(
        name="SQL: several at once",
        do=(
            sql(
                T + "ADD COLUMN fee int, ALTER amount DROP NOT NULL, DROP COLUMN rank",
                migrations.RunSQL.noop,
            ),
        ),
        phase=CONTRACT,
        loses_data=True,
        undo=LOSES,
        old="order select insert update",
        new="order select insert update",
        why="As late as its latest part.",
    ),
    Case(
        name="SQL: foreign key",
        before=(sql(T + "ADD COLUMN tag_id bigint DEFAULT 1", ""),),
        do=(
            sql(
                T + "ADD CONSTRAINT fk FOREIGN KEY (tag_id) REFERENCES shop_tag",
                T + "DROP CONSTRAINT fk",
            ),
        ),
        phase=CONTRACT,
        or_else=EXPAND,
        why="Orphans are refused; both tables are locked while all rows are looked up.",
    ),
    Case(
        name="SQL: foreign key not valid",
        before=(
            add(
                "tag", models.ForeignKey("shop.Tag", models.CASCADE, null=True, db_constraint=False)
            ),
        ),
        do=(
            sql(
                T + "ADD CONSTRAINT fk FOREIGN KEY (tag_id) REFERENCES shop_tag NOT VALID",
                T + "DROP CONSTRAINT fk",
            ),
        ),
        phase=CONTRACT,
        old_rows="order insert update; tag delete",
        why="Old rows are left alone, orphans to come are refused.",
    ),
    Case(
        name="SQL: validate foreign key",
        before=(
            sql(
                T
                + "ADD COLUMN tag_id bigint; "
                + T
                + "ADD CONSTRAINT fk FOREIGN KEY (tag_id) REFERENCES shop_tag NOT VALID",
                "",
            ),
        ),
        do=(sql(T + "VALIDATE CONSTRAINT fk", ""),),
        phase=EXPAND,
        why="Writers met the demand before already.",
    ),
    Case(
        name="SQL: drop foreign key",
        do=(
            sql(
                "ALTER TABLE shop_order_tags DROP CONSTRAINT IF EXISTS nothing; ALTER TABLE "
                "shop_invoice DROP CONSTRAINT invoice_order",
                "",
            ),
        ),
        before=(
            sql(
                "ALTER TABLE shop_invoice ADD CONSTRAINT invoice_order "
                "FOREIGN KEY (order_id) REFERENCES shop_order",
                "",
            ),
        ),
        phase=EXPAND,
        or_else=CONTRACT,
        why="Demands less, and locks both tables.",
    ),
    Case(
        name="SQL: check not valid, no enforcement",
        do=(sql(T + "ADD CONSTRAINT c CHECK (amount > 0) NOT ENFORCED", T + "DROP CONSTRAINT c"),),
        phase=EXPAND,
        or_else=NONE,
        why="A note that PostgreSQL does not check (18).",
    ),
    Case(
        name="SQL: rename constraint",
        before=(sql(T + "ADD CONSTRAINT c CHECK (id > 0)", ""),),
        do=(sql(T + "RENAME CONSTRAINT c TO d", T + "RENAME CONSTRAINT d TO c"),),
        phase=EXPAND,
        or_else=NONE,
        why="No statement names it.",
    ),
    Case(
        name="SQL: index",
        do=(sql("CREATE INDEX by_amount ON shop_order (amount)", "DROP INDEX by_amount"),),
        phase=EXPAND,
        why="Writers wait while it is built.",
    ),
    Case(
        name="SQL: unique index concurrently",
        do=(
            sql(
                "CREATE UNIQUE INDEX CONCURRENTLY one ON shop_customer (name)",
                "DROP INDEX CONCURRENTLY one",
            ),
        ),
        atomic=False,
        phase=CONTRACT,
        old_rows="customer insert update",
        why="Duplicates are refused, though nobody waits.",
    ),
    Case(
        name="SQL: drop index",
        before=(sql("CREATE INDEX by_amount ON shop_order (amount)", ""),),
        do=(sql("DROP INDEX by_amount", "CREATE INDEX by_amount ON shop_order (amount)"),),
        phase=CONTRACT,
        or_else=EXPAND,
        why="Takes structure away; no statement fails.",
    ),
    Case(
        name="SQL: reindex",
        do=(sql("REINDEX TABLE shop_order", ""),),
        phase=NONE,
        or_else=EXPAND,
        why="The same index in a new file; structure and rows stay.",
    ),
    Case(
        name="SQL: set fillfactor",
        do=(sql(T + "SET (fillfactor = 80)", T + "RESET (fillfactor)"),),
        phase=EXPAND,
        or_else=NONE,
        why="How rows are stored; nothing is demanded.",
    ),
    Case(
        name="SQL: create table as",
        do=(sql("CREATE TABLE shop_copy AS SELECT * FROM shop_order", "DROP TABLE shop_copy"),),
        phase=EXPAND,
        undo=LOSES,
        why="A new table with a copy of the rows.",
    ),
    Case(
        name="SQL: drop table cascade",
        do=(
            sql(
                "DROP TABLE shop_invoice CASCADE", None, state=(migrations.DeleteModel("Invoice"),)
            ),
        ),
        phase=CONTRACT,
        loses_data=True,
        undo=NEVER,
        old="invoice select insert update delete",
        why="All its rows go.",
    ),
    Case(
        name="SQL: set schema",
        do=(
            sql(
                "CREATE SCHEMA old; ALTER TABLE shop_invoice SET SCHEMA old",
                "ALTER TABLE old.shop_invoice SET SCHEMA public; DROP SCHEMA old",
            ),
        ),
        phase=CONTRACT,
        old="invoice select insert update delete",
        new="invoice select insert update delete",
        why="Where the search path does not look.",
    ),
)
