"""Who may write what."""

from governance.findings import Rule, Severity

ERROR = Severity.ERROR
WARNING = Severity.WARNING

WRITES = (
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
        bad='cursor.execute("CALL close_month()")',
        good='with acting_as("finance", reason="closes the month"):\n'
        '    cursor.execute("CALL close_month()")',
    ),
    Rule(
        number=203,
        severity=ERROR,
        slug="unknown-actor",
        title="A write has no known author",
        meaning="No scope is open and no line of first-party code was found on the stack.",
        remedy='Open a scope: with acting_as("module", reason="…").',
        bad="Item.objects.update(on_hand=3)  # in a shell",
        good='with acting_as("stock", reason="count of 22 November"):\n'
        "    Item.objects.update(on_hand=3)",
    ),
    Rule(
        number=204,
        severity=ERROR,
        slug="unowned-write",
        title="A table that nobody owns is written",
        meaning="No model and no declaration names the table.",
        remedy='Name it in the Module that writes it: tables=["…"].',
        bad='cursor.execute("DELETE FROM legacy_ledger")  # and no Module names it',
        good='Module(name="finance", apps=["finance"], tables=["legacy_ledger"])',
    ),
    Rule(
        number=205,
        severity=WARNING,
        slug="borrowed-scope",
        title="A module acts in another's name without a reason",
        meaning="The scope permits the write, but nobody can tell whether the owner agreed.",
        remedy='Say why: acting_as("finance", reason="…"), or call the owner\'s interface.',
        bad='with acting_as("finance"):  # in dev\n    Tag.objects.create(name="lamp")',
        good='with acting_as("finance", reason="agreed until tags move to core"):\n'
        '    Tag.objects.create(name="lamp")',
    ),
    Rule(
        number=206,
        severity=ERROR,
        slug="cross-module-cascade",
        title="Deleting a module's rows takes rows of another with them",
        meaning="Rows of the other module are deleted, or lose their reference, without its code "
        "knowing of it.",
        remedy="Let the owner of those rows remove them first, through its interface; or the owner "
        "declares a Cascade.",
        bad="person.delete()  # in core, and dev_project_watchers loses rows",
        good='Cascade(table="dev_project_watchers", of="core_person", reason="…")  # in dev',
    ),
    Rule(
        number=207,
        severity=WARNING,
        slug="cross-module-reference",
        title="A reference to another module cascades",
        meaning="Whoever deletes the row referred to also deletes or changes rows of the module "
        "that refers to it.",
        remedy="Use on_delete=PROTECT, or declare a Cascade in the module whose rows go.",
        bad='ForeignKey("core.Person", on_delete=CASCADE)  # in dev',
        good='ForeignKey("core.Person", on_delete=PROTECT)',
    ),
)
