"""Columns that are added. 500–519."""

from governance.findings import Rule, Severity

ERROR = Severity.ERROR
WARNING = Severity.WARNING
INFO = Severity.INFO

COLUMNS = (
    Rule(
        number=501,
        severity=ERROR,
        slug="required-column-without-default",
        title="A NOT NULL column without a default is added to a table with rows",
        meaning="PostgreSQL refuses it (23502) as soon as the table has a row, and the release "
        "that runs does not know the column, so its INSERTs would fail as well.",
        remedy="Add it with db_default, or nullable; make it NOT NULL in a later release.",
        bad='migrations.RunSQL("ALTER TABLE shop_item ADD COLUMN code text NOT NULL")',
        good='migrations.AddField("item", "code", models.TextField(db_default=""))',
    ),
    Rule(
        number=502,
        severity=ERROR,
        slug="default-only-in-python",
        title="A NOT NULL column is added whose default the database does not keep",
        meaning="Django fills the old rows with default= and then takes the default from the "
        "column. The release that still runs does not know the column, so each of its INSERTs "
        "fails (23502) until it is replaced, and again after a rollback of the code.",
        remedy="Give the field db_default with the same value; the database keeps that one.",
        bad='migrations.AddField("item", "stock", models.IntegerField(default=0))',
        good='migrations.AddField("item", "stock", models.IntegerField(default=0, db_default=0))',
    ),
    Rule(
        number=503,
        severity=ERROR,
        slug="volatile-default",
        title="A column is added with a default that differs from row to row",
        meaning="PostgreSQL writes the whole table and all its indexes anew, and nobody can read "
        "or write it meanwhile.",
        remedy="Add the column nullable, set the default for new rows, then backfill in batches.",
        bad='migrations.AddField("item", "key", models.UUIDField(db_default=RandomUUID()))',
        good='migrations.AddField("item", "key", models.UUIDField(null=True))\n'
        "# in the next migration, before a backfill in batches\n"
        "key = models.UUIDField(null=True, db_default=RandomUUID())\n"
        'migrations.AlterField("item", "key", key)',
    ),
    Rule(
        number=504,
        severity=ERROR,
        slug="default-dropped",
        title="A NOT NULL column loses the default that the database kept",
        meaning="The running release leaves the value to the database. Once there is none its "
        "INSERTs fail (23502).",
        remedy="Let a release give the column a value first; drop the default in the one after.",
        bad='migrations.AlterField("item", "stock", models.IntegerField())  # had db_default=0',
        good='migrations.AlterField("item", "stock", models.IntegerField(default=0, db_default=0))',
    ),
    Rule(
        number=505,
        severity=ERROR,
        slug="numbering-column",
        title="A serial or identity column is added",
        meaning="PostgreSQL numbers all old rows, which writes the whole table and its indexes "
        "anew, and nobody can read or write it meanwhile.",
        remedy="Add a plain column and a sequence, set the default, then number the old rows in "
        "batches.",
        bad='migrations.RunSQL("ALTER TABLE shop_item ADD COLUMN number bigserial")',
        good='migrations.RunSQL("ALTER TABLE shop_item ADD COLUMN number bigint")\n'
        'migrations.RunSQL("CREATE SEQUENCE shop_item_number_seq OWNED BY shop_item.number")\n'
        "migrations.RunSQL(\n"
        '    "ALTER TABLE shop_item ALTER COLUMN number "\n'
        "    \"SET DEFAULT nextval('shop_item_number_seq')\"\n"
        ")",
    ),
    Rule(
        number=506,
        severity=ERROR,
        slug="stored-generated-column",
        title="A stored generated column is added",
        meaning="PostgreSQL computes it for all old rows, which writes the whole table and its "
        "indexes anew, and nobody can read or write it meanwhile.",
        remedy="Make it virtual on PostgreSQL 18, or add a plain column that a trigger fills.",
        bad='models.GeneratedField(expression=F("net") * 2, output_field=IntegerField(), '
        "db_persist=True)",
        good='models.GeneratedField(expression=F("net") * 2, output_field=IntegerField(), '
        "db_persist=False)",
    ),
    Rule(
        number=507,
        severity=ERROR,
        slug="constrained-domain-column",
        title="A column of a domain with a constraint is added",
        meaning="PostgreSQL checks the constraint for each old row, even for NULL, and writes the "
        "whole table and its indexes anew. Nobody can read or write it meanwhile.",
        remedy="Use the type below the domain, and a CHECK that is added NOT VALID and validated "
        "later.",
        bad='migrations.RunSQL("ALTER TABLE shop_item ADD COLUMN price positive DEFAULT 1")',
        good='migrations.RunSQL("ALTER TABLE shop_item ADD COLUMN price integer DEFAULT 1")\n'
        "# in the next migrations\n"
        "migrations.RunSQL(\n"
        '    "ALTER TABLE shop_item ADD CONSTRAINT price_check CHECK (price > 0) NOT VALID"\n'
        ")\n"
        'migrations.RunSQL("ALTER TABLE shop_item VALIDATE CONSTRAINT price_check")',
    ),
    Rule(
        number=508,
        severity=INFO,
        slug="json-column",
        title="A column of the type json is added",
        meaning="The type keeps the text as it is and knows no equality, so DISTINCT, GROUP BY and "
        "UNION over all columns of the table fail.",
        remedy="Use jsonb, as JSONField does.",
        bad='migrations.RunSQL("ALTER TABLE shop_item ADD COLUMN extra json")',
        good='migrations.AddField("item", "extra", models.JSONField(null=True))',
    ),
    Rule(
        number=509,
        severity=ERROR,
        slug="one-value-for-unique-column",
        title="A unique column is added with one value for all rows",
        meaning="A callable default is called once by Django, and its value is given to every row. "
        "Two rows are enough for it to fail (23505).",
        remedy="Add it nullable, give each row a value of its own, then make it unique.",
        bad='migrations.AddField("item", "key", models.UUIDField(default=uuid.uuid4, unique=True))',
        good='migrations.AddField("item", "key", models.UUIDField(null=True))',
    ),
    Rule(
        number=510,
        severity=INFO,
        slug="reference-without-index",
        title="A foreign key has no index",
        meaning="PostgreSQL looks for rows that point to a row before that one is deleted or gets "
        "another key. Without an index it reads the whole table each time.",
        remedy="Build an index on the column concurrently, or leave it where no row is ever "
        "deleted.",
        bad='models.ForeignKey("shop.Kind", models.CASCADE, db_index=False)',
        good='models.ForeignKey("shop.Kind", models.CASCADE)',
    ),
)
