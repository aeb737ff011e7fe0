"""The catalogue of rules: checks, commands, docs and the admin all read it.

Hundreds by area: 0 settings, 1 ownership, 2 writes (21x the scan, 22x what is accepted),
3 migrations, 4 PostgreSQL, 5 and 6 what a migration does (5 columns and tables, 6 constraints,
indexes, objects, data), 7 idempotency keys. The rules themselves are in ``catalogue``.
"""

from governance.catalogue.acceptance import ACCEPTANCE
from governance.catalogue.cards import CARDS
from governance.catalogue.column_changes import COLUMN_CHANGES
from governance.catalogue.columns import COLUMNS
from governance.catalogue.constraints import CONSTRAINTS
from governance.catalogue.data import DATA
from governance.catalogue.idempotency import IDEMPOTENCY
from governance.catalogue.indexes import INDEXES
from governance.catalogue.migrations import MIGRATIONS
from governance.catalogue.objects import OBJECTS
from governance.catalogue.ownership import OWNERSHIP
from governance.catalogue.postgres import POSTGRES
from governance.catalogue.rehearsal import REHEARSAL
from governance.catalogue.removals import REMOVALS
from governance.catalogue.scan import SCAN
from governance.catalogue.settings import SETTINGS
from governance.catalogue.tables import TABLES
from governance.catalogue.writes import WRITES
from governance.findings import Rule

RULES = (
    *SETTINGS,
    *OWNERSHIP,
    *WRITES,
    *SCAN,
    *ACCEPTANCE,
    *MIGRATIONS,
    *CARDS,
    *REHEARSAL,
    *POSTGRES,
    *COLUMNS,
    *COLUMN_CHANGES,
    *REMOVALS,
    *TABLES,
    *CONSTRAINTS,
    *INDEXES,
    *OBJECTS,
    *DATA,
    *IDEMPOTENCY,
)

_BY_SLUG = {entry.slug: entry for entry in RULES}


def rule(slug: str) -> Rule:
    """Return the entry of the catalogue; raises ``KeyError`` for an unknown slug."""
    return _BY_SLUG[slug]
