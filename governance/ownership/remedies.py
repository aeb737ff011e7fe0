"""What to do instead of a write that is not permitted: in words, with names to copy."""

from __future__ import annotations

from datetime import date, timedelta

from governance.ownership.cascades import cascade_text
from governance.ownership.interfaces import Function, functions_for, published
from governance.ownership.names import is_unknown
from governance.ownership.registry import Registry

_SHARE_DAYS = 90
_MOST_FUNCTIONS = 3


def ways_on(table: str, operation: str, actor: str, owner: str, registry: Registry) -> str:
    """Say which published function takes care of the table, or how to be given a share."""
    lines = [_instead(table, operation, owner, registry)]
    if not is_unknown(owner):
        until = date.today() + timedelta(days=_SHARE_DAYS)
        lines.append(
            f'or       ask {owner} to declare Share(table="{table}", module="{actor}", '
            f'reason="…", until=date({until.year}, {until.month}, {until.day}))'
        )
    return "\n".join(lines)


def ways_on_unknown_actor(table: str, operation: str, owner: str, registry: Registry) -> str:
    """Say how code outside of all modules makes itself known."""
    instead = _instead(table, operation, owner, registry)
    return f'{instead}\nor       say for whom it runs: with acting_as("{owner}", reason="…"):'


def ways_on_cascade(table: str, operation: str, owner: str, origin: str, registry: Registry) -> str:
    """Say how rows of another module are removed, or how they may go with those of ``origin``."""
    instead = _instead(table, operation, owner, registry)
    return f"{instead}\nor       ask {owner} to declare {cascade_text(table, origin or '…')}"


def _instead(table: str, operation: str, owner: str, registry: Registry) -> str:
    able = functions_for(table, operation, registry)
    if able:
        return "instead  call " + _listed(able)
    module = registry.modules.get(owner)
    interfaces = module.interfaces if module else ()
    if any(published(dotted) for dotted in interfaces):
        return f"instead  ask {owner} to publish a function for it in {interfaces[0]}"
    if is_unknown(owner):
        return f"instead  declare who owns {owner.partition(':')[2]}: Module(name=…, apps=[…])"
    return f"instead  ask {owner} to publish a function for it: Module(interfaces=[…])"


def _listed(functions: tuple[Function, ...]) -> str:
    return "\n         or   ".join(str(function) for function in functions[:_MOST_FUNCTIONS])
