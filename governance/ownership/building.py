"""Declarations and Django's app registry → ``Registry`` and findings."""

from __future__ import annotations

import os
from collections.abc import Sequence

from django.apps import AppConfig, apps
from django.db.models import Model

from governance.findings import Finding
from governance.ownership.concessions import judge_cascades, judge_waivers
from governance.ownership.declarations import Declared, Module
from governance.ownership.judging import (
    judge_modes,
    judge_names,
    judge_shares,
    with_usable_values,
)
from governance.ownership.names import PLATFORM, UNKNOWN, unknown_owner
from governance.ownership.places import is_platform_file, spec_of
from governance.ownership.registry import Registry
from governance.ownership.tables import resolve_tables
from governance.rules import rule

_OURS = "governance"
_RESERVED = frozenset(":*%")
"""Characters that names of modules may not have: ours use the colon, and the comment that tells
PostgreSQL who acts would end at a star, or be taken for a placeholder."""


def build(declared: Sequence[Declared], *, broken: bool = False) -> tuple[Registry, list[Finding]]:
    """Join declarations with the installed apps; the first claim wins, each other is a finding.

    ``broken`` says that some declarations could not be read: then a missing one is no finding of
    its own, and having none left does not mean that nothing is declared.
    """
    modules, findings = _unique(declared)
    implied = not declared and not broken
    owners, more = _owners_of_apps(modules, implied=implied)
    findings += [f for f in more if not (broken and f.rule.slug == "app-without-module")]
    tables, more = resolve_tables(modules, owners)
    findings += [] if implied else more
    registry = Registry(
        modules=_all_modules(modules, owners, implied=implied),
        tables=tables,
        apps=owners,
        folders=_folders(modules, owners),
        packages=_packages(modules, owners),
        declared=not implied,
    )
    findings += judge_names(declared, registry)
    findings += judge_shares(declared, registry)
    findings += judge_cascades(declared, registry)
    findings += judge_waivers(declared, registry)
    findings += [] if broken else judge_modes(registry)
    findings += _misplaced_models(registry)
    return registry, findings


def is_first_party(config: AppConfig) -> bool:
    """Tell whether an app is the project's own, not Django's, ours or an installed package's."""
    return config.name != _OURS and not is_platform_file(os.path.join(config.path, ""))  # noqa: PTH118


def matches(config: AppConfig, name: str) -> bool:
    """Tell whether a declaration's entry means this app: label, dotted name or config class."""
    own = type(config)
    return name in {config.label, config.name, f"{own.__module__}.{own.__qualname__}"}


def module_name(label: str) -> str:
    """Return the name of the module that an app alone makes up; ours are reserved."""
    return f"{label}_app" if label in (PLATFORM, UNKNOWN) else label


def _unique(declared: Sequence[Declared]) -> tuple[list[Declared], list[Finding]]:
    kept: dict[str, Declared] = {}
    findings = []
    for entry in declared:
        name = entry.module.name
        if name in (PLATFORM, UNKNOWN) or _RESERVED.intersection(name):
            findings.append(_reserved(entry))
        elif name in kept:
            findings.append(_duplicate(entry, kept[name]))
        else:
            kept[name] = entry
    return list(kept.values()), findings


def _owners_of_apps(
    declared: Sequence[Declared], *, implied: bool
) -> tuple[dict[str, str], list[Finding]]:
    owners: dict[str, str] = {}
    findings = []
    for config in apps.get_app_configs():
        claims = [d for d in declared if any(matches(config, app) for app in d.module.apps)]
        findings += [_app_twice(config, claims[0], other) for other in claims[1:]]
        if claims:
            owners[config.label] = claims[0].module.name
        elif not is_first_party(config):
            owners[config.label] = PLATFORM
        elif implied:
            owners[config.label] = module_name(config.label)
        else:
            owners[config.label] = unknown_owner(config.label)
            findings.append(_app_without_module(config))
    return owners, findings


def _all_modules(
    declared: Sequence[Declared], owners: dict[str, str], *, implied: bool
) -> dict[str, Module]:
    if implied:
        names = [(label, owner) for label, owner in owners.items() if owner != PLATFORM]
        return {owner: Module(name=owner, apps=[label]) for label, owner in names}
    return {entry.module.name: with_usable_values(entry.module) for entry in declared}


def _folders(declared: Sequence[Declared], owners: dict[str, str]) -> tuple[tuple[str, str], ...]:
    found = {
        path: owners[config.label]
        for config in apps.get_app_configs()
        if owners[config.label] != PLATFORM
        for path in {config.path, os.path.realpath(config.path)}
    }
    for entry in declared:
        for package in entry.module.packages:
            found |= dict.fromkeys(_package_folders(package), entry.module.name)
    closed = ((os.path.join(path, ""), module) for path, module in found.items())  # noqa: PTH118
    return tuple(sorted(closed, key=lambda pair: -len(pair[0])))


def _package_folders(package: str) -> list[str]:
    spec = spec_of(package)
    return list(spec.submodule_search_locations or []) if spec else []


def _packages(declared: Sequence[Declared], owners: dict[str, str]) -> dict[str, str]:
    named = {config.name: owners[config.label] for config in apps.get_app_configs()}
    for entry in declared:
        named |= dict.fromkeys(entry.module.packages, entry.module.name)
    return named


def _misplaced_models(registry: Registry) -> list[Finding]:
    """The app label gives a table to one module while the code of the model lies in another."""
    findings = []
    for model in apps.get_models():
        owner = registry.apps[model._meta.app_label]
        place = registry.module_of(model.__module__)
        if place not in (None, PLATFORM, owner) and owner != PLATFORM:
            findings.append(_misplaced(model, owner, str(place)))
        findings += _foreign_parents(model, registry)
    return findings


def _foreign_parents(model: type[Model], registry: Registry) -> list[Finding]:
    own = registry.owner_of(model)
    parents = [] if model._meta.proxy else list(model._meta.parents)
    foreign = [p for p in parents if registry.owner_of(p) not in (own, PLATFORM)]
    return [
        Finding(
            rule=rule("cross-module-parent"),
            message=f"{model._meta.label} ({own}) inherits the table {parent._meta.db_table} of "
            f"{registry.owner_of(parent)}, so each insert writes both.",
            hint=f"Use a OneToOneField to {parent._meta.label} and the interface of "
            f"{registry.owner_of(parent)}.",
            subject=model._meta.label,
            actor=own,
            owner=registry.owner_of(parent),
        )
        for parent in foreign
    ]


def _misplaced(model: type[Model], owner: str, place: str) -> Finding:
    return Finding(
        rule=rule("model-outside-module"),
        message=f"{model._meta.label} belongs to {owner} by its app_label, but its code lies in "
        f"{model.__module__}, which is {place}'s.",
        hint=f"Move the class to a package of {owner}, or remove app_label.",
        subject=model._meta.label,
        actor=place,
        owner=owner,
    )


def _reserved(entry: Declared) -> Finding:
    name = entry.module.name
    return Finding(
        rule=rule("duplicate-module"),
        message=f"Module {name!r} has a reserved name.",
        hint=f"{PLATFORM!r} and {UNKNOWN!r} are ours, and a name has no colon, star or percent "
        "sign; choose another.",
        subject=name,
        location=entry.location,
    )


def _duplicate(entry: Declared, first: Declared) -> Finding:
    return Finding(
        rule=rule("duplicate-module"),
        message=f"Module {entry.module.name!r} is declared twice, first in {first.location}.",
        hint="Merge the two declarations, or rename one.",
        subject=entry.module.name,
        location=entry.location,
    )


def _app_twice(config: AppConfig, first: Declared, other: Declared) -> Finding:
    return Finding(
        rule=rule("app-in-two-modules"),
        message=f"App {config.label!r} is claimed by {other.module.name}, but belongs to "
        f"{first.module.name} ({first.location}).",
        hint=f"Remove {config.label!r} from one of the two.",
        subject=config.label,
        actor=other.module.name,
        owner=first.module.name,
        location=other.location,
    )


def _app_without_module(config: AppConfig) -> Finding:
    return Finding(
        rule=rule("app-without-module"),
        message=f"App {config.label!r} belongs to no module.",
        hint=f"Add {config.label!r} to a Module, or run: manage.py schema_owners --init",
        subject=config.label,
    )
