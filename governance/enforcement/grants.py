"""Which privileges the role of each module should have. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from governance.ownership.names import PLATFORM, is_unknown
from governance.ownership.registry import Registry
from governance.postgres.identifiers import quoted_parts
from governance.postgres.privileges import Place, Privilege

_ROWS = ("SELECT", "INSERT", "UPDATE", "DELETE")
_LONGEST = 63


def role_name(prefix: str, module: str) -> str:
    return f"{prefix}{module}"


def is_too_long(name: str) -> bool:
    """PostgreSQL would cut it, and two modules could end up as one role."""
    return len(name.encode()) > _LONGEST


def wanted(
    registry: Registry,
    places: Sequence[Place],
    serials: Iterable[tuple[str, str, str]],
    *,
    prefix: str,
    roots: Mapping[str, str],
) -> set[Privilege]:
    """Return the least that each module needs to write its tables and read those of others.

    Nothing on tables of the platform: they hold sessions and passwords. ``roots`` maps partitions
    to their partitioned table.
    """
    owners = {place.name: _owner(place.name, registry, roots) for place in places}
    sequences = [(roots.get(t, t), schema, name) for t, schema, name in serials]
    found: set[Privilege] = set()
    for module in registry.modules:
        role = role_name(prefix, module)
        for place in places:
            if owners[place.name]:
                found |= _on(place, role, module, registry, roots)
        found |= {
            Privilege(role, "SEQUENCE", schema, name, "USAGE")
            for table, schema, name in sequences
            if owners.get(table) and _writes(module, table, registry)
        }
        found |= _later(role, module, places, owners)
    return found


def granting(privileges: Iterable[Privilege]) -> tuple[str, ...]:
    return _statements(privileges, "GRANT", "TO")


def revoking(privileges: Iterable[Privilege]) -> tuple[str, ...]:
    return _statements(privileges, "REVOKE", "FROM")


def _owner(name: str, registry: Registry, roots: Mapping[str, str]) -> str:
    """Empty for the platform's and nobody's."""
    owner = registry.owner_of_table(roots.get(name, name))
    return "" if owner == PLATFORM or is_unknown(owner) else owner


def _writes(module: str, table: str, registry: Registry) -> bool:
    return module == registry.owner_of_table(table) or module in registry.sharers_of(table)


def _on(
    place: Place, role: str, module: str, registry: Registry, roots: Mapping[str, str]
) -> set[Privilege]:
    table = roots.get(place.name, place.name)
    may_write = not place.is_view and _writes(module, table, registry)
    what = _ROWS if may_write else ("SELECT",)
    on_table = {Privilege(role, "TABLE", place.schema, place.relation, name) for name in what}
    return on_table | {Privilege(role, "SCHEMA", place.schema, "", "USAGE")}


def _later(
    role: str, module: str, places: Sequence[Place], owners: Mapping[str, str]
) -> set[Privilege]:
    """What is created later, where it can be known whose it will be: in a schema of one module."""
    found = set()
    for schema in {place.schema for place in places}:
        here = {owners[place.name] for place in places if place.schema == schema}
        if "" in here:
            continue
        what = _ROWS if here == {module} else ("SELECT",)
        found |= {Privilege(role, "TABLES", schema, "", name) for name in what}
        if here == {module}:
            found.add(Privilege(role, "SEQUENCES", schema, "", "USAGE"))
    return found


def _statements(privileges: Iterable[Privilege], verb: str, to: str) -> tuple[str, ...]:
    """One statement for each object and role, with all its privileges."""
    grouped: dict[tuple[str, str, str, str], list[str]] = {}
    for entry in sorted(privileges):
        key = (entry.role, entry.kind, entry.schema, entry.name)
        grouped.setdefault(key, []).append(entry.privilege)
    statements = []
    for (role, kind, schema, name), what in grouped.items():
        grantee, listed = quoted_parts(role), ", ".join(what)
        if kind in {"TABLES", "SEQUENCES"}:
            scope = f"ALTER DEFAULT PRIVILEGES IN SCHEMA {quoted_parts(schema)} "
            statements.append(f"{scope}{verb} {listed} ON {kind} {to} {grantee};")
        else:
            thing = quoted_parts(schema, name) if name else quoted_parts(schema)
            statements.append(f"{verb} {listed} ON {kind} {thing} {to} {grantee};")
    return tuple(statements)
