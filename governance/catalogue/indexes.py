"""Indexes that hurt while people work. 630–649."""

from governance.findings import Rule, Severity

ERROR = Severity.ERROR
WARNING = Severity.WARNING
INFO = Severity.INFO

INDEXES = (
    Rule(
        number=630,
        severity=ERROR,
        slug="index-built-under-lock",
        title="An index is built while nobody can write the table",
        meaning="CREATE INDEX takes SHARE until the index is complete: every write waits. Where "
        "the same transaction has altered the table before, every read waits as well.",
        remedy="Build it concurrently, in a migration with atomic = False.",
        bad='migrations.AddIndex("item", models.Index(fields=["code"], name="item_code_idx"))',
        good="from django.contrib.postgres.operations import AddIndexConcurrently\n\n"
        "class Migration(migrations.Migration):\n"
        "    atomic = False\n"
        '    operations = [AddIndexConcurrently("item", models.Index(fields=["code"], '
        'name="item_code_idx"))]',
    ),
    Rule(
        number=631,
        severity=ERROR,
        slug="index-built-with-the-column",
        title="A column is added together with its index",
        meaning="The index is built in the transaction that added the column, and that one holds "
        "ACCESS EXCLUSIVE: nobody can read or write the table until the index is complete.",
        remedy="Add the column without db_index, then the index concurrently.",
        bad='migrations.AddField("item", "code", models.TextField(null=True, db_index=True))',
        good='migrations.AddField("item", "code", models.TextField(null=True))\n'
        "# and in the next migration, with atomic = False\n"
        'AddIndexConcurrently("item", models.Index(fields=["code"], name="item_code_idx"))',
    ),
    Rule(
        number=632,
        severity=ERROR,
        slug="concurrently-in-a-transaction",
        title="CONCURRENTLY stands in a migration that runs in a transaction",
        meaning="PostgreSQL refuses it there (25001).",
        remedy="Set atomic = False on the migration, and give it no other operation.",
        bad="class Migration(migrations.Migration):\n"
        '    operations = [AddIndexConcurrently("item", index)]',
        good="class Migration(migrations.Migration):\n"
        "    atomic = False\n"
        '    operations = [AddIndexConcurrently("item", index)]',
    ),
    Rule(
        number=633,
        severity=INFO,
        slug="invalid-index-stays-hidden",
        title="CREATE INDEX CONCURRENTLY IF NOT EXISTS takes a broken index for a good one",
        meaning="A build that was interrupted leaves an INVALID index under the same name. With IF "
        "NOT EXISTS the next run is content with it; no query uses it and every write pays for it.",
        remedy="Drop it first: DROP INDEX CONCURRENTLY IF EXISTS, then create it.",
        bad='migrations.RunSQL("CREATE INDEX CONCURRENTLY IF NOT EXISTS i ON shop_item (code)")',
        good='migrations.RunSQL("DROP INDEX CONCURRENTLY IF EXISTS i")\n'
        'migrations.RunSQL("CREATE INDEX CONCURRENTLY i ON shop_item (code)")',
    ),
    Rule(
        number=634,
        severity=ERROR,
        slug="concurrently-on-a-partitioned-table",
        title="An index of a partitioned table can't be built concurrently",
        meaning="PostgreSQL refuses it (0A000).",
        remedy="CREATE INDEX ON ONLY the parent, build one concurrently on each partition, then "
        "ALTER INDEX … ATTACH PARTITION.",
        bad='migrations.RunSQL("CREATE INDEX CONCURRENTLY i ON events (at)")',
        good='migrations.RunSQL("CREATE INDEX i ON ONLY events (at)")\n'
        'migrations.RunSQL("CREATE INDEX CONCURRENTLY i_2026 ON events_2026 (at)")\n'
        'migrations.RunSQL("ALTER INDEX i ATTACH PARTITION i_2026")',
    ),
    Rule(
        number=635,
        severity=ERROR,
        slug="index-on-all-partitions",
        title="An index is built on all partitions at once",
        meaning="Writes of every partition stop (SHARE) until the last one has its index.",
        remedy="CREATE INDEX ON ONLY the parent, build one concurrently on each partition, then "
        "ALTER INDEX … ATTACH PARTITION.",
        bad='migrations.RunSQL("CREATE INDEX i ON events (at)")',
        good='migrations.RunSQL("CREATE INDEX i ON ONLY events (at)")',
    ),
    Rule(
        number=636,
        severity=INFO,
        slug="index-dropped-under-lock",
        title="An index is dropped under ACCESS EXCLUSIVE",
        meaning="It is short, but it waits behind every long query of the table, and everybody "
        "else waits behind it.",
        remedy="RemoveIndexConcurrently in a migration with atomic = False.",
        bad='migrations.RemoveIndex("item", "item_code_idx")',
        good='RemoveIndexConcurrently("item", "item_code_idx")',
    ),
    Rule(
        number=637,
        severity=ERROR,
        slug="reindexed-under-lock",
        title="REINDEX stops the writes of a table",
        meaning="It takes SHARE on the table and ACCESS EXCLUSIVE on the index until it is built "
        "anew: writes wait, and so do reads that would use the index.",
        remedy="REINDEX … CONCURRENTLY, in a migration with atomic = False.",
        bad='migrations.RunSQL("REINDEX TABLE shop_item")',
        good='migrations.RunSQL("REINDEX TABLE CONCURRENTLY shop_item")',
    ),
    Rule(
        number=638,
        severity=INFO,
        slug="index-twice",
        title="An index on the same columns is there already",
        meaning="Each write keeps both up to date, and no query needs the second.",
        remedy="Leave it out, or drop the other one.",
        bad='models.Index(fields=["code"]) beside models.Index(fields=["code", "shop"])',
        good='models.Index(fields=["code", "shop"])',
    ),
    Rule(
        number=639,
        severity=INFO,
        slug="index-renamed",
        title="An index is renamed",
        meaning="It is short and blocks nobody; hints of pg_hint_plan and scripts that name the "
        "index no longer find it.",
        remedy="Search scripts and dashboards for the old name.",
        bad='migrations.RunSQL("ALTER INDEX i RENAME TO j") unseen',
        good="the same, after a search",
    ),
    Rule(
        number=640,
        severity=INFO,
        slug="wide-index",
        title="An index has many columns",
        meaning="From the fourth column on it seldom helps a query, and it makes each write "
        "dearer and HOT updates rarer.",
        remedy="Keep the columns that queries filter by; put others in include=.",
        bad='models.Index(fields=["a", "b", "c", "d", "e"])',
        good='models.Index(fields=["a", "b"], include=["c"])',
    ),
)
