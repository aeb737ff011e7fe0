"""Which tables there are, and whose: from the models, and from the exceptions declared."""

from __future__ import annotations

from collections.abc import Sequence

from django.apps import apps
from django.conf import settings
from django.db.models import Model

from governance.findings import Finding
from governance.ownership.declarations import Declared
from governance.ownership.names import PLATFORM, is_unknown, table_key
from governance.ownership.registry import Table
from governance.rules import rule

_CACHE_IN_DATABASE = "django.core.cache.backends.db.DatabaseCache"


def resolve_tables(
    declared: Sequence[Declared], owners: dict[str, str]
) -> tuple[dict[str, Table], list[Finding]]:
    """Return the tables by name, and a finding for each that two modules would own.

    ``owners`` maps app labels to modules. A table follows its managed model, or else its first
    one; a claim decides where that model is unmanaged or of a package.
    """
    claims, findings = _claims(declared)
    tables = {name: Table(name=name, owner=PLATFORM) for name in _tables_of_django()}
    for key, models in _models_by_table().items():
        model = next((m for m in models if m._meta.managed), models[0])
        owner, claim = owners[model._meta.app_label], claims.get(key)
        if claim is not None and _is_settled(model, owner, claim):
            findings.append(_table_of_another(key, model, owner, claim))
        elif claim is not None:
            owner = claim.module.name
        tables[key] = Table(
            name=key, owner=owner, model=model._meta.label, managed=model._meta.managed
        )
        findings += _shared_by_models(key, models, owners, settled=claim is not None)
    for key, claim in claims.items():
        tables.setdefault(key, Table(name=key, owner=claim.module.name, managed=False))
    return tables, findings


def _tables_of_django() -> list[str]:
    """Tables that Django makes and fills without a model."""
    caches = (cache for cache in settings.CACHES.values() if "LOCATION" in cache)
    in_database = [table_key(c["LOCATION"]) for c in caches if c["BACKEND"] == _CACHE_IN_DATABASE]
    return ["django_migrations", *in_database]


def _is_settled(model: type[Model], owner: str, claim: Declared) -> bool:
    """A managed model of another declared module leaves nothing to claim."""
    another = owner not in {claim.module.name, PLATFORM} and not is_unknown(owner)
    return another and bool(model._meta.managed)


def _models_by_table() -> dict[str, list[type[Model]]]:
    """A proxy has no table of its own; a swapped-out model has none at all."""
    found: dict[str, list[type[Model]]] = {}
    for model in apps.get_models(include_auto_created=True):
        if not model._meta.proxy and not model._meta.swapped:
            found.setdefault(table_key(model._meta.db_table), []).append(model)
    return found


def _claims(declared: Sequence[Declared]) -> tuple[dict[str, Declared], list[Finding]]:
    claims: dict[str, Declared] = {}
    findings = []
    for entry in declared:
        for name in entry.module.tables:
            first = claims.setdefault(table_key(name), entry)
            if first is not entry:
                findings.append(_table_twice(name, first, entry))
    return claims, findings


def _shared_by_models(
    key: str, models: list[type[Model]], owners: dict[str, str], *, settled: bool
) -> list[Finding]:
    managed = [m for m in models if m._meta.managed]
    rivals = managed if len(managed) > 1 else ([] if managed or settled else models)
    if len({owners[m._meta.app_label] for m in rivals}) < 2:
        return []
    labels = " and ".join(sorted(m._meta.label for m in rivals))
    return [
        Finding(
            rule=rule("two-models-on-one-table"),
            message=f"{labels} of different modules use one table, {key}.",
            hint="Keep the model of the owner. Another module reads it through an unmanaged model "
            "(managed = False) and writes it through the owner's interface.",
            subject=key,
            owner=owners[rivals[0]._meta.app_label],
            actor=owners[rivals[1]._meta.app_label],
        )
    ]


def _table_twice(name: str, first: Declared, other: Declared) -> Finding:
    return Finding(
        rule=rule("table-in-two-modules"),
        message=f"Table {name!r} is claimed by {other.module.name}, but belongs to "
        f"{first.module.name} ({first.location}).",
        hint=f"Remove it from one of the two; {first.module.name} can give a Share.",
        subject=table_key(name),
        actor=other.module.name,
        owner=first.module.name,
        location=other.location,
    )


def _table_of_another(key: str, model: type[Model], owner: str, claim: Declared) -> Finding:
    return Finding(
        rule=rule("table-in-two-modules"),
        message=f"Table {key!r} is claimed by {claim.module.name}, but belongs to {owner} through "
        f"its model {model._meta.label}.",
        hint=f"Remove it from Module {claim.module.name!r}; {owner} can give a Share.",
        subject=key,
        actor=claim.module.name,
        owner=owner,
        location=claim.location,
    )
