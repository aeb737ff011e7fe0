"""Indexes, as a syntax tree has them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from governance.postgres.ddl.actions import (
    Action,
    ChangeObject,
    CreateIndex,
    DropIndex,
    Index,
    Reindex,
    RenameIndex,
)
from governance.postgres.ddl.reading.naming import cascades, joined, key, object_parts, strings
from governance.postgres.ddl.reading.sources import Source
from governance.postgres.lexing import masked
from governance.postgres.parsing import Node

_CALL = re.compile(r"[^()]*\(")
_REINDEXED = {
    "REINDEX_OBJECT_INDEX": "index",
    "REINDEX_OBJECT_TABLE": "table",
    "REINDEX_OBJECT_SCHEMA": "schema",
    "REINDEX_OBJECT_SYSTEM": "system",
    "REINDEX_OBJECT_DATABASE": "database",
}


def create_index(node: Node, source: Source) -> Iterator[Action]:
    yield CreateIndex(
        table=key(node["relation"]),
        index=index(node, source),
        concurrently=bool(node.get("concurrent", False)),
        if_not_exists=bool(node.get("if_not_exists", False)),
        only=not node["relation"].get("inh", False),
    )


def index(node: Node, source: Source) -> Index:
    """Read what CREATE INDEX says of the index itself."""
    location = node["relation"].get("location", 0)
    terms = [entry["IndexElem"] for entry in node["indexParams"]]
    start = source.place(location)
    condition = ""
    if "whereClause" in node:
        condition = source.until_end(source.after_word("where", location))
    return Index(
        name=str(node.get("idxname", "")),
        columns=elements(terms, source.parts(start)),
        unique=bool(node.get("unique", False)),
        method=str(node.get("accessMethod", "btree")),
        condition=condition,
        include=tuple(
            str(e["IndexElem"].get("name", "")) for e in node.get("indexIncludingParams", ())
        ),
        opclasses=_opclasses(terms),
    )


def _opclasses(terms: list[Node]) -> tuple[str, ...]:
    """Return one for each part of the key; nothing where all are left to the default."""
    named = tuple(".".join(strings(term.get("opclass", ()))) for term in terms)
    return named if any(named) else ()


def elements(terms: list[Node], written: list[str]) -> tuple[str, ...]:
    """Return the columns of a key; an expression as it was written, in brackets."""
    if len(written) != len(terms):
        written = ["?"] * len(terms)
    return tuple(
        str(term["name"]) if "name" in term else f"({_expression(text)})"
        for term, text in zip(terms, written, strict=True)
    )


def _expression(text: str) -> str:
    """Cut what follows the expression: collation, operator class, order."""
    text = text.strip()
    mask = masked(text)
    call = _CALL.match(mask)
    if call is None:
        return text
    depth = 0
    for at in range(call.end() - 1, len(mask)):
        depth += {"(": 1, ")": -1}.get(mask[at], 0)
        if depth == 0:
            inner = text[1:at] if mask[0] == "(" else text[: at + 1]
            return inner.strip()
    return text


def drop_indexes(node: Node) -> Iterator[Action]:
    for entry in node["objects"]:
        yield DropIndex(
            name=joined(object_parts(entry)),
            concurrently=bool(node.get("concurrent", False)),
            cascade=cascades(node),
            if_exists=bool(node.get("missing_ok", False)),
        )


def rename_index(node: Node) -> Iterator[Action]:
    yield RenameIndex(name=key(node["relation"]), to=str(node["newname"]))


def alter_index(node: Node) -> Iterator[Action]:
    """ALTER INDEX: what is set or attached concerns the index alone."""
    name = key(node["relation"])
    for command in node.get("cmds", ()):
        kind = str(command["AlterTableCmd"]["subtype"]).removeprefix("AT_")
        yield ChangeObject(verb="alter", kind="index", name=name, detail=kind)


def reindex(node: Node) -> Iterator[Action]:
    what = _REINDEXED[node["kind"]]
    name = key(node["relation"]) if "relation" in node else str(node.get("name", ""))
    concurrently = any(
        entry["DefElem"]["defname"] == "concurrently" for entry in node.get("params", ())
    )
    table = name if what == "table" else ""
    shown = "" if what == "table" else name
    yield Reindex(table=table, what=what, name=shown, concurrently=concurrently)
