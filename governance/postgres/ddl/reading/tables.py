"""CREATE TABLE, and what else makes, drops or renames one."""

from __future__ import annotations

from collections.abc import Iterator

from governance.postgres.ddl.actions import Action, CreateTable, DropTable, Like
from governance.postgres.ddl.reading.columns import column
from governance.postgres.ddl.reading.constraints import constraint, is_constraint
from governance.postgres.ddl.reading.naming import cascades, is_temporary, joined, key, object_parts
from governance.postgres.ddl.reading.queries import reads
from governance.postgres.ddl.reading.sources import Source
from governance.postgres.parsing import Node

_INCLUDING = ((4, "constraints"), (8, "defaults"), (16, "generated"), (32, "identity"))
_INCLUDING_INDEXES = 64


def create_table(node: Node, source: Source) -> Iterator[Action]:
    base = node.get("base", node)
    relation, parents = base["relation"], _parents(base)
    partition = "partbound" in base
    yield CreateTable(
        table=key(relation),
        columns=tuple(
            column(entry["ColumnDef"], source)
            for entry in base.get("tableElts", ())
            if "ColumnDef" in entry
        ),
        constraints=tuple(
            constraint(entry["Constraint"], source)
            for entry in base.get("tableElts", ())
            if "Constraint" in entry and is_constraint(entry["Constraint"])
        ),
        like=tuple(_like(e["TableLikeClause"]) for e in base.get("tableElts", ()) if _is_like(e)),
        partition_of=parents[0] if partition else "",
        inherits=() if partition else parents,
        default=bool(base.get("partbound", {}).get("is_default", False)),
        partitioned="partspec" in base,
        partition_key=tuple(
            str(entry["PartitionElem"].get("name", ""))
            for entry in base.get("partspec", {}).get("partParams", ())
        ),
        temporary=is_temporary(relation),
        unlogged=relation.get("relpersistence") == "u",
        if_not_exists=bool(base.get("if_not_exists", False)),
        from_query="ofTypename" in base,
    )


def _parents(node: Node) -> tuple[str, ...]:
    return tuple(key(entry["RangeVar"]) for entry in node.get("inhRelations", ()))


def _is_like(entry: Node) -> bool:
    return "TableLikeClause" in entry


def _like(node: Node) -> Like:
    options = node.get("options", 0)
    including = {word for bit, word in _INCLUDING if options & bit}
    if options & _INCLUDING_INDEXES:
        including.add("indexes")
    return Like(table=key(node["relation"]), including=frozenset(including))


def create_from_query(into: Node, query: object, *, if_not_exists: bool) -> Iterator[Action]:
    """CREATE TABLE AS, SELECT INTO."""
    relation = into["rel"]
    yield CreateTable(
        table=key(relation),
        reads=reads(query),
        temporary=is_temporary(relation),
        unlogged=relation.get("relpersistence") == "u",
        if_not_exists=if_not_exists,
        from_query=True,
    )


def drop_tables(node: Node) -> Iterator[Action]:
    for entry in node["objects"]:
        yield DropTable(
            table=joined(object_parts(entry)),
            cascade=cascades(node),
            if_exists=bool(node.get("missing_ok", False)),
        )
