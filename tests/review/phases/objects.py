"""RunSQL on objects that are no tables, and on the session."""

from django.db import migrations

from tests.review.phases.case import (
    CONTRACT,
    EXPAND,
    MIGRATE,
    NEVER,
    NONE,
    Case,
    remove,
    sql,
)

NOTE_FUNCTION = (
    "CREATE FUNCTION shop_note() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN NEW.note := coalesce(NEW.note, ''); RETURN NEW; END $$"
)
REFUSE_FUNCTION = (
    "CREATE FUNCTION shop_refuse() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION 'read only'; END $$"
)
TRIGGER = (
    "CREATE TRIGGER fill BEFORE INSERT OR UPDATE ON shop_order FOR EACH ROW "
    "EXECUTE FUNCTION shop_note()"
)
OBJECTS = (
    Case(
        name="trigger",
        before=(sql(NOTE_FUNCTION, ""),),
        do=(sql(TRIGGER, "DROP TRIGGER fill ON shop_order"),),
        phase=EXPAND,
        why="Writers go on.",
    ),
    Case(
        name="trigger that refuses",
        before=(sql(REFUSE_FUNCTION, ""),),
        do=(
            sql(
                "CREATE TRIGGER refuse BEFORE INSERT OR UPDATE ON shop_tag FOR EACH ROW "
                "EXECUTE FUNCTION shop_refuse()",
                "DROP TRIGGER refuse ON shop_tag",
            ),
        ),
        phase=CONTRACT,
        old="tag insert update",
        new="tag insert update",
        why="Refuses what writers could write before.",
    ),
    Case(
        name="function and trigger at once",
        do=(
            sql(NOTE_FUNCTION, "DROP FUNCTION shop_note"),
            sql(TRIGGER, "DROP TRIGGER fill ON shop_order"),
        ),
        phase=EXPAND,
        why="Writers go on.",
    ),
    Case(
        name="trigger dropped",
        before=(sql(NOTE_FUNCTION, ""), sql(TRIGGER, "")),
        do=(sql("DROP TRIGGER fill ON shop_order", TRIGGER),),
        phase=CONTRACT,
        why="Takes away what a release may rely on.",
    ),
    Case(
        name="trigger disabled",
        before=(sql(NOTE_FUNCTION, ""), sql(TRIGGER, "")),
        do=(
            sql(
                "ALTER TABLE shop_order DISABLE TRIGGER fill",
                "ALTER TABLE shop_order ENABLE TRIGGER fill",
            ),
        ),
        phase=CONTRACT,
        why="As dropping it.",
    ),
    Case(
        name="function replaced",
        before=(sql(NOTE_FUNCTION, ""),),
        do=(sql(NOTE_FUNCTION.replace("CREATE", "CREATE OR REPLACE"), ""),),
        phase=EXPAND,
        why="Locks nothing.",
    ),
    Case(
        name="function dropped",
        before=(sql(NOTE_FUNCTION, ""),),
        do=(sql("DROP FUNCTION shop_note()", NOTE_FUNCTION),),
        phase=CONTRACT,
        why="Takes away what a statement may call.",
    ),
    Case(
        name="view",
        do=(
            sql(
                "CREATE VIEW shop_big AS SELECT * FROM shop_order WHERE amount > 9",
                "DROP VIEW shop_big",
            ),
        ),
        phase=EXPAND,
        why="Something more to read.",
    ),
    Case(
        name="view dropped",
        before=(sql("CREATE VIEW shop_big AS SELECT id FROM shop_order", ""),),
        do=(sql("DROP VIEW shop_big", "CREATE VIEW shop_big AS SELECT id FROM shop_order"),),
        phase=CONTRACT,
        why="Takes away what a statement may read.",
    ),
    Case(
        name="materialized view",
        do=(
            sql(
                "CREATE MATERIALIZED VIEW shop_sum AS SELECT sum(amount) FROM shop_order",
                "DROP MATERIALIZED VIEW shop_sum",
            ),
        ),
        phase=EXPAND,
        why="Reads the table once.",
    ),
    Case(
        name="materialized view refreshed",
        before=(sql("CREATE MATERIALIZED VIEW shop_sum AS SELECT id, amount FROM shop_order", ""),),
        do=(sql("REFRESH MATERIALIZED VIEW shop_sum", ""),),
        phase=MIGRATE,
        or_else=NONE,
        why="Its rows are made anew while nobody reads it.",
    ),
    Case(
        name="enum",
        do=(sql("CREATE TYPE mood AS ENUM ('a', 'b')", "DROP TYPE mood"),),
        phase=EXPAND,
        why="A type that nobody uses yet.",
    ),
    Case(
        name="enum value",
        before=(sql("CREATE TYPE mood AS ENUM ('a', 'b')", ""),),
        do=(sql("ALTER TYPE mood ADD VALUE 'c'", migrations.RunSQL.noop),),
        phase=EXPAND,
        why="One more; it can't be taken back.",
    ),
    Case(
        name="enum value renamed",
        before=(sql("CREATE TYPE mood AS ENUM ('a', 'b')", ""),),
        do=(
            sql(
                "ALTER TYPE mood RENAME VALUE 'a' TO 'z'", "ALTER TYPE mood RENAME VALUE 'z' TO 'a'"
            ),
        ),
        phase=CONTRACT,
        why="The old word is refused at once.",
    ),
    Case(
        name="type dropped",
        before=(sql("CREATE TYPE mood AS ENUM ('a', 'b')", ""),),
        do=(sql("DROP TYPE mood", "CREATE TYPE mood AS ENUM ('a', 'b')"),),
        phase=CONTRACT,
        why="Takes away what a statement may name.",
    ),
    Case(
        name="domain constraint",
        before=(sql("CREATE DOMAIN short AS text; ALTER TABLE shop_order ADD COLUMN s short", ""),),
        do=(
            sql(
                "ALTER DOMAIN short ADD CONSTRAINT c CHECK (length(VALUE) < 9)",
                "ALTER DOMAIN short DROP CONSTRAINT c",
            ),
        ),
        phase=CONTRACT,
        why="Every column of that type is proved, and refuses from now on.",
    ),
    Case(
        name="sequence",
        do=(sql("CREATE SEQUENCE shop_no", "DROP SEQUENCE shop_no"),),
        phase=EXPAND,
        why="Something more.",
    ),
    Case(
        name="schema",
        do=(sql("CREATE SCHEMA archive", "DROP SCHEMA archive"),),
        phase=EXPAND,
        why="Something more.",
    ),
    Case(
        name="grant",
        do=(
            sql("GRANT SELECT ON shop_order TO PUBLIC", "REVOKE SELECT ON shop_order FROM PUBLIC"),
        ),
        phase=EXPAND,
        why="Allows more.",
    ),
    Case(
        name="revoke",
        before=(sql("GRANT SELECT ON shop_order TO PUBLIC", ""),),
        do=(
            sql("REVOKE SELECT ON shop_order FROM PUBLIC", "GRANT SELECT ON shop_order TO PUBLIC"),
        ),
        phase=CONTRACT,
        why="Allows less.",
    ),
    Case(
        name="comment on table",
        do=(sql("COMMENT ON TABLE shop_order IS 'x'", "COMMENT ON TABLE shop_order IS NULL"),),
        phase=EXPAND,
        or_else=NONE,
        why="Demands nothing.",
    ),
    Case(
        name="row security",
        do=(
            sql(
                "ALTER TABLE shop_tag ENABLE ROW LEVEL SECURITY",
                "ALTER TABLE shop_tag DISABLE ROW LEVEL SECURITY",
            ),
        ),
        phase=CONTRACT,
        why="All but the owner see no row any more.",
    ),
    Case(
        name="policy",
        before=(sql("ALTER TABLE shop_tag ENABLE ROW LEVEL SECURITY", ""),),
        do=(sql("CREATE POLICY p ON shop_tag USING (true)", "DROP POLICY p ON shop_tag"),),
        phase=EXPAND,
        or_else=CONTRACT,
        why="A permissive policy allows more.",
    ),
    Case(
        name="extension by SQL",
        do=(sql("CREATE EXTENSION IF NOT EXISTS pg_trgm", migrations.RunSQL.noop),),
        phase=EXPAND,
        why="More operators for everybody.",
    ),
    Case(
        name="extension dropped",
        before=(sql("CREATE EXTENSION pg_trgm", ""),),
        do=(sql("DROP EXTENSION pg_trgm", "CREATE EXTENSION pg_trgm"),),
        phase=CONTRACT,
        why="Takes away operators.",
    ),
    Case(
        name="set lock_timeout",
        do=(sql("SET LOCAL lock_timeout = '2s'", ""),),
        phase=NONE,
        why="Concerns the session.",
    ),
    Case(
        name="analyze",
        do=(sql("ANALYZE shop_order", ""),),
        phase=NONE,
        why="Counts; changes nothing that a statement could see.",
    ),
    Case(
        name="lock table",
        do=(sql("LOCK TABLE shop_order IN ACCESS EXCLUSIVE MODE", ""),),
        phase=NONE,
        why="Waits and holds; changes nothing.",
    ),
    Case(name="select only", do=(sql("SELECT 1", ""),), phase=NONE, why="Changes nothing."),
    Case(name="empty SQL", do=(sql("", ""),), phase=NONE, why="Does nothing."),
    Case(name="comment as SQL", do=(sql("-- nothing here", ""),), phase=NONE, why="Does nothing."),
    Case(
        name="list with parameters",
        do=(
            migrations.RunSQL(
                [("UPDATE shop_order SET rank = %s WHERE rank IS NULL", [3]), "SELECT 1"],
                migrations.RunSQL.noop,
            ),
        ),
        phase=MIGRATE,
        why="Fills NULLs.",
    ),
    Case(
        name="DO block with DDL",
        do=(
            sql(
                "DO $$ BEGIN ALTER TABLE shop_order DROP COLUMN note; END $$",
                None,
                state=(remove("note"),),
            ),
        ),
        phase=CONTRACT,
        loses_data=True,
        undo=NEVER,
        old="order select insert update",
        why="The same statement inside a block.",
    ),
    Case(
        name="DO block with dynamic DDL",
        do=(
            sql(
                "DO $$ DECLARE t text; BEGIN FOR t IN SELECT 'shop_' || 'invoice' LOOP "
                "EXECUTE format('DROP TABLE %I', t); END LOOP; END $$",
                None,
                state=(migrations.DeleteModel("Invoice"),),
            ),
        ),
        phase=CONTRACT,
        loses_data=True,
        undo=NEVER,
        old="invoice select insert update delete",
        why="Composes its SQL: whoever can't read it must say so.",
    ),
    Case(
        name="call of a function",
        before=(
            sql(
                "CREATE FUNCTION shop_fill() RETURNS void LANGUAGE sql "
                "AS $$ UPDATE shop_order SET rank = 0 WHERE rank IS NULL $$",
                "",
            ),
        ),
        do=(sql("SELECT shop_fill()", migrations.RunSQL.noop),),
        phase=MIGRATE,
        why="The function changes rows.",
    ),
)
