"""Types, functions, views, triggers and other objects. 650–669."""

from governance.findings import Rule, Severity

ERROR = Severity.ERROR
WARNING = Severity.WARNING
INFO = Severity.INFO

OBJECTS = (
    Rule(
        number=650,
        severity=ERROR,
        slug="enum-value-used-at-once",
        title="A new enum value is used in the transaction that adds it",
        meaning="PostgreSQL refuses to use it before it is committed (55P04).",
        remedy="Add the value in a migration of its own, before the one that uses it.",
        bad="migrations.RunSQL(\"ALTER TYPE mood ADD VALUE 'calm'\")\n"
        "migrations.RunSQL(\"UPDATE shop_item SET mood = 'calm' WHERE mood IS NULL\")",
        good="the second one in the next migration",
    ),
    Rule(
        number=651,
        severity=INFO,
        slug="enum-value-without-place",
        title="An enum value is added at the end of the order",
        meaning="ORDER BY, < and > follow the order of the values, and it can't be changed later.",
        remedy="Say where it belongs: ADD VALUE … BEFORE or AFTER another one.",
        bad="migrations.RunSQL(\"ALTER TYPE size ADD VALUE 'medium'\")",
        good="migrations.RunSQL(\"ALTER TYPE size ADD VALUE 'medium' BEFORE 'large'\")",
    ),
    Rule(
        number=652,
        severity=ERROR,
        slug="enum-value-renamed",
        title="An enum value is renamed",
        meaning="The running release writes and compares the old value, and each such statement "
        "fails (22P02).",
        remedy="Add the new value, let the code write it, update the rows in batches.",
        bad="migrations.RunSQL(\"ALTER TYPE mood RENAME VALUE 'glad' TO 'happy'\")",
        good="migrations.RunSQL(\"ALTER TYPE mood ADD VALUE 'happy' AFTER 'glad'\")",
    ),
    Rule(
        number=653,
        severity=INFO,
        slug="enum-type-created",
        title="An enum type is created",
        meaning="A value can be added to it, but never removed, and Django knows nothing of it.",
        remedy="A text column with choices and a CHECK can be changed in both directions.",
        bad="migrations.RunSQL(\"CREATE TYPE mood AS ENUM ('glad', 'sad')\")",
        good='models.CheckConstraint(condition=Q(mood__in=["glad", "sad"]), name="known_mood")',
    ),
    Rule(
        number=654,
        severity=ERROR,
        slug="type-changed",
        title="The attributes of a composite type are changed",
        meaning="Tables that use the type are rewritten or refused, and the running release reads "
        "and writes the old shape.",
        remedy="Create a new type beside it and move the columns.",
        bad='migrations.RunSQL("ALTER TYPE address DROP ATTRIBUTE city CASCADE")',
        good='migrations.RunSQL("CREATE TYPE address_v2 AS (…)")',
    ),
    Rule(
        number=655,
        severity=ERROR,
        slug="object-dropped-with-cascade",
        title="CASCADE drops what is not named here",
        meaning="Views, columns, triggers and foreign keys that depend on it go as well, unseen by "
        "the review and by their owners, and the way back does not bring them.",
        remedy="Drop each dependant by name first, and the object without CASCADE.",
        bad='migrations.RunSQL("DROP TYPE mood CASCADE")',
        good='migrations.RunSQL("DROP TYPE mood")',
    ),
    Rule(
        number=656,
        severity=WARNING,
        slug="view-dropped",
        title="A view is dropped",
        meaning="Whoever reads it fails from now on: the running release through an unmanaged "
        "model, a report, another team.",
        remedy="Drop it when nobody reads it any more; look in pg_stat_statements.",
        bad='migrations.RunSQL("DROP VIEW shop_sales")  # with the release that stops reading it',
        good="the same, one release later",
    ),
    Rule(
        number=657,
        severity=WARNING,
        slug="function-dropped",
        title="A function is dropped",
        meaning="Statements, defaults and triggers that call it fail from now on (42883).",
        remedy="Drop it when nothing calls it any more: search the code and pg_depend.",
        bad='migrations.RunSQL("DROP FUNCTION price_of(bigint)")',
        good="the same, one release after the last call",
    ),
    Rule(
        number=658,
        severity=ERROR,
        slug="materialized-view-refreshed-under-lock",
        title="A materialized view is refreshed while nobody can read it",
        meaning="REFRESH holds ACCESS EXCLUSIVE until the query is done.",
        remedy="REFRESH MATERIALIZED VIEW CONCURRENTLY; it needs a unique index.",
        bad='migrations.RunSQL("REFRESH MATERIALIZED VIEW sales")',
        good='migrations.RunSQL("REFRESH MATERIALIZED VIEW CONCURRENTLY sales")',
    ),
    Rule(
        number=659,
        severity=WARNING,
        slug="extension-changed",
        title="An extension is dropped or updated",
        meaning="To drop it takes its types, functions and operators away from whoever uses them. "
        "An update may change them, and can seldom be undone.",
        remedy="Do it as an operation of its own, after a rehearsal, with a backup at hand.",
        bad='migrations.RunSQL("DROP EXTENSION hstore CASCADE")',
        good="columns of the extension's types replaced first, then DROP EXTENSION",
    ),
    Rule(
        number=660,
        severity=WARNING,
        slug="sequence-changed",
        title="A sequence is dropped or set back",
        meaning="Without it INSERTs fail; set back it gives numbers that exist already (23505).",
        remedy="Never set it below the greatest number in use.",
        bad='migrations.RunSQL("ALTER SEQUENCE shop_item_id_seq RESTART")',
        good="SELECT setval('shop_item_id_seq', (SELECT max(id) FROM shop_item))",
    ),
    Rule(
        number=661,
        severity=INFO,
        slug="trigger-created",
        title="A trigger is created or dropped",
        meaning="To create it stops the writes of the table for a moment (SHARE ROW EXCLUSIVE), "
        "to drop it the reads as well. From then on each write runs its function.",
        remedy="Run it with a lock_timeout, and measure what the function costs.",
        bad='migrations.RunSQL("CREATE TRIGGER …") without having measured the function',
        good="lock_timeout, and benchmarks with and without the trigger",
    ),
    Rule(
        number=662,
        severity=ERROR,
        slug="trigger-refuses-writes",
        title="A new trigger may refuse what the running release writes",
        meaning="Its function raises an exception. The release that still runs knows nothing of "
        "it, so a write that was right until now fails. Linters don't look into functions.",
        remedy="Release code that keeps to the new demand first, then the trigger.",
        bad="CREATE TRIGGER … EXECUTE FUNCTION refuse_negative_price()  -- RAISE EXCEPTION",
        good="the form validates in one release, the trigger comes with the next",
    ),
    Rule(
        number=663,
        severity=WARNING,
        slug="trigger-switched-off",
        title="A trigger is switched off or dropped",
        meaning="What it kept in step, logged or refused is no longer, and DISABLE TRIGGER ALL "
        "also switches off foreign keys.",
        remedy="Switch off one trigger by name, in the transaction that switches it on again.",
        bad='migrations.RunSQL("ALTER TABLE shop_item DISABLE TRIGGER ALL")',
        good="SET LOCAL session_replication_role = replica, for one statement",
    ),
    Rule(
        number=664,
        severity=ERROR,
        slug="row-security-changed",
        title="Row level security is switched on or off, or a policy is changed",
        meaning="Switched on without a policy for the role of the application, it sees no rows at "
        "all, without an error. Switched off, it sees all of them.",
        remedy="Create the policies first, then switch it on; look with the application's role.",
        bad='migrations.RunSQL("ALTER TABLE shop_item ENABLE ROW LEVEL SECURITY")',
        good='migrations.RunSQL("CREATE POLICY everyone ON shop_item USING (true)")  # before it',
    ),
    Rule(
        number=665,
        severity=WARNING,
        slug="replication-changed",
        title="A rule, a publication or the replica identity is changed",
        meaning="Subscribers stop or lack rows; without a replica identity UPDATE and DELETE fail "
        "on published tables. A rule rewrites statements without saying so.",
        remedy="Do it together with whoever runs the subscribers; use a trigger, not a rule.",
        bad='migrations.RunSQL("ALTER TABLE shop_item REPLICA IDENTITY NOTHING")',
        good='migrations.RunSQL("ALTER TABLE shop_item REPLICA IDENTITY USING INDEX item_code")',
    ),
    Rule(
        number=666,
        severity=WARNING,
        slug="rights-changed",
        title="Somebody loses rights, or an object changes hands",
        meaning="What was revoked fails at once (42501) for each release, job and report that "
        "uses that role. A new owner may do everything, the old one no longer.",
        remedy="Look who uses the role first; keep rights in one place (schema_enforce --roles).",
        bad='migrations.RunSQL("REVOKE ALL ON shop_item FROM PUBLIC")',
        good="rights that one command gives and takes, and that can be shown",
    ),
    Rule(
        number=667,
        severity=INFO,
        slug="function-replaced",
        title="A function, a procedure or a view is replaced",
        meaning="The running release calls the new one from now on, and the way back needs the "
        "old text.",
        remedy="Keep the old text as reverse_sql, and the signature as it is.",
        bad='migrations.RunSQL("CREATE OR REPLACE FUNCTION …")  # no reverse_sql',
        good='migrations.RunSQL("CREATE OR REPLACE FUNCTION …", reverse_sql="… the old text")',
    ),
)
