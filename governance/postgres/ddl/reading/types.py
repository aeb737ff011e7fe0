"""Statements about types, domains, sequences and other objects that stand for themselves."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from governance.postgres.ddl.actions import Action, ChangeObject
from governance.postgres.ddl.reading.naming import cascades, joined, key, strings
from governance.postgres.ddl.reading.objects import kind_of
from governance.postgres.ddl.typenames import printed
from governance.postgres.parsing import Node

Found = Iterator[Action]

_DOMAIN_CHANGES = {
    "T": "default",
    "N": "drop not null",
    "O": "set not null",
    "C": "add constraint",
    "X": "drop constraint",
    "V": "validate constraint",
}
_VERBS = re.compile(r"(Create|Alter|Drop)")


def _enum_value(node: Node) -> Found:
    yield ChangeObject(
        verb="rename" if "oldVal" in node else "create",
        kind="enum value",
        name=joined(strings(node["typeName"])),
        detail=str(node["newVal"]),
        if_exists=bool(node.get("skipIfNewValExists", False)),
    )


def _create_enum(node: Node) -> Found:
    values = ",".join(strings(node.get("vals", ())))
    name = joined(strings(node["typeName"]))
    yield ChangeObject(verb="create", kind="enum", name=name, detail=values)


def _create_type(node: Node) -> Found:
    names = strings(node["typeName"]) if "typeName" in node else [key(node["typevar"])]
    yield ChangeObject(verb="create", kind="type", name=joined(names))


def _create_domain(node: Node) -> Found:
    """``detail`` tells whether it has a constraint: then a new column of it rewrites a table."""
    kinds = {entry["Constraint"]["contype"] for entry in node.get("constraints", ())}
    constrained = kinds & {"CONSTR_CHECK", "CONSTR_NOTNULL"}
    yield ChangeObject(
        verb="create",
        kind="domain",
        name=joined(strings(node["domainname"])),
        detail=f"{printed(node['typeName'])} with a constraint" if constrained else "",
    )


def _alter_domain(node: Node) -> Found:
    change, name = _DOMAIN_CHANGES[node["subtype"]], joined(strings(node["typeName"]))
    if "constraint" not in change:
        yield ChangeObject(verb="alter", kind="domain", name=name, detail=change)
        return
    constraint = node.get("def", {}).get("Constraint", {})
    if constraint.get("skip_validation"):
        change += " not valid"
    verb = {"C": "create", "X": "drop", "V": "alter"}[node["subtype"]]
    yield ChangeObject(
        verb=verb,
        kind="domain constraint",
        name=name,
        detail=change,
        cascade=cascades(node),
    )


def _sequence(verb: str) -> Callable[[Node], Found]:
    def read(node: Node) -> Found:
        owner = ""
        for entry in node.get("options", ()):
            option = entry["DefElem"]
            if option["defname"] == "owned_by":
                names = strings(option["arg"]["List"]["items"])
                owner = f"owned by {joined(names[:-1])}.{names[-1]}" if len(names) > 1 else ""
        name = key(node["sequence"])
        yield ChangeObject(verb=verb, kind="sequence", name=name, detail=owner)

    return read


def alter_composite(node: Node) -> Found:
    """ALTER TYPE … ADD ATTRIBUTE, and ALTER VIEW, ALTER SEQUENCE as far as they set options."""
    for entry in node.get("cmds", ()):
        command = entry["AlterTableCmd"]
        detail = str(command["subtype"]).removeprefix("AT_")
        kind = kind_of(node["objtype"])
        name = key(node["relation"])
        yield ChangeObject(
            verb="alter", kind=kind, name=name, detail=detail, cascade=cascades(command)
        )


def _publication(verb: str) -> Callable[[Node], Found]:
    """A publication locks each table that it takes in."""

    def read(node: Node) -> Found:
        name, tables = str(node["pubname"]), []
        for entry in node.get("pubobjects", ()):
            table = entry["PublicationObjSpec"].get("pubtable", {})
            tables += [key(table["relation"])] if "relation" in table else []
        for table in tables or [""]:
            yield ChangeObject(verb=verb, kind="publication", name=name, table=table)

    return read


def _named(verb: str, kind: str, key_of_name: str) -> Callable[[Node], Found]:
    def read(node: Node) -> Found:
        name = node.get(key_of_name, "")
        shown = joined(strings(name) or [""]) if isinstance(name, list) else str(name)
        yield ChangeObject(verb=verb, kind=kind, name=shown)

    return read


def _alter_function(node: Node) -> Found:
    name = joined(strings(node["func"]["objname"]))
    yield ChangeObject(verb="alter", kind="function", name=name)


def _define(node: Node) -> Found:
    name = joined(strings(node["defnames"]))
    yield ChangeObject(verb="create", kind=kind_of(node["kind"]), name=name)


def _roles(verb: str) -> Callable[[Node], Found]:
    def read(node: Node) -> Found:
        role = node.get("role", "")
        names = [role if isinstance(role, str) else str(role.get("rolename", ""))]
        if "roles" in node:
            names = [str(entry["RoleSpec"].get("rolename", "")) for entry in node["roles"]]
        for name in names:
            yield ChangeObject(verb=verb, kind="role", name=name)

    return read


def anything(statement: Node) -> Found:
    """Yield what a statement that nothing else reads is at least: a change of something."""
    name = next(iter(statement), "")
    verb = _VERBS.match(name)
    yield ChangeObject(
        verb=verb[0].lower() if verb else "alter",
        kind="other",
        detail=name.removesuffix("Stmt"),
    )


TYPE_READERS: dict[str, Callable[[Node], Found]] = {
    "AlterEnumStmt": _enum_value,
    "CreateEnumStmt": _create_enum,
    "CompositeTypeStmt": _create_type,
    "CreateRangeStmt": _create_type,
    "CreateDomainStmt": _create_domain,
    "AlterDomainStmt": _alter_domain,
    "CreateSeqStmt": _sequence("create"),
    "AlterSeqStmt": _sequence("alter"),
    "DefineStmt": _define,
    "AlterFunctionStmt": _alter_function,
    "CreateExtensionStmt": _named("create", "extension", "extname"),
    "AlterExtensionStmt": _named("alter", "extension", "extname"),
    "AlterExtensionContentsStmt": _named("alter", "extension", "extname"),
    "CreatePublicationStmt": _publication("create"),
    "AlterPublicationStmt": _publication("alter"),
    "CreateSubscriptionStmt": _named("create", "subscription", "subname"),
    "AlterSubscriptionStmt": _named("alter", "subscription", "subname"),
    "DropSubscriptionStmt": _named("drop", "subscription", "subname"),
    "CreateEventTrigStmt": _named("create", "event trigger", "trigname"),
    "AlterEventTrigStmt": _named("alter", "event trigger", "trigname"),
    "CreatedbStmt": _named("create", "database", "dbname"),
    "DropdbStmt": _named("drop", "database", "dbname"),
    "AlterDatabaseStmt": _named("alter", "database", "dbname"),
    "AlterDatabaseSetStmt": _named("alter", "database", "dbname"),
    "CreateRoleStmt": _roles("create"),
    "AlterRoleStmt": _roles("alter"),
    "AlterRoleSetStmt": _roles("alter"),
    "DropRoleStmt": _roles("drop"),
    "GrantRoleStmt": _roles("alter"),
    "AlterDefaultPrivilegesStmt": lambda _: iter(
        (ChangeObject(verb="alter", kind="default privileges"),)
    ),
}
