"""Names of tables as PostgreSQL and Django write them, brought to one form."""

PLATFORM = "platform"
"""The built-in module that owns the tables of Django and of installed packages."""

UNKNOWN = "unknown"
"""Prefix of the pseudo-owners: ``unknown:reporting`` is like no other owner."""


def table_key(db_table: str) -> str:
    """Return ``name`` or ``schema.name`` for any of Django's ways to write ``db_table``.

    Django quotes ``db_table`` as a whole, so projects reach another schema with
    ``'schema"."name'`` or ``'"schema"."name"'``.
    """
    return ".".join(part.strip('"') for part in db_table.strip().split('"."'))


def unknown_owner(subject: str) -> str:
    """Return the pseudo-owner of a table or app that nobody owns."""
    return f"{UNKNOWN}:{subject}"


def is_unknown(owner: str) -> bool:
    """Tell whether an owner stands for «nobody»."""
    return owner == UNKNOWN or owner.startswith(f"{UNKNOWN}:")
