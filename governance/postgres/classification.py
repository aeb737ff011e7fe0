"""SQL text → which tables it writes: by its shape where that is enough, else by the grammar."""

from governance.postgres.grammar import read
from governance.postgres.shapes import scan, scan_schema
from governance.postgres.statements import Statement


def classify(sql: str) -> Statement:
    """Tell which tables a text writes; placeholders may be ``%s``, ``%(name)s`` or ``$1``."""
    known = scan(sql)
    if known is not None:
        return known
    statement = read(sql)
    return (scan_schema(sql) or statement) if statement.unreadable else statement
