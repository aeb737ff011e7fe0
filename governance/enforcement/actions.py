"""What to do to triggers, as data: shown by ``--dry-run``, run by ``running``. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from governance.conf import Mode
from governance.enforcement.definitions import Function
from governance.enforcement.status import Standing, State
from governance.postgres.guards import FOLLOW, GUARD, Guarded
from governance.postgres.identifiers import quoted_parts


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """Statements that belong together: they are run in one transaction."""

    subject: str
    """Table, function or role."""
    done: str
    """What was done, for people."""
    statements: tuple[str, ...]
    owner: str = ""


def installing(standings: Iterable[Standing]) -> list[Action]:
    """Bring every owned table to what it should be; triggers on others' are left to ``pruning``."""
    actions = []
    for entry in standings:
        if entry.is_well or entry.wanted is None:
            continue
        if entry.mode is Mode.OFF:
            actions.append(_dropped(entry, entry.reason))
            continue
        missing = entry.state is State.MISSING
        done = f"guarded ({entry.mode.value})" if missing else f"brought up to date: {entry.reason}"
        statements = entry.wanted.statements
        actions.append(
            Action(subject=entry.table, done=done, statements=statements, owner=entry.owner)
        )
    return actions


def pruning(standings: Iterable[Standing]) -> list[Action]:
    """Remove the triggers from tables that no module owns."""
    return [_dropped(entry, entry.reason) for entry in standings if entry.state is State.UNKNOWN]


def removing(standings: Iterable[Standing]) -> list[Action]:
    """Remove the triggers, whatever their state."""
    return [_dropped(entry, "") for entry in standings if entry.relation.trigger is not None]


def function_installed(wanted: Function) -> Action:
    return Action(subject=wanted.name, done="function written", statements=wanted.statements)


def function_removed(schema: str, name: str) -> Action:
    statement = f"DROP FUNCTION IF EXISTS {quoted_parts(schema, name)}();"
    return Action(subject=name, done="function removed", statements=(statement,))


def following(wanted: Function) -> Action:
    """Let PostgreSQL guard new partitions by itself."""
    tags = "'CREATE TABLE', 'CREATE FOREIGN TABLE', 'ALTER TABLE'"
    create = (
        f"CREATE EVENT TRIGGER {FOLLOW} ON ddl_command_end WHEN TAG IN ({tags}) "
        f"EXECUTE FUNCTION {wanted.quoted}();"
    )
    statements = (*wanted.statements, f"DROP EVENT TRIGGER IF EXISTS {FOLLOW};", create)
    return Action(subject=FOLLOW, done="new partitions are guarded", statements=statements)


def following_removed(schema: str) -> Action:
    drop = f"DROP EVENT TRIGGER IF EXISTS {FOLLOW};"
    function = f"DROP FUNCTION IF EXISTS {quoted_parts(schema, FOLLOW)}();"
    done = "new partitions are not guarded any more"
    return Action(subject=FOLLOW, done=done, statements=(drop, function))


def _dropped(entry: Standing, reason: str) -> Action:
    table = _place(entry.relation)
    done = f"trigger removed: {reason}" if reason else "trigger removed"
    statement = f"DROP TRIGGER IF EXISTS {GUARD} ON {table};"
    return Action(subject=entry.table, done=done, statements=(statement,), owner=entry.owner)


def _place(relation: Guarded) -> str:
    return quoted_parts(relation.schema, relation.relation)
