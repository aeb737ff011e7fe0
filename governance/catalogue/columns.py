"""Changes of columns that hurt while people work. 500–549."""

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
        good='migrations.AddField("item", "key", models.UUIDField(null=True)), then AlterField '
        "with db_default, then a backfill in batches",
    ),
)
