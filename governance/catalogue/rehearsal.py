"""What comes out when a migration is rehearsed on a real PostgreSQL with rows."""

from governance.findings import Rule, Severity

ERROR = Severity.ERROR
INFO = Severity.INFO
WARNING = Severity.WARNING

REHEARSAL = (
    Rule(
        number=320,
        severity=ERROR,
        slug="rehearsal-fails",
        title="A migration fails even without rows",
        meaning="It can't be applied to the state that the migrations before it leave.",
        remedy="Run the statement that is shown in the kept database: --keep.",
        bad='migrations.RunSQL("ALTER TABLE shop_ordr ADD COLUMN note text")',
        good='migrations.RunSQL("ALTER TABLE shop_order ADD COLUMN note text")',
    ),
    Rule(
        number=321,
        severity=ERROR,
        slug="rehearsal-fails-on-rows",
        title="A migration fails as soon as a table has rows",
        meaning="It works in tests, where tables are empty, and fails in production.",
        remedy="Make the change in steps that hold for rows that are there.",
        bad='migrations.AddField("order", "total", models.IntegerField())  # no default',
        good='migrations.AddField("order", "total", models.IntegerField(null=True))',
    ),
    Rule(
        number=322,
        severity=WARNING,
        slug="rehearsal-fails-on-some-rows",
        title="A migration fails on rows that the table accepts today",
        meaning="Plain rows go through. NULLs, duplicates, long texts, zeros or the like don't, "
        "and the table may hold them.",
        remedy="Look for such rows in production and correct them in a migration before.",
        bad="unique=True on a column that may have duplicates",
        good="a migration that merges the duplicates, and then unique=True",
    ),
    Rule(
        number=323,
        severity=ERROR,
        slug="rehearsal-irreversible",
        title="A migration can't be undone",
        meaning="Django knows no way back, so a failed release can't be taken back with migrate.",
        remedy="Say how to go back; where there is nothing to do, say RunPython.noop.",
        bad="migrations.RunPython(fill)",
        good="migrations.RunPython(fill, migrations.RunPython.noop)",
    ),
    Rule(
        number=324,
        severity=ERROR,
        slug="rehearsal-reverse-fails",
        title="Undoing a migration fails when there are rows",
        meaning="Going back works in tests, where tables are empty, and fails in production.",
        remedy="Make the column nullable, or give it a db_default, in a migration before it goes.",
        bad='migrations.RemoveField("order", "note")  # NOT NULL, without a default',
        good="AlterField(null=True) in one release, RemoveField in the next",
    ),
    Rule(
        number=325,
        severity=INFO,
        slug="rehearsal-reverse-fails-after-use",
        title="Undoing a migration fails once the new release has written",
        meaning="It can be taken back only until the first row that the old structure can't hold.",
        remedy="Know it: from then on the way is forwards. Write that into the review card.",
        bad='migrations.AlterField("order", "note", models.CharField(max_length=200))  # was 20',
        good='rollback = "Possible until somebody writes a long note. After that, cut the '
        'notes first."',
    ),
    Rule(
        number=326,
        severity=WARNING,
        slug="rehearsal-reverse-differs",
        title="Undoing a migration leaves another structure",
        meaning="A column, a constraint, an index, a view, a sequence, a function, a trigger, a "
        "type or an extension is missing, left over or not as it was before.",
        remedy="Let the reverse operation make what the forward one has taken away, and take away "
        "what it has made.",
        bad='migrations.RunSQL("CREATE SEQUENCE numbers", migrations.RunSQL.noop)',
        good='migrations.RunSQL("CREATE SEQUENCE numbers", "DROP SEQUENCE numbers")',
    ),
    Rule(
        number=327,
        severity=ERROR,
        slug="rehearsal-loses-data",
        title="A migration loses data",
        meaning="Values that were there before are not there after going forwards and back.",
        remedy="Keep the values: copy them first, or drop the column in a later release.",
        bad='migrations.RemoveField("order", "note")',
        good="migrations.SeparateDatabaseAndState(  # the column goes in a later release\n"
        '    state_operations=[migrations.RemoveField("order", "note")]\n'
        ")",
    ),
    Rule(
        number=328,
        severity=ERROR,
        slug="rehearsal-breaks-old-read",
        title="The release before can't read any more",
        meaning="While a new release is rolled out, and after it is taken back, the old code meets "
        "the new structure.",
        remedy="Remove a name from the code in one release, and from the database in the next.",
        bad='migrations.RenameField("order", "note", "remark")',
        good='migrations.AddField("order", "remark", models.TextField(null=True))  # note '
        "goes later",
    ),
    Rule(
        number=329,
        severity=ERROR,
        slug="rehearsal-breaks-old-write",
        title="The release before can't write any more",
        meaning="Requests that the old code serves during the roll-out end in an error.",
        remedy="Give new columns a db_default, and demand values only when all code sends them.",
        bad="models.IntegerField(default=0)",
        good="models.IntegerField(default=0, db_default=0)",
    ),
    Rule(
        number=330,
        severity=WARNING,
        slug="rehearsal-breaks-some-old-writes",
        title="Some rows of the release before are refused",
        meaning="Plain rows are still accepted; duplicates, NULLs, long texts or the like are not "
        "any more.",
        remedy="Let a release that writes no such rows go out before the migration.",
        bad='migrations.AlterField("order", "note", models.CharField(max_length=20))  # was 200',
        good="a release whose forms take 20 characters, and then the migration",
    ),
    Rule(
        number=331,
        severity=ERROR,
        slug="rehearsal-breaks-new",
        title="The new release can't work with the new structure",
        meaning="State and database disagree: the models send what the table does not accept.",
        remedy="Make both sides of SeparateDatabaseAndState say the same.",
        bad="field = models.TextField(null=True)\n"
        "migrations.SeparateDatabaseAndState(\n"
        '    state_operations=[migrations.AddField("order", "note", field)]\n'
        ")",
        good='field = models.TextField(null=True)\nmigrations.AddField("order", "note", field)',
    ),
    Rule(
        number=332,
        severity=WARNING,
        slug="rehearsal-rewrites",
        title="A table is rewritten",
        meaning="Every row and every index is written anew, under a lock that stops reads and "
        "writes. It takes as long as the table is large.",
        remedy="Add a new column, fill it in batches, and change over.",
        bad='migrations.AlterField("order", "total", models.BigIntegerField())  # was an '
        "IntegerField",
        good='migrations.AddField("order", "total_cents", models.BigIntegerField(null=True))',
    ),
    Rule(
        number=333,
        severity=WARNING,
        slug="rehearsal-scans-under-lock",
        title="All rows are read while writes have to wait",
        meaning="The lock is held for as long as the rows are read, or until the transaction ends.",
        remedy="Build indexes concurrently; add constraints NOT VALID and validate them later.",
        bad="migrations.AddIndex(…)",
        good="AddIndexConcurrently(…) in a migration with atomic = False",
    ),
    Rule(
        number=334,
        severity=WARNING,
        slug="rehearsal-without-rows",
        title="A table had no rows in the rehearsal",
        meaning="No row could be made that the table accepts, so what depends on rows is not "
        "known.",
        remedy="Rehearse it by hand on a copy: schema_rehearse --keep.",
        bad="CREATE TRIGGER only_by_import BEFORE INSERT ON shop_order\n"
        "    FOR EACH ROW EXECUTE FUNCTION refuse_all_others()",
        good="$ python manage.py schema_rehearse shop 0002 --keep",
    ),
    Rule(
        number=335,
        severity=WARNING,
        slug="rehearsal-not-possible",
        title="A migration could not be rehearsed",
        meaning="One that it builds on can't be applied to an empty database, so nothing is known "
        "of this one.",
        remedy="Correct the one before it. It may need an extension, or rows that it expects.",
        bad='Item.objects.get(sku="lamp")  # in a RunPython before it',
        good='Item.objects.filter(sku="lamp").update(on_hand=0)',
    ),
)
