"""Rows, locks and transactions in migrations. 670–699."""

from governance.findings import Rule, Severity

ERROR = Severity.ERROR
WARNING = Severity.WARNING
INFO = Severity.INFO

DATA = (
    Rule(
        number=670,
        severity=ERROR,
        slug="unbatched-write",
        title="All rows of a table are written by one statement",
        meaning="Every row stays locked until the transaction ends, the table doubles in size, "
        "and replicas lag behind.",
        remedy="Write in batches of some thousand rows, each in its own transaction, in a "
        "migration with atomic = False or in a command.",
        bad="migrations.RunSQL(\"UPDATE shop_item SET state = 'new'\")",
        good="one UPDATE … WHERE id > %s AND id <= %s for each batch, in a RunPython with "
        "atomic=False",
    ),
    Rule(
        number=671,
        severity=ERROR,
        slug="backfill-with-schema-change",
        title="Rows are written in the transaction that alters a table",
        meaning="The lock of the schema change is kept until all rows are written: nobody can "
        "read or write the table meanwhile.",
        remedy="Put the rows into a migration of their own.",
        bad="operations = [migrations.AddField(…), migrations.RunPython(fill)]",
        good="0007_add_state.py: AddField; 0008_fill_state.py: RunPython",
    ),
    Rule(
        number=672,
        severity=ERROR,
        slug="rows-deleted",
        title="Rows are deleted or a table is emptied",
        meaning="They are gone, and no way back brings them.",
        remedy="Copy them to an archive table first, and say on the review card where they are.",
        bad="migrations.RunSQL(\"DELETE FROM shop_item WHERE state = 'old'\")",
        good='migrations.RunSQL("CREATE TABLE shop_item_archive AS SELECT … WHERE state = '
        "'old'\")  # then the DELETE",
    ),
    Rule(
        number=673,
        severity=ERROR,
        slug="table-locked",
        title="A migration locks a table itself",
        meaning="Whoever needs the table waits until the migration's transaction ends.",
        remedy="Leave it out: PostgreSQL takes the lock that each statement needs.",
        bad='migrations.RunSQL("LOCK TABLE shop_item IN ACCESS EXCLUSIVE MODE")',
        good="an INSERT … ON CONFLICT, or SELECT … FOR UPDATE on the rows concerned",
    ),
    Rule(
        number=674,
        severity=ERROR,
        slug="transaction-in-a-transaction",
        title="A migration that runs in a transaction begins or ends one",
        meaning="COMMIT ends the transaction of Django: what follows is no longer undone when the "
        "migration fails, and is applied twice by the next run.",
        remedy="Remove it, or set atomic = False on the migration and keep BEGIN and COMMIT in one "
        "text.",
        bad='migrations.RunSQL("BEGIN; UPDATE …; COMMIT")',
        good='migrations.RunSQL("UPDATE …")',
    ),
    Rule(
        number=675,
        severity=ERROR,
        slug="transaction-left-open",
        title="A migration begins a transaction and does not end it",
        meaning="Its locks are kept until the connection is closed, and the record that the "
        "migration was applied is lost with it.",
        remedy="Write BEGIN and COMMIT in one RunSQL, or leave both out.",
        bad='migrations.RunSQL("BEGIN; UPDATE …")  # atomic = False',
        good='migrations.RunSQL("BEGIN; UPDATE …; COMMIT")  # atomic = False',
    ),
    Rule(
        number=676,
        severity=WARNING,
        slug="timeout-switched-off",
        title="A migration switches a timeout off, or makes it very long",
        meaning="Without a lock_timeout it waits for its lock as long as it takes, and everybody "
        "else waits behind it.",
        remedy="Keep lock_timeout at a few seconds; give a long statement its own "
        "statement_timeout.",
        bad='migrations.RunSQL("SET lock_timeout = 0")',
        good="migrations.RunSQL(\"SET LOCAL lock_timeout = '3s'\")",
    ),
    Rule(
        number=677,
        severity=INFO,
        slug="work-under-a-strong-lock",
        title="More work follows in the transaction that holds a strong lock",
        meaning="Each further statement makes the time longer in which nobody can use the table.",
        remedy="Move what needs no lock on that table to a migration of its own.",
        bad="operations = [RenameField(…), RunSQL(a long query)]",
        good="two migrations",
    ),
    Rule(
        number=678,
        severity=INFO,
        slug="several-tables-locked",
        title="A migration locks several tables of its past in one transaction",
        meaning="A request that takes the same locks in another order is a deadlock, and one of "
        "the two is cancelled.",
        remedy="One table for each migration.",
        bad="operations = [AddField to item, AddField to order, AddField to customer]",
        good="three migrations",
    ),
    Rule(
        number=679,
        severity=INFO,
        slug="not-repeatable",
        title="A migration without a transaction can't be run again after it broke off",
        meaning="What was done before it failed stays, and the next run fails there: the column "
        "exists already.",
        remedy="One operation for each migration with atomic = False.",
        bad="atomic = False\noperations = [AddField(…), AddIndexConcurrently(…)]",
        good="AddField in one migration; AddIndexConcurrently in the next, with atomic = False",
    ),
    Rule(
        number=680,
        severity=WARNING,
        slug="no-way-back",
        title="An operation has no way back",
        meaning="migrate refuses to undo it, and with it every migration before it.",
        remedy="Give reverse_code or reverse_sql; where nothing has to be undone, give noop.",
        bad="migrations.RunPython(fill)",
        good="migrations.RunPython(fill, migrations.RunPython.noop)",
    ),
    Rule(
        number=681,
        severity=INFO,
        slug="way-back-needs-care",
        title="The way back fails, or loses values, once the new release has written",
        meaning="It works on an empty table and in tests. With rows that the new release wrote "
        "it fails or forgets them.",
        remedy="Say on the review card what to do with these rows before going back.",
        bad="no rollback note on the review card",
        good="rollback = \"UPDATE shop_item SET note = '' WHERE note IS NULL\"",
    ),
    Rule(
        number=682,
        severity=WARNING,
        slug="live-model-in-migration",
        title="A data migration imports a model instead of asking for it as it was",
        meaning="The class is that of today. On a new database, or in a year, it has fields that "
        "the table does not have at this point of history.",
        remedy="Use apps.get_model.",
        bad="from shop.models import Item",
        good='Item = apps.get_model("shop", "Item")',
    ),
    Rule(
        number=683,
        severity=WARNING,
        slug="sql-put-together",
        title="SQL is put together from pieces",
        meaning="A value with a quote breaks it, or does something else. What it does can't be "
        "reviewed.",
        remedy="Pass values as parameters.",
        bad="cursor.execute(f\"UPDATE shop_item SET state = '{state}'\")",
        good='cursor.execute("UPDATE shop_item SET state = %s", [state])',
    ),
    Rule(
        number=684,
        severity=WARNING,
        slug="schema-change-in-python",
        title="A RunPython function changes the schema",
        meaning="The state of the project does not know of it, and no tool sees it before it runs.",
        remedy="Write it as an operation, or as RunSQL with state_operations.",
        bad='cursor.execute("ALTER TABLE shop_item ADD COLUMN …")',
        good='migrations.RunSQL("ALTER TABLE …", state_operations=[migrations.AddField(…)])',
    ),
    Rule(
        number=685,
        severity=INFO,
        slug="automatic-name",
        title="A migration has the name that Django made up",
        meaning="auto_20261125_1012 tells nobody what it does.",
        remedy="Name it: makemigrations --name add_state_to_item.",
        bad="0007_auto_20261125_1012.py",
        good="0007_add_state_to_item.py",
    ),
    Rule(
        number=686,
        severity=INFO,
        slug="operations-to-merge",
        title="Several ALTER TABLE of one table scan or rewrite it one after the other",
        meaning="PostgreSQL reads the table once for all parts of one ALTER TABLE, and once for "
        "each statement otherwise.",
        remedy="Write them as one RunSQL with state_operations.",
        bad="two AlterField that change types",
        good='migrations.RunSQL("ALTER TABLE t ALTER a TYPE bigint, ALTER b TYPE bigint", '
        "state_operations=[…])",
    ),
    Rule(
        number=688,
        severity=WARNING,
        slug="rows-loaded-at-once",
        title="A data migration loads all rows of a table",
        meaning="They are held in memory together, each is saved by a statement of its own, and "
        "all stay locked until the end of the transaction.",
        remedy="Go through them in batches, in a migration with atomic = False.",
        bad="for item in Item.objects.all():\n    item.save()",
        good="for item in Item.objects.iterator(chunk_size=2000): …, with bulk_update",
    ),
    Rule(
        number=687,
        severity=WARNING,
        slug="both-steps-at-once",
        title="A column leaves the models and the table in one release",
        meaning="The state-only step is there so that a release runs without the column before it "
        "is dropped. Applied together, the running release still reads it.",
        remedy="Release the first migration, then write the second.",
        bad="0007: state-only RemoveField; 0008: RunSQL DROP COLUMN, in one pull request",
        good="0008 in the next release",
    ),
)
