"""SQL text → which tables it writes: by its shape where that is enough, else by the grammar."""

from governance.postgres.grammar import read
from governance.postgres.shapes import scan
from governance.postgres.statements import Statement


def classify(sql: str) -> Statement:
    """Tell which tables a text writes; placeholders may be ``%s``, ``%(name)s`` or ``$1``."""
    return scan(sql) or read(sql)
