"""The catalogue of rules: checks, commands, docs and the admin all read it.

Hundreds by area: 0 settings, 1 ownership, 2 writes (21x the scan, 22x what is accepted),
3 migrations, 4 PostgreSQL. The rules themselves are in ``catalogue``.
"""

from governance.catalogue.acceptance import ACCEPTANCE
from governance.catalogue.migrations import MIGRATIONS
from governance.catalogue.ownership import OWNERSHIP
from governance.catalogue.postgres import POSTGRES
from governance.catalogue.rehearsal import REHEARSAL
from governance.catalogue.scan import SCAN
from governance.catalogue.settings import SETTINGS
from governance.catalogue.writes import WRITES
from governance.findings import Rule

RULES = (*SETTINGS, *OWNERSHIP, *WRITES, *SCAN, *ACCEPTANCE, *MIGRATIONS, *REHEARSAL, *POSTGRES)

_BY_SLUG = {entry.slug: entry for entry in RULES}


def rule(slug: str) -> Rule:
    """Return the entry of the catalogue; raises ``KeyError`` for an unknown slug."""
    return _BY_SLUG[slug]
