"""Judge every migration of DJANGO_SETTINGS_MODULE; print name → [[slug, severity]…] as JSON."""

import json

import django
from django.db.migrations.loader import MigrationLoader

django.setup()

from governance.review.history import first_state, review, whole_plan  # noqa: E402
from governance.review.policy.judging import judge  # noqa: E402

loader = MigrationLoader(None)
found = {
    migration.name: [[finding.rule.slug, int(finding.severity)] for finding in judge(migration)]
    for migration in review(whole_plan(loader), first_state(loader))
}
print(json.dumps(found))
