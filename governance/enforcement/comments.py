"""Ownership as comments on tables, for people who look with psql."""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.db import connections, transaction

from governance.ownership.names import PLATFORM, is_unknown
from governance.ownership.registry import Registry
from governance.postgres import catalog
from governance.postgres.identifiers import quoted

_MARK = "Owner:"
_OURS = re.compile(rf"(?:^|\n){_MARK} [^\n]*", re.MULTILINE)
_KINDS = {
    "table": "TABLE",
    "partitioned table": "TABLE",
    "foreign table": "FOREIGN TABLE",
    "view": "VIEW",
    "materialized view": "MATERIALIZED VIEW",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Comment:
    """One statement that has to be run so that a table's comment names its owner."""

    table: str
    owner: str
    kind: str
    text: str

    @property
    def sql(self) -> str:
        literal = self.text.replace("'", "''")
        return f"COMMENT ON {_KINDS[self.kind]} {quoted(self.table)} IS '{literal}';"


def plan(registry: Registry, *, using: str) -> list[Comment]:
    """Return the comments that differ from what they should say.

    Text that somebody else wrote is kept; our line is put below it.
    """
    comments = []
    for relation in catalog.relations(connections[using]):
        known = registry.table(relation.partition_of or relation.name)
        if known is None or known.owner == PLATFORM or is_unknown(known.owner):
            continue
        text = _with_owner(relation.comment, f"{_MARK} {registry.described(known.owner)}")
        if text != relation.comment:
            comments.append(
                Comment(table=relation.name, owner=known.owner, kind=relation.kind, text=text)
            )
    return comments


def write(comments: list[Comment], *, using: str) -> None:
    """Run the statements in one transaction."""
    with transaction.atomic(using=using), connections[using].cursor() as cursor:
        for comment in comments:
            cursor.execute(comment.sql)


def _with_owner(comment: str, line: str) -> str:
    others = _OURS.sub("", comment).rstrip()
    return f"{others}\n{line}" if others else line
