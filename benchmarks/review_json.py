"""Tell what is found in each migration of DJANGO_SETTINGS_MODULE: [[name, slug, severity]…].

With ``--apart`` each app is judged as if it were alone.
"""

import json
import sys

import django

django.setup()

from governance.gate.reviewing import findings_of  # noqa: E402
from governance.review.history import first_state, review, whole_plan  # noqa: E402
from governance.review.loading import TolerantLoader  # noqa: E402
from governance.review.sizes import NO_SIZES  # noqa: E402

loader = TolerantLoader(None)
plan = whole_plan(loader)
labels = {migration.app_label for migration in plan}
for label in sorted(labels) if "--apart" in sys.argv else [""]:
    alone = [migration for migration in plan if label in ("", migration.app_label)]
    for reviewed in review(alone, first_state(loader)):
        for finding in findings_of(reviewed, NO_SIZES):
            print(json.dumps([reviewed.name, finding.rule.slug, finding.severity.name]))
