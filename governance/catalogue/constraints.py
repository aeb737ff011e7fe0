"""Constraints that hurt while people work. 600–629."""

from governance.findings import Rule, Severity

ERROR = Severity.ERROR
WARNING = Severity.WARNING
INFO = Severity.INFO

CONSTRAINTS = (
    Rule(
        number=601,
        severity=ERROR,
        slug="foreign-key-validated-at-once",
        title="A foreign key is added and all rows are checked at once",
        meaning="PostgreSQL looks up every row of the table in the referenced one, and nobody can "
        "write either table until it is done (SHARE ROW EXCLUSIVE on both).",
        remedy="Add it NOT VALID, which is over at once, and validate it in the next migration: "
        "that lets reads and writes go on.",
        bad='migrations.RunSQL("ALTER TABLE shop_item ADD CONSTRAINT item_shelf_fk "\n'
        '                  "FOREIGN KEY (shelf_id) REFERENCES shop_shelf (id)")',
        good='migrations.RunSQL("ALTER TABLE shop_item ADD CONSTRAINT item_shelf_fk "\n'
        '                  "FOREIGN KEY (shelf_id) REFERENCES shop_shelf (id) NOT VALID")\n'
        "# and in the next migration\n"
        'migrations.RunSQL("ALTER TABLE shop_item VALIDATE CONSTRAINT item_shelf_fk")',
    ),
    Rule(
        number=602,
        severity=INFO,
        slug="foreign-key-locks-both-tables",
        title="A foreign key stops the writes of two tables for a moment",
        meaning="To add one takes SHARE ROW EXCLUSIVE on the referenced table as well, also NOT "
        "VALID and also in CREATE TABLE. It is short, but it waits behind every long transaction "
        "on either table, and whoever comes later waits behind it.",
        remedy="Run it with a lock_timeout of a few seconds, and repeat it when that runs out.",
        bad='migrations.CreateModel("Line", [("item", models.ForeignKey("shop.Item", …))])',
        good='DATABASES["default"]["OPTIONS"] = {"options": "-c lock_timeout=3s"}',
    ),
    Rule(
        number=603,
        severity=ERROR,
        slug="check-validated-at-once",
        title="A CHECK is added and all rows are checked at once",
        meaning="PostgreSQL reads the whole table under ACCESS EXCLUSIVE: nobody can read or "
        "write it meanwhile. It fails on the first row that does not comply (23514).",
        remedy="Add it NOT VALID and validate it in the next migration.",
        bad='migrations.AddConstraint("item", models.CheckConstraint(condition=Q(price__gte=0), '
        'name="price_positive"))',
        good="from django.contrib.postgres.operations import AddConstraintNotValid\n"
        'AddConstraintNotValid("item", models.CheckConstraint(condition=Q(price__gte=0), '
        'name="price_positive"))\n'
        '# and in the next migration: ValidateConstraint("item", "price_positive")',
    ),
    Rule(
        number=604,
        severity=INFO,
        slug="constraint-refuses-the-running-release",
        title="A new constraint may refuse what the running release writes",
        meaning="It holds for every write from now on, also NOT VALID. The release that still "
        "runs does not know of it, so a write that was right until now fails.",
        remedy="Release code that keeps to it first; then look for rows that don't; then add it.",
        bad="the constraint and the form that validates it, in one release",
        good="release 1: the form validates; release 2: the constraint",
    ),
    Rule(
        number=605,
        severity=ERROR,
        slug="validated-in-the-same-transaction",
        title="A constraint is added NOT VALID and validated in one transaction",
        meaning="The strong lock of the first statement is kept until the transaction ends, so "
        "all rows are checked under it. Nothing was won by NOT VALID.",
        remedy="Validate it in a migration of its own.",
        bad='AddConstraintNotValid("item", positive)\n'
        'ValidateConstraint("item", "price_positive")  # in the same migration',
        good='ValidateConstraint("item", "price_positive")  # alone in the next migration',
    ),
    Rule(
        number=606,
        severity=ERROR,
        slug="unique-built-under-lock",
        title="A UNIQUE constraint builds its index while nobody can use the table",
        meaning="The index is built under ACCESS EXCLUSIVE: nobody can read or write the table "
        "meanwhile. It fails on duplicates (23505).",
        remedy="Build a unique index concurrently, then make it the constraint: that is over at "
        "once.",
        bad='migrations.AddConstraint("item", models.UniqueConstraint(fields=["code"], '
        'name="item_code"))',
        good='migrations.RunSQL("CREATE UNIQUE INDEX CONCURRENTLY item_code ON shop_item (code)")'
        "  # atomic = False\n"
        "# and in the next migration\n"
        'migrations.RunSQL("ALTER TABLE shop_item ADD CONSTRAINT item_code UNIQUE USING INDEX '
        'item_code")',
    ),
    Rule(
        number=607,
        severity=INFO,
        slug="unique-needs-unique-rows",
        title="A unique index fails where rows are equal already",
        meaning="One pair of equal rows is enough (23505). Built concurrently it leaves an INVALID "
        "index behind, which costs every write and is used by no query.",
        remedy="Count the duplicates first, and remove them in a migration of their own.",
        bad='AddIndexConcurrently("item", …) on rows that nobody looked at',
        good="SELECT code, count(*) FROM shop_item GROUP BY code HAVING count(*) > 1",
    ),
    Rule(
        number=608,
        severity=ERROR,
        slug="primary-key-built-under-lock",
        title="A primary key builds its index while nobody can use the table",
        meaning="PostgreSQL builds the index, and looks for NULLs, under ACCESS EXCLUSIVE.",
        remedy="Build a unique index concurrently on columns that are NOT NULL, then ADD PRIMARY "
        "KEY USING INDEX.",
        bad='migrations.RunSQL("ALTER TABLE shop_item ADD PRIMARY KEY (id)")',
        good='migrations.RunSQL("CREATE UNIQUE INDEX CONCURRENTLY item_pk ON shop_item (id)")\n'
        'migrations.RunSQL("ALTER TABLE shop_item ADD PRIMARY KEY USING INDEX item_pk")',
    ),
    Rule(
        number=609,
        severity=ERROR,
        slug="primary-key-on-nullable-columns",
        title="A primary key is made of an index whose columns may be NULL",
        meaning="USING INDEX saves building the index, but PostgreSQL still makes the columns NOT "
        "NULL and reads the whole table for that, under ACCESS EXCLUSIVE.",
        remedy="Make the columns NOT NULL first, by a CHECK that is validated.",
        bad='migrations.RunSQL("ALTER TABLE shop_item ADD PRIMARY KEY USING INDEX item_pk")',
        good='migrations.RunSQL("ALTER TABLE shop_item ADD CONSTRAINT id_set CHECK (id IS NOT '
        'NULL) NOT VALID")  # then VALIDATE, SET NOT NULL, and the key',
    ),
    Rule(
        number=610,
        severity=ERROR,
        slug="exclusion-built-under-lock",
        title="An exclusion constraint is added to a table with rows",
        meaning="PostgreSQL builds its index under ACCESS EXCLUSIVE, and knows no other way: "
        "there is neither CONCURRENTLY nor NOT VALID for it. Some 10 seconds for 200,000 rows.",
        remedy="Put it on a new table and move the rows there, or choose an hour without users.",
        bad='migrations.AddConstraint("booking", ExclusionConstraint(…))',
        good="a new table with the constraint, filled by a trigger and a backfill",
    ),
    Rule(
        number=611,
        severity=INFO,
        slug="foreign-key-drop-locks-both-tables",
        title="Dropping a foreign key stops reads of both tables for a moment",
        meaning="PostgreSQL takes ACCESS EXCLUSIVE on the referenced table as well. Two such "
        "locks taken in another order by a request are a deadlock.",
        remedy="Run it with a lock_timeout, as the only operation of its migration.",
        bad='migrations.RemoveField("line", "item")  # among ten other operations',
        good='migrations.RemoveField("line", "item")  # alone',
    ),
    Rule(
        number=612,
        severity=ERROR,
        slug="constraint-dropped-with-cascade",
        title="A key is dropped together with the foreign keys that need it",
        meaning="CASCADE removes foreign keys of other tables without naming them. From then on "
        "rows that point to nothing are accepted there, and the way back does not bring the keys "
        "back.",
        remedy="Drop each foreign key by its name first, in a migration of its owner.",
        bad='migrations.RunSQL("ALTER TABLE shop_item DROP CONSTRAINT shop_item_pkey CASCADE")',
        good='migrations.RunSQL("ALTER TABLE shop_line DROP CONSTRAINT line_item_fk")',
    ),
    Rule(
        number=613,
        severity=INFO,
        slug="constraint-altered",
        title="A constraint is altered or renamed",
        meaning="It takes ACCESS EXCLUSIVE for a moment. DEFERRABLE moves an error from the "
        "statement to the commit, where the running release does not expect it; a new name is "
        "unknown to code that looks at the name in an IntegrityError.",
        remedy="Run it with a lock_timeout, and search the code for the name.",
        bad='migrations.RunSQL("ALTER TABLE shop_line ALTER CONSTRAINT line_item_fk DEFERRABLE")',
        good="the same, after the code was searched for line_item_fk",
    ),
    Rule(
        number=614,
        severity=ERROR,
        slug="domain-constraint-validated-at-once",
        title="A constraint is added to a domain",
        meaning="PostgreSQL reads every table that uses the domain, and stops the writes of each "
        "meanwhile (SHARE).",
        remedy="Add it NOT VALID, then ALTER DOMAIN … VALIDATE CONSTRAINT in the next migration.",
        bad="migrations.RunSQL(\"ALTER DOMAIN email ADD CONSTRAINT has_at CHECK (VALUE ~ '@')\")",
        good="migrations.RunSQL(\"ALTER DOMAIN email ADD CONSTRAINT has_at CHECK (VALUE ~ '@') "
        'NOT VALID")',
    ),
    Rule(
        number=615,
        severity=INFO,
        slug="domain-with-check",
        title="A domain with a CHECK is created",
        meaning="A column of this type with a default rewrites its table when it is added, and "
        "each later change of the CHECK reads all tables that use the domain.",
        remedy="Put the CHECK on the column's table instead.",
        bad="migrations.RunSQL(\"CREATE DOMAIN email AS text CHECK (VALUE ~ '@')\")",
        good='models.CheckConstraint(condition=Q(email__contains="@"), name="email_has_at")',
    ),
    Rule(
        number=616,
        severity=INFO,
        slug="constraint-dropped",
        title="A constraint is dropped, and may not come back",
        meaning="From now on rows are accepted that it would have refused. The way back adds it "
        "again, and fails as soon as there is one such row.",
        remedy="Before going back, look for rows that do not comply.",
        bad="no restore note on the review card",
        good='restore = "Remove duplicates: SELECT code, count(*) … HAVING count(*) > 1"',
    ),
    Rule(
        number=617,
        severity=ERROR,
        slug="primary-key-replaced",
        title="The primary key of a table with rows is replaced",
        meaning="The old key is dropped and a new index is built, all under ACCESS EXCLUSIVE; "
        "foreign keys to the old key have to go first. The running release finds rows by a key "
        "that is no longer one.",
        remedy="Add the new key beside the old one, move what points to it, then drop the old.",
        bad='migrations.AddField("item", "pk", models.CompositePrimaryKey("shop_id", "code"))',
        good="a unique index on (shop_id, code), and the key when no release needs the old one",
    ),
)
