"""What is taken away or gets another name, and the releases that break. 540–559."""

from governance.findings import Rule, Severity

ERROR = Severity.ERROR
WARNING = Severity.WARNING
INFO = Severity.INFO

REMOVALS = (
    Rule(
        number=540,
        severity=ERROR,
        slug="column-dropped",
        title="A column is dropped that the running release reads",
        meaning="Django names every column in each SELECT and INSERT, so every use of the model "
        "fails (42703) until the release is replaced.",
        remedy="Take the field out of the state in one release, and drop the column in the next.",
        bad='migrations.RemoveField("item", "note")',
        good="migrations.SeparateDatabaseAndState(\n"
        '    state_operations=[migrations.RemoveField("item", "note")]\n'
        ")\n"
        "# in the next release\n"
        "migrations.RunSQL(\n"
        '    "ALTER TABLE shop_item DROP COLUMN note",\n'
        '    "ALTER TABLE shop_item ADD COLUMN note text",\n'
        ")",
    ),
    Rule(
        number=541,
        severity=ERROR,
        slug="column-dropped-and-added",
        title="A column is dropped and one like it is added",
        meaning="The values are lost, though it looks as if the column had only got a new name or "
        "a new type.",
        remedy="Keep the column with db_column where it is a new name; fill a second one where it "
        "is a new type.",
        bad='migrations.RemoveField("item", "note")\n'
        'migrations.AddField("item", "remark", models.TextField())',
        good="migrations.SeparateDatabaseAndState(\n"
        "    state_operations=[\n"
        '        migrations.RenameField("item", "note", "remark"),\n'
        '        migrations.AlterField("item", "remark", models.TextField(db_column="note")),\n'
        "    ]\n"
        ")",
    ),
    Rule(
        number=542,
        severity=ERROR,
        slug="dropped-column-is-used",
        title="A column is dropped that a view or a generated column uses",
        meaning="PostgreSQL refuses it (2BP01).",
        remedy="Drop or replace by name what uses the column, then the column.",
        bad='migrations.RunSQL("ALTER TABLE shop_item DROP COLUMN net")  # gross is generated from '
        "it",
        good='migrations.RunSQL("ALTER TABLE shop_item DROP COLUMN gross, DROP COLUMN net")',
    ),
    Rule(
        number=543,
        severity=WARNING,
        slug="cascading-drop",
        title="CASCADE drops what nobody has named",
        meaning="Views, foreign keys and other objects go with it, on this database perhaps others "
        "than on yours.",
        remedy="Drop each of them by name, and leave out CASCADE.",
        bad='migrations.RunSQL("DROP TABLE shop_item CASCADE")',
        good='migrations.RunSQL("DROP VIEW codes; DROP TABLE shop_item")',
    ),
    Rule(
        number=544,
        severity=INFO,
        slug="contents-dropped",
        title="Something is dropped that no model uses any more, with what is in it",
        meaning="That is how a column or a table should go. There is no way back to the values, "
        "though.",
        remedy="Keep a copy if they may be wanted again, and say in the review card how to get "
        "them back.",
        bad='migrations.RunSQL("ALTER TABLE shop_item DROP COLUMN note")',
        good='migrations.RunSQL("CREATE TABLE shop_item_note AS SELECT id, note FROM shop_item")\n'
        'migrations.RunSQL("ALTER TABLE shop_item DROP COLUMN note")',
    ),
    Rule(
        number=545,
        severity=ERROR,
        slug="column-renamed",
        title="A column is renamed that the running release uses",
        meaning="Every statement of the running release on the table fails (42703) until it is "
        "replaced.",
        remedy="Keep the name in the database with db_column.",
        bad='migrations.RenameField("item", "note", "remark")',
        good="migrations.SeparateDatabaseAndState(\n"
        "    state_operations=[\n"
        '        migrations.RenameField("item", "note", "remark"),\n'
        '        migrations.AlterField("item", "remark", models.TextField(db_column="note")),\n'
        "    ]\n"
        ")",
    ),
    Rule(
        number=546,
        severity=ERROR,
        slug="table-renamed",
        title="A table is renamed that the running release uses",
        meaning="Every statement of the running release on the table fails (42P01) until it is "
        "replaced.",
        remedy="Keep the name with db_table, or leave a view under the old name for one release.",
        bad='migrations.AlterModelTable("item", "shop_article")',
        good='migrations.AlterModelTable("item", "shop_item")',
    ),
    Rule(
        number=547,
        severity=ERROR,
        slug="model-renamed",
        title="A model is renamed together with its tables",
        meaning="Django renames the table, the tables of its M2M fields, and the columns of other "
        "apps' M2M tables that point to it. Every statement of the running release on them fails "
        "until it is replaced.",
        remedy="Rename the model in the state only, and keep its table with db_table.",
        bad='migrations.RenameModel("Item", "Article")',
        good="migrations.SeparateDatabaseAndState(\n"
        "    state_operations=[\n"
        '        migrations.RenameModel("Item", "Article"),\n'
        '        migrations.AlterModelTable("Article", "shop_item"),\n'
        "    ]\n"
        ")",
    ),
    Rule(
        number=548,
        severity=ERROR,
        slug="table-moved",
        title="A table is moved to another schema while the running release uses it",
        meaning="Its statements look for the table where it was, and fail (42P01), unless the "
        "other schema is in search_path.",
        remedy="Leave a view in its old place until the old release is gone.",
        bad='migrations.RunSQL("ALTER TABLE shop_item SET SCHEMA archive")',
        good='migrations.RunSQL("ALTER TABLE shop_item SET SCHEMA archive")\n'
        'migrations.RunSQL("CREATE VIEW public.shop_item AS SELECT * FROM archive.shop_item")',
    ),
    Rule(
        number=549,
        severity=ERROR,
        slug="schema-renamed",
        title="A schema is renamed",
        meaning="Statements that name it, and sessions that have it in their search_path, find "
        "nothing there any more.",
        remedy="Move table by table, and leave views behind for one release.",
        bad='migrations.RunSQL("ALTER SCHEMA sales RENAME TO shop")',
        good='migrations.RunSQL("CREATE SCHEMA shop; ALTER TABLE sales.item SET SCHEMA shop")',
    ),
    Rule(
        number=550,
        severity=ERROR,
        slug="table-dropped",
        title="A table is dropped that the running release uses",
        meaning="Its statements fail (42P01) until it is replaced. Tables that it points to are "
        "locked for readers and writers as well.",
        remedy="Delete the model from the state in one release, and drop the table in the next.",
        bad='migrations.DeleteModel("Item")',
        good='migrations.SeparateDatabaseAndState(state_operations=[migrations.DeleteModel("Item")])\n'
        "# in the next release\n"
        'migrations.RunSQL("DROP TABLE shop_item")',
    ),
    Rule(
        number=551,
        severity=ERROR,
        slug="table-dropped-and-created",
        title="A table is dropped and created again",
        meaning="Its rows are lost, though it looks as if only its definition had changed.",
        remedy="Change it by operations on its columns and constraints.",
        bad='migrations.DeleteModel("Item")\nmigrations.CreateModel("Item", fields=[...])',
        good='migrations.AddField("item", "code", models.TextField(db_default=""))',
    ),
    Rule(
        number=552,
        severity=ERROR,
        slug="removed-column-still-required",
        title="A field is removed from the state only, and its column still demands a value",
        meaning="The new release does not know the column, so each of its INSERTs fails (23502). "
        "Advice to remove a field from the state first often forgets this.",
        remedy="Make the column nullable, or give it a default, in the same migration.",
        bad='migrations.SeparateDatabaseAndState(state_operations=[migrations.RemoveField("item", '
        '"note")])',
        good='migrations.AlterField("item", "note", models.TextField(null=True))\n'
        "migrations.SeparateDatabaseAndState(\n"
        '    state_operations=[migrations.RemoveField("item", "note")]\n'
        ")",
    ),
    Rule(
        number=553,
        severity=ERROR,
        slug="old-release-breaks",
        title="Statements of the running release fail after the operation",
        meaning="Until it is replaced, and again after a rollback of the code, what it sends no "
        "longer fits the tables.",
        remedy="Let a release go ahead that does without, then change the tables.",
        bad='migrations.RunSQL("ALTER TABLE shop_item ALTER COLUMN code DROP DEFAULT")',
        good='migrations.AlterField("item", "code", models.TextField(default="", db_default=""))',
    ),
    Rule(
        number=554,
        severity=WARNING,
        slug="old-release-may-break",
        title="Statements of the running release may fail after the operation",
        meaning="It depends on the values that it writes.",
        remedy="Look which values that can be, or let a release go ahead that writes none of them.",
        bad='migrations.RunSQL("CREATE TRIGGER refuse BEFORE INSERT ON shop_item …")',
        good="the same in the release after the one that no longer writes such values",
    ),
    Rule(
        number=555,
        severity=ERROR,
        slug="new-release-breaks",
        title="Statements of the release that comes with the migration fail after it",
        meaning="The tables are not what its models say.",
        remedy="Let the same migration change the tables as well.",
        bad='migrations.SeparateDatabaseAndState(state_operations=[migrations.AddField("item", '
        "...)])",
        good='migrations.AddField("item", "code", models.TextField(db_default=""))',
    ),
    Rule(
        number=556,
        severity=ERROR,
        slug="statement-fails",
        title="PostgreSQL refuses the statement",
        meaning="The tables are such that it can't succeed, whatever the rows are.",
        remedy="Mend the statement, and rehearse the migration.",
        bad='migrations.RunSQL("ALTER TABLE shop_item ALTER COLUMN code TYPE integer")',
        good="migrations.RunSQL(\n"
        '    "ALTER TABLE shop_item ALTER COLUMN code TYPE integer USING code::integer"\n'
        ")",
    ),
    Rule(
        number=557,
        severity=ERROR,
        slug="long-lock",
        title="A table is read or written anew under a strong lock",
        meaning="How long that takes depends on the number of rows, and people wait for it. Told "
        "where no other rule knows more.",
        remedy="Look for a way in several migrations, or run it while nobody works.",
        bad='migrations.RunSQL("ALTER TABLE ONLY …")  # anything that reads all rows',
        good="one migration that is brief, and one that does the work without the lock",
    ),
    Rule(
        number=558,
        severity=WARNING,
        slug="drop-not-undone",
        title="Something is dropped, and the way back does not make it again",
        meaning="No model uses it any more, but those of the releases before did. Undoing brings "
        "back their state and not what they need: they, and the migrations before, fail.",
        remedy="Write a reverse that makes it again, though empty.",
        bad='migrations.RunSQL("DROP TABLE shop_note", migrations.RunSQL.noop)',
        good='migrations.RunSQL("DROP TABLE shop_note", "CREATE TABLE shop_note (id bigint)")',
    ),
)
