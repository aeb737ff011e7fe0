"""Rules 211 to 219: what the static scan could not look at."""

from governance.findings import Rule, Severity

ERROR = Severity.ERROR
WARNING = Severity.WARNING

SCAN = (
    Rule(
        number=211,
        severity=ERROR,
        slug="unreadable-source",
        title="A source file can't be read",
        meaning="The file is no valid Python, or can't be opened, so nobody knows what it writes.",
        remedy="Correct the file, or remove it.",
        bad="def close(account:\n    account.delete()",
        good="def close(account):\n    account.delete()",
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
        bad="def close(account):\n    account.delete()",
        good="def close(account: Account) -> None:\n    account.delete()",
    ),
)
