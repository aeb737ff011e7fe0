"""All that one file writes, and what it says in vain: the calls of its functions, one by one."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field

from governance.findings import Finding, Location
from governance.postgres.statements import TableWrite
from governance.scan import declared, guessing, judging, statements
from governance.scan.attribution import (
    Actor,
    actor_at,
    actor_of_class,
    is_rooted_in_self,
    place,
    scope_module,
)
from governance.scan.effects import Write
from governance.scan.engine import Engine
from governance.scan.patterns import is_super
from governance.scan.results import Access, Unresolved, identity
from governance.scan.saving import HOOKS
from governance.scan.scopes import spoken_for
from governance.scan.syntax import Scope, Unit, spot_of
from governance.scan.values import Bound, Values
from governance.scan.writing import OF_ROW, having_fields, looks_like_write, writes_of


@dataclass(slots=True)
class Found:
    """What was found in one file."""

    findings: list[Finding] = field(default_factory=list)
    writes: list[Access] = field(default_factory=list)
    reads: list[Access] = field(default_factory=list)
    unresolved: list[Unresolved] = field(default_factory=list)
    temporary: frozenset[str] = frozenset()
    """Temporary tables made so far: they belong to whoever makes them."""
    resolved: int = 0
    total: int = 0


class Sites:
    """Looks at one file after the other."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def look_at(self, unit: Unit) -> Found:
        """Return what a file writes."""
        found = Found()
        undoing = declared.undoing(unit)
        for node in unit.calls:
            if not _is_undone(spot_of(node).scope, undoing):
                self._call(node, found)
        for reference in unit.handed_on:
            if looks_like_write(reference.attr):
                self._reference(reference, found)
        for own in declared.of_classes(self.engine, unit):
            write = own.write
            assert write.by is not None
            actor = actor_of_class(self.engine, write.by, own.shown_at, write.verbs)
            self._record(actor, _written(write), None, found)
        self._opened_scopes(unit, found)
        return found

    def _call(self, node: ast.Call, found: Found) -> None:
        name, receiver = _called(node)
        if name == "RunSQL":
            self._run_sql(node, found)
        elif receiver is None:
            self._by_another_name(node, found)
        elif name in statements.SENDING:
            self._sql(node, receiver, found)
        elif looks_like_write(name):
            self._write(node, name, receiver, found)
        elif name in HOOKS and is_super(receiver):
            self._writes(self.engine.value(receiver), name, node, receiver, found)

    def _write(self, node: ast.Call, name: str, receiver: ast.expr, found: Found) -> None:
        scope = spot_of(node).scope
        values = self.engine.value(receiver) or self._guess(receiver, name, scope)
        found.total += 1
        if not values:
            found.unresolved.append(Unresolved(text=_shown(node), location=_line(node)))
            return
        found.resolved += 1
        self._writes(values, name, node, receiver, found)

    def _reference(self, node: ast.Attribute, found: Found) -> None:
        """A write method that is handed on: ``on_commit(order.save)``."""
        spot = spot_of(node)
        if spot.scope.kind == "class":
            return
        self._writes(self.engine.value(node.value), node.attr, node, node.value, found)

    def _by_another_name(self, node: ast.Call, found: Found) -> None:
        """``save = order.save``, and then ``save()``."""
        spot = spot_of(node)
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        bindings = spot.scope.function.bindings.get(name, [])
        if spot.scope.function.kind == "module" or not any(b.kind == "value" for b in bindings):
            return
        for value in self.engine.value(node.func):
            if isinstance(value, Bound) and looks_like_write(value.name):
                self._writes((value.receiver,), value.name, node, node.func, found)

    def _writes(
        self,
        values: Values,
        name: str,
        node: ast.Call | ast.Attribute,
        receiver: ast.expr,
        found: Found,
    ) -> None:
        spot = spot_of(node)
        call = node if isinstance(node, ast.Call) else None
        fitting = having_fields(values, name, call)
        given = [w for v in fitting for w in writes_of(self.engine, v, name, call, spot.scope)]
        for write in dict.fromkeys(given):
            for actor in self._actors(write, node, receiver):
                self._record(actor, _written(write), spot.scope, found)

    def _actors(self, write: Write, node: ast.expr, receiver: ast.expr) -> Iterator[Actor]:
        """A form that is saved acts; it is shown at its class, and where its module saves it."""
        spot = spot_of(node)
        scope = spot.scope
        if write.by is None or spot.acting:
            rooted = is_rooted_in_self(receiver, scope)
            yield actor_at(self.engine, scope, node, spot.acting, rooted=rooted)
            return
        own = actor_of_class(self.engine, write.by, verbs=write.verbs)
        if scope.klass is None or scope.klass is not write.by.scope:
            yield own
        if own.module == self.engine.actor_of(scope.unit):
            location = Location(
                file=scope.unit.shown, line=node.lineno, function=own.location.function
            )
            yield Actor(module=own.module, location=location)

    def _guess(self, receiver: ast.expr, name: str, scope: Scope) -> Values:
        """An instance that is called like a model probably is one."""
        return guessing.by_its_name(self.engine, receiver, scope) if name in OF_ROW else ()

    # SQL

    def _sql(self, node: ast.Call, receiver: ast.expr, found: Found) -> None:
        if not statements.sends(self.engine, node, self.engine.value(receiver)):
            return
        named = [k.value for k in node.keywords if k.arg in {"sql", "query", "raw_query"}]
        given = node.args[:1] or named
        values = self.engine.value(given[0]) if given else ()
        spot = spot_of(node)
        actor = actor_at(self.engine, spot.scope, node, spot.acting, rooted=False)
        self._sent(values, actor, node, spot.scope, found)

    def _run_sql(self, node: ast.Call, found: Found) -> None:
        given = node.args[:1] or [k.value for k in node.keywords if k.arg == "sql"]
        values = statements.texts_of_migration(self.engine, given[0]) if given else ()
        actor = declared.actor_of_migration(self.engine.registry, spot_of(node).scope.unit, node)
        self._sent(values, actor, node, spot_of(node).scope, found)

    def _sent(
        self, values: Values, actor: Actor, node: ast.Call, scope: Scope, found: Found
    ) -> None:
        found.total += 1
        texts = statements.sent(values)
        if all(text.unknown for text in texts):
            found.unresolved.append(Unresolved(text=_shown(node), location=_line(node)))
            return
        found.resolved += 1
        reasoned = _gives_reason(spot_of(node).acting)
        for text in texts:
            found.temporary |= text.temporary
            for write in text.writes:
                if write.table not in found.temporary:
                    self._record(actor, write, scope, found)
            if text.composed and not reasoned:
                found.findings.append(judging.composed(actor, text.text))
            elif text.unreadable and not reasoned and not declared.is_migration(scope.unit):
                found.findings.append(judging.unreadable(actor, text.text, text.unreadable))

    # Judging

    def _record(self, actor: Actor, write: TableWrite, scope: Scope | None, found: Found) -> None:
        registry = self.engine.registry
        table = registry.table(write.table)
        found.writes.append(
            Access(
                actor=actor.module,
                caller=actor.location.function,
                table=table.name if table else write.table,
                owner=registry.owner_of_table(write.table),
                operation=write.operation,
                location=actor.location,
            )
        )
        migrating = scope is not None and declared.is_migration(scope.unit)
        finding = judging.judge(actor, write, registry, migrating=migrating)
        if finding is None or (scope and spoken_for(self.engine, scope, write.table)):
            return
        if all(identity(finding) != identity(known) for known in found.findings):
            found.findings.append(finding)

    def _opened_scopes(self, unit: Unit, found: Found) -> None:
        opener = self.engine.actor_of(unit)
        for call, _ in unit.opened:
            module, reason = scope_module(self.engine, call)
            if module and module != opener and not reason and opener != "unknown":
                found.findings.append(judging.borrowed(opener, module, unit.file, call.lineno))


def _called(node: ast.Call) -> tuple[str, ast.expr | None]:
    """Return the name of the method that a call runs, and on what."""
    match node.func:
        case ast.Attribute(value=receiver, attr=name):
            return name, receiver
        case ast.Call(func=ast.Name(id="getattr"), args=[receiver, ast.Constant(value=str(name))]):
            return name, receiver
        case ast.Name(id=name):
            return name, None
    return "", None


def _written(write: Write) -> TableWrite:
    return TableWrite(table=write.table, operation=write.operation)


def _is_undone(scope: Scope, undoing: frozenset[str]) -> bool:
    return bool(undoing) and scope.qualname.partition(".")[0] in undoing


def _gives_reason(acting: tuple[ast.expr, ...]) -> bool:
    return any(
        isinstance(call, ast.Call) and any(k.arg == "reason" for k in call.keywords)
        for call in acting
    )


def _shown(node: ast.Call) -> str:
    text = ast.unparse(node.func)
    return (text if len(text) < 80 else f"…{text[-79:]}") + "(…)"


def _line(node: ast.Call) -> Location:
    spot = spot_of(node)
    return place(spot.scope.unit, spot.scope, node.lineno)
