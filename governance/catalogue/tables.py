"""Tables, their storage and their partitions. 560–579."""

from governance.findings import Rule, Severity

ERROR = Severity.ERROR
WARNING = Severity.WARNING
INFO = Severity.INFO

TABLES = (
    Rule(
        number=560,
        severity=INFO,
        slug="created-table-locks-parent",
        title="A new table points to one that is in use",
        meaning="The foreign key takes SHARE ROW EXCLUSIVE on the other table, so its writers wait "
        "until the end of the migration.",
        remedy="Let the migration do nothing else after it.",
        bad='migrations.CreateModel("Line", fields=[("item", models.ForeignKey("shop.Item", '
        "CASCADE))])",
        good="the same in a migration of its own",
    ),
    Rule(
        number=561,
        severity=INFO,
        slug="table-if-not-exists",
        title="A table is created IF NOT EXISTS",
        meaning="A table of that name and another shape stays as it is, and the next release meets "
        "it.",
        remedy="Leave it out: a migration runs once, and in a transaction.",
        bad='migrations.RunSQL("CREATE TABLE IF NOT EXISTS shop_log (id bigint)")',
        good='migrations.RunSQL("CREATE TABLE shop_log (id bigint)")',
    ),
    Rule(
        number=562,
        severity=ERROR,
        slug="table-unlogged",
        title="A table becomes UNLOGGED",
        meaning="PostgreSQL empties it after a crash, and replicas never have it. It is also "
        "written anew while nobody can use it.",
        remedy="Create a table of its own for what may be lost.",
        bad='migrations.RunSQL("ALTER TABLE shop_item SET UNLOGGED")',
        good='migrations.RunSQL("CREATE UNLOGGED TABLE shop_cache (key text, value text)")',
    ),
    Rule(
        number=563,
        severity=ERROR,
        slug="table-rewritten",
        title="A table is written anew",
        meaning="VACUUM FULL, CLUSTER, SET LOGGED, SET TABLESPACE and SET ACCESS METHOD copy the "
        "whole table, and nobody can read or write it meanwhile.",
        remedy="Leave it out of the migration, or copy into a second table in batches.",
        bad='migrations.RunSQL("VACUUM FULL shop_item")',
        good='migrations.RunSQL("VACUUM shop_item")',
    ),
    Rule(
        number=564,
        severity=INFO,
        slug="storage-of-new-rows",
        title="Storage or compression of a column changes for new rows only",
        meaning="Old rows keep theirs until they are written again.",
        remedy="Update old rows in batches if they are meant as well.",
        bad='migrations.RunSQL("ALTER TABLE shop_item ALTER COLUMN body SET COMPRESSION lz4")',
        good="the same, and UPDATE in batches where old rows matter",
    ),
    Rule(
        number=570,
        severity=ERROR,
        slug="partition-attach-scan",
        title="All rows of a table are read to attach it as a partition",
        meaning="PostgreSQL looks whether they fit the bounds, and whether rows of the DEFAULT "
        "partition would belong to the new one. Both are locked for readers and writers meanwhile.",
        remedy="Add a CHECK with the bounds NOT VALID and validate it first; PostgreSQL then reads "
        "nothing.",
        bad='migrations.RunSQL("ALTER TABLE log ATTACH PARTITION log_7 FOR VALUES FROM (7) TO '
        '(8)")',
        good='migrations.RunSQL("ALTER TABLE log_7 ADD CHECK (k IS NOT NULL AND k >= 7 AND k < 8) '
        'NOT VALID")',
    ),
    Rule(
        number=571,
        severity=WARNING,
        slug="partition-detach-blocks",
        title="A partition is detached without CONCURRENTLY",
        meaning="Nobody can read or write any partition of the table until the end of the "
        "migration.",
        remedy="Detach it CONCURRENTLY, in a migration with atomic = False.",
        bad='migrations.RunSQL("ALTER TABLE log DETACH PARTITION log_1")',
        good='migrations.RunSQL("ALTER TABLE log DETACH PARTITION log_1 CONCURRENTLY")  # atomic = '
        "False",
    ),
    Rule(
        number=572,
        severity=WARNING,
        slug="partition-created-in-place",
        title="A table is created as a partition",
        meaning="Nobody can read or write any partition of the parent until the end of the "
        "migration, and a DEFAULT partition is read from end to end.",
        remedy="Create the table beside it and attach it, which locks out schema changes only.",
        bad='migrations.RunSQL("CREATE TABLE log_7 PARTITION OF log FOR VALUES FROM (7) TO (8)")',
        good='migrations.RunSQL("CREATE TABLE log_7 (LIKE log INCLUDING ALL)")\n'
        'migrations.RunSQL("ALTER TABLE log ATTACH PARTITION log_7 FOR VALUES FROM (7) TO (8)")',
    ),
    Rule(
        number=573,
        severity=WARNING,
        slug="inheritance-changed",
        title="A table joins or leaves the tables that inherit from another",
        meaning="Its rows appear in each statement on the other table, or are gone from it.",
        remedy="Let the code say ONLY where it means the other table alone, one release before.",
        bad='migrations.RunSQL("ALTER TABLE log_old INHERIT log")',
        good='migrations.RunSQL("ALTER TABLE log_old INHERIT log")  # after SELECT … FROM ONLY log',
    ),
)
