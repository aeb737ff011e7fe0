"""One role for each module, for other services and for psql. Optional."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import connections

from governance import conf
from governance.enforcement import grants
from governance.enforcement.actions import Action
from governance.enforcement.holes import holes
from governance.enforcement.running import run
from governance.exceptions import ConfigurationError
from governance.findings import Finding
from governance.ownership import current
from governance.postgres import catalog, privileges
from governance.postgres.identifiers import literal, quoted_parts
from governance.postgres.privileges import Privilege, Role
from governance.rules import rule

logger = logging.getLogger("governance.enforcement")

_ATTRIBUTES = "NOLOGIN NOINHERIT"


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleStanding:
    """The role of one module, and what differs."""

    name: str
    module: str
    """Empty when no module has this role."""
    exists: bool
    can_be_used_wrongly: bool
    """It can log in, inherits or is a superuser."""
    lacking: frozenset[Privilege]
    excessive: frozenset[Privilege]

    @property
    def state(self) -> str:
        if not self.module:
            return "unknown"
        if not self.exists:
            return "missing"
        differs = self.lacking or self.excessive or self.can_be_used_wrongly
        return "outdated" if differs else "current"


@dataclass(frozen=True, slots=True, kw_only=True)
class Roles:
    """Everything that is known about the roles, and about ways around them."""

    roles: tuple[RoleStanding, ...]
    holes: tuple[Finding, ...]


def look(using: str) -> Roles:
    """Ask PostgreSQL, and compare with the registry."""
    connection, prefix = connections[using], conf.settings().ROLE_PREFIX
    registry = current.ownership().registry
    existing = {role.name: role for role in privileges.module_roles(connection, prefix)}
    held = privileges.held(connection, prefix)
    places = privileges.places(connection)
    partitions = {r.name: r.partition_of for r in catalog.relations(connection) if r.partition_of}
    wanted = grants.wanted(
        registry, places, privileges.serials(connection), prefix=prefix, roots=partitions
    )
    modules = {grants.role_name(prefix, module): module for module in registry.modules}
    names = sorted({*modules, *existing})
    standings = (
        _standing(name, modules.get(name, ""), existing.get(name), held, wanted) for name in names
    )
    found = holes(connection, registry, prefix=prefix) if existing else []
    return Roles(roles=tuple(standings), holes=tuple(found))


def planned(using: str, *, module: str | None = None, remove: bool = False) -> list[Action]:
    """Return what brings the roles up to date, or removes them; nothing when there is nothing."""
    seen = [entry for entry in look(using).roles if module in (None, entry.module)]
    if remove:
        return [_removed(entry, using) for entry in seen if entry.exists]
    for entry in seen:
        if grants.is_too_long(entry.name):
            raise ConfigurationError(
                f"The name of the role {entry.name!r} is longer than PostgreSQL allows. Choose a "
                "shorter GOVERNANCE['ROLE_PREFIX']."
            )
    return [_action(entry) for entry in seen if entry.state in {"missing", "outdated"}]


def after_migrate(*, using: str, **_: Any) -> None:
    """Grant the roles that exist what they need on new tables; receives ``post_migrate``."""
    connection = connections[using]
    if conf.settings().findings or connection.vendor != "postgresql":
        return
    if privileges.module_roles(connection, conf.settings().ROLE_PREFIX):
        outdated = [entry for entry in look(using).roles if entry.state == "outdated"]
        for failure in run([_action(entry) for entry in outdated], using=using):
            logger.warning("%s %s", failure.message, failure.hint)


def findings(seen: Roles) -> list[Finding]:
    """Return what is not as it should be, and the ways around the roles."""
    found = [_finding(entry) for entry in seen.roles if entry.state != "current"]
    return [*found, *seen.holes]


def _standing(
    name: str, module: str, role: Role | None, held: set[Privilege], wanted: set[Privilege]
) -> RoleStanding:
    has = {entry for entry in held if entry.role == name}
    needs = {entry for entry in wanted if entry.role == name}
    wrong = role is not None and (role.can_login or role.inherits or role.is_superuser)
    return RoleStanding(
        name=name,
        module=module,
        exists=role is not None,
        can_be_used_wrongly=wrong,
        lacking=frozenset(needs - has),
        excessive=frozenset(has - needs),
    )


def _action(entry: RoleStanding) -> Action:
    role = quoted_parts(entry.name)
    first: list[str] = []
    if not entry.exists:
        about = literal(f"Module {entry.module} (schema_enforce --roles)")
        first = [f"CREATE ROLE {role} {_ATTRIBUTES};", f"COMMENT ON ROLE {role} IS {about};"]
    elif entry.can_be_used_wrongly:
        first = [f"ALTER ROLE {role} NOSUPERUSER {_ATTRIBUTES};"]
    statements = (*first, *grants.revoking(entry.excessive), *grants.granting(entry.lacking))
    done = "role created" if not entry.exists else "privileges brought up to date"
    return Action(subject=entry.name, done=done, statements=statements)


def _removed(entry: RoleStanding, using: str) -> Action:
    has = privileges.held(connections[using], entry.name)
    revoked = grants.revoking(privilege for privilege in has if privilege.role == entry.name)
    drop = f"DROP ROLE {quoted_parts(entry.name)};"
    return Action(subject=entry.name, done="role removed", statements=(*revoked, drop))


def _finding(entry: RoleStanding) -> Finding:
    slug, fact, remedy = {
        "missing": ("role-missing", f"Module {entry.module} has no role {entry.name}", ""),
        "unknown": ("role-unknown", f"No module has the role {entry.name}", "DROP ROLE"),
        "outdated": ("role-outdated", f"The role {entry.name} {_differs(entry)}", ""),
    }[entry.state]
    hint = "Run: manage.py schema_enforce --roles"
    if remedy:
        hint = (
            f"If nothing uses it: DROP OWNED BY {quoted_parts(entry.name)}; "
            f"DROP ROLE {quoted_parts(entry.name)};"
        )
    return Finding(
        rule=rule(slug), message=f"{fact}.", hint=hint, subject=entry.name, owner=entry.module
    )


def _differs(entry: RoleStanding) -> str:
    parts = []
    if entry.can_be_used_wrongly:
        parts.append("can log in, inherits, or is a superuser")
    if entry.lacking:
        parts.append(f"lacks {_listed(entry.lacking)}")
    if entry.excessive:
        parts.append(f"has more than it needs: {_listed(entry.excessive)}")
    return "; it ".join(parts)


def _listed(entries: Iterable[Privilege]) -> str:
    ordered = sorted(entries)
    first = ordered[0]
    place = ".".join(part for part in (first.schema, first.name) if part)
    more = f" and {len(ordered) - 1} more" if len(ordered) > 1 else ""
    return f"{first.privilege} on {first.kind.lower()} {place}{more}"
