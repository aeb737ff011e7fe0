"""Quoted and qualified names."""

from governance.ownership.names import clipped


def key_of(name: str) -> str:
    """Return ``schema.name`` or ``name`` for a quoted name as the ORM writes it."""
    return ".".join(clipped(part) for part in name[1:-1].split('"."'))


def quoted(key: str) -> str:
    """Return the quoted form of ``name`` or ``schema.name`` for use in SQL."""
    return ".".join('"' + part.replace('"', '""') + '"' for part in key.split(".", 1))


def quoted_parts(*parts: str) -> str:
    """Return the quoted form of names that may contain anything, also dots."""
    return ".".join('"' + part.replace('"', '""') + '"' for part in parts)


def literal(text: str) -> str:
    """Return a text as a literal for use in SQL."""
    escaped = text.replace("\\", "\\\\").replace("'", "''")
    return f"E'{escaped}'" if "\\" in text else f"'{escaped}'"
