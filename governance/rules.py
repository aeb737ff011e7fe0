"""The catalogue of rules. Data only: checks, commands, docs and the admin all read it.

Hundreds by area: 0 settings, 1 ownership, 2 writes, 3 migrations, 4 PostgreSQL.
"""

from governance.findings import Rule, Severity

ERROR, WARNING, INFO = Severity.ERROR, Severity.WARNING, Severity.INFO

RULES = (
    Rule(
        number=1,
        severity=ERROR,
        slug="invalid-setting",
        title="A setting can't be used",
        meaning="A key or value of GOVERNANCE is not known. Everything stays off until it is.",
        remedy="Correct the name or the value; the hint proposes the nearest one.",
        bad='GOVERNANCE = {"MODE": "enforced"}',
        good='GOVERNANCE = {"MODE": "enforce"}',
    ),
    Rule(
        number=2,
        severity=INFO,
        slug="not-postgresql",
        title="The database is not PostgreSQL",
        meaning="Writes can be attributed on PostgreSQL only, so nothing is guarded here.",
        remedy="Use the engine django.db.backends.postgresql, or remove the app.",
    ),
    Rule(
        number=101,
        severity=ERROR,
        slug="unreadable-declaration",
        title="A declaration file can't be read",
        meaning="The file raises when imported, or declares nothing that is a Module. Its apps "
        "count as owned by nobody.",
        remedy="Correct the line named in the message.",
    ),
    Rule(
        number=102,
        severity=ERROR,
        slug="unknown-name",
        title="A declaration names something that does not exist",
        meaning="A name that matches no app, package, interface, table or module protects nothing.",
        remedy="Correct the name; the hint proposes the nearest one.",
        bad='Module(name="finance", apps=["finanse"])',
        good='Module(name="finance", apps=["finance"])',
    ),
    Rule(
        number=103,
        severity=ERROR,
        slug="app-in-two-modules",
        title="An app belongs to two modules",
        meaning="An app has one team. The first declaration is used until this is settled.",
        remedy="Keep the app in one Module.",
    ),
    Rule(
        number=104,
        severity=ERROR,
        slug="table-in-two-modules",
        title="A table is claimed twice",
        meaning="A table has one owner. The first declaration is used until this is settled.",
        remedy="Keep the table in one Module; give the other one a Share if it must write.",
    ),
    Rule(
        number=105,
        severity=ERROR,
        slug="duplicate-module",
        title="Two modules have the same name",
        meaning="Module names identify owners. The first declaration is used.",
        remedy="Merge the two declarations or rename one.",
    ),
    Rule(
        number=106,
        severity=WARNING,
        slug="app-without-module",
        title="An app belongs to no module",
        meaning="Its tables are owned by nobody: in enforce mode only the app's own code may "
        "write them, and its migrations are refused.",
        remedy="Add the app to a Module, or write one: manage.py schema_owners --init.",
        good='MODULE = Module(name="reporting", apps=["reporting"], team="Data")',
    ),
    Rule(
        number=107,
        severity=WARNING,
        slug="share-ended",
        title="A share has ended",
        meaning="Its date has passed, so it no longer permits anything.",
        remedy="Remove it, or agree on a new date with the owner.",
    ),
    Rule(
        number=108,
        severity=ERROR,
        slug="invalid-share",
        title="A share can't be used as written",
        meaning="A share names a table of the declaring module, another module, a reason and "
        "an end date.",
        remedy="Complete the declaration.",
        good='Share(table="finance_tag", module="dev", reason="Tags move to core.", '
        "until=date(2027, 6, 30))",
    ),
    Rule(
        number=109,
        severity=ERROR,
        slug="two-models-on-one-table",
        title="Two models of different modules use one table",
        meaning="Each would create, alter and write it. An unmanaged model for reading is fine "
        "when one managed model, or a declaration, settles who owns the table.",
        remedy="Give one of them its own table, or set managed = False on the reader.",
    ),
    Rule(
        number=110,
        severity=WARNING,
        slug="unowned-table",
        title="A table in the database has no owner",
        meaning="No model and no declaration names it, so nobody may write it in enforce mode.",
        remedy='Name it in the Module that writes it: tables=["…"].',
    ),
    Rule(
        number=111,
        severity=WARNING,
        slug="cross-module-parent",
        title="A model inherits a table of another module",
        meaning="Each insert of the child also writes the parent's table, which belongs to "
        "somebody else.",
        remedy="Use a OneToOneField and the owner's interface, or declare a Share.",
    ),
    Rule(
        number=112,
        severity=WARNING,
        slug="model-outside-module",
        title="A model is written in the code of another module",
        meaning="Its app_label gives the table to one module while its code lies in another.",
        remedy="Move the class to the owner's package, or remove app_label.",
    ),
    Rule(
        number=113,
        severity=WARNING,
        slug="declared-table-absent",
        title="A declared table is not in the database",
        meaning="Either the name is mistyped, and the real table is owned by nobody, or the "
        "table is gone.",
        remedy="Correct or remove the name.",
    ),
    Rule(
        number=114,
        severity=WARNING,
        slug="nothing-declared",
        title="Enforce mode without declarations",
        meaning="Until a module is declared, each app counts as one and nothing is refused: "
        "enforce only reports.",
        remedy="Write declarations: manage.py schema_owners --init.",
    ),
    Rule(
        number=201,
        severity=ERROR,
        slug="cross-module-write",
        title="A module writes a table of another",
        meaning="Rules that the owner keeps for this table were passed by.",
        remedy="Call a published function of the owner, or declare a Share.",
        bad="Transaction.objects.create(account=account, amount_minor=500)  # in dev",
        good="finance.services.record_transaction(account=account, amount_minor=500)",
    ),
    Rule(
        number=202,
        severity=ERROR,
        slug="unknown-write",
        title="A statement can't be read",
        meaning="What it writes is not known (a procedure, an anonymous block, or text that "
        "PostgreSQL's grammar does not accept), so nobody can say that it is permitted.",
        remedy="Write it as plain SQL, or run it inside acting_as() with a reason.",
    ),
    Rule(
        number=203,
        severity=ERROR,
        slug="unknown-actor",
        title="A write has no known author",
        meaning="No scope is open and no line of first-party code was found on the stack.",
        remedy='Open a scope: with acting_as("module", reason="…").',
    ),
    Rule(
        number=204,
        severity=ERROR,
        slug="unowned-write",
        title="A table that nobody owns is written",
        meaning="No model and no declaration names the table.",
        remedy='Name it in the Module that writes it: tables=["…"].',
    ),
    Rule(
        number=205,
        severity=WARNING,
        slug="borrowed-scope",
        title="A module acts in another's name without a reason",
        meaning="The scope permits the write, but nobody can tell whether the owner agreed.",
        remedy='Say why: acting_as("finance", reason="…"), or call the owner\'s interface.',
    ),
    Rule(
        number=211,
        severity=ERROR,
        slug="unreadable-source",
        title="A source file can't be read",
        meaning="The file is no valid Python, or can't be opened, so nobody knows what it writes.",
        remedy="Correct the file, or remove it.",
    ),
    Rule(
        number=212,
        severity=WARNING,
        slug="composed-sql",
        title="SQL that writes is composed, and its table is not known",
        meaning="The scan sees a write, and the name of its table only exists once it runs. The "
        "guard judges it then.",
        remedy="Name the table in a literal or a constant, or through Model._meta.db_table.",
        bad='cursor.execute(f"DELETE FROM {name}")',
        good='cursor.execute(f"DELETE FROM {Invoice._meta.db_table}")',
    ),
    Rule(
        number=213,
        severity=ERROR,
        slug="low-resolution",
        title="The scan understands too little",
        meaning="Of the calls that look like writes, fewer are understood than "
        "--min-resolution asks for. What it finds can then not be trusted to be all.",
        remedy="List the others with --unresolved; annotate parameters and returns there.",
    ),
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
    ),
    Rule(
        number=303,
        severity=ERROR,
        slug="migration-without-module",
        title="A migration belongs to no module",
        meaning="Its app is in no Module, so nobody can be asked about its tables.",
        remedy="Add the app to a Module, or write one: manage.py schema_owners --init.",
    ),
    Rule(
        number=304,
        severity=WARNING,
        slug="unreadable-operation",
        title="A migration operation can't be read",
        meaning="Its SQL or its Python could not be analysed, so what it touches is not known.",
        remedy="Name the tables in hints={'tables': […]}, or split it into readable operations.",
    ),
    Rule(
        number=305,
        severity=WARNING,
        slug="gate-bypassed",
        title="Another app's makemigrations is used instead of the gate",
        meaning="Django takes the command of the app that comes first in INSTALLED_APPS. That "
        "one knows nothing of modules, so makemigrations refuses nothing.",
        remedy='Put "governance" before that app; its command is then extended, not replaced.',
    ),
    Rule(
        number=401,
        severity=WARNING,
        slug="database-unreachable",
        title="The database can't be asked",
        meaning="Row figures, partitions and tables without a model are unknown.",
        remedy="Start PostgreSQL, or correct DATABASES or DATABASE_URL.",
    ),
)

_BY_SLUG = {entry.slug: entry for entry in RULES}


def rule(slug: str) -> Rule:
    """Return the entry of the catalogue; raises ``KeyError`` for an unknown slug."""
    return _BY_SLUG[slug]
