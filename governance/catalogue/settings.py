"""Settings."""

from governance.findings import Rule, Severity

ERROR = Severity.ERROR
INFO = Severity.INFO

SETTINGS = (
    Rule(
        number=1,
        severity=ERROR,
        slug="invalid-setting",
        title="A setting can't be used",
        meaning="A key or value of GOVERNANCE is not known. Everything stays off until it is.",
        remedy="Correct the name or the value; the hint proposes the nearest one.",
        bad='GOVERNANCE = {"MODE": "enforced"}',
        good='GOVERNANCE = {"MODE": "enforce"}',
        acceptable=False,
    ),
    Rule(
        number=2,
        severity=INFO,
        slug="not-postgresql",
        title="The database is not PostgreSQL",
        meaning="Writes can be attributed on PostgreSQL only, so nothing is guarded here.",
        remedy="Use the engine django.db.backends.postgresql, or remove the app.",
        bad='DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "shop.db"}}',
        good='DATABASES = {"default": {"ENGINE": "django.db.backends.postgresql", "NAME": "shop"}}',
        acceptable=False,
    ),
)
