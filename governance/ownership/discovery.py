"""Find and read the project's declaration files."""

from __future__ import annotations

import ast
import traceback
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

from django.apps import AppConfig, apps

from governance import conf
from governance.findings import Finding, Location
from governance.ownership.declarations import Declared, Module
from governance.ownership.places import is_platform_file, shown, spec_of
from governance.rules import rule

_NAMES = ("apps", "packages", "tables", "interfaces", "retry_sensitive")
_VALUES = ("shares", "cascades", "waivers")
_CONTAINERS = (list, tuple, set, frozenset, dict)


def discover() -> tuple[list[Declared], list[Finding]]:
    """Import every declaration file; a file that can't be read is a finding, never an error."""
    declared: list[Declared] = []
    findings: list[Finding] = []
    for name in _declaration_modules(findings):
        try:
            found = _declarations_of(import_module(name))
        except (Exception, SystemExit) as error:
            findings.append(_unreadable(name, error))
            continue
        if not found and _speaks_of_us(_spec_path(name) or ""):
            findings.append(_empty(name))
        for entry in found:
            mistake = _malformed(entry)
            findings += [mistake] if mistake else []
            declared += [] if mistake else [entry]
    return declared, findings


def _declaration_modules(findings: list[Finding]) -> list[str]:
    settings = conf.settings()
    names = [
        f"{config.name}.{settings.DISCOVER}"
        for config in apps.get_app_configs()
        if _declares(config, settings.DISCOVER)
    ]
    if settings.DECLARATIONS:
        if _spec_path(settings.DECLARATIONS) is None:
            findings.append(_missing(settings.DECLARATIONS))
        elif settings.DECLARATIONS not in names:
            names.append(settings.DECLARATIONS)
    return names


def _declares(config: AppConfig, submodule: str) -> bool:
    """An installed package may have a file of that name for purposes of its own."""
    path = _spec_path(f"{config.name}.{submodule}")
    return path is not None and (not is_platform_file(path) or _speaks_of_us(path))


def _speaks_of_us(path: str) -> bool:
    return b"governance" in Path(path).read_bytes()


def _spec_path(dotted: str) -> str | None:
    spec = spec_of(dotted)
    return spec.origin if spec else None


def _declarations_of(module: ModuleType) -> list[Declared]:
    values: list[object] = []
    for value in vars(module).values():
        values += _several(value) if isinstance(value, _CONTAINERS) else [value]
    modules = {id(value): value for value in values if isinstance(value, Module)}
    return [Declared(module=m, location=_location(module, m)) for m in modules.values()]


def _location(module: ModuleType, declaration: Module) -> Location:
    file = module.__file__ or module.__name__
    line = 1
    for node in ast.walk(ast.parse(Path(file).read_bytes())):
        match node:
            case ast.keyword(arg="name", value=ast.Constant(value=name)):
                if name == declaration.name:
                    line = node.lineno
                    break
    return Location(file=shown(file), line=line)


def _unreadable(name: str, error: BaseException) -> Finding:
    path = _spec_path(name) or name
    lines = [e.lineno for e in traceback.extract_tb(error.__traceback__) if e.filename == path]
    line = getattr(error, "lineno", None) or (lines[-1] if lines else 1)
    return Finding(
        rule=rule("unreadable-declaration"),
        message=f"{name} can't be imported: {type(error).__name__}: {error}.",
        hint=f"Correct {shown(path)}, line {line}. Until then its apps are owned by nobody.",
        subject=name,
        location=Location(file=shown(path), line=line or 1),
    )


def _empty(name: str) -> Finding:
    path = _spec_path(name) or name
    return Finding(
        rule=rule("unreadable-declaration"),
        message=f"{name} declares no Module.",
        hint='Add one: MODULE = Module(name="…", apps=["…"]), or delete the file.',
        subject=name,
        location=Location(file=shown(path), line=1),
    )


def _missing(name: str) -> Finding:
    return Finding(
        rule=rule("unknown-name"),
        message=f"GOVERNANCE['DECLARATIONS'] names {name!r}, which is no Python module.",
        hint="Correct the dotted path, or remove the setting.",
        subject=name,
    )


def _malformed(entry: Declared) -> Finding | None:
    """A text where a list belongs would be read letter by letter."""
    fact, hint = _mistake(entry.module)
    if not fact:
        return None
    return Finding(
        rule=rule("unreadable-declaration"),
        message=fact,
        hint=hint,
        subject=str(entry.module.name),
        location=entry.location,
    )


def _mistake(module: Module) -> tuple[str, str]:
    if not isinstance(module.name, str) or not module.name:
        return f"A Module has the name {module.name!r}.", 'Write name="finance".'
    for field in (*_NAMES, *_VALUES):
        value = getattr(module, field)
        fact = f"Module {module.name!r} has {field}={value!r}"
        if not isinstance(value, list | tuple):
            return f"{fact}, which is not a list.", f"Write {field}={_listed(value)}."
        if field in _NAMES and not all(isinstance(name, str) for name in value):
            return f"{fact}, which are not all texts.", f'Write names: {field}=["…"].'
    return "", ""


def _several(value: Any) -> list[object]:
    return list(value.values()) if isinstance(value, dict) else list(value)


def _listed(value: Any) -> str:
    if isinstance(value, _CONTAINERS):
        return repr(_several(value))
    return repr([value]) if isinstance(value, str) else '["…"]'
