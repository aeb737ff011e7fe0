"""Are the names in the declarations real, and the shares usable?"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime

from django.apps import apps

from governance import conf
from governance.conf import did_you_mean
from governance.findings import Finding
from governance.ownership.concessions import usable_cascades, usable_waivers
from governance.ownership.declarations import Declared, Module, Share
from governance.ownership.interfaces import neighbours, published
from governance.ownership.names import is_unknown, table_key
from governance.ownership.places import spec_of
from governance.ownership.registry import Registry
from governance.rules import rule

_TYPING_MISTAKE = 0.85
"""Likeness from which a table without a model is taken for a mistyped model's table."""


def judge_names(declared: Sequence[Declared], registry: Registry) -> list[Finding]:
    """Find names of apps, packages, interfaces and tables that match nothing."""
    findings: list[Finding] = []
    dotted = {config.name for config in apps.get_app_configs()}
    labels = {config.label for config in apps.get_app_configs()} | dotted
    modelled = {table.name for table in registry.tables.values() if table.model}
    for entry in declared:
        module = entry.module
        findings += _missing(entry, "app", module.apps, _is_app, labels)
        near = dotted | {name for given in module.interfaces for name in neighbours(given)}
        findings += _missing(entry, "package", module.packages, _is_importable, dotted)
        findings += _missing(entry, "interface", module.interfaces, _is_published, near)
        for table in module.tables:
            findings += _mistyped_table(entry, table_key(table), modelled)
    return findings


def judge_shares(
    declared: Sequence[Declared], registry: Registry, *, today: date | None = None
) -> list[Finding]:
    """Find shares that permit nothing, or that can't be used as written."""
    day = today or date.today()
    return [
        finding
        for entry in declared
        for share in entry.module.shares
        for finding in _judge_share(entry, share, registry, day)
    ]


def with_usable_values(module: Module) -> Module:
    """Return a module without permissions whose values can't be used, its labels as texts."""
    return replace(
        module,
        shares=[share for share in module.shares if not _misuse(share)[0]],
        cascades=usable_cascades(module.cascades),
        waivers=usable_waivers(module.waivers),
        team=str(module.team),
        contact=str(module.contact),
    )


def judge_modes(registry: Registry) -> list[Finding]:
    """Find names in ``GOVERNANCE["MODULES"]`` that no module has."""
    return [
        Finding(
            rule=rule("unknown-name"),
            message=f"GOVERNANCE['MODULES'] names the module {name!r}, which does not exist.",
            hint=did_you_mean(name, registry.modules)
            or f"The modules are {', '.join(registry.modules) or 'none'}.",
            subject=str(name),
        )
        for name in conf.settings().MODULES
        if name not in registry.modules
    ]


def _judge_share(entry: Declared, share: Share, registry: Registry, day: date) -> list[Finding]:
    fact, hint = _share_mistake(entry.module.name, share, registry)
    if fact:
        return [_share_finding(entry, share, "invalid-share", fact, hint)]
    if share.until >= day:
        return []
    fact = f"ended on {share.until:%Y-%m-%d}"
    hint = "Remove it, or agree on a new date. Until then its writes are refused in enforce mode."
    return [_share_finding(entry, share, "share-ended", fact, hint)]


def _misuse(share: Share) -> tuple[str, str]:
    """Return what is wrong with the values alone, and what to write instead."""
    if not isinstance(share, Share):
        return f"is {share!r}, not a Share", "Write Share(table=…, module=…, reason=…, until=…)."
    if not isinstance(share.until, date) or isinstance(share.until, datetime):
        return f"ends on {share.until!r}, which is not a date", "Write until=date(2027, 6, 30)."
    if not isinstance(share.table, str) or not isinstance(share.module, str):
        return "does not name table and module as texts", 'Write table="…", module="…".'
    return "", ""


def _share_mistake(owner: str, share: Share, registry: Registry) -> tuple[str, str]:
    misuse = _misuse(share)
    if misuse[0]:
        return misuse
    if not str(share.reason).strip():
        return "gives no reason", "Say why the other module must write the table."
    if share.module == owner:
        return "permits its own module", "Remove it: the owner may write already."
    if share.module not in registry.modules:
        hint = did_you_mean(share.module, registry.modules)
        return f"names the module {share.module!r}, which does not exist", hint
    table = registry.table(share.table)
    if table is None:
        return "names a table that nobody owns", did_you_mean(share.table, registry.tables)
    if is_unknown(table.owner):
        return "names a table that nobody owns", f"Name its app in Module {owner!r}."
    if table.owner != owner:
        return f"names a table of {table.owner}", f"{table.owner} alone can share it."
    return "", ""


def _share_finding(entry: Declared, share: Share, slug: str, fact: str, hint: str) -> Finding:
    table, module = getattr(share, "table", "?"), getattr(share, "module", "?")
    return Finding(
        rule=rule(slug),
        message=f"The share of {table} with {module} {fact}.",
        hint=hint or "See Share in the declarations reference.",
        subject=str(table),
        actor=str(module),
        owner=entry.module.name,
        location=entry.location,
    )


def _missing(
    entry: Declared,
    what: str,
    names: Iterable[str],
    exists: Callable[[str], bool],
    candidates: Iterable[str],
) -> list[Finding]:
    return [
        _unknown_name(entry, what, name, did_you_mean(name, candidates))
        for name in names
        if not exists(name)
    ]


def _unknown_name(entry: Declared, what: str, name: str, hint: str) -> Finding:
    return Finding(
        rule=rule("unknown-name"),
        message=f"Module {entry.module.name!r} names the {what} {name!r}, which does not exist.",
        hint=hint or f"Correct the name, or remove it from Module {entry.module.name!r}.",
        subject=name,
        owner=entry.module.name,
        location=entry.location,
    )


def _mistyped_table(entry: Declared, table: str, modelled: set[str]) -> list[Finding]:
    if table in modelled:
        return []
    near = difflib.get_close_matches(table, modelled, n=1, cutoff=_TYPING_MISTAKE)
    return [_unknown_name(entry, "table", table, f"Did you mean {near[0]!r}?")] if near else []


def _is_app(name: str) -> bool:
    configs = apps.get_app_configs()
    dotted = {f"{type(c).__module__}.{type(c).__qualname__}" for c in configs}
    return name in dotted or any(name in (c.label, c.name) for c in configs)


def _is_importable(dotted: str) -> bool:
    return spec_of(dotted) is not None


def _is_published(dotted: str) -> bool:
    """A module, or a name in one; looked up as text, so that checking imports nothing new."""
    if _is_importable(dotted):
        return True
    module, _, name = dotted.rpartition(".")
    return any(function.name == name for function in published(module)) if module else False
