"""Rules 221 to 229: the baseline, waivers, cascades, observations."""

from governance.findings import Rule, Severity

ERROR, WARNING = Severity.ERROR, Severity.WARNING

ACCEPTANCE = (
    Rule(
        number=221,
        severity=ERROR,
        slug="unreadable-baseline",
        title="The baseline can't be read",
        meaning="A file that is not understood accepts nothing: what it listed is refused in "
        "enforce mode.",
        remedy="Correct the line named in the message, or take the file from git again.",
        bad='<<<<<<< HEAD\n[[entry]]\nfingerprint = "53e18d644260d98a"',
        good='[[entry]]\nfingerprint = "53e18d644260d98a"',
        acceptable=False,
    ),
    Rule(
        number=222,
        severity=ERROR,
        slug="stale-baseline",
        title="The baseline accepts what is no longer there",
        meaning="The violation is gone, or is at fewer places. An entry that stays would let it "
        "come back unseen.",
        remedy="Remove it: manage.py schema_check --shrink.",
        bad="count = 2  # and one place is left",
        good="$ python manage.py schema_check --shrink",
        acceptable=False,
    ),
    Rule(
        number=223,
        severity=WARNING,
        slug="baseline-ended",
        title="An entry of the baseline has ended",
        meaning="Its day has passed, so it no longer accepts the finding that stands beside this "
        "one.",
        remedy="Use the owner's interface, or agree on a new day with the owner.",
        bad="until = 2025-06-30  # and the function still writes the table",
        good="stock.reserve(sku, quantity)  # and the entry goes with schema_check --shrink",
        acceptable=False,
    ),
    Rule(
        number=224,
        severity=WARNING,
        slug="baseline-grown",
        title="The baseline has grown",
        meaning="It may only shrink. A new entry, or a higher count, is debt that somebody has "
        "to agree to in review.",
        remedy="Use the owner's interface instead, or show reviewers the reason and the day on "
        "which it ends.",
        bad="Item.objects.filter(sku=sku).delete()  # in orders, and then --adopt",
        good="stock.write_off(sku)",
        acceptable=False,
    ),
    Rule(
        number=225,
        severity=WARNING,
        slug="unmatched-waiver",
        title="A waiver matches nothing",
        meaning="What it accepted is gone, or a name in it is mistyped. Left standing, it would "
        "accept the next violation.",
        remedy="Remove it from the declaration.",
        bad='Waiver(slug="cross-module-write", subject="stock_items", reason="…", '
        "until=date(2027, 6, 30))",
        good='Waiver(slug="cross-module-write", subject="stock_item", reason="…", '
        "until=date(2027, 6, 30))",
        acceptable=False,
    ),
    Rule(
        number=226,
        severity=WARNING,
        slug="waiver-ended",
        title="A waiver has ended",
        meaning="Its day has passed, so it no longer accepts anything.",
        remedy="Remove it, or agree on a new day with the owner.",
        bad='Waiver(slug="cross-module-write", subject="stock_item", reason="…", '
        "until=date(2025, 6, 30))",
        good='Waiver(slug="cross-module-write", subject="stock_item", reason="…", '
        "until=date(2027, 6, 30))",
        acceptable=False,
    ),
    Rule(
        number=227,
        severity=ERROR,
        slug="invalid-waiver",
        title="A waiver can't be used as written",
        meaning="A waiver names a rule, what it is about, a reason and an end date.",
        remedy="Complete the declaration.",
        bad='Waiver(slug="cross-module-write", subject="finance_tag", reason="", '
        "until=date(2027, 6, 30))",
        good='Waiver(slug="cross-module-write", subject="finance_tag", actor="dev", '
        'reason="Until tags move to core.", until=date(2027, 6, 30))',
        acceptable=False,
    ),
    Rule(
        number=228,
        severity=ERROR,
        slug="invalid-cascade",
        title="A cascade can't be used as written",
        meaning="A cascade names a table of the declaring module, a table of another one whose "
        "rows it follows, and a reason.",
        remedy="Complete the declaration.",
        bad='Cascade(table="dev_project_watchers", of="core_person", reason="")',
        good='Cascade(table="dev_project_watchers", of="core_person", '
        'reason="Who left watches nothing.")',
        acceptable=False,
    ),
    Rule(
        number=229,
        severity=WARNING,
        slug="observations-lost",
        title="Violations were seen and could not be counted",
        meaning="There were more kinds of them than one process keeps while the database can't "
        "be reached, so the counts are too low and some kinds may be missing.",
        remedy="Look at the log of the logger governance.writes for the reason.",
        acceptable=False,
    ),
)
