"""Rules 306 to 312 and 319: review cards. 313 to 318 and 336: migrations that are no good."""

from governance.findings import Rule, Severity

ERROR, WARNING, INFO = Severity.ERROR, Severity.WARNING, Severity.INFO

CARDS = (
    Rule(
        number=306,
        severity=ERROR,
        slug="missing-review-card",
        title="A risky migration has no review card",
        meaning="It takes something away, loses data or can't be undone, and nobody has said how "
        "to go back.",
        remedy="Write one: manage.py schema_review APP NAME --card. Fill in rollback and restore, "
        "and commit it beside the migration.",
        bad="shop/migrations/0002_remove_order_note.py",
        good="shop/migrations/0002_remove_order_note.py\n"
        "shop/migrations/0002_remove_order_note.review.toml",
    ),
    Rule(
        number=307,
        severity=ERROR,
        slug="outdated-review-card",
        title="A migration was changed after its review",
        meaning="The content that somebody looked at is not the content that would be applied.",
        remedy="Look at the change, then write the card anew: manage.py schema_review APP NAME "
        "--card.",
        bad='migrations.RunSQL("DELETE FROM shop_order WHERE id < 1000")  # added after the review',
        good="$ python manage.py schema_review shop 0002_remove_order_note --card",
    ),
    Rule(
        number=308,
        severity=ERROR,
        slug="incomplete-review-card",
        title="A review card lacks what it is for",
        meaning="A risky migration needs to say how to go back to the release before (rollback), "
        "where lost data can be taken from (restore), and who answers for it (reviewer).",
        remedy="Fill in what is named.",
        bad='rollback = ""',
        good='rollback = "Deploy the release before; it does not read the column."\n'
        'restore = "Table shop_order of the nightly dump, kept for 30 days."',
    ),
    Rule(
        number=309,
        severity=ERROR,
        slug="reviewed-by-author",
        title="The reviewer of a migration is its author",
        meaning="GOVERNANCE['SECOND_PERSON'] asks for four eyes.",
        remedy="Let somebody else look at it, and run on their machine: manage.py schema_review "
        "APP NAME --card.",
        bad='author = "Ada <ada@example.com>"\nreviewer = "Ada <ada@example.com>"',
        good='author = "Ada <ada@example.com>"\nreviewer = "Bob <bob@example.com>"',
    ),
    Rule(
        number=310,
        severity=WARNING,
        slug="review-card-without-migration",
        title="A review card is about no migration",
        meaning="The migration was renamed or removed. The card proves nothing any more.",
        remedy="Remove the card, or write it anew for the new name.",
        bad="shop/migrations/0002_drop_note.py\nshop/migrations/0002_remove_order_note.review.toml",
        good="shop/migrations/0002_drop_note.py\nshop/migrations/0002_drop_note.review.toml",
    ),
    Rule(
        number=311,
        severity=ERROR,
        slug="two-review-cards",
        title="Two review cards are about one migration",
        meaning="It is not known which one holds, so none does.",
        remedy="Keep the one beside the migration.",
        bad="shop/migrations/0002_remove_order_note.review.toml\n"
        "review/shop/0002_remove_order_note.review.toml",
        good="shop/migrations/0002_remove_order_note.review.toml",
        acceptable=False,
    ),
    Rule(
        number=312,
        severity=ERROR,
        slug="unreadable-review-card",
        title="A review card can't be read",
        meaning="A card that is not understood proves nothing: the migration counts as not "
        "reviewed.",
        remedy="Correct the line named in the message, or write it anew: manage.py schema_review "
        "APP NAME --card.",
        bad="phase = contract",
        good='phase = "contract"',
        acceptable=False,
    ),
    Rule(
        number=313,
        severity=ERROR,
        slug="unreadable-migration",
        title="A migration can't be loaded",
        meaning="Its file has a mistake, or raises when it is imported. It, and all that depend "
        "on it, can be neither reviewed nor applied.",
        remedy="Correct the line named in the message.",
        bad='operations = [migrations.RemoveField("order", "note")',
        good='operations = [migrations.RemoveField("order", "note")]',
        acceptable=False,
    ),
    Rule(
        number=314,
        severity=ERROR,
        slug="missing-dependency",
        title="A migration depends on one that does not exist",
        meaning="Django refuses to load any migration then. It, and all that depend on it, could "
        "not be reviewed.",
        remedy="Correct the name in dependencies, or take the missing file from git again.",
        bad='dependencies = [("shop", "0001_inital")]',
        good='dependencies = [("shop", "0001_initial")]',
        acceptable=False,
    ),
    Rule(
        number=315,
        severity=ERROR,
        slug="migration-cycle",
        title="Migrations depend on each other in a circle",
        meaning="None of them can be the first. They, and all that depend on them, could not be "
        "reviewed.",
        remedy="Take one of the dependencies away; split a migration if both are needed.",
        bad='dependencies = [("stock", "0002_price")]  # in shop, 0002_total\n'
        'dependencies = [("shop", "0002_total")]  # in stock, 0002_price',
        good='dependencies = [("stock", "0002_price")]  # in shop, 0002_total\n'
        'dependencies = [("shop", "0001_initial")]  # in stock, 0002_price',
        acceptable=False,
    ),
    Rule(
        number=316,
        severity=ERROR,
        slug="conflicting-migrations",
        title="An app has two newest migrations",
        meaning="Two branches each added one. Django's migrate refuses to choose.",
        remedy="Merge them: manage.py makemigrations --merge, or rename one to come after the "
        "other.",
        bad='dependencies = [("shop", "0001_initial")]  # in 0002_note\n'
        'dependencies = [("shop", "0001_initial")]  # in 0002_total',
        good='dependencies = [("shop", "0001_initial")]  # in 0002_note\n'
        'dependencies = [("shop", "0002_note")]  # in 0003_total',
        acceptable=False,
    ),
    Rule(
        number=317,
        severity=ERROR,
        slug="unapplied-parent",
        title="A migration is applied before one it depends on",
        meaning="Somebody added a dependency to an applied migration, or put a migration in front "
        "of it. Django's migrate refuses such a history.",
        remedy="Take the dependency away again, or record the parent once its changes are there: "
        "manage.py migrate APP NAME --fake.",
        bad='dependencies = [("shop", "0003_total")]  # added to 0002_note, which is applied',
        good='dependencies = [("shop", "0003_total")]  # in a new migration, 0004_note_length',
        acceptable=False,
    ),
    Rule(
        number=318,
        severity=WARNING,
        slug="meaningless-sql",
        title="Django can't run the SQL of a RunSQL",
        meaning="It is not in a form that Django takes.",
        remedy="Write a text, or a list of texts and of pairs (text, parameters).",
        bad='migrations.RunSQL([("UPDATE a SET b = %s", [1], None)])',
        good='migrations.RunSQL([("UPDATE a SET b = %s", [1])])',
    ),
    Rule(
        number=319,
        severity=WARNING,
        slug="outdated-rehearsal",
        title="A migration was changed after its rehearsal",
        meaning="The rehearsal on its review card is about another content. What the migration "
        "does now, nobody has seen.",
        remedy="Rehearse it again: manage.py schema_rehearse APP NAME --card.",
        bad="an operation that is added after the rehearsal",
        good="schema_rehearse APP NAME --card, with each change of the migration",
    ),
    Rule(
        number=336,
        severity=INFO,
        slug="empty-sql",
        title="A RunSQL runs nothing",
        meaning="Its SQL is empty. Something may have been forgotten.",
        remedy="Remove it, or write what it shall run.",
        bad='migrations.RunSQL("")',
        good='migrations.RunSQL("ANALYZE shop_item")',
    ),
)
