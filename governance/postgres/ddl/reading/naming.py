"""Names in a syntax tree."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from governance.postgres.parsing import Node


def key(relation: Node) -> str:
    """Return ``name`` or ``schema.name``; ``public`` and the schema of temporary tables go."""
    return joined([str(relation.get("schemaname", "")), str(relation["relname"])])


def joined(parts: Iterable[str]) -> str:
    """Return the same for the parts of a name."""
    *schema, name = list(parts)[-2:]
    if schema in ([], [""], ["public"]) or schema[0].startswith("pg_temp"):
        return name
    return f"{schema[0]}.{name}"


def strings(nodes: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return the texts of a list."""
    return [str(node["String"]["sval"]) for node in nodes if "String" in node]


def object_parts(node: Node) -> list[str]:
    """Return the parts of the name of anything that COMMENT or DROP can name."""
    match next(iter(node.items()), ("", {})):
        case "List", value:
            return strings(value["items"])
        case "String", value:
            return [str(value["sval"])]
        case "TypeName", value:
            return strings(value["names"])
        case "ObjectWithArgs", value:
            return strings(value["objname"])
    return [""]


def object_name(node: Node) -> str:
    return joined(object_parts(node) or [""])


def is_temporary(relation: Node) -> bool:
    return relation.get("relpersistence") == "t" or str(relation.get("schemaname", "")).startswith(
        "pg_temp"
    )


def cascades(node: Node) -> bool:
    return node.get("behavior") == "DROP_CASCADE"
