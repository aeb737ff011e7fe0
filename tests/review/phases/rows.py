"""RunSQL on rows and partitions."""

from django.db import migrations

from tests.review.phases.case import (
    CONTRACT,
    EXPAND,
    LOSES,
    MIGRATE,
    NEVER,
    Case,
    sql,
)

ROWS = (
    Case(
        name="SQL: truncate",
        do=(sql("TRUNCATE shop_invoice", migrations.RunSQL.noop),),
        phase=MIGRATE,
        or_else=CONTRACT,
        loses_data=True,
        undo=LOSES,
        why="All rows go, the table stays.",
    ),
    Case(
        name="SQL: update all rows",
        do=(sql("UPDATE shop_order SET rank = 0 WHERE rank IS NULL", migrations.RunSQL.noop),),
        phase=MIGRATE,
        why="Fills NULLs.",
    ),
    Case(
        name="SQL: update over what was there",
        do=(sql("UPDATE shop_order SET note = 'x'", migrations.RunSQL.noop),),
        phase=MIGRATE,
        loses_data=True,
        undo=LOSES,
        why="Writes over every value.",
    ),
    Case(
        name="SQL: delete rows",
        do=(sql("DELETE FROM shop_invoice WHERE id > 10", migrations.RunSQL.noop),),
        phase=MIGRATE,
        or_else=CONTRACT,
        loses_data=True,
        undo=LOSES,
        why="Rows go for good.",
    ),
    Case(
        name="SQL: insert rows",
        do=(
            sql(
                "INSERT INTO shop_tag (name) VALUES ('new')",
                "DELETE FROM shop_tag WHERE name = 'new'",
            ),
        ),
        phase=MIGRATE,
        why="Rows come.",
    ),
    Case(
        name="SQL: insert from a query",
        do=(sql("INSERT INTO shop_tag (name) SELECT code FROM shop_order", None),),
        phase=MIGRATE,
        undo=NEVER,
        why="Rows come; nobody says how they go.",
    ),
    Case(
        name="SQL: partition attached",
        before=(
            sql(
                "CREATE TABLE shop_log (id bigint, day int) PARTITION BY RANGE (day);"
                "CREATE TABLE shop_log_1 (id bigint, day int);"
                "INSERT INTO shop_log_1 SELECT g, g FROM generate_series(0, 1999) g",
                "",
            ),
        ),
        do=(
            sql(
                "ALTER TABLE shop_log ATTACH PARTITION shop_log_1 FOR VALUES FROM (0) TO (2000)",
                "ALTER TABLE shop_log DETACH PARTITION shop_log_1",
            ),
        ),
        phase=EXPAND,
        or_else=CONTRACT,
        why="The partition's rows are read to prove the bounds.",
    ),
    Case(
        name="SQL: partition created",
        before=(sql("CREATE TABLE shop_log (id bigint, day int) PARTITION BY RANGE (day)", ""),),
        do=(
            sql(
                "CREATE TABLE shop_log_1 PARTITION OF shop_log FOR VALUES FROM (0) TO (9)",
                "DROP TABLE shop_log_1",
            ),
        ),
        phase=EXPAND,
        undo=LOSES,
        why="A place for more rows; the parent is locked for a moment.",
    ),
    Case(
        name="SQL: partition detached",
        before=(
            sql(
                "CREATE TABLE shop_log (id bigint, day int) PARTITION BY RANGE (day);"
                "CREATE TABLE shop_log_1 PARTITION OF shop_log FOR VALUES FROM (0) TO (9)",
                "",
            ),
        ),
        do=(
            sql(
                "ALTER TABLE shop_log DETACH PARTITION shop_log_1",
                "ALTER TABLE shop_log ATTACH PARTITION shop_log_1 FOR VALUES FROM (0) TO (9)",
            ),
        ),
        phase=CONTRACT,
        why="Its rows are no longer found in the parent.",
    ),
)
