"""Are the endpoints protected that should be, and do the protections hold?"""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any

from asgiref.sync import iscoroutinefunction
from django.contrib.auth.mixins import AccessMixin
from django.db import connections, router

from governance.conf import did_you_mean
from governance.findings import Finding, Location
from governance.idempotency import ciphering
from governance.idempotency.endpoints import Endpoint, endpoints
from governance.idempotency.options import UNSAFE
from governance.idempotency.protection import Protection, protection_of
from governance.idempotency.stacking import beneath
from governance.ownership.places import shown
from governance.ownership.registry import Registry
from governance.rules import rule

_STREAMS = {"StreamingHttpResponse", "FileResponse"}
_ANSWERS = {
    "HttpResponse",
    "JsonResponse",
    "HttpResponseRedirect",
    "Response",
    "render",
    "redirect",
}
_COOKIES = {"set_cookie", "set_signed_cookie", "delete_cookie"}


def findings(registry: Registry) -> list[Finding]:
    """Judge every endpoint of the project against what it and its module declare."""
    known = endpoints()
    found = [*_judge_declared(registry, known), *_judge_cipher()]
    for endpoint in known:
        for protection in endpoint.protections:
            found += _judge(endpoint, protection, registry)
    return list({(f.rule.slug, f.subject): f for f in found}.values())


def _judge_declared(registry: Registry, known: list[Endpoint]) -> Iterator[Finding]:
    for module in registry.modules.values():
        for name in module.retry_sensitive:
            matching = [endpoint for endpoint in known if endpoint.name == name]
            if known and not matching:
                yield _unknown(module.name, name, known)
            for endpoint in matching:
                if not endpoint.protections:
                    yield _unprotected(module.name, endpoint)
                elif not any(p.options.required for p in endpoint.protections):
                    yield _optional(module.name, endpoint)


def _judge_cipher() -> Iterator[Finding]:
    reason = ciphering.fault()
    if reason:
        yield Finding(
            rule=rule("cipher-unusable"),
            message=f"Kept answers can't be encrypted and read again: {reason}",
            hint="Name an object with encrypt() and decrypt(), such as a Fernet of the package "
            "cryptography.",
            subject="CIPHER",
        )


def _judge(endpoint: Endpoint, protection: Protection, registry: Registry) -> Iterator[Finding]:
    yield from _judge_class(endpoint, protection)
    yield from _judge_database(endpoint, protection, registry)
    yield from _judge_code(endpoint, protection)
    module = protection.options.module
    if module and module not in registry.modules:
        yield _finding(
            "protected-for-unknown-module",
            endpoint,
            f"{endpoint.subject} is protected for the module {module!r}, which does not exist.",
            did_you_mean(module, registry.modules)
            or f"The modules are {', '.join(registry.modules) or 'none'}.",
        )


def _judge_class(endpoint: Endpoint, protection: Protection) -> Iterator[Finding]:
    kind = endpoint.view_class
    if kind is None:
        return
    around = protection_of(getattr(kind, "dispatch", None))
    if around and _asks_within(kind):
        yield _finding(
            "replay-without-permission",
            endpoint,
            f"{kind.__qualname__} is protected around dispatch, so a replay is answered before "
            "its permissions are asked for.",
            'Write @method_decorator(idempotent(...), name="post"), or IdempotentMixin of '
            "governance.idempotency.drf.",
        )
    if protection.kind != "async" and getattr(kind, "view_is_async", False) is True:
        yield _finding(
            "async-view-protected",
            endpoint,
            f"{kind.__qualname__} is async, and a protected method of it is not run in one thread.",
            "Call governance.idempotency.run_idempotent() in the method.",
        )


def _asks_within(kind: type) -> bool:
    """Tell whether the class itself, or a decorator of one of its methods, permits."""
    handlers = (getattr(kind, name.lower(), None) for name in UNSAFE)
    return (
        issubclass(kind, AccessMixin)
        or hasattr(kind, "permission_classes")
        or any(next(beneath(handler), None) for handler in handlers if handler)
    )


def _judge_database(
    endpoint: Endpoint, protection: Protection, registry: Registry
) -> Iterator[Finding]:
    options, about = protection.options, endpoint.subject
    if options.alias not in connections.settings:
        hint = did_you_mean(options.alias, connections.settings) or "Name an entry of DATABASES."
        text = f"{about} keeps its keys on {options.alias!r}, which is no database."
        yield _finding("keys-on-another-database", endpoint, text, hint)
        return
    database = connections.settings[options.alias]
    if not database["AUTOCOMMIT"]:
        text = f"{about} keeps its keys on {options.alias!r}, where AUTOCOMMIT is off."
        hint = f"Remove AUTOCOMMIT from DATABASES[{options.alias!r}]."
        yield _finding("keys-without-autocommit", endpoint, text, hint)
    yield from _elsewhere(endpoint, protection, registry)
    free = options.alias in getattr(endpoint.callback, "_non_atomic_requests", ())
    if options.lock == "row" and database["ATOMIC_REQUESTS"] and not free:
        text = f"{about} has lock='row', and DATABASES[{options.alias!r}] has ATOMIC_REQUESTS."
        hint = "Use lock='advisory', or @non_atomic_requests."
        yield _finding("row-lock-in-request-transaction", endpoint, text, hint)
    elif free and protection.kind != "staged" and options.lock != "row":
        text = f"{about} has @non_atomic_requests, and is one transaction by @idempotent."
        yield _finding("non-atomic-view-protected", endpoint, text, "Remove one of the two.")


def _elsewhere(endpoint: Endpoint, protection: Protection, registry: Registry) -> Iterator[Finding]:
    from django.apps import apps

    alias, module = protection.options.alias, protection.options.module
    keys = apps.get_model("governance", "IdempotencyKey")
    if not router.allow_migrate_model(alias, keys):
        text = f"{endpoint.subject} keeps its keys on {alias!r}, which has no table for them."
        hint = f"Set GOVERNANCE['DATABASE'] = {alias!r}, or remove using={alias!r}."
        yield _finding("keys-on-another-database", endpoint, text, hint)
    for model in apps.get_models() if module else ():
        if registry.owner_of(model) != module or not model._meta.managed:
            continue
        chosen = router.db_for_write(model)
        if chosen != alias:
            text = (
                f"{endpoint.subject} keeps its keys on {alias!r}, but {model._meta.db_table} of "
                f"{module} is written on {chosen!r}."
            )
            hint = f"Write @idempotent(using={chosen!r}), with the table of keys there."
            yield _finding("keys-on-another-database", endpoint, text, hint)
            return


def _judge_code(endpoint: Endpoint, protection: Protection) -> Iterator[Finding]:
    view = inspect.unwrap(protection.view) if protection.view else None
    names = set(getattr(getattr(view, "__code__", None), "co_names", ()))
    if iscoroutinefunction(view):
        text = f"{endpoint.subject} is async, so it can't be one transaction."
        hint = "Call governance.idempotency.run_idempotent() in it instead."
        yield _finding("async-view-protected", endpoint, text, hint, view=view)
    if names & _STREAMS and not names & _ANSWERS:
        text = f"{endpoint.subject} answers with a {min(names & _STREAMS)}, which is not kept."
        hint = "Answer with a body of limited size; a retry gets 409 otherwise."
        yield _finding("stream-not-kept", endpoint, text, hint, view=view)
    if names & _COOKIES:
        text = f"{endpoint.subject} calls {min(names & _COOKIES)}(), and replays have no cookies."
        yield _finding(
            "cookie-not-kept", endpoint, text, "Set the cookie in another view.", view=view
        )


def _unknown(module: str, name: str, known: list[Endpoint]) -> Finding:
    return Finding(
        rule=rule("retry-sensitive-unknown"),
        message=f"Module {module!r} names {name!r} in retry_sensitive, but no URL pattern has "
        "that name.",
        hint=did_you_mean(name, [e.name for e in known if e.name])
        or "Write it as in reverse(), with its namespace.",
        subject=name,
        owner=module,
    )


def _unprotected(module: str, endpoint: Endpoint) -> Finding:
    return _finding(
        "retry-sensitive-unprotected",
        endpoint,
        f"{endpoint.subject} must not run twice, as module {module!r} declares, but it keeps no "
        "idempotency keys.",
        f'Put @idempotent(module="{module}") on its view.',
        owner=module,
    )


def _optional(module: str, endpoint: Endpoint) -> Finding:
    return _finding(
        "retry-sensitive-unprotected",
        endpoint,
        f"{endpoint.subject} must not run twice, as module {module!r} declares, but a request "
        "without a key is let in.",
        "Remove required=False.",
        owner=module,
    )


def _finding(
    slug: str, endpoint: Endpoint, message: str, hint: str, *, view: Any = None, owner: str = ""
) -> Finding:
    return Finding(
        rule=rule(slug),
        message=message,
        hint=hint,
        subject=endpoint.subject,
        owner=owner,
        location=_place(view or inspect.unwrap(endpoint.callback)),
        details={"route": endpoint.route},
    )


def _place(view: Any) -> Location | None:
    code = getattr(view, "__code__", None)
    if code is None:
        return None
    return Location(file=shown(code.co_filename), line=code.co_firstlineno)
