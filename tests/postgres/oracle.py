"""What a text writes, according to pglast (GPL, for tests only) instead of our own reading.

Newer than the grammar we ship with: pglast knows PostgreSQL 18. It is told in kinds, as triggers
see it: an insert on conflict or a COPY leaves rows behind, a TRUNCATE removes them.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from pglast import ast, parse_sql
from pglast.visitors import Ancestor, Skip, Visitor

from governance.postgres.calls import harmless
from governance.postgres.statements import Statement

Effect = tuple[str, str]
KINDS = {
    **dict.fromkeys(("insert", "update", "copy", "merge"), "write"),
    **dict.fromkeys(("delete", "truncate"), "remove"),
}


@dataclass
class Seen:
    """What the oracle sees in one text."""

    effects: set[Effect] = field(default_factory=set)
    calls: set[str] = field(default_factory=set)
    refused: bool = False
    """Whether PostgreSQL refuses it later: a writing subquery below the top of a statement."""


def kinds(statement: Statement) -> set[Effect]:
    """Our own answer, in the oracle's terms."""
    return {(w.table, KINDS.get(w.operation, w.operation)) for w in statement.writes}


def look(sql: str) -> Seen:
    """Raises ``pglast.parser.ParseError`` for what PostgreSQL 18 does not accept."""
    seen, temporary = Seen(), set[str]()
    for raw in parse_sql(sql):
        _Look(seen, frozenset(temporary), temporary)(raw)
    return seen


class _Look(Visitor):
    def __init__(self, seen: Seen, before: frozenset[str], temporary: set[str]) -> None:
        self.seen, self.before, self.temporary = seen, before, temporary

    def add(self, relation: ast.RangeVar, kind: str) -> None:
        name = relation.relname
        if relation.relpersistence == "t" or (relation.schemaname or "").startswith("pg_temp"):
            if kind == "create":
                self.temporary.add(name)
        elif relation.schemaname:
            self.seen.effects.add((f"{relation.schemaname}.{name}", kind))
        elif name not in self.before or kind == "create":
            self.seen.effects.add((name, kind))

    def visit_CommonTableExpr(self, ancestors: Ancestor, node: ast.CommonTableExpr) -> None:
        if not isinstance(node.ctequery, ast.SelectStmt):
            holders = [up.node for up in _up(ancestors) if isinstance(up.node, ast.Node)]
            statements = [n for n in holders if isinstance(n, _QUERIES)]
            self.seen.refused |= not _at_the_top(statements)

    def visit_InsertStmt(self, ancestors: Ancestor, node: ast.InsertStmt) -> None:
        self.add(node.relation, "write")

    visit_UpdateStmt = visit_InsertStmt

    def visit_DeleteStmt(self, ancestors: Ancestor, node: ast.DeleteStmt) -> None:
        self.add(node.relation, "remove")

    def visit_MergeStmt(self, ancestors: Ancestor, node: ast.MergeStmt) -> None:
        for clause in node.mergeWhenClauses:
            command = clause.commandType.name
            if command in {"CMD_INSERT", "CMD_UPDATE"}:
                self.add(node.relation, "write")
            elif command == "CMD_DELETE":
                self.add(node.relation, "remove")

    def visit_TruncateStmt(self, ancestors: Ancestor, node: ast.TruncateStmt) -> None:
        for relation in node.relations:
            self.add(relation, "remove")

    def visit_CopyStmt(self, ancestors: Ancestor, node: ast.CopyStmt) -> None:
        if node.is_from:
            self.add(node.relation, "write")

    def visit_IntoClause(self, ancestors: Ancestor, node: ast.IntoClause) -> None:
        self.add(node.rel, "create")

    def visit_CreateStmt(self, ancestors: Ancestor, node: ast.CreateStmt) -> None:
        self.add(node.relation, "create")

    def visit_FuncCall(self, ancestors: Ancestor, node: ast.FuncCall) -> None:
        *schema, name = [part.sval for part in node.funcname]
        if name not in harmless() or schema not in ([], ["pg_catalog"]):
            self.seen.calls.add(".".join([*schema, name]))

    def visit_ExplainStmt(self, ancestors: Ancestor, node: ast.ExplainStmt) -> object:
        runs = False
        for option in node.options or ():
            if option.defname == "analyze":
                value = option.arg
                text = getattr(value, "sval", None) or getattr(value, "ival", 1)
                runs = str(text).lower() not in {"false", "off", "0"}
        return None if runs else Skip()


_QUERIES = (ast.SelectStmt, ast.InsertStmt, ast.UpdateStmt, ast.DeleteStmt, ast.MergeStmt)


def _at_the_top(statements: list[ast.Node]) -> bool:
    """The WITH of an INSERT may stand before it, or before its SELECT."""
    if len(statements) == 2 and isinstance(statements[1], ast.InsertStmt):
        return statements[1].selectStmt is statements[0]
    return len(statements) == 1


def _up(ancestors: Ancestor) -> list[Ancestor]:
    found = []
    while ancestors is not None and ancestors.parent is not None:
        found.append(ancestors)
        ancestors = ancestors.parent
    return found
