"""Declarations and who owns what."""

from governance.findings import Rule, Severity

ERROR = Severity.ERROR
WARNING = Severity.WARNING

OWNERSHIP = (
    Rule(
        number=101,
        severity=ERROR,
        slug="unreadable-declaration",
        title="A declaration file can't be read",
        meaning="The file raises when imported, or declares nothing that is a Module. Its apps "
        "count as owned by nobody.",
        remedy="Correct the line named in the message.",
        bad='MODULE = dict(name="stock", apps=["stock"])',
        good='MODULE = Module(name="stock", apps=["stock"])',
        acceptable=False,
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
        acceptable=False,
    ),
    Rule(
        number=103,
        severity=ERROR,
        slug="app-in-two-modules",
        title="An app belongs to two modules",
        meaning="An app has one team. The first declaration is used until this is settled.",
        remedy="Keep the app in one Module.",
        bad='Module(name="stock", apps=["stock", "pricing"])\n'
        'Module(name="sales", apps=["orders", "pricing"])',
        good='Module(name="stock", apps=["stock"])\n'
        'Module(name="sales", apps=["orders", "pricing"])',
        acceptable=False,
    ),
    Rule(
        number=104,
        severity=ERROR,
        slug="table-in-two-modules",
        title="A table is claimed twice",
        meaning="A table has one owner. The first declaration is used until this is settled.",
        remedy="Keep the table in one Module; give the other one a Share if it must write.",
        bad='Module(name="stock", apps=["stock"], tables=["legacy_prices"])\n'
        'Module(name="sales", apps=["orders"], tables=["legacy_prices"])',
        good='Module(name="stock", apps=["stock"], tables=["legacy_prices"])\n'
        'Module(name="sales", apps=["orders"])',
        acceptable=False,
    ),
    Rule(
        number=105,
        severity=ERROR,
        slug="duplicate-module",
        title="Two modules have the same name",
        meaning="Module names identify owners. The first declaration is used.",
        remedy="Merge the two declarations or rename one.",
        bad='Module(name="stock", apps=["stock"])\nModule(name="stock", apps=["depots"])',
        good='Module(name="stock", apps=["stock", "depots"])',
        acceptable=False,
    ),
    Rule(
        number=106,
        severity=WARNING,
        slug="app-without-module",
        title="An app belongs to no module",
        meaning="Its tables are owned by nobody: in enforce mode only the app's own code may "
        "write them, and its migrations are refused.",
        remedy="Add the app to a Module, or write one: manage.py schema_owners --init.",
        bad='INSTALLED_APPS = ["governance", "shop.reporting"]  # and no Module names it',
        good='MODULE = Module(name="reporting", apps=["reporting"], team="Data")',
    ),
    Rule(
        number=107,
        severity=WARNING,
        slug="share-ended",
        title="A share has ended",
        meaning="Its date has passed, so it no longer permits anything.",
        remedy="Remove it, or agree on a new date with the owner.",
        bad='Share(table="finance_tag", module="dev", reason="…", until=date(2025, 6, 30))',
        good='Share(table="finance_tag", module="dev", reason="…", until=date(2027, 6, 30))',
        acceptable=False,
    ),
    Rule(
        number=108,
        severity=ERROR,
        slug="invalid-share",
        title="A share can't be used as written",
        meaning="A share names a table of the declaring module, another module, a reason and "
        "an end date.",
        remedy="Complete the declaration.",
        bad='Share(table="finance_tag", module="dev", reason="", until=date(2027, 6, 30))',
        good='Share(table="finance_tag", module="dev", reason="Tags move to core.", '
        "until=date(2027, 6, 30))",
        acceptable=False,
    ),
    Rule(
        number=109,
        severity=ERROR,
        slug="two-models-on-one-table",
        title="Two models of different modules use one table",
        meaning="Each would create, alter and write it. An unmanaged model for reading is fine "
        "when one managed model, or a declaration, settles who owns the table.",
        remedy="Give one of them its own table, or set managed = False on the reader.",
        bad="class Item(models.Model):  # in orders\n"
        "    class Meta:\n"
        '        db_table = "stock_item"',
        good="class Item(models.Model):  # in orders, to read\n"
        "    class Meta:\n"
        '        db_table = "stock_item"\n'
        "        managed = False",
    ),
    Rule(
        number=110,
        severity=WARNING,
        slug="unowned-table",
        title="A table in the database has no owner",
        meaning="No model and no declaration names it, so nobody may write it in enforce mode.",
        remedy='Name it in the Module that writes it: tables=["…"].',
        bad='Module(name="finance", apps=["finance"])  # and the database has legacy_ledger',
        good='Module(name="finance", apps=["finance"], tables=["legacy_ledger"])',
    ),
    Rule(
        number=111,
        severity=WARNING,
        slug="cross-module-parent",
        title="A model inherits a table of another module",
        meaning="Each insert of the child also writes the parent's table, which belongs to "
        "somebody else.",
        remedy="Use a OneToOneField and the owner's interface, or declare a Share.",
        bad="class Refund(Transaction):  # in dev\n    reason = models.TextField()",
        good="class Refund(models.Model):  # in dev\n"
        '    transaction = models.OneToOneField("finance.Transaction", models.PROTECT)\n'
        "    reason = models.TextField()",
    ),
    Rule(
        number=112,
        severity=WARNING,
        slug="model-outside-module",
        title="A model is written in the code of another module",
        meaning="Its app_label gives the table to one module while its code lies in another.",
        remedy="Move the class to the owner's package, or remove app_label.",
        bad="class Rate(models.Model):  # in shop/orders/models.py\n"
        "    class Meta:\n"
        '        app_label = "stock"',
        good="class Rate(models.Model):  # in shop/stock/models.py\n    ...",
    ),
    Rule(
        number=113,
        severity=WARNING,
        slug="declared-table-absent",
        title="A declared table is not in the database",
        meaning="Either the name is mistyped, and the real table is owned by nobody, or the "
        "table is gone.",
        remedy="Correct or remove the name.",
        bad='Module(name="finance", apps=["finance"], tables=["legacy_legder"])',
        good='Module(name="finance", apps=["finance"], tables=["legacy_ledger"])',
        acceptable=False,
    ),
    Rule(
        number=114,
        severity=WARNING,
        slug="nothing-declared",
        title="Enforce mode without declarations",
        meaning="Until a module is declared, each app counts as one and nothing is refused: "
        "enforce only reports.",
        remedy="Write declarations: manage.py schema_owners --init.",
        bad='GOVERNANCE = {"MODE": "enforce"}  # and no app has an ownership.py',
        good="$ python manage.py schema_owners --init",
        acceptable=False,
    ),
)
