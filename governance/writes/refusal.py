"""The words of a refusal: what to do instead, and the error that carries them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import NoReturn

from governance.exceptions import WriteRefused
from governance.findings import Finding
from governance.ownership.cascades import cascade_text
from governance.ownership.interfaces import Function, functions_for, published
from governance.ownership.names import is_unknown
from governance.ownership.registry import Registry
from governance.postgres.statements import TableWrite

_LONGEST_STATEMENT = 500
_SHARE_DAYS = 90
_MOST_FUNCTIONS = 3
_FATES = {"postgres": "PostgreSQL refused the statement."}


def refuse(finding: Finding, sql: str) -> NoReturn:
    """Raise ``WriteRefused`` with everything a person needs to go on."""
    raise refusal(finding, sql)


def refusal(finding: Finding, sql: str) -> WriteRefused:
    """Return the error for a finding."""
    return WriteRefused(
        refusal_text(finding),
        actor=finding.actor,
        owner=finding.owner,
        table=finding.subject,
        statement=sql[:_LONGEST_STATEMENT],
        location=finding.location,
    )


def refusal_text(finding: Finding) -> str:
    """Render a finding as the message of ``WriteRefused``."""
    where = finding.location
    place = f"{where}, in {where.function}" if where else "no line of first-party code is known"
    lines = [finding.message, f"  where    {place}"]
    lines += [f"  {line}" for line in finding.hint.splitlines()]
    fate = _FATES.get(str(finding.details.get("layer")), "The statement was not sent.")
    lines.append(f"{fate} ({finding.rule.id} {finding.rule.slug})")
    return "\n".join(lines)


def ways_on(write: TableWrite, actor: str, owner: str, registry: Registry) -> str:
    """Say which published function takes care of the table, or how to be given a share."""
    table = registry.table(write.table)
    name = table.name if table else write.table
    lines = [_instead(name, write.operation, owner, registry)]
    if not is_unknown(owner):
        until = date.today() + timedelta(days=_SHARE_DAYS)
        lines.append(
            f'or       ask {owner} to declare Share(table="{name}", module="{actor}", '
            f'reason="…", until=date({until.year}, {until.month}, {until.day}))'
        )
    return "\n".join(lines)


def ways_on_unknown_actor(write: TableWrite, owner: str, registry: Registry) -> str:
    """Say how code outside of all modules makes itself known."""
    table = registry.table(write.table)
    name = table.name if table else write.table
    instead = _instead(name, write.operation, owner, registry)
    return f'{instead}\nor       say for whom it runs: with acting_as("{owner}", reason="…"):'


def ways_on_cascade(write: TableWrite, owner: str, origin: str, registry: Registry) -> str:
    """Say how rows of another module are removed, or how they may go along."""
    table = registry.table(write.table)
    name = table.name if table else write.table
    instead = _instead(name, write.operation, owner, registry)
    return f"{instead}\nor       ask {owner} to declare {cascade_text(name, origin or '…')}"


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
