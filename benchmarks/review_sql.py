"""Write the SQL of every migration of DJANGO_SETTINGS_MODULE into the folder that is given."""

import sys
from pathlib import Path

import django
from django.db import connection
from django.db.migrations.loader import MigrationLoader

django.setup()

loader = MigrationLoader(connection, replace_migrations=False)
for app, name in sorted(loader.graph.nodes):
    try:
        lines = loader.collect_sql([(loader.graph.nodes[app, name], False)])
    except Exception as error:
        print(f"{app}.{name}: {error}", file=sys.stderr)
        continue
    (Path(sys.argv[1]) / f"{app}.{name}.sql").write_text("\n".join(lines))
