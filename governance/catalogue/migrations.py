"""Migrations that reach beyond their module."""

from governance.findings import Rule, Severity

ERROR = Severity.ERROR
WARNING = Severity.WARNING

MIGRATIONS = (
    Rule(
        number=301,
        severity=ERROR,
        slug="cross-module-schema-change",
        title="A migration changes a table of another module",
        meaning="The owner's models and the database would no longer agree, and nobody of the "
        "owner has seen it.",
        remedy="Write the change as a migration of the owner's app.",
        bad='migrations.RunSQL("ALTER TABLE finance_transaction ADD COLUMN …")  # in dev',
        good="the same operation in finance/migrations, reviewed by finance",
    ),
    Rule(
        number=302,
        severity=ERROR,
        slug="cross-module-data-change",
        title="A migration writes rows of another module",
        meaning="A data migration passes by the rules that the owner keeps for the table.",
        remedy="Write it as a migration of the owner's app.",
        bad="def fill(apps, schema_editor):  # in dev/migrations\n"
        '    apps.get_model("finance", "Transaction").objects.update(memo="")',
        good="the same function in finance/migrations, reviewed by finance",
    ),
    Rule(
        number=303,
        severity=ERROR,
        slug="migration-without-module",
        title="A migration belongs to no module",
        meaning="Its app is in no Module, so nobody can be asked about its tables.",
        remedy="Add the app to a Module, or write one: manage.py schema_owners --init.",
        bad='MODULE = Module(name="orders", apps=["orders"])  # and no Module names reporting',
        good='MODULE = Module(name="orders", apps=["orders", "reporting"])',
    ),
    Rule(
        number=304,
        severity=WARNING,
        slug="unreadable-operation",
        title="A migration operation can't be read",
        meaning="Its SQL or its Python could not be analysed, so what it touches is not known.",
        remedy="Split it into operations that can be read, or have the owners look at it.",
        bad='migrations.RunSQL("CALL close_accounts()")',
        good='migrations.RunSQL("UPDATE finance_account SET closed = true WHERE balance = 0")',
    ),
    Rule(
        number=305,
        severity=WARNING,
        slug="gate-bypassed",
        title="Another app's makemigrations is used instead of the gate",
        meaning="Django takes the command of the app that comes first in INSTALLED_APPS. That "
        "one knows nothing of modules, so makemigrations refuses nothing.",
        remedy='Put "governance" before that app; its command is then extended, not replaced.',
        bad='INSTALLED_APPS = ["django_linear_migrations", "governance"]',
        good='INSTALLED_APPS = ["governance", "django_linear_migrations"]',
        acceptable=False,
    ),
)
