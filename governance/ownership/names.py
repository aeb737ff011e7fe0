"""Names of tables as PostgreSQL and Django write them, brought to one form."""

PLATFORM = "platform"
"""The built-in module that owns the tables of Django and of installed packages."""

UNKNOWN = "unknown"
"""Prefix of the pseudo-owners: ``unknown:reporting`` is like no other owner."""

_LONGEST_NAME = 63  # bytes
_SURELY_WHOLE = _LONGEST_NAME // 4  # characters


def table_key(db_table: str) -> str:
    """Return ``name`` or ``schema.name`` for any of Django's ways to write ``db_table``.

    Django quotes ``db_table`` as a whole, so projects reach another schema with
    ``'schema"."name'`` or ``'"schema"."name"'``.
    """
    key = ".".join(part.strip('"') for part in db_table.strip().split('"."'))
    return key if len(key) <= _SURELY_WHOLE else ".".join(map(clipped, key.split(".")))


def clipped(name: str) -> str:
    """Return a name as PostgreSQL keeps it: at most 63 bytes, and no half character."""
    if len(name) <= _SURELY_WHOLE or (name.isascii() and len(name) <= _LONGEST_NAME):
        return name
    return name.encode(errors="replace")[:_LONGEST_NAME].decode(errors="ignore")


def unknown_owner(subject: str) -> str:
    """Return the pseudo-owner of a table or app that nobody owns."""
    return f"{UNKNOWN}:{subject}"


def is_unknown(owner: str) -> bool:
    """Tell whether an owner stands for «nobody»."""
    return owner == UNKNOWN or owner.startswith(f"{UNKNOWN}:")
