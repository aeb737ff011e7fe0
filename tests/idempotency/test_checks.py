"""What the checks say about endpoints, and what is refused when it is written."""

from dataclasses import replace
from datetime import timedelta
from types import MappingProxyType
from typing import Any

import pytest
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ImproperlyConfigured
from django.db import connections
from django.http import HttpRequest, HttpResponse
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.gzip import gzip_page
from rest_framework.decorators import api_view

from governance import Module, checks
from governance.findings import Finding
from governance.idempotency import Options, drf, idempotent, ninja
from governance.idempotency.checking import findings
from governance.ownership import current
from governance.ownership.registry import Registry
from tests.idempotency.requests import posted

pytestmark = [
    pytest.mark.urls("tests.idempotency.stacked"),
    pytest.mark.filterwarnings("ignore::UserWarning"),
]


def registry(*names: str) -> Registry:
    known = current.ownership().registry
    others = {name: replace(m, retry_sensitive=()) for name, m in known.modules.items()}
    modules = {**others, "shop": Module(name="shop", retry_sensitive=names)}
    return replace(known, modules=MappingProxyType(modules))


def told(*names: str, about: str = "") -> list[tuple[str, str, str]]:
    found = findings(registry(*names))
    return [told_of(f) for f in found if not about or f.subject == about]


def told_of(finding: Finding) -> tuple[str, str, str]:
    return finding.rule.slug, finding.message, finding.hint


def test_retry_sensitive_endpoints() -> None:
    protected = ("good", "viewset", "function", "within", "coroutine", "coroutines")
    assert not [f for name in protected for f in told(f"shop:{name}", about=f"shop:{name}")]
    assert not told("stacked:pay", about="stacked:pay")
    assert told("shop:bare", about="shop:bare") == [
        (
            "retry-sensitive-unprotected",
            "shop:bare must not run twice, as module 'shop' declares, but it keeps no "
            "idempotency keys.",
            'Put @idempotent(module="shop") on its view.',
        )
    ]
    assert told("stacked:bare", about="stacked:bare")[0][0] == "retry-sensitive-unprotected"
    assert told("shop:lenient", about="shop:lenient") == [
        (
            "retry-sensitive-unprotected",
            "shop:lenient must not run twice, as module 'shop' declares, but a request without "
            "a key is let in.",
            "Remove required=False.",
        )
    ]
    assert told("shop:goood", about="shop:goood") == [
        (
            "retry-sensitive-unknown",
            "Module 'shop' names 'shop:goood' in retry_sensitive, but no URL pattern has that "
            "name.",
            "Did you mean 'shop:good'?",
        )
    ]


CASES = {
    "around": (
        "replay-without-permission",
        "Around is protected around dispatch, so a replay is answered before its permissions are "
        "asked for.",
        'Write @method_decorator(idempotent(...), name="post"), or IdempotentMixin of '
        "governance.idempotency.drf.",
    ),
    "decorated": (
        "replay-without-permission",
        "AroundDecorated is protected around dispatch, so a replay is answered before its "
        "permissions are asked for.",
        'Write @method_decorator(idempotent(...), name="post"), or IdempotentMixin of '
        "governance.idempotency.drf.",
    ),
    "asynchronous": (
        "async-view-protected",
        "Asynchronous is async, and a protected method of it is not run in one thread.",
        "Call governance.idempotency.run_idempotent() in the method.",
    ),
    "streams": (
        "stream-not-kept",
        "streams answers with a FileResponse, which is not kept.",
        "Answer with a body of limited size; a retry gets 409 otherwise.",
    ),
    "cookie": (
        "cookie-not-kept",
        "cookie calls set_cookie(), and replays have no cookies.",
        "Set the cookie in another view.",
    ),
    "elsewhere": (
        "keys-on-another-database",
        "elsewhere keeps its keys on 'elsewhere', which is no database.",
        "Name an entry of DATABASES.",
    ),
    "free": (
        "non-atomic-view-protected",
        "free has @non_atomic_requests, and is one transaction by @idempotent.",
        "Remove one of the two.",
    ),
    "mistyped": (
        "protected-for-unknown-module",
        "mistyped is protected for the module 'finanse', which does not exist.",
        "Did you mean 'finance'?",
    ),
}


@pytest.mark.parametrize("subject", CASES)
def test_endpoints(subject: str) -> None:
    assert told(about=subject) == [CASES[subject]]


def test_nothing_is_said_of_the_others() -> None:
    assert {subject for f in findings(registry()) for subject in [f.subject]} == set(CASES)


def test_settings_of_the_database(monkeypatch: pytest.MonkeyPatch) -> None:
    own = connections.settings["default"]
    monkeypatch.setitem(own, "ATOMIC_REQUESTS", True)
    assert told(about="row") == [
        (
            "row-lock-in-request-transaction",
            "row has lock='row', and DATABASES['default'] has ATOMIC_REQUESTS.",
            "Use lock='advisory', or @non_atomic_requests.",
        )
    ]
    monkeypatch.setitem(own, "AUTOCOMMIT", False)
    assert told(about="shop:good") == [
        (
            "keys-without-autocommit",
            "shop:good keeps its keys on 'default', where AUTOCOMMIT is off.",
            "Remove AUTOCOMMIT from DATABASES['default'].",
        )
    ]


class ElsewhereRouter:
    def db_for_write(self, model: Any, **hints: Any) -> str | None:
        return "ledger" if model._meta.label == "finance.Transaction" else None


class NoKeysRouter:
    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool | None:
        return False if app_label == "governance" else None


def test_tables_elsewhere(settings: Any) -> None:
    settings.DATABASE_ROUTERS = [ElsewhereRouter()]
    assert told(about="shop:good") == [
        (
            "keys-on-another-database",
            "shop:good keeps its keys on 'default', but finance_transaction of finance is written "
            "on 'ledger'.",
            "Write @idempotent(using='ledger'), with the table of keys there.",
        )
    ]
    settings.DATABASE_ROUTERS = [NoKeysRouter()]
    assert told(about="shop:bare") == []
    assert told(about="shop:good") == [
        (
            "keys-on-another-database",
            "shop:good keeps its keys on 'default', which has no table for them.",
            "Set GOVERNANCE['DATABASE'] = 'default', or remove using='default'.",
        )
    ]


def test_django_shows_them() -> None:
    ids = {message.id for message in checks.check_idempotency(app_configs=None)}
    assert "governance.E702" in ids


def view(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


async def async_view(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


def method(self: Any, request: HttpRequest) -> HttpResponse:
    return HttpResponse()


STACKINGS = [
    (lambda: idempotent(async_view), "is async, and Django has no asynchronous transactions"),
    (lambda: idempotent(login_required(view)), "@idempotent stands above @user_passes_test at"),
    (
        lambda: idempotent(csrf_protect(view)),
        "stands above a decorator made of CsrfViewMiddleware at",
    ),
    (
        lambda: idempotent(method_decorator([csrf_protect, login_required])(method)),
        "@idempotent stands above @user_passes_test at",
    ),
    (lambda: idempotent(gzip_page(view)), "above a decorator made of GZipMiddleware at"),
    (lambda: idempotent(never_cache(view)), "@idempotent stands above @never_cache at"),
    (lambda: idempotent(api_view(["POST"])(view)), "is a view of Django REST framework"),
    (lambda: ninja.idempotent()(view), "was put on a function"),
]


@pytest.mark.parametrize(("apply", "message"), STACKINGS)
def test_stackings_that_would_defeat_it(apply: Any, message: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=message):
        apply()


def test_attributes_pass() -> None:
    assert idempotent(csrf_exempt(view)).csrf_exempt is True  # type: ignore[attr-defined]


FAULTS: list[tuple[dict[str, Any], str]] = [
    ({"key_format": "uid"}, "key_format='uid' is none of 'any', 'uuid'. Did you mean 'uuid'?"),
    ({"methods": "POST"}, "methods='POST' is a text. Write methods=['POST']."),
    ({"methods": ["GET"]}, "GET changes nothing by definition. Remove it from methods."),
    ({"methods": []}, "methods is empty, so nothing would be protected. Leave it out."),
    (
        {"methods": ["post"]},
        "'post' in methods is none of POST, PUT, PATCH, DELETE. Did you mean 'POST'?",
    ),
    ({"headers": ["Set-Cookie"]}, "the header Set-Cookie is never kept. Remove it from headers."),
    ({"headers": "ETag"}, "headers='ETag' is a text. Write headers=['ETag']."),
    ({"min_length": 0}, "min_length=0 is not from 1 to 255."),
    ({"expires": timedelta()}, "expires must be longer than nothing."),
    ({"max_waiters": -1}, "max_waiters=-1 is below 0."),
    (
        {"store_errors": [429]},
        "store_errors has [429]: only certain answers 4xx can be kept.",
    ),
    (
        {"lock": "row", "on_in_flight": "wait"},
        "lock='row' can't wait. Use lock='advisory', or on_in_flight='reject'.",
    ),
]


@pytest.mark.parametrize(("arguments", "message"), FAULTS)
def test_arguments(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ImproperlyConfigured) as error:
        Options(**arguments)
    assert str(error.value) == f"@idempotent: {message}"


def test_requests_that_are_none() -> None:
    with pytest.raises(TypeError, match="through @method_decorator"):
        idempotent(view)(object())  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="Put it below @api_view"):
        drf.idempotent(view)(posted())
    with pytest.raises(TypeError, match="Use IdempotentMixin"):
        idempotent(view)(type("Request", (), {"_request": 1})())  # type: ignore[arg-type]


def test_data_instead_of_a_response(transactional_db: None) -> None:
    with pytest.raises(TypeError, match="returned dict to @idempotent"):
        idempotent(lambda request: {"a": 1})(posted())  # type: ignore[arg-type]


SETTINGS: list[tuple[Any, str]] = [
    ({"HEADERS": "x"}, "GOVERNANCE['IDEMPOTENCY']['HEADERS'] is not a setting"),
    ({"EXPIRES": 3}, "GOVERNANCE['IDEMPOTENCY']['EXPIRES'] is 3"),
    ({"HEADER": "a b"}, "GOVERNANCE['IDEMPOTENCY']['HEADER'] is 'a b'"),
    ({"DOCS": 1}, "GOVERNANCE['IDEMPOTENCY']['DOCS'] is 1"),
    ([], "GOVERNANCE['IDEMPOTENCY'] is [], not a dictionary"),
]


@pytest.mark.parametrize(("value", "message"), SETTINGS)
def test_settings(value: Any, message: str, governance_settings: Any) -> None:
    governance_settings(IDEMPOTENCY=value)
    texts = [told.msg for told in checks.check_settings(app_configs=None)]
    assert texts == [f"{message}, so governance stays off."]
