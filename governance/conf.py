"""The ``GOVERNANCE`` setting, read and judged in one place.

Every key has a default. A setting that can't be used is a finding and turns everything off,
so that a typing mistake never leaves half a guard standing.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import timedelta
from enum import StrEnum
from functools import lru_cache
from os import PathLike
from typing import Any

from django.conf import settings as django_settings
from django.core.exceptions import ImproperlyConfigured

from governance.findings import Finding
from governance.rules import rule


class Mode(StrEnum):
    """What happens on a violation."""

    OFF = "off"
    REPORT = "report"
    ENFORCE = "enforce"


REVIEWS = ("risky", "all", "none")
_TEXTS = ("BASELINE", "CARDS", "SINCE", "ROLE_PREFIX", "DISCOVER", "DECLARATIONS", "DATABASE")
APPLICATION = "application_name:"
_OUTSIDER_HINT = "Name a module, or a system actor such as 'system:restore'."
AREAS = ("writes", "migrations")
"""Parts of the product whose mode can be chosen one by one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Idempotency:
    """``GOVERNANCE["IDEMPOTENCY"]`` with its defaults filled in."""

    header: str = "Idempotency-Key"
    expires: timedelta = timedelta(hours=24)
    docs: str = ""
    cipher: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The ``GOVERNANCE`` dictionary with its defaults filled in."""

    MODE: str | Mapping[str, str] = "report"
    """``off``, ``report`` or ``enforce``; or a dictionary of these by area (``AREAS``)."""
    MODULES: Mapping[str, str] = field(default_factory=dict)
    """Mode by module, for writes to its tables; stronger than ``MODE``. A module that is ready
    can be protected first: ``{"finance": "enforce"}``."""
    BASELINE: str | PathLike[str] = "governance-baseline.toml"
    """File of the findings a project starts with, such as ``BASE_DIR / "baseline.toml"``; a
    relative path starts from the working directory. What is listed there is not refused."""
    REVIEW: str = "risky"
    """Which migrations need a review card: ``risky`` ones (they take something away, lose data,
    can't be undone, or have findings that are errors), ``all``, or ``none``."""
    SECOND_PERSON: bool = False
    """Whether a card must be signed by somebody else than the author of the migration."""
    CARDS: str | PathLike[str] = "review"
    """Folder of the cards of migrations that packages bring along, such as
    ``review/wagtailcore/0090_x.review.toml``; a relative path starts from the working directory.
    Those of the project's own apps lie beside the migration."""
    SINCE: str = ""
    """Commit from which on migrations are new, for ``schema_review``: ``origin/main``. Without it
    those are reviewed that the database has not applied."""
    OBSERVE: bool = True
    """Whether violations seen at run time are counted in the database, in the background."""
    SIGN: bool = True
    """Whether statements that may write begin with the comment ``/*own:module*/``. The triggers
    of ``schema_enforce`` read it; without it they refuse everything."""
    OUTSIDERS: Mapping[str, str] = field(default_factory=dict)
    """Who acts when a statement reaches PostgreSQL without that comment, by login role or by
    ``application_name``: ``{"etl": "reports", "application_name:pg_restore": "system:restore"}``.
    All others are ``unknown``. Needs ``schema_enforce --install`` to be told to PostgreSQL."""
    ROLE_PREFIX: str = "governance_"
    """What the names of the roles of ``schema_enforce --roles`` begin with; the module follows."""
    DISCOVER: str = "ownership"
    """Name of the submodule of each app that holds its declarations."""
    DECLARATIONS: str | None = None
    """Dotted path of one more Python module with declarations, for the whole project."""
    DATABASE: str = "default"
    """Alias of the database that keeps our own tables."""
    IDEMPOTENCY: Mapping[str, Any] = field(default_factory=dict)
    """``HEADER``, the name of the header (``Idempotency-Key``); ``EXPIRES``, how long answers are
    kept (``timedelta(hours=24)``); ``DOCS``, the address of a page that tells your clients about
    keys, which problem responses then link to; ``CIPHER``, the dotted path of an object with
    ``encrypt`` and ``decrypt``, through which kept answers go. All else is an argument of
    ``@idempotent``."""
    findings: tuple[Finding, ...] = field(default=(), repr=False)
    """What is wrong with the setting; empty when it can be used."""

    keys: Idempotency | str = field(default=Idempotency(), repr=False)
    """``IDEMPOTENCY`` as it was read; or what is wrong with it."""

    @property
    def idempotency(self) -> Idempotency:
        """Keys are not kept otherwise than was said: raises ``ImproperlyConfigured`` instead."""
        if isinstance(self.keys, str):
            raise ImproperlyConfigured(self.keys)
        return self.keys

    def mode(self, area: str) -> Mode:
        """Return the mode of an area; ``off`` everywhere while the setting has mistakes."""
        if self.findings:
            return Mode.OFF
        chosen = self.MODE if isinstance(self.MODE, str) else self.MODE.get(area, Mode.REPORT)
        return Mode(chosen)


@lru_cache(maxsize=1)
def settings() -> Settings:
    """Return the settings in force; cached until Django signals that ``GOVERNANCE`` changed."""
    return parse(getattr(django_settings, "GOVERNANCE", {}))


def parse(raw: object) -> Settings:
    """Judge a ``GOVERNANCE`` value; mistakes are kept in ``Settings.findings``, none is raised."""
    if not isinstance(raw, Mapping):
        return Settings(findings=(_finding("GOVERNANCE", f"is {raw!r}, not a dictionary"),))
    known = {f.name for f in fields(Settings) if f.name.isupper()}
    findings = [
        _finding(f"GOVERNANCE[{key!r}]", "is not a setting", did_you_mean(str(key), known))
        for key in raw
        if key not in known
    ]
    given = {key: value for key, value in raw.items() if key in known}
    findings += _mode_findings(given.get("MODE", Mode.REPORT))
    findings += _module_findings(given.get("MODULES", {}))
    findings += _outsider_findings(given.get("OUTSIDERS", {}))
    about_keys = _idempotency_findings(given.get("IDEMPOTENCY", {}))
    findings += about_keys
    findings += _value_findings(given)
    keys = about_keys[0].message if about_keys else _keys(given.get("IDEMPOTENCY", {}))
    if not findings:
        return Settings(**given, keys=keys)
    return Settings(findings=tuple(findings), keys=keys, DATABASE=_alias(given))


def _keys(given: Mapping[str, Any]) -> Idempotency:
    return Idempotency(**{key.lower(): value for key, value in given.items()})


def _alias(given: Mapping[str, Any]) -> str:
    """Where our tables are does not change with a mistake elsewhere."""
    alias = given.get("DATABASE", "default")
    return str(alias) if alias in django_settings.DATABASES else "default"


def did_you_mean(name: str, candidates: Iterable[str]) -> str:
    """Return «Did you mean x?» for the nearest candidate, or an empty text."""
    near = difflib.get_close_matches(str(name), [str(c) for c in candidates], n=1, cutoff=0.6)
    return f"Did you mean {near[0]!r}?" if near else ""


def _mode_findings(mode: object) -> list[Finding]:
    if isinstance(mode, Mapping):
        found = [
            _finding(f"GOVERNANCE['MODE'][{area!r}]", "is not an area", _area_hint(str(area)))
            for area in mode
            if area not in AREAS
        ]
        return found + [
            finding
            for area, value in mode.items()
            for finding in _mode_value(f"GOVERNANCE['MODE'][{area!r}]", value)
        ]
    return _mode_value("GOVERNANCE['MODE']", mode)


def _mode_value(subject: str, value: object) -> list[Finding]:
    if isinstance(value, str) and value in set(Mode):
        return []
    guess = did_you_mean(str(value), set(Mode))
    return [
        _finding(subject, f"is {value!r}", f"{guess} Choose 'off', 'report' or 'enforce'.".strip())
    ]


def _module_findings(modules: object) -> list[Finding]:
    if not isinstance(modules, Mapping):
        fact = f"is {modules!r}, not a dictionary"
        return [_finding("GOVERNANCE['MODULES']", fact, "Write {'finance': 'enforce'}.")]
    pairs = ((f"GOVERNANCE['MODULES'][{name!r}]", value) for name, value in modules.items())
    return [finding for subject, value in pairs for finding in _mode_value(subject, value)]


def _outsider_findings(outsiders: object) -> list[Finding]:
    """Whether the modules exist is not known here; ``schema_enforce`` says so."""
    if not isinstance(outsiders, Mapping):
        fact = f"is {outsiders!r}, not a dictionary"
        return [_finding("GOVERNANCE['OUTSIDERS']", fact, "Write {'etl_user': 'reports'}.")]
    return [
        _finding(f"GOVERNANCE['OUTSIDERS'][{who!r}]", f"is {actor!r}", _OUTSIDER_HINT)
        for who, actor in outsiders.items()
        if not (isinstance(who, str) and who.removeprefix(APPLICATION) and _is_actor(actor))
    ]


def _idempotency_findings(value: object) -> list[Finding]:
    if not isinstance(value, Mapping):
        fact = f"is {value!r}, not a dictionary"
        return [_finding("GOVERNANCE['IDEMPOTENCY']", fact, "Write {'HEADER': 'Idempotency-Key'}.")]
    return [
        _finding(f"GOVERNANCE['IDEMPOTENCY'][{key!r}]", fact, hint)
        for key, given in value.items()
        for fact, hint in [_idempotency_fault(key, given)]
        if fact
    ]


def _idempotency_fault(key: object, value: object) -> tuple[str, str]:
    match key:
        case "EXPIRES":
            fine = isinstance(value, timedelta) and value > timedelta()
            return ("" if fine else f"is {value!r}", "Write timedelta(hours=24).")
        case "HEADER":
            fine = isinstance(value, str) and bool(re.fullmatch(r"[A-Za-z][A-Za-z0-9-]*", value))
            return ("" if fine else f"is {value!r}", "Write the name of a header.")
        case "DOCS":
            return ("" if isinstance(value, str) else f"is {value!r}", "Write an address.")
        case "CIPHER":
            fine = isinstance(value, str) and bool(re.fullmatch(r"\w+(\.\w+)+", value))
            return ("" if fine else f"is {value!r}", "Write a dotted path: 'shop.keys.cipher'.")
    return "is not a setting", did_you_mean(str(key), ("HEADER", "EXPIRES", "DOCS", "CIPHER"))


def _is_actor(actor: object) -> bool:
    return isinstance(actor, str) and bool(re.fullmatch(r"(system:)?[^*:$+]+", actor))


def _area_hint(area: str) -> str:
    return f"{did_you_mean(area, AREAS)} The areas are {', '.join(AREAS)}.".strip()


def _value_findings(given: Mapping[str, Any]) -> list[Finding]:
    found = []
    for key in ("OBSERVE", "SIGN", "SECOND_PERSON"):
        if not isinstance(given.get(key, True), bool):
            found.append(_finding(f"GOVERNANCE[{key!r}]", f"is {given[key]!r}, not True or False"))
    for key in _TEXTS:
        value = given.get(key)
        if (
            key in given
            and not isinstance(value, str)
            and not (key == "DECLARATIONS" and value is None)
            and not (key in {"BASELINE", "CARDS"} and isinstance(value, PathLike))
        ):
            found.append(_finding(f"GOVERNANCE[{key!r}]", f"is {value!r}, not a text"))
    found += _review_findings(given.get("REVIEW", "risky"))
    alias = given.get("DATABASE", "default")
    if isinstance(alias, str) and alias not in django_settings.DATABASES:
        names = ", ".join(map(repr, django_settings.DATABASES)) or "none"
        hint = did_you_mean(alias, django_settings.DATABASES) or f"DATABASES has {names}."
        found.append(_finding("GOVERNANCE['DATABASE']", f"names no database: {alias!r}", hint))
    return found


def _review_findings(value: object) -> list[Finding]:
    if value in REVIEWS:
        return []
    guess = did_you_mean(value, REVIEWS) if isinstance(value, str) else ""
    hint = f"{guess} Choose 'risky', 'all' or 'none'.".strip()
    return [_finding("GOVERNANCE['REVIEW']", f"is {value!r}", hint)]


def _finding(subject: str, fact: str, hint: str = "") -> Finding:
    return Finding(
        rule=rule("invalid-setting"),
        message=f"{subject} {fact}, so governance stays off.",
        hint=hint or "See the settings reference for the keys and their values.",
        subject=subject,
    )
