"""Columns that change. 520–539."""

from governance.findings import Rule, Severity

ERROR = Severity.ERROR
WARNING = Severity.WARNING
INFO = Severity.INFO

COLUMN_CHANGES = (
    Rule(
        number=520,
        severity=ERROR,
        slug="type-rewrite",
        title="A column gets a type for which the table is written anew",
        meaning="PostgreSQL writes the whole table and all its indexes anew, and nobody can read "
        "or write it meanwhile.",
        remedy="Add a second column, keep both equal with a trigger, backfill, then drop the "
        "first.",
        bad='migrations.AlterField("item", "stock", models.BigIntegerField())  # was IntegerField',
        good='migrations.AddField("item", "stock_new", models.BigIntegerField(null=True))',
    ),
    Rule(
        number=521,
        severity=ERROR,
        slug="type-narrowed",
        title="A column gets a type that holds less",
        meaning="Longer texts or greater numbers make the migration fail (22001, 22003). The "
        "running release can still write them, and fails then.",
        remedy="Keep the type and limit the values with a CHECK, added NOT VALID and validated "
        "later.",
        bad='migrations.AlterField("item", "code", models.CharField(max_length=10))  # was 50',
        good="migrations.RunSQL(\n"
        '    "ALTER TABLE shop_item ADD CONSTRAINT code_length "\n'
        '    "CHECK (length(code) <= 10) NOT VALID"\n'
        ")\n"
        "# in the next migration\n"
        'migrations.RunSQL("ALTER TABLE shop_item VALIDATE CONSTRAINT code_length")',
    ),
    Rule(
        number=522,
        severity=ERROR,
        slug="type-loses-precision",
        title="A column gets a type to which values are rounded or cut off",
        meaning="PostgreSQL rounds numbers and times, and a cast that is written out cuts texts "
        "off. Nothing fails, and the old values are gone. Django writes such a cast when a "
        "TextField becomes a CharField.",
        remedy="Add a second column, convert on purpose, then drop the first in a later release.",
        bad='migrations.AlterField("item", "price", models.DecimalField(max_digits=9, '
        "decimal_places=1))",
        good='migrations.AddField("item", "price_new", models.DecimalField(..., null=True))',
    ),
    Rule(
        number=523,
        severity=ERROR,
        slug="time-zone-rewrite",
        title="A time gets or loses its zone in a session that is not in UTC",
        meaning="Values are moved by the offset of the session's time zone, so the whole table is "
        "written anew, and nobody can read or write it meanwhile. In a session in UTC nothing "
        "moves and nothing is written.",
        remedy="Set the time zone of the session to UTC first, if that is what the values are in.",
        bad="migrations.RunSQL(\"SET TimeZone = 'Europe/Berlin'; ALTER TABLE shop_item ALTER "
        'COLUMN at TYPE timestamptz")',
        good="migrations.RunSQL(\"SET TimeZone = 'UTC'; ALTER TABLE shop_item ALTER COLUMN at TYPE "
        'timestamptz")',
    ),
    Rule(
        number=524,
        severity=ERROR,
        slug="type-rebuilds-index",
        title="A new type or collation has the indexes of the column built anew",
        meaning="The table stays as it is, but its indexes on the column are built while nobody "
        "can read or write it.",
        remedy="Drop the indexes concurrently first, and build them concurrently after.",
        bad='migrations.AlterField("item", "code", models.TextField(db_collation="C", '
        "db_index=True))",
        good='migrations.RunSQL("DROP INDEX CONCURRENTLY shop_item_code_idx")  # atomic = False\n'
        "# then alter the field, then build the index concurrently",
    ),
    Rule(
        number=525,
        severity=ERROR,
        slug="key-type-cascades",
        title="A key gets another type, and with it every column that points to it",
        meaning="Each of these tables is written anew, and they all stay locked until the last one "
        "is done.",
        remedy="Change one table after the other with a second column each, and swap the names at "
        "the end.",
        bad='migrations.AlterField("item", "id", models.BigAutoField(primary_key=True))  # was '
        "AutoField",
        good='migrations.RunSQL("ALTER TABLE shop_item ADD COLUMN id_new bigint")',
    ),
    Rule(
        number=526,
        severity=ERROR,
        slug="type-of-used-column",
        title="The type of a column changes that a view or a generated column uses",
        meaning="PostgreSQL refuses it (0A000).",
        remedy="Drop the view first and create it again after, in the same migration.",
        bad='migrations.AlterField("item", "code", models.TextField())  # used by a view',
        good='migrations.RunSQL("DROP VIEW codes")\n'
        'migrations.AlterField("item", "code", models.TextField())\n'
        'migrations.RunSQL("CREATE VIEW codes AS SELECT code FROM shop_item")',
    ),
    Rule(
        number=527,
        severity=ERROR,
        slug="type-rechecks-rows",
        title="A new type has all rows checked again",
        meaning="PostgreSQL makes each CHECK on the column anew for the new type, and reads the "
        "whole table for it, even where no row changes. Nobody can read or write it meanwhile.",
        remedy="Drop the CHECK before, add it NOT VALID after, and validate it in a migration of "
        "its own.",
        bad='migrations.AlterField("item", "code", models.TextField())  # with a CHECK on code',
        good='migrations.RemoveConstraint("item", "code_check")\n'
        'migrations.AlterField("item", "code", models.TextField())\n'
        "# in the next migrations\n"
        'AddConstraintNotValid("item", code_check)\n'
        'ValidateConstraint("item", "code_check")',
    ),
    Rule(
        number=530,
        severity=ERROR,
        slug="not-null-scan",
        title="All rows are read to make a column NOT NULL",
        meaning="Nobody can read or write the table meanwhile. A CHECK that is already validated "
        "spares it: PostgreSQL then knows that no row is NULL.",
        remedy="Add a CHECK NOT VALID, validate it in the next migration, then make the column NOT "
        "NULL.",
        bad='migrations.AlterField("item", "code", models.TextField())  # was null=True',
        good='filled = CheckConstraint(condition=Q(code__isnull=False), name="code_filled")\n'
        'AddConstraintNotValid("item", filled)\n'
        "# in the next migrations\n"
        'ValidateConstraint("item", "code_filled")\n'
        'migrations.AlterField("item", "code", models.TextField())',
    ),
    Rule(
        number=531,
        severity=ERROR,
        slug="nulls-filled-under-lock",
        title="Rows are filled in the transaction that makes the column NOT NULL",
        meaning="Django sets a default, updates all rows that have none, and reads the table "
        "again. It is locked for readers and writers from the first of these on.",
        remedy="Fill the rows in batches in a migration of its own, then go by a validated CHECK.",
        bad='migrations.AlterField("item", "code", models.TextField(default=""))  # was null=True',
        good="migrations.RunPython(fill_in_batches)  # atomic = False, in a migration before",
    ),
    Rule(
        number=532,
        severity=ERROR,
        slug="not-null-refuses-old-writes",
        title="A column becomes NOT NULL while the running release may write NULL",
        meaning="Its INSERTs and UPDATEs fail (23502) until it is replaced.",
        remedy="Ship the code that always writes a value first, and the constraint one release "
        "later.",
        bad='migrations.AlterField("item", "code", models.TextField())  # was null=True',
        good='migrations.AlterField("item", "code", models.TextField())  # and a CHECK has seen to '
        "it since",
    ),
    Rule(
        number=533,
        severity=INFO,
        slug="null-allowed",
        title="A column may be NULL from now on",
        meaning="The running release may read a NULL where it expects none. Once one is written "
        "the way back fails (23502).",
        remedy="Let nothing write NULL before the old release is gone.",
        bad='migrations.AlterField("item", "code", models.TextField(null=True))  # and code that '
        "writes None",
        good='migrations.AlterField("item", "code", models.TextField(null=True))  # code writes '
        "None later",
    ),
    Rule(
        number=534,
        severity=ERROR,
        slug="foreign-key-rebuilt",
        title="A foreign key is dropped and added again because its field changes",
        meaning="Django does so whenever a ForeignKey is altered in any way that reaches the "
        "column. Both tables are locked for readers and writers while all rows are looked up.",
        remedy="Alter the column by SQL, and tell Django with SeparateDatabaseAndState.",
        bad='migrations.AlterField("item", "kind", models.ForeignKey("shop.Kind", CASCADE, '
        "null=True))",
        good="migrations.SeparateDatabaseAndState(\n"
        "    database_operations=[\n"
        '        migrations.RunSQL("ALTER TABLE shop_item ALTER COLUMN kind_id DROP NOT NULL")\n'
        "    ],\n"
        '    state_operations=[migrations.AlterField("item", "kind", ...)],\n'
        ")",
    ),
    Rule(
        number=535,
        severity=ERROR,
        slug="expression-rewrite",
        title="A generated column gets another expression",
        meaning="PostgreSQL computes it for all rows, which writes the whole table and its indexes "
        "anew, and nobody can read or write it meanwhile.",
        remedy="Add a second column for the new expression, and drop the first in a later release.",
        bad='migrations.RunSQL("ALTER TABLE shop_item ALTER COLUMN gross SET EXPRESSION AS (net * '
        '3)")',
        good='migrations.RunSQL("ALTER TABLE shop_item ADD COLUMN gross_new integer")',
    ),
    Rule(
        number=536,
        severity=ERROR,
        slug="generation-dropped",
        title="A column is no longer computed or numbered by PostgreSQL",
        meaning="The running release writes nothing there. New rows get NULL, or fail where the "
        "column is NOT NULL (23502).",
        remedy="Let a release write the column first, or a trigger; stop the generation in the one "
        "after.",
        bad='migrations.RunSQL("ALTER TABLE shop_item ALTER COLUMN id DROP IDENTITY")',
        good='migrations.RunSQL("ALTER TABLE shop_item ALTER COLUMN id SET GENERATED BY DEFAULT")',
    ),
    Rule(
        number=537,
        severity=WARNING,
        slug="identity-added",
        title="A column with values is numbered from a new sequence",
        meaning="The sequence begins at 1, whatever numbers are there already.",
        remedy="Set the sequence behind the greatest number in the same migration.",
        bad='migrations.RunSQL("ALTER TABLE shop_item ALTER COLUMN id ADD GENERATED BY DEFAULT AS '
        'IDENTITY")',
        good='migrations.RunSQL("ALTER TABLE shop_item ALTER COLUMN id ADD GENERATED BY DEFAULT AS '
        'IDENTITY")\n'
        "migrations.RunSQL(\"SELECT setval('shop_item_id_seq', max(id)) FROM shop_item\")",
    ),
)
